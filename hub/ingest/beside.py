"""What the writer does beside writing: whose a visit is, questions, alarms, lines, and chores in each round."""

import logging
from collections.abc import Callable, Sequence
from typing import Protocol

from hub.ingest.alarming import Alarming
from hub.ingest.handle import Handled
from hub.ingest.linking import Linking
from hub.ingest.pairing import Pairing
from hub.store.intake import Stored
from wire.orders import Ask
from wire.records import Visit

logger = logging.getLogger(__name__)


class Chore(Protocol):
    """Something with a turn in each round; it says itself when it is due."""

    def round(self, now_ms: int, *, connected: bool) -> None:
        """Do what is due, in a few ms; never raise for a database or a broker that takes nothing."""
        ...


class TakesAsks(Protocol):
    """What answers questions."""

    def take(self, station: str, ask: Ask, now_ms: int) -> None:
        """Take one, without waiting for anything."""
        ...


class Beside:
    """Hands the writer's news to whom they concern; nothing here may hold the writer up."""

    def __init__(
        self,
        *,
        whose: Callable[[Visit], bytes | None],
        asks: TakesAsks,
        alarming: Alarming,
        linking: Linking,
        pairing: Pairing,
        chores: Sequence[Chore],
        stepped: Callable[[int], None] = lambda _: None,
    ) -> None:
        """Take what names persons, answers questions, shows alarms, knows lines, tests pairs, and all with a turn.

        `stepped` hears by how many ms the hub's clock was set.
        """
        self.whose, self.stepped = whose, stepped
        self._asks, self._alarming, self._linking, self._pairing = asks, alarming, linking, pairing
        self._chores: tuple[Chore, ...] = (alarming, pairing, *chores)
        self._failing: set[Chore] = set()

    def asked(self, station: str, ask: Ask, now_ms: int) -> None:
        """Hand on what a station asked."""
        self._asks.take(station, ask, now_ms)

    def committed(self, stored: Stored, now_ms: int) -> None:
        """Hear what stands in the database now."""
        self._alarming.committed()
        if stored.alarming:
            self._alarming.look_again()
        self._linking.committed(stored.links, now_ms)
        for station, answer in stored.unwritten:
            self._pairing.answered(station, answer, now_ms)

    def not_stored(self, handled: Sequence[Handled]) -> None:
        """Hear what waits because the database takes nothing."""
        self._alarming.not_stored(handled)

    def round(self, now_ms: int, *, connected: bool) -> None:
        """Give each chore its turn; one that fails is said once, and keeps neither the others nor the wall."""
        for chore in self._chores:
            try:
                chore.round(now_ms, connected=connected)
            except Exception:
                if chore not in self._failing:
                    logger.exception("E-HUB-33 %s failed in a round; it is tried again", type(chore).__name__)
                self._failing.add(chore)
            else:
                self._failing.discard(chore)
