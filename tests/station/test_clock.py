"""Dates only when they can be trusted, on a count that always runs."""

import time
from datetime import date
from pathlib import Path

import pytest

from station import clock
from station.clock import Clock

HUB_MS = 1_800_000_000_000


@pytest.fixture
def unsynchronised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_kernel_clock_synchronised", lambda: False)


@pytest.fixture
def synchronised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_kernel_clock_synchronised", lambda: True)


@pytest.mark.usefixtures("unsynchronised")
def test_without_a_trusted_time_nothing_is_dated() -> None:
    assert Clock().now().at_ms is None


@pytest.mark.usefixtures("unsynchronised")
def test_the_time_of_the_hub_dates_what_comes_after() -> None:
    told = Clock()
    told.learn(HUB_MS - told.now().mono_ms)
    first, second = told.now(), told.now()
    assert first.at_ms is not None
    assert second.at_ms is not None
    assert HUB_MS <= first.at_ms <= second.at_ms < HUB_MS + 5_000
    assert first.at_ms - first.mono_ms == second.at_ms - second.mono_ms


@pytest.mark.usefixtures("synchronised")
def test_a_synchronised_kernel_is_believed_before_the_hub() -> None:
    told = Clock()
    told.learn(0)
    at_ms = told.now().at_ms
    assert at_ms is not None
    assert abs(at_ms - time.time() * 1000) < 5_000


def test_the_count_never_goes_back_and_goes_on_over_a_restart_of_the_process() -> None:
    counts = [Clock().now().mono_ms for _ in range(5)]
    assert counts == sorted(counts)
    up_s = float(Path("/proc/uptime").read_text("ascii").split()[0])
    assert abs(counts[-1] / 1000 - up_s) < 5


def test_the_kernel_is_named_by_sixteen_hex_digits_that_stay() -> None:
    assert Clock().kernel_boot == Clock().now().kernel_boot
    assert len(Clock().kernel_boot) == 16
    assert int(Clock().kernel_boot, 16) >= 0


def test_a_unit_that_hides_the_kernels_file_hands_the_name_in(monkeypatch: pytest.MonkeyPatch) -> None:
    own = Clock().kernel_boot
    monkeypatch.setenv(clock.BOOT_ID, Path("/proc/sys/kernel/random/boot_id").read_text().replace("-", ""))
    assert Clock().kernel_boot == own, "kiosk and agent speak of one life of the kernel"


@pytest.mark.parametrize(
    ("answer", "timesyncd", "believed"),
    [
        pytest.param(0, False, True, id="synchronised"),
        pytest.param(1, False, True, id="a leap second is announced"),
        pytest.param(5, True, False, id="not synchronised"),
        pytest.param(-1, False, False, id="the call is forbidden, nobody set the clock"),
        pytest.param(-1, True, True, id="the call is forbidden, timesyncd set the clock"),
    ],
)
def test_what_the_kernel_says_of_its_clock(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, answer: int, timesyncd: bool, believed: bool
) -> None:
    if timesyncd:
        (tmp_path / "synchronized").touch()
    monkeypatch.setattr(clock, "TIMESYNC", tmp_path / "synchronized")

    class Kernel:
        def adjtimex(self, _: object) -> int:
            return answer

    monkeypatch.setattr(clock, "_libc", Kernel())
    assert (Clock().now().at_ms is not None) == believed


def test_the_real_kernel_answers() -> None:
    stamp = Clock().now()
    assert stamp.at_ms is None or abs(stamp.at_ms - time.time() * 1000) < 5_000


@pytest.mark.usefixtures("unsynchronised")
def test_the_day_is_that_of_china_and_none_without_a_trusted_time() -> None:
    told = Clock()
    assert told.today() is None
    told.learn(1_795_622_400_000 + 60_000 - told.now().mono_ms)  # one minute past midnight in China
    assert told.today() == date(2026, 11, 26)
