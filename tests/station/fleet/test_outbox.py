"""The outbox in memory keeps the spool's promises about order and trimming."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from station.clock import Stamp
from station.fleet.outbox import MemoryOutbox
from wire.records import Emergency, Rating

NOW = Stamp(1_800_000_000_000, 5, "a" * 16)


class Outbox(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.outbox = MemoryOutbox()
        self.held: dict[int, bool] = {}
        self.last = 0
        self.trimmed = 0

    @rule(emergency=st.booleans())
    def append(self, emergency: bool) -> None:
        seq = self.outbox.append(lambda seq: Emergency("c") if emergency else Rating(seq, 3), NOW)
        self.last += 1
        assert seq == self.last
        self.held[seq] = emergency

    @rule(seq=st.integers(0, 30))
    def trim(self, seq: int) -> None:
        gone = [one for one in self.held if one <= seq]
        assert self.outbox.trim(seq) == len(gone)
        for one in gone:
            del self.held[one]
        self.trimmed = max([self.trimmed, *gone])

    @rule(after=st.integers(0, 30), most=st.integers(1, 5), most_bytes=st.integers(1, 200))
    def pending(self, after: int, most: int, most_bytes: int) -> None:
        records = self.outbox.pending(after, most=most, most_bytes=most_bytes)
        expected = sorted(seq for seq in self.held if seq > after)
        assert [record.seq for record in records] == expected[: len(records)]
        assert bool(records) == bool(expected)
        assert len(records) <= most
        size = sum(len(bytes(record.body)) for record in records)
        assert len(records) == 1 or size <= most_bytes
        assert len(records) in {most, len(expected)} or size + 60 > most_bytes

    @rule(after=st.integers(0, 30))
    def urgent(self, after: int) -> None:
        assert [one.seq for one in self.outbox.urgent(after)] == [
            seq for seq, emergency in self.held.items() if emergency and seq > after
        ]

    @invariant()
    def depth_and_receipt(self) -> None:
        assert self.outbox.trimmed_to() == self.trimmed
        depth = self.outbox.depth()
        assert depth.records == len(self.held)
        assert (depth.bytes > 0) == bool(self.held)


TestOutbox = Outbox.TestCase
TestOutbox.settings = settings(max_examples=50, deadline=None, derandomize=True)


def test_an_undated_record_keeps_its_count() -> None:
    outbox = MemoryOutbox()
    outbox.append(lambda seq: Rating(seq, 5), NOW._replace(at_ms=None))
    (record,) = outbox.pending(0, most=1, most_bytes=1)
    assert record.at_ms is None
    assert record.undated is not None
    assert (record.undated.kernel_boot, record.undated.mono_ms) == ("a" * 16, 5)
