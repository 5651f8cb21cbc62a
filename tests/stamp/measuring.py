"""Sessions through bad lines, all at once, each measured and compared with what its line says was so."""

import math
import statistics
import time
from collections.abc import Sequence
from contextlib import ExitStack
from select import select
from typing import NamedTuple

from stamp.figures import Figures
from stamp.reflector import Peer, SessionReflector
from stamp.sender import SessionSender
from stamp.udp import ReflectorThread, StampSocket
from tests.stamp.impairment import Impairment, Passage, Way

LAST_WAIT_S = 0.4


class Case(NamedTuple):
    name: str
    there: Way
    back: Way


STEADY = Way(delay_ms=5, jitter_ms=1)
CASES = (
    Case("no loss", STEADY, STEADY),
    Case("1 % there", STEADY._replace(loss=0.01), STEADY),
    Case("5 % back", STEADY, STEADY._replace(loss=0.05)),
    Case("5 % there, 1 % back", STEADY._replace(loss=0.05), STEADY._replace(loss=0.01)),
    Case("20 % there, 5 % back", STEADY._replace(loss=0.2), STEADY._replace(loss=0.05)),
    Case("20 % back", STEADY, STEADY._replace(loss=0.2)),
    Case("bursts of 5, 5 % there", STEADY._replace(loss=0.05, burst=5), STEADY),
    Case("bursts of 5, 5 % back", STEADY, STEADY._replace(loss=0.05, burst=5)),
    Case("reordering 10 %, 1 % there", STEADY._replace(reorder=0.1, loss=0.01), STEADY._replace(reorder=0.1)),
    Case("duplicates 10 %, 5 % back", STEADY._replace(duplicate=0.1), STEADY._replace(duplicate=0.1, loss=0.05)),
)


class Truth(NamedTuple):
    """What really became of the packets of one session."""

    sent: int
    reached: int
    received: int
    rtt_p50_ms: float
    lost_there: float
    """The share the line lost of the packets it took there; the like back."""
    lost_back: float


class Measured(NamedTuple):
    case: Case
    figures: Figures
    truth: Truth

    @property
    def rtt_error_ms(self) -> float:
        return math.inf if self.figures.rtt_p50_ms is None else self.figures.rtt_p50_ms - self.truth.rtt_p50_ms

    def standard_errors(self) -> tuple[float, float]:
        """Return how far the losses are from those the line was set to, there and back, in standard errors."""
        figures = self.figures
        return (
            _standard_errors(self.case.there, figures.loss_there or 0.0, figures.sent),
            _standard_errors(self.case.back, figures.loss_back or 0.0, figures.reached),
        )


def _standard_errors(way: Way, seen: float, packets: int) -> float:
    """A chain that loses in a row varies as fewer independent packets do: by (1 + r) / (1 - r), its correlation r.

    Of a line that loses nothing a single packet is one standard error.
    """
    leave = 1 / way.burst
    correlation = 0.0 if way.burst <= 1 else 1 - leave - way.loss * leave / (1 - way.loss)
    error = math.sqrt(way.loss * (1 - way.loss) / packets * (1 + correlation) / (1 - correlation))
    return (seen - way.loss) / max(error, 1 / packets)


def measured(
    cases: Sequence[Case], *, packets: int, interval_s: float, window_s: float | None = None, seed: int = 1
) -> list[Measured]:
    """Run all cases at once, every other one authenticated; with `window_s` the figures are a sum over windows."""
    with ExitStack() as stack:
        reflector = SessionReflector(packets_per_s=100_000, burst=100_000, open_to=("127.0.0.0/8",))
        for ssid in range(1, len(cases), 2):
            reflector.admit(Peer(ssid, bytes([ssid]) * 32, f"case {ssid}"))
        thread = ReflectorThread(reflector, StampSocket("127.0.0.1", receive_buffer_bytes=4 << 20))
        thread.start()
        stack.callback(thread.stop)
        to = ("127.0.0.1", thread.socket.port)
        lines = [stack.enter_context(Impairment(to, case.there, case.back, f"{seed} {case.name}")) for case in cases]
        sockets = [stack.enter_context(StampSocket("127.0.0.1", receive_buffer_bytes=4 << 20)) for _ in cases]
        senders = [
            SessionSender(ssid=ssid, key=bytes([ssid]) * 32 if ssid % 2 else None) for ssid, _ in enumerate(cases)
        ]
        windows: list[list[Figures]] = [[] for _ in cases]
        rtts_ms: list[list[float]] = [[] for _ in cases]
        began = time.monotonic()
        closed = 1
        for number in range(packets + 1):
            last = number == packets
            until = time.monotonic() + LAST_WAIT_S if last else began + number * interval_s
            _hear(sockets, senders, rtts_ms, until)
            if window_s is not None and time.monotonic() > began + closed * window_s:
                closed += 1
                for seen, sender in zip(windows, senders, strict=True):
                    seen.append(sender.close_window(time.time_ns(), 100_000_000))
            if not last:
                for line, socket, sender in zip(lines, sockets, senders, strict=True):
                    assert socket.send(sender.packet(time.time_ns()), ("127.0.0.1", line.port))
        for seen, sender in zip(windows, senders, strict=True):
            seen.append(sender.close_window(time.time_ns(), 0))
        figures = [summed(*each) for each in zip(windows, rtts_ms, strict=True)]
        return [Measured(*each) for each in zip(cases, figures, map(truth_of, lines), strict=True)]


def _hear(sockets: list[StampSocket], senders: list[SessionSender], rtts_ms: list[list[float]], until: float) -> None:
    while (left_s := until - time.monotonic()) > 0:
        select(sockets, [], [], left_s)
        for socket, sender, rtts in zip(sockets, senders, rtts_ms, strict=True):
            for packet in socket.packets():
                heard = sender.take(packet.payload, packet.at_ns)
                assert heard is not None
                if heard.rtt_ms is not None and not heard.again:
                    rtts.append(heard.rtt_ms)


def summed(windows: list[Figures], rtts_ms: list[float]) -> Figures:
    """Return one for many: counts are added, the median is of all."""
    names = ("lasted_ms", "sent", "reached", "received", "duplicated", "reordered")
    counts = {name: sum(getattr(each, name) for each in windows) for name in names}
    return windows[-1]._replace(**counts, rtt_p50_ms=statistics.median(rtts_ms))


def truth_of(line: Impairment) -> Truth:
    there = {int.from_bytes(passage.payload[:4], "big"): passage for passage in line.there}
    passed = {seq for seq, passage in there.items() if not passage.lost}
    first: dict[int, Passage] = {}
    for passage in line.back:
        seq = _answered(passage.payload)
        if not passage.lost and (seq not in first or min(passage.left_ns) < min(first[seq].left_ns)):
            first[seq] = passage
    rtts_ms = [min(there[seq].delays_ms) + min(passage.delays_ms) for seq, passage in first.items()]
    back_lost = sum(passage.lost for passage in line.back)
    return Truth(
        len(there),
        len(passed),
        len(first),
        statistics.median(rtts_ms),
        1 - len(passed) / len(there),
        back_lost / len(line.back),
    )


def _answered(reply: bytes) -> int:
    """Return the sequence number a reply is for, of either mode."""
    place = 24 if len(reply) == 44 else 48
    return int.from_bytes(reply[place : place + 4], "big")
