"""Opening, migrating and losing the database."""

from importlib import resources
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, insert, select, text

from hub.store import tables as t
from hub.store.engine import Database, RefusedError, StoreError, reading, writing
from hub.store.newest import NEWEST
from tests.waiting import wait_for

LIFE = {"started_ms": 1, "alive_ms": 1, "orderly": False}


def lives(database: Database) -> int:
    with reading(database.reader) as connection:
        return len(connection.execute(select(t.hub_life.c.id)).all())


def test_the_migrations_make_exactly_the_tables_of_the_code(database: Database):
    with reading(database.reader) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, t.metadata) == []


def test_the_newest_migration_is_the_one_that_opening_looks_for():
    config = Config()
    config.set_main_option("script_location", "hub.store:migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [NEWEST]


def test_opening_again_keeps_what_is_stored(database: Database, tmp_path: Path):
    with writing(database) as connection:
        connection.execute(insert(t.hub_life).values(LIFE))
    again = Database(f"sqlite:///{tmp_path / 'hub.sqlite3'}")
    assert lives(again) == 1
    again.stop()


def test_the_migrations_are_part_of_the_package():
    names = {entry.name for entry in (resources.files("hub.store.migrations") / "versions").iterdir()}
    assert "first_tables.py" in names
    assert (resources.files("hub.store.migrations") / "env.py").is_file()


def test_commits_are_durable_and_never_wait_for_a_checkpoint(database: Database):
    with writing(database) as connection:
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA wal_autocheckpoint")).scalar() == 0


def test_a_reader_cannot_write(database: Database):
    with pytest.raises(StoreError, match="E-STORE-05"), reading(database.reader) as connection:
        connection.execute(insert(t.hub_life).values(LIFE))


@pytest.mark.parametrize(
    ("url", "code"),
    [
        pytest.param("not an address", "E-STORE-01", id="no address"),
        pytest.param("oracle://x/y", "E-STORE-01", id="a driver that is not there"),
        pytest.param("sqlite:////nowhere/at/all.sqlite3", "E-STORE-02", id="no folder"),
    ],
)
def test_a_database_that_cannot_be_had_is_said_at_the_start(url: str, code: str):
    with pytest.raises(StoreError, match=code):
        Database(url)


def test_a_database_of_a_later_version_is_left_alone(database: Database, tmp_path: Path):
    with writing(database) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'later'"))
    with pytest.raises(StoreError, match="E-STORE-02 the database is of a newer version"):
        Database(f"sqlite:///{tmp_path / 'hub.sqlite3'}")


def test_a_file_that_is_no_database_is_said(tmp_path: Path):
    (tmp_path / "x").write_bytes(b"no database at all " * 100)
    with pytest.raises(StoreError, match="E-STORE-02"):
        Database(f"sqlite:///{tmp_path / 'x'}")


def test_of_a_failed_transaction_nothing_stands(database: Database):
    with pytest.raises(RefusedError, match="E-STORE-04"), writing(database) as connection:
        connection.execute(insert(t.hub_life), [LIFE, LIFE | {"started_ms": None}])
    assert lives(database) == 0


def test_a_number_too_large_for_the_database_is_a_refusal(database: Database):
    with pytest.raises(RefusedError, match="E-STORE-04"), writing(database) as connection:
        connection.execute(insert(t.hub_life).values(LIFE | {"started_ms": 2**70}))


def test_errors_do_not_repeat_what_was_to_be_stored(database: Database):
    row = {"hash": b"h", "topic": None, "reason": "r", "payload": b"SECRET", "first_ms": 1, "last_ms": 1, "times": 1}
    with pytest.raises(RefusedError) as caught, writing(database) as connection:
        connection.execute(insert(t.quarantine).values(row))
    assert "SECRET" not in str(caught.value)


def test_tried_is_not_kept(database: Database):
    with writing(database, keep=False) as connection:
        connection.execute(insert(t.hub_life).values(LIFE))
    assert lives(database) == 0


def test_a_full_disk_takes_nothing_and_then_everything(database: Database):
    with writing(database) as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))
    row = {"hash": b"h", "topic": "t", "reason": "r", "first_ms": 1, "last_ms": 1, "times": 1}
    with pytest.raises(StoreError, match="E-STORE-03"), writing(database) as connection:
        connection.execute(insert(t.quarantine).values(row | {"payload": bytes(100_000)}))
    with writing(database) as connection:
        connection.execute(text("PRAGMA max_page_count = 100000"))
        connection.execute(insert(t.quarantine).values(row | {"payload": bytes(100_000)}))


def test_a_locked_database_is_said_and_not_waited_for_long(database: Database, tmp_path: Path):
    other = Database(f"sqlite:///{tmp_path / 'hub.sqlite3'}")
    with (
        writing(other),
        pytest.raises(StoreError, match="E-STORE-03"),
        writing(database) as connection,
    ):
        connection.execute(insert(t.hub_life).values(LIFE))
    other.stop()


@pytest.mark.parametrize("which", ["hub.sqlite3", "hub.sqlite3-wal"])
def test_a_database_file_taken_away_is_noticed_before_anything_is_lost_in_it(
    database: Database, tmp_path: Path, which: str
):
    (tmp_path / which).rename(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="E-STORE-06"), writing(database):
        pass
    (tmp_path / "elsewhere").rename(tmp_path / which)
    with writing(database) as connection:
        connection.execute(insert(t.hub_life).values(LIFE))
    assert lives(database) == 1


def test_the_log_is_copied_back_beside_the_commits(database: Database, tmp_path: Path):
    with writing(database) as connection:
        connection.execute(insert(t.hub_life), [LIFE] * 20_000)
    before = (tmp_path / "hub.sqlite3").stat().st_size
    wait_for(lambda: (tmp_path / "hub.sqlite3").stat().st_size > before, "the checkpointer has copied the log")


def test_a_writer_that_had_to_connect_anew_goes_on(database: Database):
    database.reader.dispose()
    database.writer.dispose()
    with writing(database) as connection:
        connection.execute(insert(t.hub_life).values(LIFE))
    assert lives(database) == 1


def test_a_database_of_the_first_version_is_brought_up_to_date_with_all_that_is_in_it(tmp_path: Path):
    address = f"sqlite:///{tmp_path / 'old.sqlite3'}"
    engine = create_engine(address)
    config = Config()
    config.set_main_option("script_location", "hub.store:migrations")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(insert(t.hub_life).values(LIFE))
        connection.execute(insert(t.station).values(code="999999101001", name="第1村", town="测试镇", enrolled=True))
    engine.dispose()
    brought = Database(address)
    assert lives(brought) == 1
    with reading(brought.reader) as connection:
        assert connection.execute(select(t.station.c.name)).scalars().all() == ["第1村"]
        assert connection.execute(select(t.command.c.id)).all() == []
    brought.stop()
