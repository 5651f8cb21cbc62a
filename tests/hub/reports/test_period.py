import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.reports.period import LENGTHS, Length, ReportError, period_of, read_period

LATER = 2**42


@pytest.mark.parametrize(
    ("name", "before", "last_year", "title"),
    [
        ("2026-11", "2026-10", "2025-11", "2026年11月"),
        ("2026-01", "2025-12", "2025-01", "2026年1月"),
        ("2026-W48", "2026-W47", "2025-W48", "2026年第48周（11月23日—11月29日）"),
        ("2026-W53", "2026-W52", None, "2026年第53周（12月28日—1月3日）"),
        ("2028-02-29", "2028-02-28", None, "2028年2月29日"),
        ("2026-03-01", "2026-02-28", "2025-03-01", "2026年3月1日"),
    ],
)
def test_a_period_knows_what_it_is_compared_with(name: str, before: str, last_year: str | None, title: str) -> None:
    period = read_period(name, LATER)
    assert (period.name, period.before.name, period.title) == (name, before, title)
    assert (period.last_year.name if period.last_year else None) == last_year


@pytest.mark.parametrize("text", ["2026-13", "2026-W54", "2025-W53", "2026-02-30", "26-1", "", "2026-11 ", "1999-01"])
def test_what_is_no_period_is_said_so(text: str) -> None:
    with pytest.raises(ReportError, match="E-REP-01"):
        read_period(text, LATER)


def test_a_period_that_has_not_begun_has_no_figures() -> None:
    november = read_period("2026-11", LATER)
    with pytest.raises(ReportError, match="has not begun"):
        read_period("2026-12", november.until_ms)
    assert read_period("2026-11", november.from_ms + 1).cut(november.from_ms + 1).until_ms == november.from_ms + 1


@given(st.sampled_from(LENGTHS), st.integers(1_000_000_000_000, 4_000_000_000_000))
@settings(max_examples=60)
def test_every_moment_lies_in_one_period_that_follows_the_one_before(length: Length, at_ms: int) -> None:
    period = period_of(length, at_ms)
    assert period.from_ms <= at_ms < period.until_ms
    assert period.before.until_ms == period.from_ms
    assert read_period(period.name, LATER) == period
