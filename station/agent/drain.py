"""The outbox on its way to the hub: what is sent, what is receipted, what comes next. Pure."""

from collections import deque
from typing import Final, NamedTuple, Protocol

import msgspec

from station.clock import Stamp
from wire.codec import encode
from wire.life import OutboxDepth
from wire.records import MAX_RECORDS_PER_BATCH, Batch, RawRecord, Urgent

MAX_BATCH_BYTES: Final = 60_000
MAX_BATCHES_IN_FLIGHT: Final = 4
STALL_MS: Final = 5_000
"""The hub commits within milliseconds: this long without a receipt, what was sent is lost."""


class Outbox(Protocol):
    """The part of the spool that the drain needs; the fleet keeps its own in memory."""

    @property
    def epoch(self) -> str:
        """Drawn when this outbox was made."""

    def pending(self, after: int, *, most: int, most_bytes: int) -> list[RawRecord]:
        """Return records with seq > `after` in order, within both limits, but at least one if there is one.

        Between two of them there may be a gap: places that were never told to anybody.
        """

    def urgent(self, after: int) -> list[RawRecord]:
        """Return the emergencies among the records with seq > `after`."""

    def trimmed_to(self) -> int:
        """Return the highest seq ever receipted."""

    def depth(self) -> OutboxDepth:
        """Return what is held."""


class Parcel(NamedTuple):
    """One payload ready to go; `seq` is the highest in it."""

    seq: int
    payload: bytes


class Received(NamedTuple):
    """What a receipt brought."""

    trim: bool
    """The outbox may be trimmed up to it."""
    ahead: list[int]
    """Emergencies that the hub has from now on, ahead of their turn."""


class Drain:
    """A window of batches over the outbox, open while the hub answers."""

    def __init__(self, outbox: Outbox) -> None:
        """Begin closed, at the last receipt."""
        self._outbox = outbox
        self._receipted = outbox.trimmed_to()
        self._sent_to = self._receipted
        self._in_flight: deque[int] = deque()
        self._urgent_in_flight: set[int] = set()
        self._urgent_stored: set[int] = set()
        self._more = self._more_urgent = True
        self._progress_ms = 0

    @property
    def receipted(self) -> int:
        """The highest seq with a receipt."""
        return self._receipted

    def rewind(self) -> None:
        """Forget what is in flight: the next batch begins right after the last receipt."""
        self._sent_to = self._receipted
        self._in_flight.clear()
        self._urgent_in_flight.clear()
        self.look_again()

    def look_again(self) -> None:
        """Take into account that the outbox may hold new records."""
        self._more = self._more_urgent = True

    def urgent_lost(self, seq: int) -> None:
        """Take an emergency as not sent: nobody was there to take it."""
        self._urgent_in_flight.discard(seq)

    def take_receipt(self, seq: int, urgent: list[int], at: Stamp) -> Received:
        """Take the hub's receipt."""
        stored_ahead = self._urgent_in_flight.intersection(urgent)
        self._urgent_in_flight -= stored_ahead
        self._urgent_stored |= stored_ahead
        ahead = sorted(one for one in stored_ahead if one > seq)
        if seq <= self._receipted:
            if stored_ahead:
                self._progress_ms = at.mono_ms
            return Received(trim=False, ahead=ahead)
        self._progress_ms = at.mono_ms
        self._receipted = seq
        self._sent_to = max(self._sent_to, seq)
        while self._in_flight and self._in_flight[0] <= seq:
            self._in_flight.popleft()
        self._urgent_in_flight = {one for one in self._urgent_in_flight if one > seq}
        self._urgent_stored = {one for one in self._urgent_stored if one > seq}
        return Received(trim=True, ahead=ahead)

    def stalled_at_ms(self) -> int | None:
        """Return when the sent will count as lost; None while nothing is in flight."""
        return self._progress_ms + STALL_MS if self._in_flight or self._urgent_in_flight else None

    def emergencies(self, at: Stamp) -> list[Parcel]:
        """Return every emergency that is neither stored nor on its way."""
        if not self._more_urgent:
            return []
        self._more_urgent = False
        parcels = []
        for record in self._outbox.urgent(self._receipted):
            if record.seq not in self._urgent_in_flight and record.seq not in self._urgent_stored:
                self._sending(at)
                self._urgent_in_flight.add(record.seq)
                parcels.append(Parcel(record.seq, encode(Urgent(self._outbox.epoch, _on_the_wire(record, at)))))
        return parcels

    def batches(self, at: Stamp) -> list[Parcel]:
        """Return the batches that the window has room for.

        A gap in the outbox (places a spool left out after a power cut) is crossed only when everything before it is
        receipted: then a batch's `after` tells the hub that nothing is held up to there, and its prefix goes on.
        """
        parcels: list[Parcel] = []
        while self._more and len(self._in_flight) < MAX_BATCHES_IN_FLIGHT:
            held = self._outbox.pending(self._sent_to, most=MAX_RECORDS_PER_BATCH, most_bytes=MAX_BATCH_BYTES)
            if not held:
                self._more = False
                break
            if held[0].seq > self._sent_to + 1:
                if self._sent_to > self._receipted:
                    break
                self._receipted = self._sent_to = held[0].seq - 1
            records = _first_that_fit(held, at)
            last = held[len(records) - 1].seq
            self._sending(at)
            self._in_flight.append(last)
            self._sent_to = last
            parcels.append(Parcel(last, encode(Batch(self._outbox.epoch, self._receipted, records))))
        return parcels

    def _sending(self, at: Stamp) -> None:
        if not self._in_flight and not self._urgent_in_flight:
            self._progress_ms = at.mono_ms


def _first_that_fit(held: list[RawRecord], at: Stamp) -> list[msgspec.Raw]:
    """Return the first records as bytes: at least one, without a gap, within the size of a batch."""
    records: list[msgspec.Raw] = []
    size = 0
    for record in held:
        raw = _on_the_wire(record, at)
        size += len(bytes(raw))
        if records and (size > MAX_BATCH_BYTES or record.seq != held[0].seq + len(records)):
            break
        records.append(raw)
    return records


def _on_the_wire(record: RawRecord, at: Stamp) -> msgspec.Raw:
    """Return the record as bytes, dated if it was made in this kernel's time and that can now be told."""
    undated = record.undated
    if undated is not None and at.at_ms is not None and undated.kernel_boot == at.kernel_boot:
        made_ms = max(0, at.at_ms - at.mono_ms + undated.mono_ms)
        record = RawRecord(record.seq, record.body, at_ms=made_ms)
    return msgspec.Raw(msgspec.json.encode(record))
