"""What villages must make public by when, and what they did (四民主两公开: 季度公开, 随时公开; pure).

村民委员会组织法 (2018) 第三十条: general matters at least once a quarter, matters of weight as they happen. By which
day after the quarter's end, and within how many days of what happened, the law does not say: the county's rules do.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple

from hub.local_time import date_of, day_number, day_of_text, text_of_day

RuleKind = Literal["quarterly", "event"]
Standing = Literal["late", "near", "coming", "published_late", "published"]
STANDINGS: Final[tuple[Standing, ...]] = ("late", "near", "coming", "published_late", "published")
"""What somebody has to look at first."""
NEAR_DAYS: Final = 10
MOST_KEY: Final = 40
QUARTERS_BACK: Final = 4
"""Older quarters are history: nobody is reminded of them any more."""


class Rule(NamedTuple):
    """A duty of every village; days are the county's, counted from 1970-01-01."""

    id: int
    kind: RuleKind
    title_zh: str
    title_en: str
    days: int
    """After the quarter's last day, or after what happened."""
    from_day: int
    """It holds for quarters that end on this day or later."""
    ended_day: int | None = None


class Happened(NamedTuple):
    """Something a village must make public because it happened."""

    id: int
    station: str
    title: str
    happened_day: int
    due_day: int


class Owed(NamedTuple):
    """One thing a village must make public, and how it stands."""

    key: str
    """Names it for good; the entry of the village's document that makes it public has it as its id."""
    title_zh: str
    title_en: str
    due_day: int
    published_day: int | None
    standing: Standing
    late_days: int
    """How long it is, or was, late."""


def quarters(from_day: int, until_day: int) -> list[tuple[str, int]]:
    """Return name (`2026q3`) and last day of each quarter that ended from `from_day` to before `until_day`."""
    found: list[tuple[str, int]] = []
    first = date_of(from_day)
    year, quarter = first.year, (first.month - 1) // 3
    while True:
        following = dt.date(year + (quarter == 3), (quarter * 3 + 3) % 12 + 1, 1)
        last = day_number(following) - 1
        if last >= until_day:
            return found
        found.append((f"{year}q{quarter + 1}", last))
        year, quarter = following.year, (following.month - 1) // 3


def owed(
    rules: Iterable[Rule], happened: Iterable[Happened], items: Sequence[Mapping[str, Any]], today: int
) -> list[Owed]:
    """Return what one village owes and owed, by its rules, what happened there, and its document's entries.

    An entry makes a duty public by its id; one that has another id does when day and title are the duty's own.
    """
    duties = [*_quarterly(tuple(rules), today)]
    duties += [(f"e{one.id}", one.title, one.title, one.due_day) for one in happened]
    found, used = [], set()
    for key, zh, en, due_day in duties:
        item = _entry(items, key, zh, due_day)
        used.add(id(item))
        found.append(_owed(key, zh, en, due_day, item, today))
    for item in items:
        due = day_of_text(str(item.get("due", "")))
        if id(item) not in used and due is not None:
            title = item["title"]
            found.append(_owed(own_key(item), title["zh"], title.get("en") or title["zh"], due, item, today))
    return sorted(found, key=lambda one: (STANDINGS.index(one.standing), one.due_day, one.key))


@lru_cache(8)
def _quarterly(rules: tuple[Rule, ...], today: int) -> tuple[tuple[str, str, str, int], ...]:
    """Return key, titles and last day of every quarterly duty: the same for every village."""
    return tuple(
        (
            f"q{rule.id}-{name}",
            f"{rule.title_zh} {name[:4]}年第{name[5]}季度",
            f"{rule.title_en} {name}",
            last + rule.days,
        )
        for rule in rules
        if rule.kind == "quarterly"
        for name, last in quarters(rule.from_day, today)[-QUARTERS_BACK:]
        if rule.ended_day is None or last <= rule.ended_day
    )


def own_key(item: Mapping[str, Any]) -> str:
    """Return the key of what only a village's own document says it owes."""
    return f"i-{item['id']}"[:MOST_KEY]


def _entry(items: Sequence[Mapping[str, Any]], key: str, title: str, due_day: int) -> Mapping[str, Any] | None:
    if not items:
        return None
    by_id = next((one for one in items if one.get("id") == key), None)
    if by_id is not None:
        return by_id
    due = text_of_day(due_day)
    return next((one for one in items if one.get("due") == due and one["title"]["zh"] == title), None)


def _owed(key: str, zh: str, en: str, due_day: int, item: Mapping[str, Any] | None, today: int) -> Owed:
    published = None if item is None else day_of_text(str(item.get("published") or ""))
    if published is not None and published <= today:
        late = max(0, published - due_day)
        return Owed(key, zh, en, due_day, published, "published_late" if late else "published", late)
    late = max(0, today - due_day)
    standing: Standing = "late" if late else "near" if due_day - today <= NEAR_DAYS else "coming"
    return Owed(key, zh, en, due_day, None, standing, late)
