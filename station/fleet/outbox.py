"""An outbox in memory: what a simulated station holds until the hub's receipt."""

import secrets
from collections import deque
from collections.abc import Callable

import msgspec

from station.clock import Stamp
from wire.life import OutboxDepth
from wire.records import Body, Emergency, RawRecord, Undated


class MemoryOutbox:
    """Keeps the spool's promises about order and trimming, but not across the end of its process."""

    def __init__(self, epoch: str | None = None) -> None:
        """Begin empty, with a fresh epoch unless one is given."""
        self.epoch = epoch or secrets.token_hex(8)
        self._records: deque[RawRecord] = deque()
        self._emergencies: set[int] = set()
        self._bytes = 0
        self._last = 0
        self._trimmed_to = 0

    def append(self, make: Callable[[int], Body], stamp: Stamp) -> int:
        """Keep the record `make(seq)` and return its seq: 1, 2, 3, … without a gap."""
        self._last += 1
        body = make(self._last)
        raw = msgspec.Raw(msgspec.json.encode(body))
        undated = None if stamp.at_ms is not None else Undated(stamp.kernel_boot, stamp.mono_ms)
        self._records.append(RawRecord(self._last, raw, stamp.at_ms, undated))
        self._bytes += len(bytes(raw))
        if isinstance(body, Emergency):
            self._emergencies.add(self._last)
        return self._last

    def pending(self, after: int, *, most: int, most_bytes: int) -> list[RawRecord]:
        """Return records with seq > `after` in order, within both limits, but at least one if there is one."""
        found: list[RawRecord] = []
        size = 0
        for position in range(max(0, after - self._trimmed_to), len(self._records)):
            record = self._records[position]
            size += len(bytes(record.body))
            if found and (len(found) == most or size > most_bytes):
                break
            found.append(record)
        return found

    def urgent(self, after: int) -> list[RawRecord]:
        """Return the emergencies among the records with seq > `after`."""
        return [self._records[seq - self._trimmed_to - 1] for seq in sorted(self._emergencies) if seq > after]

    def trim(self, seq: int) -> int:
        """Forget records up to and including `seq`; return how many."""
        count = 0
        while self._records and self._records[0].seq <= seq:
            record = self._records.popleft()
            self._bytes -= len(bytes(record.body))
            self._emergencies.discard(record.seq)
            self._trimmed_to = record.seq
            count += 1
        return count

    def trimmed_to(self) -> int:
        """Return the highest seq ever receipted."""
        return self._trimmed_to

    def depth(self) -> OutboxDepth:
        """Return what is held."""
        oldest_ms = self._records[0].at_ms if self._records else None
        return OutboxDepth(len(self._records), self._bytes, oldest_ms)
