"""What was handled and waits for its commit: bounded, and kept whole when a commit fails."""

from collections.abc import Sequence
from typing import Final

from hub.ingest.handle import Arrived, Handled
from hub.ingest.shares import Shares

MOST_BYTES: Final = 8 * 1024 * 1024
MOST_MESSAGES: Final = 1_000


class Landing:
    """Messages with what they amount to, in the order of their arrival."""

    def __init__(self) -> None:
        self.arrived: list[Arrived] = []
        self.handled: list[Handled] = []
        self._bytes = 0
        self._shares = Shares()

    def has_room_for(self, arrived: Arrived) -> bool:
        """Take one place of its station's share, or say that it has them all."""
        return self._shares.take(arrived.topic)

    def add(self, arrived: Arrived, handled: Handled) -> None:
        """Take one more."""
        self.arrived.append(arrived)
        self.handled.append(handled)
        self._bytes += len(arrived.payload)

    def full(self) -> bool:
        """Say whether no further message may be taken before a commit."""
        return len(self.arrived) >= MOST_MESSAGES or self._bytes >= MOST_BYTES

    def has_room_in_trouble(self, handled: Handled) -> bool:
        """Say whether this may wait for a database that takes nothing: beyond the half, only what is urgent.

        What waits is not acknowledged, and the broker sends only so much that is not: calls for help must come through.
        """
        crowded = len(self.arrived) >= MOST_MESSAGES // 2 or self._bytes >= MOST_BYTES // 2
        return not self.full() if handled.urgent else not crowded

    def replace(self, handled: Sequence[Handled]) -> None:
        """Put other values in the place of those the database refused."""
        self.handled = list(handled)

    def clear(self) -> None:
        """Forget all: it is committed and acknowledged."""
        self.arrived, self.handled, self._bytes = [], [], 0
        self._shares.clear()

    def __len__(self) -> int:
        return len(self.arrived)
