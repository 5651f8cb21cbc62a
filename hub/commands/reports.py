"""`hub report …`: drafts, approval, handing on, exports; what they are made of stands in `report_figures.py`."""

from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer

from hub.access.chain import Deed
from hub.clock import now_ms
from hub.commands.report_figures import figures, show_alarms, show_scores, show_warnings, villages
from hub.commands.report_files import FormText, Out, PeriodText, Town, asked_period, write_file
from hub.desks.auditing import audit_log, change_by_command, note_by_command
from hub.desks.ordering import MOST_REASON
from hub.desks.reporting import (
    DEEDS,
    LENGTH_OF,
    ReportDesk,
    act,
    add,
    addressees,
    distribute,
    document_of,
    file_name,
    intact,
    period_title,
    stamp,
)
from hub.incidents.delivery.ports import ports_of
from hub.listing import moment, print_table
from hub.options import AsJson, By, Config, line, one_of, opened
from hub.reports.lifecycle import STATES, Act
from hub.reports.names import KINDS
from hub.reports.period import ReportError
from hub.store.engine import writing
from hub.store.reports import Head

HEADS: Final = (
    "号 id", "种类 kind", "时间段 period", "范围 of", "版 version", "状态 state", "起草 by", "时间 made",
    "批准 approved",
)  # fmt: skip
app = typer.Typer(help="reports, warnings and scores 研判、报告、预警与考核", no_args_is_help=True)
app.command("figures")(figures)
app.command("villages")(villages)
app.command("scores")(show_scores)
app.command("warnings")(show_warnings)
app.command("alarms")(show_alarms)
Id = Annotated[int, typer.Argument(help="id in the list 清单中的号", metavar="ID", min=1)]
Note = Annotated[str, typer.Option("--note", help="kept 备注，留档", callback=lambda v: v and line(MOST_REASON)(v))]


@app.command("draft")
def make_draft(
    config: Config,
    kind: Annotated[str, typer.Argument(help=", ".join(KINDS), callback=one_of(KINDS))],
    by: By,
    period: PeriodText = None,
    town: Town = "",
    as_json: AsJson = False,
) -> None:
    """Draft a report from the figures 起草报告."""
    at_ms = now_ms()
    asked = asked_period(period, at_ms, LENGTH_OF[kind][-1])  # type: ignore[index]
    with opened(config) as (settings, database):
        new = ReportDesk(database).drafted(kind, asked, town, settings.county_name, at_ms)  # type: ignore[arg-type]
        audit = audit_log(settings, database)
        with writing(database) as connection:
            key = add(connection, new, by, at_ms)
            deed = Deed("report.draft", f"{key} {new.title} {new.period}")
            note_by_command(audit, connection, by, deed, at_ms)
        head = ReportDesk(database).find(key).head
    _say(head, as_json=as_json, said=f"{key} 已起草 drafted: {new.title} {asked.title}")


@app.command("list")
def list_reports(config: Config, as_json: AsJson = False) -> None:
    """List reports, newest first 报告清单."""
    with opened(config) as (_, database):
        heads = ReportDesk(database).reports.listed(200)
    if as_json:
        typer.echo(msgspec.json.encode([_told(head) for head in heads]))
        return
    print_table(HEADS, [_row(head) for head in heads])


@app.command("show")
def show(config: Config, key: Id, as_json: AsJson = False) -> None:
    """Show a report's text, what was done to it, and to whom it went 查看报告."""
    with opened(config) as (_, database):
        desk = ReportDesk(database)
        report, steps, copies = desk.find(key), desk.reports.steps(key), desk.reports.copies(key)
    kept = report.head.hash is None or intact(report)
    if as_json:
        told = _told(report.head) | {
            "sections": report.parts, "steps": [one._asdict() for one in steps],
            "copies": [one._asdict() for one in copies], "intact": kept,
        }  # fmt: skip
        typer.echo(msgspec.json.encode(told))
        return
    typer.echo(f"{report.head.title}　{period_title(report.head)}\n{stamp(report.head)}")
    for part in report.parts:
        typer.echo(f"\n【{part.title}】\n{part.text}")
    typer.echo("")
    for one in steps:
        typer.echo(f"{moment(one.at_ms)} {one.who} {one.step} {one.note}")
    for copy in copies:
        typer.echo(f"{moment(copy.at_ms)} → {copy.addressee} ({copy.port})")
    if not kept:
        raise ReportError("E-REP-12", f"{key}: not as it was approved 内容与批准时不一致")


@app.command("submit")
def submit(config: Config, key: Id, by: By, note: Note = "", as_json: AsJson = False) -> None:
    """Submit a draft for approval 送审."""
    _act(config, key, "submit", by, note, as_json=as_json)


@app.command("approve")
def approve(config: Config, key: Id, by: By, note: Note = "", as_json: AsJson = False) -> None:
    """Approve a report: never one of whoever wrote it; text and figures stay so from then on 批准."""
    _act(config, key, "approve", by, note, as_json=as_json)


@app.command("withdraw")
def withdraw(config: Config, key: Id, by: By, note: Note = "", as_json: AsJson = False) -> None:
    """Make a report that was not distributed yet a draft again 退回草稿."""
    _act(config, key, "withdraw", by, note, as_json=as_json)


@app.command("distribute")
def hand_on(
    config: Config,
    key: Id,
    by: By,
    to: Annotated[list[str], typer.Option("--addressee", help="mail address or name; more than once 收件人")],
    as_json: AsJson = False,
) -> None:
    """Distribute an approved report: to mail addresses by mail, to names by hand 分发."""
    at_ms = now_ms()
    with opened(config) as (settings, database):
        copies = addressees("\n".join(to), mail=ports_of(settings.alerts).mail)
        change_by_command(
            settings, database, by,
            lambda connection: distribute(connection, key, copies, by, settings.county_name, at_ms),
            Deed("report.distribute", str(key)),
        )  # fmt: skip
    if as_json:
        typer.echo(msgspec.json.encode([one._asdict() for one in copies]))
        return
    for one in copies:
        typer.echo(f"{one.addressee}: {'邮件已排队 queued' if one.port == 'mail' else '请导出后送达 hand it over'}")


@app.command("correct")
def correct(config: Config, key: Id, by: By, note: Note = "", as_json: AsJson = False) -> None:
    """Begin another version of an approved report; the one before stays as it is 更正（新版本）."""
    at_ms = now_ms()
    with opened(config) as (settings, database):
        desk = ReportDesk(database)
        new = desk.corrected(desk.find(key))
        audit = audit_log(settings, database)
        with writing(database) as connection:
            fresh = add(connection, new, by, at_ms, note or f"← {key}")
            note_by_command(audit, connection, by, Deed("report.correct", f"{key} → {fresh}", note), at_ms)
        head = desk.find(fresh).head
    _say(head, as_json=as_json, said=f"{fresh} 第{head.version}版草稿 draft of version {head.version}")


@app.command("export")
def export(config: Config, key: Id, form: FormText = "pdf", to: Out = None, as_json: AsJson = False) -> None:
    """Write a report as a file 导出报告."""
    with opened(config) as (settings, database):
        report = ReportDesk(database).find(key)
    name = file_name(report.head.title, report.head.period, f"v{report.head.version}")
    write_file(document_of(report, settings.county_name), form, to, name, as_json=as_json)


def _act(config: Path, key: int, what: Act, by: str, note: str, *, as_json: bool) -> None:
    at_ms = now_ms()
    with opened(config) as (settings, database):
        deed = Deed(DEEDS[what], str(key), note)
        change_by_command(settings, database, by, lambda connection: act(connection, key, what, by, at_ms, note), deed)
        head = ReportDesk(database).find(key).head
    _say(head, as_json=as_json, said=f"{key}: {' '.join(STATES[head.state])}")


def _say(head: Head, *, as_json: bool, said: str) -> None:
    typer.echo(msgspec.json.encode(_told(head)) if as_json else said)


def _told(head: Head) -> dict[str, object]:
    return head._asdict() | {"hash": None if head.hash is None else head.hash.hex()}


def _row(head: Head) -> tuple[str, ...]:
    kind, of = " ".join(KINDS[head.kind]), head.town or "全县 county"
    approved = f"{head.approved_by} {moment(head.approved_ms)}" if head.approved_by else ""
    state = " ".join(STATES[head.state])
    return str(head.id), kind, head.period, of, str(head.version), state, head.author, moment(head.made_ms), approved
