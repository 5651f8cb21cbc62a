"""Asks the station's RTSP cameras how they are, in a thread of its own, one after the other."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Final

from station.probe.camera_rounds import CameraRounds
from station.probe.rtsp import Probed, probe_camera
from station.probe.rtsp_words import Address
from station.probe.trouble import CAMERAS_NOT_ASKED, Troubles

LOOK_EVERY_S: Final = 1.0
AFTER_AN_ERROR_S: Final = 30.0

logger = logging.getLogger(__name__)


class CameraWatch:
    """What each camera last answered; nothing here waits for a camera but its own thread."""

    def __init__(
        self,
        cameras: Mapping[str, Callable[[], Address | None]],
        is_bad: Callable[[str], bool],
        troubles: Troubles,
        probe: Callable[..., Probed] = probe_camera,
    ) -> None:
        """Take where each camera is by its name, None while that is not known; it is looked up at each question.

        `is_bad` says of a name that no pictures come, and never blocks.
        """
        self._cameras = dict(cameras)
        self._is_bad = is_bad
        self._troubles = troubles
        self._probe = probe
        self._last: dict[str, Probed] = {}
        self._guard = threading.Lock()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="camera-watch", daemon=True)

    def start(self) -> None:
        """Begin, if there is any camera to ask."""
        if self._cameras:
            self._thread.start()

    def close(self) -> None:
        """End after the question under way; it is not waited for."""
        self._closing.set()

    def last(self, camera: str) -> Probed | None:
        """Return what came of the last question; None before the first, and once pictures come and go again."""
        with self._guard:
            return self._last.get(camera)

    def _run(self) -> None:
        now_s = time.monotonic()
        rounds = {camera: CameraRounds(now_s) for camera in self._cameras}
        while not self._closing.wait(LOOK_EVERY_S):
            try:
                for camera, one in rounds.items():
                    self._look(camera, one)
                self._troubles.over(CAMERAS_NOT_ASKED)
            except Exception:
                logger.exception("%s cameras could not be asked 摄像机探测异常", CAMERAS_NOT_ASKED)
                self._troubles.tell(CAMERAS_NOT_ASKED)
                self._closing.wait(AFTER_AN_ERROR_S)

    def _look(self, camera: str, rounds: CameraRounds) -> None:
        is_bad = self._is_bad(camera)
        depth = rounds.look(time.monotonic(), is_bad=is_bad)
        if depth is None or self._closing.is_set():
            return
        address = self._cameras[camera]()
        probed = None if address is None else self._probe(address, whole=depth == "whole")
        if probed is None:
            return
        with self._guard:
            self._last[camera] = probed
        if is_bad and probed.code is not None:
            logger.warning("camera %s: %s %s", camera, probed.code, probed.detail)
