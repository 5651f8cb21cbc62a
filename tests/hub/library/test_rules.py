"""Which document a station should have: the most specific that is not withdrawn, under a version that only grows."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.library.rules import Catalogue, Due, Edition, Spot, Where, behind, believed, next_version

HERE = Where("999999", "测试镇", "999999101001")
NEIGHBOUR = Where("999999", "测试镇", "999999101002")
FAR = Where("999999", "别镇", "999999102001")
COUNTY, TOWN, STATION = HERE.spots()
AT_MS = 1_795_000_000_000


def edition(spot: Spot, version: int, *, name: str = "roster", withdrawn: bool = False) -> Edition:
    return Edition(name, spot, version, withdrawn, "测试员", AT_MS)


def wanted(where: Where, *editions: Edition) -> tuple[int, int | None] | None:
    """Return the version a station should say it holds, and the edition whose text that is."""
    for due in Catalogue(editions).due(where):
        return due.version, None if due.source is None else due.source.version
    return None


@pytest.mark.parametrize(
    ("editions", "here", "neighbour", "far"),
    [
        pytest.param([], None, None, None, id="nothing was ever published"),
        pytest.param([edition(COUNTY, 1)], (1, 1), (1, 1), (1, 1), id="the county's is everybody's"),
        pytest.param([edition(TOWN, 1)], (1, 1), (1, 1), None, id="a town's is that town's"),
        pytest.param([edition(STATION, 1)], (1, 1), None, None, id="a station's is its own"),
        pytest.param(
            [edition(STATION, 1), edition(TOWN, 2), edition(COUNTY, 3)], (3, 1), (3, 2), (3, 3), id="the closest counts"
        ),
        pytest.param(
            [edition(COUNTY, 1), edition(STATION, 2), edition(STATION, 3, withdrawn=True)],
            (3, 1), (1, 1), (1, 1), id="withdrawn at the station: the county's again, under a new version",
        ),
        pytest.param(
            [edition(COUNTY, 1), edition(COUNTY, 2, withdrawn=True), edition(TOWN, 3)],
            (3, 3), (3, 3), (2, None), id="withdrawn for all but a town",
        ),
        pytest.param([edition(COUNTY, 2), edition(COUNTY, 1, withdrawn=True)], (2, 2), (2, 2), (2, 2), id="any order"),
    ],
)  # fmt: skip
def test_what_three_stations_should_have(editions: list[Edition], here: object, neighbour: object, far: object) -> None:
    assert [wanted(where, *editions) for where in (HERE, NEIGHBOUR, FAR)] == [here, neighbour, far]


EVENTS = st.lists(st.tuples(st.sampled_from([COUNTY, TOWN, STATION, FAR.spots()[1]]), st.booleans()), max_size=12)


@given(EVENTS)
def test_whatever_happens_the_version_only_grows_and_a_changed_text_has_a_new_one(
    events: list[tuple[Spot, bool]],
) -> None:
    published: list[Edition] = []
    held: dict[str, int] = {}
    text_held: Edition | None = None
    for number, (spot, withdrawn) in enumerate(events, 1):
        published.append(edition(spot, number, withdrawn=withdrawn))
        due = Catalogue(published).due(HERE)
        lacks = behind(due, held)
        for one in lacks:
            assert one.version > held.get(one.name, 0)
            held[one.name], text_held = one.version, one.source
        assert behind(due, held) == []
        for one in due:
            assert one.source == text_held, "what it holds is what it should hold"
        open_spots = [one for one in HERE.spots() if (late := last(published, one)) and not late.withdrawn]
        assert text_held == (last(published, open_spots[-1]) if open_spots else None), "the most specific one"


def last(published: list[Edition], spot: Spot) -> Edition | None:
    return next((one for one in reversed(published) if one.spot == spot), None)


def test_a_station_that_holds_more_than_was_published_is_not_behind() -> None:
    due = [Due("roster", 3, None), Due("papers", 4, None)]
    assert behind(due, {"roster": 5, "papers": 4}) == []
    assert behind(due, {"roster": 2}) == due


def test_versions_are_dated_in_chinas_time_and_only_grow() -> None:
    midnight_ms = int(dt.datetime(2026, 11, 27, 16, 0, tzinfo=dt.UTC).timestamp() * 1000)
    assert next_version(0, midnight_ms - 1) == 20261127001
    assert next_version(0, midnight_ms) == 20261128001
    assert next_version(20261128001, midnight_ms) == 20261128002
    assert next_version(20261128001, midnight_ms - 1) == 20261128002, "a clock set back"
    assert next_version(20261128999, midnight_ms) == 20261129000


def test_what_stations_hold_is_believed_as_far_as_a_county_can_have_come_by_now():
    today = next_version(0, AT_MS)
    assert believed([3, today + 20, today + 1_900], AT_MS) == today + 1_900, "a clock may be ahead, a day be long"
    assert believed([today, today + 5_000, 2**53 - 1], AT_MS) == today
    assert believed([], AT_MS) == 0
