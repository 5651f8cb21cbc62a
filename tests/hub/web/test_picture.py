"""What the wall shows, as rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.incidents.incident import Incident
from hub.view import Cause
from hub.web.picture import (
    Cell,
    Counts,
    Town,
    cell_state,
    columns,
    count,
    short_names,
    top_faults,
    towns,
    why,
)
from tests.hub.web.made_up_incidents import incident
from wire.health import StationHealth


def health(unit: int, state: str = "online", *, video: str = "ok", town: str = "测试镇", since_ms: int = 1_000):
    return StationHealth(
        station=f"999999101{unit:03d}",
        name=f"第{unit}村",
        town=town,
        state=state,
        since_ms=since_ms,
        reason="born",
        video=video if state == "online" else "unknown",
    )


@pytest.mark.parametrize(
    ("state", "video", "shown"),
    [
        pytest.param("online", "ok", "online", id="online with a good picture"),
        pytest.param("online", "fault", "fault", id="online with a bad picture is not simply online"),
        pytest.param("online", "unknown", "noview", id="online, nobody knows the picture"),
        pytest.param("offline", "unknown", "offline", id="offline, whatever the picture was"),
        pytest.param("unknown", "unknown", "unknown", id="unknown stays unknown"),
        pytest.param("maintenance", "unknown", "maintenance", id="in maintenance"),
    ],
)
def test_a_cell_shows(state: str, video: str, shown: str) -> None:
    assert cell_state(health(1, state, video=video)) == shown


@pytest.mark.parametrize(
    ("counts", "rate", "coverage"),
    [
        pytest.param(Counts(online=248), 100.0, 100.0, id="all well"),
        pytest.param(Counts(online=999, offline=1), 99.9, 100.0, id="one of a thousand offline is not 100 %"),
        pytest.param(Counts(online=1999, offline=1), 99.9, 100.0, id="rounded down, never up to 100"),
        pytest.param(
            Counts(online=90, fault=5, noview=5, offline=100), 50.0, 100.0, id="a bad picture is still a line"
        ),
        pytest.param(Counts(unknown=248), None, 0.0, id="the hub is blind: no rate at all, not 0 %"),
        pytest.param(Counts(online=1, unknown=3), 100.0, 25.0, id="unknown is neither online nor offline"),
        pytest.param(Counts(online=1, maintenance=9), 100.0, 100.0, id="planned outages stand apart"),
        pytest.param(Counts(maintenance=2), None, None, id="nothing to judge"),
    ],
)
def test_the_online_rate_and_how_much_of_the_county_it_covers(
    counts: Counts, rate: float | None, coverage: float | None
) -> None:
    assert (counts.rate, counts.coverage) == (rate, coverage)


@pytest.mark.parametrize(
    ("name", "town", "short"),
    [
        pytest.param("上冈第1村", "上冈镇", "第1村", id="the town's name is in the heading"),
        pytest.param("丁仁村委会", "上冈镇", "丁仁村", id="a village committee"),
        pytest.param("桥东居委会", "近湖街道", "桥东", id="a residents' committee"),
        pytest.param("新港花苑社区居民委员会", "城厢镇", "新港花苑社区", id="a community"),
        pytest.param("上冈村委会", "上冈镇", "上冈村", id="the village the town is named after"),
        pytest.param("近湖社区居委会", "近湖街道", "近湖社区", id="the community the town is named after"),
        pytest.param("村委会", "上冈镇", "村委会", id="nothing would be left"),
        pytest.param("镇", "镇", "镇", id="a town called town"),
        pytest.param("新来的村", "新镇", "新来的村", id="one character in common is chance"),
    ],
)
def test_a_name_is_shortened_within_its_town(name: str, town: str, short: str) -> None:
    assert short_names([name], town) == [short]


def test_two_villages_that_would_look_the_same_keep_their_whole_names() -> None:
    assert short_names(["丁仁村委会", "丁仁村民委员会", "三虹村委会"], "上冈镇") == [
        "丁仁村委会",
        "丁仁村民委员会",
        "三虹村",
    ]


@given(
    st.lists(st.text("上冈村第一二社区居委会民员", min_size=1, max_size=12), min_size=1, max_size=12, unique=True),
    st.text("上冈镇街道", min_size=1, max_size=6),
)
def test_shortened_names_of_a_town_are_never_empty_and_come_from_the_name(names: list[str], town: str) -> None:
    for name, short in zip(names, short_names(names, town), strict=True):
        assert short
        assert set(short) <= set(name) | {"村", "社", "区"}


def test_towns_stand_in_the_order_of_their_codes_whatever_order_news_comes_in() -> None:
    shown = towns([health(9, town="乙镇"), health(1, town="甲镇"), health(3, town="乙镇"), health(2, town="甲镇")])
    assert [(town.name, [cell.code[-3:] for cell in town.cells]) for town in shown] == [
        ("甲镇", ["001", "002"]),
        ("乙镇", ["003", "009"]),
    ]


@pytest.mark.parametrize(
    ("incident", "trouble"),
    [
        pytest.param(None, "some", id="many offline: whether it is the town is the judge's to say"),
        pytest.param(incident(), "down", id="an incident says the town cannot be reached"),
        pytest.param(incident(kind="line"), "some", id="a poor line is not down"),
        pytest.param(incident(recovered_ms=5), "some", id="that is over"),
        pytest.param(incident(scope="county", place=""), "down", id="the whole county"),
        pytest.param(incident(place="乙镇"), "some", id="another town"),
    ],
)
def test_a_town_stands_out_as_one_when_an_incident_says_so(incident: Incident | None, trouble: str) -> None:
    stations = [health(unit, "offline") for unit in range(1, 16)]
    (town,) = towns(stations, incidents=[incident] if incident else [])
    assert town.trouble == trouble


def test_a_cell_names_the_most_important_incident_that_holds_it() -> None:
    first, second = health(1).station, health(2).station
    told = [incident(id="a", stations=(first,)), incident(id="b", stations=(first, second))]
    (town,) = towns([health(unit) for unit in (1, 2, 3)], incidents=told)
    assert [cell.incident for cell in town.cells] == ["a", "b", None]


@given(st.lists(st.sampled_from(["online", "noview", "fault", "offline", "unknown", "maintenance"])))
def test_counts_add_up(states: list[str]) -> None:
    counts = count(states)
    assert counts.total == len(states)
    assert counts.up + counts.offline + counts.unknown + counts.maintenance == counts.total


@given(st.lists(st.integers(1, 60), max_size=40), st.integers(1, 6), st.integers(1, 6))
def test_columns_keep_the_order_and_no_other_cut_is_lower(sizes: list[int], number: int, across: int) -> None:
    shown = [Town(f"{town}", [Cell("", "", "online")] * size, Counts(online=size)) for town, size in enumerate(sizes)]
    cut = columns(shown, number, across)
    assert [town for column in cut for town in column] == shown
    assert len(cut) <= number
    assert all(cut)

    def height(column) -> int:
        return sum(1 + -(-len(town.cells) // across) for town in column)

    if len(shown) > 1 and number == 2:
        best = min(max(height(shown[:at]), height(shown[at:])) for at in range(len(shown) + 1))
        assert max(height(column) for column in cut) == best


def test_faults_are_counted_by_kind_the_most_frequent_first() -> None:
    causes = [
        Cause("a", "failed", "E-VQD-03", "black", 1),
        Cause("a", "failed", "E-VQD-12", "covered", 1),
        Cause("b", "failed", "E-VQD-03", "black", None),
        Cause("b", "absent", "E-XYZ-01", None, None),
    ]
    assert top_faults(causes) == [("black", 2), ("absent", 1), ("covered", 1)]
    assert why(None) is None


def test_a_cell_tells_why_and_since_when() -> None:
    cause = Cause("a", "failed", "E-VQD-03", "black", 9_500)
    (town,) = towns([health(1, video="fault"), health(2)], {health(1).station: cause})
    assert [(cell.state, cell.why, cell.since_ms) for cell in town.cells] == [
        ("fault", "black", 9_500),
        ("online", None, None),
    ]
