"""Carries out the county's orders to cameras, and keeps a sealed picture of each fault should it be asked for."""

import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

from station.agent.camera_orders import (
    BUSY,
    NO_PICTURE,
    NONE_KEPT,
    Refused,
    RelearnView,
    SendStill,
    SendThumbnail,
    wanted,
)
from station.agent.thumbnails import Thumbnail, Thumbnails
from station.clock import Clock, Stamp
from station.devices.camera.port import Camera
from station.devices.camera.reports import Picture
from station.errors import StoreError
from station.sealing import PICTURE_MAX_BYTES, Seal
from wire.orders import Answer, Command, SealedPicture

STILL_WITHIN_S: Final = 8.0
REVIEW_EVERY_MS: Final = 600_000
NO_SEAL: Final = "E-SEAL-01"


class CameraDesk:
    """Used by the agent's loop; a still is taken by a thread of its own, one at a time."""

    def __init__(
        self,
        cameras: Sequence[Camera],
        seal: Seal | None,
        thumbnails: Thumbnails,
        clock: Clock,
        mono_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take cameras already started; without a seal there are no pictures. `mono_s` is what dates theirs."""
        self._cameras = {camera.name: camera for camera in cameras}
        self._seal = seal
        self._thumbnails = thumbnails
        self._clock = clock
        self._mono_s = mono_s
        self._stills: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        self._busy = False
        self._review_due_ms: int | None = None

    def carry_out(self, command: Command) -> Answer | None:
        """Do what a command of CAMERA_COMMANDS asks; None when its answer will be among `answers` later."""
        match wanted(command, self._cameras):
            case Refused(code):
                return _failed(command, code)
            case RelearnView(camera):
                done = self._cameras[camera].relearn()
                return Answer(command.id, "done") if done else _failed(command, NO_PICTURE)
            case SendThumbnail(camera):
                picture = self._thumbnails.get(camera, self._clock.now())
                return _failed(command, NONE_KEPT) if picture is None else Answer(command.id, "done", picture=picture)
            case SendStill() as still:
                return self._begin(command, still)

    def answers(self) -> list[Answer]:
        """Return the answers that came since."""
        came = []
        while not self._stills.empty():
            came.append(self._stills.get())
            self._busy = False
        return came

    def look(self, now: Stamp) -> None:
        """Keep what the cameras have of new faults; sealed in memory, before it touches the disk."""
        for camera in self._cameras.values():
            picture = camera.thumbnail()
            if picture is None or self._seal is None:
                continue
            try:
                sealed = self._sealed(self._seal, camera.name, picture, now)
            except StoreError:
                continue
            self._thumbnails.keep(Thumbnail(sealed, now.mono_ms - self._ago_ms(picture), now.kernel_boot))
        if self._review_due_ms is None or now.mono_ms >= self._review_due_ms:
            self._review_due_ms = now.mono_ms + REVIEW_EVERY_MS
            self._thumbnails.review(now)

    def _begin(self, command: Command, still: SendStill) -> Answer | None:
        if self._seal is None:
            return _failed(command, NO_SEAL)
        if self._busy:
            return _failed(command, BUSY)
        self._busy = True
        threading.Thread(target=self._take, args=(command, still, self._seal), name="still", daemon=True).start()
        return None

    def _take(self, command: Command, still: SendStill, seal: Seal) -> None:
        answer = _failed(command, NO_PICTURE)
        try:
            picture = self._cameras[still.camera].still(still.max_width_px, PICTURE_MAX_BYTES, STILL_WITHIN_S)
            if picture is not None:
                sealed = self._sealed(seal, still.camera, picture, self._clock.now())
                answer = Answer(command.id, "done", picture=sealed)
        except StoreError as error:
            answer = _failed(command, error.code)
        finally:
            self._stills.put(answer)

    def _sealed(self, seal: Seal, camera: str, picture: Picture, now: Stamp) -> SealedPicture:
        return SealedPicture(
            key=seal.key,
            box=seal.picture(picture.jpeg),
            camera=camera,
            width_px=max(0, picture.width_px),
            height_px=max(0, picture.height_px),
            taken_ms=None if now.at_ms is None else max(0, now.at_ms - self._ago_ms(picture)),
            fault=picture.fault,
        )

    def _ago_ms(self, picture: Picture) -> int:
        return int(min(max(0.0, (self._mono_s() - picture.at_mono_s) * 1000), 2.0**53 - 1))


def _failed(command: Command, code: str) -> Answer:
    return Answer(command.id, "failed", note=code)
