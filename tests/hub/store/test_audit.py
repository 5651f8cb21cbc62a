"""The audit log in a real database: one chain whoever writes, and what somebody at the database does to it is found."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from hub.access.caller import by_command
from hub.access.chain import Deed, fingerprint_of
from hub.access.verify import Wrong
from hub.store.audit import Asked, AuditLog
from hub.store.engine import Database, StoreError, writing

KEY = bytes(range(32))
AT_MS = 1_795_545_000_000
WRITER = """
import sys
from hub.access.caller import by_command
from hub.access.chain import Deed
from hub.store.audit import AuditLog
from hub.store.engine import Database, StoreError, writing
database = Database(sys.argv[1])
log, left = AuditLog(database.reader, bytes(range(32)), sys.argv[3]), 30
print("ready", flush=True)
sys.stdin.readline()
while left:
    try:
        with writing(database) as connection:
            log.note(connection, by_command(sys.argv[2]), Deed("visit.open", str(left)), left, "command")
    except StoreError:  # the other one writes now
        continue
    left -= 1
database.stop()
"""


@pytest.fixture
def log(database: Database) -> AuditLog:
    return AuditLog(database.reader, KEY)


def noted(database: Database, log: AuditLog, *deeds: tuple[str, str, str], at_ms: int = AT_MS) -> None:
    for index, (who, act, subject) in enumerate(deeds):
        with writing(database) as connection:
            log.note(connection, by_command(who), Deed(act, subject, "事由"), at_ms + index * 1_000, "command")


FIVE = [("甲", "visit.open", "一"), ("乙", "still.open", "二%"), ("甲", "visit.open", "三"), ("甲", "token.make", "四"),
        ("丙", "visit.open", "五")]  # fmt: skip


def test_what_is_asked_of_the_log_is_given_newest_first(database: Database, log: AuditLog) -> None:
    noted(database, log, *FIVE)

    def numbers(asked: Asked, before: int | None = None, limit: int = 10) -> list[int]:
        return [entry.number for entry in log.page(limit, asked, before)]

    assert numbers(Asked()) == [5, 4, 3, 2, 1]
    assert numbers(Asked(), limit=2, before=4) == [3, 2]
    assert numbers(Asked(who="甲")) == [4, 3, 1]
    assert numbers(Asked(act="visit.open", who="甲")) == [3, 1]
    assert numbers(Asked(subject="%")) == [2], "a sign of the database's own is a sign like any other"
    assert numbers(Asked(since_ms=AT_MS + 1_000, until_ms=AT_MS + 3_000)) == [3, 2]
    assert [entry.number for entry in log.every(Asked(who="甲"))] == [1, 3, 4]
    assert set(log.names()) == {"甲", "乙", "丙"}


def test_of_a_deed_that_failed_nothing_stands_and_no_number_is_lost(database: Database, log: AuditLog) -> None:
    noted(database, log, *FIVE[:2])

    def fails() -> None:
        with writing(database) as connection:
            log.note(connection, by_command("甲"), Deed("visit.open", "三"), AT_MS, "command")
            connection.execute(text("INSERT INTO audit_head VALUES (1, 1, NULL)"))

    with pytest.raises(StoreError):
        fails()
    noted(database, log, FIVE[2])
    assert [entry.number for entry in log.every()] == [1, 2, 3]
    assert log.verdict().wrong is None


@pytest.mark.parametrize(
    ("done", "wrong"),
    [
        pytest.param(["UPDATE audit SET who = '乙' WHERE number = 3"], Wrong(3, "changed"), id="who"),
        pytest.param(["UPDATE audit SET reason = '' WHERE number = 1"], Wrong(1, "changed"), id="why"),
        pytest.param(["UPDATE audit SET at_ms = at_ms + 1 WHERE number = 5"], Wrong(5, "changed"), id="when"),
        pytest.param(["DELETE FROM audit WHERE number = 2"], Wrong(2, "missing"), id="one is gone"),
        pytest.param(["DELETE FROM audit WHERE number > 3"], Wrong(4, "cut"), id="the end is gone"),
        pytest.param(["DELETE FROM audit_head"], Wrong(5, "head"), id="the head is gone"),
        pytest.param(["UPDATE audit_head SET last = 4"], Wrong(5, "more"), id="the head was set back"),
        pytest.param(
            [f"UPDATE audit SET number = {new} WHERE number = {old}" for old, new in ((2, 9), (4, 2), (9, 4))],
            Wrong(2, "moved", 4),
            id="two changed places",
        ),
    ],
)
def test_what_somebody_did_at_the_database_is_found(
    database: Database, log: AuditLog, done: list[str], wrong: Wrong
) -> None:
    noted(database, log, *FIVE)
    with writing(database) as connection:
        for statement in done:
            connection.execute(text(statement))
    assert log.verdict().wrong == wrong


def test_a_log_cut_off_with_its_head_is_found_by_the_fingerprint(database: Database, log: AuditLog) -> None:
    noted(database, log, *FIVE)
    written_down = log.verdict()
    with writing(database) as connection:
        connection.execute(text("DELETE FROM audit WHERE number > 3"))
        connection.execute(text("UPDATE audit_head SET last = 3, link = (SELECT link FROM audit WHERE number = 3)"))
    assert log.verdict().wrong is None
    assert log.verdict({5: written_down.fingerprint}).wrong == Wrong(4, "cut")
    noted(database, log, *FIVE[3:], at_ms=AT_MS + 3_000)
    assert log.verdict({5: written_down.fingerprint}).wrong is None, "the very same deeds at the very same times"
    noted(database, log, ("甲", "visit.open", "六"))
    assert log.verdict({6: written_down.fingerprint}).wrong == Wrong(6, "rewritten")


def test_two_processes_that_write_make_one_chain_of_both_digests(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'hub.sqlite3'}"
    database = Database(address)
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, address, who, digest],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for who, digest in (("甲", "sha256"), ("乙", "sm3"))
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        writer.communicate("go\n", timeout=60)
        assert writer.returncode == 0
    verdict = AuditLog(database.reader, KEY).verdict()
    assert (verdict.held, verdict.wrong) == (60, None)
    head = AuditLog(database.reader, KEY).head()
    assert head is not None
    assert (head.last, fingerprint_of(head.link)) == (60, verdict.fingerprint)
    database.stop()
