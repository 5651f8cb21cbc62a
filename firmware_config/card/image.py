"""A system's image onto a card: written, flushed, read back from the card itself and compared.

The first piece, with the partition table, is written last: a card that was cut off is a card without partitions, and
nobody takes it for one that boots.
"""

import contextlib
import fcntl
import hashlib
import lzma
import os
import shutil
import subprocess
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Final, NamedTuple

from firmware_config.card.devices import size_text
from firmware_config.card.partitions import HEAD_BYTES, boot_partition, partitions
from firmware_config.card.software import refuse_plain_system
from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_VALIDATION

PIECE: Final = 4 * 1024 * 1024
_MARK: Final = 4096
_MARKS: Final = 64
"""Places of the proof of size, a power of two apart: false cards lose what is beyond, or fold it there."""
_BLKFLSBUF: Final = 0x1261
"""linux/fs.h: drop what the kernel remembers of a block device, so that reading asks the card."""

Tell = Callable[[str, int, int | None], None]
"""What is done, how far in bytes, of how many (None: not known, the image is compressed)."""


class Written(NamedTuple):
    """An image on a card: its size, and the digest of each piece to compare with."""

    size: int
    pieces: list[bytes]


def look_into(image: Path, card_bytes: int) -> None:
    """Refuse what is no system's image, before anything is erased.

    Raises ProvisionError E-DISK-05; E-DISK-14 where it is not packed and surely has no station's software.
    """
    with contextlib.closing(_pieces(image)) as pieces:
        head = next(pieces, b"")
    # An image grows to its card at first boot: its own end is not known yet where it is compressed.
    try:
        found = partitions(head[:HEAD_BYTES], card_bytes)
        boot_partition(found)
    except ProvisionError as error:
        raise _bad(
            image, f"not a system's image, or too large for the card 不是系统镜像，或大于存储卡: {error}"
        ) from None
    if image.suffix == ".img":
        refuse_plain_system(image, found)


def write(image: Path, descriptor: int, card_bytes: int, tell: Tell) -> Written:
    """Write `image` to the card open as `descriptor` and return what is on it then, flushed.

    Raises ProvisionError E-DISK-05 (the image cannot be read, or is larger than the card) or E-DISK-06 (the card does
    not take it).
    """
    digests: list[bytes] = []
    total = image.stat().st_size if image.suffix == ".img" else None
    first, done = b"", 0
    _put(descriptor, 0, bytes(min(PIECE, card_bytes)))
    _prove_size(descriptor, card_bytes)
    with contextlib.closing(_pieces(image)) as pieces:
        for piece in pieces:
            if done + len(piece) > card_bytes:
                raise _bad(image, f"larger than the card ({size_text(card_bytes)}) 镜像大于存储卡")
            digests.append(hashlib.sha256(piece).digest())
            if done == 0:
                first = piece
            else:
                _put(descriptor, done, piece)
            done += len(piece)
            tell("write", done, total)
    _flush(descriptor)
    _put(descriptor, 0, first)
    _flush(descriptor)
    return Written(done, digests)


def read_back(descriptor: int, written: Written, tell: Tell) -> None:
    """Read the image from the card and compare it.

    Raises ProvisionError E-DISK-06 at the first piece that differs.
    """
    _forget(descriptor)
    done = 0
    for digest in written.pieces:
        length = min(PIECE, written.size - done)
        try:
            piece = os.pread(descriptor, length, done)
        except OSError as error:
            raise _bad_card(done, error.strerror or "") from None
        if hashlib.sha256(piece).digest() != digest:
            raise _bad_card(done, "reads back otherwise 读回内容不符")
        done += length
        tell("verify", done, written.size)


def _prove_size(descriptor: int, card_bytes: int) -> None:
    """Write a mark at places all over the card and read all of them back: what claims more than it has loses some.

    Raises ProvisionError E-DISK-06. Such cards are sold, and work until the station has written enough.
    """
    step = max(_MARK, 1 << (card_bytes // _MARKS).bit_length() - 1)
    places = range(PIECE, card_bytes - _MARK + 1, step)
    marks = {place: f"cuncuntong {place:020d}\n".encode() * (_MARK // 32) for place in places}
    for place, mark in marks.items():
        _put(descriptor, place, mark)
    _flush(descriptor)
    _forget(descriptor)
    for place, mark in marks.items():
        if os.pread(descriptor, len(mark), place) != mark:
            raise ProvisionError(
                "E-DISK-06",
                f"it claims {size_text(card_bytes)} and keeps less: a false card, take another 扩容假卡，请换卡",
            )


def _put(descriptor: int, place: int, content: bytes) -> None:
    os.lseek(descriptor, place, os.SEEK_SET)
    left = memoryview(content)
    try:
        while left:
            left = left[os.write(descriptor, left) :]
    except OSError as error:
        raise _bad_card(place, error.strerror or "") from None


def _flush(descriptor: int) -> None:
    try:
        os.fsync(descriptor)
    except OSError as error:
        raise _bad_card(0, error.strerror or "") from None


def _forget(descriptor: int) -> None:
    """Have the kernel forget what it wrote; a file's pages go by the second, a device's buffers by the first."""
    with contextlib.suppress(OSError):
        fcntl.ioctl(descriptor, _BLKFLSBUF, 0)
    with contextlib.suppress(OSError):
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)


def _pieces(image: Path) -> Generator[bytes, None, None]:
    """Yield an image's content in pieces of PIECE bytes, the last one shorter."""
    try:
        if image.suffix == ".img":
            with image.open("rb") as file:
                yield from iter(lambda: file.read(PIECE), b"")
        elif image.suffix == ".xz":
            with lzma.open(image) as unpacked:
                yield from iter(lambda: unpacked.read(PIECE), b"")
        elif image.suffix == ".zst":
            yield from _zstd(image)
        else:
            raise _bad(image, "not .img, .img.xz or .img.zst 请使用 .img、.img.xz 或 .img.zst")
    except OSError as error:
        raise _bad(image, f"cannot be read 无法读取: {error.strerror or error}") from None
    except (EOFError, lzma.LZMAError):
        raise _bad(image, "damaged or cut short: fetch it again 镜像不完整或已损坏，请重新下载") from None


def _zstd(image: Path) -> Generator[bytes, None, None]:
    program = shutil.which("zstd")
    if program is None:
        raise _bad(image, "zstd is not installed: install it, or use .xz 未安装 zstd")
    with subprocess.Popen(
        [program, "-dcq", "--", str(image)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as unpacking:
        if unpacking.stdout is None:
            raise _bad(image, "cannot be read 无法读取")
        ended = False
        try:
            yield from iter(lambda: unpacking.stdout.read(PIECE) if unpacking.stdout else b"", b"")
            ended = True
        finally:
            if not ended:
                unpacking.kill()
        if unpacking.wait() != 0:
            raise _bad(image, "damaged or cut short: fetch it again 镜像不完整或已损坏，请重新下载")


def _bad(image: Path, what: str) -> ProvisionError:
    return ProvisionError("E-DISK-05", f"{image}: {what}", EXIT_VALIDATION)


def _bad_card(place: int, what: str) -> ProvisionError:
    return ProvisionError(
        "E-DISK-06", f"at {place // 1024**2} MB: {what}; take another card 存储卡写入或读回失败，请换卡"
    )
