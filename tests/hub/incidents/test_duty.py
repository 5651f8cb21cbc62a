"""Who is on duty for which place at which moment of China's time, over midnight too; and who answers for an area."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.health.every import WEEKDAYS
from hub.incidents.duty import COUNTY, LEADER, Duty, Roster, areas_of, names_of
from hub.incidents.trouble import Node, Trouble
from tests.hub.incidents.made_up import T0, TOWN, VILLAGES, new, trouble

CHINA = dt.timezone(dt.timedelta(hours=8))
ALWAYS = ",".join(WEEKDAYS)
IN_TOWN, IN_VILLAGE = Node("town", TOWN), Node("station", VILLAGES[0])


def at(text: str) -> int:
    """Return a moment of the week of 2026-11-23, a Monday, such as `mon 08:00`."""
    day, time = text.split()
    date = dt.datetime(2026, 11, 23 + WEEKDAYS.index(day), tzinfo=CHINA)
    hours, minutes = map(int, time.split(":"))
    return round((date + dt.timedelta(hours=hours, minutes=minutes)).timestamp() * 1000)


def duty(
    who: str = "甲", level: int = 1, node: Node = COUNTY, days: str = ALWAYS, hours: tuple[int, int] = (0, 1440)
) -> Duty:
    return Duty(level, node, who, None, days, *hours)


WORKDAYS = duty(days="mon,tue,wed,thu,fri", hours=(8 * 60, 17 * 60 + 30))
NIGHT = duty(days="fri,sat", hours=(18 * 60, 8 * 60))
WHOLE = duty(days="sun", hours=(8 * 60, 8 * 60))


@pytest.mark.parametrize(
    ("one", "moment", "holds"),
    [
        pytest.param(WORKDAYS, "mon 07:59", False, id="before work"),
        pytest.param(WORKDAYS, "mon 08:00", True, id="at its beginning"),
        pytest.param(WORKDAYS, "fri 17:29", True, id="in its last minute"),
        pytest.param(WORKDAYS, "fri 17:30", False, id="at its end"),
        pytest.param(WORKDAYS, "sat 12:00", False, id="on Saturday"),
        pytest.param(NIGHT, "fri 17:59", False, id="before the night"),
        pytest.param(NIGHT, "fri 23:59", True, id="before midnight"),
        pytest.param(NIGHT, "sat 00:00", True, id="after midnight, begun the day before"),
        pytest.param(NIGHT, "sat 07:59", True, id="its last minute is of the next day"),
        pytest.param(NIGHT, "sat 08:00", False, id="between two nights"),
        pytest.param(NIGHT, "sun 03:00", True, id="Saturday's night is on Sunday"),
        pytest.param(NIGHT, "sun 18:00", False, id="no night begins on Sunday"),
        pytest.param(NIGHT, "fri 03:00", False, id="nor did one on Thursday"),
        pytest.param(WHOLE, "sun 07:59", False, id="a whole day from 08:00, before"),
        pytest.param(WHOLE, "mon 07:59", True, id="a whole day from 08:00, to its end"),
        pytest.param(WHOLE, "mon 08:00", False, id="a whole day from 08:00, over"),
    ],
)
def test_hours_and_weekdays(one: Duty, moment: str, holds: bool) -> None:
    assert one.holds(at(moment)) is holds


@settings(max_examples=150, deadline=None)
@given(
    days=st.sets(st.sampled_from(WEEKDAYS), min_size=1),
    hours=st.tuples(st.integers(0, 1439), st.integers(1, 1440)),
    minute=st.integers(0, 60 * 24 * 800),
)
def test_it_holds_as_a_calendar_says(days: set[str], hours: tuple[int, int], minute: int) -> None:
    """Count from each day's midnight in China, two days back; days have 1440 minutes the whole year round."""
    now = dt.datetime(2026, 1, 1, tzinfo=CHINA) + dt.timedelta(minutes=minute)
    one = duty(days=",".join(day for day in WEEKDAYS if day in days), hours=hours)
    first, until = hours
    length = (until - first) % 1440 or 1440
    begins = [
        dt.datetime.combine(now.date() - dt.timedelta(back), dt.time(), CHINA) + dt.timedelta(minutes=first)
        for back in range(3)
        if WEEKDAYS[(now.date() - dt.timedelta(back)).weekday()] in days
    ]
    expected = any(begin <= now < begin + dt.timedelta(minutes=length) for begin in begins)
    assert one.holds(round(now.timestamp() * 1000)) is expected


def test_the_closest_place_with_anybody_on_duty_counts() -> None:
    roster = Roster(
        [
            duty("县一"),
            duty("县二"),
            duty("镇一", node=IN_TOWN, days="mon"),
            duty("村一", node=IN_VILLAGE, days="tue"),
            duty("别镇", node=Node("town", "别镇")),
        ]
    )
    areas = areas_of(new())
    assert areas == (IN_VILLAGE, IN_TOWN, COUNTY)
    assert names_of(roster.on_duty(areas, 1, at("mon 12:00"))) == "镇一"
    assert names_of(roster.on_duty(areas, 1, at("tue 12:00"))) == "村一"
    assert names_of(roster.on_duty(areas, 1, at("wed 12:00"))) == "县一、县二"
    assert roster.on_duty(areas, 2, at("mon 12:00")) == ()
    assert areas_of(new(trouble(place=TOWN))) == (IN_TOWN, COUNTY)


def test_levels_go_on_to_whoever_is_there_and_to_the_leader_last() -> None:
    roster = Roster([duty("一", 1, days="mon"), duty("二", 2, days="tue"), duty("三", 4), duty("局长", LEADER)])
    monday, tuesday = at("mon 12:00"), at("tue 12:00")
    assert [roster.first_level((COUNTY,), moment) for moment in (monday, tuesday)] == [1, 2]
    assert roster.next_level((COUNTY,), 1, monday) == 4
    assert roster.next_level((COUNTY,), 4, monday) == LEADER
    assert roster.next_level((COUNTY,), LEADER, monday) is None
    assert names_of(roster.told((COUNTY,), 0, tuesday)) == "二"
    assert names_of(roster.told((COUNTY,), LEADER, tuesday)) == "局长"
    alone = Roster([duty("局长", LEADER)])
    assert alone.first_level((COUNTY,), monday) is None, "a leader is not who watches"
    assert alone.told((COUNTY,), 0, monday) == ()
    assert alone.next_level((COUNTY,), 0, monday) == LEADER
    assert Roster().told((COUNTY,), 0, monday) == ()


def test_a_town_has_its_own_leader_and_the_county_the_others() -> None:
    roster = Roster([duty("局长", LEADER), duty("包挂领导", LEADER, IN_TOWN)])
    assert names_of(roster.leaders(areas_of(new()), T0)) == "包挂领导"
    assert names_of(roster.leaders((Node("town", "别镇"), COUNTY), T0)) == "局长"
    assert names_of(roster.leaders(areas_of(new(Trouble("down", Node("county")))), T0)) == "局长"


@pytest.mark.parametrize(
    ("duties", "gap"),
    [
        pytest.param([duty()], None, id="always somebody"),
        pytest.param([], "mon 12:00", id="never anybody"),
        pytest.param([duty("局长", LEADER)], "mon 12:00", id="a leader does not count"),
        pytest.param([WORKDAYS], "mon 17:30", id="nobody at night"),
        pytest.param(
            [WORKDAYS, duty(days="mon,tue,wed,thu,fri", hours=(1050, 480))], "sat 08:00", id="nor at weekends"
        ),
        pytest.param(
            [WORKDAYS, duty("乙", days=ALWAYS, hours=(1050, 480)), duty("丙", 2, days="sat,sun", hours=(480, 1050))],
            None,
            id="all shifts meet",
        ),
        pytest.param([duty(node=IN_TOWN)], "mon 12:00", id="a town's own does not watch the county"),
    ],
)
def test_when_nobody_is_on_duty_is_found(duties: list[Duty], gap: str | None) -> None:
    assert Roster(duties).gap_ms(at("mon 12:00")) == (None if gap is None else at(gap))
