import math
import random

import pytest

from hub.health.availability import Tally
from hub.reports.figures import Counts
from hub.reports.warning_english import in_english
from hub.reports.warnings import Found, Standing, Trend, chance_of, found, judge

HOUR = 3_600_000


def week(land: int = 0, **more: object) -> Counts:
    return Counts(matters={"land": land}, **more)  # type: ignore[arg-type]


def trend(now: Counts, *past: int, town: str = "测试1镇", **more: object) -> Trend:
    told: dict[str, object] = {"rated": (0, 0), "rated_before": (0, 0)} | more
    return Trend(town, now, [week(one) for one in past], **told)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("number", "past", "level"),
    [
        pytest.param(4, (0,) * 8, None, id="under five is nothing to warn of"),
        pytest.param(20, (0, 0, 0), None, id="three weeks are no history"),
        pytest.param(6, (2, 1, 3, 2, 2, 1, 2, 3), None, id="three times the usual, but chance alone brings it"),
        pytest.param(20, (15, 18, 16, 17, 14, 19, 16, 15), None, id="a little more than always"),
        pytest.param(10, (2, 1, 3, 2, 2, 1, 2, 3), "yellow", id="yellow"),
        pytest.param(8, (1,) * 8, "orange", id="orange"),
        pytest.param(14, (1,) * 8, "red", id="red"),
        pytest.param(20, (0, 0, 19, 0, 0, 18, 0, 1), None, id="weeks that always differ much"),
    ],
)
def test_a_matter_that_surges(number: int, past: tuple[int, ...], level: str | None) -> None:
    said = found([trend(week(number), *past)])
    assert [one.level for one in said] == ([level] if level else [])
    if said:
        assert f"近7天山林土地类事项{number}件，前{len(past)}周平均每周{sum(past) / len(past):.1f}件" in said[0].figures


def test_the_chance_is_that_of_the_negative_binomial() -> None:
    assert chance_of(0, [3] * 8) == 1
    # Of a history so long that the rate is certain it is nearly Poisson's: P(X >= 8 | 3) = 0.0119.
    poisson = 1 - sum(3**k * math.exp(-3) / math.factorial(k) for k in range(8))
    assert chance_of(8, [3] * 400) == pytest.approx(poisson, rel=0.05)
    assert chance_of(8, [3] * 8) > poisson, "an estimated rate is less certain"


def test_a_quiet_county_is_hardly_ever_warned() -> None:
    chance, said = random.Random(11), 0
    usual = [chance.choice([0.3, 1, 2, 4]) for _ in range(300)]  # 20 towns x 15 matters

    def drawn(rate: float) -> int:
        number, product = 0, chance.random()
        while product > math.exp(-rate):
            number, product = number + 1, product * chance.random()
        return number

    for _ in range(10):
        said += len(found(trend(week(drawn(r)), *[drawn(r) for _ in range(8)], town=str(r)) for r in usual))
    assert said <= 5, "3,000 quiet weeks bring at most one warning in two weeks of a county"


def test_one_that_stands_goes_on_until_its_figures_are_usual() -> None:
    past = (2, 1, 3, 2, 2, 1, 2, 3)
    [one] = found([trend(week(10), *past)])
    assert [again.key for again in found([trend(week(7), *past)], frozenset({one.key}))] == [one.key]
    assert found([trend(week(4), *past)], frozenset({one.key})) == []


def test_a_towns_warning_is_not_said_again_of_the_county() -> None:
    past = (2, 1, 3, 2, 2, 1, 2, 3)
    assert [one.town for one in found([trend(week(12), *past), trend(week(12), *past, town="")])] == ["测试1镇"]
    assert [one.town for one in found([trend(week(2), *past), trend(week(30), *past, town="")])] == [""]


@pytest.mark.parametrize(
    ("up", "known", "level"),
    [(0.96, 1.0, None), (0.94, 1.0, "yellow"), (0.89, 1.0, "orange"), (0.5, 1.0, "red"), (0.5, 0.4, None)],
)
def test_a_low_online_rate_where_enough_is_known(up: float, known: float, level: str | None) -> None:
    seen = round(1_000 * HOUR * known)
    tally = Tally(1_000 * HOUR, round(seen * up), seen - round(seen * up), 3, HOUR)
    said = found([trend(week(online=tally))])
    assert [one.level for one in said] == ([level] if level else [])


@pytest.mark.parametrize(
    ("now", "then", "level"),
    [
        ((10, 19), (95, 100), None),
        ((93, 100), (95, 100), None),
        ((85, 100), (285, 300), "yellow"),
        ((80, 100), (285, 300), "orange"),
        ((60, 100), (285, 300), "red"),
    ],
)
def test_satisfaction_that_fell(now: tuple[int, int], then: tuple[int, int], level: str | None) -> None:
    said = found([trend(week(), rated=now, rated_before=then)])
    assert [one.level for one in said] == ([level] if level else [])


def test_answers_that_come_late() -> None:
    assert [one.rule for one in found([trend(week(in_time=8, late=4))])] == ["late"]
    assert found([trend(week(in_time=5, late=4))]) == [], "nine are too few"


def test_what_becomes_of_warnings() -> None:
    def said(level: str, town: str) -> Found:
        return Found("offline", town, "", level, "…")  # type: ignore[arg-type]

    there = [Standing(1, "offline a ", "yellow"), Standing(2, "offline b ", "red"), Standing(3, "offline c ", "red")]
    judged = judge(there, [said("orange", "a"), said("yellow", "b"), said("red", "d")])
    assert [(key, worse) for key, _, worse in judged.changed] == [(1, True), (2, False)]
    assert ([one.town for one in judged.opened], judged.ended) == (["d"], [3])


def test_every_sentence_of_a_warning_is_said_in_english_too() -> None:
    now = week(14, online=Tally(100 * HOUR, 50 * HOUR, 40 * HOUR, 3, HOUR), in_time=4, late=8, emergencies=9)
    said = found([trend(now, *(1,) * 8, rated=(10, 40), rated_before=(90, 100))])
    assert {one.rule for one in said} == {"matter", "emergency", "offline", "satisfaction", "late"}
    english = [in_english(one.figures) or "" for one in said]
    assert all(text.isascii() and text for text in english)
    assert "14 in the last 7 days, 1.0 a week on average of the 8 weeks before" in " ".join(english)
    assert in_english("别的话") is None
