"""What is read off a machine that is a folder."""

import time

import pytest

from station.doctor import machine
from station.doctor.machine import span_s
from tests.station.doctor.ground import Site, told


def test_a_machine_on_which_all_is_well(site: Site) -> None:
    ground = site.ground()
    checks = (machine.watchdog, machine.disk, machine.power, machine.temperature)
    assert [told(check(ground)) for check in checks] == [[("ok", None)]] * 4


@pytest.mark.parametrize(
    ("path", "content", "check", "code"),
    [
        pytest.param("sys/class/watchdog/watchdog0/state", "inactive", "watchdog", "E-SITE-16", id="watchdog idle"),
        pytest.param("sys/fs/ext4/mmcblk0p2/errors_count", "3", "disk", "E-SITE-19", id="ext4 counted errors"),
        pytest.param("sys/block/mmcblk0/device/life_time", "0x02 0x0b", "disk", "E-SITE-20", id="worn"),
        pytest.param("sys/block/mmcblk0/device/pre_eol_info", "0x02", "disk", "E-SITE-20", id="spares used"),
        pytest.param("proc/swaps", "Filename\n/var/swap file 1 0 -2\n", "disk", "E-SITE-21", id="a swap file"),
        pytest.param("proc/mounts", "/dev/mmcblk0p2 / ext4 ro,noatime 0 0\n", "disk", "E-SITE-18", id="read-only"),
        pytest.param("etc/systemd/journald.conf.d/zz.conf", "Storage=persistent\n", "disk", "E-SITE-22", id="journal"),
        pytest.param("sys/class/hwmon/hwmon1/in0_lcrit_alarm", "1", "power", "E-SITE-23", id="under-voltage"),
        pytest.param("sys/class/thermal/thermal_zone0/temp", "80001", "temperature", "E-SITE-24", id="hot"),
        pytest.param("sys/class/thermal/thermal_zone0/temp", "cold", "temperature", "E-SITE-38", id="no figure"),
    ],
)  # fmt: skip
def test_what_is_not_well_is_found(site: Site, path: str, content: str, check: str, code: str) -> None:
    site.put(path, content)
    assert [found for _, found in told(getattr(machine, check)(site.ground()))] == [code]


def test_a_root_that_is_meant_to_be_read_only_is_well(site: Site) -> None:
    site.put("proc/mounts", f"/dev/a / squashfs ro 0 0\n/dev/b {site.folder.parent} ext4 rw 0 0\n")
    site.put("etc/fstab", "/dev/a / squashfs ro 0 0\n")
    assert told(machine.disk(site.ground())) == [("ok", None)]


def test_the_firmware_is_asked_for_the_voltage(site: Site) -> None:
    site.program("vcgencmd", "echo throttled=0x50005")
    assert told(machine.power(site.ground())) == [("bad", "E-SITE-23")]
    assert told(machine.temperature(site.ground())) == [("bad", "E-SITE-24")]


@pytest.mark.parametrize(
    ("epoch", "off"), [(lambda: str(int(time.time()) - 40), -40.0), (lambda: "Invalid argument", None)]
)
def test_the_clock_with_a_battery(site: Site, epoch: object, off: float | None) -> None:
    assert not machine.rtc_seen(site.ground()).there
    site.put("sys/class/rtc/rtc0/since_epoch", epoch())  # type: ignore[operator]
    seen = machine.rtc_seen(site.ground())
    assert seen.there
    assert seen.off_s == (None if off is None else pytest.approx(off, abs=2))


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("1min 30s", 90.0), ("15s", 15.0), ("0", 0.0), ("infinity", 0.0), ("500ms", 0.5), (None, None)],
)
def test_how_systemd_writes_a_span(said: str | None, seconds: float | None) -> None:
    assert span_s(said) == seconds
