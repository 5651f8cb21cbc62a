"""Cards of a county of 500 stations: the files of 50 onto mounted cards, and a system's image onto a device."""

import os
import time
from pathlib import Path

from firmware_config.card.content import content_of
from firmware_config.card.image import look_into
from firmware_config.card.place import Folder
from firmware_config.card.target import opened, target_at
from firmware_config.card.writing import put
from firmware_config.inventory.entry import WrittenCard
from firmware_config.inventory.inventory import Inventory
from tests.bench.table import Figure
from tests.firmware_config.card import cards

CARDS = 50
IMAGE_MB = 512


def measure(folder: Path) -> list[Figure]:
    """Time what a technician waits for beside the card's own slowness."""
    county = cards.make(folder / "county")
    inventory = Inventory.open(county)
    with inventory.changing("import") as draft:
        first = draft.get(cards.CODES[0])
        for number in range(500 - len(cards.CODES)):
            code = f"9999992{number:05d}"
            draft.entries[code] = type(first)(code, f"测试{number}村", "测试镇")
    began = time.monotonic()
    for number in range(CARDS):
        entry = inventory.get(cards.CODES[0])
        content = content_of(county, entry, cards.NOW)
        put(Folder(cards.boot_folder(folder / f"card{number}")), content)
        inventory.change(entry.code, card=WrittenCard(number, content.sha256))
    files = (time.monotonic() - began) / CARDS
    image = cards.system_image(folder / "raspios.img")
    noise = os.urandom(cards.MB)
    with image.open("ab") as file:
        for _ in range(IMAGE_MB - cards.CARD_BYTES // cards.MB):
            file.write(noise)
    made = cards.machine(folder)
    target = target_at(cards.insert(made, card_bytes=(IMAGE_MB + 8) * cards.MB), made)
    began = time.monotonic()
    look_into(image, (IMAGE_MB + 8) * cards.MB)
    with opened(target, image=image) as place:
        written = time.monotonic() - began
        put(place, content_of(county, inventory.get(cards.CODES[0]), cards.NOW))
    device = time.monotonic() - began - written
    return [
        Figure("card: files onto a mounted card", files, "s", 2, f"each of {CARDS}, 500 in the inventory"),
        Figure(
            "card: image written and compared", written / IMAGE_MB * 1024, "s per GB", None, "on this machine's disk"
        ),
        Figure("card: files into a device", device, "s", 5, "mtools, each flushed and read back"),
    ]
