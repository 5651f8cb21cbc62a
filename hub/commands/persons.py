"""`hub person …`: a person's own data at the hub's own machine: what there is, a copy (PIPL 45), deletion (PIPL 47)."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final, NamedTuple

import typer

from hub.access.chain import Deed
from hub.clock import now_ms
from hub.desks.auditing import audit_log, note_by_command
from hub.desks.copying import copy_of, file_of_copy, ticket_object
from hub.desks.ordering import new_file
from hub.desks.persons import Theirs, theirs_of
from hub.errors import HubError
from hub.listing import print_table
from hub.options import By, Config, Reason, one_of, opened
from hub.store.audit import AuditLog
from hub.store.cases import VisitViewing, note_visit_viewings
from hub.store.casework_erasing import erase_person
from hub.store.engine import Database, writing
from hub.visits.index import PersonIndex
from hub.visits.opening import Unsealer

HEADS: Final = ("站点 station", "编号 number", "服务 service", "删除时 when deleted")
WHY: Final = {None: "将删除 erased", "open": "保留：仍在办理 kept: still open", "held": "保留：要求留存 kept: held"}
FORMATS: Final = ("json", "csv")

app = typer.Typer(
    help="a person's own data, by the id number on standard input 个人信息查阅、复制、删除（证号由标准输入给出）",
    no_args_is_help=True,
)


class Person(NamedTuple):
    """Somebody whose number was typed, and everything the county has of them."""

    key: bytes
    theirs: Theirs
    database: Database
    unsealer: Unsealer
    names: PersonIndex
    audit: AuditLog

    def __repr__(self) -> str:
        return "Person(…)"


@app.command()
def find(config: Config, by: By, reason: Reason) -> None:
    """Say which visits and tickets of a person there are, and what a deletion would do with each 查找."""
    with _person(config) as person:
        theirs = person.theirs
        _note(person, by, [Deed("person.find", f"{len(theirs.visits)} + {len(theirs.tickets)}", reason)])
        kept = theirs.decision.kept
        rows = [(one.station, one.number, one.service, WHY[kept.get(one.id)]) for one in theirs.visits]
        rows += [
            (one.platform, one.external_id, one.service, WHY[None if one.is_over else "open"]) for one in theirs.tickets
        ]
    print_table(HEADS, rows)


@app.command()
def copy(
    config: Config,
    by: By,
    reason: Reason,
    out: Annotated[Path, typer.Option("--out", help="a new file nobody else reads 新文件（0600）")],
    form: Annotated[str, typer.Option("--format", help="json, csv", callback=one_of(FORMATS))] = "json",
) -> None:
    """Write a copy of everything of a person into a new file; each opening is logged before 复制."""
    with new_file(out) as door, _person(config) as person:
        assert door is not None
        theirs, at_ms = person.theirs, now_ms()
        looked = [VisitViewing(one.id, by, reason, at_ms) for one in theirs.visits]
        _note(person, by, theirs.deeds("person.copy", reason), looked)
        visits = copy_of(person.database, person.unsealer, [one.id for one in theirs.visits])
        tickets = [ticket_object(one, person.unsealer) for one in theirs.tickets]
        body = file_of_copy(form, visits, tickets, {})
        try:
            with os.fdopen(os.dup(door), "wb") as file:
                file.write(body)
        except OSError as error:
            raise HubError("E-ORD-08", f"{out}: cannot be written 无法写入: {error.strerror}") from None
    typer.echo(f"{out}: {len(visits)} 来访 visits, {len(tickets)} 工单 tickets")


@app.command()
def erase(
    config: Config,
    by: By,
    reason: Reason,
    sure: Annotated[bool, typer.Option("--sure", help="it cannot be undone 确认，无法恢复")] = False,
) -> None:
    """Erase what is personal, but of what is open or held; without --sure only say what it would do 删除."""
    with _person(config) as person:
        going = person.theirs.going
        count = going.size
        kept = person.theirs.size - count
        if sure:
            wish = going.wish(person.key, is_all=not kept)
            with writing(person.database) as connection:
                count = erase_person(connection, wish, person.names.key_of, by, now_ms())
                for deed in going.deeds("person.erase", reason):
                    note_by_command(person.audit, connection, by, deed, now_ms())
            person.database.empty_log()
    typer.echo(f"{count} {'已删除 erased' if sure else '将删除 would be erased'}, {kept} 暂时保留 kept")


@contextmanager
def _person(config: Path) -> Iterator[Person]:
    number = sys.stdin.readline(64).strip()
    with opened(config) as (settings, database):
        unsealer = Unsealer.from_file(Path(settings.unseal_key_file))
        index, audit = PersonIndex(unsealer), audit_log(settings, database, unsealer)
        key = index.key_of_number(number)
        if key is None:
            raise typer.BadParameter("give the id number by standard input 请从标准输入给出证号", param_hint="stdin")
        yield Person(key, theirs_of(database, key), database, unsealer, index, audit)


def _note(person: Person, by: str, deeds: list[Deed], looked: list[VisitViewing] | None = None) -> None:
    with writing(person.database) as connection:
        note_visit_viewings(connection, looked or [])
        for deed in deeds:
            note_by_command(person.audit, connection, by, deed, now_ms())
