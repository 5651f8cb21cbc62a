"""A session with a hub one can see through: for the tests of this folder."""

from collections.abc import Sequence
from random import Random

import msgspec

from station.agent.messages import (
    Action,
    Connected,
    HubNote,
    Learn,
    NoteUrgent,
    Publish,
    Received,
    RunCommand,
    Subscribe,
    Subscribed,
    TakeReply,
    Trim,
)
from station.agent.session import Session
from station.clock import Stamp
from station.fleet.outbox import MemoryOutbox
from wire.codec import decode
from wire.life import Beat, Birth, Death, DeviceState, HubState, Life
from wire.orders import Answer, Ask, Receipt
from wire.records import Batch, Body, Emergency, Rating, RawRecord, RecordHead, Urgent

EPOCH = "00000000000000aa"
KERNEL = "1111111111111111"
UTC_MS = 1_800_000_000_000
SPREAD_S = 2.0
BEAT_S = 30.0
SENT = {"life": Life, "beat": Beat, "records": Batch, "urgent": Urgent, "answer": Answer, "ask": Ask}


class LeapingOutbox(MemoryOutbox):
    """An outbox that can leave places out, as the spool does after a power cut."""

    def leap(self, places: int) -> None:
        self._last += places

    def pending(self, after: int, *, most: int, most_bytes: int) -> list[RawRecord]:
        return [record for record in self._records if record.seq > after][:most]

    def urgent(self, after: int) -> list[RawRecord]:
        return [record for record in self.pending(after, most=10**6, most_bytes=0) if record.seq in self._emergencies]


class Conversation:
    """Feeds a Session and keeps what it does; `at` is the running count in seconds."""

    def __init__(self, *, dated: bool = True, seed: int = 1) -> None:
        self.outbox: MemoryOutbox = LeapingOutbox(EPOCH)
        self.dated = dated
        self.offset_ms = UTC_MS
        self.now_s = 100.0
        self.devices: list[DeviceState] = []
        self.session = Session(
            Birth(7, EPOCH, "test", 30, BEAT_S),
            self.outbox,
            lambda: self.devices,
            rebirth_spread_s=SPREAD_S,
            random=Random(seed),
        )
        self.done: list[Action] = []

    @property
    def stamp(self) -> Stamp:
        mono_ms = int(self.now_s * 1000)
        return Stamp(mono_ms + self.offset_ms if self.dated else None, mono_ms, KERNEL)

    def happens(self, *events: object) -> list[Action]:
        """Feed events, tick, and return everything that was done since."""
        done: list[Action] = []
        for event in events:
            done += self._carry(self.session.handle(event, self.stamp))  # type: ignore[arg-type]
        done += self._carry(self.session.tick(self.stamp))
        self.done += done
        return done

    def after(self, seconds: float, *events: object) -> list[Action]:
        self.now_s += seconds
        return self.happens(*events)

    def record(self, count: int = 1, body: Body | None = None) -> int:
        seq = 0
        for _ in range(count):
            seq = self.outbox.append(lambda seq: body or Rating(seq, 5), self.stamp)
        return seq

    def leap(self, places: int) -> None:
        assert isinstance(self.outbox, LeapingOutbox)
        self.outbox.leap(places)

    def receipt(
        self, seq: int, urgent: Sequence[int] = (), *, epoch: str = EPOCH, at_ms: int | None = None
    ) -> Received:
        hub_ms = int(self.now_s * 1000) + self.offset_ms if at_ms is None else at_ms
        return Received(Receipt(epoch, seq, hub_ms, list(urgent)), retained=False)

    def welcome(self) -> list[Action]:
        """Connect and be welcomed."""
        return self.happens(Connected(), Subscribed(), self.receipt(self.outbox.trimmed_to()))

    def _carry(self, actions: list[Action]) -> list[Action]:
        for action in actions:
            if isinstance(action, Trim):
                self.outbox.trim(action.seq)
            elif isinstance(action, Learn) and not self.dated:
                self.dated = True
        return actions


def hub_state(online: bool, since_ms: int = 1, *, retained: bool = False) -> Received:
    return Received(HubState(online, since_ms), retained=retained)


def told(actions: Sequence[Action]) -> list[str]:
    """Say in words what was done, without beats."""
    words = []
    for action in actions:
        match action:
            case Publish(family="beat"):
                pass
            case Publish():
                words.append(_word(action))
            case Subscribe():
                words.append("subscribe")
            case Trim():
                words.append(f"trim {action.seq}")
            case NoteUrgent() | TakeReply():
                words.append(_for_the_kiosk(action))
            case HubNote():
                words.append("hub answers" if action.online else "hub is away")
            case RunCommand():
                words.append(f"run {action.command.name}")
            case Learn():
                words.append("learn the time")
            case _:
                words.append(type(action).__name__.lower())
    return words


def _for_the_kiosk(action: NoteUrgent | TakeReply) -> str:
    if isinstance(action, NoteUrgent):
        return f"hub has {','.join(map(str, action.seqs))}"
    return f"reply {action.reply.id} {action.reply.outcome}"


def _word(action: Publish) -> str:
    message = decode(action.payload, SENT[action.family])  # type: ignore[var-annotated, arg-type]
    match message:
        case Birth():
            return f"birth {message.epoch[-2:]}"
        case Death():
            return "orderly death" if message.orderly else "death"
        case Batch():
            seqs = seqs_of(message)
            return f"records {seqs[0]}-{seqs[-1]} after {message.after}"
        case Urgent():
            return f"urgent {msgspec.json.decode(message.record, type=RecordHead).seq}"
        case Answer() | Ask():
            return f"{action.family} {message.outcome if isinstance(message, Answer) else message.id}"
    return action.family


def seqs_of(batch: Batch) -> list[int]:
    return [msgspec.json.decode(record, type=RecordHead).seq for record in batch.records]


def sent(actions: Sequence[Action], family: str) -> list[object]:
    """Return the decoded messages of one family."""
    kind = SENT[family]
    return [
        decode(action.payload, kind)  # type: ignore[arg-type]
        for action in actions
        if isinstance(action, Publish) and action.family == family
    ]


EMERGENCY = Emergency("c1")
