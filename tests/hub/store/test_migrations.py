"""A county's database from before is brought up to date with everything in it."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, select, text

from hub.store import tables as t
from hub.store.alarms import AlarmsReader
from hub.store.engine import Database, reading
from hub.store.indexing import unindexed
from hub.store.service import ServiceReader
from hub.store.visits import VisitsReader

BEFORE = (
    "INSERT INTO station VALUES (1, '999999101001', '第1村', '测试镇', 1)",
    "INSERT INTO station VALUES (2, '999999101002', '第2村', '测试镇', 0)",
    "INSERT INTO station_state VALUES (2, 'online', 3, 'born', 9, x'7b7d')",
    "INSERT INTO epoch VALUES (2, 2, 'bbbbbbbbbbbbbbbb', 0, 4)",
    "INSERT INTO epoch VALUES (1, 1, 'aaaaaaaaaaaaaaaa', 2, 1)",
    "INSERT INTO record VALUES (1, 1, 1, 'visit', 5, NULL, 6, x'7b7d')",
    "INSERT INTO visit (id, station_id, epoch_id, seq, at_ms, received_ms, shown_ms, number, service, who, language)"
    " VALUES (1, 1, 1, 1, 5, 6, 5, '12-00001-1', 'mediation', 'card', 'zh')",
    "INSERT INTO emergency (id, station_id, epoch_id, seq, at_ms, received_ms, shown_ms, call)"
    " VALUES (1, 1, 1, 2, 5, 6, 5, 'c1')",
)


def test_visits_and_calls_of_before_are_there_and_wait_for_the_index(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'hub.sqlite3'}"
    engine = create_engine(url)
    config = Config()
    config.set_main_option("script_location", "hub.store:migrations")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        for statement in BEFORE:
            connection.execute(text(statement))
    engine.dispose()

    database = Database(url)
    (visit,) = VisitsReader(database.reader).recent(10)
    assert (visit.number, visit.matter, visit.state) == ("12-00001-1", None, "received")
    (call,) = AlarmsReader(database.reader).emergencies(0, 10)
    assert (call.call, call.withdrawn) == ("c1", False)
    assert unindexed(database.reader, 10) == [(1, b"{}")]
    with reading(database.reader) as connection:
        assert connection.execute(select(t.visit_step)).all() == []
    (since,) = ServiceReader(database.reader).history("999999101001")
    assert (since.at_ms, since.starts, since.how) == (1, True, "born"), "in service since it was first heard"
    gone = ServiceReader(database.reader).history("999999101002")
    assert [(row.at_ms, row.starts) for row in gone] == [(9, False), (4, True)], "until it was last heard"
    database.stop()
