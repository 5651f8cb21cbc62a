"""One station's conversation with the hub: events and time in, actions out; no I/O of its own. Pure.

Used as it is by the agent (over the spool) and by every station of the fleet (over an outbox in memory).
"""

from collections import deque
from collections.abc import Callable, Mapping
from enum import Enum
from random import Random
from typing import Final

from station.agent.births import Births
from station.agent.drain import Drain, Outbox
from station.agent.hub_time import HubTime
from station.agent.messages import (
    Action,
    Connected,
    Denied,
    DevicesChanged,
    Disconnected,
    Downward,
    Event,
    HubNote,
    Learn,
    NoteUrgent,
    OutboxChanged,
    Publish,
    Published,
    Received,
    RunCommand,
    Subscribe,
    Subscribed,
    TakeLibrary,
    TakeProbe,
    Trim,
)
from station.agent.questions import Questions
from station.clock import Stamp
from wire.codec import encode
from wire.life import Beat, Birth, Death, DeviceState, HubState
from wire.orders import Answer, Ask, Command, Library, Receipt, Reply
from wire.probe import ProbeSession
from wire.topics import Upward

SUCCESS, NO_SUBSCRIBER, NOT_AUTHORISED = 0x00, 0x10, 0x87
"""MQTT 5 reason codes of a PUBACK."""

BEAT_GAP_MS: Final = 1_000
"""A change of a device brings the next beat forward, but no closer than this to the last."""
MAX_ANSWERS_HELD: Final = 50


class _Link(Enum):
    DOWN = 0
    SUBSCRIBING = 1
    UP = 2


class Session:
    """Births, drain with receipts, beats, commands. `birth` says what the station is; its epoch is the outbox's."""

    def __init__(
        self,
        birth: Birth,
        outbox: Outbox,
        devices: Callable[[], list[DeviceState]],
        *,
        rebirth_spread_s: float,
        random: Random,
    ) -> None:
        """Begin unconnected."""
        self._boot = birth.boot
        self._births = Births(birth, rebirth_spread_s, random)
        self._outbox = outbox
        self._devices = devices
        self._beat_every_ms = int(birth.beat_every_s * 1000)
        self._drain = Drain(outbox)
        self._questions = Questions()
        self._link = _Link.DOWN
        self._born = False
        self._welcomed = False
        self._hub: HubState | None = None
        self._beat_due_ms = 0
        self._last_beat_ms = -BEAT_GAP_MS
        self._beats = 0
        self._answers: dict[int, bytes] = {}
        self._answer_key = 0
        self._denied: set[Upward] = set()
        self._hub_time = HubTime()
        self._untimed: deque[Command] = deque(maxlen=MAX_ANSWERS_HELD)

    @property
    def welcomed(self) -> bool:
        """Whether the hub answers."""
        return self._welcomed

    def handle(self, event: Event, at: Stamp) -> list[Action]:
        """Take what happened; new records are only sent by `tick`, after these actions are done."""
        match event:
            case Connected(address):
                self._link = _Link.SUBSCRIBING
                self._births.connected(address)
                return [Subscribe()]
            case Subscribed():
                self._link = _Link.UP
                held = [Publish("answer", payload, 1, False, key) for key, payload in self._answers.items()]
                return [*self._bear(at), *held]
            case Disconnected():
                self._link = _Link.DOWN
                self._born = False
                self._births.settle()
                return self._unwelcome()
            case Published():
                return self._acknowledged(event, at)
            case Received():
                return self._receive(event.message, event.retained, at)
            case OutboxChanged():
                self._drain.look_again()
            case DevicesChanged():
                self._beat_due_ms = min(self._beat_due_ms, self._last_beat_ms + BEAT_GAP_MS)
        return []

    def tick(self, at: Stamp) -> list[Action]:
        """Do what time or the outbox asks for."""
        if self._link is not _Link.UP:
            return []
        actions = self._questions.late(at)
        stalled_at_ms = self._drain.stalled_at_ms()
        if stalled_at_ms is not None and at.mono_ms >= stalled_at_ms:
            actions += self._unwelcome()
            self._drain.rewind()
            actions += self._bear(at)
        elif self._births.is_due(at):
            actions += self._bear(at)
        if at.mono_ms >= self._beat_due_ms:
            actions.append(self._beat(at))
        if self._hub_may_be_there():
            actions += [Publish("urgent", one.payload, 1, False, one.seq) for one in self._drain.emergencies(at)]
        if self._welcomed:
            actions += [Publish("records", one.payload, 1, False, one.seq) for one in self._drain.batches(at)]
        return actions

    def due_ms(self) -> int | None:
        """Return when `tick` has something to do even if nothing happens; None while there is no connection."""
        if self._link is not _Link.UP:
            return None
        timers = (self._beat_due_ms, self._births.due_ms, self._drain.stalled_at_ms(), self._questions.due_ms())
        return min(timer for timer in timers if timer is not None)

    def answer(self, answer: Answer) -> list[Action]:
        """Send what became of a command; it is kept until the broker has it."""
        self._answer_key += 1
        payload = encode(answer)
        self._answers[self._answer_key] = payload
        if len(self._answers) > MAX_ANSWERS_HELD:
            del self._answers[next(iter(self._answers))]
        if self._link is not _Link.UP:
            return []
        return [Publish("answer", payload, 1, False, self._answer_key)]

    def ask(self, ask: Ask, deadline_mono_ms: int, at: Stamp) -> list[Action]:
        """Ask the hub, if it answers; after the deadline, on the running count, nobody waits for the reply."""
        return self._questions.ask(ask, deadline_mono_ms, at, self._hub_time.now_ms(at) if self._welcomed else None)

    def hold(self, versions: Mapping[str, int], at: Stamp) -> None:
        """Have the hub told which documents the station holds."""
        self._births.hold(versions, at)

    def replace_outbox(self, outbox: Outbox, at: Stamp) -> list[Action]:
        """Go on with a new epoch: the old outbox could not be used any more."""
        self._outbox = outbox
        self._drain = Drain(outbox)
        return [*self._unwelcome(), *(self._bear(at) if self._link is _Link.UP else [])]

    def farewell(self) -> list[Action]:
        """Say that this stop is meant; nothing is sent after it."""
        if self._link is not _Link.UP:
            return []
        self._link = _Link.DOWN
        payload = encode(Death(self._boot, orderly=True))
        return [*self._unwelcome(), Publish("life", payload, 1, True, self._boot)]

    def _bear(self, at: Stamp) -> list[Action]:
        """Say what this station is, and ask again for the hub's welcome should it not come."""
        self._born = True
        self._beat_due_ms = at.mono_ms
        return [self._births.bear(self._outbox.epoch, at, welcomed=self._welcomed)]

    def _beat(self, at: Stamp) -> Action:
        self._beats += 1
        self._last_beat_ms = at.mono_ms
        self._beat_due_ms = at.mono_ms + self._beat_every_ms
        beat = Beat(
            boot=self._boot,
            seq=self._beats,
            outbox=self._outbox.depth(),
            at_ms=at.at_ms,
            skew_ms=self._hub_time.skew_ms(at),
            devices=self._devices(),
        )
        return Publish("beat", encode(beat), 0, False, self._beats)

    def _hub_may_be_there(self) -> bool:
        return self._welcomed or (self._born and (self._hub is None or self._hub.online))

    def _unwelcome(self) -> list[Action]:
        self._drain.rewind()
        if not self._welcomed:
            return []
        self._welcomed = False
        return [HubNote(False), *self._questions.all_lost()]

    def _acknowledged(self, event: Published, at: Stamp) -> list[Action]:
        if event.family == "answer":
            self._answers.pop(event.key, None)
        if event.code == NOT_AUTHORISED:
            actions: list[Action] = [] if event.family in self._denied else [Denied(event.family)]
            self._denied.add(event.family)
        elif event.code == NO_SUBSCRIBER and event.family in {"records", "urgent", "ask"}:
            actions = []
        else:
            if event.code == SUCCESS:
                self._denied.discard(event.family)
            return []
        if event.family == "records":
            actions += self._unwelcome()
            self._births.hub_is_away(at)
        elif event.family == "urgent":
            self._drain.urgent_lost(event.key)
        elif event.family == "ask":
            actions += self._questions.lost(event.key)
        return actions

    def _receive(self, message: Downward, retained: bool, at: Stamp) -> list[Action]:  # noqa: PLR0911 one per kind
        match message:
            case HubState():
                return self._hub_state(message, retained, at)
            case Receipt():
                return self._receipt(message, at)
            case Command():
                return self._command(message, at)
            case Library():
                return [TakeLibrary(message)]
            case Reply():
                return self._questions.reply(message)
            case ProbeSession():
                return [TakeProbe(message)]
        return []

    def _hub_state(self, state: HubState, retained: bool, at: Stamp) -> list[Action]:
        """Bear again at a random moment when the hub comes (back).

        A retained state was there before this connection subscribed, and the birth came after: it was heard.
        """
        before, self._hub = self._hub, state
        if not state.online:
            self._births.hub_is_away(at)
            return self._unwelcome()
        if self._link is _Link.UP and not retained:
            self._births.hub_is_back(at)
            # Another hub than the one that welcomed us: what is in flight may have died with that.
            return self._unwelcome() if before is None or before.since_ms != state.since_ms else []
        return []

    def _receipt(self, receipt: Receipt, at: Stamp) -> list[Action]:
        if receipt.epoch != self._outbox.epoch:
            return []
        actions: list[Action] = []
        if self._born:
            offset_ms = self._hub_time.learn(receipt.at_ms, at)
            actions += [] if offset_ms is None else [Learn(offset_ms)]
            while self._untimed:
                actions += self._command(self._untimed.popleft(), at)
        received = self._drain.take_receipt(receipt.seq, receipt.urgent, at)
        actions += [NoteUrgent(received.ahead)] if received.ahead else []
        actions += [Trim(receipt.seq)] if received.trim else []
        if self._born and not self._welcomed:
            self._welcomed = True
            self._births.settle()
            self._drain.look_again()
            actions.append(HubNote(True))
        return actions

    def _command(self, command: Command, at: Stamp) -> list[Action]:
        """Judge expiry on the hub's clock as far as it is known here; before any time is known, wait for it."""
        now_ms = self._hub_time.now_ms(at)
        if now_ms is None:
            self._untimed.append(command)
            return []
        if now_ms >= command.expires_ms:
            return self.answer(Answer(command.id, "expired"))
        return [RunCommand(command)]
