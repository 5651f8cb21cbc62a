"""The figures of ISA-18.2, against a plain count."""

from hypothesis import given
from hypothesis import strategies as st

from hub.incidents.alarm_figures import HOUR_MS, STALE_MS, TEN_MINUTES_MS, Notice, figures, most_within

DAY_MS = 24 * HOUR_MS


def test_a_quiet_day() -> None:
    found = figures([], [], [], 0, DAY_MS)
    assert (found.raised.alarms, found.raised.per_hour, found.stale, found.operators) == (0, 0.0, 0, ())
    assert found.priorities == (0.0, 0.0, 0.0)


def test_a_flood_a_chatterer_and_what_stands_for_days() -> None:
    flood = [Notice(HOUR_MS + number * 1_000, f"down 村{number}", priority=3) for number in range(11)]
    chatter = [Notice(5 * HOUR_MS + number * 30_000, "video 村1", priority=2) for number in range(3)]
    found = figures([*flood, *chatter, Notice(DAY_MS, "after", priority=1)], [], [0, -1, DAY_MS - STALE_MS], 0, DAY_MS)
    assert (found.raised.alarms, found.raised.busiest) == (14, 11)
    assert found.raised.flooded == 1 / 144
    assert found.raised.chattering == ("video 村1",)
    assert found.raised.top[0] == ("video 村1", 3)
    assert found.raised.top_share == 12 / 14
    assert found.stale == 1, "exactly a day is not over a day"
    assert found.priorities == (0.0, 3 / 14, 11 / 14)


def test_ten_in_a_period_are_no_flood_and_two_in_a_minute_no_chatter() -> None:
    ten = [Notice(number * 60_001, "down 镇", "a@b.test") for number in range(10)]
    (load,) = figures([], ten, [], 0, DAY_MS).operators
    assert (load.flooded, load.chattering, load.operator) == (0.0, (), "a@b.test")


def test_digests_are_letters_but_chatter_of_nothing() -> None:
    (load,) = figures([], [Notice(number, "digest", "a") for number in range(5)], [], 0, DAY_MS).operators
    assert (load.alarms, load.chattering) == (5, ())


@given(st.lists(st.integers(0, 3 * HOUR_MS), max_size=60), st.sampled_from([60_000, TEN_MINUTES_MS]))
def test_the_busiest_time_is_that_of_a_plain_count(times: list[int], span_ms: int) -> None:
    times.sort()
    plain = max((sum(at <= other <= at + span_ms for other in times) for at in times), default=0)
    assert most_within(times, span_ms) == plain


@given(st.lists(st.tuples(st.integers(-HOUR_MS, 2 * DAY_MS), st.sampled_from("abc"), st.sampled_from("xyz"))))
def test_every_letter_in_the_period_is_counted_for_its_operator(told: list[tuple[int, str, str]]) -> None:
    found = figures([], [Notice(at_ms, source, who) for at_ms, source, who in told], [], 0, DAY_MS)
    for load in found.operators:
        mine = [at_ms for at_ms, _, who in told if who == load.operator and 0 <= at_ms < DAY_MS]
        assert load.alarms == len(mine) == sum(number for _, number in load.top)
        assert load.per_hour == len(mine) / 24
        slots = {at_ms // TEN_MINUTES_MS for at_ms in mine}
        crowded = sum(sum(at_ms // TEN_MINUTES_MS == slot for at_ms in mine) > 10 for slot in slots)
        assert load.flooded == crowded / 144
