"""Keeps the process of each camera and holds it to its limits; the agent only ever asks for the status."""

import logging
import os
import select
import threading
import time
from pathlib import Path
from random import SystemRandom
from typing import Final

from msgspec.structs import replace

from station.clock import Clock
from station.devices.camera.codes import CRASHED, MEANINGS
from station.devices.camera.machine import Action, CameraMachine, Ended, Event, Heard, Limits, Tick
from station.devices.camera.passwords import address_to_open
from station.devices.camera.port import CameraStatus
from station.devices.camera.process import WorkerProcess
from station.devices.camera.reports import (
    CardFound,
    Failure,
    FaultNow,
    FindCard,
    Order,
    Picture,
    Relearn,
    TakeStill,
    Word,
)
from station.devices.camera.sources import substream_of
from station.errors import DeviceError
from station.settings import CameraSettings
from wire.life import CAMERA, DeviceState

CLOSE_WITHIN_S: Final = 2.0
AFTER_AN_ERROR_S: Final = 1.0
DEFAULT_LIMITS: Final = Limits()

logger = logging.getLogger(__name__)


class ProcessCamera:
    """One camera, watched by a process of its own, which is kept by a thread of ours."""

    def __init__(
        self,
        settings: CameraSettings,
        limits: Limits = DEFAULT_LIMITS,
        clock: Clock | None = None,
        background_file: Path | None = None,
    ) -> None:
        """Take the camera; nothing runs before `start`. Its background is kept in the file over restarts."""
        self.name = settings.name
        self._settings = settings
        self._limits = limits
        self._clock = clock or Clock()
        self._order = Order(
            source=settings.source,
            width_px=settings.width_px,
            height_px=settings.height_px,
            frames_per_s=settings.frames_per_s,
            open_within_s=limits.open_within_s,
            no_frame_after_s=limits.no_frame_after_s,
            report_every_s=limits.report_every_s,
            background_file=None if background_file is None else str(background_file.absolute()),
        )
        self._substream = substream_of(settings.source, settings.substream)
        self._machine = CameraMachine(
            settings.name, limits, SystemRandom().random, has_substream=self._substream is not None
        )
        self._guard = threading.Lock()  # held for pure steps only, never while anything may block
        self._still_turn = threading.Lock()
        self._came = threading.Condition(self._guard)
        self._still: Picture | None = None
        self._thumbnail: Picture | None = None
        self._card_for: bytes | None = None
        self._card_box: bytes | None = None
        self._closing = threading.Event()
        self._wake_read, self._wake_write = os.pipe()
        self._worker: WorkerProcess | None = None
        self._told: tuple[str, str | None] = ("unknown", None)
        self._since_mono_ms = self._clock.now().mono_ms
        self._since_ms: int | None = None
        self._thread = threading.Thread(target=self._run, name=f"camera {settings.name}", daemon=True)

    def start(self) -> None:
        """Begin watching; returns at once."""
        self._thread.start()

    def status(self) -> CameraStatus:
        """Return how the stream is now; never blocks."""
        with self._guard:
            return self._machine.status(time.monotonic())

    def device_state(self) -> DeviceState:
        """Return the same as the beat carries it."""
        status = self.status()
        with self._guard:
            measures = self._machine.measures(time.monotonic())
        return DeviceState(f"{CAMERA}{self.name}", status.state, self._since(status), status.code, measures)

    def faults(self) -> list[FaultNow]:
        """Return what is wrong with the picture, the cause first; never blocks."""
        with self._guard:
            return self._machine.faults(time.monotonic())

    def thumbnail(self) -> Picture | None:
        """Return the newest picture of a fault's beginning, once."""
        with self._guard:
            newest, self._thumbnail = self._thumbnail, None
            return newest

    def relearn(self) -> bool:
        """Take what is seen from now on as right; False when no process is there to be told."""
        worker = self._worker
        return worker is not None and worker.ask(Relearn())

    def still(self, max_width_px: int, max_bytes: int, within_s: float) -> Picture | None:
        """Return what is seen now; blocks up to `within_s`, None when no picture can be had."""
        deadline_s = time.monotonic() + within_s
        if not self._still_turn.acquire(timeout=within_s):
            return None
        try:
            asked_s = time.monotonic()
            worker = self._worker
            if worker is None or not worker.ask(TakeStill(max_width_px, max_bytes)):
                return None
            with self._came:
                self._came.wait_for(lambda: self._still_since(asked_s), deadline_s - time.monotonic())
                taken, self._still = self._still if self._still_since(asked_s) else None, None
                return taken
        finally:
            self._still_turn.release()

    def _still_since(self, asked_s: float) -> bool:
        return self._still is not None and self._still.at_mono_s >= asked_s

    def find_card(self, reply_to: bytes, within_s: float) -> bytes | None:
        """Return the number of a 便民服务卡, sealed to `reply_to`; None when none is seen, or another is asked for."""
        with self._guard:
            worker, self._card_for, self._card_box = self._worker, reply_to, None
            self._came.notify_all()  # whoever waited for another card waits no more
        if worker is None or not worker.ask(FindCard(reply_to, within_s)):
            return None
        with self._came:
            self._came.wait_for(
                lambda: self._card_for != reply_to or self._card_box is not None or self._worker is not worker,
                within_s,
            )
            if self._card_for != reply_to:
                return None
            box, self._card_for, self._card_box = self._card_box, None, None
            return box

    def close(self) -> None:
        """Stop within 2 s, killing the process if it must."""
        if self._closing.is_set():
            return
        self._closing.set()
        os.write(self._wake_write, b"!")
        if self._thread.ident is not None:
            self._thread.join(CLOSE_WITHIN_S)
        if not self._thread.is_alive():
            os.close(self._wake_read)
            os.close(self._wake_write)

    def _since(self, status: CameraStatus) -> int | None:
        """Return since when it is in this state; None while the time is not trusted."""
        with self._guard:
            now = self._clock.now()
            if (status.state, status.code) != self._told:
                self._told = (status.state, status.code)
                self._since_mono_ms, self._since_ms = now.mono_ms, None
            if self._since_ms is None and now.at_ms is not None:
                self._since_ms = now.at_ms - (now.mono_ms - self._since_mono_ms)
            return self._since_ms

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                self._look()
            except Exception:
                logger.exception("camera %s: a look at it failed 摄像机监视异常", self.name)
                self._drop_worker()
                self._take(Ended())
                self._closing.wait(AFTER_AN_ERROR_S)
        if self._worker is not None and not self._worker.close(farewell=True):
            logger.error("camera %s: its process cannot be ended 解码进程无法结束", self.name)

    def _look(self) -> None:
        self._take(Tick(self._worker.memory_bytes() if self._worker else 0))
        worker = self._worker
        waited_for: list[int | WorkerProcess] = [self._wake_read]
        ready, _, _ = select.select([*waited_for, *([worker] if worker else [])], [], [], self._limits.look_every_s)
        if worker is not None and worker in ready:
            for event in worker.events():
                if isinstance(event, Ended):
                    self._drop_worker()
                self._take(event)

    def _take(self, event: Event) -> None:
        with self._guard:
            before = self._machine.status(time.monotonic())
            action = self._machine.step(event, time.monotonic())
            status = self._machine.status(time.monotonic())
            if isinstance(event, Heard):
                self._keep(event.word)
        self._since(status)
        if (status.state, status.code) != (before.state, before.code):
            self._log(status)
        if action is Action.KILL and self._worker is not None:
            self._worker.kill()
        elif action is Action.START:
            self._start_worker()

    def _keep(self, word: Word) -> None:
        match word:
            case Picture(fault=None):
                self._still = word
            case Picture():
                self._thumbnail = word
            case CardFound() if word.reply_to == self._card_for:
                self._card_box = word.box
        self._came.notify_all()

    def _start_worker(self) -> None:
        try:
            small = self._substream if self._machine.on_substream else None
            address = address_to_open(self._settings, small or self._settings.source)
            self._worker = WorkerProcess(replace(self._order, source=address))
        except DeviceError as error:
            self._take(Heard(Failure(error.code)))
            self._take(Ended())
        except OSError:
            logger.exception("camera %s: no process to be had 无法启动解码进程", self.name)
            self._take(Heard(Failure(CRASHED)))
            self._take(Ended())

    def _drop_worker(self) -> None:
        if self._worker is not None:
            self._worker.close()
            with self._came:
                self._worker = None
                self._came.notify_all()

    def _log(self, status: CameraStatus) -> None:
        if status.code is None:
            logger.info("camera %s: %s, %d x %d", self.name, status.state, status.width_px, status.height_px)
        else:
            logger.warning("camera %s: %s %s %s", self.name, status.state, status.code, MEANINGS[status.code])
