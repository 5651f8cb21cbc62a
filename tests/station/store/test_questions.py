"""Questions through the spool: each answered once, none kept beyond its minutes, whatever the disk does."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from station.clock import Stamp
from station.errors import SpoolFullError, StoreError
from station.store import spool as spool_module
from station.store.questions import KEPT_MS, MOST_KEPT
from station.store.spool import Spool
from tests.station.store.spooling import NOW, fill, seqs, visit
from tests.station.store.test_spool_full import fill_up, small_disk
from wire.orders import Ask, Reply

CURTAIN = b"what a villager asks"


def ask(ask_id: str = "a1", within_ms: int = 10_000, box: bytes = CURTAIN) -> Ask:
    return Ask(ask_id, "progress", "0" * 16, box, bytes(range(32)), within_ms)


def later(ms: int, kernel_boot: str = NOW.kernel_boot) -> Stamp:
    return Stamp(None, NOW.mono_ms + ms, kernel_boot)


def ids(spool: Spool, now: Stamp = NOW) -> list[str]:
    return [one.ask.id for one in spool.open_asks(now)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "spool.sqlite3"


def test_a_question_goes_to_the_agent_and_its_reply_comes_back_once(path: Path) -> None:
    kiosk, agent = Spool.open(path), Spool.open(path)
    agent.changed()
    kiosk.put_ask(ask(), NOW)
    assert agent.changed(), "so the agent looks at once"
    assert agent.open_asks(NOW) == [(ask(), NOW.mono_ms + 10_000)]
    kiosk.changed()
    assert kiosk.take_reply("a1") is None
    assert agent.put_reply(Reply("a1", "found", b"box"))
    assert agent.open_asks(NOW) == []
    assert kiosk.changed(), "so the kiosk looks at once"
    assert kiosk.take_reply("a1") == Reply("a1", "found", b"box")
    assert kiosk.take_reply("a1") is None
    assert held(path) == (0, 0)
    kiosk.close()
    agent.close()


def held(path: Path) -> tuple[int, int]:
    with closing(sqlite3.connect(path)) as other:
        (asks,), (replies,) = (other.execute(f"SELECT COUNT(*) FROM {t}").fetchone() for t in ("ask", "reply"))
        return asks, replies


@pytest.mark.parametrize(
    "prepare",
    [
        pytest.param(lambda _: None, id="that nobody put"),
        pytest.param(lambda spool: (spool.put_ask(ask(), NOW), spool.forget_ask("a1")), id="that was given up"),
        pytest.param(lambda spool: (spool.put_ask(ask(), NOW), spool.open_asks(later(KEPT_MS))), id="that is too old"),
    ],
)
def test_a_reply_to_a_question_is_not_kept(path: Path, prepare: object) -> None:
    spool = Spool.open(path)
    prepare(spool)  # type: ignore[operator]
    assert not spool.put_reply(Reply("a1", "none"))
    assert spool.take_reply("a1") is None
    assert held(path) == (0, 0)
    spool.close()


def test_the_first_reply_stands(path: Path) -> None:
    spool = Spool.open(path)
    spool.put_ask(ask(), NOW)
    assert spool.put_reply(Reply("a1", "offline"))
    assert not spool.put_reply(Reply("a1", "found", b"late"))
    assert spool.take_reply("a1") == Reply("a1", "offline")
    spool.close()


@pytest.mark.parametrize(
    ("now", "there"),
    [
        pytest.param(later(KEPT_MS - 1), ["a1"], id="just within five minutes"),
        pytest.param(later(KEPT_MS), [], id="after five minutes"),
        pytest.param(later(5, "b" * 16), [], id="the machine was started again: whoever asked is gone"),
    ],
)
def test_an_unread_reply_goes_with_its_question(path: Path, now: Stamp, there: list[str]) -> None:
    spool = Spool.open(path)
    spool.put_ask(ask(within_ms=10 * KEPT_MS), NOW)
    assert ids(spool, now) == there
    spool.put_reply(Reply("a1", "found", b"box"))
    spool.open_asks(now)
    assert held(path) == (len(there), len(there))
    spool.close()


def test_a_kiosk_that_asks_without_end_fills_nothing(path: Path) -> None:
    spool = Spool.open(path)
    for number in range(MOST_KEPT + 5):
        spool.put_ask(ask(f"a{number}"), later(number))
        spool.put_reply(Reply(f"a{number}", "none"))
    spool.put_ask(ask("last"), later(100))
    assert held(path) == (MOST_KEPT, MOST_KEPT - 1)
    assert ids(spool, later(101)) == ["last"]
    spool.close()


def test_a_question_asked_again_under_one_id_is_open_again(path: Path) -> None:
    spool = Spool.open(path)
    spool.put_ask(ask(), NOW)
    spool.put_reply(Reply("a1", "late"))
    spool.put_ask(ask(), later(1))
    assert ids(spool, later(2)) == ["a1"]
    spool.close()


def make_old(path: Path) -> None:
    """Make it what 0.1.0 left."""
    with closing(sqlite3.connect(path)) as old:
        old.executescript("DROP TABLE ask; DROP TABLE reply; VACUUM")


def test_a_spool_of_an_older_version_gets_the_tables_and_keeps_its_records(path: Path) -> None:
    fill(path, 5)
    make_old(path)
    spool = Spool.open(path)
    assert spool.set_aside is None
    assert seqs(spool) == [1, 2, 3, 4, 5, 6]
    spool.put_ask(ask(), NOW)
    assert ids(spool) == ["a1"]
    spool.close()


def test_an_older_spool_on_a_full_disk_opens_and_only_the_question_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool_module, "DISK_RESERVE_BYTES", 0)
    with small_disk(tmp_path / "disk", "2m") as disk:
        path = disk / "spool.sqlite3"
        fill(path, 5)
        make_old(path)
        reader = sqlite3.connect(path)  # another process has it open: on a disk that is full a journal cannot be begun
        reader.execute("SELECT COUNT(*) FROM outbox").fetchone()
        other = fill_up(disk)
        spool = Spool.open(path)
        assert ids(spool) == []
        assert not spool.put_reply(Reply("a1", "none"))
        assert spool.take_reply("a1") is None
        spool.forget_ask("a1")
        with pytest.raises(SpoolFullError, match="E-SPOOL-10"):
            spool.put_ask(ask(), NOW)
        assert seqs(spool) == [1, 2, 3, 4, 5, 6]
        other.unlink()
        spool.put_ask(ask(), NOW)
        assert ids(spool) == ["a1"]
        spool.close()
        reader.close()


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param("UPDATE ask SET ask = x'7B'", id="no question any more"),
        pytest.param("UPDATE ask SET ask = 'text'", id="no bytes"),
        pytest.param("UPDATE ask SET put_ms = 'soon'", id="no time"),
        pytest.param("UPDATE ask SET put_ms = put_ms + 100000000", id="a time to come"),
    ],
)
def test_a_question_altered_on_the_disk_is_not_asked_and_hurts_nothing_else(path: Path, damage: str) -> None:
    spool = Spool.open(path)
    spool.append(visit, NOW)
    spool.put_ask(ask("bad"), NOW)
    with closing(sqlite3.connect(path)) as other:
        other.execute(damage)
        other.commit()
    spool.put_ask(ask("good"), later(1))
    assert ids(spool, later(2)) == ["good"]
    assert seqs(spool) == [1]
    spool.close()


def test_a_reply_altered_on_the_disk_is_as_good_as_none(path: Path) -> None:
    spool = Spool.open(path)
    spool.put_ask(ask(), NOW)
    spool.put_reply(Reply("a1", "found", b"box"))
    with closing(sqlite3.connect(path)) as other:
        other.execute("UPDATE reply SET reply = x'00'")
        other.commit()
    assert spool.take_reply("a1") == Reply("a1", "late")
    spool.close()


def test_a_damaged_spool_is_begun_anew_and_can_be_asked_through(path: Path) -> None:
    before = Spool.open(path)
    before.append(visit, NOW)
    before.put_ask(ask(), NOW)
    before.close()
    with path.open("r+b") as database:
        database.write(bytes(100))
    spool = Spool.open(path)
    assert spool.set_aside is not None
    assert ids(spool) == []
    spool.put_ask(ask("a2"), NOW)
    assert ids(spool) == ["a2"]
    with pytest.raises(StoreError, match="E-SPOOL-0"):
        before.put_ask(ask(), NOW)
    spool.close()


def test_what_the_hub_has_ahead_of_its_turn_is_noted_until_its_turn_came(path: Path) -> None:
    agent, kiosk = Spool.open(path), Spool.open(path)
    for _ in range(9):
        agent.append(visit, NOW)
    assert kiosk.urgent_receipted() == frozenset()
    agent.note_urgent([5])
    agent.note_urgent([8, 5])
    assert kiosk.urgent_receipted() == {5, 8}
    agent.trim(6)
    assert kiosk.urgent_receipted() == {8}
    agent.note_urgent([9])
    assert kiosk.note("urgent") == "8,9"
    kiosk.put_note("urgent", "8,,x,-1,٩")
    assert kiosk.urgent_receipted() == {8}
    agent.close()
    kiosk.close()
