"""A county with bundles, a system's image of a few MB, and cards of every kind: what the tests of cards stand on."""

import datetime as dt
import os
import struct
import subprocess
from pathlib import Path

from firmware_config.bundle.building import build
from firmware_config.card.content import Content, content_of
from firmware_config.card.devices import Machine
from firmware_config.card.place import Folder
from firmware_config.county import Ports, Village, make_county
from firmware_config.inventory.entry import Entry
from firmware_config.inventory.inventory import Inventory
from tests.firmware_config.boot.cards import CMDLINE, CONFIG, ISSUE

NOW = dt.datetime.now(dt.UTC)
CODES = ("999999101001", "999999101002", "999999101003")
MB = 1024**2
CARD_BYTES = 12 * MB
FAT_AT, FAT_BYTES = MB, 8 * MB
STOCK = {
    "user-data": b"#cloud-config\n# hostname: mypi\n",
    "network-config": b"# version: 2\n",
    "meta-data": b"instance-id: rpios-image\n",
    "start4.elf": bytes(range(256)) * 40,
}


def make(folder: Path) -> Path:
    """A county of three stations, the third with Bookworm, each with its bundle."""
    villages = [Village(code, f"测试{number}村", "测试镇") for number, code in zip("一二三", CODES, strict=True)]
    make_county(folder, villages, county_name="测试县", ports=Ports(8883, 8080, "hub.example"))
    inventory = Inventory.open(folder)
    with inventory.changing("tests") as draft:
        for village in villages:
            draft.entries[village.code] = Entry(*village, os="bookworm" if village.code == CODES[2] else "trixie")
    outcome = build(inventory, inventory.all(), NOW)
    assert outcome.refused == []
    return folder


def content(county: Path, code: str = CODES[0], token: str = "") -> Content:
    return content_of(county, Inventory.open(county).get(code), NOW, token)


def stock_files(system: str = "trixie") -> dict[str, bytes]:
    seed = STOCK if system == "trixie" else {"start4.elf": STOCK["start4.elf"]}
    return {**seed, "config.txt": CONFIG, "cmdline.txt": CMDLINE[system], "issue.txt": ISSUE[system]}


def boot_folder(folder: Path, system: str = "trixie") -> Path:
    """A mounted boot partition as the system's image brings it."""
    folder.mkdir(parents=True)
    for name, content_ in stock_files(system).items():
        (folder / name).write_bytes(content_)
    return folder


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def mbr(*entries: tuple[int, int, int]) -> bytes:
    """A table of (type, first byte, bytes)."""
    table = b"".join(struct.pack("<B3xB3xII", 0, kind, first // 512, count // 512) for kind, first, count in entries)
    return bytes(446) + table.ljust(64, b"\0") + b"\x55\xaa"


def system_image(path: Path, system: str = "trixie") -> Path:
    """A system's image: a table, a FAT partition with its files, and a second partition."""
    fat = path.with_suffix(".fat")
    with fat.open("wb") as file:
        file.truncate(FAT_BYTES)
    subprocess.run(["mkfs.vfat", "-n", "bootfs", str(fat)], check=True, capture_output=True)
    for name, content_ in stock_files(system).items():
        subprocess.run(["mcopy", "-i", str(fat), "-", f"::{name}"], input=content_, check=True)
    second = FAT_AT + FAT_BYTES
    with path.open("wb") as file:
        file.write(mbr((0x0C, FAT_AT, FAT_BYTES), (0x83, second, 2 * MB)).ljust(FAT_AT, b"\0"))
        file.write(fat.read_bytes())
        file.write(os.urandom(4096).ljust(2 * MB, b"\x5a"))
    fat.unlink()
    return path


def machine(folder: Path) -> Machine:
    """A machine of which nothing is known yet."""
    made = Machine(folder / "sys", folder / "proc", folder / "dev")
    for place in (made.sys / "block", made.sys / "class/block", made.proc / "self", made.dev):
        place.mkdir(parents=True, exist_ok=True)
    (made.proc / "self/mountinfo").write_text("22 1 254:0 / / rw - ext4 /dev/vda1 rw\n")
    (made.proc / "swaps").write_text("Filename Type Size Used Priority\n")
    return made


def insert(made: Machine, name: str = "sdx", *, card_bytes: int = CARD_BYTES, **told: str) -> Path:
    """Put a card in: a file in `dev`, and what the kernel tells of it."""
    device = made.dev / name
    with device.open("ab") as file:
        file.truncate(card_bytes)
    block = made.sys / "block" / name
    facts = {"removable": "1", "ro": "0", "dev": "8:16", "size": str(card_bytes // 512), "device/vendor": "Generic ",
             "device/model": "SD/MMC", "device/serial": "0123456789AB", **told}  # fmt: skip
    for path, text in facts.items():
        (block / path).parent.mkdir(parents=True, exist_ok=True)
        (block / path).write_text(f"{text}\n")
    return device


def take_out(made: Machine, name: str = "sdx") -> None:
    (made.sys / "block" / name / "size").write_text("0\n")
    (made.dev / name).unlink()


def folder_place(folder: Path) -> Folder:
    return Folder(folder)
