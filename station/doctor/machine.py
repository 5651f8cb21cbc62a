"""Measuring the machine: /proc, /sys and a few programs, below the ground's root."""

import fcntl
import os
import re
import struct
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from station.clock import Clock
from station.doctor import machine_rules as rules
from station.doctor.devices import clock_of
from station.doctor.ground import Ground
from wire.acceptance import Finding

RTC_VL_READ: Final = 0x80047013
"""rtc(4): voltage-low flags."""
VOLTAGE_LOW: Final = 0b0111
"""RTC_VL_DATA_INVALID, RTC_VL_BACKUP_LOW, RTC_VL_BACKUP_EMPTY (linux/rtc.h)."""
_UNITS: Final = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0}
_MOUNT: Final = re.compile(r"^(\S+) (\S+) (\S+) (\S+)", re.MULTILINE)


def synchronised() -> bool:
    """Say whether the kernel's clock is (adjtimex, as `station/clock.py`)."""
    return Clock().now().at_ms is not None


def clock(ground: Ground) -> list[Finding]:
    """Look at the system's clock."""
    return [rules.clock(synchronised=synchronised(), by_hub=clock_of(ground).now().at_ms is not None)]


def rtc(ground: Ground) -> list[Finding]:
    """Look at the clock with a battery."""
    return [rules.rtc(rtc_seen(ground), synchronised=clock_of(ground).now().at_ms is not None)]


def rtc_seen(ground: Ground) -> rules.Rtc:
    """Measure it."""
    folder = ground.layout.root / "sys/class/rtc/rtc0"
    if not folder.exists():
        return rules.Rtc(there=False)
    told = ground.read("sys/class/rtc/rtc0/since_epoch")  # a stopped oscillator makes this unreadable
    at_ms = clock_of(ground).now().at_ms
    now_s = time.time() if at_ms is None else at_ms / 1000
    off_s = float(told) - now_s if told and told.isdigit() else None
    return rules.Rtc(there=True, off_s=off_s, battery_low=_battery_low(ground.layout.root / "dev/rtc0"))


def _battery_low(device: Path) -> bool | None:
    if not device.is_char_device():
        return None
    try:
        descriptor = os.open(device, os.O_RDONLY)
    except OSError:
        return None
    try:
        (flags,) = struct.unpack("I", fcntl.ioctl(descriptor, RTC_VL_READ, bytes(4)))
    except OSError:  # many chips do not say
        return None
    finally:
        os.close(descriptor)
    return bool(flags & VOLTAGE_LOW)


def watchdog(ground: Ground) -> list[Finding]:
    """Look whether a machine that hangs starts again."""
    at = "sys/class/watchdog/watchdog0/"
    told = ground.program("systemctl", "show", "-p", "RuntimeWatchdogUSec", "--value")
    seen = rules.Watchdog(ground.read(f"{at}state"), ground.read(f"{at}identity") or "", span_s(told))
    return [rules.watchdog(seen)]


def span_s(told: str | None) -> float | None:
    """Return a span as systemd prints it (`1min 30s`, `0`, `infinity`) in seconds."""
    if told is None or not told:
        return None
    if told in {"0", "infinity"}:
        return 0.0
    parts = re.findall(r"([0-9.]+)([a-z]+)", told)
    return sum(float(number) * _UNITS.get(unit, 0.0) for number, unit in parts)


def disk(ground: Ground) -> list[Finding]:
    """Look at room and health of the disk."""
    return rules.disk(disk_seen(ground))


def disk_seen(ground: Ground) -> rules.Disk:
    """Measure it."""
    room = os.statvfs(ground.state if ground.state.exists() else ground.folder)
    ext4 = (ground.layout.root / "sys/fs/ext4").glob("*/errors_count")
    life, end = _wear(ground)
    return rules.Disk(
        free_bytes=room.f_bavail * room.f_frsize,
        read_only=_read_only(ground),
        errors=sum(_whole(path) or 0 for path in ext4),
        life_used=life,
        end_of_life=end,
        swaps=_swaps(ground.read("proc/swaps") or ""),
        journal_on_card=_journal_on_card(ground.layout.root),
    )


def _whole(path: Path) -> int | None:
    try:
        return int(path.read_text("ascii"), 0)
    except (OSError, ValueError):
        return None


def _read_only(ground: Ground) -> list[str]:
    """Return the mounts that are read-only and should not be: the state's, and `/` unless fstab says so."""
    mounts = {
        where: set(options.split(",")) for _, where, _, options in _MOUNT.findall(ground.read("proc/mounts") or "")
    }
    meant = {
        where
        for device, where, _, options in _MOUNT.findall(ground.read("etc/fstab") or "")
        if not device.startswith("#") and "ro" in options.split(",")
    }
    lies_at = ground.state.absolute()
    holds = max((where for where in mounts if lies_at.is_relative_to(where)), key=len, default="/")
    return sorted({where for where in ("/", holds) if "ro" in mounts.get(where, ()) and where not in meant})


def _wear(ground: Ground) -> tuple[int | None, int | None]:
    lives, ends = [], []
    for card in (ground.layout.root / "sys/block").glob("mmcblk*/device"):
        with suppress(OSError, ValueError):
            lives += [int(part, 16) for part in (card / "life_time").read_text("ascii").split()]
        with suppress(OSError, ValueError):
            ends.append(int((card / "pre_eol_info").read_text("ascii"), 16))
    return max(lives, default=None), max(ends, default=None)


def _swaps(table: str) -> list[str]:
    rows = [line.split() for line in table.splitlines()[1:]]
    return [row[0] for row in rows if row and not row[0].startswith(("/dev/zram", "/zram"))]


def _journal_on_card(root: Path) -> bool:
    """Say whether journald keeps its log on the disk: its last `Storage=` wins; `auto` does where the folder is."""
    files = [root / "etc/systemd/journald.conf"]
    for folder in ("usr/lib/systemd/journald.conf.d", "etc/systemd/journald.conf.d"):
        files += sorted((root / folder).glob("*.conf"))
    storage = "auto"
    for file in files:
        with suppress(OSError):
            storage = (re.findall(r"^Storage=(\w+)", file.read_text("utf-8", "replace"), re.MULTILINE) or [storage])[-1]
    return storage == "persistent" or (storage == "auto" and (root / "var/log/journal").is_dir())


def power(ground: Ground) -> list[Finding]:
    """Look at the supply."""
    return [rules.power(power_seen(ground))]


def power_seen(ground: Ground) -> rules.Power:
    """Measure it."""
    told = re.fullmatch(r"throttled=(0x[0-9a-fA-F]+)", ground.program("vcgencmd", "get_throttled") or "")
    alarm = None
    for sensor in (ground.layout.root / "sys/class/hwmon").glob("*/name"):
        with suppress(OSError):
            if sensor.read_text("ascii").strip() == "rpi_volt":
                alarm = _whole(sensor.parent / "in0_lcrit_alarm")
    return rules.Power(int(told[1], 16) if told else None, None if alarm is None else alarm != 0)


def temperature(ground: Ground) -> list[Finding]:
    """Look how warm the processor is."""
    told = ground.read("sys/class/thermal/thermal_zone0/temp")
    degrees = int(told) / 1000 if told and told.lstrip("-").isdigit() else None
    return [rules.temperature(degrees, power_seen(ground).bits)]
