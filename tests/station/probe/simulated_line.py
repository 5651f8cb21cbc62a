"""A line that exists in memory only: a real reflector, a seeded loss and delay each way, and time that is told."""

import heapq
from random import Random

from stamp.reflector import Peer, SessionReflector
from station.probe.leg import CountyLeg, Measured
from wire.probe import ProbeSession

S = 1_000_000_000
UTC_NS = 1_800_000_000 * S
SESSION = ProbeSession(port=8620, ssid=7, key=b"k" * 32)
SOURCE = ("192.0.2.1", 5000)


class SimulatedLine:
    """Carries what a leg sends; `there` and `back` are losses, both read at each packet."""

    def __init__(self, seed: int = 1) -> None:
        self.there = self.back = 0.0
        self.rtt_ms = 20.0
        self.spread_ms = 2.0
        self.now_ns = UTC_NS
        self.leg = CountyLeg(SESSION, UTC_NS)
        self.reflector = SessionReflector(packets_per_s=1e6, burst=1_000_000)
        self.reflector.admit(Peer(SESSION.ssid, SESSION.key, "x"))
        self.measured: list[Measured] = []
        self.sent_at_ns: list[int] = []
        self.lost_there = self.lost_back = 0
        self._random = Random(seed)
        self._coming: list[tuple[int, bytes]] = []

    def run(self, seconds: float) -> list[Measured]:
        """Let time pass; return what was measured in it."""
        until_ns, before = self.now_ns + round(seconds * S), len(self.measured)
        while True:
            due_ns = min([self.leg.due_ns, *(at_ns for at_ns, _ in self._coming[:1])])
            if due_ns > until_ns:
                break
            self.now_ns = max(self.now_ns, due_ns)
            while self._coming and self._coming[0][0] <= self.now_ns:
                at_ns, payload = heapq.heappop(self._coming)
                assert self.leg.take(payload, at_ns)
            self._step()
        self.now_ns = until_ns
        return self.measured[before:]

    def _step(self) -> None:
        packet, measured = self.leg.step(self.now_ns)
        self.measured += measured
        if packet is None:
            return
        self.sent_at_ns.append(self.now_ns)
        delay_ns = round((self.rtt_ms + self._random.uniform(0, self.spread_ms)) * 1e6)
        if self._random.random() < self.there:
            self.lost_there += 1
            return
        at_ns = self.now_ns + delay_ns // 2
        reply = self.reflector.reply(packet, SOURCE, at_ns, 64, at_ns)
        assert reply is not None
        if self._random.random() < self.back:
            self.lost_back += 1
            return
        heapq.heappush(self._coming, (self.now_ns + delay_ns, reply))
