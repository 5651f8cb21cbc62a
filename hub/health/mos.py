"""How good a video call would look: estimated opinion scores, 1 bad to 5 excellent (pure).

Video: ITU-T G.1070 for H.264 at VGA. Nobody was asked; every figure made of this is to be labelled "estimated 估算".
"""

import math
from typing import Final, NamedTuple

BIT_RATE_KBPS: Final = 500.0
FRAMES_PER_S: Final = 15.0
"""What a kiosk's video call sends."""
CALL_MOS: Final = 2.5
"""The least score at which two people still talk by picture (G.1070's scale: 2 poor, 3 fair)."""
CALL_RTT_MS: Final = 400.0
"""The longest way there and back in a call. ITU-T G.114 recommends 150 ms one way and allows no more than 400; 200
leaves the rest to cameras and screens."""

_V1, _V2, _V3, _V4, _V5, _V6, _V7 = 5.517, 0.0129, 3.459, 178.53, 1.02, 1.15, 0.000355
_V8, _V9, _V10, _V11, _V12 = 0.114, 513.77, 0.736, -6.451, 13.684
"""Coefficients of G.1070 for H.264, VGA, 4.2 inch."""


class Video(NamedTuple):
    """One setting of the picture; what does not depend on the line is worked out once."""

    quality: float
    """G.1070's I: how much over 1 the picture is when nothing is lost."""
    robustness: float
    """G.1070's D, in percent: at so much loss 1/e of it is left."""

    def mos(self, loss: float) -> float:
        """Return the estimated score at a `loss` from 0 to 1."""
        return 1 + self.quality * math.exp(-100 * loss / self.robustness)

    def most_loss(self, mos: float = CALL_MOS) -> float:
        """Return the loss, 0 to 1, at which the score falls to `mos`; 0 when it never reaches it."""
        if mos - 1 >= self.quality:
            return 0.0
        return min(1.0, self.robustness / 100 * math.log(self.quality / (mos - 1)))


def video(bit_rate_kbps: float = BIT_RATE_KBPS, frames_per_s: float = FRAMES_PER_S) -> Video:
    """Return the scores of a picture of so many kbit/s and frames a second."""
    best_rate = min(30.0, max(1.0, _V1 + _V2 * bit_rate_kbps))
    at_best = _V3 - _V3 / (1 + (bit_rate_kbps / _V4) ** _V5)
    width = _V6 + _V7 * bit_rate_kbps
    quality = at_best * math.exp(-((math.log(frames_per_s) - math.log(best_rate)) ** 2) / (2 * width**2))
    robustness = _V10 + _V11 * math.exp(-frames_per_s / _V8) + _V12 * math.exp(-bit_rate_kbps / _V9)
    return Video(quality, robustness)


CALL: Final = video()
"""A kiosk's video call."""
