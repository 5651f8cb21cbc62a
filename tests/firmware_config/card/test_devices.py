"""What may be written is a card, and nothing else of the technician's laptop."""

import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_config.card.devices import MAX_BYTES, cards, look_at, unmount, why_not
from firmware_config.card.partitions import HEAD_BYTES, boot_partition, filesystem_of, partitions
from firmware_config.card.target import target_at
from firmware_config.errors import ProvisionError
from tests.firmware_config.card.cards import CARD_BYTES, FAT_AT, FAT_BYTES, MB, insert, machine, mbr, take_out


def test_a_card_in_a_reader_may_be_written_and_is_told_by_name(tmp_path: Path) -> None:
    made = machine(tmp_path)
    card = insert(made)
    device = look_at(card, made)
    assert why_not(device) is None
    assert (device.vendor, device.model, device.serial, device.bytes) == (
        "Generic",
        "SD/MMC",
        "0123456789AB",
        CARD_BYTES,
    )
    assert list(cards(made)) == [card]
    take_out(made)
    assert list(cards(made)) == []


def test_a_card_in_the_laptops_own_slot_is_a_card_and_its_soldered_memory_is_not(tmp_path: Path) -> None:
    made = machine(tmp_path)
    slot = insert(made, "mmcblk0", **{"removable": "0", "device/type": "SD"})
    soldered = insert(made, "mmcblk1", **{"removable": "0", "device/type": "MMC"})
    assert why_not(look_at(slot, made)) is None
    assert str(why_not(look_at(soldered, made))).startswith("E-DISK-02")
    assert list(cards(made)) == [slot]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        pytest.param({"removable": "0"}, "E-DISK-02", id="a fixed disk"),
        pytest.param({"size": str(MAX_BYTES // 512 + 1)}, "E-DISK-02", id="a large one"),
        pytest.param({"ro": "1"}, "E-DISK-02", id="write-protected"),
        pytest.param({"dev": "254:0"}, "E-DISK-02", id="this machine's root"),
        pytest.param(
            {"sdx1/partition": "1", "sdx1/dev": "254:0"}, "E-DISK-02", id="this machine's root in a partition"
        ),
        pytest.param({"sdx1/partition": "1", "sdx1/dev": "8:17"}, "E-DISK-03", id="mounted by the desktop"),
        pytest.param({"sdx2/partition": "2", "sdx2/dev": "8:18"}, "E-DISK-03", id="swapped to"),
        pytest.param({"holders/dm-0/x": ""}, "E-DISK-03", id="part of a volume group"),
    ],
)
def test_what_is_no_free_card_is_refused_with_a_reason(tmp_path: Path, told: dict[str, str], code: str) -> None:
    made = machine(tmp_path)
    with (made.proc / "self/mountinfo").open("a") as file:
        file.write("50 22 8:17 / /media/t/boot\\040fs rw - vfat /dev/sdx1 rw\n")
    (made.proc / "swaps").write_text("Filename Type Size Used Priority\n/dev/sdx2\tpartition\t1\t0\t-2\n")
    refusal = why_not(look_at(insert(made, **told), made))
    assert refusal is not None
    assert refusal.code == code
    if "8:17" in told.values():
        assert "/media/t/boot fs" in str(refusal)


def test_no_card_a_partition_a_file_and_nothing_are_each_told(tmp_path: Path) -> None:
    made = machine(tmp_path)
    empty = insert(made, "sdy", card_bytes=0)
    (made.sys / "class/block/sdx1").mkdir()
    (made.sys / "class/block/sdx1/partition").write_text("1\n")
    (made.dev / "sdx1").touch()
    (made.dev / "tty0").touch()
    (tmp_path / "card.img").touch()
    for path, code in {
        empty: "E-DISK-01",
        made.dev / "sdx1": "E-DISK-02",
        made.dev / "tty0": "E-DISK-02",
        tmp_path / "nothing": "E-DISK-01",
        tmp_path / "card.img": "E-DISK-12",
    }.items():
        with pytest.raises(ProvisionError, match=code):
            target_at(path, made)
    assert target_at(tmp_path / "card.img", made, image_file=True).device is not None


def gpt(*entries: tuple[bytes, int, int], size: int = CARD_BYTES) -> bytes:
    kinds = b"".join(
        kind
        + bytes(16)
        + struct.pack("<QQQ", first // 512, (first + count) // 512 - 1, 0)
        + "bootfs".encode("utf-16-le").ljust(72, b"\0")
        for kind, first, count in entries
    ).ljust(128 * 128, b"\0")
    body = struct.pack(
        "<QQQQ16sQIII", 1, size // 512 - 1, 34, size // 512 - 34, bytes(16), 2, 128, 128, zlib.crc32(kinds)
    )
    head = b"EFI PART" + struct.pack("<III", 0x10000, 92, 0) + bytes(4) + body
    head = head[:16] + struct.pack("<I", zlib.crc32(head[:92])) + head[20:]
    return mbr((0xEE, 512, size - 512)) + head.ljust(512, b"\0") + kinds


BASIC = bytes.fromhex("a2a0d0ebe5b9334487c068b6b72699c7")
LINUX = bytes.fromhex("af3dc60f838472478e793d69d8477de4")


def test_the_partition_that_a_pi_boots_from_is_found_in_both_tables() -> None:
    old = partitions(mbr((0x0C, FAT_AT, FAT_BYTES), (0x83, 9 * MB, 2 * MB)), CARD_BYTES)
    new = partitions(gpt((LINUX, 9 * MB, 2 * MB), (BASIC, FAT_AT, FAT_BYTES)), CARD_BYTES)
    assert boot_partition(old)[1:3] == boot_partition(new)[1:3] == (FAT_AT, FAT_BYTES)
    assert (len(old), len(new), boot_partition(new).label) == (2, 2, "bootfs")
    assert partitions(bytes(HEAD_BYTES), CARD_BYTES) == []
    with pytest.raises(ProvisionError, match="E-DISK-04"):
        boot_partition([])


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(mbr((0x0C, FAT_AT, CARD_BYTES)), id="beyond the card's end"),
        pytest.param(mbr((0x0C, FAT_AT, 4 * MB), (0x83, 2 * MB, 4 * MB)), id="one in the other"),
        pytest.param(mbr((0x0C, 0, FAT_BYTES)), id="over its own table"),
        pytest.param(mbr((0xEE, 512, CARD_BYTES - 512)), id="GPT said, none there"),
        pytest.param(gpt((BASIC, FAT_AT, FAT_BYTES)).replace(b"b\0o\0o\0t\0", b"f\0o\0o\0t\0"), id="GPT altered"),
        pytest.param(gpt((BASIC, FAT_AT, -MB // 2)), id="GPT of less than nothing"),
    ],
)
def test_a_table_that_contradicts_its_card_is_refused_whole(head: bytes) -> None:
    with pytest.raises(ProvisionError, match="E-DISK-04"):
        partitions(head, CARD_BYTES)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([mbr((0x0C, FAT_AT, FAT_BYTES), (0x83, 9 * MB, 2 * MB)), gpt((BASIC, FAT_AT, FAT_BYTES))]),
    st.lists(st.tuples(st.integers(440, 1400), st.integers(0, 255)), max_size=6),
    st.integers(0, CARD_BYTES),
)
def test_whatever_stands_in_a_table_a_partition_lies_on_the_card(
    head: bytes, flips: list[tuple[int, int]], size: int
) -> None:
    changed = bytearray(head)
    for place, value in flips:
        changed[place % len(changed)] = value
    try:
        found = partitions(bytes(changed), size)
    except ProvisionError as error:
        assert str(error).startswith("E-DISK-04")  # noqa: PT017
        return
    assert all(one.first_byte >= 512 and 0 < one.bytes <= size - one.first_byte for one in found)


def test_filesystems_are_told_by_their_labels(image: Path) -> None:
    with image.open("rb") as file:
        file.seek(FAT_AT)
        assert filesystem_of(file.read(2048)) == "FAT bootfs"
    ext = bytes(1024 + 0x38) + b"\x53\xef" + bytes(0x3E) + b"rootfs".ljust(16, b"\0")
    assert filesystem_of(ext.ljust(2048, b"\0")) == "ext rootfs"
    assert filesystem_of(bytes(2048)) == ""


def test_only_what_the_desktop_mounted_is_unmounted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = machine(tmp_path)
    mounts = made.proc / "self/mountinfo"
    mine = "50 22 8:16 / /run/media/t/bootfs rw - vfat /dev/sdx rw\n"
    mounts.write_text(mine + "51 22 8:16 / /srv/data rw - ext4 /dev/sdx rw\n")
    device = look_at(insert(made), made)
    tool = tmp_path / "bin/umount"
    tool.parent.mkdir()
    tool.write_text(f'#!/bin/sh\necho "$@" >>{tmp_path}/told\nexit ${{FAILS:-0}}\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}:/usr/bin:/bin")
    unmount(device)
    assert (tmp_path / "told").read_text() == "-- /run/media/t/bootfs\n"
    monkeypatch.setenv("FAILS", "32")
    with pytest.raises(ProvisionError, match="E-DISK-03"):
        unmount(device)
