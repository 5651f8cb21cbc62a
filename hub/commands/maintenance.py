"""`hub maintenance …`: planned times; `hub commission` and `hub decommission`: when a station is in service."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final

import msgspec
import typer

from hub.clock import now_ms
from hub.desks.maintenance import Asked, MaintenanceDesk, State, state_of
from hub.desks.ordering import Desk
from hub.health.every import read_every, words_of
from hub.health.windows import Effect, Window
from hub.incidents.trouble import Node
from hub.listing import plain, print_table
from hub.local_time import UNIT_MS, length_words, moment_ms, written
from hub.options import AsJson, By, Config, Reason, code, one_of, opened
from hub.store.windows import Planned

EFFECTS: Final[dict[str, tuple[Effect, str]]] = {
    "maintenance": ("maintenance", "维护 maintenance"),
    "no-incidents": ("no_incidents", "不立事件 no new incidents"),
    "no-alerts": ("no_alerts", "不告警 nobody is alerted"),
}
STATES: Final[dict[State, str]] = {
    "coming": "未开始 to come", "waiting": "待故障触发 waits for a trouble", "holds": "生效中 holds now",
    "between": "下次再生效 will hold again", "over": "已结束 over", "withdrawn": "已撤回 withdrawn",
}  # fmt: skip
HEADS: Final = ("编号 id", "作用 effect", "范围 for", "时间 when", "状态 state", "经办 by", "事由 reason")
NEXT_TIMES: Final = 3

app = typer.Typer(help="planned times: maintenance, no incidents, no alerts 计划时段", no_args_is_help=True)


def _codes(values: list[str]) -> list[str]:
    return [value for value in values if code(value)]


@app.command()
def add(
    config: Config,
    by: By,
    reason: Reason,
    town: Annotated[str | None, typer.Option("--town", help="for this town 只对这个乡镇")] = None,
    station: Annotated[str | None, typer.Option("--station", help="for this station 只对这个站点 (12 位编码)")] = None,
    county: Annotated[bool, typer.Option("--county", help="for the whole county 全县")] = False,
    effect: Annotated[
        str, typer.Option("--effect", help="maintenance, no-incidents, no-alerts 作用", callback=one_of(EFFECTS))
    ] = "maintenance",
    begin: Annotated[
        str | None, typer.Option("--from", help="'2026-11-28 02:00', 02:00 (the next), +2h; now if not said 开始")
    ] = None,
    until: Annotated[str | None, typer.Option("--until", help="likewise; +2h counts from the beginning 结束")] = None,
    lasts: Annotated[str | None, typer.Option("--for", help="or how long: 90m, 2h, 1d 时长")] = None,
    every: Annotated[
        str | None,
        typer.Option(
            "--every", help="'daily 02:00', 'weekly mon,thu 02:00', 'monthly 15 02:00' 周期，--for 为每次时长"
        ),
    ] = None,
    flexible: Annotated[
        str | None, typer.Option("--flexible", help="lasts so long from the first trouble within the times 弹性时长")
    ] = None,
    retroactive: Annotated[bool, typer.Option("--retroactive", help="it began in the past 补登已开始的")] = False,
    as_json: AsJson = False,
) -> None:
    """Plan a time for a station, a town or the county; times are China's 登记计划时段（北京时间）.

    Watching goes on, and what is open still ends. It is kept who planned it and why.
    """
    with _desk(config) as desk:
        node = desk.node(town=town, station=station, county=county)
        asked = Asked(EFFECTS[effect][0], node, begin, until, lasts, every, flexible, retroactive)
        planned = desk.add(asked, by, reason, now_ms())
        _say(desk, planned, as_json=as_json)


@app.command("list")
def list_windows(
    config: Config,
    every: Annotated[bool, typer.Option("--all", help="also what is over or was withdrawn 含已结束和已撤回")] = False,
    as_json: AsJson = False,
) -> None:
    """List planned times: what holds, waits or is to come 列出计划时段."""
    at_ms = now_ms()
    with _desk(config) as desk:
        found = desk.windows.overlapping(0 if every else at_ms, 2**62)
        shown = [one for one in found if every or state_of(one, at_ms) not in {"over", "withdrawn"}]
        counts = {one.window.id: desk.stations(one.window.node) for one in shown}
    if as_json:
        typer.echo(msgspec.json.encode([_object(one, at_ms) for one in shown]))
        return
    print_table(HEADS, [_row(one, counts[one.window.id], at_ms) for one in shown])


@app.command()
def end(
    config: Config,
    window: Annotated[str, typer.Argument(metavar="ID", help="as the list shows it 编号", callback=code)],
    by: By,
    reason: Reason,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="it was wrong: it never held 误登记，全部撤回")] = False,
    as_json: AsJson = False,
) -> None:
    """End a planned time now; one still to come is withdrawn 结束计划时段；未开始的即撤回."""
    with _desk(config) as desk:
        _say(desk, desk.end(window, by, reason, now_ms(), withdraw=withdraw), as_json=as_json)


def commission(
    config: Config,
    stations: Annotated[list[str], typer.Argument(metavar="CODE...", help="stations 站点编码", callback=_codes)],
    by: By,
    at: Annotated[
        str | None, typer.Option("--at", help="since when, e.g. '2026-11-20 09:00'; corrects what was said 启用时间")
    ] = None,
) -> None:
    """Put stations into service: from then on their time counts 启用站点，起计在线率.

    A station's first birth does this by itself.
    """
    at_ms = now_ms()
    since_ms = at_ms if at is None else moment_ms(at, at_ms, past=True)
    with _desk(config) as desk:
        desk.commission(stations, by, since_ms, at_ms, corrects=at is not None)
    for station in stations:
        typer.echo(f"{station} 在役 in service since {written(since_ms)}")


def decommission(
    config: Config,
    stations: Annotated[list[str], typer.Argument(metavar="CODE...", help="stations 站点编码", callback=_codes)],
    by: By,
    reason: Reason,
) -> None:
    """Take stations out of service now: their time counts no more, nothing is opened for them 停用站点."""
    at_ms = now_ms()
    with _desk(config) as desk:
        desk.decommission(stations, by, reason, at_ms)
    for station in stations:
        typer.echo(f"{station} 已停用 out of service since {written(at_ms)}")


@contextmanager
def _desk(config: Config) -> Iterator[MaintenanceDesk]:
    with opened(config) as (settings, database):
        yield MaintenanceDesk(settings, database)
        if not Desk(database).hub_runs():
            typer.echo("no hub is running: it counts once one does 中心没有运行，启动后生效", err=True)


def _say(desk: MaintenanceDesk, planned: Planned, *, as_json: bool) -> None:
    """Say back what was understood."""
    at_ms = now_ms()
    if as_json:
        typer.echo(msgspec.json.encode(_object(planned, at_ms)))
        return
    effect = dict(EFFECTS.values())[planned.window.effect]
    where = where_words(planned.window.node, desk.stations(planned.window.node))
    typer.echo(plain(f"{planned.window.id} {effect} · {where} · {STATES[state_of(planned, at_ms)]}"))
    typer.echo(plain(f"  {when_words(planned.window)}"))
    if planned.window.kind == "recurring" and state_of(planned, at_ms) in {"coming", "between"}:
        times = planned.window.holds(at_ms, planned.window.until_ms)[:NEXT_TIMES]
        shown = ", ".join(f"{written(begin_ms)} – {written(end_ms)}" for begin_ms, end_ms in times)
        typer.echo(f"  接下来 next: {shown}")


def where_words(node: Node, stations: int) -> str:
    """Return a place as people say it."""
    name = {"county": "全县 county", "town": f"乡镇 town {node.place}"}.get(node.scope, f"站点 station {node.place}")
    return name if node.scope == "station" else f"{name} ({stations} 站 stations)"


def when_words(window: Window) -> str:
    """Return when a window holds as people say it, in both languages."""
    times = f"{written(window.from_ms)} – {written(window.until_ms)}"
    lasts = length_words(window.lasts_ms or window.until_ms - window.from_ms)
    if window.kind == "recurring":
        said = f"{words_of(read_every(window.every or ''))}, 每次 each time {lasts}, {times}"
    elif window.kind == "flexible":
        said = f"{times} 内首次故障起 from the first trouble within, {lasts}"
        if window.began_ms is not None:
            said += f"; 始于 began {written(window.began_ms)}"
    else:
        said = f"{times} ({lasts})" if window.until_ms - window.from_ms >= UNIT_MS["m"] else times
    if window.ended_ms is not None and window.from_ms < window.ended_ms < window.until_ms:
        said += f"; 提前结束 ended {written(window.ended_ms)}"
    return said


def _row(planned: Planned, stations: int, at_ms: int) -> tuple[str, ...]:
    window = planned.window
    by = f"{planned.made_by} {written(planned.made_ms)}"
    reason = planned.reason
    if window.from_ms < planned.made_ms - UNIT_MS["m"]:
        by += " 补登 retroactive"
    if planned.said_ended_ms is not None:
        by += f"\n{planned.ended_by} {written(planned.said_ended_ms)}"
        reason += f"\n{planned.ended_reason}"
    effect = dict(EFFECTS.values())[window.effect]
    where, state = where_words(window.node, stations), STATES[state_of(planned, at_ms)]
    return window.id, effect, where, when_words(window), state, by, reason


def _object(planned: Planned, at_ms: int) -> dict[str, object]:
    window = planned.window
    return {
        "id": window.id, "effect": window.effect, "scope": window.node.scope, "place": window.node.place,
        "kind": window.kind, "from_ms": window.from_ms, "until_ms": window.until_ms, "lasts_ms": window.lasts_ms,
        "every": window.every, "began_ms": window.began_ms, "state": state_of(planned, at_ms),
        "reason": planned.reason, "by": planned.made_by, "made_ms": planned.made_ms,
        "ended_by": planned.ended_by, "ended_ms": planned.said_ended_ms, "ended_reason": planned.ended_reason,
        "withdrawn": planned.withdrawn,
    }  # fmt: skip
