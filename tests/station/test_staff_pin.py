"""The staff's PIN: what opens, what locks, for how long, and that neither restart nor clock gets round it."""

import os
import pty
import queue
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from nacl.pwhash import argon2id

from station import staff_pin
from station.clock import Stamp
from station.errors import StationError, StoreError
from station.kiosk.events import Pin
from station.staff_pin import LOCKED_MS, MOST_WRONG, StaffPin, is_weak, set_pin

RIGHT, WRONG = "274951", "274950"


class Now:
    """A running count that a test moves on, in one boot of the kernel or another."""

    def __init__(self) -> None:
        self.mono_ms = 1_000_000
        self.boot = "00000000000000aa"

    def __call__(self) -> Stamp:
        return Stamp(None, self.mono_ms, self.boot)

    def pass_ms(self, passed: int) -> None:
        self.mono_ms += passed

    def reboot(self, up_ms: int) -> None:
        """Let the kernel start anew, `up_ms` ago."""
        self.mono_ms, self.boot = up_ms, "00000000000000bb"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staff_pin, "OPERATIONS", argon2id.OPSLIMIT_MIN)
    monkeypatch.setattr(staff_pin, "MEMORY_BYTES", argon2id.MEMLIMIT_MIN)


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "staff.pin"
    set_pin(path, RIGHT)
    return path


def locked(file: Path, now: Now) -> StaffPin:
    door = StaffPin(file, now)
    for _ in range(MOST_WRONG - 1):
        assert door.check(WRONG) is Pin.WRONG
    assert door.check(WRONG) is Pin.LOCKED
    return door


def test_the_right_pin_opens_and_others_do_not(file: Path, now: Now) -> None:
    door = StaffPin(file, now)
    assert door.check(WRONG) is Pin.WRONG
    assert door.check("") is Pin.WRONG
    assert door.check("２７４９５１") is Pin.WRONG
    assert door.check(RIGHT) is Pin.RIGHT


def test_five_wrong_ones_lock_even_the_right_one_for_five_minutes(file: Path, now: Now) -> None:
    door = locked(file, now)
    assert door.check(RIGHT) is Pin.LOCKED
    now.pass_ms(LOCKED_MS - 1)
    assert door.check(RIGHT) is Pin.LOCKED
    now.pass_ms(1)
    assert door.check(RIGHT) is Pin.RIGHT


def test_after_a_lock_there_are_five_tries_again(file: Path, now: Now) -> None:
    locked(file, now)
    now.pass_ms(LOCKED_MS)
    locked(file, now)


def test_a_right_one_forgets_the_wrong_ones(file: Path, now: Now) -> None:
    door = StaffPin(file, now)
    for _ in range(3):
        for _ in range(MOST_WRONG - 1):
            assert door.check(WRONG) is Pin.WRONG
        assert door.check(RIGHT) is Pin.RIGHT


def test_a_restart_of_the_kiosk_forgets_nothing(file: Path, now: Now) -> None:
    for _ in range(MOST_WRONG - 1):
        assert StaffPin(file, now).check(WRONG) is Pin.WRONG
    assert StaffPin(file, now).check(WRONG) is Pin.LOCKED
    assert StaffPin(file, now).check(RIGHT) is Pin.LOCKED
    now.pass_ms(LOCKED_MS)
    assert StaffPin(file, now).check(RIGHT) is Pin.RIGHT


def test_pulling_the_plug_during_a_try_is_no_try_for_free(
    file: Path, now: Now, monkeypatch: pytest.MonkeyPatch
) -> None:
    def plug_pulled(hashed: bytes, pin: str) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as during:
        during.setattr(staff_pin, "_is_right", plug_pulled)
        for _ in range(MOST_WRONG):
            with pytest.raises(KeyboardInterrupt):
                StaffPin(file, now).check(WRONG)
    assert StaffPin(file, now).check(RIGHT) is Pin.LOCKED


def test_power_off_and_on_neither_unlocks_early_nor_locks_for_ever(file: Path, now: Now) -> None:
    locked(file, now)
    now.reboot(up_ms=20_000)
    again = StaffPin(file, now)
    assert again.check(RIGHT) is Pin.LOCKED
    now.pass_ms(LOCKED_MS - 20_001)
    assert again.check(RIGHT) is Pin.LOCKED
    now.pass_ms(1)
    assert again.check(RIGHT) is Pin.RIGHT


def test_the_clock_on_the_wall_is_not_asked(file: Path, now: Now, monkeypatch: pytest.MonkeyPatch) -> None:
    locked(file, now)
    for wall in (0.0, 4e9):
        monkeypatch.setattr(time, "time", lambda wall=wall: wall)
        assert StaffPin(file, now).check(RIGHT) is Pin.LOCKED


@pytest.mark.parametrize(
    "held",
    [b"", b"\xff\x00", b'{"wrong": "many"}', b'{"wrong": 5, "until_ms": 9999999999999, "boot": "00000000000000aa"}'],
)
def test_a_damaged_count_locks_for_five_minutes_and_no_longer(file: Path, now: Now, held: bytes) -> None:
    file.with_name("staff.pin.tries").write_bytes(held)
    door = StaffPin(file, now)
    assert door.check(RIGHT) is Pin.LOCKED
    now.pass_ms(LOCKED_MS)
    assert door.check(RIGHT) is Pin.RIGHT


def test_a_disk_that_takes_nothing_still_counts_and_lets_staff_in(
    file: Path, now: Now, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    door = StaffPin(file, now, tmp_path / "no such folder" / "tries")
    assert door.check(RIGHT) is Pin.RIGHT
    for _ in range(MOST_WRONG - 1):
        assert door.check(WRONG) is Pin.WRONG
    assert door.check(WRONG) is door.check(RIGHT) is Pin.LOCKED
    assert "E-PIN-05" in caplog.text
    assert RIGHT not in caplog.text


def test_a_pin_that_is_not_set_opens_nothing(tmp_path: Path, now: Now, caplog: pytest.LogCaptureFixture) -> None:
    assert StaffPin(None, now).check(RIGHT) is Pin.NOT_SET
    assert StaffPin(tmp_path / "none", now).check(RIGHT) is Pin.NOT_SET
    assert caplog.text == ""
    (tmp_path / "cut").write_bytes(b"$argon")
    assert StaffPin(tmp_path / "cut", now).check(RIGHT) is Pin.NOT_SET
    assert "E-PIN-03" in caplog.text


def test_a_pin_set_anew_counts_at_once(file: Path, now: Now) -> None:
    door = StaffPin(file, now)
    set_pin(file, "83920417")
    assert door.check(RIGHT) is Pin.WRONG
    assert door.check("83920417") is Pin.RIGHT


def test_the_screen_does_not_wait_for_the_hash(tmp_path: Path, now: Now, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # the real, slow hash
    set_pin(tmp_path / "slow.pin", RIGHT)
    told = queue.SimpleQueue[Pin]()
    began = time.monotonic()
    StaffPin(tmp_path / "slow.pin", now).ask(RIGHT, told.put)
    assert time.monotonic() - began < 0.1
    assert told.get(timeout=20) is Pin.RIGHT


@pytest.mark.parametrize("pin", ["0000", "1234", "9876", "7890", "1212", "123123", "2468", "77777777"])
def test_what_everybody_tries_first_is_refused(pin: str, tmp_path: Path) -> None:
    with pytest.raises(StationError, match="E-PIN-01"):
        set_pin(tmp_path / "pin", pin)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("pin", ["", "271", "274951834", "27a4", "２７４９", "-274", "2749\n"])
def test_what_is_not_four_to_eight_digits_is_refused(pin: str) -> None:
    assert is_weak(pin)


@pytest.mark.parametrize("pin", ["2749", "1200", "11112", "27495183"])
def test_other_digits_will_do(pin: str) -> None:
    assert not is_weak(pin)


def test_the_file_is_the_owners_alone_and_holds_no_digit_of_it_in_clear(file: Path) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.stat().st_uid == file.parent.stat().st_uid
    assert file.read_bytes().startswith(b"$argon2id$")
    assert RIGHT.encode() not in file.read_bytes()
    assert [path.name for path in file.parent.iterdir()] == ["staff.pin"]


def test_where_nothing_can_be_written_the_old_one_stays(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    before = file.read_bytes()
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="E-PIN-02"):
        set_pin(file, "83920417")
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == ["staff.pin"]


# --- the command ---


def command(*options: str) -> list[str]:
    return [sys.executable, "-m", "station", "staff-pin", "set", *options]


def test_the_command_reads_standard_input(tmp_path: Path, now: Now) -> None:
    file = tmp_path / "pin"
    run = subprocess.run(
        command("--file", str(file), "--stdin"), input=f"{RIGHT}\n", capture_output=True, text=True, check=True
    )
    assert RIGHT not in run.stdout + run.stderr
    assert StaffPin(file, now).check(RIGHT) is Pin.RIGHT


def test_the_command_asks_twice_and_shows_nothing(tmp_path: Path, now: Now) -> None:
    file = tmp_path / "pin"
    ours, its = pty.openpty()
    process = subprocess.Popen(command("--file", str(file)), stdin=its, stdout=its, stderr=its, start_new_session=True)
    os.close(its)
    shown = b""
    for prompt in (b"PIN", b"again"):
        # Whole, with its last blank: only then does the terminal show nothing.
        while prompt not in shown or not shown.endswith(b": "):
            shown += os.read(ours, 1000)
        os.write(ours, f"{RIGHT}\n".encode())
    while process.poll() is None:
        try:
            shown += os.read(ours, 1000)
        except OSError:
            break
    assert process.wait(20) == 0
    os.close(ours)
    assert RIGHT.encode() not in shown
    assert StaffPin(file, now).check(RIGHT) is Pin.RIGHT


def test_the_command_refuses_in_both_languages(tmp_path: Path) -> None:
    run = subprocess.run(
        command("--file", str(tmp_path / "pin"), "--stdin"), input="1234\n", capture_output=True, text=True, check=False
    )
    assert run.returncode == 1
    assert "E-PIN-01" in run.stderr
    assert "口令" in run.stderr
    assert not (tmp_path / "pin").exists()
