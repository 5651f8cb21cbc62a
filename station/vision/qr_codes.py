"""QR codes in a frame: reading one that is held before the camera, and drawing one there for the twin."""

from typing import Any, Final, NamedTuple

import cv2
import numpy as np

from station.vision.features import Frame, plain

LONGEST_PX: Final = 1280
"""A larger frame is made smaller: the time a look takes grows with its pixels, and a code held up is large."""
SOFT: Final = 0.6
QUIET_MODULES: Final = 4
"""ISO/IEC 18004 asks for a white border of four modules."""


class _View(NamedTuple):
    """A part of the frame, in shares of it, how much larger it is looked at, and by which of OpenCV's two finders."""

    left: float
    top: float
    right: float
    bottom: float
    scale: float
    many: bool = False
    """By the finder that also tells several codes apart: a poster in the room may have one, too."""


_VIEWS: Final = (
    _View(0.2, 0.1, 0.8, 0.95, 1.5),
    _View(0.0, 0.0, 1.0, 1.0, 1.0, many=True),
    _View(0.25, 0.25, 0.75, 0.75, 2.0),
    _View(0.0, 0.0, 1.0, 1.0, 1.0),
)
"""Looked at by turns. Of 64 drawn scenes (tilted to 45°, blurred, 25 to 60 % of the height, with and without a foreign
code) the first view reads all, the others 35 to 48: they are for a card that is held elsewhere."""


class CodeReader:
    """Looks at frame after frame, each time in another way."""

    def __init__(self) -> None:
        """Begin with the way that finds most."""
        self._one, self._many = cv2.QRCodeDetector(), cv2.QRCodeDetectorAruco()
        self._looks = 0

    def read(self, frame_bgr: Any) -> list[str]:
        """Return the texts of the codes that this look could read, whatever they are; none of what is no picture."""
        view = _VIEWS[self._looks % len(_VIEWS)]
        self._looks += 1
        picture = plain(frame_bgr)
        if picture is None:
            return []
        try:
            part = _seen(picture, view)
            texts = self._many.detectAndDecodeMulti(part)[1] if view.many else self._one.detectAndDecode(part)[:1]
        except (cv2.error, UnicodeDecodeError):  # odd shapes, and codes that hold bytes and no text
            return []
        return [text for text in texts if text]


def _seen(picture: Frame, view: _View) -> Frame:
    height, width = picture.shape[:2]
    part = picture[int(view.top * height) : int(view.bottom * height), int(view.left * width) : int(view.right * width)]
    scale = min(view.scale, LONGEST_PX / max(1, *part.shape[:2]))
    if scale == 1:
        return np.ascontiguousarray(part)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return cv2.resize(part, None, fx=scale, fy=scale, interpolation=how).astype(np.uint8)


def drawn(text: str) -> Frame:
    """Return the QR code of a text, a pixel a module, with its white border."""
    import segno

    modules = segno.make_qr(text, error="m").matrix_iter(border=QUIET_MODULES)
    gray = np.array([[0 if dark else 255 for dark in row] for row in modules], np.uint8)
    return np.repeat(gray[:, :, None], 3, axis=2)


def decoded_image(data: bytes) -> Frame | None:
    """Return the picture of an image file, None when it is none."""
    try:
        return plain(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR))
    except cv2.error:
        return None


def held_up(frame: Frame, card: Frame, share: float = 0.5) -> Frame:
    """Return the frame with a card in its middle, as high as this share of it."""
    height, width = frame.shape[:2]
    side = max(1, min(round(height * share), width))
    how = cv2.INTER_AREA if side < card.shape[0] else cv2.INTER_NEAREST
    sharp = cv2.resize(card, (side, side), interpolation=how)
    top, left = (height - side) // 2, (width - side) // 2
    shown = frame.copy()
    shown[top : top + side, left : left + side] = cv2.GaussianBlur(sharp, (0, 0), SOFT)
    return shown
