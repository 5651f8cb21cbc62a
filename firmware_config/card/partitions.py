"""Where the partitions of a card lie, read from its first bytes (pure): MBR, and GPT where that only protects it.

Form: UEFI 2.10, chapter 5; partition types of the FAT family and of EFI and basic data. A table that contradicts
itself or its card is refused whole: what stands at a wrong place would be overwritten.
"""

import binascii
import struct
from collections.abc import Sequence
from typing import Final, NamedTuple

from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_VALIDATION

SECTOR: Final = 512
HEAD_BYTES: Final = 64 * 1024
"""What `partitions` needs of a card's beginning."""
_FAT_TYPES: Final = {0x01, 0x04, 0x06, 0x0B, 0x0C, 0x0E}
_GPT_FAT: Final = {
    bytes.fromhex("28732ac11ff8d211ba4b00a0c93ec93b"): "EFI",
    bytes.fromhex("a2a0d0ebe5b9334487c068b6b72699c7"): "data",
}
_NAMES: Final = {0x05: "extended", 0x07: "NTFS/exFAT", 0x0F: "extended", 0x82: "swap", 0x83: "Linux", 0xEE: "GPT"}
_MAX_ENTRIES: Final = 128


class Partition(NamedTuple):
    """One partition of a card."""

    number: int
    first_byte: int
    bytes: int
    kind: str
    may_be_fat: bool
    label: str = ""


def partitions(head: bytes, card_bytes: int) -> list[Partition]:
    """Return the partitions of a card of `card_bytes` that begins with `head` (HEAD_BYTES, or all it has).

    An empty list is a card without a table: blank, or one filesystem from its first byte on.

    Raises ProvisionError E-DISK-04 when the table contradicts itself or the card.
    """
    if len(head) < SECTOR or head[510:512] != b"\x55\xaa":
        return []
    if head[54:57] == b"FAT" or head[82:87] == b"FAT32" or head[3:8] == b"EXFAT":
        return []  # a filesystem's own first sector ends alike
    found = [one for one in (_mbr_entry(head, number) for number in range(4)) if one is not None]
    if any(one.kind == "GPT" for one in found):
        found = _gpt(head)
    return _consistent(found, card_bytes)


def boot_partition(found: Sequence[Partition]) -> Partition:
    """Return the partition that a Pi boots from: the first of the FAT family.

    Raises ProvisionError E-DISK-04 when there is none.
    """
    for one in found:
        if one.may_be_fat:
            return one
    raise _refusal("no FAT partition: write the system's image first 没有 FAT 分区，请先写入系统镜像")


def filesystem_of(begin: bytes) -> str:
    """Return what filesystem begins with these 2 KiB and its label, "" for none that is known: `FAT bootfs`."""
    if begin[510:512] == b"\x55\xaa":
        for mark, label in ((82, 71), (54, 43)):
            if begin[mark : mark + 3] == b"FAT":
                return f"FAT {_label(begin[label : label + 11])}".strip()
        if begin[3:8] in {b"EXFAT", b"NTFS "}:
            return begin[3:8].decode().strip()
    if begin[1024 + 0x38 : 1024 + 0x3A] == b"\x53\xef":
        return f"ext {_label(begin[1024 + 0x78 : 1024 + 0x88])}".strip()
    return ""


def _label(raw: bytes) -> str:
    text = raw.split(b"\0", 1)[0].decode("utf-8", "replace").strip()
    return "".join(letter for letter in text if letter.isprintable())


def _mbr_entry(head: bytes, number: int) -> Partition | None:
    at = 446 + 16 * number
    status, kind, first, count = struct.unpack("<B3xB3xII", head[at : at + 16])
    if kind == 0 or count == 0:
        return None
    if status not in {0x00, 0x80}:
        raise _refusal("its partition table is damaged 分区表已损坏")
    name = "FAT" if kind in _FAT_TYPES else _NAMES.get(kind, f"0x{kind:02x}")
    return Partition(number + 1, first * SECTOR, count * SECTOR, name, kind in _FAT_TYPES)


def _gpt(head: bytes) -> list[Partition]:
    header = head[SECTOR : 2 * SECTOR]
    if header[:8] != b"EFI PART":
        raise _refusal("its partition table (GPT) is damaged 分区表已损坏")
    length, checksum = struct.unpack("<I", header[12:16])[0], struct.unpack("<I", header[16:20])[0]
    if not 92 <= length <= SECTOR or _crc(header[:16] + bytes(4) + header[20:length]) != checksum:
        raise _refusal("its partition table (GPT) is damaged 分区表已损坏")
    place, count, size, entries_checksum = struct.unpack("<QIII", header[72:92])
    begin, end = place * SECTOR, place * SECTOR + count * size
    if not (0 < count <= _MAX_ENTRIES and size >= 128 and size % 8 == 0 and begin >= 2 * SECTOR and end <= len(head)):
        raise _refusal("its partition table (GPT) is not of the usual form 分区表格式特殊")
    if _crc(head[begin:end]) != entries_checksum:
        raise _refusal("its partition table (GPT) is damaged 分区表已损坏")
    found = []
    for number in range(count):
        entry = head[begin + number * size : begin + (number + 1) * size]
        kind, first, last = entry[:16], *struct.unpack("<QQ", entry[32:48])
        if kind == bytes(16):
            continue
        label = entry[56:128].decode("utf-16-le", "replace").split("\0", 1)[0]
        bytes_ = (last - first + 1) * SECTOR
        found.append(
            Partition(number + 1, first * SECTOR, bytes_, _GPT_FAT.get(kind, "other"), kind in _GPT_FAT, label)
        )
    return found


def _consistent(found: list[Partition], card_bytes: int) -> list[Partition]:
    """Return partitions that lie behind the table, on the card, and not in each other."""
    free_from = SECTOR
    for one in sorted(found, key=lambda one: one.first_byte):
        if one.first_byte < free_from or one.bytes <= 0 or one.first_byte + one.bytes > card_bytes:
            raise _refusal(
                f"partition {one.number} is not within the card: damaged, or not the card it is said to be "
                "分区超出存储卡范围，分区表损坏或存储卡容量不符"
            )
        free_from = one.first_byte + one.bytes
    return found


def _crc(content: bytes) -> int:
    return binascii.crc32(content) & 0xFFFFFFFF


def _refusal(what: str) -> ProvisionError:
    return ProvisionError("E-DISK-04", what, EXIT_VALIDATION)
