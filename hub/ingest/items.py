"""What the edge hands to the writer, in the order in which it came to be known."""

from typing import NamedTuple, Protocol

from hub.ingest.handle import Arrived


class Sees(NamedTuple):
    """Connected and subscribed."""

    at_ms: int


class Blind(NamedTuple):
    """The broker is lost."""

    at_ms: int


class Pulse(NamedTuple):
    """All that was sent by this time has arrived before this."""

    sent_ms: int


class Stepped(NamedTuple):
    """The machine's clock was set."""

    by_ms: int


Item = Arrived | Sees | Blind | Pulse | Stepped


class Brings(Protocol):
    """What the writer needs of the edge."""

    not_taken: int

    def take(self, timeout_s: float) -> Item | None:
        """Return the next that arrived, or None."""
        ...

    def acknowledge(self, arrived: Arrived) -> None:
        """Send the PUBACK."""
        ...

    def renew(self) -> None:
        """Connect anew: what was never acknowledged fills the broker's window."""
        ...
