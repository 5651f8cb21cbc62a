"""One look against the background: what was lost, softened, coloured, moved or laid over it."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from station.vision import limits
from station.vision.background import Base
from station.vision.features import (
    HALF,
    Blocks,
    Features,
    gradient_likeness,
    gradient_likeness_of_whole,
    likeness,
    moved_back,
    ripple,
    shift,
)
from station.vision.rhythm import Rhythm


class Compared(NamedTuple):
    """What the comparison measured."""

    lost: NDArray[np.bool_]
    lost_share: float
    soft: NDArray[np.bool_]
    sharp: float
    """Share of the lost blocks that show something as sharp as what was there; 1 when none is lost."""
    textured_share: float
    recognised: float
    """Share of textured blocks that are as they were."""
    energy_kept: float
    light: float
    """Brightness against the background."""
    blur_drop: float
    alike: float
    cast: float
    grain: float
    """How much more than learnt the finest detail changes from look to look, in three of four quiet blocks."""
    specks: float
    """How much more of the finest detail there is in them."""
    stripes: float
    pure: float
    moved_by: float
    moved_gain: float
    aligned: float


def compare(seen: Features, base: Base, rhythm: Rhythm) -> Compared:
    """Compare a look with what was learnt."""
    base_energy, base_fine, base_luma = base.plane("energy"), base.plane("fine"), base.plane("luma")
    base_dx, base_dy = base.plane("dx"), base.plane("dy")
    alike_blocks = gradient_likeness(seen.dx, seen.dy, base_dx, base_dy)
    textured = base_energy > limits.TEXTURED
    known = textured & (alike_blocks > 2 * limits.LIKENESS_LOST)
    light = _light(seen, base_luma, known)
    dim = float(np.clip(light, 0.2, 1.0))
    energy = seen.energy / np.maximum(base_energy * dim, 1e-3)
    lost = textured & ((alike_blocks < limits.LIKENESS_LOST) | (energy < limits.ENERGY_LOST))
    expected = np.minimum(base_luma * light, 250)
    other = np.abs(seen.luma - expected) > limits.LUMA_LOST * max(dim, 0.4)
    lost |= other & ~known  # whose pattern is recognised is not covered, whatever light fell on it
    fine = seen.fine / np.maximum(base_fine * dim, 1e-3)
    detailed = base_fine > limits.FINE_TEXTURED
    soft = (fine < limits.SOFT) | (seen.fine < limits.FINE_TEXTURED)
    many = int(textured.sum())
    quiet = base_energy <= np.percentile(base_energy, 40)
    recognised = float(np.mean(alike_blocks[textured] > limits.LIKENESS_LOST)) if many else 0.0
    alike = likeness(seen.half, base.plane("half"))
    right, down, gain, aligned = _moved(seen, base, recognised)
    stripes, pure = _stripes(seen, base, light)
    return Compared(
        lost=lost,
        lost_share=float(lost.mean()),
        soft=soft,
        sharp=float(1 - soft[lost & textured].mean()) if (lost & textured).any() else 1.0,
        textured_share=many / textured.size,
        recognised=recognised,
        energy_kept=float(np.median(energy[textured])) if many else 0.0,
        light=light,
        blur_drop=_softened(fine, detailed, other),
        alike=alike,
        cast=_cast(seen, base),
        grain=float(np.percentile((rhythm.grain - base.plane("grain"))[quiet], 25)),
        specks=float(np.percentile((rhythm.fine - base_fine * max(light, 1.0))[quiet], 25)),
        stripes=stripes,
        pure=pure,
        moved_by=max(abs(right) / HALF[0], abs(down) / HALF[1]),
        moved_gain=gain,
        aligned=aligned,
    )


def _light(seen: Features, base_luma: NDArray[np.float32], known: NDArray[np.bool_]) -> float:
    """Return the gain common to the blocks that are recognised, or to all."""
    ratio = (seen.luma + 4) / (base_luma + 4)
    some = ratio[known] if known.sum() >= 8 else ratio.ravel()
    return float(np.clip(np.median(some), 0.02, 8))


def _softened(fine: Blocks, detailed: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    """Return the loss of detail that three in four exceed of those blocks that still have their light."""
    there = detailed & ~other
    if detailed.sum() < 6 or there.sum() < limits.BLUR_SHARE * detailed.sum():
        return 0.0
    return float(np.percentile(1 - fine[there], 25))


def _cast(seen: Features, base: Base) -> float:
    """Return by how much four blocks in five changed colour the same way."""
    luma = np.minimum(base.plane("luma"), seen.luma), np.maximum(base.plane("luma"), seen.luma)
    takes = (luma[0] > limits.CAST_TAKES[0]) & (luma[1] < limits.CAST_TAKES[1])
    if takes.mean() < limits.CAST_SHARE:
        return 0.0
    red, blue = (seen.red - base.plane("red"))[takes], (seen.blue - base.plane("blue"))[takes]
    way = np.array([np.median(red), np.median(blue)])
    length = float(np.hypot(*way))
    if length < 0.02:
        return 0.0
    return float(np.percentile((red * way[0] + blue * way[1]) / length, 20))


def _stripes(seen: Features, base: Base, light: float) -> tuple[float, float]:
    rows = ripple(seen.rows, light * base.plane("rows"), limits.STRIPES_CYCLES)
    columns = ripple(seen.columns, light * base.plane("columns"), limits.STRIPES_CYCLES)
    return max(rows, columns, key=lambda wave: wave[0] * wave[1])


def _moved(seen: Features, base: Base, recognised: float) -> tuple[int, int, float, float]:
    """Return the shift, how much better the picture is explained by it, and how well. Costly, so only in doubt."""
    if recognised > 0.85:
        return 0, 0, 0.0, 0.0
    base_dx, base_dy = base.plane("dx"), base.plane("dy")
    right, down = shift(seen.half, base.plane("half"))
    if not (right or down):
        return 0, 0, 0.0, 0.0
    as_it_is = gradient_likeness_of_whole(seen.dx, seen.dy, base_dx, base_dy)
    dx, dy = moved_back(seen.dx, right, down), moved_back(seen.dy, right, down)
    aligned = gradient_likeness_of_whole(dx, dy, base_dx, base_dy)
    return right, down, aligned - as_it_is, aligned
