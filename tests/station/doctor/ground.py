"""A station in a folder, and a machine that is a folder too: /proc, /sys and programs as small files."""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

from station.doctor.ground import Ground, Talk
from station.layout import Layout
from station.settings import BrokerSettings, CameraSettings, HubSettings, KioskSettings, ReaderSettings, Settings
from tests.station.identity.ground import STATION, County, county, enrolled
from wire.acceptance import Finding

WELL: Mapping[str, str] = {
    "sys/class/watchdog/watchdog0/state": "active",
    "sys/class/watchdog/watchdog0/identity": "Broadcom BCM2835 Watchdog timer",
    "sys/class/thermal/thermal_zone0/temp": "48312",
    "sys/fs/ext4/mmcblk0p2/errors_count": "0",
    "sys/block/mmcblk0/device/name": "SD32G",
    "sys/class/hwmon/hwmon1/name": "rpi_volt",
    "sys/class/hwmon/hwmon1/in0_lcrit_alarm": "0",
    "proc/swaps": "Filename Type Size Used Priority\n/dev/zram0 partition 1 0 100\n",
    "proc/mounts": "/dev/mmcblk0p2 / ext4 rw,noatime 0 0\n/dev/mmcblk0p1 /boot/firmware vfat rw 0 0\n",
    "etc/systemd/journald.conf.d/cuncuntong.conf": "[Journal]\nStorage=volatile\n",
    "boot/firmware/cmdline.txt": "console=tty1 root=/dev/mmcblk0p2\n",
}
"""A Raspberry Pi on which all is well, but for its clocks."""


class Asked(Talk):
    """`Talk` that answers what it is told to, and keeps what was said."""

    def __init__(self, answer: bool | None = True) -> None:
        self.answer = answer
        self.said: list[str] = []

    def tell(self, zh: str, en: str) -> None:
        self.said.append(zh)

    def ask(self, zh: str, en: str) -> bool | None:
        self.said.append(zh)
        return self.answer


class Site:
    """One station on its machine."""

    def __init__(self, folder: Path) -> None:
        self.root, self.folder = folder / "root", folder / "station"
        self.county: County = county(dt.datetime.now(dt.UTC))
        enrolled(self.folder, self.county, issued=dt.datetime.now(dt.UTC))
        (self.folder / "state").mkdir(mode=0o700)
        for path, content in WELL.items():
            self.put(path, content)

    def put(self, path: str, content: str | None) -> None:
        """Write a file of the machine, or with None take it away."""
        file = self.root / path
        if content is None:
            file.unlink(missing_ok=True)
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, "utf-8")

    def program(self, name: str, script: str) -> Path:
        """Put a program onto the machine; return the file into which it writes how it was called."""
        called = self.root / "called" / name
        called.parent.mkdir(exist_ok=True)
        file = self.root / "usr/bin" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f'#!/bin/sh\necho "$*" >> {called}\n{script}\n')
        file.chmod(0o755)
        return called

    def ground(
        self, *, cameras: Sequence[CameraSettings] = (), reader: ReaderSettings | None = None,
        printer: str | None = None, hub: str | None = None, port: int = 1, talk: Talk | None = None, **more: object,
    ) -> Ground:  # fmt: skip
        """Return the ground of an examination."""
        folder = self.folder
        broker = BrokerSettings(
            "127.0.0.1", str(folder / "ca.crt"), str(folder / "station.crt"), str(folder / "station.key"), port
        )
        settings = Settings(
            station=STATION, name="测试村", town="测试镇", state_dir=str(folder / "state"),
            seal_key_file=str(folder / "seal.pub"), broker=broker, hub=None if hub is None else HubSettings(hub),
            cameras=list(cameras), reader=reader, kiosk=KioskSettings(printer=printer),
        )  # fmt: skip
        return Ground(settings, folder, Layout(self.root), talk or Talk(), **more)  # type: ignore[arg-type]


def told(findings: Sequence[Finding]) -> list[tuple[str, str | None]]:
    """Return state and code of each."""
    return [(one.state, one.code) for one in findings]
