"""Times as people at the county write and read them: China's time, which knows no summer time (pure)."""

import datetime as dt
import re
from typing import Final

from hub.errors import HubError
from hub.visits.day import CHINA_AHEAD_MS, DAY_MS, day_start_ms

UNIT_MS: Final = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": DAY_MS}
LENGTH: Final = re.compile(r"([0-9]{1,5})([smhd])")
CLOCK: Final = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
DATE: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[ T]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?))?")
MONTH: Final = re.compile(r"([0-9]{4})-([0-9]{2})")
CHINA: Final = dt.timezone(dt.timedelta(milliseconds=CHINA_AHEAD_MS))
FIRST_YEAR, LAST_YEAR = 2000, 2100
_EPOCH: Final = dt.date(1970, 1, 1)


class UnclearError(HubError):
    """A time that cannot be understood as it was written."""

    exit_code = 3


def length_ms(text: str) -> int | None:
    """Return a length of time such as 90s, 30m, 24h or 7d; None for anything else."""
    length = LENGTH.fullmatch(text)
    return None if length is None else int(length[1]) * UNIT_MS[length[2]]


def moment_ms(text: str, base_ms: int, *, past: bool = False) -> int:
    """Return a time such as `2026-11-28 02:00`, `2026-11-28`, `+2h` or `-2h` from `base_ms`, or the next `02:00`.

    With `past`, the last `02:00` before it. Raises UnclearError E-WIN-02.
    """
    text = text.strip()
    if (step := length_ms(text[1:])) is not None and text[0] in "+-":
        return base_ms + step if text[0] == "+" else base_ms - step
    if clock := CLOCK.fullmatch(text):
        at_ms = day_start_ms(base_ms) + int(clock[1]) * UNIT_MS["h"] + int(clock[2]) * UNIT_MS["m"]
        if past:
            return at_ms if at_ms < base_ms else at_ms - DAY_MS
        return at_ms if at_ms >= base_ms else at_ms + DAY_MS
    if date := DATE.fullmatch(text):
        try:
            at = dt.datetime.fromisoformat(f"{date[1]} {date[2] or '00:00'}").replace(tzinfo=CHINA)
        except ValueError:
            at = None
        if at is not None and FIRST_YEAR <= at.year < LAST_YEAR:
            return round(at.timestamp() * 1000)
    raise UnclearError(
        "E-WIN-02",
        f"{text!r}: no time; write '2026-11-28 02:00', 02:00 (the next) or +2h, in China's time"
        " 时间无法识别，请写成「2026-11-28 02:00」「02:00」或「+2h」（北京时间）",
    )


def month_ms(text: str) -> tuple[int, int] | None:
    """Return from when until when a month such as `2026-11` is; None for anything else."""
    month = MONTH.fullmatch(text.strip())
    if month is None or not 1 <= int(month[2]) <= 12 or not FIRST_YEAR <= int(month[1]) < LAST_YEAR:
        return None
    first = dt.datetime(int(month[1]), int(month[2]), 1, tzinfo=CHINA)
    following = (first + dt.timedelta(31)).replace(day=1)
    return round(first.timestamp() * 1000), round(following.timestamp() * 1000)


def day_of(at_ms: int) -> int:
    """Return the number of the county's day that holds a time, counted from 1970-01-01."""
    return (at_ms + CHINA_AHEAD_MS) // DAY_MS


def day_ms(day: int) -> int:
    """Return when the county's day of this number begins."""
    return day * DAY_MS - CHINA_AHEAD_MS


def weekday_of(day: int) -> int:
    """Return which day of the week, Monday 0, a day is, counted as `day_of` does."""
    return (day + 3) % 7  # 1970-01-01 was a Thursday


def day_number(date: dt.date) -> int:
    """Return the number of a day, as `day_of` counts."""
    return (date - _EPOCH).days


def date_of(day: int) -> dt.date:
    """Return the day of this number."""
    return _EPOCH + dt.timedelta(day)


def day_of_text(text: str) -> int | None:
    """Return the number of a day such as `2026-11-30`; None for anything else."""
    try:
        return day_number(dt.date.fromisoformat(text))
    except ValueError:
        return None


def text_of_day(day: int) -> str:
    """Return a day as it is written."""
    return date_of(day).isoformat()


def month_of(at_ms: int) -> str:
    """Return the month that holds a time, e.g. `2026-11`."""
    return f"{china(at_ms):%Y-%m}"


def written(at_ms: int) -> str:
    """Return a time with its date, to the minute."""
    return f"{china(at_ms):%Y-%m-%d %H:%M}"


def length_words(ms: int) -> str:
    """Return a length of time as it can be written again: 90 min as 90m, two days as 2d."""
    for unit in ("d", "h", "m"):
        if ms % UNIT_MS[unit] == 0:
            return f"{ms // UNIT_MS[unit]}{unit}"
    return f"{ms // 1000}s"


def china(at_ms: int) -> dt.datetime:
    """Return a time as China's clocks have it, to the second."""
    return dt.datetime.fromtimestamp(at_ms // 1000, CHINA)
