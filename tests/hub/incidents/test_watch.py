"""The rules of the watch, each by an example: who is named, after which patience, and how it ends."""

import pytest

from hub.health.seen import Seen
from hub.incidents.trouble import Absorbed, Began, Ended, Node, Spread, Told, Trouble
from hub.incidents.watch import Watch
from hub.view import Cause

ONLINE = Seen("online", 0, "born", silent_after_ms=52_500)
PROBED = ONLINE._replace(probes="coming")
BLACK = Cause("front", "failed", "E-VQD-03", "black", None)
TOWN = Node("town", "大镇")


class Desk:
    """Feeds a watch and keeps what it tells, with when; ticks each half second."""

    def __init__(self, sizes: dict[str, int] | None = None, well: Seen = ONLINE) -> None:
        sizes = sizes or {"大镇": 12, "中镇": 6, "小镇": 2, "独镇": 1}
        self.towns = {f"{town}{unit:02d}": town for town, size in sizes.items() for unit in range(size)}
        self.now = 0
        self.well = well
        self.watch = Watch(self.towns, 0)
        self.told: list[tuple[int, Told]] = []
        self.see(self.towns, well)
        self.wait(1_000)

    def of(self, town: str) -> list[str]:
        return [code for code, its in self.towns.items() if its == town]

    def see(self, codes: object, seen: Seen) -> None:
        for code in codes:  # type: ignore[attr-defined]
            self.watch.see(code, seen._replace(since_ms=self.now), self.now)

    def die(self, codes: object, reason: str = "died", **more: object) -> None:
        heard_ms = self.now - (3_000 if reason == "died" else 52_500)
        seen = Seen("offline", 0, reason, heard_ms=heard_ms, silent_after_ms=52_500)
        self.see(codes, seen._replace(**more))  # type: ignore[arg-type]

    def back(self, codes: object) -> None:
        self.see(codes, self.well)

    def wait(self, ms: int, every_ms: int = 500) -> list[Told]:
        fresh = []
        until = self.now + ms
        while self.now < until:
            self.now += every_ms
            fresh += self.watch.tick(self.now)
        self.told += [(self.now, told) for told in fresh]
        return fresh


def began(told: list[Told]) -> list[tuple[str, Node]]:
    return [(one.trouble.kind, one.trouble.node) for one in told if isinstance(one, Began)]


def station(code: str) -> Node:
    return Node("station", code)


# --- who is named ---


def test_a_town_whose_deaths_are_announced_is_one_trouble_within_a_second() -> None:
    desk = Desk()
    desk.die(desk.of("大镇"))
    (told,) = desk.wait(1_000)
    assert isinstance(told, Began)
    assert (told.trouble, told.reason) == (Trouble("down", TOWN), "cut_together")
    assert told.stations == tuple(desk.of("大镇"))
    assert told.since_ms == 1_000
    assert told.note == "12/12 (+46.8)"
    assert desk.wait(600_000) == []


def test_a_village_by_itself_waits_for_its_siblings_and_is_named_then() -> None:
    desk = Desk()
    desk.die(["大镇03"])
    assert desk.wait(2_500) == []
    assert began(desk.wait(1_000)) == [("down", station("大镇03"))]


@pytest.mark.parametrize("size", [*range(2, 10), 45])
def test_a_town_of_any_size_that_is_wholly_down_is_that_town(size: int) -> None:
    desk = Desk({"大镇": size, "别镇": 20})
    desk.die(desk.of("大镇"))
    assert began(desk.wait(60_000)) == [("down", TOWN)]


def test_a_town_of_one_village_is_that_village() -> None:
    desk = Desk()
    desk.die(desk.of("独镇"))
    assert began(desk.wait(60_000)) == [("down", station("独镇00"))]


def test_a_few_of_a_town_are_each_their_own() -> None:
    desk = Desk()
    desk.die(desk.of("大镇")[:3])
    assert began(desk.wait(120_000)) == [("down", station(code)) for code in desk.of("大镇")[:3]]


def test_the_county_is_named_and_nothing_below_it() -> None:
    desk = Desk()
    desk.die(desk.towns)
    (told,) = desk.wait(300_000)
    assert isinstance(told, Began)
    assert told.trouble == Trouble("down", Node("county"))
    assert len(told.stations) == 21


def test_two_towns_of_many_are_two_causes() -> None:
    desk = Desk({f"{number}镇": 8 for number in range(8)})
    desk.die([*desk.of("2镇"), *desk.of("5镇")])
    assert began(desk.wait(120_000)) == [("down", Node("town", "2镇")), ("down", Node("town", "5镇"))]


# --- staggered signs ---


def test_silences_up_to_a_beat_apart_are_one_trouble() -> None:
    desk = Desk()
    for code in desk.of("大镇"):
        desk.die([code], "silent")
        desk.wait(2_500)
    desk.wait(60_000)
    assert began([told for _, told in desk.told]) == [("down", TOWN)]
    assert {code for _, _, codes in desk.watch.open_troubles() for code in codes} == set(desk.of("大镇"))


def test_probes_that_stop_name_a_town_before_anybody_is_silent() -> None:
    desk = Desk(well=PROBED)
    desk.see(desk.of("大镇"), PROBED._replace(probes="silent", heard_ms=500))
    assert desk.wait(10_000) == [], "all may have been between two beats"
    assert began(desk.wait(5_000)) == [("down", TOWN)], "but not for so long"


def test_probes_that_are_eaten_name_nothing() -> None:
    desk = Desk(well=PROBED)
    desk.see(desk.of("大镇"), PROBED._replace(probes="silent", heard_ms=500))
    desk.wait(5_000)
    desk.see(desk.of("大镇")[:2], PROBED._replace(probes="silent", heard_ms=desk.now))
    assert desk.wait(600_000) == []


def test_a_hub_that_is_deaf_to_all_probes_names_nothing() -> None:
    desk = Desk({f"{number}镇": 8 for number in range(8)}, well=PROBED)
    for unit in range(8):
        desk.see(
            [code for code in desk.towns if code.endswith(f"{unit:02d}")],
            PROBED._replace(probes="silent", heard_ms=500),
        )
        desk.wait(500)
    desk.wait(25_000)
    for code in desk.towns:
        desk.see([code], PROBED._replace(probes="silent", heard_ms=desk.now))
        desk.wait(500)
    assert desk.wait(60_000) == []
    assert desk.told == []


def test_a_county_that_is_cut_is_named_once_some_are_offline() -> None:
    desk = Desk({f"{number}镇": 8 for number in range(8)}, well=PROBED)
    desk.see(desk.towns, PROBED._replace(probes="silent", heard_ms=500))
    assert desk.wait(20_000) == []
    for code in desk.of("5镇")[:3]:
        desk.die([code], "silent", probes="silent")
        desk.wait(500)
    assert began([told for _, told in desk.told]) == [("down", Node("county"))]


def test_a_town_whose_probes_stopped_is_not_believed_while_elsewhere_one_so_affected_speaks() -> None:
    desk = Desk({f"{number}镇": 12 for number in range(8)}, well=PROBED)
    desk.see([*desk.of("2镇"), "5镇00"], PROBED._replace(probes="silent", heard_ms=500))
    desk.wait(2_000)
    desk.see(["5镇00"], PROBED._replace(probes="silent", heard_ms=desk.now))
    assert desk.wait(20_000) == []
    desk.die(["2镇07"], "silent", probes="silent")
    assert began(desk.wait(5_000)) == [("down", Node("town", "2镇"))], "but it is once one of it is offline"


def test_a_village_is_never_down_by_its_probes_alone() -> None:
    desk = Desk(well=PROBED)
    desk.see(["大镇03"], PROBED._replace(probes="silent", heard_ms=500))
    assert desk.wait(600_000) == []


def test_probes_that_still_come_from_the_others_make_a_village_itself_sooner() -> None:
    desk = Desk(well=PROBED)
    desk.die(["大镇03"], "silent", probes="silent")
    assert began(desk.wait(4_000)) == [("down", station("大镇03"))]


def test_a_beat_that_was_lost_is_nothing() -> None:
    desk = Desk()
    desk.die(["大镇03"], "silent")
    desk.wait(8_000)
    desk.back(["大镇03"])
    assert desk.wait(600_000) == []


def test_towns_of_one_county_whose_wills_come_one_after_the_other_are_the_county() -> None:
    desk = Desk()
    for town in ("大镇", "中镇", "小镇", "独镇"):
        desk.die(desk.of(town))
        desk.wait(100, every_ms=100)
    desk.wait(60_000)
    assert began([told for _, told in desk.told]) == [("down", Node("county"))]


def test_the_county_is_waited_for_where_only_some_send_probes() -> None:
    desk = Desk({f"{number}镇": 8 for number in range(8)})
    probed = [code for number in range(3) for code in desk.of(f"{number}镇")]
    desk.see(probed, PROBED)
    desk.wait(60_000)
    desk.see(probed, PROBED._replace(probes="silent", heard_ms=desk.now))
    for unit in range(6):
        desk.wait(5_000)
        desk.die([code for code in desk.towns if code.endswith(f"{unit:02d}") and code not in probed], "silent")
    desk.wait(60_000)
    assert began([told for _, told in desk.told]) == [("down", Node("county"))]


def test_one_that_lost_a_beat_before_its_town_was_cut_waits_for_it() -> None:
    desk = Desk()
    desk.die(["大镇00"], "silent")
    desk.wait(20_000)
    for code in desk.of("大镇")[1:]:
        desk.die([code], "silent")
        desk.wait(2_700)
    desk.wait(60_000)
    assert began([told for _, told in desk.told]) == [("down", TOWN)]


# --- greater and smaller ---


def test_a_village_that_turns_out_to_be_part_of_its_town_is_absorbed() -> None:
    desk = Desk()
    desk.die(["大镇03"])
    desk.wait(5_000)
    desk.die(desk.of("大镇")[4:])
    told = desk.wait(1_000)
    assert began(told) == [("down", TOWN)]
    assert [one for one in told if isinstance(one, Absorbed)] == [
        Absorbed(Trouble("down", station("大镇03")), Trouble("down", TOWN), desk.now - 500)
    ]


def test_two_villages_of_a_town_that_show_its_cut_as_far_apart_as_can_be_are_that_town() -> None:
    desk = Desk()
    desk.die(["小镇00"], "silent")
    desk.wait(50_000)
    assert began([told for _, told in desk.told]) == [("down", station("小镇00"))]
    desk.die(["小镇01"], "silent")
    assert [type(one) for one in desk.wait(60_000)] == [Began, Absorbed]


def test_a_village_with_an_older_trouble_of_its_own_keeps_it() -> None:
    desk = Desk()
    desk.die(["大镇03"])
    desk.wait(120_000)
    desk.die([code for code in desk.of("大镇") if code != "大镇03"])
    (told,) = desk.wait(60_000)
    assert isinstance(told, Began)
    assert "大镇03" not in told.stations
    desk.back(desk.of("大镇")[4:])
    desk.back(desk.of("大镇")[:3])
    assert [type(one) for one in desk.wait(10_000)] == [Ended]
    assert [trouble.node for trouble, _, _ in desk.watch.open_troubles()] == [station("大镇03")]


def test_who_turns_bad_below_a_place_that_is_named_joins_it() -> None:
    desk = Desk()
    desk.die(desk.of("大镇")[:10])
    desk.wait(5_000)
    desk.die(desk.of("大镇")[10:])
    assert desk.wait(1_000) == [Spread(Trouble("down", TOWN), desk.now - 500, tuple(desk.of("大镇")[10:]))]


def test_those_still_bad_after_the_town_came_back_are_kept_until_none_is_left() -> None:
    desk = Desk()
    desk.die(desk.of("大镇"))
    desk.wait(60_000)
    desk.back(desk.of("大镇")[2:])
    assert [type(one) for one in desk.wait(120_000)] == [Spread]
    assert desk.watch.open_troubles()[0][2] == ("大镇00", "大镇01")
    back_ms = desk.now
    desk.back(desk.of("大镇")[:2])
    assert desk.wait(10_000) == [Ended(Trouble("down", TOWN), back_ms)]


def test_who_falls_again_while_the_others_come_back_still_belongs_to_it() -> None:
    desk = Desk()
    desk.die(desk.of("大镇"))
    desk.wait(60_000)
    desk.back(desk.of("大镇")[2:])
    desk.wait(20_000)
    desk.die(["大镇07"])
    assert desk.wait(30_000) == [Spread(Trouble("down", TOWN), desk.now - 29_500, joined=("大镇07",))]


def twice_within_a_minute(desk: Desk, codes: list[str]) -> None:
    """Have these go down and up twice: the second time they have to keep quiet for a minute before they are let go."""
    for _ in range(2):
        desk.die(codes)
        desk.wait(10_000)
        desk.back(codes)
        desk.wait(5_000)


def test_a_town_that_falls_again_before_it_was_let_go_is_down_as_before() -> None:
    desk = Desk()
    twice_within_a_minute(desk, desk.of("大镇")[1:])
    desk.die(desk.of("大镇")[1:])
    assert desk.wait(60_000) == []
    desk.die(["大镇00"])
    assert desk.wait(1_000) == [Spread(Trouble("down", TOWN), desk.now - 500, joined=("大镇00",))]


def test_a_few_that_fall_again_before_they_were_let_go_are_not_the_town() -> None:
    desk = Desk()
    twice_within_a_minute(desk, desk.of("大镇")[1:])
    desk.die(desk.of("大镇")[1:4])
    desk.wait(48_000)
    desk.die(["大镇00"])
    assert began(desk.wait(5_000)) == [("down", station("大镇00"))]


def test_a_town_down_for_an_older_cause_does_not_make_the_county() -> None:
    desk = Desk({"大镇": 12, "中镇": 6, "小镇": 3})
    desk.die(desk.of("大镇"))
    desk.wait(120_000)
    desk.die(desk.of("中镇"))
    desk.wait(120_000)
    desk.die(desk.of("小镇"))
    desk.wait(120_000)
    assert began([told for _, told in desk.told]) == [("down", Node("town", name)) for name in ("大镇", "中镇", "小镇")]


def test_a_town_down_for_long_does_not_slow_another() -> None:
    desk = Desk({f"{number}镇": 12 for number in range(8)}, well=PROBED)
    desk.die(desk.of("1镇"))
    desk.wait(300_000)
    desk.see(desk.of("2镇"), PROBED._replace(probes="silent", heard_ms=desk.now))
    assert began(desk.wait(15_000)) == [("down", Node("town", "2镇"))]


def test_a_village_told_just_before_does_not_shorten_the_patience_for_its_town() -> None:
    desk = Desk()
    desk.die(["大镇03"])
    desk.wait(10_000)
    desk.die([code for code in desk.of("大镇") if code != "大镇03"])
    desk.wait(100, every_ms=100)
    desk.die([code for code in desk.towns if desk.towns[code] != "大镇"])
    assert began(desk.wait(5_000)) == [("down", Node("county"))]


def test_another_cause_in_a_town_that_only_some_are_left_of_is_its_own() -> None:
    desk = Desk()
    desk.die(desk.of("大镇"))
    desk.wait(60_000)
    desk.back(desk.of("大镇")[1:])
    desk.wait(120_000)
    desk.die(["大镇07"])
    assert began(desk.wait(10_000)) == [("down", station("大镇07"))]


def test_being_down_absorbs_a_poor_line() -> None:
    desk = Desk()
    desk.now = 300_000
    desk.see(["大镇03"], ONLINE)
    desk.wait(200_000)
    poor = ONLINE._replace(leg="degraded", leg_since_ms=desk.now, since_ms=300_000)
    desk.watch.see("大镇03", poor, desk.now)
    assert began(desk.wait(60_000)) == [("line", station("大镇03"))]
    desk.die(["大镇03"])
    assert [type(one) for one in desk.wait(10_000)] == [Began, Absorbed]


def test_who_joins_a_place_that_is_down_has_no_poor_line_any_more() -> None:
    desk = Desk()
    desk.wait(200_000)
    desk.watch.see("大镇03", ONLINE._replace(leg="degraded", leg_since_ms=desk.now), desk.now)
    assert began(desk.wait(60_000)) == [("line", station("大镇03"))]
    desk.die([code for code in desk.of("大镇") if code != "大镇03"])
    desk.wait(5_000)
    desk.die(["大镇03"])
    assert {type(one) for one in desk.wait(5_000)} == {Absorbed, Spread}
    assert [trouble for trouble, _, _ in desk.watch.open_troubles()] == [Trouble("down", TOWN)]


def test_many_poor_lines_of_one_town_are_its_uplink() -> None:
    desk = Desk()
    desk.wait(200_000)
    for code in desk.of("大镇")[:10]:
        desk.watch.see(code, ONLINE._replace(leg="degraded", leg_since_ms=desk.now), desk.now)
        desk.wait(2_000)
    for code in desk.of("大镇")[10:]:
        desk.watch.see(code, ONLINE._replace(leg="ok", leg_since_ms=desk.now), desk.now)
    assert began(desk.wait(90_000)) == [("line", TOWN)]


# --- by hand, planned ---


def test_a_restart_of_a_station_is_nothing_and_a_stop_is_told_as_one() -> None:
    desk = Desk()
    desk.die(["大镇03", "大镇04"], "stopped")
    desk.wait(60_000)
    desk.back(["大镇03"])
    (told,) = desk.wait(300_000)
    assert isinstance(told, Began)
    assert (told.trouble.node, told.reason) == (station("大镇04"), "stopped")


def test_a_town_stopped_by_hand_is_one_trouble_and_no_power_is_suspected() -> None:
    desk = Desk()
    desk.die(desk.of("大镇"), "stopped")
    assert desk.wait(100_000) == []
    (told,) = desk.wait(60_000)
    assert isinstance(told, Began)
    assert (told.trouble.node, told.reason) == (TOWN, "stopped_together")


def test_a_planned_time_opens_nothing_but_lets_end() -> None:
    desk = Desk()
    desk.die(["大镇03"])
    desk.wait(60_000)
    desk.see(["大镇03"], Seen("offline", 0, "died", excused=True, silent_after_ms=52_500))
    desk.die(desk.of("中镇"), excused=True)
    assert desk.wait(600_000) == []
    desk.see(["大镇03"], ONLINE._replace(excused=True))
    assert [type(one) for one in desk.wait(10_000)] == [Ended]
    desk.die(desk.of("中镇"))
    assert began(desk.wait(60_000)) == [("down", Node("town", "中镇"))], "its time over, it is told as one"


# --- coming and going ---


def outage(desk: Desk, code: str, down_ms: int = 10_000, up_ms: int = 70_000) -> list[Told]:
    desk.die([code])
    told = desk.wait(down_ms)
    desk.back([code])
    return told + desk.wait(up_ms)


def test_a_flapping_village_is_one_trouble_until_it_keeps_quiet() -> None:
    desk = Desk()
    told = [one for _ in range(3) for one in outage(desk, "大镇03")]
    assert [type(one) for one in told] == [Began, Ended, Began, Ended, Began, Began, Absorbed]
    assert began(told)[-1] == ("flapping", station("大镇03"))
    assert [one for _ in range(5) for one in outage(desk, "大镇03")] == [], "no stream of down and up"
    (ended,) = desk.wait(20 * 60_000)
    assert isinstance(ended, Ended)
    assert (ended.trouble, ended.reason) == (Trouble("flapping", station("大镇03")), "steady")


def test_outages_too_short_to_be_told_flap_too() -> None:
    desk = Desk()
    told = [one for _ in range(3) for one in outage(desk, "大镇03", down_ms=1_000)]
    assert began(told) == [("flapping", station("大镇03"))]


def test_a_town_that_flaps_does_not_make_its_villages_flap() -> None:
    desk = Desk()
    for _ in range(3):
        desk.die(desk.of("大镇"))
        desk.wait(10_000)
        desk.back(desk.of("大镇"))
        desk.wait(70_000)
    assert {node.scope for _, node in began([told for _, told in desk.told])} == {"town"}
    assert [trouble.kind for trouble, _, _ in desk.watch.open_troubles()] == ["flapping"]


def test_a_town_flaps_also_where_ticks_are_slow() -> None:
    desk = Desk()
    for _ in range(3):
        desk.die(desk.of("大镇"))
        desk.wait(10_000, every_ms=5_000)
        desk.back(desk.of("大镇"))
        desk.wait(70_000, every_ms=5_000)
    assert [trouble.kind for trouble, _, _ in desk.watch.open_troubles()] == ["flapping"]


def test_a_moment_of_return_is_no_outage_more() -> None:
    desk = Desk()
    desk.die(desk.of("大镇"))
    desk.wait(60_000)
    for _ in range(8):
        desk.back(desk.of("大镇"))
        desk.wait(500)
        desk.die(desk.of("大镇"))
        desk.wait(10_000)
    assert [trouble.kind for trouble, _, _ in desk.watch.open_troubles()] == ["down"]


def test_a_village_with_its_own_trouble_keeps_it_when_its_town_flaps() -> None:
    desk = Desk()
    desk.die(["大镇03"])
    desk.wait(120_000)
    others = [code for code in desk.of("大镇") if code != "大镇03"]
    for _ in range(3):
        desk.die(others)
        desk.wait(10_000)
        desk.back(others)
        desk.wait(70_000)
    assert [(one.kind, one.node, who) for one, _, who in desk.watch.open_troubles()] == [
        ("down", station("大镇03"), ("大镇03",)),
        ("flapping", TOWN, tuple(others)),
    ]


def test_outages_in_a_planned_time_are_no_flapping() -> None:
    desk = Desk()
    for _ in range(6):
        desk.die(["大镇03"], excused=True)
        desk.wait(5_000)
        desk.see(["大镇03"], ONLINE._replace(excused=True))
        desk.wait(5_000)
    assert desk.told == []


def test_what_comes_and_goes_within_a_minute_ends_after_a_minute_in_peace() -> None:
    desk = Desk()
    outage(desk, "大镇03", up_ms=5_000)
    desk.die(["大镇03"])
    assert began(desk.wait(5_000)) == [("down", station("大镇03"))]
    desk.back(["大镇03"])
    assert desk.wait(55_000) == []
    assert [type(one) for one in desk.wait(10_000)] == [Ended]


# --- blind ---


def test_while_the_broker_is_away_that_is_the_one_trouble() -> None:
    desk = Desk()
    desk.watch.blind("broker", desk.now, desk.now)
    desk.see(desk.towns, Seen("unknown", 0, "hub_blind"))
    assert began(desk.wait(60_000)) == [("broker", Node("hub"))]
    desk.watch.blind("broker", None, desk.now)
    assert desk.wait(500) == [Ended(Trouble("broker", Node("hub")), desk.now - 500)]


def test_a_broker_that_is_away_for_a_moment_is_nothing() -> None:
    desk = Desk()
    desk.watch.blind("broker", desk.now, desk.now)
    desk.wait(4_000)
    desk.watch.blind("broker", None, desk.now)
    assert desk.wait(60_000) == []


def test_nothing_begins_or_ends_before_none_is_awaited() -> None:
    desk = Desk()
    desk.die(["大镇03"])
    desk.wait(60_000)
    desk.watch.blind("broker", desk.now, desk.now)
    desk.see(desk.towns, Seen("unknown", 0, "hub_blind"))
    desk.wait(2_000)
    desk.watch.blind("broker", None, desk.now)
    desk.back(["大镇03"])
    desk.back(desk.of("中镇")[:3])
    desk.wait(500)
    desk.die(desk.of("中镇")[:3])
    assert desk.wait(30_000) == [], "three known of six are no town"
    desk.back([code for code in desk.towns if code not in desk.of("中镇")[:3]])
    told = desk.wait(10_000)
    assert began(told) == [("down", station(code)) for code in desk.of("中镇")[:3]]
    assert [one.trouble.node for one in told if isinstance(one, Ended)] == [station("大镇03")]


def test_another_hub_takes_over_what_is_open() -> None:
    desk = Desk()
    desk.die([*desk.of("中镇"), "大镇03"])
    desk.wait(60_000)
    kept = desk.watch.open_troubles()
    desk.watch = Watch(desk.towns, desk.now)
    desk.watch.resume(kept)
    desk.see(desk.towns, Seen("unknown", 0, "hub_restart"))
    assert desk.wait(20_000) == []
    desk.back([code for code in desk.towns if code not in desk.of("中镇")])
    desk.die(desk.of("中镇"), "silent")
    assert [one.trouble.node for one in desk.wait(120_000)] == [station("大镇03")], "one ended, nothing began"
    desk.back(desk.of("中镇"))
    assert [one.trouble.node for one in desk.wait(10_000)] == [Node("town", "中镇")]
    assert desk.watch.open_troubles() == []


def test_what_was_open_ends_though_all_was_seen_well_before_it_was_taken_over() -> None:
    desk = Desk()
    desk.watch.resume([(Trouble("down", TOWN), 0, tuple(desk.of("大镇")))])
    assert [type(one) for one in desk.wait(10_000)] == [Ended]


def test_a_hub_that_never_saw_its_broker_ends_nothing() -> None:
    desk = Desk()
    desk.watch = Watch(desk.towns, desk.now)
    desk.watch.resume([(Trouble("broker", Node("hub")), 0, ()), (Trouble("down", TOWN), 0, tuple(desk.of("大镇")))])
    desk.see(desk.towns, Seen("unknown", 0, "hub_restart"))
    assert desk.wait(600_000) == []
    desk.back(desk.towns)
    assert [(type(one), one.trouble.kind) for one in desk.wait(5_000)] == [(Ended, "broker"), (Ended, "down")]


def test_one_that_is_never_heard_again_holds_nobody_up_for_long() -> None:
    desk = Desk()
    desk.watch = Watch(desk.towns, desk.now)
    desk.back([code for code in desk.towns if code != "大镇03"])
    desk.wait(1_000)
    desk.die(desk.of("中镇"))
    assert began(desk.wait(150_000)) == [("down", Node("town", "中镇"))]


def test_who_is_not_in_the_county_any_more_keeps_nothing_open() -> None:
    desk = Desk()
    desk.watch.resume([(Trouble("down", station("nobody")), 0, ("nobody",))])
    assert desk.wait(500) == [Ended(Trouble("down", station("nobody")), 1_000, "gone")]


# --- pictures ---


def test_a_picture_is_told_by_itself_and_waits_while_its_village_is_down() -> None:
    desk = Desk()
    desk.see(["大镇03"], ONLINE._replace(cause=BLACK))
    (told,) = desk.wait(5_000)
    assert isinstance(told, Began)
    assert (told.trouble, told.reason) == (Trouble("video", station("大镇03")), "E-VQD-03")
    desk.die(["大镇03"])
    assert began(desk.wait(10_000)) == [("down", station("大镇03"))]
    desk.see(["大镇03"], ONLINE._replace(cause=BLACK))
    assert [one.trouble.kind for one in desk.wait(10_000)] == ["down"], "that ended, the picture is bad still"
    desk.see(["大镇03"], ONLINE)
    assert [one.trouble.kind for one in desk.wait(10_000)] == ["video"]
