"""Times as people write them: what is understood is what was meant, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.health.every import Every, read_every, starts
from hub.local_time import UnclearError, day_of, length_ms, length_words, moment_ms, written
from hub.visits.day import day_start_ms

NOON = 1_795_838_400_000
"""2026-11-28 12:00 in China."""
HOUR, DAY = 3_600_000, 86_400_000


@pytest.mark.parametrize(
    ("text", "past", "meant"),
    [
        pytest.param("2026-11-28 02:00", False, "2026-11-28 02:00", id="a date and a time"),
        pytest.param("2026-11-28T02:00", False, "2026-11-28 02:00", id="as ISO 8601 has it"),
        pytest.param("2026-12-01", False, "2026-12-01 00:00", id="a date: its midnight"),
        pytest.param("02:00", False, "2026-11-29 02:00", id="the next 02:00"),
        pytest.param("2:00", True, "2026-11-28 02:00", id="the last 02:00"),
        pytest.param("13:30", False, "2026-11-28 13:30", id="later today"),
        pytest.param("12:00", False, "2026-11-28 12:00", id="this very minute is the next"),
        pytest.param("12:00", True, "2026-11-27 12:00", id="and not the last"),
        pytest.param("+90m", False, "2026-11-28 13:30", id="from now on"),
        pytest.param("-1d", False, "2026-11-27 12:00", id="back from now"),
    ],
)
def test_what_is_meant(text: str, past: bool, meant: str):
    assert written(NOON) == "2026-11-28 12:00"
    assert written(moment_ms(text, NOON, past=past)) == meant


@pytest.mark.parametrize(
    "text", ["", "now", "+", "+2", "2h", "24:00", "12:60", "2026-11-31", "2026-11-28 2:00", "1999-01-01", "28.11.2026"]
)
def test_what_is_not_understood(text: str):
    with pytest.raises(UnclearError, match="E-WIN-02"):
        moment_ms(text, NOON)


@given(st.text(max_size=30) | st.from_regex(r"[+-]?[0-9:T -]{1,20}[smhd]?"))
def test_no_text_does_more_than_to_be_refused(text: str):
    for read in (lambda: moment_ms(text, NOON), lambda: read_every(text), lambda: length_ms(text)):
        try:
            read()
        except UnclearError as error:
            assert error.code in {"E-WIN-01", "E-WIN-02"}  # noqa: PT017


@given(st.integers(min_value=10**12, max_value=4 * 10**12))
def test_what_is_written_is_read_again(at_ms: int):
    assert moment_ms(written(at_ms), 0) == at_ms // 60_000 * 60_000
    assert day_start_ms(at_ms) == moment_ms(written(at_ms)[:10], 0)


@given(st.integers(min_value=1, max_value=10**5), st.sampled_from("smhd"))
def test_a_length_is_written_as_it_is_read(count: int, unit: str):
    length = length_ms(f"{min(count, 99_999)}{unit}")
    assert length is not None
    again = length_ms(length_words(length))
    assert again in {length, None}, "None only where it has more than five figures"


@given(
    st.sampled_from(["daily", "weekly", "monthly"]),
    st.sets(st.integers(min_value=1, max_value=31), min_size=1, max_size=5),
    st.integers(min_value=0, max_value=1439),
    st.integers(min_value=NOON, max_value=NOON + 2000 * DAY),
)
def test_beginnings_are_in_order_and_none_is_left_out(kind: str, days: set[int], minute: int, from_ms: int):
    chosen = tuple(sorted(days)) if kind == "monthly" else tuple(sorted({day % 7 for day in days}))
    every = Every(kind, () if kind == "daily" else chosen, minute)  # type: ignore[arg-type]
    found = list(starts(every, from_ms, from_ms + 400 * DAY))
    assert found == sorted(set(found))
    assert len({day_of(at_ms) for at_ms in found}) == len(found)
    middle_ms = from_ms + 123 * DAY + 7
    parts = [*starts(every, from_ms, middle_ms), *starts(every, middle_ms, from_ms + 400 * DAY)]
    assert parts == found
    least = {"daily": 400, "weekly": 57 * len(chosen), "monthly": 13}[kind]
    assert len(found) >= least
