"""What a stateful reflector keeps of one sender: how many of its packets it answered, each once. Pure."""

from struct import Struct
from typing import Final

from stamp.clock import to_ntp

REMEMBERED: Final = 64
"""How far behind the newest a packet may come and still be told from one that comes again."""
_SEEN: Final = Struct("=IQIQ")
"""A packet: its sequence number, T1, our number, T2 (0: no packet). Plain bytes stay in the processor's cache."""
_MASK: Final = 2**32 - 1
_HALF: Final = 2**31


def is_ahead(seq: int, of: int) -> bool:
    """Say whether a sequence number comes after another; they begin again after 2³²."""
    return 0 < (seq - of) & _MASK < _HALF


class Track:
    """Numbers the packets of one sender from 0: one that comes again keeps its number.

    So the numbers tell the sender exactly how many of its packets got here, whatever the line repeats.
    """

    __slots__ = ("_count", "_newest", "_seen", "_t1", "used_ns")

    def __init__(self, seq: int) -> None:
        """Begin with a packet of that sequence number, which is yet to be numbered."""
        self._newest = (seq - 1) & _MASK
        self._t1 = -1
        self._count = 0
        self._seen = bytearray(REMEMBERED * _SEEN.size)
        self.used_ns = 0
        """When the last packet came (UTC)."""

    def goes_on_at(self, seq: int) -> bool:
        """Say whether a packet of that sequence number would be a next one of this sender."""
        return is_ahead(seq, self._newest)

    def arrival(self, seq: int, t1: int, t2_ns: int) -> tuple[int, int] | None:
        """Return number and T2 (NTP) of a packet sent at `t1` that came at `t2_ns`; None for one too old to tell.

        One that comes again has T2 of the first, too: T2 grows with the number. Sequence numbers that fell back while
        T1 went on are a sender that began anew: so does the count. One whose T1 went back is not believed, or whoever
        recorded packets could do that.
        """
        self.used_ns = t2_ns
        ahead = (seq - self._newest) & _MASK
        if 0 < ahead < _HALF:
            self._newest, self._t1 = seq, t1
        elif t1 > self._t1:
            self._newest, self._t1, self._count = seq, t1, 0
            self._seen = bytearray(REMEMBERED * _SEEN.size)
        else:
            seen_seq, seen_t1, number, t2 = _SEEN.unpack_from(self._seen, seq % REMEMBERED * _SEEN.size)
            if t2 and seen_seq == seq:
                return (number, t2) if seen_t1 == t1 else None
            if -ahead & _MASK >= REMEMBERED:
                return None
        number, t2 = self._count, to_ntp(t2_ns)
        self._count = number + 1 & _MASK
        _SEEN.pack_into(self._seen, seq % REMEMBERED * _SEEN.size, seq, t1, number, t2)
        return number, t2
