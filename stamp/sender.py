"""A session-sender (RFC 8762): packets out, replies in, figures over a while. Pure: bytes and times only."""

from typing import Final, NamedTuple

from stamp.clock import ntp_span_ns, ptp_span_ns, to_ntp
from stamp.figures import Figures
from stamp.packet import ERROR_ESTIMATE, OPEN_TEST, PTP_BIT, SIGNED_TEST, Reply, read_reply, signer
from stamp.reached import Reached, Sent
from stamp.spread import spread

MOST_KEPT: Final = 65_536
"""Packets remembered at most: a window longer than that is settled in part before it ends."""
LONGEST_TAIL: Final = 8
"""So many packets after the last reply wait for the next one, which tells where they were lost; more are an outage."""
LONGEST_NS: Final = 60_000_000_000
"""A longer round trip is none: a clock was set in between."""
_MASK: Final = 2**32 - 1


class Heard(NamedTuple):
    """A reply that was taken."""

    sequence: int
    rtt_ms: float | None
    """None where a clock was set on its way."""
    ttl: int
    """The packet's, as it arrived at the reflector."""
    again: bool
    """A reply to this packet had come before."""


class SessionSender:
    """One session with one reflector, stateful on the other side."""

    def __init__(self, *, ssid: int = 0, key: bytes | None = None) -> None:
        """Begin at sequence number 0; with a `key` in authenticated mode. `ssid` is RFC 8972's, 0 for none.

        The numbers of a stateless reflector are the sender's own: with one, every loss seems to be on the way back.
        """
        self._ssid = ssid
        self._sign = None if key is None else signer(key)
        self._sent: list[Sent] = []
        """Those of this window and of the one before, whose replies may come late."""
        self._first = 0
        """Sequence number of the first of `_sent`; here they do not wrap."""
        self._window = 0
        """Sequence number of the first of this window."""
        self._reached = Reached()
        self._since_ns: int | None = None
        self._replied_to = -1
        self._last_rtt_ns: int | None = None
        self._jitter_ns = 0.0
        self._begin_window()

    def _begin_window(self) -> None:
        self._counted = self._arrived = self._received = self._duplicated = self._reordered = 0
        self._rtts_ns: list[int] = []

    @property
    def _next(self) -> int:
        return self._first + len(self._sent)

    def packet(self, t1_ns: int) -> bytes:
        """Return the next packet, to be sent at once; `t1_ns` is UTC now."""
        if len(self._sent) >= MOST_KEPT:
            self._settle(self._first + MOST_KEPT // 2)
            self._forget(self._window)
        if self._since_ns is None:
            self._since_ns = t1_ns
        seq, t1 = self._next & _MASK, to_ntp(t1_ns)
        self._sent.append(Sent(t1_ns, t1))
        if self._sign is None:
            return OPEN_TEST.pack(seq, t1, ERROR_ESTIMATE, self._ssid)
        covered = SIGNED_TEST.pack(seq, t1, ERROR_ESTIMATE, self._ssid)
        return covered + self._sign(covered)

    def take(self, payload: bytes, t4_ns: int) -> Heard | None:
        """Take what arrived at UTC `t4_ns`; return None unless it was a reply of this session (others change nothing).

        A reply whose packet counted as lost in a window before tells of the way there only, and one older still
        is not known any more.
        """
        reply = read_reply(payload, self._sign)
        # A reflector of RFC 8762 alone leaves the place of the SSID empty.
        if reply is None or reply.ssid not in {self._ssid, 0}:
            return None
        back = (self._next - reply.sequence) & _MASK
        if not 1 <= back <= len(self._sent):
            return None
        sent = self._sent[-back]
        if reply.t1 != sent.t1:  # 64 bits that only who saw our packet knows
            return None
        seq = self._next - back
        again = sent.replied
        self._reached.take(reply, seq, sent, waiting=len(self._sent), sent_in_all=self._next)
        rtt_ns = _rtt_ns(reply, sent, t4_ns)
        if again:
            self._duplicated += 1
        elif seq >= self._window:
            sent.rtt_ns = rtt_ns
            self._reordered += seq < self._replied_to
            self._replied_to = max(self._replied_to, seq)
            self._sample_jitter(rtt_ns)
        return Heard(seq, None if rtt_ns is None else rtt_ns / 1e6, reply.ttl, again)

    def close_window(self, now_ns: int, wait_ns: int) -> Figures:
        """Return the figures of all packets sent since the last call.

        Those of the last `wait_ns`, whose replies may still come, count in the next window; so do up to 8 lost ones
        after the last reply, since only the next reply tells where they were lost. More than that count now, as lost
        on the way there. With a `wait_ns` of 0 everything counts now. Exact where `wait_ns` is twice the longest
        round trip.
        """
        before = self._window
        self._settle(self._settled(now_ns, wait_ns))
        rtts_ms = sorted(rtt / 1e6 for rtt in self._rtts_ns)
        since_ns = now_ns if self._since_ns is None else self._since_ns
        figures = Figures(
            max(0, now_ns - since_ns) // 1_000_000,
            self._counted,
            self._arrived,
            self._received,
            self._duplicated,
            self._reordered,
            *spread(rtts_ms),
            jitter_ms=self._jitter_ns / 1e6 if rtts_ms else None,
        )
        if self._since_ns is not None:
            self._since_ns = now_ns
        self._forget(before)
        self._begin_window()
        return figures

    def _settled(self, now_ns: int, wait_ns: int) -> int:
        """Return the sequence number the window ends before."""
        window = self._sent[self._window - self._first :]
        end = len(window)
        # One sent in the future is of another clock: it waits for nothing.
        while end and now_ns - wait_ns < window[end - 1].t1_ns <= now_ns:
            end -= 1
        if wait_ns and not any(sent.replied for sent in window[end:]):
            tail = next((back for back in range(end) if window[end - 1 - back].replied), end)
            end -= tail if tail <= LONGEST_TAIL else 0
        return self._window + end

    def _settle(self, until: int) -> None:
        begin, end = self._window - self._first, until - self._first
        window = self._sent[begin:end]
        self._counted += len(window)
        self._received += sum(sent.replied for sent in window)
        self._arrived += self._reached.before(self._sent[:begin], window, self._sent[end:])
        room = MOST_KEPT - len(self._rtts_ns)
        self._rtts_ns += [sent.rtt_ns for sent in window if sent.rtt_ns is not None][:room]
        self._window = max(self._window, until)

    def _forget(self, before: int) -> None:
        del self._sent[: max(0, before - self._first)]
        self._first = max(self._first, before)

    def _sample_jitter(self, rtt_ns: int | None) -> None:
        """Follow RFC 3550 section 6.4.1, in the order of arrival."""
        if rtt_ns is None:
            return
        if self._last_rtt_ns is not None:
            self._jitter_ns += (abs(rtt_ns - self._last_rtt_ns) - self._jitter_ns) / 16
        self._last_rtt_ns = rtt_ns


def _rtt_ns(reply: Reply, sent: Sent, t4_ns: int) -> int | None:
    """Return (T4-T1)-(T3-T2), or None when a clock was set meanwhile."""
    span = ptp_span_ns if reply.error & PTP_BIT else ntp_span_ns
    rtt_ns = t4_ns - sent.t1_ns - span(reply.t2, reply.t3)
    return rtt_ns if 0 <= rtt_ns <= LONGEST_NS else None
