"""A picture of a screen in a third of its size: letters need few shades."""

from pathlib import Path
from typing import Final

import cv2
import numpy as np

LEVELS: Final = 16
"""Of each colour."""


def make_small(picture: Path) -> None:
    """Write a PNG over itself with fewer shades of each colour."""
    seen = cv2.imread(str(picture), cv2.IMREAD_UNCHANGED)
    assert seen is not None, picture
    step = 255 / (LEVELS - 1)
    fewer = (np.round(seen / step) * step).astype(np.uint8)
    cv2.imwrite(str(picture), fewer, [cv2.IMWRITE_PNG_COMPRESSION, 9])
