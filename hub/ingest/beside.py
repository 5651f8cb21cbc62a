"""What the writer does beside writing: whose a visit is, questions of stations, alarms, and chores in each round."""

from collections.abc import Callable, Sequence
from typing import Protocol

from hub.ingest.alarming import Alarming
from hub.ingest.handle import Handled
from hub.store.intake import Stored
from wire.orders import Ask
from wire.records import Visit


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
        chores: Sequence[Chore],
    ) -> None:
        """Take what names a visit's person, what answers questions, what shows alarms, and all else with a turn."""
        self.whose = whose
        self._asks, self._alarming, self._chores = asks, alarming, (alarming, *chores)

    def asked(self, station: str, ask: Ask, now_ms: int) -> None:
        """Hand on what a station asked."""
        self._asks.take(station, ask, now_ms)

    def committed(self, stored: Stored) -> None:
        """Hear what stands in the database now."""
        self._alarming.committed()
        if stored.alarming:
            self._alarming.look_again()

    def not_stored(self, handled: Sequence[Handled]) -> None:
        """Hear what waits because the database takes nothing."""
        self._alarming.not_stored(handled)

    def round(self, now_ms: int, *, connected: bool) -> None:
        """Give each chore its turn."""
        for chore in self._chores:
            chore.round(now_ms, connected=connected)
