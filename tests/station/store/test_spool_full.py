"""A limit reached, a full disk, and disks that cannot be used: refused with a reason, nothing taken is lost."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from station.errors import SpoolFullError, StoreError
from station.store import spool as spool_module
from station.store.spool import Spool
from tests.station.store.spooling import NOW, seqs, visit
from wire.records import Emergency


def test_a_full_spool_refuses_new_records_keeps_the_old_and_has_room_again_after_a_receipt(tmp_path: Path) -> None:
    spool = Spool.open(tmp_path / "spool.sqlite3", limit_bytes=200_000)
    while spool.has_room():
        spool.append(lambda seq: visit(seq, words_bytes=2000), NOW)
    with pytest.raises(SpoolFullError, match="E-SPOOL-10"):
        spool.append(visit, NOW)
    taken = seqs(spool)
    assert len(taken) > 20
    assert spool.depth().full
    spool.trim(taken[-1] // 2)
    assert spool.has_room()
    assert not spool.depth().full
    assert spool.append(visit, NOW) == taken[-1] + 1
    spool.close()


def test_a_machines_own_records_leave_room_for_a_villagers_visit(tmp_path: Path) -> None:
    spool = Spool.open(tmp_path / "spool.sqlite3", limit_bytes=400_000)
    chatter = 0
    try:
        while chatter < 1000:
            chatter = spool.append(lambda seq: visit(seq, words_bytes=2000), NOW, leave_bytes=100_000)
    except SpoolFullError:
        pass
    assert 0 < chatter < 1000
    assert spool.has_room()
    assert not spool.depth().full
    visits = [spool.append(lambda seq: visit(seq, words_bytes=2000), NOW) for _ in range(20)]
    assert visits[0] == chatter + 1
    spool.close()


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A file system of its own; skips the test where this process may not mount one."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder]
    done = subprocess.run(command, check=False, capture_output=True)
    if done.returncode:
        pytest.skip("mounting a small disk needs root; the same is tested with a limit on the file's size")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def no_reserve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool_module, "DISK_RESERVE_BYTES", 0)


def fill_up(folder: Path) -> Path:
    """Let another program take whatever is left of the disk."""
    other = folder / "other program's"
    with other.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
    return other


def append_until_full(spool: Spool) -> int:
    taken = 0
    try:
        while taken < 100_000:
            taken = spool.append(lambda seq: visit(seq, words_bytes=4000), NOW)
    except SpoolFullError as error:
        assert error.code == "E-SPOOL-10"  # noqa: PT017 - how many were taken before is what is asked
        return taken
    pytest.fail("the disk took everything")


@pytest.mark.usefixtures("no_reserve")
def test_a_disk_that_is_full_takes_receipts_and_then_records_again(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "14m") as disk:
        spool = Spool.open(disk / "spool.sqlite3")
        taken = append_until_full(spool)
        fill_up(disk)
        assert not spool.has_room()
        assert seqs(spool) == list(range(1, taken + 1))
        for receipt in range(7, taken + 7, 7):
            spool.trim(receipt)
        assert seqs(spool) == []
        assert spool.has_room()
        assert spool.append(visit, NOW) > taken
        spool.close()


@pytest.mark.usefixtures("no_reserve")
def test_a_disk_filled_by_another_program_loses_nothing_and_goes_on_when_it_has_room(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "3m") as disk:
        spool = Spool.open(disk / "spool.sqlite3")
        for _ in range(20):
            spool.append(visit, NOW)
        other = fill_up(disk)
        taken = append_until_full(spool)
        other.unlink()
        assert spool.append(visit, NOW) == max(taken, 20) + 1
        spool.close()
        again = Spool.open(disk / "spool.sqlite3")
        assert again.set_aside is None
        assert seqs(again) == list(range(1, max(taken, 20) + 2))
        again.close()


def test_before_the_disk_is_full_there_is_a_reserve_for_everything_else(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "23m") as disk:
        spool = Spool.open(disk / "spool.sqlite3")
        taken = append_until_full(spool)
        assert taken > 100
        free = os.statvfs(disk)
        assert free.f_bavail * free.f_frsize > 19_000_000
        spool.put_note("hub", "offline")
        spool.trim(taken)
        assert spool.has_room()
        spool.close()


def test_on_a_full_disk_a_first_spool_is_refused_as_full(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "1m") as disk:
        other = fill_up(disk)
        with pytest.raises(SpoolFullError, match="E-SPOOL-10"):
            Spool.open(disk / "spool.sqlite3")
        other.unlink()
        spool = Spool.open(disk / "spool.sqlite3")
        assert spool.set_aside is None
        spool.close()


@pytest.mark.usefixtures("no_reserve")
def test_a_disk_that_became_read_only_is_said_and_nothing_is_set_aside(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "3m") as disk:
        spool = Spool.open(disk / "spool.sqlite3")
        spool.append(visit, NOW)
        spool.close()
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        with pytest.raises(StoreError, match="E-SPOOL-04"):
            Spool.open(disk / "spool.sqlite3")
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
        again = Spool.open(disk / "spool.sqlite3")
        assert (again.set_aside, seqs(again)) == (None, [1])
        again.close()


FILL = """
import resource, signal, sys
from pathlib import Path
from station.errors import StoreError
from station.store.spool import Spool
from tests.station.store.spooling import NOW, visit
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
spool = Spool.open(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
taken = 0
try:
    while taken < 100_000:
        taken = spool.append(visit, NOW)
except StoreError as error:
    print(taken, error.code)
"""


def test_a_file_that_may_not_grow_loses_nothing_already_taken(tmp_path: Path) -> None:
    path = tmp_path / "spool.sqlite3"
    done = subprocess.run([sys.executable, "-c", FILL, path], capture_output=True, text=True, check=True)
    taken, code = done.stdout.split()
    assert code in {"E-SPOOL-04", "E-SPOOL-10"}
    spool = Spool.open(path)
    assert spool.set_aside is None
    assert seqs(spool) == list(range(1, int(taken) + 1))
    spool.close()


def a_file_in_the_way(folder: Path) -> Path:
    (folder / "file").write_text("")
    return folder / "file" / "spool.sqlite3"


def a_folder_in_its_place(folder: Path) -> Path:
    (folder / "spool.sqlite3").mkdir()
    return folder / "spool.sqlite3"


@pytest.mark.parametrize("lay", [a_file_in_the_way, a_folder_in_its_place])
def test_a_place_that_cannot_be_used_is_said_with_a_code(tmp_path: Path, lay: Callable[[Path], Path]) -> None:
    with pytest.raises(StoreError, match="E-SPOOL-04"):
        Spool.open(lay(tmp_path))


OPEN_AS_NOBODY = """
import os, sys
from pathlib import Path
from station.errors import StoreError
from station.store.spool import Spool
os.setuid(65534)
try:
    Spool.open(Path(sys.argv[1]))
except StoreError as error:
    print(error.code)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="becoming another user needs root")
def test_a_spool_of_another_user_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "spool.sqlite3"
    spool = Spool.open(path)
    spool.append(visit, NOW)
    spool.close()
    done = subprocess.run([sys.executable, "-c", OPEN_AS_NOBODY, path], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "E-SPOOL-04"
    again = Spool.open(path)
    assert (again.set_aside, seqs(again)) == (None, [1])
    again.close()


def emergency(_seq: int) -> Emergency:
    return Emergency("c1")


def test_an_emergency_is_taken_beyond_the_spools_limit(tmp_path: Path) -> None:
    spool = Spool.open(tmp_path / "spool.sqlite3", limit_bytes=200_000)
    while spool.has_room():
        last = spool.append(lambda seq: visit(seq, words_bytes=2000), NOW)
    with pytest.raises(SpoolFullError, match="E-SPOOL-10"):
        spool.append(emergency, NOW)
    assert spool.append(emergency, NOW, urgent=True) == last + 1
    assert [record.seq for record in spool.urgent(0)] == [last + 1]
    spool.close()


@pytest.mark.usefixtures("no_reserve")
def test_an_emergency_is_taken_on_a_full_disk_from_the_room_kept_for_receipts(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "14m") as disk:
        spool = Spool.open(disk / "spool.sqlite3")
        ballast = disk / "spool.sqlite3.ballast"
        assert ballast.exists()
        taken = append_until_full(spool)
        fill_up(disk)
        with pytest.raises(SpoolFullError):
            spool.append(lambda seq: visit(seq, words_bytes=9000), NOW)
        calls = [spool.append(emergency, NOW, urgent=True) for _ in range(30)]
        assert calls == list(range(taken + 1, taken + 31))
        assert not ballast.exists()
        assert seqs(spool, taken) == calls
        spool.close()


@pytest.mark.usefixtures("no_reserve")
def test_only_a_disk_with_no_room_at_all_refuses_an_emergency_and_takes_nothing(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "3m") as disk:
        spool = Spool.open(disk / "spool.sqlite3")
        fill_up(disk)
        taken = 0
        with pytest.raises(SpoolFullError, match="E-SPOOL-10"):  # noqa: PT012 - how many there is room for is not asked
            while taken < 100_000:
                taken = spool.append(lambda seq: visit(seq, words_bytes=9000), NOW, urgent=True)
        assert seqs(spool) == list(range(1, taken + 1))
        spool.close()
