"""From what was measured to a score per kind, 1 being the limit: the only place where limits meet measures."""

from typing import NamedTuple

import numpy as np

from station.vision import limits
from station.vision.compare import Compared
from station.vision.features import Features
from station.vision.rhythm import Rhythm
from wire.video import FaultKind

MOST = 4.0
"""Scores end here: beyond it nothing becomes worse."""


NEVER_SEEN = 255.0
"""Stillness of a camera whose stillness was not yet seen."""


class Own(NamedTuple):
    """What is this camera's own, learnt while all was well."""

    stillest: float
    mean: float
    """Of the luma."""


def _over(value: float, limit: float) -> float:
    return float(np.clip(value / limit, 0, MOST))


def _under(value: float, limit: float) -> float:
    return float(np.clip(limit / max(value, 1e-3), 0, MOST))


def alone(seen: Features, rhythm: Rhythm) -> dict[FaultKind, float]:
    """Score what needs no background."""
    still = rhythm.last < limits.SIGNAL_STILL
    plain = min(_over(seen.flat, limits.SIGNAL_FLAT), 1.2)
    bars = min(_over(seen.upright, limits.SIGNAL_UPRIGHT), 1.2)
    coloured = seen.saturation >= limits.SIGNAL_SATURATION
    written = float(seen.fine.max()) >= limits.SIGNAL_WRITING
    gray = written and limits.SIGNAL_LEVELS[0] < seen.flat_at < limits.SIGNAL_LEVELS[1]
    card = max(plain if coloured or gray else 0.0, bars if coloured else 0.0)
    return {
        "black": min(
            _under(seen.high, limits.BLACK_HIGH),
            max(_under(seen.high - seen.low, limits.BLACK_SPREAD), _under(seen.high, limits.BLACK_CRUSHED)),
            _under(seen.saturation, limits.BLACK_SATURATION),
        ),
        "white": max(
            _over(seen.mean, limits.WHITE_MEAN),
            _under(255 - seen.low, 255 - limits.WHITE_LOW),
            min(_over(seen.burnt, limits.WHITE_BURNT), 1.2),
        ),
        "dark": min(_under(seen.mean, limits.DARK_MEAN), _under(seen.high, limits.DARK_HIGH)),
        "no_signal": card if still else min(card, 0.5),
        "flicker": _over(rhythm.unrest(), limits.FLICKER_UNREST),
    }


def frozen(rhythm: Rhythm, stillest: float) -> float:
    """Score how still it is, for a camera that was never stiller than that."""
    if stillest >= NEVER_SEEN:
        return _under(rhythm.stillness(), limits.FROZEN_LEVELS)
    lively = min(limits.FROZEN_OF_LIVELY * stillest, 2 * limits.FROZEN_LEVELS)
    limit = min(max(limits.FROZEN_LEVELS, lively), limits.FROZEN_OF_OWN * stillest)
    return _under(rhythm.stillness(), max(limit, 0.02))


def against(seen: Features, now: Compared, rhythm: Rhythm, own: Own) -> dict[FaultKind, float]:
    """Score what needs the background."""
    still = float(np.clip(limits.STILL_OF_OWN * own.stillest, limits.STILL, limits.STILL_MOST))
    steady = now.lost & now.soft & (rhythm.still < still)
    shifted = min(
        _over(now.moved_by, limits.MOVED_SHARE),
        _over(now.moved_gain, limits.MOVED_GAIN),
        _over(now.aligned, limits.MOVED_ALIGNED),
    )
    lost_of_textured = 1 - now.recognised if now.textured_share > 0.1 else 0.0
    elsewhere = min(
        _over(lost_of_textured, limits.MOVED_LOST),
        _over(now.energy_kept, limits.MOVED_ENERGY),
        _over(now.sharp, limits.MOVED_SHARP),
    )
    dim = min(
        _under(seen.mean / max(own.mean, 1), limits.DARK_OF_BASE),
        _under(seen.mean, limits.DARK_MEAN_OF_BASE),
        _under(seen.high, 2 * limits.DARK_HIGH),
    )
    absolute = min(_under(seen.mean, limits.DARK_MEAN), _under(seen.high, limits.DARK_HIGH))
    lightless = absolute if seen.high < limits.BLACK_HIGH else 0.0  # too dark to say whether it is another
    grainy = min(_over(now.grain, limits.NOISE_GRAIN), _over(now.specks, limits.NOISE_SPECKS))
    snow = min(_over(now.grain, limits.NOISE_GRAIN), _over(now.lost_share, limits.SNOW_LOST))
    stripes = min(
        _over(now.stripes, limits.STRIPES_LEVELS),
        _over(now.pure, limits.STRIPES_PURE),
        _over(now.alike, limits.STRIPES_ALIKE),
    )
    behind = now.lost_share >= limits.COVERED_SHARE and now.sharp < limits.MOVED_SHARP
    if shifted >= 1 or behind:
        stripes = min(stripes, limits.HIDDEN)  # shelves that moved are waves beside where they were, cloth is woven
    return {
        "dark": max(min(max(dim, absolute), _over(now.alike, limits.DARK_ALIKE)), lightless),
        "noise": max(grainy, snow) * float(np.clip(now.light, limits.NOISE_IN_THE_DARK, 1)),
        "moved": max(shifted, elsewhere),
        "blur": min(_over(now.blur_drop, limits.BLUR_DROP), _over(now.alike, limits.BLUR_ALIKE)),
        "covered": max(_over(now.lost_share, limits.COVERED_SHARE), 0.0),
        "cast": _over(now.cast, limits.CAST_STEP),
        "stripes": stripes,
        "covered_part": _over(float(steady.mean()), limits.SMALL_COVER_SHARE),  # type: ignore[dict-item]
    }
