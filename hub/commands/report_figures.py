"""`hub report figures|villages|scores|warnings|alarms`: what reports are made of, without a report."""

from typing import Annotated, Final

import msgspec
import typer

from hub.access.chain import Deed
from hub.clock import now_ms
from hub.commands.report_files import AnyForm, FormText, Out, PeriodText, Town, asked_period, write_file
from hub.desks.alarm_reporting import alarm_document, alarms_of
from hub.desks.auditing import audit_log, note_by_command
from hub.desks.reporting import ReportDesk, file_name
from hub.desks.warning_watch import look
from hub.listing import moment, print_table
from hub.local_time import written
from hub.options import AsJson, Config, opened
from hub.reports import score_report
from hub.reports.document import Document, Section
from hub.reports.layout import FOOT, indicators, village_table
from hub.reports.period import ReportError
from hub.reports.scores import scores
from hub.reports.warnings import LEVELS, RULES
from hub.store.engine import writing
from hub.store.warnings import acknowledge

WARNING_HEADS: Final = (
    "号 id",
    "级别 level",
    "范围 of",
    "内容 what",
    "依据 figures",
    "起 since",
    "止 ended",
    "签收 by",
)
SCORE_HEADS: Final = ("名次 rank", "乡镇 town", "村 village", "得分 score", "已知分值 known")
ALARM_HEADS: Final = ("指标 figure", "本期 value", "目标 wanted", "结论 met")
MET: Final = {True: "达标 met", False: "未达标 not met", None: "数据太少 too few"}


def figures(config: Config, period: PeriodText = None, town: Town = "", as_json: AsJson = False) -> None:
    """Show the figures of a period beside those before and last year's 主要指标（同比、环比）."""
    at_ms = now_ms()
    asked = asked_period(period, at_ms)
    with opened(config) as (_, database):
        frozen = ReportDesk(database).frozen(asked, town, at_ms)
    if as_json:
        typer.echo(msgspec.json.encode(frozen))
        return
    table = indicators(frozen, asked)
    typer.echo(f"{town} {asked.title}".strip())
    print_table(table.heads, [[str(cell) for cell in row] for row in table.rows])


def villages(
    config: Config, period: PeriodText = None, town: Town = "", form: FormText = "xlsx", to: Out = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Write the figures of every village as a file 导出各村明细."""
    at_ms = now_ms()
    asked = asked_period(period, at_ms)
    with opened(config) as (settings, database):
        found = ReportDesk(database).frozen(asked, town, at_ms, compared=False).figures
    if as_json:
        typer.echo(msgspec.json.encode(found.villages))
        return
    sheet = Document(
        "各村明细", settings.county_name, asked.title, "", [Section("明细", [], [], [village_table(found)])], FOOT
    )
    write_file(sheet, form, to, file_name("各村明细", town, asked.name), as_json=False)


def show_scores(
    config: Config, period: PeriodText = None, town: Town = "",
    form: AnyForm = None,
    to: Out = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Show the scores, by rank 考核得分."""
    at_ms = now_ms()
    asked = asked_period(period, at_ms)
    with opened(config) as (settings, database):
        frozen = ReportDesk(database).frozen(asked, town, at_ms, compared=False)
    every = scores(frozen.figures, frozen.weights)
    if as_json:
        told = [one._asdict() | {"lines": [row._asdict() for row in one.lines]} for one in every]
        typer.echo(msgspec.json.encode(told))
    elif form:
        sheet = score_report.document(frozen.figures, frozen.weights, settings.county_name, asked, f"{town}考核得分")
        write_file(sheet, form, to, file_name("考核得分", town, asked.name), as_json=False)
    else:
        rows = [
            (
                str(one.rank or "—"), one.town or settings.county_name, one.name if one.scope == "village" else "",
                "无数据" if one.score is None else f"{one.score:.1f}", f"{one.known:g}",
            )
            for one in every
        ]  # fmt: skip
        print_table(SCORE_HEADS, rows)


def show_warnings(
    config: Config,
    again: Annotated[bool, typer.Option("--look", help="look at the trends now 立即重新研判")] = False,
    acknowledged: Annotated[int | None, typer.Option("--acknowledge", help="id of a warning 签收预警")] = None,
    by: Annotated[str | None, typer.Option("--by", help="who 签收人")] = None,
    as_json: AsJson = False,
) -> None:
    """List the warnings that stand, and those of the last 30 days 预警."""
    at_ms = now_ms()
    with opened(config) as (settings, database):
        desk = ReportDesk(database)
        if again:
            look(desk, at_ms)
        if acknowledged is not None:
            if not by:
                raise typer.BadParameter("who acknowledges it 请写明签收人", param_hint="--by")
            audit = audit_log(settings, database)
            with writing(database) as connection:
                if not acknowledge(connection, acknowledged, by, "", at_ms):
                    raise ReportError("E-REP-14", f"{acknowledged}: no such warning to acknowledge 没有待签收的预警")
                note_by_command(audit, connection, by, Deed("warning.acknowledge", str(acknowledged)), at_ms)
        rows = desk.warned(at_ms)
    if as_json:
        typer.echo(msgspec.json.encode([one._asdict() for one in rows]))
        return
    print_table(
        WARNING_HEADS,
        [
            (
                str(one.id), " ".join(LEVELS[one.level]), one.town or "全县 county", " ".join(RULES[one.rule]),
                one.figures, moment(one.began_ms), moment(one.ended_ms), one.acknowledged_by or "",
            )
            for one in rows
        ],
    )  # fmt: skip


def show_alarms(
    config: Config, period: PeriodText = None,
    form: AnyForm = None,
    to: Out = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Show each figure of ISA-18.2 / IEC 62682 with its target 告警报告."""
    at_ms = now_ms()
    asked = asked_period(period, at_ms)
    with opened(config) as (settings, database):
        report = alarms_of(database, asked.cut(at_ms))
    if as_json:
        told = report._asdict() | {
            "rows": [one._asdict() for one in report.rows], "operators": [one._asdict() for one in report.operators],
            "charts": [one.title for one in report.charts],
        }  # fmt: skip
        typer.echo(msgspec.json.encode(told))
    elif form:
        sheet = alarm_document(report, settings.county_name)
        write_file(sheet, form, to, file_name("告警报告", asked.name), as_json=False)
    else:
        typer.echo(f"{written(report.from_ms)} – {written(report.until_ms)}")
        print_table(ALARM_HEADS, [(one.name, one.shown, one.wanted, MET[one.met]) for one in report.rows])
