"""Incidents on MQTT as a monitoring device sees them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.incidents.acts import Close
from hub.incidents.lifecycle import CLOSES_AFTER_MS, RETURNS_WITHIN_MS
from hub.incidents.trouble import Began, Ended, Node, Trouble
from hub.ingest.announcing import CLEARED_AGAIN_MS, STAYS_MS, Announcing
from hub.ingest.outward import PACE
from hub.store.engine import Database, StoreError, writing
from hub.store.stations import Village, enrol
from tests.hub.fresh_database import fresh_database
from tests.hub.ingest.conftest import FakeEdge
from tests.hub.ingest.test_telling import HOUR_MS, Office, town_down, village
from wire.codec import decode
from wire.health import Incident


class Wall:
    """A hub's announcing, and what a subscriber would hold of it (a broker that keeps what is retained)."""

    def __init__(self, database: Database) -> None:
        self.office = Office(database)
        self.edge = FakeEdge()
        self.announcing = self.another()

    def another(self) -> Announcing:
        return Announcing(self.office.database, self.edge, "测试县")

    def round(self, after_ms: int = 250, *, connected: bool = True) -> int:
        """Return how many were published."""
        self.office.at_ms += after_ms
        before = len(self.edge.published)
        self.edge.connected = connected
        self.announcing.round(self.office.at_ms, connected=connected)
        return len(self.edge.published) - before

    def retained(self) -> dict[str, Incident]:
        held: dict[str, Incident] = {}
        for one in self.edge.published:
            assert one.retain
            held.pop(one.topic, None)
            if one.payload:
                held[one.topic] = decode(one.payload, Incident)
        return held


@pytest.fixture
def wall(tmp_path: Path) -> Iterator[Wall]:
    database = fresh_database(tmp_path / "hub.sqlite3")
    yield Wall(database)
    database.stop()


def test_every_change_is_told_and_the_last_is_kept(wall: Wall) -> None:
    wall.round()
    (key,) = wall.office.tell(town_down(1))
    assert wall.round() == 1
    assert wall.round() == 0
    (one,) = wall.retained().values()
    assert (one.id, one.where, one.state, len(one.stations)) == (key, "测试1镇", "new", 8)
    wall.office.tell(Ended(town_down(1).trouble, wall.office.at_ms))
    wall.office.do(key, Close("测试员"))
    assert wall.round() == 1, "two changes, one word"
    assert wall.retained()[f"v1/incident/{key}"].state == "closed"


def test_a_closed_one_is_cleared_after_its_day(wall: Wall) -> None:
    (key,) = wall.office.tell(town_down(1))
    wall.office.tell(Ended(town_down(1).trouble, wall.office.at_ms))
    wall.office.do(key, Close("测试员"))
    wall.round()
    closed_ms = wall.office.at_ms - 250
    assert wall.round(closed_ms + STAYS_MS - 1 - wall.office.at_ms) == 0
    wall.round()
    assert wall.edge.published[-1] == (f"v1/incident/{key}", b"", True, None)
    assert wall.retained() == {}
    assert wall.round(HOUR_MS) == 0


def test_one_that_returned_within_the_hour_is_not_cleared(wall: Wall) -> None:
    (key,) = wall.office.tell(town_down(1))
    wall.office.tell(Ended(town_down(1).trouble, wall.office.at_ms))
    wall.office.do(key, Close("测试员"))
    wall.round()
    wall.office.at_ms += RETURNS_WITHIN_MS // 2
    assert wall.office.tell(town_down(1)) == [key]
    wall.round()
    wall.round(STAYS_MS)
    assert wall.retained()[f"v1/incident/{key}"].state == "new"


def test_a_broker_that_forgot_hears_all_that_is_open_or_closed_lately_again(wall: Wall) -> None:
    keys = wall.office.tell(town_down(1), town_down(2), village(23))
    wall.office.tell(Ended(town_down(2).trouble, wall.office.at_ms))
    wall.office.do(keys[1], Close("测试员"))
    wall.round()
    wall.round(connected=False)
    wall.edge.published.clear()
    assert wall.round() == 3
    assert {one.id: one.state for one in wall.retained().values()} == dict(
        zip(keys, ("new", "closed", "new"), strict=True)
    )


def test_a_hub_that_was_away_for_days_clears_what_was_closed_before(wall: Wall) -> None:
    (key,) = wall.office.tell(town_down(1))
    wall.round()
    wall.office.tell(Ended(town_down(1).trouble, wall.office.at_ms))
    wall.office.do(key, Close("测试员"))
    wall.announcing = wall.another()
    wall.round(STAYS_MS + CLEARED_AGAIN_MS - HOUR_MS)
    assert wall.retained() == {}


def test_a_county_without_power_is_no_burst(wall: Wall) -> None:
    villages = [Village(f"999999105{number:03d}", f"村{number}", "大镇") for number in range(2 * PACE + 7)]
    with writing(wall.office.database) as connection:
        wall.office.ids = enrol(connection, villages)
    wall.round()
    wall.office.tell(*(Began(Trouble("down", Node("station", one.code)), 1, (one.code,), "died") for one in villages))
    assert [wall.round() for _ in range(4)] == [PACE, PACE, 7, 0]


def test_what_did_not_go_out_goes_later(wall: Wall) -> None:
    wall.round()
    wall.office.tell(town_down(1))
    wall.edge.connected = False
    wall.office.at_ms += 250
    wall.announcing.round(wall.office.at_ms, connected=True)  # the line broke and nobody has noticed yet
    assert wall.retained() == {}
    assert wall.round() == 1


def test_a_database_that_gives_nothing_ends_nothing(
    wall: Wall, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    wall.round()
    wall.office.tell(town_down(1))

    def unreadable(*_: object) -> None:
        raise StoreError("E-STORE-05", "cannot be read")

    with monkeypatch.context() as broken:
        broken.setattr(wall.announcing._incidents, "steps_after", unreadable)
        assert [wall.round() for _ in range(3)] == [0, 0, 0]
    assert caplog.text.count("E-STORE-05") == 1
    assert wall.round() == 1


def test_what_time_closes_is_told_too(wall: Wall) -> None:
    (key,) = wall.office.tell(town_down(1))
    wall.office.tell(Ended(town_down(1).trouble, wall.office.at_ms))
    wall.round()
    wall.office.time_passes(CLOSES_AFTER_MS + 1)
    wall.round()
    assert wall.retained()[f"v1/incident/{key}"].state == "closed"
