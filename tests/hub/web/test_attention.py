"""What the strip of the wall shows first, as rules."""

import pytest

from hub.view import Cause
from hub.web import telling
from hub.web.attention import MOST_ITEMS, Places, attention
from hub.web.pages import WORDS
from hub.web.words.wall import WHY
from tests.hub.web.made_up_incidents import incident, now_ms
from tests.hub.web.test_picture import health


def test_incidents_come_first_as_they_are_ranked_and_what_recovered_last() -> None:
    told = [
        incident(id="over", priority=1, recovered_ms=9),
        incident(id="worst", priority=1),
        incident(id="less", priority=3),
    ]
    shown = attention([health(1)], incidents=told)
    assert [line.id for line in shown.incidents] == ["worst", "less", "over"]


def test_an_incident_says_how_many_villages_of_how_many() -> None:
    stations = [health(unit, "offline") for unit in range(1, 6)] + [health(7, town="乙镇")]
    codes = tuple(one.station for one in stations[:4])
    town = incident(stations=codes)
    county = incident(id="c", scope="county", place="", town="", stations=codes)
    one = incident(id="s", scope="station", place=codes[0], name="测试第1村", town="测试镇", stations=codes[:1])
    lines = attention(stations, incidents=[county, town, one]).incidents
    assert [(line.now, line.of) for line in lines] == [(4, 6), (4, 5), (1, 1)]
    assert (lines[2].town, lines[2].name) == ("测试镇", "第1村")


def test_what_the_hub_itself_lacks_is_told_apart_until_it_is_back() -> None:
    away = incident(id="b", kind="broker", scope="hub", place="", town="")
    was = incident(id="h", kind="hub", scope="hub", place="", town="", recovered_ms=9)
    shown = attention([], incidents=[away, was])
    assert [line.id for line in shown.hub] == ["b"]
    assert [line.id for line in shown.incidents] == ["h"]


def test_what_no_incident_holds_yet_is_shown_after_them_the_newest_offline_first() -> None:
    stations = [
        health(1, video="fault", town="丙镇"),
        health(2, "offline", since_ms=5_000),
        health(3, "offline", since_ms=6_000),
        health(4, "offline"),
        health(5, video="fault"),
        health(6),
    ]
    held = incident(stations=(stations[3].station, stations[4].station))
    causes = {stations[0].station: Cause("main", "failed", "E-VQD-03", "black", 9_500)}
    shown = attention(stations, causes, [held])
    assert [(one.name, one.state, one.since_ms, one.why) for one in shown.singles] == [
        ("第3村", "offline", 6_000, None),
        ("第2村", "offline", 5_000, None),
        ("第1村", "fault", 9_500, "black"),
        ("第5村", "fault", 1_000, None),
    ], "a town that is down explains no picture"


def test_many_that_went_offline_at_once_are_counted_until_they_are_judged() -> None:
    stations = [health(unit, "offline") for unit in range(1, 16)]
    shown = attention([*stations, health(30, video="fault")])
    assert (shown.waiting, [one.state for one in shown.singles]) == (15, ["fault"])
    judged = attention(stations, incidents=[incident(stations=tuple(one.station for one in stations))])
    assert (judged.waiting, judged.singles, len(judged.incidents)) == (0, [], 1)


def test_what_has_no_room_is_counted() -> None:
    faults = [health(unit, video="fault") for unit in range(1, MOST_ITEMS + 1)]
    shown = attention(faults, incidents=[incident(id=str(number)) for number in range(5)])
    assert (len(shown.incidents) + len(shown.singles), shown.more) == (MOST_ITEMS, 5)


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        pytest.param("E-VQD-12", "covered", id="a fault of the picture"),
        pytest.param("camera_absent", "absent", id="no camera"),
        pytest.param("E-CAM-03", None, id="a code that has no word of a picture"),
    ],
)
def test_an_incident_of_a_picture_says_which_fault_it_is(reason: str, why: str | None) -> None:
    (line,) = attention([], incidents=[incident(kind="video", reason=reason)]).incidents
    assert line.why == why
    assert why is None or why in WHY
    assert attention([], incidents=[incident(kind="down", reason=reason)]).incidents[0].why is None


def test_what_is_not_in_service_needs_nobody() -> None:
    stations = [health(1, state="offline"), health(2, state="offline")]
    (single,) = attention(stations, out_of_service={stations[0].station}).singles
    assert single.code == stations[1].station


def test_what_was_resolved_while_it_is_bad_says_so_and_is_no_longer_late() -> None:
    forced = Places([]).line(incident(state="resolved", owner="王某", deadline_ms=1))
    assert telling.state_of(forced, WORDS["zh"]) == "王某 已处置 · 仍异常"
    assert telling.due_of(forced, WORDS["zh"], now_ms()) == ""
    assert telling.due_of(forced._replace(state="dispatched"), WORDS["zh"], now_ms()).startswith("超期")
