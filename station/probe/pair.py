"""A true test from this village to another: so many packets, then what came of them. Pure."""

from typing import Final, NamedTuple

from stamp.sender import SessionSender
from station.probe.summary import summary_of
from wire.probe import PAIR
from wire.records import LinkSummary

WAIT_NS: Final = 2_000_000_000


class PairOrder(NamedTuple):
    """Probe another station's reflector."""

    station: str
    host: str
    port: int
    ssid: int
    key: bytes
    packets: int
    interval_ms: int

    def __repr__(self) -> str:
        return f"PairOrder({self.station})"


class PairTest:
    """One test under way; times are ns of one clock that is never set."""

    def __init__(self, order: PairOrder, now_ns: int) -> None:
        """Begin: the first packet is due at once."""
        self.order = order
        self._sender = SessionSender(ssid=order.ssid, key=order.key)
        self._began_ns = self._next_ns = now_ns
        self._sent = 0

    @property
    def due_ns(self) -> int:
        """Return when `step` has something to do next."""
        return self._next_ns

    def step(self, now_ns: int) -> tuple[bytes | None, LinkSummary | None]:
        """Return the packet that is to be sent at once, or at the end what was seen."""
        if now_ns < self._next_ns:
            return None, None
        if self._sent == self.order.packets:
            lasted_ms = self.order.packets * self.order.interval_ms
            return None, summary_of(PAIR + self.order.station, self._sender.close_window(now_ns, 0), lasted_ms)
        self._sent += 1
        gap_ns = WAIT_NS if self._sent == self.order.packets else self.order.interval_ms * 1_000_000
        self._next_ns = max(self._next_ns, now_ns) + gap_ns
        return self._sender.packet(now_ns), None

    def take(self, payload: bytes, t4_ns: int) -> bool:
        """Take what arrived at `t4_ns`; return whether it was a reply of this session."""
        return self._sender.take(payload, t4_ns) is not None
