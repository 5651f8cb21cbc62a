"""The county's days, ISO weeks and months, what came before each, and the same of last year (pure)."""

import datetime as dt
import re
from typing import Final, Literal, NamedTuple

from hub.errors import HubError
from hub.local_time import FIRST_YEAR, LAST_YEAR, china, day_ms, day_number
from hub.visits.day import DAY_MS

Length = Literal["day", "week", "month"]
LENGTHS: Final[tuple[Length, ...]] = ("day", "week", "month")
_DAY: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_WEEK: Final = re.compile(r"([0-9]{4})-W([0-9]{2})")
_MONTH: Final = re.compile(r"([0-9]{4})-([0-9]{2})")


class ReportError(HubError):
    """A period, report or act that cannot be meant, or is not allowed as things stand."""

    exit_code = 3


class Period(NamedTuple):
    """One day, week (from Monday) or month of the county."""

    length: Length
    name: str
    """`2026-11-27`, `2026-W48` or `2026-11`."""
    from_ms: int
    until_ms: int

    @property
    def title(self) -> str:
        """Return what Chinese calls it."""
        first = china(self.from_ms)
        if self.length == "month":
            return f"{first.year}年{first.month}月"
        if self.length == "day":
            return f"{first.year}年{first.month}月{first.day}日"
        last, (year, week, _) = china(self.until_ms - DAY_MS), first.isocalendar()
        return f"{year}年第{week}周（{first.month}月{first.day}日—{last.month}月{last.day}日）"

    @property
    def last_word(self) -> str:
        """Return what Chinese calls the one before."""
        return {"day": "上一日", "week": "上周", "month": "上月"}[self.length]

    @property
    def this_word(self) -> str:
        """Return what a report on it calls it."""
        return {"day": "当日", "week": "本周", "month": "本月"}[self.length]

    @property
    def before(self) -> "Period":
        """Return the one before (环比)."""
        return period_of(self.length, self.from_ms - 1)

    @property
    def last_year(self) -> "Period | None":
        """Return the same day, week number or month of last year (同比); None of 29 February and of a 53rd week."""
        first = china(self.from_ms)
        try:
            if self.length == "week":
                year, week, _ = first.isocalendar()
                day = dt.date.fromisocalendar(year - 1, week, 1)
            else:
                day = dt.date(first.year - 1, first.month, first.day)
        except ValueError:
            return None
        return period_of(self.length, _ms(day))

    def cut(self, now_ms: int) -> "Period":
        """Return what of it is over by now."""
        return self._replace(until_ms=min(self.until_ms, now_ms))

    def part(self, length_ms: int) -> "Period":
        """Return its first so many milliseconds: what compares with one that is not over."""
        return self._replace(until_ms=min(self.until_ms, self.from_ms + length_ms))


def period_of(length: Length, at_ms: int) -> Period:
    """Return the period that holds a time."""
    day = china(at_ms).date()
    if length == "day":
        return _period("day", f"{day:%Y-%m-%d}", day, day + dt.timedelta(1))
    if length == "week":
        year, week, weekday = day.isocalendar()
        monday = day - dt.timedelta(weekday - 1)
        return _period("week", f"{year}-W{week:02d}", monday, monday + dt.timedelta(7))
    first = day.replace(day=1)
    return _period("month", f"{day:%Y-%m}", first, (first + dt.timedelta(31)).replace(day=1))


def last_over(length: Length, now_ms: int) -> Period:
    """Return the last period that is over."""
    return period_of(length, now_ms).before


def read_period(text: str, now_ms: int) -> Period:
    """Return a period by its name.

    Raises ReportError E-REP-01 for anything else, and for one that has not begun.
    """
    day: dt.date | None = None
    length: Length = "day"
    try:
        if date := _DAY.fullmatch(text):
            day = dt.date(int(date[1]), int(date[2]), int(date[3]))
        elif week := _WEEK.fullmatch(text):
            day, length = dt.date.fromisocalendar(int(week[1]), int(week[2]), 1), "week"
        elif month := _MONTH.fullmatch(text):
            day, length = dt.date(int(month[1]), int(month[2]), 1), "month"
    except ValueError:
        day = None
    if day is None or not FIRST_YEAR < day.year < LAST_YEAR:
        raise ReportError(
            "E-REP-01", f"{text!r}: a day 2026-11-27, a week 2026-W48 or a month 2026-11 时间段应写成日、周或月"
        )
    period = period_of(length, _ms(day))
    if period.from_ms >= now_ms:
        raise ReportError("E-REP-01", f"{text}: has not begun 该时间段尚未开始")
    return period


def _period(length: Length, name: str, first: dt.date, following: dt.date) -> Period:
    return Period(length, name, _ms(first), _ms(following))


def _ms(day: dt.date) -> int:
    return day_ms(day_number(day))
