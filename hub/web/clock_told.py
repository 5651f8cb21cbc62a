"""Clocks of matters in words: what a page says of one, and how it looks (pure)."""

from typing import NamedTuple

from hub.visits.clocks import Clock, Standing
from hub.web.pages import Words, duration_of


class Told(NamedTuple):
    """One clock as a page shows it."""

    standing: Standing
    text: str
    """Such as 答复 还剩 3 小时."""
    source: str
    """Where the rule comes from."""
    clock: Clock


def told(clock: Clock, said: Words, now_ms: int) -> Told:
    """Return what is said of a clock now."""
    words, standing = said["clock"], clock.standing(now_ms)
    if standing in {"running", "near"}:
        how = words["left"].format(duration_of(clock.due_ms - now_ms, said))
    elif standing == "overdue":
        how = words["over"].format(duration_of(now_ms - clock.due_ms, said))
    else:
        how = words[standing]
    gap = "" if words["answer"] == "答复" else ": "
    return Told(standing, f"{words[clock.name]}{gap or ' '}{how}", said["clock_source"][clock.name], clock)
