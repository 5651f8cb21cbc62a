"""同比 and 环比: one figure against another, honest where there is nothing to compare with (pure).

A count's change is relative to the count before, and never of nought; a rate's change is in percentage points. A
change that chance alone often makes is said to be none: of Poisson counts a and b, |a - b| within 1.96·√(a + b); of
two shares, within 1.96 standard errors of their difference.
"""

from math import sqrt
from typing import Final, Literal, NamedTuple

from hub.reports.figures import Share, share_of

Why = Literal["", "nothing", "partial", "nought"]
"""Why there is no change to tell: nothing was kept then; only a part of that time was kept; it was nought then."""
FEW: Final = 10
"""Counts under this on both sides are few: a percentage of them would mislead."""
FEW_RATED: Final = 30
"""A rate of fewer than this is flagged."""
_Z: Final = 1.96


class Compared(NamedTuple):
    """A figure and the one it is compared with."""

    now: float | None
    then: float | None
    change: float | None
    """Of counts relative (0.1 is ten per cent more), of rates in percentage points; None says `why`."""
    why: Why = ""
    few: bool = False
    clear: bool = False
    """Whether it is more than chance alone would often make."""


def counts(now: int, then: int | None, *, partial: bool = False) -> Compared:
    """Compare two counts; `then` None is that nothing was kept, `partial` that only a part was."""
    if then is None:
        return Compared(now, None, None, "nothing")
    if partial:
        return Compared(now, then, None, "partial")
    clear = abs(now - then) > _Z * sqrt(now + then)
    few = max(now, then) < FEW
    if then == 0:
        return Compared(now, 0, None, "" if now == 0 else "nought", few, clear)
    return Compared(now, then, (now - then) / then, "", few, clear)


SMALL: Final = 0.1
"""Percentage points of a measured time under this are next to nothing."""


def rates(now: Share, then: Share | None, *, partial: bool = False, sampled: bool = True) -> Compared:
    """Compare two rates; `sampled` False is one of a measured time, in which chance has no part and few is none."""
    here = share_of(now)
    few = sampled and 0 < now[1] < FEW_RATED
    if then is None or then[1] == 0 or here is None:
        return Compared(here, None, None, "nothing", few)
    there = then[0] / then[1]
    if partial:
        return Compared(here, there, None, "partial", few)
    points = 100 * (here - there)
    if not sampled:
        return Compared(here, there, points, "", False, abs(points) >= SMALL)
    pooled = (now[0] + then[0]) / (now[1] + then[1])
    error = sqrt(pooled * (1 - pooled) * (1 / now[1] + 1 / then[1]))
    few = few or then[1] < FEW_RATED
    return Compared(here, there, points, "", few, abs(here - there) > _Z * error and error > 0)


def count_words(compared: Compared, of: str) -> str:
    """Return how a count changed against `of` (上月, 去年同期) in Chinese."""
    if compared.why == "nothing":
        return f"{of}无数据"
    if compared.why == "partial":
        return f"{of}数据不全，不作比较"
    if compared.why == "nought":
        return f"{of}为0，不计增幅"
    if compared.change is None or compared.change == 0:
        return f"与{of}持平"
    word = "增长" if compared.change > 0 else "下降"
    if compared.few:
        return f"{of}为{compared.then:.0f}，基数小，不计增幅"
    told = f"比{of}{word}{abs(compared.change):.1%}"
    return told if compared.clear else told + "（属正常波动）"


def rate_words(compared: Compared, of: str, *, sampled: bool = True) -> str:
    """Return how a rate changed against `of` in Chinese."""
    if compared.why == "nothing" or compared.change is None:
        return f"{of}数据不全，不作比较" if compared.why == "partial" else f"{of}无数据"
    if abs(compared.change) < 0.005:
        return f"与{of}持平"
    word = "上升" if compared.change > 0 else "下降"
    told = f"比{of}{word}{abs(compared.change):.2f}个百分点"
    if compared.few:
        return told + "（样本少，仅供参考）"
    return told if compared.clear else told + ("（属正常波动）" if sampled else "（变化很小）")
