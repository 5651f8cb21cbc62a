"""A release in waves: who is next, what counts as well, and what stops everything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import HubError
from hub.rollout.waves import (
    CAME_BACK,
    HOUR_MS,
    LATE,
    LATE_AFTER_MS,
    MOST_AT_ONCE,
    MOST_TRIES,
    Decided,
    Outcome,
    Plan,
    Standing,
    decide,
    read_waves,
    turns,
)

SOAK = 2 * HOUR_MS
NEW, OLD = 7, 6


def plan(*ends: int, most_failed: int = 0) -> Plan:
    return Plan(NEW, ends, SOAK, most_failed)


def standing(place: int, **changed: object) -> Standing:
    return Standing(f"s{place}", place, online=True, release=OLD)._replace(**changed)  # type: ignore[arg-type]


def fleet(number: int, **changed: object) -> list[Standing]:
    return [standing(place, **changed) for place in range(number)]


WELL = {"ordered_ms": 0, "release": NEW, "running_ms": 0}


@pytest.mark.parametrize(
    ("text", "stations", "ends"),
    [
        pytest.param("1,5%,25%,100%", 400, (1, 20, 100, 400), id="as usual"),
        pytest.param("1", 400, (1, 400), id="all are the last wave, said or not"),
        pytest.param("1,5%,25%,100%", 3, (1, 3), id="waves that would hold nobody new are none"),
        pytest.param("100%", 1, (1,), id="one station"),
        pytest.param(" 2 , 10 ", 10, (2, 10), id="counts and blanks"),
    ],
)
def test_waves_are_read(text: str, stations: int, ends: tuple[int, ...]) -> None:
    assert read_waves(text, stations) == ends


@pytest.mark.parametrize("text", ["", "0", "5%,1%", "200%", "a", "1,,2", "-1"])
def test_what_is_no_list_of_waves_is_refused(text: str) -> None:
    with pytest.raises(HubError, match="E-ROLL-01"):
        read_waves(text, 400)


def test_each_wave_is_spread_over_the_towns_and_the_same_on_every_hub() -> None:
    stations = [(f"9999991{town:02}{village:03}", f"测试{town}镇") for town in range(4) for village in range(25)]
    first = turns("r1", stations)
    assert first == turns("r1", list(reversed(stations)))
    assert {code[7:9] for code in first[:4]} == {"00", "01", "02", "03"}
    assert sorted(first) == sorted(code for code, _ in stations)
    assert turns("r2", stations) != first


def test_the_first_wave_alone_is_ordered_first() -> None:
    assert decide(plan(1, 5), fleet(5), 0).order == ("s0",)


@pytest.mark.parametrize(
    ("at_ms", "outcome"),
    [
        pytest.param(SOAK - 1, None, id="not yet"),
        pytest.param(SOAK, "settled", id="on the limit"),
        pytest.param(SOAK + 1, "settled", id="past it"),
    ],
)
def test_a_station_has_settled_when_it_ran_the_release_long_enough(at_ms: int, outcome: Outcome | None) -> None:
    found = decide(plan(1, 5), [standing(0, **WELL), *fleet(5)[1:]], at_ms)
    assert found.outcomes == ((("s0", outcome, ""),) if outcome else ())
    assert found.order == (("s1", "s2", "s3", "s4") if outcome else ())


def test_it_does_not_settle_while_it_is_away() -> None:
    assert decide(plan(1), [standing(0, **WELL)._replace(online=False)], SOAK * 9).outcomes == ()


@pytest.mark.parametrize(
    ("changed", "outcome", "code"),
    [
        pytest.param({"said": "E-UPD-05", "ordered_ms": 0}, "failed", "E-UPD-05", id="it says so"),
        pytest.param({"ordered_ms": 0, "running_ms": 5, "release": OLD}, "failed", CAME_BACK, id="it went back"),
        pytest.param({"release": NEW}, "already", "", id="ran it before"),
        pytest.param({"release": NEW + 1, "ordered_ms": 0}, "already", "", id="runs a newer one"),
        pytest.param({"ordered_ms": -LATE_AFTER_MS}, "failed", LATE, id="is there and says nothing"),
        pytest.param({"ordered_ms": -LATE_AFTER_MS + 1}, None, "", id="may still wait for its villagers"),
        pytest.param({"ordered_ms": -9 * LATE_AFTER_MS, "online": False}, None, "", id="is away: no failure"),
        pytest.param({"ordered_ms": 0, "tries": MOST_TRIES}, "failed", LATE, id="ordered too often"),
    ],
)
def test_what_became_of_a_station(changed: dict[str, object], outcome: Outcome | None, code: str) -> None:
    found = decide(plan(2, most_failed=9), [standing(0, **changed), standing(1)], 0).outcomes
    assert found == ((("s0", outcome, code),) if outcome else ())


def test_a_failure_over_the_limit_pauses_all_and_nobody_is_ordered() -> None:
    stations = [standing(0, ordered_ms=0, said="E-UPD-05"), *fleet(9)[1:]]
    found = decide(plan(1, 9), stations, 0)
    assert (found.state, found.order, found.failed) == ("paused", (), 1)
    assert decide(plan(1, 9, most_failed=1), stations, 0).state == "running"


def test_paused_by_people_nobody_is_ordered_and_what_becomes_of_the_ordered_is_said() -> None:
    stations = [standing(0, **WELL), *fleet(4)[1:]]
    found = decide(plan(1, 4), stations, SOAK, paused_in=0)
    assert (found.state, found.wave, found.order) == ("paused", 0, ())
    assert found.outcomes == (("s0", "settled", ""),)


def test_a_wave_that_is_away_whole_proves_nothing_and_one_of_it_that_is_away_holds_nobody_up() -> None:
    away = standing(0, online=False)
    assert decide(plan(1, 4), [away, *fleet(4)[1:]], 0).order == ()
    assert decide(plan(1, 4), [away, *fleet(4)[1:]], 0, ahead=1).order == ("s1", "s2", "s3"), "people may go on"
    half = [standing(0, **WELL), standing(1, online=False), *fleet(6)[2:]]
    assert decide(plan(2, 6), half, SOAK).order == ("s2", "s3", "s4", "s5")
    back = [standing(0, outcome="settled"), standing(1), *fleet(6)[2:]]
    assert decide(plan(2, 6), back, SOAK).order == ("s1",), "back again: its wave comes first"


def test_so_many_fetch_at_one_time() -> None:
    stations = [standing(place, order_open=place < 15, ordered_ms=0 if place < 15 else None) for place in range(60)]
    assert len(decide(plan(60), stations, 0).order) == MOST_AT_ONCE - 15


def test_it_is_done_when_every_station_has_its_outcome() -> None:
    assert (
        decide(plan(1, 3, most_failed=1), [standing(0, outcome="failed"), *fleet(3, outcome="settled")[1:]], 0).state
        == "done"
    )


def after(one: Standing, fate: str, found: Decided, at_ms: int) -> Standing:
    """Return a station after what was decided, as its fate is."""
    changed: dict[str, object] = {}
    if one.station in found.order:
        changed = {"ordered_ms": at_ms, "tries": 1, "order_open": True}
        changed |= {"well": {"release": NEW}, "bad": {"said": "E-UPD-05"}}.get(fate, {})
    if one.station in found.running:
        changed = {"running_ms": at_ms, "order_open": False}
    return one._replace(**changed)  # type: ignore[arg-type]


Fates = st.lists(st.sampled_from(["well", "bad", "away", "silent"]), min_size=1, max_size=12)


@given(Fates, st.integers(0, 2), st.integers(1, 4))
def test_no_wave_is_ordered_before_the_one_before_it_is_through(fates: list[str], most_failed: int, first: int) -> None:
    ends = tuple(dict.fromkeys([min(first, len(fates)), len(fates)]))
    stations = [standing(place, online=fate != "away") for place, fate in enumerate(fates)]
    at_ms, failed = 0, 0
    for _ in range(12):
        found = decide(plan(*ends, most_failed=most_failed), stations, at_ms)
        assert failed <= most_failed or not found.order, "after the limit nobody is ordered"
        if any(int(one[1:]) >= ends[0] for one in found.order):
            well = [one for one in stations[: ends[0]] if one.outcome in {"settled", "already"}]
            new = [one for one, outcome, _ in found.outcomes if outcome == "settled" and int(one[1:]) < ends[0]]
            assert len(well) + len(new) >= -(-ends[0] // 2)
        ended = {station: outcome for station, outcome, _ in found.outcomes}
        failed = found.failed
        stations = [
            after(one, fate, found, at_ms)._replace(outcome=ended.get(one.station, one.outcome))
            for one, fate in zip(stations, fates, strict=True)
        ]
        at_ms += SOAK
