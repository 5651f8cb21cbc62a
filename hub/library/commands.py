"""`hub library …`: publish documents for the kiosks, take them back, and see which stations have them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer

from hub.clock import now_ms
from hub.library.desk import Change, DocumentError, Holding, LibraryDesk, read_drafts
from hub.library.rules import Catalogue, Edition
from hub.listing import moment, print_table
from hub.options import AsJson, By, Config, opened
from wire.content import KINDS

WORDS: Final = {
    "new": "新增 new",
    "changed": "已变 changed",
    "unchanged": "未变 unchanged",
    "withdrawn": "撤回 withdrawn",
}
STATES: Final = {
    "held": "已有 held", "behind": "待下发 behind", "refused": "已拒收 refused", "ahead": "版本超前 ahead",
    "unseen": "从未上线 never seen",
}  # fmt: skip
AHEAD: Final = (
    "ahead: it keeps a document of another town or database; publish what it should have once more, with --again"
    " 版本超前的站点仍在用别处的资料，请用 publish --again 重新下发"
)
SCOPE_WORDS: Final = {"county": "全县 county", "town": "乡镇 town", "station": "站点 station"}
CHANGE_HEADS: Final = ("文档 document", "变化 change", "版本 version", "字节 bytes", "站点数 stations")
EDITION_HEADS: Final = ("文档 document", "范围 scope", "对象 for", "版本 version", "时间 at", "经办 by", "状态 state")
HOLDING_HEADS: Final = ("站点 station", "文档 document", "应有 wanted", "现有 held", "状态 state")

app = typer.Typer(help="documents for the kiosks 下发到终端的资料", no_args_is_help=True)


def _kind(value: str) -> str:
    if value not in KINDS:
        raise typer.BadParameter(f"one of 应为其中之一: {', '.join(KINDS)}")
    return value


Named = Annotated[str, typer.Argument(help="kind of document, e.g. roster 文档名称", callback=_kind)]
Town = Annotated[str | None, typer.Option("--town", help="for this town only 只对这个乡镇")]
Station = Annotated[str | None, typer.Option("--station", help="for this station only 只对这个站点 (12 位编码)")]


@app.command()
def publish(
    config: Config,
    path: Annotated[Path, typer.Argument(help="FILE.json, or a folder of them; the name says the kind 文件或文件夹")],
    by: By,
    town: Town = None,
    station: Station = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="check and compare only 只检查和比较，不下发")] = False,
    again: Annotated[bool, typer.Option("--again", help="also what did not change 内容未变也重新下发")] = False,
    as_json: AsJson = False,
) -> None:
    """Check documents and publish them for county, town or station 检查并下发资料.

    All or nothing: when one is not as it must be, nothing is published. What did not change is not sent again.
    """
    drafts = read_drafts(path)
    with _desk(config, town, station) as desk:
        spot = desk.spot(town, station)
        changes = desk.publish(drafts, spot, by, now_ms(), store=not dry_run, again=again)
        _print_changes(desk, changes, as_json=as_json)


@app.command()
def withdraw(
    config: Config, name: Named, by: By, town: Town = None, station: Station = None, as_json: AsJson = False
) -> None:
    """Take a document back: then that of the wider scope counts, or none 撤回资料，改用上一级范围的版本."""
    with _desk(config, town, station) as desk:
        change = desk.withdraw(name, desk.spot(town, station), by, now_ms())
        _print_changes(desk, [change], as_json=as_json)


@app.command()
def undo(
    config: Config, name: Named, by: By, town: Town = None, station: Station = None, as_json: AsJson = False
) -> None:
    """Publish the version before once more; twice takes it back 恢复上一版."""
    with _desk(config, town, station) as desk:
        change = desk.undo(name, desk.spot(town, station), by, now_ms())
        _print_changes(desk, [change], as_json=as_json)


@app.command("list")
def list_all(config: Config, station: Station = None, as_json: AsJson = False) -> None:
    """List what each scope has, and which stations are behind or refused something 各范围的资料，及未更新的站点."""
    with _desk(config, None, station) as desk:
        if station is not None:
            desk.spot(None, station)
        chosen = [village for village in desk.villages if station in {None, village.code}]
        holdings = desk.holdings(chosen)
        editions = Catalogue(desk.reader.latest()).editions()
    if as_json:
        told = {"documents": [_edition_object(one) for one in editions], "stations": [_object(one) for one in holdings]}
        typer.echo(msgspec.json.encode(told))
        return
    if station is None:
        print_table(EDITION_HEADS, [_edition_row(one) for one in editions])
        typer.echo()
        _print_sum(holdings)
        holdings = [one for one in holdings if one.state not in {"held", "unseen"}]
    if holdings:
        print_table(HOLDING_HEADS, [_holding_row(one) for one in holdings])
    if any(one.state == "ahead" for one in holdings):
        typer.echo(AHEAD, err=True)


@app.command()
def show(
    config: Config, name: Named, town: Town = None, station: Station = None,
    version: Annotated[int | None, typer.Option("--version", help="else the latest 版本，缺省为最新")] = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Show a document as one scope has it, and its versions 显示某范围的文档及其各版本."""
    with _desk(config, town, station) as desk:
        spot = desk.spot(town, station)
        history = desk.reader.history(name, spot)
        chosen = next((one for one in history if version in {None, one.version}), None)
        if chosen is None:
            what = f"{name}: no such version there 该范围内没有此文档或此版本 ({spot.scope} {spot.place})"
            raise DocumentError("E-DOC-06", what)
        text = desk.reader.text(chosen.version)
    if as_json:
        content = msgspec.Raw(b"null" if text is None else text.encode())
        versions = [_edition_object(one) for one in history]
        typer.echo(msgspec.json.encode(_edition_object(chosen) | {"content": content, "versions": versions}))
        return
    print_table(EDITION_HEADS, [_edition_row(one) for one in history])
    typer.echo("null" if text is None else msgspec.json.format(text, indent=2))


@contextmanager
def _desk(config: Path, town: str | None, station: str | None) -> Iterator[LibraryDesk]:
    if town is not None and station is not None:
        raise typer.BadParameter("--town or --station, not both 两者只能选一个", param_hint="--town")
    with opened(config) as (settings, database):
        yield LibraryDesk(settings, database)


def _print_changes(desk: LibraryDesk, changes: list[Change], *, as_json: bool) -> None:
    if as_json:
        typer.echo(msgspec.json.encode([change._asdict() for change in changes]))
    else:
        print_table(CHANGE_HEADS, [_change_row(change) for change in changes])
    if any(change.version for change in changes) and not desk.hub_runs():
        typer.echo("no hub is running: sent once one does 中心没有运行，启动后下发", err=True)


def _print_sum(holdings: list[Holding]) -> None:
    """Say in one line how the county's stations stand; a station counts for its worst document."""
    worst: dict[str, str] = {}
    order = list(STATES)
    for one in holdings:
        known = worst.get(one.station.code, "held")
        worst[one.station.code] = max(known, one.state, key=order.index)
    counts = [(words, sum(state == one for one in worst.values())) for state, words in STATES.items()]
    typer.echo("站点 stations: " + ", ".join(f"{words} {count}" for words, count in counts if count))


def _change_row(change: Change) -> tuple[str, ...]:
    version = "-" if change.version is None else str(change.version)
    return change.name, WORDS[change.what], version, str(change.size_bytes), str(change.stations)


def _edition_row(one: Edition) -> tuple[str, ...]:
    state = WORDS["withdrawn"] if one.withdrawn else "下发 published"
    scope = SCOPE_WORDS[one.spot.scope]
    return one.name, scope, one.spot.place, str(one.version), moment(one.at_ms), one.by, state


def _holding_row(one: Holding) -> tuple[str, ...]:
    state = f"{STATES[one.state]} {one.code or ''}".strip()
    held = "-" if one.held is None else str(one.held)
    return f"{one.station.code} {one.station.name}", one.due.name, str(one.due.version), held, state


def _edition_object(one: Edition) -> dict[str, object]:
    scope, place = one.spot
    return {
        "name": one.name, "scope": scope, "place": place, "version": one.version, "withdrawn": one.withdrawn,
        "by": one.by, "at_ms": one.at_ms,
    }  # fmt: skip


def _object(one: Holding) -> dict[str, object]:
    source = one.due.source
    return {
        "station": one.station.code, "name": one.due.name, "version": one.due.version, "held": one.held,
        "state": one.state, "code": one.code, "scope": None if source is None else source.spot.scope,
    }  # fmt: skip
