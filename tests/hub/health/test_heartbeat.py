"""Bars of a station's past: adjoining times, and in each what was known of it."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from hub.health.availability import EVER, Said, Village, fared, total
from hub.health.heartbeat import bars, stretches
from hub.local_time import UNIT_MS, written

H = UNIT_MS["h"]
NOW_MS = 1_795_545_000_000  # 2026-11-24, some time of the day


def test_the_bars_adjoin_and_end_with_the_time_that_is_not_over() -> None:
    for reach, count, length in (("day", 48, H // 2), ("month", 30, 24 * H), ("year", 52, 7 * 24 * H)):
        spans = stretches(reach, NOW_MS)
        assert len(spans) == count
        assert all(until - begin == length for begin, until in spans)
        assert all(one[1] == other[0] for one, other in pairwise(spans))
        assert spans[-1][0] <= NOW_MS < spans[-1][1]
    assert written(stretches("month", NOW_MS)[0][0]).endswith("00:00")


def looks(village: Village, *, blind: tuple[tuple[int, int], ...] = ()) -> list[str]:
    spans = [(at * H, at * H + H) for at in range(5)]
    return [bar.look for bar in bars(village, spans, 4 * H, blind)]


def test_each_bar_says_what_it_was() -> None:
    always = ((0, EVER),)
    assert looks(Village([Said(0, "up")], always)) == ["up", "up", "up", "up", "none"], "what is to come is not told"
    cut = Village([Said(0, "up"), Said(H + 1, "down"), Said(H + 60_000, "up"), Said(2 * H, "down")], always)
    assert looks(cut) == ["up", "partly", "down", "down", "none"]
    assert looks(Village([Said(0, "up")], ((2 * H, EVER),))) == ["none", "none", "up", "up", "none"]
    planned = Village([Said(0, "down")], always, maintenance=((H, 3 * H),))
    assert looks(planned) == ["down", "maintenance", "maintenance", "down", "none"]
    assert looks(Village([Said(0, "up")], always), blind=((H, 2 * H),)) == ["up", "unknown", "up", "up", "none"]
    assert looks(Village([], always)) == ["unknown"] * 4 + ["none"]


@given(st.lists(st.tuples(st.integers(0, 5 * H), st.sampled_from(["up", "down", "unknown"])), max_size=12))
def test_the_bars_together_are_the_whole(said: list[tuple[int, str]]) -> None:
    village = Village([Said(at, level) for at, level in sorted(said)], ((0, EVER),))  # type: ignore[arg-type]
    spans = [(at * H, at * H + H) for at in range(5)]
    whole, parts = fared(village, (0, 5 * H)).online, total(bar.tally for bar in bars(village, spans, 5 * H))
    assert (parts.service_ms, parts.up_ms, parts.down_ms) == (whole.service_ms, whole.up_ms, whole.down_ms)
