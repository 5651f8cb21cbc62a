"""A frame as people are shown it: a JPEG that fits, or plain RGB for a terminal."""

from typing import Any, Final, NamedTuple

import cv2
import numpy as np

from station.vision.features import plain

QUALITIES: Final = (80, 60, 40)
SHRINK: Final = 0.75
NARROWEST_PX: Final = 32


class Still(NamedTuple):
    """A JPEG and its size."""

    jpeg: bytes
    width_px: int
    height_px: int


class Preview(NamedTuple):
    """RGB, three bytes a pixel, row by row."""

    rgb: bytes
    width_px: int
    height_px: int


def still(frame_bgr: Any, max_width_px: int, max_bytes: int) -> Still | None:
    """Return the widest and then best JPEG within both bounds; None when none fits, or it is no picture."""
    picture = plain(frame_bgr)
    if picture is None:
        return None
    width = min(max_width_px, picture.shape[1])
    while width >= min(NARROWEST_PX, picture.shape[1]):
        small = _narrowed(picture, width)
        for quality in QUALITIES:
            encoded, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, quality])
            if encoded and data.size <= max_bytes:
                return Still(data.tobytes(), small.shape[1], small.shape[0])
        width = int(width * SHRINK)
    return None


def preview(frame_bgr: Any, width_px: int) -> Preview:
    """Return the frame in a square of this width, never larger than it is; empty when it is no picture."""
    picture = plain(frame_bgr)
    if picture is None:
        return Preview(b"", 0, 0)
    height, width = picture.shape[:2]
    small = _narrowed(picture, max(1, min(width_px, width, width_px * width // height)))
    return Preview(cv2.cvtColor(small, cv2.COLOR_BGR2RGB).tobytes(), small.shape[1], small.shape[0])


def _narrowed(picture: Any, width_px: int) -> Any:
    height, width = picture.shape[:2]
    if width_px >= width:
        return picture
    return cv2.resize(picture, (width_px, max(1, round(height * width_px / width))), interpolation=cv2.INTER_AREA)


def preview_of(jpeg: bytes, width_px: int) -> Preview:
    """Return a JPEG of ours as `preview` returns a frame; empty when it is none."""
    return preview(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR), width_px)
