"""What a card is written through: a folder, or a device with its lock held and its boot partition found."""

import contextlib
import fcntl
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from firmware_config.card import image as images
from firmware_config.card.devices import Device, Machine, look_at, why_not
from firmware_config.card.partitions import HEAD_BYTES, Partition, boot_partition, filesystem_of, partitions
from firmware_config.card.place import Folder, Place, fat
from firmware_config.card.software import refuse_plain_system
from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_DEVICE, EXIT_VALIDATION


class Target(NamedTuple):
    """Where a card's files go. Of a folder there is no device."""

    path: Path
    device: Device | None = None

    @property
    def name(self) -> str:
        """Return what the inventory keeps of it: the card's or reader's serial number, or that it was a folder."""
        if self.device is None:
            return "folder"
        parts = (self.device.vendor, self.device.model, self.device.serial)
        return " ".join(part for part in parts if part)[:128] or self.path.name[:128]


def target_at(path: Path, machine: Machine, *, image_file: bool = False) -> Target:
    """Return what `path` is, when it may be written. A plain file stands for a card only where that was asked for.

    Raises ProvisionError E-DISK-01, E-DISK-02, E-DISK-03 or E-DISK-12.
    """
    if path.is_dir():
        return Target(path)
    device = look_at(path, machine)
    if device.is_file and not image_file:
        raise ProvisionError(
            "E-DISK-12",
            f"{path}: a file, not a card; --image-file if that is meant 这是文件，不是存储卡",
            EXIT_VALIDATION,
        )
    if (refusal := why_not(device)) is not None:
        raise refusal
    return Target(device.path, device)


def lies_on(device: Device) -> list[tuple[Partition, str]]:
    """Return the partitions that are on a card now, each with its filesystem and label; none when there are none."""
    try:
        with device.path.open("rb") as file:
            found = partitions(file.read(HEAD_BYTES), device.bytes)
            return [(one, filesystem_of(os.pread(file.fileno(), 2048, one.first_byte)) or one.kind) for one in found]
    except (OSError, ProvisionError):
        return []


@contextlib.contextmanager
def opened(target: Target, *, image: Path | None = None, tell: images.Tell = lambda *_: None) -> Iterator[Place]:
    """Open the boot partition; with `image` the system is written and compared first.

    The device's lock is held until the end: as long, the desktop mounts nothing of it (systemd, Locking Block Device
    Access). What is mounted after all cannot be opened (O_EXCL).

    Raises ProvisionError E-DISK-03 to E-DISK-07, E-DISK-14.
    """
    if target.device is None:
        yield Folder(target.path)
        return
    with _locked(target.device) as descriptor:
        if image is not None:
            images.read_back(descriptor, images.write(image, descriptor, target.device.bytes, tell), tell)
        head = os.pread(descriptor, HEAD_BYTES, 0)
        lie = partitions(head, target.device.bytes)
        if image is not None:
            refuse_plain_system(target.device.path, lie)
        with fat(target.device.path, boot_partition(lie).first_byte, descriptor) as place:
            place.recover()
            yield place
            os.fsync(descriptor)


@contextlib.contextmanager
def looked_at(target: Target) -> Iterator[Place]:
    """Open the boot partition to read it only."""
    if target.device is None:
        yield Folder(target.path)
        return
    with _locked(target.device, flags=os.O_RDONLY) as descriptor:
        found = boot_partition(partitions(os.pread(descriptor, HEAD_BYTES, 0), target.device.bytes))
        with fat(target.device.path, found.first_byte, descriptor) as place:
            yield place


@contextlib.contextmanager
def _locked(device: Device, flags: int = os.O_RDWR) -> Iterator[int]:
    try:
        exclusive = os.O_EXCL if stat.S_ISBLK(device.path.stat().st_mode) else 0
        descriptor = os.open(device.path, flags | exclusive | os.O_CLOEXEC)
    except OSError as error:
        raise ProvisionError(
            "E-DISK-03",
            f"{device.path}: cannot be opened ({error.strerror}); it may be in use, or needs root (sudo) "
            "无法打开：可能正在使用，或需要 root 权限",
        ) from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ProvisionError("E-DISK-03", f"{device.path}: another program is at it 另一程序正在使用") from None
        if os.lseek(descriptor, 0, os.SEEK_END) != device.bytes:
            raise ProvisionError(
                "E-DISK-01", f"{device.path}: the card was changed meanwhile 存储卡已更换", EXIT_DEVICE
            )
        yield descriptor
    finally:
        os.close(descriptor)
