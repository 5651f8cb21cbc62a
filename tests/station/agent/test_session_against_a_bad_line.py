"""Whatever is lost, repeated, delayed or reordered: every record is stored once, and trimmed only on its receipt."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from station.agent.messages import (
    Action,
    Connected,
    Disconnected,
    OutboxChanged,
    Publish,
    Published,
    Received,
    Subscribe,
    Subscribed,
    Trim,
)
from station.agent.session import NO_SUBSCRIBER, SUCCESS
from tests.station.agent.conversation import EMERGENCY, SENT, Conversation, hub_state, seqs_of
from wire.codec import decode
from wire.life import Birth
from wire.orders import Receipt
from wire.records import Batch, RecordHead, Urgent


class ModelHub:
    """Stores by (epoch, seq) and receipts the contiguous prefix, as the contract says; its memory survives."""

    def __init__(self) -> None:
        self.stored: dict[int, bytes] = {}
        self.stored_to = 0

    def take(self, message: Publish, epoch: str) -> Receipt | None:
        value = decode(message.payload, SENT[message.family])  # type: ignore[var-annotated, arg-type]
        if isinstance(value, Birth):
            return Receipt(epoch, self.stored_to, 1)
        if isinstance(value, Urgent):
            seq = decode(bytes(value.record), RecordHead).seq
            self.stored.setdefault(seq, bytes(value.record))
            return Receipt(epoch, self.stored_to, 1, [seq])
        if isinstance(value, Batch):
            seqs = seqs_of(value)
            assert seqs == list(range(seqs[0], seqs[0] + len(seqs))), "a batch has no gap"
            for seq, record in zip(seqs, value.records, strict=True):
                self.stored.setdefault(seq, bytes(record))
            self.stored_to = max(self.stored_to, value.after)
            while self.stored_to + 1 in self.stored:
                self.stored_to += 1
            return Receipt(epoch, self.stored_to, 1)
        return None


class BadLine(RuleBasedStateMachine):
    """The line to and from the hub is two bags: messages leave them in any order, twice, or never."""

    @initialize(welcomed=st.booleans())
    def begin(self, welcomed: bool) -> None:
        self.talk = Conversation()
        self.hub = ModelHub()
        self.hub_there = True
        self.connected = False
        self.up: list[Publish] = []
        self.down: list[Receipt] = []
        self.made: set[int] = set()
        self.receipted_for_certain = 0
        self.line_comes()
        if welcomed:
            self.hub_takes_one_and_all_goes_well()

    def carry(self, actions: list[Action]) -> None:
        for action in actions:
            if isinstance(action, Publish):
                assert self.connected, "nothing is sent without a connection"
                if action.family in {"life", "records", "urgent"}:
                    self.up.append(action)
            elif isinstance(action, Trim):
                assert action.seq <= self.receipted_for_certain, "trimmed only what a receipt named"
            elif isinstance(action, Subscribe):
                self.carry(self.talk.happens(Subscribed()))

    def feed(self, event: object) -> None:
        if isinstance(event, Received) and isinstance(event.message, Receipt):
            self.receipted_for_certain = max(self.receipted_for_certain, event.message.seq)
        self.carry(self.talk.happens(event))

    @precondition(lambda self: not self.connected)
    @rule()
    def line_comes(self) -> None:
        self.connected = True
        self.feed(Connected())

    @precondition(lambda self: self.connected)
    @rule(lose=st.booleans())
    def line_goes(self, lose: bool) -> None:
        self.connected = False
        if lose:
            self.up.clear()
        self.feed(Disconnected())

    @rule(count=st.sampled_from([1, 3, 60, 120]), emergency=st.booleans())
    def records_are_made(self, count: int, emergency: bool) -> None:
        last = self.talk.record(count)
        self.made.update(range(last - count + 1, last + 1))
        if emergency:
            self.made.add(self.talk.record(1, EMERGENCY))
        self.feed(OutboxChanged())

    @rule(places=st.sampled_from([1, 60]))
    def places_are_left_out(self, places: int) -> None:
        self.talk.leap(places)

    @precondition(lambda self: self.up)
    @rule(data=st.data(), repeat=st.booleans(), lose_acknowledgement=st.booleans())
    def hub_takes_one(self, data: st.DataObject, repeat: bool, lose_acknowledgement: bool) -> None:
        place = data.draw(st.integers(0, len(self.up) - 1))
        message = self.up[place] if repeat else self.up.pop(place)
        self.hub_takes(message)
        if self.connected and not lose_acknowledgement:
            code = SUCCESS if self.hub_there else NO_SUBSCRIBER
            self.feed(Published(message.family, message.key, code))

    @precondition(lambda self: self.up and self.connected and self.hub_there)
    @rule()
    def hub_takes_one_and_all_goes_well(self) -> None:
        message = self.up.pop(0)
        self.hub_takes(message)
        self.feed(Published(message.family, message.key, SUCCESS))
        if self.down:
            self.feed(Received(self.down.pop(), retained=False))

    def hub_takes(self, message: Publish) -> None:
        if self.hub_there and (receipt := self.hub.take(message, self.talk.outbox.epoch)) is not None:
            self.down.append(receipt)

    @precondition(lambda self: self.up)
    @rule(data=st.data())
    def one_is_lost(self, data: st.DataObject) -> None:
        self.up.pop(data.draw(st.integers(0, len(self.up) - 1)))

    @precondition(lambda self: self.down and self.connected)
    @rule(data=st.data(), repeat=st.booleans())
    def a_receipt_arrives(self, data: st.DataObject, repeat: bool) -> None:
        place = data.draw(st.integers(0, len(self.down) - 1))
        self.feed(Received(self.down[place] if repeat else self.down.pop(place), retained=False))

    @precondition(lambda self: self.hub_there)
    @rule()
    def hub_goes(self) -> None:
        self.hub_there = False
        if self.connected:
            self.feed(hub_state(online=False))

    @rule(tell=st.booleans())
    def hub_comes(self, tell: bool) -> None:
        self.hub_there = True
        if self.connected and tell:
            self.feed(hub_state(online=True))

    @rule(seconds=st.sampled_from([0.1, 1.0, 5.0, 90.0]))
    def time_passes(self, seconds: float) -> None:
        self.carry(self.talk.after(seconds))

    @invariant()
    def nothing_is_gone(self) -> None:
        held = {record.seq for record in self.talk.outbox.pending(0, most=10**6, most_bytes=10**9)}
        assert self.made <= held | self.hub.stored.keys(), "held here or stored there"
        assert held >= self.made - set(range(1, self.receipted_for_certain + 1))

    def teardown(self) -> None:
        """Once the line is good for a while, everything arrives."""
        if not self.hub_there:
            self.hub_comes(tell=True)
        if not self.connected:
            self.line_comes()
        for _ in range(600):
            self.time_passes(0.5)
            while self.up:
                message = self.up.pop(0)
                if (receipt := self.hub.take(message, self.talk.outbox.epoch)) is not None:
                    self.feed(Received(receipt, retained=False))
            if not self.talk.outbox.depth().records:
                break
        assert self.hub.stored.keys() == self.made
        assert self.talk.outbox.depth().records == 0


TestBadLine = BadLine.TestCase
TestBadLine.settings = settings(
    max_examples=150,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
