"""`hub alerts …`: what was told to whom, sending what failed again, trying a port, and how many alarms people had."""

import json
import secrets
from typing import Annotated, Final

import msgspec
import typer

from hub.clock import now_ms
from hub.desks.ordering import EXIT_FAILED
from hub.errors import HubError
from hub.incidents.alarm_figures import Load, figures
from hub.incidents.alert_texts import MARK, iso
from hub.incidents.alerting import REASONS
from hub.incidents.call_texts import EVENTS
from hub.incidents.delivery.letter import Letter, Taken, is_address
from hub.incidents.delivery.ports import ports_of
from hub.incidents.incident import STEPS
from hub.listing import moment, print_table
from hub.local_time import written
from hub.options import AsJson, By, Config, Since, code, opened, span_ms
from hub.settings import Settings
from hub.store.alarm_log import read_alarm_log, read_lasting
from hub.store.deliveries import REPORT, DeliveriesReader, Delivery, retry
from hub.store.engine import writing
from wire.settings import load_settings

STATES: Final = {
    "queued": "待发 queued",
    "waiting": "待汇总 for a digest",
    "held": "暂缓 held",
    "sent": "已发 sent",
    "refused": "被拒 refused",
    "given_up": "已放弃 given up",
    "digest": "已汇总 in a digest",
    "told": "已补告 told later",
    "over": "无需告知 told to nobody",
}
HEADS: Final = (
    "号 id", "时间 at", "事件 incident", "经过 step", "渠道 port", "收件 to", "理由 why", "状态 state", "次数 tries",
    "问题 trouble",
)  # fmt: skip
LOADS: Final = (
    "收件 operator", "条数 alarms", "每小时 per hour", "最忙10分钟 busiest 10 min", "超10条时段 periods over 10",
    "前十来源 top ten", "抖动 chattering",
)  # fmt: skip
OTHERS: Final = {REPORT: ("报告", "report"), EVENTS: ("紧急求助", "call for help")}
"""What is told that is no step of an incident."""

app = typer.Typer(help="alerts: who was told what 告警：谁收到了什么", no_args_is_help=True)


@app.command("list")
def list_alerts(
    config: Config,
    since: Since = "24h",
    failed: Annotated[bool, typer.Option("--failed", help="only refused and given up 只看失败的")] = False,
    as_json: AsJson = False,
) -> None:
    """List what was queued for whom, newest first, with why or why not 告警清单：给谁、为何、是否送达."""
    with opened(config) as (_, database):
        rows = DeliveriesReader(database.reader).recent(now_ms() - span_ms(since), failed=failed)
    if as_json:
        typer.echo(msgspec.json.encode([{**row._asdict(), "state": row.state} for row in rows]))
        return
    print_table(HEADS, [_row(row) for row in rows])


@app.command("test")
def try_port(
    config: Config,
    to: Annotated[str | None, typer.Option("--to", help="mail address 收件邮箱")] = None,
    webhook: Annotated[
        str | None, typer.Option("--webhook", help="name in the settings 设置中的名称", callback=code)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Send a test now and say what the server answered; exit code 4 when it did not take it 发送测试告警."""
    if (to is None) == (webhook is None):
        raise typer.BadParameter("--to or --webhook 二选一", param_hint="--to")
    if to is not None and not is_address(to):
        raise typer.BadParameter("a mail address 应为邮箱地址", param_hint="--to")
    settings = load_settings(config, Settings)
    at_ms = now_ms()
    letter = _test_letter(to, webhook, settings.county, settings.county_name, at_ms)
    name, port = ports_of(settings.alerts).of(letter)
    if port is None:
        raise HubError("E-SEND-16", f"{name}: the settings have no such port, see [alerts] 设置中没有此告警渠道")
    outcome = port.send(letter, at_ms)
    sent = isinstance(outcome, Taken)
    said = outcome.answer if isinstance(outcome, Taken) else outcome.trouble
    if as_json:
        typer.echo(json.dumps({"taken": sent, "answer": said, "id": letter.key}, ensure_ascii=False))
    else:
        typer.echo(f"已送达 taken: {said}" if sent else said, err=not sent)
    if not sent:
        raise typer.Exit(EXIT_FAILED)


@app.command("retry")
def retry_alert(
    config: Config,
    number: Annotated[int, typer.Argument(help="id in the list 清单中的号", metavar="ID", min=1)],
    by: By,
) -> None:
    """Have a letter that failed sent again, for another day; who asked is kept 重发失败的告警，留档."""
    with opened(config) as (_, database), writing(database) as connection:
        if not retry(connection, number, by, now_ms()):
            raise HubError(
                "E-SEND-17", f"{number}: no letter that failed; see `hub alerts list --failed` 没有这条失败的告警"
            )
    typer.echo(f"{number} 已重新排队 queued again")


@app.command("figures")
def show_figures(config: Config, since: Since = "7d", as_json: AsJson = False) -> None:
    """Show how many alarms there were and who got them, by ISA-18.2 告警负荷统计 (ISA-18.2)."""
    until_ms = now_ms()
    from_ms = until_ms - span_ms(since)
    with opened(config) as (_, database):
        log, lasting = read_alarm_log(database.reader, from_ms), read_lasting(database.reader, until_ms)
    found = figures(log.raised, log.told, lasting, from_ms, until_ms)
    if as_json:
        typer.echo(
            msgspec.json.encode(
                {
                    **found._asdict(),
                    "raised": found.raised._asdict(),
                    "operators": [one._asdict() for one in found.operators],
                }
            )
        )
        return
    typer.echo(f"{written(from_ms)} – {written(until_ms)}")
    high, middle, low = found.priorities
    typer.echo(f"级别 priorities 1/2/3: {high:.0%}/{middle:.0%}/{low:.0%}（宜 5/15/80 wanted）")
    typer.echo(f"超过 24 小时 lasting over 24 h: {found.stale}（宜少于 5 fewer than 5 wanted）")
    print_table(LOADS, [_load(found.raised, "全部 all raised"), *(_load(one, one.operator) for one in found.operators)])
    for source, number in found.raised.top:
        typer.echo(f"{number:>6}  {source}")


def _test_letter(to: str | None, webhook: str | None, county: str, name: str, at_ms: int) -> Letter:
    key = secrets.token_hex(16)
    if to is not None:
        body = f"{name} ({county})：这是一条测试告警，无需处理。This is a test; nothing is to be done.\n"
        return Letter(0, key, "mail", to, f"{MARK} 测试 test", body, at_ms)
    event = {"type": "alert.test", "timestamp": iso(at_ms), "data": {"county": county}}
    return Letter(0, key, "webhook", webhook or "", "test", json.dumps(event), at_ms)


def _row(one: Delivery) -> tuple[str, ...]:
    other = OTHERS.get(one.event, ("汇总", "digest"))
    step = STEPS.get(one.event, other)  # type: ignore[call-overload]
    return (
        str(one.id),
        moment(one.made_ms),
        one.incident or "",
        f"{step[0]} {step[1]}",
        one.port,
        one.recipient,
        " ".join(REASONS.get(one.reason, (one.reason,))),
        STATES.get(one.state, one.state) + (f" #{one.digest}" if one.digest else ""),
        str(one.tries),
        one.trouble or "",
    )


def _load(one: Load, name: str) -> tuple[str, ...]:
    return (
        name,
        str(one.alarms),
        f"{one.per_hour:.2f}",
        str(one.busiest),
        f"{one.flooded:.2%}",
        f"{one.top_share:.0%}",
        "、".join(one.chattering),
    )
