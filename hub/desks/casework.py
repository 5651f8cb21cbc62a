"""Working on villagers' matters at the centre: finding one, opening it, and writing down what was done about it."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from hub.access.chain import Deed
from hub.clock import now_ms
from hub.desks.auditing import note_by_command
from hub.desks.ordering import Desk
from hub.errors import HubError
from hub.store.audit import AuditLog
from hub.store.cases import CasesReader, Found, NewStep, VisitViewing, add_step, note_visit_viewing, withdraw_last
from hub.store.casework import is_erased
from hub.store.engine import Database, writing
from hub.visits.matters import Step
from hub.visits.opening import Unsealer
from wire.person import Person, Words
from wire.records import SealedPerson, SealedWords

CANNOT_OPEN: Final = (
    "sealed to another key than this hub's, or damaged; lay the station out again"
    " 内容不是用本中心公钥加密或已损坏，请重新部署该站"
)


ERASED: Final = (
    "what is personal of this visit was erased; nothing more is written about it 此来访的个人信息已清除，不再登记"
)


class Opened(NamedTuple):
    """What was sealed in a visit, in the clear: for whoever asked, and kept nowhere."""

    identity: Person | None
    words: Words | None
    steps: list[tuple[Step, str | None]]
    """Each step with its note."""
    damaged: bool
    """Whether a part was sealed to another key, or is damaged."""

    def __repr__(self) -> str:
        return "Opened(…)"


class CaseDesk:
    """Where somebody of the centre works on visits; each of these may raise StoreError."""

    def __init__(self, database: Database, unsealer: Unsealer) -> None:
        """Take the county's database, and what opens boxes."""
        self._database, self._unsealer = database, unsealer
        self._reader = CasesReader(database.reader)

    def check_station(self, station: str) -> None:
        """Raise HubError E-ORD-01 when the county has no such station."""
        Desk(self._database).key_of(station)

    def find(self, station: str, number: str, epoch: str | None) -> Found:
        """Return the visit of this number.

        Raises HubError E-ORD-01 (no such station), E-CASE-01 (no such visit) or E-CASE-02 (several: a station whose
        memory was made anew may give a number again; `epoch` says which is meant).
        """
        self.check_station(station)
        found = [one for one in self._reader.find(station, number) if epoch in {None, one.epoch}]
        if not found:
            raise HubError("E-CASE-01", f"{number}: no such visit of this station 该站没有这个受理编号，请核对")
        if len(found) > 1:
            which = ", ".join(f"--epoch {one.epoch}" for one in found)
            raise HubError(
                "E-CASE-02",
                f"{number}: {len(found)} visits of this station have this number (its memory was made anew); say which"
                f" 该站有多次来访使用同一编号（存储曾重建），请指明: {which}",
            )
        return found[0]

    def open(self, visit: Found, who: str, reason: str, audit: AuditLog) -> Opened:
        """Log the viewing, in the visit's own log and in the county's, and only once that stands open what was sealed.

        Raises HubError E-CASE-03 (nothing was sealed, and nobody wrote anything) or E-CASE-04 (it cannot be opened).
        """
        steps = self._reader.steps([visit.id]).get(visit.id, [])
        if visit.person is None and visit.words is None and not any(step.note for step in steps):
            raise HubError("E-CASE-03", f"{visit.number}: anonymous and without words 匿名且没有留言，没有可打开的内容")
        at_ms, deed = now_ms(), Deed("visit.open", f"{visit.station} {visit.number}", reason)
        with writing(self._database) as connection:
            note_visit_viewing(connection, VisitViewing(visit.id, who, reason, at_ms))
            note_by_command(audit, connection, who, deed, at_ms)
        opened = opened_of(visit.person, visit.words, steps, self._unsealer)
        if opened.damaged and opened.identity is None and opened.words is None:
            raise HubError("E-CASE-04", f"{visit.number}: {CANNOT_OPEN}")
        return opened

    def step(self, visit: Found, who: str, state: str, text: str, audit: AuditLog) -> None:
        """Write down what was done, in the county's log too; its text is sealed to the hub's key before it is stored.

        Raises HubError E-CASE-07 when what is personal of the visit was erased.
        """
        note, at_ms = self._unsealer.seal_note(text) if text else None, now_ms()
        with writing(self._database) as connection:
            if is_erased(connection, visit.id):
                raise HubError("E-CASE-07", f"{visit.number}: {ERASED}")
            add_step(connection, NewStep(visit.id, at_ms, who, state, note))
            deed = Deed("visit.step", f"{visit.station} {visit.number} {state}")
            note_by_command(audit, connection, who, deed, at_ms)

    def undo(self, visit: Found, who: str, audit: AuditLog) -> str:
        """Take back the last step of `who` and return its state; the row stays, marked.

        Raises HubError E-CASE-05 when there is none, E-CASE-07 as `step`.
        """
        at_ms = now_ms()
        with writing(self._database) as connection:
            if is_erased(connection, visit.id):
                raise HubError("E-CASE-07", f"{visit.number}: {ERASED}")
            state = withdraw_last(connection, visit.id, who, at_ms)
            if state is None:
                raise HubError("E-CASE-05", f"{visit.number}: no step of this person stands 此人没有可撤回的办理记录")
            deed = Deed("visit.undo", f"{visit.station} {visit.number} {state}")
            note_by_command(audit, connection, who, deed, at_ms)
        return state


def opened_of(
    person: SealedPerson | None, said: SealedWords | None, steps: Sequence[Step], unsealer: Unsealer
) -> Opened:
    """Return what was sealed in a visit or ticket; whoever calls this has logged who looks and why, and that stands."""
    identity = None if person is None else unsealer.identity(person)
    words = None if said is None else unsealer.words(said)
    damaged = (person is not None and identity is None) or (said is not None and words is None)
    notes = [(step, None if step.note is None else unsealer.note(step.note)) for step in steps]
    return Opened(identity, words, notes, damaged)
