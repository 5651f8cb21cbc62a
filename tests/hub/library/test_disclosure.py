"""What a village must make public by when, and how it stands; notices from issue to close."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.library.disclosure import Happened, Rule, owed, quarters
from hub.library.rectify import WAYS, RectifyError, after, overdue_days
from hub.local_time import day_of_text, text_of_day

RULE = Rule(1, "quarterly", "财务公开", "Accounts", 10, 0)


def day(text: str) -> int:
    found = day_of_text(text)
    assert found is not None
    return found


def item(key: str, due: str, published: str | None = None, title: str = "别的") -> dict[str, object]:
    return {"id": key, "title": {"zh": title}, "due": due} | ({"published": published} if published else {})


def test_a_quarter_is_owed_once_it_is_over() -> None:
    begins = day("2026-01-01")
    assert [name for name, _ in quarters(begins, day("2026-09-30"))] == ["2026q1", "2026q2"]
    assert [name for name, _ in quarters(begins, day("2026-10-01"))] == ["2026q1", "2026q2", "2026q3"]
    assert quarters(begins, day("2027-01-01"))[-1] == ("2026q4", day("2026-12-31"))


@given(st.integers(0, 40_000), st.integers(0, 2_000))
def test_quarters_follow_each_other_without_a_gap(first: int, length: int) -> None:
    found = quarters(first, first + length)
    lasts = [last for _, last in found]
    assert all(first <= last < first + length for last in lasts)
    assert all(90 <= later - earlier <= 92 for earlier, later in pairwise(lasts))
    assert all(text_of_day(last + 1)[5:] in {"01-01", "04-01", "07-01", "10-01"} for last in lasts)


@pytest.mark.parametrize(
    ("today", "published", "standing", "late_days"),
    [
        pytest.param("2026-10-01", None, "near", 0, id="the quarter is just over"),
        pytest.param("2026-10-10", None, "near", 0, id="the tenth is still in time"),
        pytest.param("2026-10-11", None, "late", 1, id="the eleventh is late"),
        pytest.param("2026-10-20", "2026-10-10", "published", 0, id="made public on the tenth"),
        pytest.param("2026-10-20", "2026-10-13", "published_late", 3, id="made public three days late"),
        pytest.param("2026-10-20", "2026-10-25", "late", 10, id="a day to come is no publication yet"),
    ],
)
def test_how_a_quarter_stands(today: str, published: str | None, standing: str, late_days: int) -> None:
    items = [item("q1-2026q3", "2026-10-10", published)]
    rule = RULE._replace(from_day=day("2026-07-01"))
    (found,) = owed([rule], [], items, day(today))
    assert (found.key, found.standing, found.late_days) == ("q1-2026q3", standing, late_days)
    assert found.title_zh == "财务公开 2026年第3季度"


def test_what_happened_and_what_the_document_says_itself_are_owed_too() -> None:
    happened = [Happened(7, "999999101001", "征地", day("2026-11-01"), day("2026-11-06"))]
    items = [item("x", "2026-11-06", "2026-11-05", title="征地"), item("own", "2026-11-01", title="修路")]
    found = {one.key: one.standing for one in owed([], happened, items, day("2026-11-28"))}
    assert found == {"e7": "published", "i-own": "late"}, "one of another id counts by its day and title"


def test_a_rule_that_ended_or_has_not_begun_asks_nothing() -> None:
    today = day("2026-11-28")
    assert owed([RULE._replace(from_day=day("2026-10-01"))], [], [], today) == []
    ended = RULE._replace(from_day=day("2026-04-01"), ended_day=day("2026-08-01"))
    assert [one.key for one in owed([ended], [], [], today)] == ["q1-2026q2"]
    assert len(owed([RULE], [], [], today)) == 4, "older quarters are history"


@given(st.lists(st.sampled_from(["answer", "send_back", "close", "withdraw", "remark", "issue", ""]), max_size=8))
def test_a_notice_goes_no_way_there_is_not_and_stays_closed(acts: list[str]) -> None:
    state = "open"
    for act in acts:
        before = state
        try:
            state = after(before, act)  # type: ignore[arg-type]
        except RectifyError:
            assert act not in WAYS[before]  # type: ignore[index]
        if before in {"closed", "withdrawn"}:
            assert state == before
        if state == "closed" != before:
            assert before == "answered", "nobody closes what was not looked at again"


def test_only_what_is_still_to_be_put_right_is_overdue() -> None:
    assert [overdue_days("open", 10, today) for today in (9, 10, 12)] == [0, 0, 2]
    assert overdue_days("answered", 10, 12) == 0
