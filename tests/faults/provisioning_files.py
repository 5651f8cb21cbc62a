"""What provisioning reads, damaged at random: sheets, inventories, bundles; each read or refused by a stable code.

`run` is the campaign; the suite runs a few hundred of each kind.
"""

import argparse
import datetime as dt
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import msgspec

from firmware_config.bundle.building import build, bundle_file
from firmware_config.bundle.looking import as_json, differences, read_files, verified
from firmware_config.county import Ports, Village, make_county
from firmware_config.errors import ProvisionError
from firmware_config.identity.signer import load_signer
from firmware_config.inventory.entry import Entry
from firmware_config.inventory.exchange import take_in
from firmware_config.inventory.inventory import Draft, Inventory
from firmware_config.inventory.reading import planned, read_hub_view
from firmware_config.inventory.spreadsheet import TEMPLATE_ROWS, read_sheet, sheet_of
from tests.faults.mutants import mutated
from wire.archive import pack
from wire.certificates import Chain, read_chain
from wire.errors import WireError
from wire.inventory import HubStation, HubView

CODE = re.compile(r"E-[A-Z]+-[0-9]{2} ")
STATION = "999999101001"
VIEW = HubView(
    "999999", 1, [HubStation(STATION, "测试村", "测试镇", "online", serial="0a", token="d" * 64, token_burnt_ms=5)]
)


class Outcome(NamedTuple):
    """What became of a kind of file: codes told, how many were taken as they were, and flaws of ours."""

    kind: str
    codes: Counter[str]
    flaws: list[str]

    def line(self) -> str:
        """Return it for people."""
        told = ", ".join(f"{code} {times}" for code, times in self.codes.most_common())
        return f"{self.kind}: {self.codes.total()} files 个文件: {told}; {len(self.flaws)} flaws 问题"


def told(read: Callable[[], object]) -> str:
    """Return the code by which `read` refused, "" when it did not; anything but a coded refusal is the flaw itself."""
    try:
        read()
    except (ProvisionError, WireError) as error:
        text = str(error)
        return error.code if CODE.match(text) and text.startswith(error.code) else f"no code: {text[:80]}"
    except Exception as error:  # noqa: BLE001  # finding these is what the campaign is for
        return f"{type(error).__name__}: {error}"[:200]
    return ""


def read_a_sheet(content: bytes) -> str:
    """Return how a sheet was refused, "" when it was taken."""
    return told(lambda: planned("sheet.csv", read_sheet(content), {}, "999999"))


def read_an_inventory(folder: Path, content: bytes) -> str:
    """Return how an inventory was refused; what was taken must be readable in every way."""
    (folder / "inventory.json").write_bytes(content)

    def read() -> None:
        inventory = Inventory.open(folder)
        inventory.history()
        for entry in inventory.all():
            inventory.change(entry.code, note="read")
        Inventory.open(folder)

    found = told(read)
    if found == "E-INV-05" and (folder / "inventory.json").read_bytes() != content:
        return "a damaged inventory was written over"
    return found


def read_a_view(file: Path, inventory: Inventory, content: bytes) -> str:
    """Return how what the hub said was refused; nothing of it is stored."""
    file.write_bytes(content)

    def read() -> None:
        view = read_hub_view(file)
        take_in(Draft({entry.code: entry for entry in inventory.all()}, 0), view, "999999")

    return told(read)


def read_a_bundle(file: Path, good: Path, authority: Chain, content: bytes) -> str:
    """Return how a bundle was refused by verify; what inspect and diff say of it must be coded too."""
    file.write_bytes(content)
    looked = told(lambda: as_json(read_files(file, authority)[0]))
    compared = told(lambda: list(differences(read_files(good, authority), read_files(file, authority))))
    found = told(lambda: verified(file, authority, dt.datetime.now(dt.UTC)))
    wrong = [one for one in (looked, compared) if one and not CODE.match(f"{one} ")]
    if wrong:
        return wrong[0]
    return found or "taken though it was altered"


def read_a_signed_bundle(file: Path, inventory: Inventory, authority: Chain, chance: random.Random) -> str:
    """Return how a bundle was refused whose files were damaged before the county signed them."""
    head, files = read_files(bundle_file(inventory.folder, STATION), authority)
    path = chance.choice([*files, "station/station.toml", "station/ca.crt"])
    content = files.pop(path)
    if chance.random() < 0.3:
        path = mutated(path.encode(), chance).decode("latin-1")
    files[path] = mutated(content, chance)

    def read() -> None:
        file.write_bytes(
            pack(
                load_signer(inventory.folder),
                files,
                kind="station",
                county=head.county,
                subject=head.subject,
                sequence=head.sequence,
                made_ms=head.made_ms,
                not_after_ms=head.not_after_ms,
            )
        )
        as_json(read_files(file, authority)[0])
        verified(file, authority, dt.datetime.now(dt.UTC))

    return told(read)


def run(times: int, seed: int, say: Callable[[str], None]) -> list[Outcome]:
    """Damage each kind of file `times` times."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        inventory = county_with_a_bundle(folder / "county")
        good = bundle_file(inventory.folder, STATION)
        authority = Chain(read_chain((inventory.folder / "ca.crt").read_bytes()).leaf)
        sheet = sheet_of(TEMPLATE_ROWS).encode("utf-8-sig")
        kept = (inventory.folder / "inventory.json").read_bytes()
        view = msgspec.json.encode(VIEW)
        lone = folder / "lone"
        lone.mkdir()
        packed = good.read_bytes()
        kinds: dict[str, Callable[[], str]] = {
            "sheets 表格": lambda: read_a_sheet(mutated(sheet, chance)),
            "inventories 清单": lambda: read_an_inventory(lone, mutated(kept, chance)),
            "views of the hub 中心视图": lambda: read_a_view(folder / "view.json", inventory, mutated(view, chance)),
            "bundles 配置包": lambda: read_a_bundle(folder / "x.ccb", good, authority, mutated(packed, chance)),
            "signed bundles 已签名配置包": lambda: read_a_signed_bundle(folder / "y.ccb", inventory, authority, chance),
        }
        outcomes = []
        for kind, one in kinds.items():
            codes: Counter[str] = Counter()
            flaws: list[str] = []
            for _ in range(times):
                found = one()
                codes[found or "taken 接受"] += 1
                if found and not CODE.match(f"{found} "):
                    flaws.append(found)
            outcomes.append(Outcome(kind, codes, flaws))
            say(outcomes[-1].line())
    return outcomes


def county_with_a_bundle(folder: Path) -> Inventory:
    """Lay out a county with one station and its bundle."""
    make_county(folder, [Village(STATION, "测试村", "测试镇")], county_name="测试县", ports=Ports(8883, 8080))
    inventory = Inventory.open(folder)
    with inventory.changing("import", undoable=True) as draft:
        draft.entries[STATION] = Entry(STATION, "测试村", "测试镇", printer="HP", note="n")
    build(inventory, inventory.all(), dt.datetime.now(dt.UTC))
    return inventory


def main(arguments: list[str]) -> int:
    """Run the campaign."""
    parser = argparse.ArgumentParser(prog="./run faults provisioning", description=__doc__)
    parser.add_argument("--files", type=int, default=10_000, help="of each kind")
    parser.add_argument("--seed", type=int, default=20260101)
    chosen = parser.parse_args(arguments)
    outcomes = run(chosen.files, chosen.seed, lambda text: sys.stderr.write(text + "\n") and None)
    flaws = [flaw for outcome in outcomes for flaw in outcome.flaws]
    sys.stdout.write(
        "\n".join(flaws[:20]) + "\n" if flaws else "each was read or refused by a code 全部读取或明确拒绝\n"
    )
    return 1 if flaws else 0
