"""How sharp a still picture is, as one figure that a technician turns a lens by."""

from typing import Final

import cv2
import numpy as np

from station.vision.features import ACROSS, DOWN, blocks

WIDTH_PX: Final = 640
"""At this width a lens that is a little off still shows; sensors' noise, which is finer, does not count as detail."""
TEXTURED, OF_THE_BEST = 1.5, 0.3
"""Gray levels of a block that has something to be sharp or soft about, and its share of what the best blocks have:
a bare wall says nothing, in the dark as by day."""
RANK: Final = 75
"""Percentile over those blocks: what stands far from the plane of focus may be soft."""
FULL: Final = 0.55
"""Finest detail as a share of coarse detail in pictures that are as sharp as their pixels."""


def focus_of(jpeg: bytes) -> float | None:
    """Return 0 (soft) to 100 (as sharp as can be) of a JPEG of ours; None when it is none, or shows nothing.

    The share of the finest detail in all detail: neither light nor contrast change it much.
    """
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        return None
    height, width = picture.shape[:2]
    if width > WIDTH_PX:
        size = (WIDTH_PX, max(DOWN, round(height * WIDTH_PX / width)))
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    if picture.shape[0] < DOWN or picture.shape[1] < ACROSS:
        return None
    gray = picture.astype(np.float32)
    fine = blocks(cv2.absdiff(gray, cv2.GaussianBlur(gray, (0, 0), 1.0)))
    coarse = blocks(cv2.absdiff(gray, cv2.GaussianBlur(gray, (0, 0), 4.0)))
    textured = coarse > max(TEXTURED, OF_THE_BEST * float(np.percentile(coarse, 95)))
    if not textured.any():
        return None
    share = float(np.percentile(fine[textured] / coarse[textured], RANK))
    return float(min(100.0, 100.0 * share / FULL))
