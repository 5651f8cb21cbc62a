"""The line to the county, always measured: when to send, what a while came to, when to look closer. Pure.

Used as it is by the agent's prober and by every station of the fleet. Times are ns of one clock that is never set.
"""

from collections import deque
from typing import Final, NamedTuple

from stamp.sender import SessionSender
from station.probe.summary import summary_of
from station.probe.suspicion import Recent, Suspicion
from wire.probe import COUNTY_LEG, ProbeSession
from wire.records import LinkSummary

WAIT_NS: Final = 2_000_000_000
"""A reply later than this is lost: a voice that comes so late is of no use either."""
CLOSER_LOOK_EVERY_NS: Final = 600_000_000_000
"""Bursts that nobody ordered are no more frequent."""
JUDGED_EVERY: Final = 5
"""Probes from one judgement to the next: each takes some 50 µs, and a fleet has hundreds of legs."""


class Burst(NamedTuple):
    """Probe faster for a while."""

    packets_per_s: int
    seconds: int


CLOSER_LOOK: Final = Burst(20, 60)


class Measured(NamedTuple):
    """What a while came to."""

    summary: LinkSummary
    order: str | None = None
    """Id of the command that ordered this burst."""


class _While(NamedTuple):
    began_ns: int
    burst: Burst | None = None
    order: str | None = None


class _Ended(NamedTuple):
    at_ns: int
    what: _While


class CountyLeg:
    """One session with the county's reflector."""

    def __init__(self, session: ProbeSession, now_ns: int) -> None:
        """Begin: the first packet is due at once."""
        self.session = session
        self.suspicion: Suspicion | None = None
        """Why the last burst that nobody ordered began."""
        self._sender = SessionSender(ssid=session.ssid, key=session.key)
        self._sent = 0
        self._next_ns = now_ns
        self._now = _While(now_ns)
        self._ends_ns = now_ns + session.every_ms * 1_000_000
        self._ended: deque[_Ended] = deque()
        self._recent = Recent()
        self._open: dict[int, tuple[int, float | None]] = {}
        self._judged = 0
        self._quiet_until_ns = now_ns

    @property
    def due_ns(self) -> int:
        """Return when `step` has something to do next."""
        ended = self._ended[0].at_ns + WAIT_NS if self._ended else self._ends_ns
        return min(self._next_ns, self._ends_ns, ended)

    @property
    def bursting(self) -> bool:
        """Say whether a burst is under way."""
        return self._now.burst is not None

    def goes_on(self, session: ProbeSession) -> bool:
        """Take over what the hub said again, if it is the same session; False when it is another."""
        if session.ssid != self.session.ssid or session.key != self.session.key:
            return False
        self.session = session
        return True

    def step(self, now_ns: int) -> tuple[bytes | None, list[Measured]]:
        """Return the packet that is to be sent at once, if one is due, and what ended."""
        if now_ns >= self._ends_ns:
            self._end(self._ends_ns)
        measured = []
        while self._ended and now_ns >= self._ended[0].at_ns + WAIT_NS:
            ended = self._ended.popleft()
            measured += self._measured(ended.what, ended.at_ns, ended.at_ns + WAIT_NS - 1)
        self._judge(now_ns)
        if now_ns < self._next_ns:
            return None, measured
        burst = self._now.burst
        gap_ns = self.session.interval_ms * 1_000_000 if burst is None else 1_000_000_000 // burst.packets_per_s
        # Whoever could not send for a while sends no faster afterwards.
        self._next_ns = self._next_ns + gap_ns if now_ns - self._next_ns < gap_ns else now_ns + gap_ns
        if burst is None:
            self._open[self._sent] = (now_ns, None)
        self._sent += 1
        return self._sender.packet(now_ns), measured

    def take(self, payload: bytes, t4_ns: int) -> bool:
        """Take what arrived at `t4_ns`; return whether it was a reply of this session."""
        heard = self._sender.take(payload, t4_ns)
        if heard is None:
            return False
        if heard.sequence in self._open and not heard.again:
            if heard.rtt_ms is None:
                del self._open[heard.sequence]
            else:
                self._open[heard.sequence] = (self._open[heard.sequence][0], heard.rtt_ms)
        return True

    def burst(self, burst: Burst, now_ns: int, order: str | None = None) -> bool:
        """Probe faster from now on; False while another burst is under way. Its while is measured by itself."""
        if self.bursting:
            return False
        self._end(now_ns)
        self._now = _While(now_ns, burst, order)
        self._ends_ns = now_ns + burst.seconds * 1_000_000_000
        self._next_ns = now_ns
        self._quiet_until_ns = now_ns + CLOSER_LOOK_EVERY_NS
        return True

    def finish(self, now_ns: int) -> list[Measured]:
        """End here: return what was measured so far, without packets whose replies may still come."""
        what = self._ended[0].what if self._ended else self._now
        return self._measured(what._replace(order=what.order or self._now.order), now_ns - WAIT_NS, now_ns)

    def _end(self, at_ns: int) -> None:
        """End the while that is under way; the next is an ordinary one."""
        self._ended.append(_Ended(at_ns, self._now))
        was_burst = self.bursting
        self._now = _While(at_ns)
        self._ends_ns = at_ns + self.session.every_ms * 1_000_000
        if was_burst:
            self._next_ns = at_ns

    def _measured(self, what: _While, until_ns: int, now_ns: int) -> list[Measured]:
        figures = self._sender.close_window(now_ns, WAIT_NS)
        if figures.sent == 0 and what.order is None:
            return []
        more = {} if what.burst is None else {"packets_per_s": float(what.burst.packets_per_s)}
        lasted_ms = (until_ns - what.began_ns) // 1_000_000
        return [Measured(summary_of(COUNTY_LEG, figures, lasted_ms, **more), what.order)]

    def _judge(self, now_ns: int) -> None:
        """Note what became of the probes, in order, and look closer when it is suspicious."""
        while self._open:
            sequence, (sent_ns, rtt_ms) = next(iter(self._open.items()))
            if rtt_ms is None and now_ns - sent_ns < WAIT_NS:
                return
            del self._open[sequence]
            self._recent.note(rtt_ms)
            self._judged += 1
            if self.bursting or self._judged % JUDGED_EVERY or now_ns < self._quiet_until_ns:
                continue
            suspicion = self._recent.suspicion()
            if suspicion is not None:
                self.suspicion = suspicion
                self.burst(CLOSER_LOOK, now_ns)
