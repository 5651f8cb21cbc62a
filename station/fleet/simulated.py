"""One simulated station: the agent's own Session over an outbox in memory, with villagers and faults."""

import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import NamedTuple

from station.agent.camera_orders import Refused
from station.agent.line_orders import LINE_COMMANDS, line_order
from station.agent.messages import (
    Action,
    DevicesChanged,
    Learn,
    OutboxChanged,
    Publish,
    RunCommand,
    Subscribe,
    TakeLibrary,
    TakeProbe,
    Trim,
)
from station.agent.own_address import reflector_at
from station.agent.session import Session
from station.agent.tls import tls_context
from station.clock import Clock
from station.fleet.devices import Devices
from station.fleet.faults import Fault
from station.fleet.lines import LineFault, VillageLine
from station.fleet.outbox import MemoryOutbox
from station.fleet.probing import Sockets, StationProbing
from station.fleet.switchboard import Line, Switchboard
from station.fleet.villagers import Villagers
from station.sealing import Seal
from station.settings import Settings
from wire.life import Birth, CameraInfo
from wire.orders import Answer, Command, Library
from wire.records import Body

FLAP_UP_S = (2.0, 4.0)
FLAP_DOWN_S = (2.5, 4.0)
"""Longer than `WILL_DELAY_S`: a shorter cut is one that nobody is told of."""
POWER_BACK_WITHIN_S = 3.0
"""After a power cut machines do not start in the same instant."""

Ledger = Callable[[str, str, int, str], None]


class Pace(NamedTuple):
    """What the command line asks of every station."""

    visits_per_hour: float
    seed: int


class SimulatedStation:
    """Its outbox outlives a power cut, as the spool on a disk does."""

    def __init__(
        self,
        settings: Settings,
        board: Switchboard,
        sockets: Sockets | None,
        clock: Clock,
        pace: Pace,
        faults: list[Fault],
        ledger: Ledger,
        now_s: float,
    ) -> None:
        """Read the station's certificate.

        Raises StationError when certificate or sealing key cannot be used.
        """
        self.station = settings.station
        self.outbox = MemoryOutbox()
        self.made = 0
        self._settings = settings
        self._board = board
        self._sockets = sockets if settings.probe.enabled else None
        self._clock = clock
        self._ledger = ledger
        self._context = tls_context(settings.broker, settings.station)
        self._random = Random(f"{pace.seed} {settings.station}")
        self._villagers = Villagers(
            self.outbox.epoch, Seal.from_file(Path(settings.seal_key_file)), pace.visits_per_hour, self._random
        )
        self._devices = Devices(self._random)
        self._village_line = VillageLine(f"{pace.seed} {settings.station}")
        self._probing = StationProbing(self._sockets, self._village_line, settings.broker.host)
        begun = [_begun(fault, now_s) for fault in faults]
        self._faults = [fault for fault in begun if fault.kind not in {"picture", "line"}]
        self._passing = [fault for fault in begun if fault.kind in {"picture", "line"}]
        self._commands: set[str] = set()
        self._held: dict[str, int] = {}
        self._fault: Fault | None = None
        self._flap_at_s = 0.0
        self._start_at_s = 0.0
        self._fresh = False
        self._boot = int(time.time())
        self._start()

    @property
    def welcomed(self) -> bool:
        """Whether the hub answers this station."""
        return self._fault is None and self._session.welcomed

    def wants_to_connect(self, now_s: float) -> bool:
        """Say whether `connect` should be called now."""
        has_power = self._fault is None or self._fault.kind == "flap"
        return has_power and now_s >= self._start_at_s and self._line.connect_is_due(now_s)

    def connect(self) -> None:
        """Try once to connect."""
        self._line.connect()

    def work(self, now_s: float) -> None:
        """Do all that is due: faults, what the hub said, villagers, time."""
        self._suffer(now_s)
        if self._fault is not None and self._fault.kind != "flap":
            return
        if self._line.events:
            events, self._line.events = self._line.events, []
            for event in events:
                self._do(self._session.handle(event, self._clock.now()))
        now = self._clock.now()
        self._show(now_s)
        self._probe()
        self._live()
        due_ms = self._session.due_ms()
        if self._fresh or (due_ms is not None and now.mono_ms >= due_ms):
            self._fresh = False
            self._do(self._session.tick(now))
        self._line.keep(now_s)
        if self._line.events:
            self._fresh = True

    def farewell(self) -> None:
        """Say that this stop is meant, unless there is no power to do so."""
        if self._fault is None:
            self._do(self._session.farewell())

    @property
    def heard(self) -> bool:
        """Whether the broker has acknowledged everything it could."""
        return self._fault is not None or self._line.unacknowledged == 0

    def leave(self) -> None:
        """End the connection."""
        if self._fault is None:
            self._line.disconnect()
        else:
            self._line.cut()

    @property
    def gone(self) -> bool:
        """Whether no connection is left."""
        return self._line.closed

    def _start(self) -> None:
        birth = Birth(
            boot=self._boot,
            epoch=self.outbox.epoch,
            software="cuncuntong fleet",
            keepalive_s=self._settings.broker.keepalive_s,
            beat_every_s=self._settings.broker.beat_every_s,
            cameras=[CameraInfo("main", "simulated")],
            reader="simulated",
            library=self._held,
            reflector=None if self._sockets is None else reflector_at("", self._sockets.reflect_port),
        )
        self._probing.start_anew()
        self._line = Line(self._board, self.station, self._boot, self._settings.broker, self._context, self._random)
        self._session = Session(
            birth,
            self.outbox,
            self._devices.states,
            rebirth_spread_s=self._settings.broker.rebirth_spread_s,
            random=self._random,
        )

    def _suffer(self, now_s: float) -> None:
        self._suffer_power(now_s)
        has_power = self._fault is None or self._fault.kind == "flap"
        self._village_line.has_power = has_power and now_s >= self._start_at_s

    def _suffer_power(self, now_s: float) -> None:
        fault = self._fault
        if fault is not None and fault.until_s is not None and now_s >= fault.until_s:
            self._fault = None
            if fault.kind != "flap":
                self._line.cut()
                self._boot += 1
                self._start_at_s = now_s + self._random.uniform(0, POWER_BACK_WITHIN_S)
                self._start()
        elif fault is not None and fault.kind == "flap" and now_s >= self._flap_at_s:
            self._line.cut()
            self._start_at_s = now_s + self._random.uniform(*FLAP_DOWN_S)
            self._flap_at_s = self._start_at_s + self._random.uniform(*FLAP_UP_S)
        if self._faults and now_s >= self._faults[0].at_s:
            self._fault = self._faults.pop(0)
            self._flap_at_s = now_s
            if self._fault.kind == "dead":
                self._line.cut()
            elif self._fault.kind != "flap":
                self._line.mute()

    def _show(self, now_s: float) -> None:
        """Begin and end the scripted faults of picture and line."""
        for fault in [fault for fault in self._passing if now_s >= fault.at_s]:
            self._passing.remove(fault)
            if fault.kind == "picture":
                self._devices.suffer(fault.picture)
            else:
                self._village_line.fault = fault.line or LineFault()
            if fault.until_s is not None:
                self._passing.append(fault._replace(at_s=fault.until_s, until_s=None, picture=None, line=None))

    def _probe(self) -> None:
        told = self._probing.work()
        if told is not None:
            for summary in told.summaries:
                self._record(lambda _seq, summary=summary: summary)  # type: ignore[misc]
            for answer in told.answers:
                self._do(self._session.answer(answer))

    def _live(self) -> None:
        now = self._clock.now()
        for body in self._devices.changes(now):
            self._record(lambda _seq, body=body: body)  # type: ignore[misc]
            self._session.handle(DevicesChanged(), now)
        while (make := self._villagers.come(now.mono_ms)) is not None:
            seq = self._record(make)
            rating = self._villagers.rate(seq)
            if rating is not None:
                self._record(rating)

    def _record(self, make: Callable[[int], Body]) -> int:
        kinds: list[str] = []

        def make_and_note(seq: int) -> Body:
            body = make(seq)
            kinds.append(str(body.__struct_config__.tag))
            return body

        seq = self.outbox.append(make_and_note, self._clock.now())
        self._ledger(self.station, self.outbox.epoch, seq, kinds[0])
        self.made += 1
        self._session.handle(OutboxChanged(), self._clock.now())
        self._fresh = True
        return seq

    def _do(self, actions: list[Action]) -> None:
        self._fresh = self._fresh or bool(actions)
        for action in actions:
            match action:
                case Publish():
                    self._line.publish(action)
                case Subscribe():
                    self._line.subscribe()
                case Trim():
                    self.outbox.trim(action.seq)
                case Learn():
                    self._clock.learn(action.mono_to_utc_ms)
                case RunCommand():
                    answer = self._answer(action.command)
                    self._do([] if answer is None else self._session.answer(answer))
                case TakeLibrary():
                    self._hold(action.library)
                case TakeProbe():
                    self._probing.take_session(action.session)

    def _hold(self, library: Library) -> None:
        """Keep what a station would say it has; the texts are of no use here."""
        for document in library.documents:
            if document.version > self._held.get(document.name, 0):
                self._held = {**self._held, document.name: document.version}
        self._session.hold(self._held, self._clock.now())

    def _answer(self, command: Command) -> Answer | None:
        """Do what was ordered; None when the answer comes later."""
        if command.id in self._commands:
            return Answer(command.id, "repeated")
        self._commands.add(command.id)
        if command.name in LINE_COMMANDS:
            order = line_order(command)
            if isinstance(order, Refused):
                return Answer(command.id, "failed", note=order.code)
            return self._probing.order(command.id, order)
        return Answer(command.id, "done" if command.name == "ping" else "unknown_command")


def _begun(fault: Fault, now_s: float) -> Fault:
    """Return the fault with its times on the running clock."""
    until_s = None if fault.until_s is None else now_s + fault.until_s
    return fault._replace(at_s=now_s + fault.at_s, until_s=until_s)
