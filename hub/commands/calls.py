"""`hub calls …`: who called for help, who has it, and what came of it; what the page of calls does, at the terminal."""

from pathlib import Path
from typing import Annotated, Final, cast

import msgspec
import typer

from hub.access.chain import Deed
from hub.clock import now_ms
from hub.desks.auditing import change_by_command
from hub.incidents.calls import (
    MATTERS,
    MOST_NOTE,
    MOST_WHO,
    OUTCOMES,
    STATES,
    WORD_OF,
    Acknowledge,
    Act,
    Call,
    Close,
    Dispatch,
    Matter,
    Note,
    Outcome,
)
from hub.listing import duration, moment, print_table
from hub.options import AsJson, By, Config, line, one_of, opened
from hub.store.calls import CallsReader, act

HEADS: Final = ("编号 id", "村 village", "求助 called", "等了 waited", "状态 state", "签收 taken by", "结果 outcome")
MOST_LISTED: Final = 500

app = typer.Typer(help="calls for help: who has each, what came of it 紧急求助", no_args_is_help=True)

Key = Annotated[int, typer.Argument(help="number in the list 编号", metavar="ID", min=1)]


def _note(value: str) -> str:
    return line(MOST_NOTE)(value) if value else ""


Said = Annotated[
    str, typer.Option("--note", help="what to know about it, kept; nobody's name 说明，留档", callback=_note)
]


@app.command("list")
def list_calls(
    config: Config,
    is_open: Annotated[bool, typer.Option("--open/--all", help="only what is not closed 只看未办结 / 全部")] = True,
    as_json: AsJson = False,
) -> None:
    """List calls for help, the newest first 列出求助."""
    with opened(config) as (_, database):
        found = CallsReader(database.reader).page(MOST_LISTED)
    shown = [one for one in found if not is_open or one.state != "closed"]
    if as_json:
        typer.echo(msgspec.json.encode([one._asdict() for one in shown]))
        return
    print_table(
        HEADS, [_row(one, now_ms()) for one in shown], ["bold" if one.state == "waiting" else "" for one in shown]
    )


@app.command()
def ack(config: Config, key: Key, by: By, as_json: AsJson = False) -> None:
    """Take a call: it is yours from then on, and escalates no more 签收求助."""
    _do(config, key, Acknowledge(by), as_json=as_json)


@app.command()
def dispatch(
    config: Config,
    key: Key,
    by: By,
    to: Annotated[str, typer.Option("--to", help="who is sent, kept 派谁去", callback=line(MOST_WHO))],
    note: Said = "",
    as_json: AsJson = False,
) -> None:
    """Say who was sent there 记下派了谁."""
    _do(config, key, Dispatch(by, to, note), as_json=as_json)


@app.command()
def note(
    config: Config,
    key: Key,
    by: By,
    said: Annotated[str, typer.Option("--note", help="what to know about it, kept 备注", callback=line(MOST_NOTE))],
    as_json: AsJson = False,
) -> None:
    """Add a note 备注."""
    _do(config, key, Note(by, said), as_json=as_json)


@app.command()
def close(
    config: Config,
    key: Key,
    by: By,
    outcome: Annotated[str, typer.Option("--outcome", help=f"{', '.join(OUTCOMES)} 结果", callback=one_of(OUTCOMES))],
    matter: Annotated[
        str | None,
        typer.Option("--matter", help=f"of what was handled: {', '.join(MATTERS)} 事项", callback=one_of(MATTERS)),
    ] = None,
    note: Said = "",
    as_json: AsJson = False,
) -> None:
    """Say that it is over, and what came of it 办结求助."""
    deed = Close(by, cast("Outcome", outcome), cast("Matter | None", matter), note)
    _do(config, key, deed, as_json=as_json)


def _do(config: Path, key: int, deed: Act, *, as_json: bool) -> None:
    with opened(config) as (settings, database):
        call = change_by_command(
            settings, database, deed.who, lambda connection: act(connection, key, deed, now_ms()),
            Deed(WORD_OF[type(deed)], str(key)),  # what people wrote may name somebody: it stays with the call
        )  # fmt: skip
    if as_json:
        typer.echo(msgspec.json.encode(call._asdict()))
        return
    print_table(HEADS, [_row(call, now_ms())])


def _row(call: Call, at_ms: int) -> tuple[str, ...]:
    state = " ".join(STATES[call.state])
    if call.withdrawn_ms is not None and call.state != "closed":
        state += "\n求助人已取消 taken back"
    if call.level and call.state == "waiting":
        state += f"\n升级 escalated ×{call.level}"
    outcome = "" if call.outcome is None else " ".join(OUTCOMES[call.outcome])
    if call.matter is not None:
        outcome += "\n" + " ".join(MATTERS[call.matter])
    waited_ms = (call.acknowledged_ms or at_ms) - call.received_ms
    place = f"{call.town} {call.name.removeprefix(call.town)} {call.station}"
    who = call.acknowledged_by or ""
    return str(call.id), place, moment(call.at_ms), duration(waited_ms), state, who, outcome
