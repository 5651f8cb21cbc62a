"""The agent's wiring and main loop."""

import importlib.metadata
import logging
import signal
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from random import SystemRandom

from station.agent.boot import next_boot
from station.agent.commands import execute
from station.agent.guard import GuardedSpool
from station.agent.link import Link
from station.agent.messages import (
    Action,
    Denied,
    DevicesChanged,
    HubNote,
    Learn,
    OutboxChanged,
    Publish,
    RunCommand,
    Subscribe,
    TakeLibrary,
    Trim,
)
from station.agent.notify import Notifier
from station.agent.session import Session
from station.agent.watch import DeviceWatch
from station.clock import Clock
from station.devices.camera.port import Camera
from station.devices.camera.supervisor import ProcessCamera, kind_of
from station.errors import StoreError
from station.settings import Settings
from wire.life import Birth, CameraInfo
from wire.orders import Library
from wire.records import DeviceEvent

LOOK_EVERY_S = 0.05
DEVICES_EVERY_MS = 1_000
ALIVE_EVERY_MS = 2_000
FAREWELL_S = 1.0

logger = logging.getLogger(__name__)


class Agent:
    """Carries out what the session decides; runs until asked to stop."""

    def __init__(self, settings: Settings, stack: ExitStack) -> None:
        """Open everything this agent owns; the stack closes it in reverse.

        Raises StationError when certificates or the state folder cannot be used.
        """
        folder = Path(settings.state_dir)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                "E-AGENT-01", f"{folder}: cannot be made 无法建立数据目录，请检查磁盘: {error.strerror}"
            ) from None
        boot = next_boot(folder / "boot")
        self._clock = Clock()
        self._random = SystemRandom()
        self._link = Link(settings.station, boot, settings.broker, self._random)
        self._spool = GuardedSpool(folder / "spool.sqlite3", settings.spool_limit_bytes)
        stack.callback(self._spool.close)
        cameras = _start_cameras(settings, stack)
        self._watch = DeviceWatch(cameras, self._spool, folder)
        birth = Birth(
            boot=boot,
            epoch=self._spool.epoch,
            software=f"cuncuntong {importlib.metadata.version('cuncuntong')}",
            keepalive_s=settings.broker.keepalive_s,
            beat_every_s=settings.broker.beat_every_s,
            cameras=[CameraInfo(camera.name, kind_of(camera.source)) for camera in settings.cameras],
            reader=None if settings.reader is None else "serial",
        )
        self._session = Session(
            birth,
            self._spool,
            self._watch.states,
            rebirth_spread_s=settings.broker.rebirth_spread_s,
            random=self._random,
        )
        self._notifier = Notifier.from_environment()
        stack.callback(self._notifier.close)
        self._dated = False
        self._devices_due_ms = self._alive_due_ms = 0
        self._stop = False

    def stop(self) -> None:
        """End the main loop soon; may be called from a signal handler."""
        self._stop = True

    def run(self) -> None:
        """Work until stopped; whatever goes wrong in one round, the next one begins."""
        self._spool.put_note("hub", "offline")
        self._link.start()
        self._notifier.ready()
        while not self._stop:
            try:
                self._round()
            except Exception:
                # No word to the watchdog for such a round: if every round fails, systemd starts us afresh.
                logger.exception("a round of the agent failed 后台服务出现异常")
                time.sleep(1.0)
        self._say_farewell()

    def _round(self) -> None:
        for event in self._link.events(LOOK_EVERY_S):
            self._do(self._session.handle(event, self._clock.now()))
        if self._spool.changed():
            self._session.handle(OutboxChanged(), self._clock.now())
        now = self._clock.now()
        if now.mono_ms >= self._devices_due_ms:
            self._devices_due_ms = now.mono_ms + DEVICES_EVERY_MS
            if self._spool.reopen_if_needed():
                self._do(self._session.replace_outbox(self._spool, now))
            if self._watch.look(now):
                self._session.handle(DevicesChanged(), now)
                self._session.handle(OutboxChanged(), now)
            if not self._dated and now.at_ms is not None:
                self._date(now.at_ms - now.mono_ms)
        self._do(self._session.tick(self._clock.now()))
        if now.mono_ms >= self._alive_due_ms:
            self._alive_due_ms = now.mono_ms + ALIVE_EVERY_MS
            self._notifier.alive()

    def _do(self, actions: list[Action]) -> None:
        for action in actions:
            match action:
                case Publish():
                    self._link.publish(action)
                case Subscribe():
                    self._link.subscribe()
                case Trim():
                    self._spool.trim(action.seq)
                case Learn():
                    self._clock.learn(action.mono_to_utc_ms)
                    self._date(action.mono_to_utc_ms)
                case HubNote():
                    self._spool.put_note("hub", "online" if action.online else "offline")
                    logger.info("the hub answers 县级中心在线" if action.online else "the hub is away 县级中心离线")
                case RunCommand():
                    executed = execute(action.command, self._spool.spool)
                    logger.info("command %s %s: %s", action.command.name, action.command.id, executed.answer.outcome)
                    self._do(self._session.answer(executed.answer))
                    self._stop = self._stop or executed.stop
                case TakeLibrary():
                    self._take_library(action.library)
                case Denied():
                    logger.error(
                        "E-LINK-20 the broker does not let this station write up/%s 消息服务器拒绝本站写入，"
                        "请检查证书与访问列表",
                        action.family,
                    )
                    self._spool.append(DeviceEvent("link", "E-LINK-20", note=f"up/{action.family}"), self._clock.now())

    def _date(self, mono_to_utc_ms: int) -> None:
        """Date what was recorded before the time was known, and tell the kiosk the time."""
        self._dated = True
        stamp = self._clock.now()
        self._spool.date_records(stamp.kernel_boot, mono_to_utc_ms)
        self._spool.put_note("clock", f"{stamp.kernel_boot} {mono_to_utc_ms}")

    def _take_library(self, library: Library) -> None:
        logger.info("library version %d 资料库", library.version)

    def _say_farewell(self) -> None:
        self._notifier.stopping()
        self._spool.put_note("hub", "offline")
        self._do(self._session.farewell())
        deadline = time.monotonic() + FAREWELL_S
        waiting = True
        while waiting and time.monotonic() < deadline:
            for event in self._link.events(LOOK_EVERY_S):
                self._session.handle(event, self._clock.now())
            waiting = self._link.unacknowledged > 0
        self._link.close(FAREWELL_S)


def _start_cameras(settings: Settings, stack: ExitStack) -> list[Camera]:
    cameras: list[Camera] = [ProcessCamera(camera) for camera in settings.cameras]
    stack.callback(_close_cameras, cameras)
    for camera in cameras:
        camera.start()
    return cameras


def _close_cameras(cameras: list[Camera]) -> None:
    # Each may take 2 s; together they must not take longer.
    closers = [threading.Thread(target=camera.close) for camera in cameras]
    for closer in closers:
        closer.start()
    for closer in closers:
        closer.join()


def run_agent(settings: Settings) -> None:
    """Run the agent of one station until SIGTERM or SIGINT.

    Raises StationError when it cannot start: certificates, state folder.
    """
    with ExitStack() as stack:
        agent = Agent(settings, stack)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: agent.stop())
        agent.run()
