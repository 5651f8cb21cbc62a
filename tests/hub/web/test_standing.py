"""Who looks at an open stream is asked for again and again, all with one question."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import event, select, update

from hub.access.caller import Caller
from hub.store.access import Secrets
from hub.store.access_tables import screen, session
from hub.store.engine import Database, writing
from hub.web.standing import OLD_MS, Standing
from hub.web.who import LOCAL
from tests.hub.web.made_up_database import SCREEN, a_database
from tests.hub.web.signed_in import a_session


class Clock:
    def __init__(self) -> None:
        self.now_ms = 1_795_545_000_000

    def __call__(self) -> int:
        return self.now_ms


@pytest.fixture
def database(tmp_path: Path):
    database = a_database(tmp_path)
    yield database
    database.stop()


def callers(database: Database, now_ms: int) -> tuple[Caller, Caller]:
    """Return a paired screen and somebody signed in just now."""
    secret = a_session(database, "operator")
    with writing(database) as connection:
        connection.execute(update(session).values(opened_ms=now_ms, seen_ms=now_ms))
    secrets = Secrets(database.reader)
    known = secrets.screen(SCREEN, now_ms), secrets.session(secret, now_ms)
    assert known[0] is not None
    assert known[1] is not None
    return known[0].caller, known[1].caller


async def test_whoever_was_revoked_or_signed_out_stands_no_more_within_seconds(database: Database) -> None:
    clock = Clock()
    wall, operator = callers(database, clock.now_ms)
    standing = Standing(database, clock)
    assert [await standing.holds(one) for one in (wall, operator, LOCAL)] == [True, True, True]
    with writing(database) as connection:
        connection.execute(update(screen).values(ended_ms=clock.now_ms))
        connection.execute(update(session).values(ended_ms=clock.now_ms))
    clock.now_ms += OLD_MS
    assert [await standing.holds(one) for one in (wall, operator, LOCAL)] == [False, False, True]


async def test_a_session_nobody_uses_is_over_though_its_page_is_open(database: Database) -> None:
    clock = Clock()
    wall, operator = callers(database, clock.now_ms)
    standing = Standing(database, clock)
    clock.now_ms += 31 * 60_000
    assert (await standing.holds(wall), await standing.holds(operator)) == (True, False)


async def test_500_streams_cost_one_look_and_the_screens_are_seen(database: Database) -> None:
    clock, asked = Clock(), []
    wall, _ = callers(database, clock.now_ms)
    event.listen(database.reader, "before_cursor_execute", lambda *statement: asked.append(statement[2]))
    standing = Standing(database, clock)
    assert all(await asyncio.gather(*(standing.holds(wall) for _ in range(500))))
    assert len([one for one in asked if "SELECT" in one]) == 3
    with writing(database) as connection:
        assert connection.execute(select(screen.c.seen_ms)).scalar_one() == clock.now_ms


async def test_that_the_database_cannot_be_asked_is_no_refusal(database: Database) -> None:
    clock = Clock()
    wall, _ = callers(database, clock.now_ms)
    standing = Standing(database, clock)
    assert await standing.holds(wall)
    database.reader.dispose()
    event.listen(
        database.reader,
        "do_connect",
        lambda *_: (_ for _ in ()).throw(database.reader.dialect.dbapi.OperationalError()),
    )
    clock.now_ms += OLD_MS
    assert await standing.holds(wall)
