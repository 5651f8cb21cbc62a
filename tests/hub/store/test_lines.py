"""Summaries of lines in the database: kept beside the ledger, read back, forgotten when their time is up."""

import msgspec
import pytest
from sqlalchemy import event, func, select

from hub.health.lines import FRESH_MS
from hub.ingest.forgetting import AGAIN_MS, EVERY_MS, LEDGER_KEPT_MS, MOST_IN_A_ROUND, OldSummaries
from hub.ingest.handle import Arrived, handle
from hub.store import lines as lines_module
from hub.store import tables as t
from hub.store.engine import Database, reading, writing
from hub.store.history import begin_life, prolong_life
from hub.store.intake import Stored, store
from hub.store.line_tables import camera_change, link_summary
from hub.store.lines import LinksReader
from hub.visits.day import DAY_MS
from tests.hub.store.conftest import STATIONS
from wire.codec import encode
from wire.records import Batch, Body, CameraChange, LinkSummary, Record, Visit
from wire.topics import up

EPOCH = "a" * 16
A, B = STATIONS
NOW = 1_795_000_000_000
MEASURES = {"rtt_min_ms": 11.0, "rtt_p50_ms": 12.0, "rtt_p95_ms": 15.0, "rtt_max_ms": 20.0, "jitter_ms": 0.7}


def link(leg: str = "county", received: int = 28, **measures: float) -> LinkSummary:
    return LinkSummary(leg, 30_000, 30, 29, received, measures or MEASURES)


class Hub:
    """Takes records as the writer does."""

    def __init__(self, database: Database, ids: dict[str, int]) -> None:
        self.database, self.ids = database, ids
        self.reader = LinksReader(database.reader)

    def take(
        self, *bodies: Body, first: int = 1, station: str = A, at_ms: int | None = NOW, received_ms: int = NOW + 50
    ) -> Stored:
        """Store records that were made 30 s apart from `at_ms` on, or without a date."""
        records = [
            Record(first + place, body, at_ms=None if at_ms is None else at_ms + place * 30_000)
            for place, body in enumerate(bodies)
        ]
        raws = [msgspec.Raw(msgspec.json.encode(record)) for record in records]
        arrived = Arrived(up(station, "records"), encode(Batch(EPOCH, first - 1, raws)), False, 1, 1, 1, received_ms)
        with writing(self.database) as connection:
            return store(connection, [handle(arrived, self.ids)], self.ids)

    def lived(self, *lives: tuple[int, int]) -> None:
        """Have hubs run from and until these times."""
        with writing(self.database) as connection:
            for started_ms, alive_ms in lives:
                key, _ = begin_life(connection, started_ms)
                prolong_life(connection, key, alive_ms)

    def rows(self, table: object = t.record) -> int:
        with reading(self.database.reader) as connection:
            return int(connection.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]


@pytest.fixture
def hub(database: Database, ids: dict[str, int]) -> Hub:
    return Hub(database, ids)


def test_a_summary_is_told_once_and_stands_in_its_table(hub: Hub) -> None:
    stored = hub.take(link(), link(received=20))
    assert [(one.station, one.summary.received, one.ended_ms) for one in stored.links] == [
        (A, 28, NOW),
        (A, 20, NOW + 30_000),
    ]
    assert hub.take(link(), link(received=20)).links == [], "sent again"
    assert [one.said for one in hub.reader.of_station(A, 10)] == [link(received=20), link()]
    assert hub.reader.of_station(B, 10) == []


def test_measures_a_station_does_not_know_are_not_there(hub: Hub) -> None:
    hub.take(link(received=0, duplicated=3.0))
    (one,) = hub.reader.of_station(A, 10)
    assert one.said == LinkSummary("county", 30_000, 30, 29, 0, {})


def test_one_station_crowds_nobody_out_of_what_a_starting_hub_knows(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines_module, "MOST_OF_ONE", 3)
    hub.take(link(f"pair/{A}"), station=B, at_ms=NOW - 600_000)
    hub.take(*(link(f"pair/{B}", received=place) for place in range(1, 10)), at_ms=NOW - 300_000)
    found = hub.reader.pairs_since(NOW - DAY_MS)
    assert [(one.station, one.said.received) for one in found] == [(B, 28), (A, 7), (A, 8), (A, 9)]


def test_what_has_no_date_is_shown_when_it_came_and_is_no_news(hub: Hub) -> None:
    (said,) = hub.take(link(), at_ms=None).links
    assert said.ended_ms is None
    (one,) = hub.reader.of_station(A, 10)
    assert (one.ended_ms, one.dated) == (NOW + 50, False)
    assert hub.reader.lines(NOW + 60).leg(A) is None


def test_a_change_of_a_camera_stands_in_its_table(hub: Hub) -> None:
    hub.take(CameraChange("hall", "ok", "failed", {"frames_per_s": 0.0}))
    with reading(hub.database.reader) as connection:
        c = camera_change.c
        rows = connection.execute(select(c.station_id, c.camera, c.was, c.now, c.shown_ms)).all()
    assert [tuple(row) for row in rows] == [(hub.ids[A], "hall", "ok", "failed", NOW)]


def test_pages_of_history_follow_each_other_though_dates_are_alike(hub: Hub) -> None:
    hub.take(*(link(received=number) for number in range(5)), at_ms=None)
    hub.take(*(link(received=10 + number) for number in range(3)), first=6)
    seen: list[int] = []
    before: tuple[int, int] | None = None
    while page := hub.reader.of_station(A, 3, before=before):
        seen += [one.said.received for one in page]
        before = page[-1].ended_ms, page[-1].id
    assert seen == [12, 11, 4, 3, 2, 1, 0, 10]


def test_a_starting_hub_knows_every_line_by_its_last_minutes_and_the_pairs_of_a_week(hub: Hub) -> None:
    hub.lived((NOW - DAY_MS, NOW))
    hub.take(*[link()] * 4, at_ms=NOW - 90_000)
    hub.take(link(), station=B, at_ms=NOW - FRESH_MS - 1)
    hub.take(link(f"pair/{B}"), first=5, at_ms=NOW - 7 * DAY_MS + 1)
    lines = hub.reader.lines(NOW)
    leg = lines.leg(A)
    assert leg is not None
    assert (leg.state, leg.sent, leg.at_ms) == ("ok", 120, NOW)
    assert lines.leg(B) is None
    assert list(lines.measured()) == [(A, B)]


def test_what_was_lost_while_no_hub_was_there_is_no_lines_fault(hub: Hub) -> None:
    hub.lived((NOW - DAY_MS, NOW - 200_000), (NOW - 100_000, NOW))
    hub.take(link(), at_ms=NOW - 201_000)
    hub.take(*[link(received=0)] * 4, first=2, at_ms=NOW - 190_000)
    hub.take(link(), first=6, at_ms=NOW - 60_000)
    leg = hub.reader.lines(NOW).leg(A)
    assert leg is not None
    assert (leg.state, leg.sent, leg.received) == ("ok", 60, 56)
    assert len(hub.reader.of_station(A, 10)) == 6, "history has it all"
    assert hub.reader.lines(NOW + 60_000).leg(A) is not None
    assert hub.reader.lines(NOW + 60_000).leg(A).at_ms == NOW - 60_000, "what came before the last hub ended"


def test_old_summaries_go_a_few_at_a_time_and_new_ones_stay(hub: Hub) -> None:
    old = NOW - 7 * DAY_MS - 1
    for first in range(1, 2 * MOST_IN_A_ROUND, 50):
        hub.take(*[link()] * 50, first=first, at_ms=old - 50 * 30_000, received_ms=old)
    hub.take(link(received=1), first=2 * MOST_IN_A_ROUND + 1)
    forgetting = OldSummaries(hub.database, 7)
    at_ms, left = NOW, [(hub.rows(link_summary), hub.rows())]
    for after_ms in (0, AGAIN_MS - 1, 1, AGAIN_MS, EVERY_MS):
        at_ms += after_ms
        forgetting.round(at_ms, connected=False)
        left.append((hub.rows(link_summary), hub.rows()))
    most = MOST_IN_A_ROUND
    assert left == [(2 * most + 1,) * 2, (most + 1,) * 2, (most + 1,) * 2, (1, 1), (1, 1), (1, 1)]
    assert [one.said.received for one in hub.reader.of_station(A, 10)] == [1]


def test_the_ledger_forgets_summaries_sooner_and_nothing_else(hub: Hub) -> None:
    visit = Visit("12-00001-1", "legal_advice", "anonymous", "zh")
    came = NOW - LEDGER_KEPT_MS - 1
    hub.take(link(), visit, link(), at_ms=came, received_ms=came)
    OldSummaries(hub.database, 7).round(NOW, connected=False)
    assert (hub.rows(link_summary), hub.rows(t.visit), hub.rows()) == (2, 1, 1)


def test_what_is_not_receipted_stays_in_the_ledger(hub: Hub) -> None:
    came = NOW - LEDGER_KEPT_MS - 1
    hub.take(link(), at_ms=came, received_ms=came)
    hub.take(link(), first=3, at_ms=came, received_ms=came)  # its batch says that 2 was receipted: by another hub
    with writing(hub.database) as connection:
        connection.execute(t.epoch.update().values(stored_to=1))
    OldSummaries(hub.database, 7).round(NOW, connected=False)
    assert hub.rows() == 1
    stored = hub.take(link(), first=2, at_ms=came, received_ms=NOW)
    assert [owed.stored_to for owed in stored.owed.values()] == [3], "without a gap over the one that stayed"


def test_one_that_is_sent_again_after_it_was_forgotten_does_no_harm(hub: Hub) -> None:
    came = NOW - LEDGER_KEPT_MS - 1
    bodies = (link(), link(received=20), link(received=10))
    hub.take(*bodies, at_ms=came, received_ms=came)
    OldSummaries(hub.database, 7).round(NOW, connected=False)
    assert hub.rows() == 0
    again = hub.take(*bodies, at_ms=came, received_ms=NOW)
    assert [owed.stored_to for owed in again.owed.values()] == [3]
    assert again.quarantined is None
    assert [one.said.received for one in hub.reader.of_station(A, 10)] == [10, 20, 28], "each once"
    with_visit = hub.take(Visit("12-00001-1", "legal_advice", "anonymous", "zh"), first=4)
    assert [owed.stored_to for owed in with_visit.owed.values()] == [4]
    OldSummaries(hub.database, 7).round(NOW + LEDGER_KEPT_MS + 1, connected=False)
    assert (hub.rows(), hub.rows(link_summary)) == (1, 3)


def test_everything_that_is_asked_often_has_its_index(hub: Hub) -> None:
    asked: list[tuple[str, object]] = []
    event.listen(
        hub.database.reader,
        "before_cursor_execute",
        lambda _c, _u, statement, values, *_: asked.append((statement, values)),
    )
    hub.reader.of_station(A, 10, before=(NOW, 5))
    hub.reader.since(NOW)
    hub.reader.pairs_since(NOW)
    with hub.database.reader.connect() as connection:
        for statement, values in [one for one in asked if "link_summary" in one[0]]:
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]  # type: ignore[arg-type]
            assert not [step for step in plan if step.startswith("SCAN link_summary")], plan
