"""When something recurs, in China's time: `daily 02:00`, `weekly mon,thu 02:00`, `monthly 15 02:00` (pure)."""

import datetime as dt
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from hub.local_time import CLOCK, UnclearError, date_of, day_ms, day_of, weekday_of

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAYS_ZH: Final = "一二三四五六日"


class Every(NamedTuple):
    """On which days it begins, and at which minute of the day."""

    kind: Literal["daily", "weekly", "monthly"]
    days: tuple[int, ...]
    """Of a week (Monday 0) or of a month (1 to 31); none of a daily one."""
    minute: int


@lru_cache(maxsize=256)
def read_every(text: str) -> Every:
    """Return what `text` says.

    Raises UnclearError E-WIN-01 that tells which part is not understood.
    """
    words = text.strip().lower().split()
    if words and words[0] in {"daily", "weekly", "monthly"} and len(words) == (2 if words[0] == "daily" else 3):
        time = CLOCK.fullmatch(words[-1])
        if time is None:
            raise _unclear(text, f"{words[-1]} is no time such as 02:00 不是时间")
        minute = int(time[1]) * 60 + int(time[2])
        if words[0] == "daily":
            return Every("daily", (), minute)
        parts = words[1].split(",")
        if words[0] == "weekly":
            return Every("weekly", _days(text, parts, WEEKDAYS), minute)
        return Every("monthly", _days(text, parts, tuple(str(day) for day in range(1, 32)), first=1), minute)
    raise _unclear(text, "say `daily 02:00`, `weekly mon,thu 02:00` or `monthly 15 02:00` 请照例填写")


def starts(every: Every, from_ms: int, until_ms: int) -> Iterator[int]:
    """Yield each beginning from `from_ms` to before `until_ms`, in order.

    In a month that has no such day, the last day stands for it.
    """
    for day in range(day_of(from_ms), day_of(until_ms) + 1):
        at_ms = day_ms(day) + every.minute * 60_000
        if from_ms <= at_ms < until_ms and _begins(every, day):
            yield at_ms


def words_of(every: Every) -> str:
    """Return it as people say it, in both languages."""
    time = f"{every.minute // 60:02d}:{every.minute % 60:02d}"
    if every.kind == "daily":
        return f"每天 {time} daily"
    if every.kind == "weekly":
        chinese = "、".join(f"周{WEEKDAYS_ZH[day]}" for day in every.days)
        return f"每{chinese} {time} weekly on {', '.join(WEEKDAYS[day] for day in every.days)}"
    days = "、".join(f"{day}日" for day in every.days)
    said = f"每月{days} {time} monthly on {', '.join(map(str, every.days))}"
    if every.days[-1] > 28:
        said += "（当月没有这一天时为月末 in a month without that day, on its last day）"
    return said


def _begins(every: Every, day: int) -> bool:
    if every.kind == "daily":
        return True
    if every.kind == "weekly":
        return weekday_of(day) in every.days
    date = date_of(day)
    is_last = (date + dt.timedelta(1)).day == 1
    return date.day in every.days or (is_last and every.days[-1] > date.day)


def _days(text: str, parts: list[str], known: tuple[str, ...], first: int = 0) -> tuple[int, ...]:
    for part in parts:
        if part not in known:
            raise _unclear(text, f"{part or ','} is not of {known[0]} … {known[-1]} 取值有误")
    return tuple(sorted({known.index(part) + first for part in parts}))


def _unclear(text: str, why: str) -> UnclearError:
    return UnclearError("E-WIN-01", f"{text!r}: when it recurs is not understood 无法识别周期: {why}")
