"""All that one station probes at a time: the county, and other villages where that is ordered. Pure.

Used as it is by the agent's prober and by every station of the fleet. Times are ns of one clock that is never set.
"""

from typing import Final, NamedTuple

from station.probe.leg import Burst, CountyLeg, Measured
from station.probe.pair import PairOrder, PairTest
from station.probe.summary import measures_of
from station.probe.trouble import BUSY, FAILED, NO_SESSION
from wire.orders import Answer
from wire.probe import ProbeSession
from wire.records import LinkSummary

MOST_PAIRS: Final = 4


class Outgoing(NamedTuple):
    """A packet that is to be sent at once; `host` None is where the broker is."""

    payload: bytes
    host: str | None
    port: int


class Told(NamedTuple):
    """What is to be recorded and answered."""

    summaries: list[LinkSummary]
    answers: list[Answer]


class Probes:
    """Sessions and orders in; packets, summaries and answers out."""

    def __init__(self) -> None:
        """Begin with nothing to probe."""
        self.leg: CountyLeg | None = None
        self.pairs: dict[str, PairTest] = {}
        """By the command that ordered them."""
        self._told = Told([], [])

    @property
    def due_ns(self) -> int | None:
        """Return when `step` has something to do next; None when there is nothing to probe."""
        return min(
            [test.due_ns for test in self.pairs.values()] + ([self.leg.due_ns] if self.leg else []), default=None
        )

    @property
    def ssids(self) -> set[int]:
        """Return the sessions whose replies are waited for."""
        return {test.order.ssid for test in self.pairs.values()} | ({self.leg.session.ssid} if self.leg else set())

    def told(self) -> Told:
        """Return what is to be recorded and answered since the last call."""
        told, self._told = self._told, Told([], [])
        return told

    def take_session(self, session: ProbeSession, now_ns: int) -> None:
        """Probe the county in this session from now on; the same one again goes on."""
        if self.leg is not None and self.leg.goes_on(session):
            return
        self.finish(now_ns)
        self.leg = CountyLeg(session, now_ns)

    def begin(self, command: str, order: Burst | PairOrder, now_ns: int) -> str | None:
        """Begin what was ordered, to be answered when it is done; return the code of why not."""
        if isinstance(order, PairOrder):
            if len(self.pairs) >= MOST_PAIRS:
                return BUSY
            self.pairs[command] = PairTest(order, now_ns)
            return None
        if self.leg is None:
            return NO_SESSION
        return None if self.leg.burst(order, now_ns, command) else BUSY

    def step(self, now_ns: int) -> Outgoing | None:
        """Do what is due and return a packet to be sent at once; None when there is none, or none any more."""
        if self.leg is not None and now_ns >= self.leg.due_ns:
            session = self.leg.session
            packet, measured = self.leg.step(now_ns)
            self._tell(measured)
            if packet is not None:
                return Outgoing(packet, session.host, session.port)
        for command, test in self.pairs.items():
            packet, summary = test.step(now_ns)
            if packet is not None:
                return Outgoing(packet, test.order.host, test.order.port)
            if summary is not None:
                del self.pairs[command]
                self._told.summaries.append(summary)
                self._told.answers.append(Answer(command, "done", measures=measures_of(summary)))
                return self.step(now_ns)
        return None

    def take(self, payload: bytes, at_ns: int) -> bool:
        """Take what arrived; return whether it was a reply to one of these probes."""
        if self.leg is not None and self.leg.take(payload, at_ns):
            return True
        return any(test.take(payload, at_ns) for test in self.pairs.values())

    def finish(self, now_ns: int) -> None:
        """End the county's session: what it measured so far is told."""
        if self.leg is not None:
            self._tell(self.leg.finish(now_ns))
            self.leg = None

    def begin_anew(self, now_ns: int) -> None:
        """Drop what an error may have left half done; the county is probed again in the session that is known."""
        self._told.answers.extend(Answer(command, "failed", note=FAILED) for command in self.pairs)
        self.pairs.clear()
        if self.leg is not None:
            self.leg = CountyLeg(self.leg.session, now_ns)

    def _tell(self, measured: list[Measured]) -> None:
        for one in measured:
            if one.summary.sent:
                self._told.summaries.append(one.summary)
            if one.order is not None:
                self._told.answers.append(Answer(one.order, "done", measures=measures_of(one.summary)))
