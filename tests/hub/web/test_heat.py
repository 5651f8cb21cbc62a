"""The pairs of villages as a picture, as rules."""

import pytest

from hub.health.lines import LegNow, Measured
from hub.health.matrix import Cell, Rate, TownCell, Village
from hub.web import heat
from hub.web.linked import MATRIX_EVERY_MS, STALE_MS, Linked, LinkedWatch, linked_of
from hub.web.telling import leg_of
from tests.hub.web.conftest import FIRST, SECOND, VILLAGES
from tests.hub.web.made_up import MadeUpCounty

AT_MS = 1_795_545_000_000
A, B, C = (Village(f"99999910100{unit}", f"第{unit}村", "测试镇", "online", 1.0, 1.0, 20.0) for unit in (1, 2, 3))


def leg(state: str = "ok", *, reached: int = 180, received: int = 180, reason: str = "answered", ago_ms: int = 1_000):
    return LegNow(state, AT_MS - 60_000, reason, AT_MS - ago_ms, 180, reached, received, 20.0, 1.0)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rate", "level", "figure"),
    [
        pytest.param(Rate(can=45), "good", "100", id="all of them"),
        pytest.param(Rate(can=999, cannot=1), "fair", "99", id="one of a thousand cannot: never said to be 100"),
        pytest.param(Rate(can=90, cannot=10, unknown=50), "fair", "90", id="on the limit; the unknown do not count"),
        pytest.param(Rate(can=89, cannot=11), "poor", "89", id="under it"),
        pytest.param(Rate(can=1, cannot=1), "poor", "50", id="half"),
        pytest.param(Rate(can=1, cannot=2), "bad", "33", id="a third"),
        pytest.param(Rate(cannot=9), "off", "0", id="none at all"),
        pytest.param(Rate(unknown=3, excused=1), "unknown", "?", id="nothing is known"),
        pytest.param(Rate(excused=3), "excused", "◆", id="all in maintenance"),
    ],
)
def test_a_cell_of_two_towns(rate: Rate, level: str, figure: str) -> None:
    shown = heat.town_cell(TownCell(rate, 3.46, 1.2, None, 40.0))
    assert (shown.level, shown.figure) == (level, figure)
    assert shown.score == ("" if figure in "?◆" else "3.4")


@pytest.mark.parametrize(
    ("cell", "level", "figure"),
    [
        pytest.param(Cell("can", "", 3.53, 40.0), "good", "3.5", id="nothing lost"),
        pytest.param(Cell("can", "", 2.5, 40.0), "fair", "2.5", id="just enough for a call"),
        pytest.param(Cell("cannot", "loss", 2.499, 40.0), "poor", "2.4", id="just too little never reads as enough"),
        pytest.param(Cell("cannot", "loss", 1.0, None), "bad", "1.0", id="everything lost"),
        pytest.param(Cell("cannot", "offline"), "off", "×", id="offline"),
        pytest.param(Cell("unknown", "not_measured"), "unknown", "?", id="not measured"),
        pytest.param(Cell("excused", "maintenance"), "excused", "◆", id="in maintenance"),
        pytest.param(None, "same", "—", id="itself"),
    ],
)
def test_a_cell_of_two_villages(cell: Cell | None, level: str, figure: str) -> None:
    shown = heat.village_cell(cell)
    assert (shown.level, shown.figure, shown.slow) == (level, figure, False)


def test_a_good_picture_that_comes_too_late_is_said_to_be_slow() -> None:
    assert heat.village_cell(Cell("cannot", "slow", 3.5, 900.0)).slow


def test_the_worst_lines_come_first_with_the_direction_that_loses() -> None:
    legs = {
        A.code: leg("degraded", reached=160, received=159),
        B.code: leg("degraded", reached=180, received=140),
        C.code: leg("lost", reached=0, received=0),
    }
    rows, counts = heat.legs_to_look_at([A, B, C], legs, AT_MS)
    assert [(row.village.code, row.worse) for row in rows] == [(C.code, "up"), (B.code, "down"), (A.code, "up")]
    assert (counts["degraded"], counts["lost"], counts["ok"], counts["unmeasured"]) == (2, 1, 0, 0)


def test_what_was_measured_long_ago_is_not_how_a_line_is() -> None:
    rows, counts = heat.legs_to_look_at([A, B], {A.code: leg("lost", ago_ms=3_600_000)}, AT_MS)
    assert (list(rows), counts["unmeasured"]) == ([], 2)


@pytest.mark.parametrize(
    ("station", "last", "said"),
    [
        pytest.param("offline", "ok", "unmeasured", id="a village without power has no good line"),
        pytest.param("unknown", "degraded", "unmeasured", id="nor is a poor one known while the broker is away"),
        pytest.param("offline", "lost", "lost", id="that nothing came back stays true"),
        pytest.param("maintenance", "ok", "ok", id="in maintenance lines are measured on"),
    ],
)
def test_what_a_village_that_is_away_said_last_is_not_how_its_line_is(station: str, last: str, said: str) -> None:
    _, counts = heat.legs_to_look_at([A._replace(state=station)], {A.code: leg(last)}, AT_MS)
    assert counts == {said: 1}


def test_the_card_of_a_village_that_is_away_says_since_when_its_line_is_not_measured() -> None:
    shown = leg_of(leg("ok"), "offline", AT_MS)
    assert shown is not None
    assert (shown["state"], shown["since"]) == ("unmeasured", AT_MS - 1_000)
    assert leg_of(leg("ok"), "online", AT_MS) == shown | {"state": "ok", "since": AT_MS - 60_000}
    assert leg_of(None, "online", AT_MS) is None


def test_a_slow_line_is_marked_at_its_time() -> None:
    (row,) = heat.legs_to_look_at([A], {A.code: leg("degraded", reason="slow")}, AT_MS)[0]
    assert row.worse == "rtt"


def test_pairs_that_part_from_their_prediction_are_listed_the_worse_first() -> None:
    legs = {one.code: leg() for one in (A, B, C)}
    tests = {
        (A.code, B.code): Measured(AT_MS - 7_200_000, 60, 30, 30, 40.0, 1.0, AT_MS, None),
        (B.code, A.code): Measured(AT_MS - 9_000, 60, 60, 60, 41.0, 1.0, AT_MS, None),
        (A.code, C.code): Measured(AT_MS - 8_000, 60, 40, 40, 41.0, 1.0, AT_MS, None),
        (C.code, A.code): Measured(AT_MS - 7_000, 60, 60, 60, 20.0, 1.0, AT_MS, None),
        (C.code, B.code): Measured(AT_MS - 6_000, 60, 0, 0, None, None, None, AT_MS - 6_000),
    }
    found = heat.pairs_to_look_at([A, B, C], legs, tests, AT_MS)
    assert (found.tested, found.unreachable, found.more) == (4, 1, 0), "that of two hours ago is not of now"
    assert [(row.a.code, row.b.code, row.comparison.reasons) for row in found.differing] == [
        (A.code, C.code, ("more_loss_there",)),
        (C.code, A.code, ("faster",)),
    ]


def test_a_test_told_late_hides_none_that_came_before_it() -> None:
    legs = {one.code: leg() for one in (A, B)}
    tests = {
        (A.code, B.code): Measured(AT_MS - 9_000, 60, 30, 30, 40.0, 1.0, AT_MS, None),
        (C.code, A.code): Measured(AT_MS - heat.RECENT_MS - 1, 60, 60, 60, 41.0, 1.0, AT_MS, None),
    }
    assert [row.a for row in heat.pairs_to_look_at([A, B, C], legs, tests, AT_MS).differing] == [A]


def test_one_village_that_finds_all_others_odd_does_not_fill_the_list() -> None:
    others = [
        Village(f"9999991020{number:02d}", f"{number}村", "测试镇", "online", 1.0, 1.0, 20.0) for number in range(40)
    ]
    legs = {one.code: leg() for one in (A, B, *others)}
    tests = {(B.code, A.code): Measured(AT_MS - 90_000, 60, 30, 30, 40.0, 1.0, AT_MS, None)}
    tests |= {(A.code, one.code): Measured(AT_MS - 9_000, 60, 30, 30, 40.0, 1.0, AT_MS, None) for one in others}
    found = heat.pairs_to_look_at([A, B, *others], legs, tests, AT_MS)
    assert [row.a for row in found.differing] == [A] * heat.MOST_OF_ONE + [B]
    assert found.more == 40 - heat.MOST_OF_ONE


def test_a_share_of_next_to_nothing_is_not_shown() -> None:
    assert linked_of(Rate(can=0, cannot=3, unknown=997)) == Linked(None, 0.3), "bad lines are known before good ones"
    assert linked_of(Rate(can=80, cannot=20, unknown=100)) == Linked(80.0, 50.0)
    few = heat.town_cell(TownCell(Rate(can=0, cannot=3, unknown=97), None, None, None, None))
    assert (few.level, few.figure) == ("unknown", "?"), "one village that is away is not its whole town"
    assert linked_of(Rate()) == Linked(None, None)


def test_the_countys_figure_is_rounded_down_and_kept_for_all_who_look(made_up: MadeUpCounty) -> None:
    now_ms = [AT_MS]
    watch = LinkedWatch(made_up.view, made_up.lines, lambda: now_ms[0])
    assert watch.now() == Linked(None, None)
    for code, _, _ in VILLAGES:
        made_up.lines.told[code] = leg()
    made_up.lines.told[FIRST] = leg("lost", reached=0, received=0)
    del made_up.lines.told[SECOND]
    watch.measure()
    assert watch.now() == Linked(71.4, 75.0), "21 pairs of 28 are known, 15 of them can"
    now_ms[0] += STALE_MS + 1
    assert watch.now() == Linked(None, None), "what nobody brings up to date is not shown"
    now_ms[0] = AT_MS
    first = watch.matrix()
    made_up.lines.told[FIRST] = leg()
    now_ms[0] += MATRIX_EVERY_MS - 1
    assert watch.matrix() is first
    now_ms[0] += 1
    assert watch.matrix().rate.can == 21
