"""`hub import …` and `hub export …`: tickets of other platforms in, visits and incidents out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final, get_args

import msgspec
import typer

from hub.access.chain import Deed
from hub.clock import now_ms
from hub.desks.auditing import audit_log, note_by_command
from hub.desks.ordering import MOST_REASON, MOST_WHO
from hub.errors import HubError
from hub.exchange.exporting import Exported, export, masked, note_export, sealed_of, whole
from hub.exchange.fields import FIELDS, KIND_WORDS
from hub.exchange.importing import judge, refused_csv, take
from hub.exchange.outgoing import OUT, Format, What
from hub.exchange.quality import Quality, quality_of, share_told
from hub.exchange.reading import MOST_BYTES, FileError
from hub.exchange.sealing import Sealer
from hub.exchange.sources import PLATFORM, PLATFORMS
from hub.exchange.tickets import places_of
from hub.filing import whole_file
from hub.listing import duration, print_table
from hub.local_time import moment_ms
from hub.options import AsJson, Config, line, one_of, opened
from hub.store.engine import writing
from hub.store.exchanges import ExchangesReader
from hub.store.outgoing import ENTERED, OutgoingReader, Wanted, note_viewings
from hub.visits.day import DAY_MS
from hub.visits.opening import Unsealer

SHOWN: Final = 20
"""So many refused rows are named; a file of all is made on request."""
WHATS: Final = (*get_args(What), "quality")
By = Annotated[str | None, typer.Option("--by", help="who does it: a name, kept 经办人，留档")]


def import_tickets(
    config: Config,
    file: Annotated[Path | None, typer.Argument(help="CSV or JSON, UTF-8 or GBK 文件")] = None,
    platform: Annotated[
        str | None,
        typer.Option("--platform", help="whose tickets 来源平台: hotline, provincial", callback=one_of(PLATFORMS)),
    ] = None,
    by: By = None,
    do: Annotated[
        bool, typer.Option("--take", help="store them; without it only tried 正式导入（不加只试读）")
    ] = False,
    skip_bad: Annotated[
        Path | None, typer.Option("--skip-bad", help="store the others; line and reason of the bad go to this file")
    ] = None,
    fields: Annotated[bool, typer.Option("--fields", help="the field dictionary 字段说明")] = False,
) -> None:
    """Take tickets of the hotline or the province's platform in; first only tried 导入工单，默认只试读."""
    if fields:
        _print_fields()
        return
    if file is None or platform is None:
        raise typer.BadParameter("a file and --platform, or --fields 请给出文件和 --platform")
    who = _who(by)
    data = _read(file)
    with opened(config) as (settings, database):
        unsealer, reader = Unsealer.from_file(Path(settings.unseal_key_file)), ExchangesReader(database.reader)
        judged = judge(data, platform, places_of(reader.places()), Sealer(unsealer), now_ms())  # type: ignore[arg-type]
        for refused in judged.refused[:SHOWN]:
            typer.echo(refused.told, err=True)
        if len(judged.refused) > SHOWN:
            typer.echo(f"… 另有 {len(judged.refused) - SHOWN} 行 more", err=True)
        if reader.came_before(judged.file) is not None:
            typer.echo("this very file was imported before 此文件曾经导入过", err=True)
        bad = len(judged.refused)
        if not do:
            typer.echo(
                f"{judged.rows} 行 rows: {judged.good} 可导入 can be taken, {bad} 有误 bad; 未导入 nothing stored"
            )
            raise typer.Exit(1 if bad else 0)
        if skip_bad is not None and bad:
            with whole_file(skip_bad) as to:
                to.write(refused_csv(judged.refused))
        deed = Deed("ticket.import", *judged.named)
        with writing(database) as connection:
            outcome = take(connection, judged, who, now_ms(), skip_bad=skip_bad is not None)
            note_by_command(audit_log(settings, database, unsealer), connection, who, deed, now_ms())
    typer.echo(
        f"{outcome.stored} 新增 new, {outcome.updated} 更新 updated, {outcome.unchanged} 未变 unchanged,"
        f" {outcome.older} 较旧未用 older, {bad} 有误 bad"
    )


def export_records(
    config: Config,
    file: Annotated[Path | None, typer.Argument(help="where to write; must not be there yet 输出文件")] = None,
    what: Annotated[
        str, typer.Option("--what", help="visits, incidents or quality 内容", callback=one_of(WHATS))
    ] = "visits",
    form: Annotated[str, typer.Option("--format", help="csv or json 格式", callback=one_of(get_args(Format)))] = "csv",
    begin: Annotated[str | None, typer.Option("--from", help="2026-11-01, or -7d 起")] = None,
    until: Annotated[str | None, typer.Option("--until", help="2026-12-01; not itself 止（不含）")] = None,
    since_last: Annotated[
        bool, typer.Option("--since-last", help="what is new since the last one 只含新增与变化")
    ] = False,
    opened_whole: Annotated[
        bool, typer.Option("--whole", help="identities opened; needs --reason 含身份，须写事由")
    ] = False,
    reason: Annotated[str | None, typer.Option("--reason", help="why, kept 事由，留档")] = None,
    by: By = None,
    fields: Annotated[bool, typer.Option("--fields", help="the field dictionary 字段说明")] = False,
    as_json: AsJson = False,
) -> None:
    """Write visits or incidents for the province's platform, masked, or how complete records are 导出与质量统计."""
    if fields:
        _print_out(what)
        return
    at_ms = now_ms()
    from_ms = None if begin is None else moment_ms(begin, at_ms, past=True)
    until_ms = None if until is None else moment_ms(until, at_ms if from_ms is None else from_ms)
    if what == "quality":
        with opened(config) as (_, database):
            entered = OutgoingReader(database.reader).entered(from_ms or at_ms - 30 * DAY_MS, until_ms or at_ms + 1)
            _print_quality(quality_of(entered), as_json=as_json)
        return
    if file is None or (opened_whole and not reason):
        raise typer.BadParameter("a file, and a --reason with --whole 请给出文件；含身份时须写事由")
    who, why = _who(by), "" if reason is None else line(MOST_REASON)(reason)
    with opened(config) as (settings, database):
        unsealer, reader = Unsealer.from_file(Path(settings.unseal_key_file)), OutgoingReader(database.reader)
        since = ExchangesReader(database.reader).marks(what) if since_last else None
        wanted = Wanted(from_ms, until_ms, since)
        deed = Deed("record.export", f"{what} {form}{' whole' if opened_whole else ''}", why)
        with writing(database) as connection:  # first that it is opened, then the opening
            note_by_command(audit_log(settings, database, unsealer), connection, who, deed, at_ms)
            logged = sealed_of(reader.visits(wanted)) if opened_whole and what == "visits" else []
            note_viewings(connection, logged, who, why, at_ms)
        show = whole(unsealer, frozenset(logged)) if logged else masked(unsealer)
        with whole_file(file) as to:
            done: Exported = export(reader, what, form, wanted, show, to)  # type: ignore[arg-type]
        if since_last or wanted == Wanted():
            with writing(database) as connection:
                note_export(connection, done, who, at_ms)
    typer.echo(f"{done.rows} 条 records, sha256 {done.file.hex()}")


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as source:
            return source.read(MOST_BYTES + 1)
    except OSError as error:
        raise FileError("E-EXC-06", f"{file}: cannot be read 文件无法读取: {error.strerror}") from None


def _who(by: str | None) -> str:
    if by is None:
        raise typer.BadParameter("who does it 请填写经办人", param_hint="--by")
    return line(MOST_WHO)(by)


def _print_fields() -> None:
    print_table(("字段 field", "列名 heading", "必填 needed", "个人信息 personal", "内容 what"), _field_rows())
    print_table(
        ("代码 code", "来源平台 platform"),
        [(f"{name} {one.code}", f"{one.zh} {one.en}") for name, one in PLATFORM.items()],
    )


def _field_rows() -> Iterator[tuple[str, ...]]:
    for field in FIELDS:
        zh, en = KIND_WORDS[field.kind]
        choices = " ".join(f"{name}={choice.zh}" for name, choice in field.choices.items())
        headings = "、".join((field.zh, *field.also))
        marks = ("是 yes" if field.needed else "", "是 yes" if field.personal else "")
        yield field.name, headings, *marks, f"{zh} {en} {choices}".strip()


def _print_out(what: str) -> None:
    if what not in OUT:
        raise HubError("E-EXC-07", "quality has no file 质量统计不生成文件")
    rows = [(name, heading, said) for name, (heading, said) in OUT[what].items()]
    print_table(("字段 field", "列名 heading", "内容 what"), rows)


def _print_quality(told: list[Quality], *, as_json: bool) -> None:
    if as_json:
        typer.echo(msgspec.json.encode([one._asdict() for one in told]))
        return
    heads = ("来源 source", "条数 records", "完整率 complete", *ENTERED, "中位延迟 median", "p95", "24h内 within a day")
    print_table(heads, [_quality_row(one) for one in told])


def _quality_row(one: Quality) -> tuple[str, ...]:
    def lasts(ms: int | None) -> str:
        return "-" if ms is None else duration(ms)

    filled = (str(one.filled[name]) for name in ENTERED)
    return (one.source, str(one.records), share_told(one.complete), *filled, lasts(one.median_ms), lasts(one.p95_ms),
            share_told(one.within_day))  # fmt: skip
