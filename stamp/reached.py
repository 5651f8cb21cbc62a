"""How many packets got to a stateful reflector, told from its numbers in the replies that came back. Pure.

The reflector numbers the packets that reach it, each once. So a number that no reply brought is a packet whose reply
was lost on the way back; a packet neither answered nor missing among the numbers was lost on the way there.
"""

from typing import Final

from stamp.packet import Reply

MOST_EXTRA: Final = 65_536
"""Numbers of repeated packets remembered at most."""
_MASK: Final = 2**32 - 1
_HALF: Final = 2**31


class Sent:
    """A packet on its way."""

    __slots__ = ("number", "replied", "rtt_ns", "t1", "t1_ns")

    def __init__(self, t1_ns: int, t1: int) -> None:
        """Begin without a reply; `t1` is the timestamp as it stands in the packet."""
        self.t1_ns = t1_ns
        self.t1 = t1
        self.replied = False
        self.number: int | None = None
        """The reflector's, continued over its restarts; None: not replied to, or by a reflector that is no more."""
        self.rtt_ns: int | None = None


class Reached:
    """Follows the reflector's count over reordering, repetition, its restarts and 32 bits."""

    def __init__(self) -> None:
        """Begin before the first reply."""
        self._top = -1
        """The highest number so far, continued; of it also what follows."""
        self._top_raw = 2**32 - 1
        self._top_seq = -1
        self._top_t2: int | None = None
        self._began: tuple[int, int] | None = None
        """Sequence number and number of the first reply since the reflector's restart; None: there was none."""
        self._settled_top = -1
        self._accounted = 0
        self._silent = False
        """The window before ended in losses that nothing told where."""
        self._extra: list[int] = []
        self._extra_settled = 0

    def take(self, reply: Reply, seq: int, sent: Sent, *, waiting: int, sent_in_all: int) -> None:
        """Note a reply to the packet `seq`; `waiting` packets may still be answered of `sent_in_all`."""
        number = self._continued(reply, seq, waiting + sent_in_all)
        if not sent.replied:
            sent.replied, sent.number = True, number
        elif number is not None and sent.number not in {None, number} and len(self._extra) < MOST_EXTRA:
            self._extra.append(number)  # a reflector that numbers repeated packets anew

    def _continued(self, reply: Reply, seq: int, reach: int) -> int | None:
        ahead = ((reply.number - self._top_raw + _HALF) & _MASK) - _HALF
        later = self._top_t2 is None or 0 < (reply.t2 - self._top_t2) & (2**64 - 1) < 2**63
        impossible = ahead > reach - self._top_seq
        if impossible or (ahead <= 0 and later and seq > self._top_seq):
            # It counts anew: after a restart from 0, else from we do not know where.
            ahead = 1 if reply.number >= reach - self._top_seq else reply.number + 1
            self._began = (seq, reply.number)
        elif self._began is not None and seq < self._began[0] and not later and reply.number >= self._began[1]:
            return None  # from before the restart
        number = self._top + ahead
        if ahead > 0:
            self._top, self._top_raw, self._top_seq, self._top_t2 = number, reply.number, seq, reply.t2
        return number

    def before(self, earlier: list[Sent], window: list[Sent], after: list[Sent]) -> int:
        """Return how many packets of the window reached the reflector.

        `earlier` are those of windows before whose replies may still have come, `after` those sent since. What the
        numbers leave open at the window's end counts here as far as there is room, else in the next.
        """
        certain, possible = self._known_before(earlier + window, after)
        received = sum(each.replied for each in window)
        room = len(window)
        numbered = [(each.number, place) for place, each in enumerate(window) if each.number is not None]
        if numbered and self._silent:
            # Numbers missing before the first reply may be of packets told as lost before: here count as many as
            # were sent before that reply and not answered.
            number, place = min(numbered)
            room = min(room, possible - number + sum(not each.replied for each in window[:place]))
        if window:
            self._silent = not window[-1].replied and not any(each.replied for each in after)
        reached = max(received, min(room, possible - self._accounted))
        # What certainly got here before the edge, but has no room, was told as lost before its number was known.
        self._accounted = max(certain, self._accounted + reached)
        return reached

    def _known_before(self, inside: list[Sent], after: list[Sent]) -> tuple[int, int]:
        """Return how many of the packets before the edge got there, of all there ever were: at least and at most."""
        top = max((each.number for each in inside if each.number is not None), default=self._settled_top)
        top = self._settled_top = max(top, self._settled_top)
        overtook = sum(each.number is not None and each.number < top for each in after)
        self._extra_settled += sum(number <= top for number in self._extra)
        self._extra = [number for number in self._extra if number > top]
        possible = top + 1 - overtook - self._extra_settled
        answered = [place for place, each in enumerate(after) if each.number is not None]
        if not answered:
            return possible, possible
        # Between the highest number before the edge and the next one: packets from before or after it.
        following = min((each.number for each in after if each.number is not None and each.number > top), default=None)
        if following is not None:
            possible += following - top - 1 - sum(number < following for number in self._extra)
        # Each missing number may also be a packet's from after the edge that was not replied to.
        return possible - sum(not each.replied for each in after[: answered[-1]]), possible
