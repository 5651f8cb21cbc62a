"""`hub incident …`: see what is wrong, and say what is done about it: 采集 → 研判 → 处置 → 督导."""

from pathlib import Path
from typing import Annotated, Final, cast

import msgspec
import typer

from hub.access.chain import Deed
from hub.clock import now_ms
from hub.commands.incident_listing import HEADS, detail_lines, incident_row, style_of
from hub.desks.auditing import change_by_command
from hub.desks.ordering import MOST_REASON, MOST_WHO
from hub.incidents.acts import (
    CAUSES_OF_PEOPLE,
    Acknowledge,
    Act,
    Close,
    Dispatch,
    IncidentError,
    Note,
    Reopen,
    Resolve,
    Supervise,
    Undo,
    possible,
)
from hub.incidents.incident import STATES, Incident, State, by_rank
from hub.listing import plain, print_table
from hub.local_time import length_ms, moment_ms
from hub.options import AsJson, By, Config, Since, code, line, one_of, opened, span_ms
from hub.store.incidents import IncidentsReader, act, no_such_incident
from hub.store.stations import read_villages

PAGE: Final = 500

app = typer.Typer(help="incidents: what is wrong, who is on it 事件：采集、研判、处置、督导", no_args_is_help=True)


def _said(value: str) -> str:
    return line(MOST_REASON)(value) if value else ""


Key = Annotated[str, typer.Argument(help="id of the incident, see `list` 事件编号", callback=code)]
Said = Annotated[str, typer.Option("--note", help="what to know about it, kept 说明，留档", callback=_said)]
Force = Annotated[bool, typer.Option("--force", help="over what another person did 覆盖他人的处理")]


@app.command("list")
def list_incidents(
    config: Config,
    is_open: Annotated[bool, typer.Option("--open/--all", help="only what is not closed 只看未办结 / 全部")] = True,
    state: Annotated[
        str | None, typer.Option("--state", help="new, acknowledged, … 状态", callback=one_of(STATES))
    ] = None,
    town: Annotated[str | None, typer.Option("--town", help="of one town 只看一个乡镇")] = None,
    station: Annotated[str | None, typer.Option("--station", help="of one station 只看一个站点", callback=code)] = None,
    since: Since = "7d",
    as_json: AsJson = False,
) -> None:
    """List incidents: the most important first, or with --all those opened last 事件清单.

    --since says how far back with --all: what was closed before is left out.
    """
    at_ms = now_ms()
    with opened(config) as (settings, database):
        only_open = is_open and state != "closed"
        found = _all(IncidentsReader(database.reader), state, town, station, at_ms - span_ms(since), only_open)
        if not found and (town is not None or station is not None):
            villages = read_villages(Path(settings.stations_file), settings.county)
            if all(town not in {None, one.town} or station not in {None, one.code} for one in villages):
                what = f"{town or ''} {station or ''}".strip()
                raise IncidentError("E-INC-09", f"{what}: the county has no such place 本县没有这个乡镇或站点")
    if only_open:
        found.sort(key=by_rank)
    if as_json:
        typer.echo(msgspec.json.encode([one.told() for one in found]))
        return
    print_table(HEADS, [incident_row(one, at_ms) for one in found], [style_of(one) for one in found])


@app.command()
def show(config: Config, key: Key, as_json: AsJson = False) -> None:
    """Show an incident: how it stands, its villages, and everything that happened 查看事件全部经过."""
    with opened(config) as (_, database):
        reader = IncidentsReader(database.reader)
        incident = reader.find(key)
        if incident is None:
            raise no_such_incident(key)
        members, steps = reader.members(key), reader.steps(key)
    can = possible(incident, now_ms())
    if as_json:
        told = incident.told() | {"possible": can}
        told |= {"villages": [one._asdict() for one in members], "steps": [one._asdict() for one in steps]}
        typer.echo(msgspec.json.encode(told))
        return
    for text in detail_lines(incident, members, steps, can, now_ms()):
        typer.echo(plain(text))


@app.command()
def ack(
    config: Config,
    key: Key,
    by: By,
    note: Said = "",
    lasts: Annotated[str, typer.Option("--for", help="then it counts as new again 有效时间: 30m, 4h")] = "4h",
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Acknowledge an incident: you look into it 签收，开始研判."""
    until_ms = now_ms() + _length(lasts, "--for")
    _do(config, key, Acknowledge(by, until_ms, note, force), as_json=as_json)


@app.command()
def dispatch(
    config: Config,
    key: Key,
    by: By,
    to: Annotated[
        str, typer.Option("--to", help="who is sent: a name or a firm, kept 派给谁", callback=line(MOST_WHO))
    ],
    deadline: Annotated[
        str | None,
        typer.Option("--deadline", help="repaired by: 24h, 18:00, '2026-11-28 18:00'; else as usual 修复时限"),
    ] = None,
    note: Said = "",
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Send somebody to repair it; usual deadlines: 24 h, a town or more 48 h, the hub's own system 2 h 派单."""
    at_ms = now_ms()
    until_ms = None
    if deadline is not None:
        span = length_ms(deadline)
        until_ms = moment_ms(deadline, at_ms) if span is None else at_ms + span
    _do(config, key, Dispatch(by, to, until_ms, note, force), as_json=as_json)


@app.command()
def resolve(
    config: Config,
    key: Key,
    by: By,
    cause: Annotated[
        str, typer.Option("--cause", help=f"{', '.join(CAUSES_OF_PEOPLE)} 原因", callback=one_of(CAUSES_OF_PEOPLE))
    ],
    note: Said = "",
    force: Annotated[
        bool, typer.Option("--force", help="although it is still bad (say why), or over another's 故障仍在也处置")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say that it is repaired, and what it was; also to correct the cause 处置完毕，写明原因."""
    _do(config, key, Resolve(by, cause, note, force), as_json=as_json)


@app.command()
def close(config: Config, key: Key, by: By, note: Said = "", as_json: AsJson = False) -> None:
    """Confirm that it is over; by itself it closes 24 h after it was resolved 复查销号."""
    _do(config, key, Close(by, note), as_json=as_json)


@app.command()
def reopen(config: Config, key: Key, by: By, note: Said = "", as_json: AsJson = False) -> None:
    """Say that it is not over; of a closed one within an hour 退回重办."""
    _do(config, key, Reopen(by, note), as_json=as_json)


@app.command()
def note(
    config: Config,
    key: Key,
    by: By,
    said: Annotated[str, typer.Option("--note", help="what to know about it, kept 备注", callback=line(MOST_REASON))],
    as_json: AsJson = False,
) -> None:
    """Add a note 备注."""
    _do(config, key, Note(by, said), as_json=as_json)


@app.command()
def supervise(config: Config, key: Key, by: By, note: Said = "", as_json: AsJson = False) -> None:
    """Have it supervised: the leader of its area is told, until somebody is sent or it is repaired 督办."""
    _do(config, key, Supervise(by, note), as_json=as_json)


@app.command()
def undo(config: Config, key: Key, by: By, as_json: AsJson = False) -> None:
    """Take back your own last act; it stays on record, marked 撤回本人最近一步，留痕."""
    _do(config, key, Undo(by), as_json=as_json)


def _do(config: Path, key: str, deed: Act, *, as_json: bool) -> None:
    with opened(config) as (settings, database):
        word = "ack" if isinstance(deed, Acknowledge) else type(deed).__name__.lower()
        note = "" if isinstance(deed, Undo) else deed.note
        incident = change_by_command(
            settings, database, deed.who, lambda connection: act(connection, key, deed, now_ms()),
            Deed(f"incident.{word}", key, note),
        )  # fmt: skip
    if as_json:
        typer.echo(msgspec.json.encode(incident.told()))
        return
    print_table(HEADS, [incident_row(incident, now_ms())], [style_of(incident)])


def _all(
    reader: IncidentsReader, state: str | None, town: str | None, station: str | None, since_ms: int, only_open: bool
) -> list[Incident]:
    found: list[Incident] = []
    while True:
        page = reader.page(
            PAGE,
            before=found[-1].id if found else None,
            state=cast("State | None", state),
            town=town,
            station=station,
            since_ms=since_ms,
            is_open=True if only_open else None,
        )
        found += page
        if len(page) < PAGE:
            return found


def _length(text: str, option: str) -> int:
    length = length_ms(text)
    if length is None:
        raise typer.BadParameter("a number and m, h or d, e.g. 4h 应为数字加 m、h 或 d", param_hint=option)
    return length
