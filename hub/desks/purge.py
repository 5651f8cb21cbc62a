"""A walk over everything personal that may be kept no longer: the running hub's, and `hub visits purge`'s."""

from typing import Final, NamedTuple

from hub.settings import KeepSettings
from hub.store.casework_erasing import (
    erase,
    forget_call_notes,
    forget_emergencies,
    forget_quarantined,
    forget_questions,
    kept_after,
)
from hub.store.casework_tickets import forget_tickets
from hub.store.engine import Database, writing
from hub.visits.day import DAY_MS
from hub.visits.keeping import time_is_up

MOST_IN_A_ROUND: Final = 50
"""Looked at; erased are those whose time is up."""
MOST_COUNTED: Final = 10_000
"""Of questions and what is in quarantine, where they are only counted."""
BY: Final = "到期清除 purge"
"""Who erased what nobody asked to have erased."""


class Purged(NamedTuple):
    """What one round erased, by kind."""

    visits: int = 0
    emergencies: int = 0
    quarantined: int = 0
    questions: int = 0
    tickets: int = 0


class Walk:
    """One walk over everything that may be due; each step is one short transaction."""

    def __init__(self, keep: KeepSettings) -> None:
        """Take how long each kind is kept."""
        self._keep = keep
        self._visits: int | None = 0
        self._emergencies: int | None = 0
        self._others = True
        self.kept_open = 0
        """Cases whose time would be up, were they not open or held."""

    @property
    def is_over(self) -> bool:
        """Say whether all was looked at."""
        return self._visits is None and self._emergencies is None and not self._others

    def step(self, database: Database, now_ms: int, *, dry: bool = False) -> Purged:
        """Look at the next few, erase those that are due (`dry` only counts them) and return how many of each.

        Raises StoreError; then nothing of the step stands, and it is done again.
        """
        keep, days = self._keep, DAY_MS
        with writing(database, keep=not dry) as connection:
            visits, after = 0, self._visits
            kept_open = 0
            if self._visits is not None:
                newest = now_ms - min(keep.visit_days, keep.case_days) * days
                found, after = kept_after(connection, self._visits, newest, MOST_IN_A_ROUND)
                due = [
                    one.id
                    for one in found
                    if time_is_up(keep, one.service, one.received_ms, one.ended_ms, now_ms, held=one.held)
                ]
                kept_open = sum(
                    one.id not in due and now_ms - one.received_ms > keep.case_days * days and one.ended_ms is None
                    for one in found
                )
                visits = erase(connection, due, BY, "time", now_ms) if due else 0
            emergencies, called_after = 0, self._emergencies
            if self._emergencies is not None:
                emergencies, called_after = forget_emergencies(
                    connection, self._emergencies, now_ms - keep.emergency_days * days, MOST_IN_A_ROUND
                )
            quarantined = questions = tickets = notes = 0
            if self._others:
                most = MOST_COUNTED if dry else MOST_IN_A_ROUND
                quarantined = forget_quarantined(connection, now_ms - keep.quarantine_days * days, most)
                questions = forget_questions(connection, now_ms - keep.question_days * days, most)
                notes = forget_call_notes(connection, now_ms - keep.emergency_days * days, most)
                tickets = forget_tickets(connection, now_ms - keep.case_days * days, most)
        self._visits, self._emergencies = after, called_after
        self._others = MOST_IN_A_ROUND in {quarantined, questions, tickets, notes} and not dry
        self.kept_open += kept_open
        return Purged(visits, emergencies + notes, quarantined, questions, tickets)
