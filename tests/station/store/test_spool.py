"""The spool as kiosk and agent use it: one file, two processes, and every kind of bad luck."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Raw

from station.clock import Stamp
from station.errors import SpoolFullError, StoreError
from station.store import spool_file
from station.store.spool import Spool
from wire.codec import decode, encode
from wire.life import DeviceState
from wire.records import Batch, Body, DeviceEvent, Emergency, Rating, Record, Visit

NOW = Stamp(at_ms=1_700_000_000_000, mono_ms=5_000, kernel_boot="0" * 16)
UNDATED = Stamp(at_ms=None, mono_ms=7_000, kernel_boot="a" * 16)


def visit(seq: int) -> Visit:
    return Visit(number=f"10-{seq:05d}-0", service="legal_advice", who="anonymous", language="zh")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "spool.sqlite3"


@pytest.fixture
def spool(path: Path) -> Iterator[Spool]:
    spool = Spool.open(path)
    yield spool
    spool.close()


def seqs(spool: Spool, after: int = 0) -> list[int]:
    return [record.seq for record in spool.pending(after, most=10_000, most_bytes=10**9)]


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


FILL = """
import resource, signal, sys
from pathlib import Path
from station.errors import SpoolFullError
from station.store.spool import Spool
from tests.station.store.test_spool import NOW, visit
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
spool = Spool.open(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
taken = 0
try:
    while taken < 100_000:
        taken = spool.append(visit, NOW)
except Exception as error:
    print(taken, type(error).__name__)
"""


def test_a_disk_that_takes_no_more_loses_nothing_already_taken(path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", FILL, str(path)], capture_output=True, text=True, check=True)
    taken, error = done.stdout.split()
    assert error in {SpoolFullError.__name__, StoreError.__name__}
    spool = Spool.open(path)
    assert spool.set_aside is None
    assert seqs(spool) == list(range(1, int(taken) + 1))
    spool.close()


APPEND_FOR_EVER = """
import sys
from pathlib import Path
from station.store.spool import Spool
from tests.station.store.test_spool import NOW, visit
spool = Spool.open(Path(sys.argv[1]))
while True:
    print(spool.append(visit, NOW), flush=True)
"""


@pytest.mark.slow
def test_what_was_said_saved_is_there_after_kill_nine(path: Path) -> None:
    draw = random.Random(11)
    said = 0
    for _ in range(12):
        process = subprocess.Popen(
            [sys.executable, "-c", APPEND_FOR_EVER, str(path)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        for _ in range(draw.randrange(1, 40)):
            said = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read().split("\n")
        process.wait()
        process.stdout.close()
        said = max([said, *(int(line) for line in rest[:-1] if line)])
        spool = Spool.open(path)
        assert spool.set_aside is None
        there = seqs(spool)
        assert there == list(range(1, len(there) + 1))
        assert len(there) >= said
        spool.close()


def fill(path: Path, count: int = 40) -> None:
    spool = Spool.open(path)
    for _ in range(count):
        spool.append(visit, NOW)
    spool.append(lambda _: Rating(visit=count, grade=5), NOW)
    spool.close()


def bodies(spool: Spool) -> list[Body]:
    return [decode(encode(record), Record).body for record in spool.pending(0, most=10_000, most_bytes=10**9)]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda path: path.write_bytes(b"not a database at all, " * 400), id="garbage"),
        pytest.param(lambda path: os.truncate(path, 5000), id="cut in the second page"),
        pytest.param(lambda path: os.truncate(path, 10), id="cut in the header"),
        pytest.param(lambda path: path.write_bytes(b"SQLite format 3\x00" + bytes(5000)), id="a header and zeros"),
    ],
)
def test_a_damaged_spool_is_set_aside_and_reported_first_in_a_new_epoch(path: Path, damage: object) -> None:
    fill(path)
    before = Spool.open(path)
    epoch = before.epoch
    before.close()
    damage(path)  # type: ignore[operator]
    spool = Spool.open(path)
    assert spool.set_aside is not None
    assert spool.set_aside.path.exists()
    assert spool.epoch != epoch
    first = bodies(spool)[0]
    assert isinstance(first, DeviceEvent)
    assert (first.device, first.code) == ("spool", "E-SPOOL-01")
    assert spool.append(visit, NOW) == len(bodies(spool))
    spool.close()
    again = Spool.open(path)
    assert again.set_aside is None
    again.close()


def test_what_a_damaged_spool_still_holds_goes_on_to_the_hub(path: Path) -> None:
    fill(path, count=400)
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size - 4096)
        file.write(b"\xff" * 4096)
    spool = Spool.open(path)
    assert spool.set_aside is not None
    assert spool.set_aside.carried_over > 300
    numbers = [body.number for body in bodies(spool) if isinstance(body, Visit)]
    assert numbers == [visit(seq).number for seq in range(1, len(numbers) + 1)]
    spool.close()


def test_a_rating_carried_over_points_at_its_visit_in_its_new_place(path: Path) -> None:
    fill(path, count=3)
    spool_file_rows = spool_file._readable_rows(path)
    assert len(spool_file_rows) == 4
    with path.open("r+b") as file:
        file.seek(60)
        file.write(b"\x00\x00\x00\x09")  # user_version: not a version of ours
    spool = Spool.open(path)
    assert spool.set_aside is not None
    *_, rating = bodies(spool)
    assert isinstance(rating, Rating)
    (place,) = [
        record.seq for record in spool.pending(0, most=99, most_bytes=10**9) if b"10-00003-0" in bytes(record.body)
    ]
    assert rating.visit == place
    spool.close()


def test_the_other_process_notices_that_the_file_was_set_aside_and_loses_nothing(spool: Spool, path: Path) -> None:
    spool.append(visit, NOW)
    path.rename(path.with_name("elsewhere"))
    fresh = Spool.open(path)
    with pytest.raises(StoreError, match="E-SPOOL-03"):
        spool.append(visit, NOW)
    with pytest.raises(StoreError, match="E-SPOOL-03"):
        spool.pending(0, most=5, most_bytes=100)
    fresh.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.floats(0, 1), what=st.binary(min_size=1, max_size=64), cut=st.booleans(), seed=st.integers(0, 10**6))
def test_any_damage_gives_a_spool_that_works_or_says_what_was_set_aside(
    tmp_path: Path, where: float, what: bytes, cut: bool, seed: int
) -> None:
    path = tmp_path / f"{seed}-{where}-{cut}" / "spool.sqlite3"
    fill(path, count=12)
    place = int(where * path.stat().st_size)
    if cut:
        os.truncate(path, place)
    else:
        with path.open("r+b") as file:
            file.seek(place)
            file.write(what)
    spool = Spool.open(path)
    try:
        seq = spool.append(visit, NOW)
        held = bodies(spool)
        assert len(held) >= 1
        assert seq >= 1
        if spool.set_aside is None and place >= 100:
            assert len(held) in {1, 14}
    except StoreError as error:
        assert error.code in {"E-SPOOL-02", "E-SPOOL-04"}  # noqa: PT017 - either is an honest answer
    finally:
        spool.close()


def test_a_folder_that_cannot_be_used_is_said_with_a_code(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="E-SPOOL-04"):
        Spool.open(tmp_path / "file" / "spool.sqlite3")


def test_in_a_new_life_of_the_kernel_no_place_is_used_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = Spool.open(path)
    for _ in range(3):
        spool.append(visit, NOW)
    spool.trim(2)
    spool.close()
    monkeypatch.setattr("station.store.spool.kernel_boot_id", lambda: "c" * 16)
    again = Spool.open(path)
    leapt = again.append(visit, NOW)
    assert leapt == 4 + spool_file.SEQ_LEAP
    assert seqs(again) == [3]
    assert seqs(again, after=3) == [leapt]
    again.trim(leapt)
    again.close()
    monkeypatch.setattr("station.store.spool.kernel_boot_id", lambda: "d" * 16)
    third = Spool.open(path)
    assert third.trimmed_to() == leapt + spool_file.SEQ_LEAP
    assert third.append(visit, NOW) == leapt + spool_file.SEQ_LEAP + 1
    third.close()


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
