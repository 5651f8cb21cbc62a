"""The station's camera while a label is held before it: opened for that alone, in a process of its own."""

import threading
import time
from collections.abc import Callable
from typing import Any, Final

from station.devices.camera.supervisor import ProcessCamera
from station.firstboot.label import Answer, scanned
from station.settings import Settings
from station.vision.qr_codes import CodeReader, decoded_image

WIDTH_PX: Final = 1280
MAX_BYTES: Final = 330_000
STILL_WITHIN_S: Final = 2.0
LOOK_EVERY_S: Final = 0.2

Preview = list[list[tuple[int, int, int]]]
"""Rows of colours, red, green and blue."""


class LabelCamera:
    """Looks until a label is seen or `close`; tells from its own thread."""

    def __init__(
        self,
        settings: Settings,
        *,
        on_preview: Callable[[Preview], None],
        on_label: Callable[[Answer], None],
        on_foreign: Callable[[], None],
        on_trouble: Callable[[str], None],
    ) -> None:
        """Take the camera before which cards are held too. Raises LookupError when the station has none."""
        named = [one for one in settings.cameras if one.name == settings.kiosk.card_camera]
        chosen = (named or settings.cameras)[:1]
        if not chosen:
            raise LookupError("no camera")
        self._camera = ProcessCamera(chosen[0])
        self._on_preview, self._on_label = on_preview, on_label
        self._on_foreign, self._on_trouble = on_foreign, on_trouble
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="label camera", daemon=True)

    def start(self) -> None:
        """Open it; returns at once."""
        self._camera.start()
        self._thread.start()

    def close(self) -> None:
        """Let go of it within 2 s."""
        self._closing.set()
        self._camera.close()

    def _run(self) -> None:
        reader = CodeReader()
        while not self._closing.is_set():
            begun_s = time.monotonic()
            still = self._camera.still(WIDTH_PX, MAX_BYTES, STILL_WITHIN_S)
            frame = None if still is None else decoded_image(still.jpeg)
            if self._closing.is_set():
                return
            if frame is None:
                if (code := self._camera.status().code) is not None:
                    self._on_trouble(code)
            else:
                self._on_preview(preview(frame))
                if self._seen(reader.read(frame)):
                    return
            self._closing.wait(max(0.0, LOOK_EVERY_S - (time.monotonic() - begun_s)))

    def _seen(self, texts: list[str]) -> bool:
        answers = [answer for text in texts if (answer := scanned(text)) is not None]
        if answers:
            self._on_label(answers[0])
        elif texts:
            self._on_foreign()
        return bool(answers)


def preview(frame: Any, columns: int = 48, rows: int = 26) -> Preview:
    """Return a frame (blue, green, red) as few colours: as in a mirror, which is easier to aim by."""
    height, width = frame.shape[:2]
    return [
        [
            (int(blue_green_red[2]), int(blue_green_red[1]), int(blue_green_red[0]))
            for x in range(columns)
            for blue_green_red in (frame[y * height // rows, width - 1 - x * width // columns],)
        ]
        for y in range(rows)
    ]
