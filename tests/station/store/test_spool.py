"""The spool as kiosk and agent use it on a good day."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import Raw

from station.errors import SpoolFullError, StoreError
from station.store import opening
from station.store.spool import Spool
from tests.station.store.spooling import NOW, UNDATED, seqs, told, visit
from wire.codec import decode, encode
from wire.life import DeviceState
from wire.records import Batch, DeviceEvent, Emergency, Record, Visit


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "spool.sqlite3"


@pytest.fixture
def spool(path: Path) -> Iterator[Spool]:
    spool = Spool.open(path)
    yield spool
    spool.close()


def test_seqs_start_at_one_and_have_no_gap_even_when_making_a_record_fails(spool: Spool) -> None:
    assert spool.append(visit, NOW) == 1

    def broken(seq: int) -> Visit:
        raise LookupError(seq)

    with pytest.raises(LookupError):
        spool.append(broken, NOW)
    assert spool.append(visit, NOW) == 2
    assert seqs(spool) == [1, 2]


def test_a_record_is_on_the_wire_what_was_saved(spool: Spool) -> None:
    spool.append(visit, NOW)
    spool.append(visit, UNDATED)
    dated, undated = (decode(encode(record), Record) for record in spool.pending(0, most=5, most_bytes=10**6))
    assert dated == Record(1, visit(1), at_ms=NOW.at_ms)
    assert undated.at_ms is None
    assert undated.undated is not None
    assert undated.undated.mono_ms == UNDATED.mono_ms


def test_undated_records_are_dated_once_the_time_is_known_and_only_those_of_this_kernel_boot(spool: Spool) -> None:
    spool.append(visit, UNDATED)
    spool.append(visit, UNDATED._replace(kernel_boot="b" * 16))
    assert spool.date_records(UNDATED.kernel_boot, 1_000_000) == 1
    first, second = spool.pending(0, most=5, most_bytes=10**6)
    assert first.at_ms == 1_000_000 + UNDATED.mono_ms
    assert second.at_ms is None


def test_pending_keeps_to_both_limits_but_gives_at_least_one(spool: Spool) -> None:
    for _ in range(5):
        spool.append(visit, NOW)
    assert len(spool.pending(0, most=3, most_bytes=10**6)) == 3
    assert len(spool.pending(0, most=5, most_bytes=1)) == 1
    assert seqs(spool, after=4) == [5]


def test_a_receipt_trims_and_is_never_taken_back(spool: Spool) -> None:
    for _ in range(4):
        spool.append(visit, NOW)
    assert spool.trim(3) == 3
    assert spool.trim(1) == 0
    assert (spool.trimmed_to(), seqs(spool)) == (3, [4])
    assert spool.append(visit, NOW) == 5


def test_emergencies_are_found_out_of_their_turn(spool: Spool) -> None:
    spool.append(visit, NOW)
    spool.append(lambda _: Emergency("call-1"), NOW)
    assert [record.seq for record in spool.urgent(0)] == [2]
    assert spool.urgent(2) == []


def test_a_record_too_large_for_the_wire_is_refused_and_takes_no_place(spool: Spool) -> None:
    too_large = DeviceEvent("spool", "X", state=DeviceState("d", "ok", measures={f"m{i}": 0.1 for i in range(5000)}))
    with pytest.raises(StoreError, match="E-SPOOL-11"):
        spool.append(lambda _: too_large, NOW)
    assert spool.append(visit, NOW) == 1


def test_two_processes_see_each_other_and_each_is_told_of_changes_once(spool: Spool, path: Path) -> None:
    other = Spool.open(path)
    assert other.epoch == spool.epoch
    spool.changed()
    other.append(visit, NOW)
    assert spool.changed()
    assert not spool.changed()
    spool.trim(1)
    assert other.trimmed_to() == 1
    other.close()


def test_devices_and_notes_are_kept_over_a_restart(spool: Spool, path: Path) -> None:
    spool.put_device(DeviceState("reader", "ok"))
    spool.put_device(DeviceState("reader", "failed", code="E-READER-30"))
    spool.put_note("hub", "online")
    again = Spool.open(path)
    assert again.devices() == [DeviceState("reader", "failed", code="E-READER-30")]
    assert again.note("hub") == "online"
    assert again.note("nothing") is None
    again.close()


def test_a_command_is_claimed_once(spool: Spool, path: Path) -> None:
    assert spool.claim_command("c1", 1000)
    again = Spool.open(path)
    assert not again.claim_command("c1", 1000)
    again.close()


def test_a_full_spool_refuses_new_records_keeps_the_old_and_has_room_again_after_a_receipt(path: Path) -> None:
    spool = Spool.open(path, limit_bytes=200_000)
    while spool.has_room():
        spool.append(visit, NOW)
    with pytest.raises(SpoolFullError, match="E-SPOOL-10"):
        spool.append(visit, NOW)
    taken = seqs(spool)
    assert len(taken) > 100
    assert not spool.has_room()
    assert spool.depth().full
    spool.trim(taken[-1])
    assert spool.has_room()
    assert spool.append(visit, NOW) == taken[-1] + 1
    spool.close()


def test_in_a_new_life_of_the_kernel_no_place_is_used_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = Spool.open(path)
    for _ in range(3):
        spool.append(visit, NOW)
    spool.trim(2)
    spool.close()
    monkeypatch.setattr("station.clock.kernel_boot_id", lambda: "c" * 16)
    again = Spool.open(path)
    leapt = again.append(visit, NOW)
    assert leapt == 4 + opening.SEQ_LEAP
    assert seqs(again) == [3, leapt]
    (before_the_gap,) = again.pending(2, most=50, most_bytes=10**6)
    assert before_the_gap.seq == 3
    again.trim(leapt)
    again.close()
    monkeypatch.setattr("station.clock.kernel_boot_id", lambda: "d" * 16)
    third = Spool.open(path)
    assert third.trimmed_to() == leapt + opening.SEQ_LEAP
    assert third.append(visit, NOW) == leapt + opening.SEQ_LEAP + 1
    third.close()


def test_many_threads_take_turns(spool: Spool) -> None:
    taken: list[int] = []

    def save() -> None:
        for _ in range(25):
            taken.append(spool.append(visit, NOW))

    threads = [threading.Thread(target=save) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == seqs(spool) == list(range(1, 201))


def test_a_hub_that_knows_more_places_than_this_file_is_believed(spool: Spool) -> None:
    spool.append(visit, NOW)
    spool.trim(7)
    assert spool.append(visit, NOW) == 8
    assert seqs(spool, spool.trimmed_to()) == [8]


def test_a_device_state_of_another_version_is_left_out(spool: Spool) -> None:
    spool.put_device(DeviceState("reader", "ok"))
    spool._connection.execute("INSERT INTO device VALUES ('future', ?)", (b'{"device":"future","state":5}',))
    assert spool.devices() == [DeviceState("reader", "ok")]


def test_after_closing_nothing_is_taken(spool: Spool) -> None:
    spool.close()
    with pytest.raises(StoreError, match="E-SPOOL-04"):
        spool.append(visit, NOW)


def test_the_depth_follows_every_change_of_either_process(spool: Spool, path: Path) -> None:
    other = Spool.open(path)
    assert spool.depth().records == 0
    other.append(visit, NOW)
    spool.append(visit, UNDATED)
    depth = spool.depth()
    assert (depth.records, depth.oldest_ms) == (2, NOW.at_ms)
    assert depth == other.depth()
    other.trim(1)
    assert (spool.depth().records, spool.depth().oldest_ms) == (1, None)
    spool.date_records(UNDATED.kernel_boot, 1000)
    assert spool.depth().oldest_ms == 1000 + UNDATED.mono_ms
    other.close()


def test_a_fresh_spool_has_nothing_to_tell(spool: Spool) -> None:
    assert spool.set_aside is None
    assert told(spool) == []
    assert (spool.trimmed_to(), spool.depth().records, spool.has_room()) == (0, 0, True)


def test_a_batch_of_the_largest_records_fits_the_wire(spool: Spool) -> None:
    large = DeviceEvent("spool", "X", state=DeviceState("d", "ok", measures={f"m{i}": 0.1 for i in range(2400)}))
    for _ in range(4):
        spool.append(lambda _: large, NOW)
    records = spool.pending(0, most=50, most_bytes=60_000)
    encode(Batch(spool.epoch, 0, [Raw(encode(record)) for record in records]))
    assert len(records) >= 1


def test_the_file_is_its_owners_alone(spool: Spool, path: Path) -> None:
    spool.append(visit, NOW)
    assert path.stat().st_mode & 0o077 == 0
