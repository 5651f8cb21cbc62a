"""A line in simulated time between a real sender and a real reflector: what each packet meets is given."""

import heapq
from collections.abc import Sequence
from typing import NamedTuple

from stamp.figures import Figures
from stamp.reflector import Peer, SessionReflector
from stamp.sender import SessionSender

MS = 1_000_000
START_NS = 1_800_000_000 * 1_000_000_000
KEY = b"k" * 32
SSID = 7
SOURCE = ("192.0.2.1", 40_000)


class Fate(NamedTuple):
    """Delays in ms of each copy of a packet that arrives, and of each copy of a reply: none is a loss."""

    there: tuple[int, ...] = (5,)
    back: tuple[int, ...] = (5,)


CLEAN = Fate()
LOST_THERE = Fate(there=())
LOST_BACK = Fate(back=())


def reflector_with_session() -> SessionReflector:
    reflector = SessionReflector(packets_per_s=1_000_000, burst=1_000_000)
    reflector.admit(Peer(SSID, KEY, "station"))
    return reflector


class SimulatedLine:
    """Sends one packet every `interval_ms`; in what order things happen follows from their times alone."""

    def __init__(self, *, interval_ms: int = 10) -> None:
        self.now_ns = START_NS
        self.interval_ms = interval_ms
        self.sender = SessionSender(ssid=SSID, key=KEY)
        self.reflector = reflector_with_session()
        self.reached: set[int] = set()
        self.received: set[int] = set()
        self.replies = 0
        self._sent = 0
        self._count = 0
        self._due: list[tuple[int, int, str, int, bytes, Fate]] = []

    def send(self, fates: Sequence[Fate]) -> None:
        for fate in fates:
            self._advance(self.now_ns)
            payload = self.sender.packet(self.now_ns)
            self._put(fate.there, "there", self._sent, payload, fate)
            self._sent += 1
            self.now_ns += self.interval_ms * MS
        self._advance(self.now_ns)

    def settle(self, ms: int = 10_000) -> None:
        self.now_ns += ms * MS
        self._advance(self.now_ns)

    def restart_reflector(self) -> None:
        self.reflector = reflector_with_session()

    def close(self, wait_ms: int = 0) -> Figures:
        return self.sender.close_window(self.now_ns, wait_ms * MS)

    def _put(self, delays: Sequence[int], what: str, seq: int, payload: bytes, fate: Fate) -> None:
        for delay_ms in delays:
            self._count += 1
            heapq.heappush(self._due, (self.now_ns + delay_ms * MS, self._count, what, seq, payload, fate))

    def _advance(self, until_ns: int) -> None:
        while self._due and self._due[0][0] <= until_ns:
            self.now_ns, _, what, seq, payload, fate = heapq.heappop(self._due)
            if what == "there":
                answer = self.reflector.reply(payload, SOURCE, self.now_ns, 60, self.now_ns + 1000)
                assert answer is not None
                self.reached.add(seq)
                self._put(fate.back, "back", seq, answer, fate)
            else:
                assert self.sender.take(payload, self.now_ns)
                self.replies += 1
                self.received.add(seq)
        self.now_ns = until_ns
