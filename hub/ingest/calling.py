"""Turns what stations sent into calls for help, escalates what nobody takes, and queues who is told.

Escalation and its letters are one transaction: a hub that is killed loses nothing and tells nobody twice.
"""

import logging
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from hub.incidents.alerting import addresses_of
from hub.incidents.call_texts import EVENTS, event, letter
from hub.incidents.calls import Call, Change
from hub.incidents.delivery.letter import key_of
from hub.incidents.duty import Roster
from hub.store import deliveries as queue
from hub.store.calls import CallsReader, Pulse, note_told, pass_time, take_up
from hub.store.deliveries import Fresh
from hub.store.engine import Database, writing

logger = logging.getLogger(__name__)

MOST_STEPS: Final = 50
"""Of which programs are told in one round."""


class Told(NamedTuple):
    """Whom to tell, and how."""

    county: str
    roster: Callable[[], Roster] = Roster
    has_mail: bool = False
    programs: tuple[str, ...] = ()
    wake: Callable[[], None] = lambda: None
    """Has the sender look."""


class Calling:
    """Kept by `hub/ingest/alarming.py`, which shows what stands; raises StoreError where the database gives nothing."""

    def __init__(self, database: Database, told: Told) -> None:
        """Take where calls are, and whom to tell of them."""
        self._database, self._told = database, told
        self._reader = CallsReader(database.reader)
        self._shown: tuple[Pulse, list[Call]] | None = None

    def standing(self, now_ms: int, limit: int) -> list[Call]:
        """Do what is due, and return every call that nobody took, the newest first; cheap when nothing is new."""
        pulse = self._reader.pulse()
        if pulse.untaken:
            self._take_up(now_ms)
            pulse = self._reader.pulse()
        if pulse.due_ms is not None and pulse.due_ms <= now_ms:
            self._escalate(now_ms)
            pulse = self._reader.pulse()
        if pulse.last_step > pulse.told_step:
            self._tell_programs(pulse.told_step, now_ms)
        if self._shown is None or self._shown[0] != pulse:
            self._shown = pulse, self._reader.waiting(limit)
        return self._shown[1]

    def _take_up(self, now_ms: int) -> None:
        more = True
        while more:
            with writing(self._database) as connection:
                more = take_up(connection, now_ms)

    def _escalate(self, now_ms: int) -> None:
        roster = self._told.roster()
        with writing(self._database) as connection:
            changes = pass_time(connection, roster, now_ms)
            queue.queue(
                connection, [one for change, step in changes for one in self._letters(change, step, roster, now_ms)]
            )
        for change, _ in changes:
            logger.warning(
                "E-CALL-06 call for help %d of %s: nobody took it, escalation %d 求助无人签收，已升级",
                *(change.call.id, change.call.station, change.call.level),
            )
        if changes:
            self._told.wake()

    def _letters(self, change: Change, step: int, roster: Roster, now_ms: int) -> Iterable[Fresh]:
        """Return a letter to each of those who are told now; a call for help waits for no digest."""
        if not self._told.has_mail:
            return
        address = addresses_of(roster)
        text = letter(change.call, now_ms)
        for box in dict.fromkeys(address[one.who] for one in change.told if one.who in address):
            key = self._key(change.call, step, "mail", box)
            row = Fresh(key, None, None, EVENTS, "mail", box, "at_once", now_ms, due_ms=now_ms)
            yield row._replace(subject=text.subject, body=text.body)

    def _tell_programs(self, after: int, now_ms: int) -> None:
        """Queue every step for the programs that are told of everything."""
        steps = self._reader.steps_after(after, MOST_STEPS)
        fresh: list[Fresh] = []
        for step in steps if self._told.programs else ():
            call = self._reader.find(step.call)
            if call is None:
                continue
            text = event(step.step, call, now_ms)
            for name in self._told.programs:
                key = self._key(call, step.id, "webhook", name)
                row = Fresh(key, None, None, EVENTS, "webhook", name, "at_once", now_ms, due_ms=now_ms)
                fresh.append(row._replace(subject=text.subject, body=text.body))
        with writing(self._database) as connection:
            queue.queue(connection, fresh)
            note_told(connection, steps[-1].id)
        if fresh:
            self._told.wake()

    def _key(self, call: Call, *parts: object) -> str:
        """Name a letter for ever; numbers begin anew in a new database, when a call was received does not."""
        return key_of(self._told.county, "call", call.id, call.received_ms, *parts)
