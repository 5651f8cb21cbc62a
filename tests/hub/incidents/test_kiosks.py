"""A village of several kiosks (`-1`, `-2` …) is one village: one incident, and one voice in its town."""

from hub.health.seen import Seen
from hub.incidents.trouble import Node, Spread, Told, Trouble
from hub.incidents.watch import Watch
from tests.hub.incidents.test_watch import TOWN, Desk, began, station

HALL = "999999101001"
SECOND, THIRD = f"{HALL}-1", f"{HALL}-2"
NEIGHBOURS = [f"999999101{unit:03d}" for unit in range(2, 12)]


class Kiosks(Desk):
    """Desk over a town of which one village has three kiosks."""

    def __init__(self, neighbours: int = 10) -> None:
        super().__init__({"别镇": 20})
        codes = [HALL, SECOND, THIRD, *NEIGHBOURS[:neighbours]]
        self.towns = dict.fromkeys(codes, TOWN.place) | self.towns
        self.watch = Watch(self.towns, self.now)
        self.see(self.towns, self.well)
        self.wait(1_000)


def open_ones(desk: Desk) -> list[tuple[Trouble, tuple[str, ...]]]:
    return [(trouble, stations) for trouble, _, stations in desk.watch.open_troubles()]


def test_kiosks_that_die_together_are_one_trouble_of_their_village() -> None:
    desk = Kiosks()
    desk.die([HALL, SECOND])
    assert began(desk.wait(120_000)) == [("down", station(HALL))]
    assert open_ones(desk) == [(Trouble("down", station(HALL)), (HALL, SECOND))]
    desk.back([HALL])
    desk.wait(60_000)
    assert open_ones(desk) == [(Trouble("down", station(HALL)), (SECOND,))], "over when the last is back"
    desk.back([SECOND])
    desk.wait(60_000)
    assert open_ones(desk) == []


def test_a_kiosk_that_shows_it_later_joins_and_one_of_hours_later_is_its_own() -> None:
    desk = Kiosks()
    desk.die([HALL])
    desk.wait(40_000)
    desk.die([SECOND], "silent")
    assert Spread(Trouble("down", station(HALL)), desk.now + 30_000, (SECOND,)) in desk.wait(60_000)
    desk.wait(7_200_000)
    desk.die([THIRD])
    assert began(desk.wait(60_000)) == [("down", station(THIRD))]


def test_the_kiosk_a_trouble_is_named_after_comes_back_to_it_however_late() -> None:
    desk = Kiosks()
    desk.die([HALL, SECOND])
    desk.wait(60_000)
    desk.back([HALL])
    desk.wait(7_200_000)
    desk.die([HALL])
    assert began(desk.wait(60_000)) == []
    assert open_ones(desk) == [(Trouble("down", station(HALL)), (HALL, SECOND))]


def test_three_kiosks_of_one_village_are_no_town() -> None:
    desk = Kiosks(neighbours=2)
    desk.die([HALL, SECOND, THIRD])
    assert began(desk.wait(120_000)) == [("down", station(HALL))]


def test_a_town_of_one_village_is_that_village_whatever_kiosks_it_has() -> None:
    desk = Kiosks(neighbours=0)
    desk.die([HALL, SECOND, THIRD])
    assert began(desk.wait(120_000)) == [("down", station(HALL))]


def test_a_town_with_such_a_village_is_a_town() -> None:
    desk = Kiosks(neighbours=2)
    desk.die([HALL, SECOND, THIRD, *NEIGHBOURS[:2]])
    assert began(desk.wait(120_000)) == [("down", TOWN)]


def test_a_village_flaps_once_whatever_kiosks_it_has() -> None:
    desk = Kiosks()
    told: list[Told] = []
    for _ in range(8):
        desk.die([HALL, SECOND])
        told += desk.wait(20_000)
        desk.back([HALL, SECOND])
        told += desk.wait(20_000)
    assert began(told)[-1] == ("flapping", station(HALL))
    assert [kind for kind, _ in began(told)].count("flapping") == 1
    desk.wait(3_600_000)
    assert open_ones(desk) == []


def test_lines_of_one_village_are_one_trouble() -> None:
    desk = Kiosks()
    desk.see([HALL, SECOND], Seen("online", 0, "born", leg="degraded", silent_after_ms=52_500))
    desk.wait(600_000)
    assert open_ones(desk) == [(Trouble("line", Node("station", HALL)), (HALL, SECOND))]
