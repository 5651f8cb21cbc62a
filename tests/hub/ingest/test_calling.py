"""Who is told of a call for help that nobody takes, and when: once each, in order, whatever is killed between."""

import msgspec
import pytest
from sqlalchemy import delete, select

from hub.incidents.calls import Acknowledge
from hub.incidents.duty import COUNTY, LEADER, Duty, Roster
from hub.ingest.calling import Calling, Told
from hub.store.calls import act
from hub.store.engine import writing
from hub.store.incident_tables import delivery
from hub.store.tables import emergency
from tests.hub.ingest.conftest import VILLAGES, Bench
from tests.hub.ingest.test_alarming import call

MIN_MS = 60_000
DAYS = "fri,mon,sat,sun,thu,tue,wed"
ROSTER = Roster(
    Duty(level, COUNTY, who, f"{who}@mail.test", DAYS, 0, 1440) for level, who in ((1, "a"), (2, "b"), (LEADER, "c"))
)


@pytest.fixture
def woken() -> list[int]:
    return []


def calling(bench: Bench, woken: list[int], *, has_mail: bool = True, programs: tuple[str, ...] = ("p",)) -> Calling:
    return Calling(bench.database, Told("999999", lambda: ROSTER, has_mail, programs, lambda: woken.append(1)))


def letters(bench: Bench, port: str) -> list[tuple[str, str]]:
    with bench.database.reader.connect() as connection:
        rows = connection.execute(
            select(delivery.c.recipient, delivery.c.subject, delivery.c.body)
            .where(delivery.c.port == port)
            .order_by(delivery.c.id)
        ).all()
    return [(row.recipient, row.subject if port == "mail" else msgspec.json.decode(row.body)["type"]) for row in rows]


def test_rank_after_rank_is_written_to_until_somebody_takes_it(bench: Bench, woken: list[int]) -> None:
    desk = bench.alarming._calling = calling(bench, woken)
    call(bench, 1, "c1")
    begun_ms = bench.clock.now_ms()
    for second in range(0, 21 * 60, 5):
        desk.standing(begun_ms + second * 1000, 10)
    assert [who for who, _ in letters(bench, "mail")] == ["a@mail.test", "b@mail.test", "c@mail.test", "c@mail.test"]
    assert "紧急求助无人签收：测试镇 第1村" in letters(bench, "mail")[0][1]
    assert woken
    with writing(bench.database) as connection:
        act(connection, 1, Acknowledge("测试甲"), begun_ms + 21 * MIN_MS)
    for minute in range(21, 60):
        assert desk.standing(begun_ms + minute * MIN_MS, 10) == []
    assert len(letters(bench, "mail")) == 4
    assert [what for _, what in letters(bench, "webhook")] == [
        "emergency.called", *["emergency.escalated"] * 4, "emergency.acknowledged",
    ]  # fmt: skip


def test_a_hub_that_comes_back_goes_on_where_it_was_and_tells_nobody_twice(bench: Bench, woken: list[int]) -> None:
    call(bench, 1, "c1")
    begun_ms = bench.clock.now_ms()
    for minutes in (1.1, 1.2, 3.2, 3.3):
        (one,) = calling(bench, woken).standing(begun_ms + int(minutes * MIN_MS), 10)
    assert (one.level, one.rank) == (2, 2)
    assert [who for who, _ in letters(bench, "mail")] == ["a@mail.test", "b@mail.test"]


def test_after_an_hour_without_a_hub_one_rank_is_told_at_a_time(bench: Bench, woken: list[int]) -> None:
    call(bench, 1, "c1")
    late_ms = bench.clock.now_ms() + 60 * MIN_MS
    desk = calling(bench, woken)
    for second in range(60):
        desk.standing(late_ms + second * 1000, 10)
    assert [who for who, _ in letters(bench, "mail")] == ["a@mail.test"]


def test_without_ways_to_tell_it_is_escalated_all_the_same(bench: Bench, woken: list[int]) -> None:
    call(bench, 1, "c1", station=VILLAGES[1].code)
    (one,) = calling(bench, woken, has_mail=False, programs=()).standing(bench.clock.now_ms() + 2 * MIN_MS, 10)
    assert one.level == 1
    assert letters(bench, "mail") == letters(bench, "webhook") == []


def test_after_old_presses_were_forgotten_the_next_is_taken_up_though_its_number_was_anothers(
    bench: Bench, woken: list[int]
) -> None:
    call(bench, 1, "c1")
    desk = calling(bench, woken)
    with writing(bench.database) as connection:
        act(connection, 1, Acknowledge("测试甲"), bench.clock.now_ms())
        connection.execute(delete(emergency))
    assert desk.standing(bench.clock.now_ms(), 10) == []
    call(bench, 2, "c2")
    with bench.database.reader.connect() as connection:
        assert connection.execute(select(emergency.c.id)).scalars().all() == [1], "the number of the one before"
    assert [one.id for one in desk.standing(bench.clock.now_ms(), 10)] == [2]
