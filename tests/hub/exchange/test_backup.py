"""`hub backup` and `hub restore`: whole while others write, and back beside what was there."""

import json
import threading
import zipfile
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text

from hub.access.caller import Area
from hub.clock import now_ms
from hub.desks.archive import DATABASE, MANIFEST, back_up
from hub.exchange.sealing import Sealer
from hub.exchange.tickets import Ticket
from hub.ingest.handle import Arrived, handle
from hub.settings import Settings
from hub.store.casework import hold
from hub.store.casework_erasing import erase
from hub.store.casework_tickets import erase_tickets
from hub.store.casework_tombs import is_tomb
from hub.store.engine import Database, reading, writing
from hub.store.exchanges import note_run, take_tickets
from hub.store.intake import store
from hub.store.tokens import NewToken, add_token
from hub.visits.opening import Unsealer
from station.agent.drain import Drain
from station.clock import Stamp
from tests.hub.centre import VILLAGES, Centre
from tests.hub.exchange.conftest import PRIVATE
from tests.hub.people import ANNA, Kiosk
from tests.hub.web.signed_in import a_session
from wire.codec import decode, encode
from wire.life import Birth, OutboxDepth
from wire.records import Batch, RawRecord, Record, Visit
from wire.settings import load_settings

EPOCH = "a" * 16
STATION = VILLAGES[0].code


def raw(seq: int) -> RawRecord:
    visit = Visit(f"12-{seq:05d}-1", "legal_advice", "anonymous", "zh")
    return RawRecord(seq, msgspec.Raw(msgspec.json.encode(visit)), at_ms=1_795_000_000_000)


def put(database: Database, ids: dict[str, int], payload: msgspec.Struct, family: str = "records") -> int:
    """Take a message as the hub does, and return how far it receipts."""
    arrived = Arrived(f"v1/{STATION}/up/{family}", encode(payload), False, 1, 1, 1, now_ms())
    with writing(database) as connection:
        return store(connection, [handle(arrived, ids)], ids).owed[STATION, EPOCH].stored_to


def send(database: Database, ids: dict[str, int], *seqs: int, after: int = 0) -> int:
    records = [
        msgspec.Raw(msgspec.json.encode(Record(seq, msgspec.json.decode(raw(seq).body, type=Visit)))) for seq in seqs
    ]
    return put(database, ids, Batch(EPOCH, after, records))


def seqs(centre: Centre) -> list[int]:
    with centre.database() as (database, _), reading(database.reader) as connection:
        return list(connection.execute(text("SELECT seq FROM record ORDER BY seq")).scalars())


def backs_up(centre: Centre, name: str = "a.zip", *more: str) -> Path:
    assert centre.runs("backup", centre.folder / name, "--by", "测试员", *more) == 0, centre.err
    return centre.folder / name


def test_a_backup_taken_while_the_hub_writes_is_one_moment_of_it_and_holds_no_key(centre: Centre) -> None:
    stop, sent = threading.Event(), []

    def writes(database: Database, ids: dict[str, int]) -> None:
        while not stop.wait(0.005):  # between two commits of a busy county
            sent.append(send(database, ids, len(sent) + 1))

    with centre.database() as (database, ids):
        send(database, ids, *range(1, 41))
        sent.extend(range(1, 41))
        writer = threading.Thread(target=writes, args=(database, ids))
        writer.start()
        files = [backs_up(centre, f"{number}.zip") for number in range(3)]
        stop.set()
        writer.join()
    assert len(sent) > 41, "the writer went on meanwhile"
    held = []
    for file in files:
        assert file.stat().st_mode & 0o077 == 0
        with zipfile.ZipFile(file) as packed:
            assert not [name for name in packed.namelist() if name.startswith("keys/")]
            manifest = json.loads(packed.read(MANIFEST))
            packed.extract(DATABASE, centre.folder / file.stem)
        held.append(manifest["records"])
        copy = Database(f"sqlite:///{centre.folder / file.stem / DATABASE}")
        with reading(copy.reader) as connection:
            rows = list(connection.execute(text("SELECT seq FROM record ORDER BY seq")).scalars())
            (reached,) = connection.execute(text("SELECT stored_to FROM epoch")).scalars()
        copy.stop()
        assert rows == list(range(1, manifest["records"] + 1))
        assert reached == len(rows), "records and receipt are of the same moment"
    assert held == sorted(held)
    assert not list(centre.folder.glob(".backup-*"))


def test_restored_it_is_as_it_was_and_what_was_there_stays_beside(centre: Centre) -> None:
    with centre.database() as (database, ids):
        send(database, ids, 1, 2, 3)
        a_session(database, "operator")
    file = backs_up(centre)
    with centre.database() as (database, ids):
        send(database, ids, 4, 5)
    assert centre.runs("restore", file, "--by", "测试员") == 0, centre.err
    assert "3 条记录" in centre.out
    assert seqs(centre) == [1, 2, 3]
    (beside,) = centre.folder.glob("hub.sqlite3.before-*")
    old = Database(f"sqlite:///{beside}")
    with reading(old.reader) as connection:
        assert connection.execute(text("SELECT count(*) FROM record")).scalar_one() == 5
    old.stop()
    with centre.database() as (database, _), reading(database.reader) as connection:
        assert connection.execute(text("SELECT count(*) FROM session WHERE ended_ms IS NULL")).scalar_one() == 0
        acts = connection.execute(text("SELECT act FROM audit ORDER BY number")).scalars().all()
    assert list(acts) == ["backup.make", "backup.restore"]
    assert (centre.folder / "hub.sqlite3").stat().st_mode & 0o077 == 0


def test_who_was_erased_and_what_was_revoked_since_the_backup_does_not_come_back(centre: Centre) -> None:
    kiosk, key = Kiosk(PRIVATE.public_key), b"k" * 16
    said = [kiosk.visit(f"12-{n:05d}-1", ANNA, service="mediation", words=kiosk.words("测试的话")) for n in (1, 2, 3)]
    records = [msgspec.Raw(msgspec.json.encode(Record(seq, one))) for seq, one in enumerate(said, 1)]
    theirs = ("", None, None, None, ANNA.name, "", ANNA.id_number, "测试的话")
    ticket = Ticket(2, "hotline", "H1", "phone", 1, "legal_advice", None, "closed", "测试1镇", None, *theirs)
    with centre.database() as (database, ids):
        put(database, ids, Batch(EPOCH, 0, records))
        a_session(database, "operator")
        with writing(database) as connection:
            run = note_run(connection, {"way": "in", "what": "tickets", "platform": "hotline", "at_ms": 1, "who": "x",
                                        "file": b"f" * 32, "rows": 1})  # fmt: skip
            take_tickets(connection, [Sealer(Unsealer(bytes(PRIVATE))).seal(ticket)], run, now_ms())
            add_token(connection, NewToken("program", frozenset({"see"}), Area(), 90, "测试管"), now_ms())
            connection.execute(text("UPDATE visit SET person_key = :key"), {"key": key})
            connection.execute(text("UPDATE visit SET ended_ms = 1"))  # three years ago and more
            hold(connection, 3, "测试督", "先前的诉讼", 1)
    file = backs_up(centre)
    with centre.database() as (database, _), writing(database) as connection:
        erase(connection, [1], "测试督", "person", 1)
        erase_tickets(connection, [1])
        hold(connection, 2, "测试督", "诉讼", 1)
        connection.execute(text("UPDATE token SET ended_ms = 1"))
        connection.execute(text("UPDATE account SET ended_ms = 1, password = 'newer'"))
    assert centre.runs("restore", file, "--by", "测试员") == 0, centre.err
    assert "erased since, and so again: 2; 撤销的 revoked: 2; 留存的 held: 1" in centre.out
    with centre.database() as (database, _), reading(database.reader) as connection:

        def rows(query: str) -> list[tuple[object, ...]]:
            return [tuple(row) for row in connection.execute(text(query))]

        assert rows("SELECT visit_id, who, why FROM visit_erasure") == [(1, "测试督", "person")], "held is not purged"
        bodies = [bytes(body) for (body,) in rows("SELECT body FROM record ORDER BY seq")]  # type: ignore[call-overload]
        assert [is_tomb(body) for body in bodies] == [True, False, False]
        assert rows("SELECT identity, words, length(person_key) FROM ticket") == [(None, None, 0)]
        assert rows("SELECT ended_ms IS NULL FROM token") == [(0,)]
        assert rows("SELECT ended_ms, password FROM account") == [(1, "newer")]
        assert rows("SELECT visit_id FROM visit_hold ORDER BY visit_id") == [(2,), (3,)]
    (centre.folder / "hub.sqlite3").write_bytes(b"damaged")
    assert centre.runs("restore", file, "--by", "测试员") == 0, centre.err
    assert "erase and revoke it again" in centre.err, "whoever restores is told what they must do"


class Outbox:
    """What a station holds, and what it was receipted."""

    epoch = EPOCH

    def __init__(self, trimmed: int, held: Sequence[int]) -> None:
        self._trimmed, self._held = trimmed, list(held)

    def pending(self, after: int, *, most: int, most_bytes: int) -> list[RawRecord]:
        return [raw(seq) for seq in self._held if seq > after][:most]

    def urgent(self, after: int) -> list[RawRecord]:
        return []

    def trimmed_to(self) -> int:
        return self._trimmed

    def depth(self) -> OutboxDepth:
        return OutboxDepth(len(self._held), 0)


def test_after_a_restore_to_an_older_state_stations_go_on_and_nothing_they_hold_is_lost(centre: Centre) -> None:
    # Up to 3 the backup knows; 4 to 6 were receipted after it and are gone from the station; 7 and 8 it still holds.
    with centre.database() as (database, ids):
        send(database, ids, 1, 2, 3)
    file = backs_up(centre)
    with centre.database() as (database, ids):
        assert send(database, ids, 4, 5, 6, after=3) == 6
    assert centre.runs("restore", file, "--by", "测试员") == 0
    drain, at = Drain(Outbox(6, [7, 8])), Stamp(1_795_000_000_000, 1_000, "k" * 16)
    with centre.database() as (database, ids):
        welcome = put(database, ids, Birth(1, EPOCH, "test", 30, 30.0), "life")
        assert welcome == 3, "the hub says what it has"
        assert not drain.take_receipt(welcome, [], at).trim
        assert drain.receipted == 6, "a receipt never takes a station back: it is asked for nothing it no longer holds"
        (parcel,) = drain.batches(at)
        receipt = put(database, ids, decode(parcel.payload, Batch))
        assert receipt == 8, "and what the station says of itself takes the hub past the gap"
        assert drain.take_receipt(receipt, [], at).trim
    assert seqs(centre) == [1, 2, 3, 7, 8]


def test_a_restore_is_refused_while_anything_has_the_database_open(centre: Centre) -> None:
    file = backs_up(centre)
    with centre.database():
        assert centre.runs("restore", file, "--by", "测试员") == 1
        assert "E-BAK-04" in centre.err
    assert not list(centre.folder.glob("hub.sqlite3.before-*"))
    assert centre.runs("restore", file, "--by", "测试员") == 0


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        pytest.param(lambda data: data[: len(data) // 2], "E-BAK-05", id="half of it"),
        pytest.param(lambda _: b"no backup at all", "E-BAK-05", id="something else"),
        pytest.param(lambda data: data[:3000] + b"\0\1\2\3" + data[3004:], "E-BAK-0", id="damaged inside"),
        pytest.param(lambda data: data[:200] + bytes(64) + data[264:], "E-BAK-05", id="what cannot be unpacked"),
    ],
)
def test_what_is_damaged_is_not_put_back(centre: Centre, spoil: object, code: str) -> None:
    file = backs_up(centre)
    file.write_bytes(spoil(file.read_bytes()))  # type: ignore[operator]
    before = (centre.folder / "hub.sqlite3").read_bytes()
    assert centre.runs("restore", file, "--by", "测试员") == 1
    assert code in centre.err
    assert (centre.folder / "hub.sqlite3").read_bytes() == before


def test_another_countys_backup_or_a_newer_ones_is_not_put_back(centre: Centre) -> None:
    file = backs_up(centre)
    config = centre.config.read_text("utf-8")
    centre.config.write_text(config.replace('county = "999999"', 'county = "999998"'), "utf-8")
    assert centre.runs("restore", file, "--by", "测试员") == 1
    assert "E-BAK-05" in centre.err
    centre.config.write_text(config, "utf-8")
    with centre.database() as (database, _), writing(database) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'later'"))
    back_up(load_settings(centre.config, Settings), centre.config, centre.folder / "later.zip", 1, keys=False)
    assert centre.runs("restore", centre.folder / "later.zip", "--by", "测试员") == 1
    assert "E-STORE-02" in centre.err
    assert not list(centre.folder.glob("hub.sqlite3.before-*"))


def test_keys_go_along_only_when_asked_and_come_back_where_they_are_missing(centre: Centre) -> None:
    key = centre.folder / "unseal.key"
    held = key.read_text()
    file = backs_up(centre, "keys.zip", "--with-keys")
    assert "private keys" in centre.err
    (centre.folder / "stations.csv").write_text("code,name,town\n999999101001,别名,测试1镇\n", "utf-8")
    key.unlink()
    (centre.folder / "hub.sqlite3").unlink()
    assert centre.runs("restore", file, "--by", "测试员") == 0, centre.err
    assert key.read_text() == held
    assert key.stat().st_mode & 0o077 == 0
    assert "unseal.key" in centre.out
    assert "stations.csv" in centre.out, "that the list differs is said; it is left as it is"
    assert "别名" in (centre.folder / "stations.csv").read_text("utf-8")


def test_nothing_is_overwritten_and_another_engine_is_told_its_own_tool(centre: Centre) -> None:
    file = backs_up(centre)
    assert centre.runs("backup", file, "--by", "测试员") == 1
    assert "E-FILE-01" in centre.err
    address = f'"sqlite:///{centre.folder / "hub.sqlite3"}"'
    centre.config.write_text(centre.config.read_text("utf-8").replace(address, '"postgresql+psycopg://x/y"'), "utf-8")
    assert centre.runs("backup", centre.folder / "b.zip", "--by", "测试员") == 1
    assert "pg_dump" in centre.err
