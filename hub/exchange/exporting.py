"""Writing an export: the rows of one moment of the database into a file, masked, and up to where it went."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, NamedTuple, Protocol

from hub.exchange.outgoing import WRITERS, Format, Shown, Told, What, incident_told, visit_told
from hub.store.engine import Transaction
from hub.store.exchanges import note_run
from hub.store.outgoing import Marks, OutgoingReader, OutVisit, Wanted
from hub.visits.opening import Unsealer

Show = Callable[[OutVisit], Shown]


class Takes(Protocol):
    """What an export is written to."""

    def write(self, data: bytes, /) -> Any:
        """Take the next bytes."""


class Exported(NamedTuple):
    """What was written."""

    what: What
    rows: int
    file: bytes
    """SHA-256."""
    marks: Marks


def export(reader: OutgoingReader, what: What, form: Format, wanted: Wanted, show: Show, to: Takes) -> Exported:
    """Write what is wanted to `to` and return what that was. Raises StoreError; then `to` holds a part."""
    marks: Marks = {}
    count = 0

    def told() -> Iterator[Told]:
        nonlocal count
        for one in reader.visits(wanted) if what == "visits" else reader.incidents(wanted):
            if isinstance(one, dict):
                marks.update(one)
                continue
            count += 1
            yield visit_told(one, show(one)) if isinstance(one, OutVisit) else incident_told(one)

    digest = hashlib.sha256()
    for text in WRITERS[form](what, told()):
        data = text.encode()
        digest.update(data)
        to.write(data)
    return Exported(what, count, digest.digest(), marks)


def note_export(connection: Transaction, exported: Exported, who: str, at_ms: int) -> int:
    """Write an export down once its file stands: the next `--since-last` begins where it ended."""
    row = {"way": "out", "what": exported.what, "platform": "provincial", "at_ms": at_ms, "who": who}
    return note_run(connection, row | {"file": exported.file, "rows": exported.rows}, exported.marks)


def masked(unsealer: Unsealer) -> Show:
    """Return what shows of each visit the mask alone; of a service card no name, as it tells none."""
    return lambda visit: Shown(unsealer.shown(visit.person, visit.who))


def whole(unsealer: Unsealer, logged: Collection[int]) -> Show:
    """Return what shows everything of the visits whose viewing was stored with a name and a reason; others masked."""
    others = masked(unsealer)

    def show(visit: OutVisit) -> Shown:
        if visit.id not in logged:
            return others(visit)
        person = None if visit.person is None else unsealer.identity(visit.person)
        said = None if visit.words is None else unsealer.words(visit.words)
        return Shown(None, person, said)

    return show


def sealed_of(found: Iterable[OutVisit | Marks]) -> list[int]:
    """Return the visits in which anything is sealed."""
    return [one.id for one in found if isinstance(one, OutVisit) and (one.person or one.words)]
