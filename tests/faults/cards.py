"""Cards: 10,000 damaged config.txt, cmdline.txt and partition tables; the power cut at each write and in the script."""

import random
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from firmware_config.boot import cmdline_txt, config_txt
from firmware_config.boot.seed import boot_files
from firmware_config.card.content import BUNDLE
from firmware_config.card.partitions import boot_partition, filesystem_of, partitions
from firmware_config.card.place import Folder
from firmware_config.card.writing import flaws_of, put, undo
from firmware_config.errors import ProvisionError
from tests.cutting import CutError, disk
from tests.faults import mutants
from tests.firmware_config.boot.cards import CMDLINE, CONFIG, STATIC, model
from tests.firmware_config.boot.test_config_txt import LINES, WORDS
from tests.firmware_config.boot.test_seed import looks, root_of_bookworm, run
from tests.firmware_config.card import cards
from tests.firmware_config.card.test_cuts import cuts_of_a_device
from tests.firmware_config.card.test_devices import BASIC, gpt


def run_cards(mutations: int, seed: int, step: int, say: Callable[[str], None]) -> list[str]:
    """Return what was not as it must be of `mutations` damaged files; raise at the first cut that no rerun mends.

    `step` 1 cuts at every change, n at each n-th.
    """
    flaws = mutated(mutations, seed)
    say(f"{mutations} damaged files and tables, {len(flaws)} flaws")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        county = cards.make(folder / "county")
        image = cards.system_image(folder / "raspios.img")
        for what, cuts in {
            "a folder": lambda: cuts_of_a_folder(county, folder, step),
            "an undo": lambda: cuts_of_an_undo(county, folder, step),
            "a device": lambda: cuts_of_a_device(county, image, folder / "machine", step),
            "firstrun.sh": lambda: cuts_of_the_script(folder, step),
        }.items():
            say(f"{what}: {cuts()} changes, cut before every one of {step}; each time a rerun finished")
    return flaws


ENDS = [b"\n", b"\r\n", b"\r", b"\n\n"]


def mutated(count: int, seed: int) -> list[str]:
    """Edit, edit again and undo `count` damaged files; read damaged tables. Return what was not as it must be."""
    draw = random.Random(seed)
    kinds: list[Callable[[random.Random], str | None]] = [_config, _cmdline, _table]
    flaws: list[str] = []
    for number in range(count):
        try:
            flaw = kinds[number % 3](draw)
        except ProvisionError as error:
            flaw = None if error.code in {"E-BOOT-02", "E-DISK-04"} and str(error).isprintable() else str(error)
        except Exception as error:  # noqa: BLE001 - a traceback is what this looks for
            flaw = repr(error)
        if flaw is not None:
            flaws.append(f"{kinds[number % 3].__name__} #{number}: {flaw}")
    return flaws


def _config(draw: random.Random) -> str | None:
    before = mutants.mutated(CONFIG, draw, [line.encode("utf-8", "surrogateescape") + b"\n" for line in LINES] + ENDS)
    return _twice_and_back(before, config_txt.with_ours, config_txt.without_ours)


def _cmdline(draw: random.Random) -> str | None:
    needed = model(draw.choice(["trixie", "bookworm"]), wifi=draw.random() < 0.5)
    stock = CMDLINE[draw.choice(["trixie", "bookworm"])]
    before = mutants.mutated(stock, draw, [b" " + word.encode() + b" " for word in WORDS] + ENDS)
    return _twice_and_back(before, lambda line: cmdline_txt.with_ours(line, needed), cmdline_txt.without_ours)


def _table(draw: random.Random) -> str | None:
    stock = draw.choice([cards.mbr((0x0C, cards.FAT_AT, cards.FAT_BYTES)), gpt((BASIC, cards.FAT_AT, cards.FAT_BYTES))])
    size = draw.choice([cards.CARD_BYTES, draw.randrange(2**40)])
    head = mutants.mutated(stock, draw, [b"\x55\xaa", b"EFI PART", b"\xff" * 16, bytes(64)])
    filesystem_of(head)
    found = partitions(head, size)
    boot_partition(found)
    return next((str(one) for one in found if not 512 <= one.first_byte < one.first_byte + one.bytes <= size), None)


def _twice_and_back(before: bytes, edit: Callable[[bytes], bytes], back: Callable[[bytes], bytes]) -> str | None:
    clean, once = back(before), edit(before)
    if edit(once) != once:
        return f"twice is not once: {before!r}"
    return None if back(once) == clean and back(clean) == clean else f"not undone: {before!r}"


def cuts_of_a_folder(county: Path, folder: Path, step: int) -> int:
    """Make another station's card ours, cut at each change; a bundle under its name means a whole card."""
    mine, other = cards.content(county), cards.content(county, cards.CODES[1])
    return _cuts(folder / "put", step, other, lambda place: put(place, mine), [mine, other])


def cuts_of_an_undo(county: Path, folder: Path, step: int) -> int:
    """Undo a card, cut at each change; the image's own files come back."""
    mine = cards.content(county)

    def take_back(place: Folder) -> None:
        try:
            undo(place)
        except ProvisionError as error:
            if error.code != "E-DISK-13":
                raise

    return _cuts(folder / "undo", step, mine, take_back, [mine])


def _cuts(
    folder: Path, step: int, on_it: cards.Content, act: Callable[[Folder], object], whole: list[cards.Content]
) -> int:
    start = cards.boot_folder(folder / "start")
    put(Folder(start), on_it)
    shutil.copytree(start, folder / "whole")
    with disk() as counted:
        act(Folder(folder / "whole"))
    last = cards.everything(folder / "whole")
    for cut_at in range(1, len(counted.done) + 1, step):
        boot = folder / f"cut{cut_at}"
        shutil.copytree(start, boot)
        try:
            with disk(cut_at):
                act(Folder(boot))
        except CutError:
            pass
        now = Folder(boot).read(BUNDLE)
        fits = [one for one in whole if one.bundle == now]
        assert now is None or (fits and flaws_of(Folder(boot), fits[0]) == []), f"half a card after cut {cut_at}"
        act(Folder(boot))
        left = {name: data for name, data in cards.everything(boot).items() if not name.endswith(".tmp")}
        assert left == last, f"another card after cut {cut_at}"
        shutil.rmtree(boot)
    return len(counted.done)


# bash tells each command before it runs it: at the n-th the whole script is killed, as the power would.
CUTTING = """
cut() { echo >>"$CUT_COUNT"; [ "$CUT_AT" = 0 ] || [ "$(wc -l <"$CUT_COUNT")" -lt "$CUT_AT" ] || kill -9 -- -"$$"; }
set -T
trap cut DEBUG
"""


def cuts_of_the_script(folder: Path, step: int) -> int:
    """Cut Bookworm's script before each command; the next start finishes what it began."""
    root = root_of_bookworm(folder / "bookworm")
    script = boot_files(model("bookworm", network=STATIC), CONFIG, CMDLINE["bookworm"])["cuncuntong/firstrun.sh"]
    assert (root / "boot/firmware/cuncuntong/firstrun.sh").read_bytes() != script  # theirs has Wi-Fi too
    whole = shutil.copytree(root, folder / "whole", symlinks=True)
    commands = _killed(whole, 0, folder)
    last = looks(whole)
    for cut_at in range(1, commands + 1, step):
        cut = shutil.copytree(root, folder / "cut", symlinks=True)
        _killed(cut, cut_at, folder)
        if b"systemd.run" in (cut / "boot/firmware/cmdline.txt").read_bytes():
            run(cut)  # the next start
        left = {name: data for name, data in looks(cut).items() if not name.endswith(".cuncuntong")}
        different = {name for name in left.keys() | last.keys() if left.get(name) != last.get(name)}
        assert different <= {"etc/shadow"}, f"cut before command {cut_at}: {different}"
        shutil.rmtree(cut)
    return commands


def _killed(root: Path, cut_at: int, folder: Path) -> int:
    """Run the script until its `cut_at`-th command (0: to its end); return how many commands it began."""
    (folder / "cutting").write_text(CUTTING)
    (folder / "count").write_text("")
    env = {
        "CUNCUNTONG_ROOT": str(root),
        "BASH_ENV": str(folder / "cutting"),
        "CUT_AT": str(cut_at),
        "CUT_COUNT": str(folder / "count"),
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
    }
    script = root / "boot/firmware/cuncuntong/firstrun.sh"
    subprocess.run(
        ["bash", str(script)], env=env, capture_output=True, check=False, start_new_session=True, timeout=120
    )
    return (folder / "count").read_text().count("\n")
