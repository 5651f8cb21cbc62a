"""The county in memory: figures, changes, and what a restart makes of them."""

import pytest

from hub.health.county import Change, County, Place
from hub.health.station import Born, Died, Flip, Heard, HubBlind, HubSees, Tick
from wire.life import Beat, Birth, CameraInfo, DeviceState, OutboxDepth

EPOCH = "a" * 16
CODES = [f"99999910{unit:04d}" for unit in range(248)]


@pytest.fixture
def county() -> County:
    return County("999999", [Place(code, f"村{code[-3:]}", "测试镇") for code in CODES], 0)


def born(county: County, code: str, at_ms: int, boot: int = 1) -> None:
    birth = Birth(boot, EPOCH, "test", 30, 30.0, [CameraInfo("hall", "simulated")])
    county.tell(code, (Born(boot, EPOCH, 30, 30, False),), at_ms)
    county.born(code, birth)


def shown_video(county: County) -> None:
    for member in county.take_touched():
        county.note_video(member.health())


def test_figures_follow_every_change(county: County):
    county.tell_all(HubSees(), 0)
    for code in CODES[:10]:
        born(county, code, 1)
    county.tell(CODES[0], (Died(1, True, False),), 2)
    county.beaten(CODES[1], Beat(1, 1, OutboxDepth(0, 0), devices=[DeviceState("camera/hall", "ok")]))
    county.visited(CODES[2])
    shown_video(county)
    figures = county.figures(3)
    assert (figures.stations, figures.online, figures.offline, figures.unknown) == (248, 9, 1, 238)
    assert (figures.video_ok, figures.visits_today) == (1, 1)
    county.tell_all(HubBlind(), 4)
    shown_video(county)
    figures = county.figures(5)
    assert (figures.online, figures.offline, figures.unknown, figures.video_ok) == (0, 0, 248, 0)


def test_a_restart_with_248_stations_calls_none_offline(county: County):
    """Born again within the two seconds of spread, through all ticks of a minute."""
    county.tell_all(HubSees(), 0)
    for code in CODES:
        born(county, code, 10)
    earlier = {code: county.members[code].known for code in CODES}

    after = County("999999", [Place(code, "村", "镇") for code in CODES], 100_000)
    changes = after.restart(earlier, 99_000)
    assert changes == [Change(code, Flip(99_000, "unknown", "hub_restart")) for code in CODES]
    flips = list(after.tell_all(HubSees(), 100_000))
    for index, code in enumerate(CODES):
        flips += after.tell(code, (Heard(1),), 100_000 + index * 8)
    for at_ms in range(102_000, 150_000, 250):
        flips += after.tell_all(Tick(), at_ms)
    assert {change.flip.state for change in flips} == {"online"}
    assert after.figures(150_000).online == 248


def test_a_late_beat_or_birth_of_an_older_boot_changes_nothing_shown(county: County):
    county.tell_all(HubSees(), 0)
    born(county, CODES[0], 1, boot=7)
    county.beaten(CODES[0], Beat(7, 1, OutboxDepth(3, 30)))
    county.beaten(CODES[0], Beat(6, 9, OutboxDepth(99, 990)))
    born(county, CODES[0], 2, boot=6)
    detail = county.members[CODES[0]].detail(county.members[CODES[0]].health())
    assert detail.boot == 7
    assert detail.outbox == OutboxDepth(3, 30)


def test_a_receipt_of_an_older_epoch_is_not_shown_as_this_ones(county: County):
    county.tell_all(HubSees(), 0)
    born(county, CODES[0], 1)
    county.stored(CODES[0], EPOCH, 5)
    county.stored(CODES[0], "b" * 16, 900)
    assert county.members[CODES[0]].stored_to == 5


def test_a_new_day_counts_anew(county: County):
    county.visited(CODES[0])
    county.take_touched()
    county.new_day({CODES[1]: 2})
    assert county.figures(0).visits_today == 2
    assert [member.place.code for member in county.take_touched()] == CODES[:2]


def test_maintenance_covers_what_is_known_and_leaves_it_as_it_was(county: County):
    county.tell_all(HubSees(), 0)
    born(county, CODES[0], 1)
    county.beaten(CODES[0], Beat(1, 1, OutboxDepth(0, 0), devices=[DeviceState("camera/hall", "ok")]))
    county.take_touched()
    county.maintain(CODES[0], 5)
    (member,) = county.take_touched()
    health = member.health()
    assert (health.state, health.since_ms, health.reason, health.video) == ("maintenance", 5, "maintenance", "unknown")
    figures = county.figures(6)
    assert (figures.online, figures.offline, figures.unknown, figures.maintenance) == (0, 0, 247, 1)

    changes = county.tell(CODES[0], (Died(1, True, False),), 7)
    assert [change.flip.state for change in changes] == ["offline"], "what is measured goes on and is kept"
    figures = county.figures(8)
    assert (figures.online, figures.offline, figures.unknown, figures.maintenance) == (0, 0, 247, 1)

    county.maintain(CODES[0], None)
    figures = county.figures(9)
    assert (figures.online, figures.offline, figures.unknown, figures.maintenance) == (0, 1, 247, 0)
    health = county.members[CODES[0]].health()
    assert (health.state, health.since_ms, health.reason) == ("offline", 7, "stopped")


def test_what_changes_nothing_is_no_news(county: County):
    county.take_touched()
    county.maintain(CODES[0], None)
    county.commission(CODES[1], None)
    assert county.take_touched() == []


def test_a_station_is_in_service_from_its_time_on(county: County):
    member = county.members[CODES[0]]
    assert not member.in_service(5)
    county.commission(CODES[0], 5)
    assert [member.in_service(at_ms) for at_ms in (4, 5)] == [False, True]
