"""Which device a card is in, what is known of it, and why it may not be written (Linux: /sys/block, /proc)."""

import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_DEVICE, EXIT_VALIDATION

MAX_BYTES: Final = 256 * 1024**3
"""No station's card is larger: it is somebody's disk."""
_OWN: Final = {"/", "/boot", "/boot/efi", "/boot/firmware", "/home", "/usr", "/var"}
_UP: Final = 7
"""Folders above a device in /sys until the USB plug that says a serial number."""


class Machine(NamedTuple):
    """Where the machine tells of its devices; folders of a test stand for them."""

    sys: Path = Path("/sys")
    proc: Path = Path("/proc")
    dev: Path = Path("/dev")


class Device(NamedTuple):
    """A card in its reader, or a file that stands for one."""

    path: Path
    bytes: int
    vendor: str = ""
    model: str = ""
    serial: str = ""
    """Of the card where the reader tells it (built-in slots), else of the reader."""
    removable: bool = True
    mounted: tuple[str, ...] = ()
    """Where it, or a partition of it, is mounted; `swap`; or what holds it."""
    protected: bool = False
    """The little switch of an SD card."""
    is_file: bool = False


def look_at(path: Path, machine: Machine) -> Device:
    """Return what is known of the device or file at `path`.

    Raises ProvisionError E-DISK-01 (nothing there, or no card in it) or E-DISK-02 (a partition, or no disk at all).
    """
    real = path.resolve()
    try:
        status = real.stat()
    except OSError:
        raise ProvisionError("E-DISK-01", f"{path}: no such device 没有该设备", EXIT_DEVICE) from None
    block = machine.sys / "block" / real.name
    if stat.S_ISREG(status.st_mode) and real.parent != machine.dev:
        return Device(real, status.st_size, is_file=True)
    if not block.exists():
        if (machine.sys / "class/block" / real.name / "partition").exists():
            raise _refused(path, "a partition; name the whole card (sdb, not sdb1) 这是分区，请指定整张卡")
        raise _refused(path, "no disk 不是磁盘设备")
    size = int(_word(block / "size") or 0) * 512
    if size == 0:
        raise ProvisionError("E-DISK-01", f"{path}: no card in it 读卡器中没有存储卡", EXIT_DEVICE)
    return Device(
        real,
        size,
        _word(block / "device/vendor"),
        _word(block / "device/model") or _word(block / "device/name"),
        _serial(block),
        # A slot of the machine itself calls its card fixed; that it is a card the kernel tells by its type, SD.
        _word(block / "removable") == "1" or (real.name.startswith("mmcblk") and _word(block / "device/type") == "SD"),
        tuple(_uses(block, machine)),
        _word(block / "ro") == "1",
    )


def why_not(device: Device) -> ProvisionError | None:
    """Return why a device may not be written, None when it may."""
    if device.is_file:
        return None
    own = [use for use in device.mounted if use in _OWN]
    because = {
        f"this machine runs from it ({', '.join(own)}) 本机系统盘": bool(own),
        "not removable: a disk of this machine 不是可移动存储，可能是本机硬盘": not device.removable,
        f"{size_text(device.bytes)}, larger than any station's card 容量过大，不是站点存储卡": device.bytes > MAX_BYTES,
        "write-protected: move the card's switch 存储卡写保护，请拨动侧面开关": device.protected,
    }
    for why, is_so in because.items():
        if is_so:
            return _refused(device.path, why)
    if device.mounted:
        uses = ", ".join(device.mounted)
        return ProvisionError(
            "E-DISK-03", f"{device.path}: in use ({uses}); unmount it 正在使用，请先卸载", EXIT_VALIDATION
        )
    return None


def cards(machine: Machine) -> Iterator[Path]:
    """Yield the devices that now hold a removable card of a station's size, by name."""
    try:
        names = sorted(one.name for one in (machine.sys / "block").iterdir())
    except OSError:
        return
    for name in names:
        path = machine.dev / name
        try:
            device = look_at(path, machine)
        except ProvisionError:
            continue
        if device.removable and not device.is_file and device.bytes <= MAX_BYTES:
            yield path


def unmount(device: Device) -> None:
    """Unmount what the desktop mounted of a card by itself; nothing else is touched.

    Raises ProvisionError E-DISK-03 when it does not succeed.
    """
    for place in device.mounted:
        if not place.startswith(("/media/", "/run/media/")):
            continue
        ended = subprocess.run(["umount", "--", place], capture_output=True, check=False, timeout=120)
        if ended.returncode != 0:
            raise ProvisionError(
                "E-DISK-03", f"{place}: cannot be unmounted; close what uses it 无法卸载，请关闭正在使用它的程序"
            )


def size_text(count: int) -> str:
    """Return a size as it stands on a card."""
    return f"{count / 10**9:.1f} GB" if count >= 10**9 else f"{count / 10**6:.1f} MB"


def _uses(block: Path, machine: Machine) -> Iterator[str]:
    """Yield where a disk or a part of it is mounted, whether it is swapped to, and what is built upon it."""
    parts = [block, *(part for part in sorted(block.iterdir()) if (part / "partition").exists())]
    numbers = {_word(part / "dev") for part in parts} - {""}
    names = {f"/dev/{part.name}" for part in parts}
    for line in _text(machine.proc / "self/mountinfo").splitlines():
        fields = line.split(" ")
        source = fields[fields.index("-") + 2] if "-" in fields[:-2] else ""
        if len(fields) > 4 and (fields[2] in numbers or source in names):
            yield fields[4].replace("\\040", " ")
    for line in _text(machine.proc / "swaps").splitlines()[1:]:
        if line.split(" ", 1)[0].split("\t", 1)[0] in names:
            yield "swap"
    for part in parts:
        holders = part / "holders"
        yield from (f"held by {one.name}" for one in (sorted(holders.iterdir()) if holders.is_dir() else ()))


def _serial(block: Path) -> str:
    """Return the nearest serial number above a device, "" when nothing tells one."""
    try:
        place = (block / "device").resolve(strict=True)
    except OSError:
        return ""
    for folder in (place, *place.parents[:_UP]):
        if (serial := _word(folder / "serial")) != "":
            return serial[:64]
    return ""


def _word(path: Path) -> str:
    return _text(path).strip()


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""


def _refused(path: Path, what: str) -> ProvisionError:
    return ProvisionError("E-DISK-02", f"{path}: {what}; nothing was written 未写入任何内容", EXIT_VALIDATION)
