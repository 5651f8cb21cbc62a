"""Planned times: what holds for which station, since when, and when that changes."""

import datetime as dt

import pytest

from hub.errors import HubError
from hub.health.every import read_every, starts, words_of
from hub.health.windows import Calendar, Window
from hub.incidents.trouble import Node
from tests.hub.health.seconds import CHINA, OTHER, STATION, TOWN, drawn, holds

NEIGHBOUR, FAR = "999999101002", "999999102001"
TOWNS = {STATION: TOWN, NEIGHBOUR: TOWN, FAR: OTHER}
HOUR, DAY = 3_600_000, 86_400_000
HERE = Node("station", STATION)


def at(text: str) -> int:
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=CHINA).timestamp()) * 1000


def local(at_ms: int) -> str:
    return f"{dt.datetime.fromtimestamp(at_ms // 1000, CHINA):%Y-%m-%d %H:%M}"


def fixed(from_ms: int, until_ms: int, node: Node = HERE, effect: str = "maintenance", **more: object) -> Window:
    return Window("w", effect, node, "fixed", from_ms, until_ms, **more)  # type: ignore[arg-type]


def since(windows: list[Window], at_ms: int, station: str = STATION) -> int | None:
    return Calendar(windows, TOWNS).maintenance_since_ms(station, at_ms)


@pytest.mark.parametrize(
    ("node", "held"),
    [
        pytest.param(Node("county"), [STATION, NEIGHBOUR, FAR], id="of the county: every station"),
        pytest.param(Node("town", TOWN), [STATION, NEIGHBOUR], id="of a town: its stations"),
        pytest.param(HERE, [STATION], id="of a station: only that"),
        pytest.param(Node("town", "没有的镇"), [], id="of no town there is"),
    ],
)
def test_whom_a_window_holds_for(node: Node, held: list[str]) -> None:
    calendar = Calendar([fixed(100, 200, node)], TOWNS)
    assert [code for code in TOWNS if calendar.effects(code, 150)] == held
    assert calendar.stations_of(node) == held


@pytest.mark.parametrize(
    ("window", "at_ms", "held"),
    [
        pytest.param(fixed(100, 200), 99, False, id="just before it begins"),
        pytest.param(fixed(100, 200), 100, True, id="as it begins"),
        pytest.param(fixed(100, 200), 199, True, id="just before its end"),
        pytest.param(fixed(100, 200), 200, False, id="at its end"),
        pytest.param(fixed(100, 200, ended_ms=150), 149, True, id="before it was ended early"),
        pytest.param(fixed(100, 200, ended_ms=150), 150, False, id="ended early"),
        pytest.param(fixed(100, 200, ended_ms=50), 150, False, id="withdrawn before it began"),
        pytest.param(fixed(100, 200, ended_ms=500), 200, False, id="ended after it was over"),
    ],
)
def test_a_fixed_window(window: Window, at_ms: int, held: bool) -> None:
    assert ("maintenance" in Calendar([window], TOWNS).effects(STATION, at_ms)) is held


def test_a_flexible_window_lasts_from_its_troubles_beginning_also_past_its_end() -> None:
    waiting = Window("w", "maintenance", HERE, "flexible", 100, 200, lasts_ms=60)
    assert since([waiting], 150) is None
    assert [waiting.awaits(at_ms) for at_ms in (99, 100, 199, 200)] == [False, True, True, False]
    began = waiting._replace(began_ms=180)
    assert not began.awaits(190)
    assert [since([began], at_ms) for at_ms in (179, 180, 239, 240)] == [None, 180, 180, None]
    assert not waiting._replace(ended_ms=120).awaits(150)


def test_overlapping_and_touching_windows_are_one_maintenance() -> None:
    windows = [fixed(100, 200), fixed(150, 300, Node("county")), fixed(300, 400, Node("town", TOWN)), fixed(500, 600)]
    assert [since(windows, at_ms) for at_ms in (399, 400, 550)] == [100, None, 500]
    assert since(windows, 399, FAR) is None
    assert since(windows, 299, FAR) == 150


def test_each_effect_by_itself() -> None:
    windows = [fixed(0, 100, effect="no_alerts"), fixed(50, 150, Node("county"), "no_incidents")]
    calendar = Calendar(windows, TOWNS)
    assert calendar.effects(STATION, 75) == {"no_alerts", "no_incidents"}
    assert calendar.maintenance_since_ms(STATION, 75) is None
    assert [calendar.excuses(STATION, at_ms) for at_ms in (25, 75)] == [False, True]
    assert calendar.silences([STATION], 75)
    assert not calendar.silences([STATION, NEIGHBOUR], 75), "told of for the neighbour's sake"
    assert not calendar.silences([], 75)


def test_what_affects_no_station_is_silenced_by_a_window_of_the_county() -> None:
    assert Calendar([fixed(0, 100, Node("county"), "no_alerts")], TOWNS).silences([], 50)


def test_nobody_is_alerted_of_a_maintenance_but_of_the_hub_and_of_what_only_opens_nothing() -> None:
    def of(effect: str) -> Calendar:
        return Calendar([fixed(0, 100, Node("county"), effect)], TOWNS)

    assert of("maintenance").silences([STATION, NEIGHBOUR], 99)
    assert not of("maintenance").silences([STATION, NEIGHBOUR], 100), "over"
    assert not of("maintenance").silences([], 50), "the hub is no village"
    assert not of("no_incidents").silences([STATION], 50)


@pytest.mark.parametrize(
    ("every", "from_day", "until_day", "begins"),
    [
        pytest.param("daily 02:00", "2026-11-30", "2026-12-02", ["2026-11-30 02:00", "2026-12-01 02:00"], id="daily"),
        pytest.param("weekly mon,thu 23:30", "2026-11-28", "2026-12-05", ["2026-11-30 23:30", "2026-12-03 23:30"],
                     id="weekly"),
        pytest.param("monthly 15 00:00", "2026-11-15", "2027-01-15", ["2026-11-15 00:00", "2026-12-15 00:00"],
                     id="monthly, from its very minute on and not at the end's"),
        pytest.param("monthly 31 02:00", "2027-01-30", "2027-05-01",
                     ["2027-01-31 02:00", "2027-02-28 02:00", "2027-03-31 02:00", "2027-04-30 02:00"],
                     id="in a month without a 31st, the last day"),
        pytest.param("monthly 29,30 02:00", "2028-02-01", "2028-04-01",
                     ["2028-02-29 02:00", "2028-03-29 02:00", "2028-03-30 02:00"], id="a leap year's February, once"),
    ],
)  # fmt: skip
def test_when_something_recurs(every: str, from_day: str, until_day: str, begins: list[str]) -> None:
    assert [local(one) for one in starts(read_every(every), at(from_day), at(until_day))] == begins


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("", "daily 02:00", id="nothing said"),
        pytest.param("hourly 02:00", "daily 02:00", id="not a kind"),
        pytest.param("daily", "daily 02:00", id="no time"),
        pytest.param("daily 24:00", "24:00", id="no such time"),
        pytest.param("weekly mon, thu 02:00", "daily 02:00", id="a blank too many"),
        pytest.param("weekly mon,fry 02:00", "fry", id="no such day"),
        pytest.param("monthly 0 02:00", "0", id="no such date"),
        pytest.param("monthly 15, 02:00", ",", id="an empty part"),
    ],
)
def test_what_is_not_understood_is_named(text: str, names: str) -> None:
    with pytest.raises(HubError, match="E-WIN-01") as error:
        read_every(text)
    assert names in str(error.value)


def test_it_is_said_back_in_words() -> None:
    assert words_of(read_every("Weekly thu,mon 2:00")) == "每周一、周四 02:00 weekly on mon, thu"
    assert "月末" in words_of(read_every("monthly 31 02:00"))
    assert "月末" not in words_of(read_every("monthly 28 02:00"))


def test_a_recurring_window_holds_between_its_ends_only() -> None:
    nights = Window(
        "w", "maintenance", HERE, "recurring", at("2026-11-28 03:00"), at("2026-12-01 03:00"), 2 * HOUR, "daily 02:00"
    )
    assert since([nights], at("2026-11-28 03:30")) is None, "that night began before it was planned"
    assert since([nights], at("2026-11-29 03:59")) == at("2026-11-29 02:00")
    assert since([nights], at("2026-11-29 04:00")) is None
    assert since([nights], at("2026-12-01 03:00")) is None, "over"
    assert since([nights._replace(ended_ms=at("2026-11-29 02:30"))], at("2026-11-29 02:45")) is None


def test_when_anything_changes_next() -> None:
    nights = Window(
        "w", "maintenance", HERE, "recurring", at("2026-11-28"), at("2027-11-28"), 2 * HOUR, "monthly 15 02:00"
    )
    calendar = Calendar([nights, fixed(at("2026-12-15 03:00"), at("2026-12-15 05:00"))], TOWNS)
    edges, now_ms = [], at("2026-12-10")
    for _ in range(4):
        now_ms = calendar.next_change_ms(now_ms) or 0
        edges.append(local(now_ms))
    assert edges == ["2026-12-15 02:00", "2026-12-15 03:00", "2026-12-15 04:00", "2026-12-15 05:00"]
    assert calendar.next_change_ms(at("2027-12-01")) is None
    assert Calendar([], TOWNS).next_change_ms(0) is None


@pytest.mark.parametrize("seed", range(40))
def test_every_second_of_random_windows_agrees(seed: int) -> None:
    history = drawn(seed, 240)
    calendar = Calendar(history.windows, TOWNS)
    nodes = {code: {Node("county"), Node("town", town), Node("station", code)} for code, town in TOWNS.items()}
    before: dict[str, object] = {}
    changes_ms = 0
    for at_ms in range(history.edge_ms - 600_000, history.edge_ms + 600_000, 1000):
        for code in TOWNS:
            held = {one.effect for one in history.windows if one.node in nodes[code] and holds(one, at_ms)}
            assert calendar.effects(code, at_ms) == held
            assert code not in before or before[code] == held or at_ms == changes_ms, "a change nobody foretold"
            before[code] = held
        changes_ms = calendar.next_change_ms(at_ms) or 0
