"""`firmware-config card` as a technician meets it: the plan, the questions, the refusals, and a batch of cards."""

import io
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from firmware_config.__main__ import main
from firmware_config.card.batch import Reader, run_batch
from firmware_config.card.content import BUNDLE, TOKEN
from firmware_config.card.place import Folder
from firmware_config.card.target import Target, looked_at, opened, target_at
from firmware_config.card.writing import put
from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_CHANGES_PENDING, EXIT_DEVICE, EXIT_FAILURE, EXIT_TRUST, EXIT_VALIDATION
from firmware_config.inventory.entry import Entry
from firmware_config.inventory.inventory import Inventory
from tests.firmware_config.card.cards import (
    CARD_BYTES,
    CODES,
    NOW,
    boot_folder,
    content,
    everything,
    insert,
    machine,
    take_out,
)
from wire.certificates import fingerprint, read_chain
from wire.enrolment import Label, label_text, shown_token

CODE = CODES[0]


class Told:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], county: Path):
    def run_command(*arguments: object, typed: str = "") -> Told:
        folder = [] if arguments[0] == "undo" or "--folder" in arguments else ["--folder", county]
        words = ["firmware-config", "card", *arguments, *folder]
        monkeypatch.setattr(sys, "argv", [str(word) for word in words])
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return Told(int(ended.value.code or 0), told.out, told.err)

    return run_command


def test_plan_write_verify_undo_on_a_mounted_card(run: Callable[..., Told], county: Path, boot: Path) -> None:
    before = everything(boot)
    planned = run("plan", CODE, "--to", boot)
    assert planned.code == EXIT_CHANGES_PENDING
    assert "测试镇 测试一村" in planned.err
    assert f"新增 add  {BUNDLE}" in planned.err
    assert everything(boot) == before
    assert run("verify", CODE, "--to", boot).code == EXIT_VALIDATION
    written = run("write", CODE, "--to", boot)
    assert (written.code, written.out) == (0, "")
    assert "已写好" in written.err
    entry = Inventory.open(county).get(CODE)
    assert entry.has_current_card
    assert entry.card is not None
    assert entry.card.device == "folder"
    assert run("plan", CODE, "--to", boot).code == 0
    right = run("verify", CODE, "--to", boot, "--json")
    assert (right.code, json.loads(right.out)["flaws"]) == (0, [])
    (boot / "user-data").write_bytes((boot / "user-data").read_bytes()[:50])
    wrong = run("verify", CODE, "--to", boot)
    assert (wrong.code, wrong.out) == (EXIT_VALIDATION, f"{CODE}: user-data: differs 不符\n")
    run("write", CODE, "--to", boot)
    assert run("undo", boot).code == 0
    assert everything(boot) == before


def test_the_whole_card_is_erased_only_by_who_types_the_stations_code(
    run: Callable[..., Told], county: Path, image: Path, tmp_path: Path
) -> None:
    card = tmp_path / "card.img"
    card.write_bytes(bytes(CARD_BYTES))
    ask = ("write", CODE, "--to", card, "--image", image)
    assert run(*ask).err.startswith("E-DISK-12")
    for typed in ("", "y\n", f"{CODES[1]}\n"):
        told = run(*ask, "--image-file", typed=typed)
        assert (told.code, "E-DISK-09" in told.err) == (EXIT_VALIDATION, True)
        assert "先清空整张卡" in told.err
    assert run(*ask, "--image-file", "--yes-it-is", CODES[1]).code == EXIT_VALIDATION
    assert run(*ask, "--image-file", "--dry-run").code == EXIT_CHANGES_PENDING
    assert card.read_bytes() == bytes(CARD_BYTES)
    assert run(*ask, "--image-file", typed=f"{CODE}\n").code == 0
    assert run("verify", CODE, "--to", card, "--image-file").code == 0
    other = run("write", CODES[1], "--to", card, "--image-file", typed="\n")
    assert "此卡现为其他站点所用" in other.err
    assert other.code == EXIT_VALIDATION
    assert run("verify", CODE, "--to", card, "--image-file").code == 0
    shown = run("plan", CODES[1], "--to", card, "--image-file", "--json")
    plan = json.loads(shown.out)
    assert (plan["holder"], plan["steps"][0]) == (CODE, {"path": BUNDLE, "what": "remove"})


def test_the_label_is_asked_for_and_its_token_goes_onto_the_card_alone(
    run: Callable[..., Told], county: Path, boot: Path
) -> None:
    inventory = Inventory.open(county)
    token, other = inventory.mint(CODE, NOW), inventory.mint(CODES[1], NOW)
    authority = fingerprint(read_chain((county / "ca.crt").read_bytes()).leaf)
    for typed, code in {
        other: EXIT_TRUST,
        label_text(Label(CODES[1], authority, other)): EXIT_VALIDATION,
        "hello": EXIT_TRUST,
    }.items():
        told = run("write", CODE, "--to", boot, "--with-token", typed=f"{typed}\n")
        assert told.code == code
        assert other not in told.err + told.out
        assert not (boot / TOKEN).exists()
    for typed in (label_text(Label(CODE, authority, token)), shown_token(token).lower()):
        told = run("write", CODE, "--to", boot, "--with-token", typed=f"{typed}\n")
        assert told.code == 0
        assert "明文标签码" in told.err
        assert token not in told.err + told.out
        assert (boot / TOKEN).read_text() == f"{token}\n"
    assert token not in (county / "inventory.json").read_text()
    assert "明文标签码还在卡上" in run("verify", CODE, "--to", boot).out


def test_what_is_not_ready_is_refused_with_the_next_step(
    run: Callable[..., Told], county: Path, boot: Path, tmp_path: Path
) -> None:
    before = everything(boot)
    bundle = county / "bundles" / f"{CODE}.ccb"
    whole = bundle.read_bytes()
    shutil.copy(county / "bundles" / f"{CODES[1]}.ccb", bundle)
    assert run("write", CODE, "--to", boot).err.startswith("E-ARC-07")
    bundle.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert run("write", CODE, "--to", boot).err.startswith("E-ARC-03")
    bundle.unlink()
    told = run("write", CODE, "--to", boot)
    assert told.err.startswith("E-DISK-08")
    assert f"bundle build {CODE}" in told.err
    bundle.write_bytes(whole)
    Inventory.open(county).change(CODE, name="改名村")
    assert run("write", CODE, "--to", boot).err.startswith("E-DISK-08")
    assert run("write", CODES[1], "--to", tmp_path / "sdx").code == EXIT_DEVICE
    assert run("write", "999999101009", "--to", boot).err.startswith("E-INV-07")
    (county / "card.toml").write_text('ssh_keys = ["not a key"]\n')
    assert run("write", CODES[1], "--to", boot).err.startswith("E-SET-02")
    assert everything(boot) == before


class Hand:
    """Puts cards in and takes them out, whenever the batch looks again."""

    def __init__(self, acts: Iterator[Callable[[], object]]) -> None:
        self._acts = acts

    def __call__(self) -> None:
        act = next(self._acts, None)
        assert act is not None, "the batch waits for ever"
        act()


def test_a_batch_takes_card_after_card_goes_on_after_a_bad_one_and_resumes(
    county: Path, image: Path, tmp_path: Path
) -> None:
    made = machine(tmp_path)
    inventory = Inventory.open(county)
    tells: list[str] = []
    mounts = made.proc / "self/mountinfo"
    free = mounts.read_text()
    insert(made, "sdw")  # in another reader since this morning: not one of ours

    def write(entry: Entry, target: Target) -> None:
        if target.path.name == "sdy":
            raise ProvisionError("E-DISK-06", "a worn card")
        with opened(target, image=image) as place:
            put(place, content(county, entry.code))
        inventory.change(entry.code, card=_card(county, entry.code))

    def acts() -> Iterator[Callable[[], object]]:
        yield lambda: insert(made, "sdx")
        yield lambda: None  # written; the technician has not taken it out yet
        yield lambda: take_out(made, "sdx")
        yield lambda: (
            insert(made, "sdy", dev="8:32"),
            mounts.write_text(f"{free}50 22 8:32 / /media/t/x rw - vfat /dev/sdy rw\n"),
        )
        yield lambda: mounts.write_text(free)
        yield lambda: take_out(made, "sdy")

    reader = Reader(made, None, Hand(acts()), tells.append)
    entries = [inventory.get(code) for code in CODES[:2]]
    outcome = run_batch(entries, reader, write, tells.append)
    assert outcome.written == [CODES[0]]
    assert outcome.failed == [(CODES[1], "E-DISK-06 a worn card")]
    assert "[1/2] 下一张 next: 999999101001 测试镇 测试一村" in tells[0]
    assert any("E-DISK-03" in told and "/media/t/x" in told for told in tells), (
        "a mounted card is waited for, not failed"
    )

    again = [inventory.get(code) for code in CODES[:2]]
    take_out(made, "sdy") if (made.dev / "sdy").exists() else None
    outcome = run_batch(
        again, Reader(made, None, Hand(iter([lambda: insert(made, "sdx")])), tells.append), write, tells.append
    )
    assert (outcome.written, outcome.skipped, outcome.failed) == ([CODES[1]], [CODES[0]], [])
    with looked_at(target_at(made.dev / "sdx", made)) as place:
        assert place.read(BUNDLE) == content(county, CODES[1]).bundle


def test_a_batch_that_is_stopped_says_what_it_did(county: Path, tmp_path: Path) -> None:
    made = machine(tmp_path)
    inventory, tells = Inventory.open(county), list[str]()

    def stop() -> None:
        raise KeyboardInterrupt

    reader = Reader(made, made.dev / "sdx", Hand(iter([lambda: insert(made, "sdx"), stop])), tells.append)
    outcome = run_batch([inventory.get(code) for code in CODES], reader, lambda *_: None, tells.append)
    assert (outcome.written, outcome.failed, outcome.stopped) == ([CODES[0]], [], True)
    assert "再次运行从此处继续" in tells[-1]


def _card(county: Path, code: str) -> object:
    from firmware_config.inventory.entry import WrittenCard

    return WrittenCard(1, content(county, code).sha256)


def test_batch_asks_for_each_card_and_lists_what_failed(run: Callable[..., Told], county: Path, boot: Path) -> None:
    put(Folder(boot), content(county, CODES[1]))
    told = run("batch", CODE, "--to", boot, typed="1\n")
    assert (told.code, told.out.split()[:2]) == (EXIT_FAILURE, [f"{CODE}:", "E-DISK-09"])
    kept = run("batch", CODE, "--to", boot, "--no-ask", typed="1\n")
    assert CODES[1] in kept.out, "unasked, another station's card is not overwritten"
    assert run("batch", CODE, "--no-ask").code == 2
    assert run("batch", CODE, "--to", boot, typed=f"{CODE[-6:]}\n").code == 0
    done = run("batch", "--all", "--to", boot, "--no-ask", typed="0\n")
    assert done.code == EXIT_VALIDATION
    assert "2" in done.err, "it asks for how many cards there are"


def test_a_station_whose_card_became_anothers_needs_one_again(
    run: Callable[..., Told], county: Path, boot: Path
) -> None:
    assert run("write", CODE, "--to", boot).code == 0
    assert Inventory.open(county).get(CODE).has_current_card
    told = run("write", CODES[1], "--to", boot, "--yes-it-is", CODES[1])
    assert f"{CODE} 测试一村: 这是它的卡，需再写一张" in told.err
    assert not Inventory.open(county).get(CODE).has_current_card
    assert run("write", CODES[1], "--to", boot).code == 0
    assert Inventory.open(county).get(CODES[1]).has_current_card


def test_a_folder_is_no_card_to_put_a_system_on(run: Callable[..., Told], boot: Path, image: Path) -> None:
    told = run("write", CODE, "--to", boot, "--image", image)
    assert (told.code, told.err[:9]) == (EXIT_VALIDATION, "E-DISK-05")


def test_settings_of_the_county_reach_the_card(run: Callable[..., Told], county: Path, tmp_path: Path) -> None:
    boot = boot_folder(tmp_path / "other")
    (county / "card.toml").write_text('user = "weihu"\ntimezone = "Asia/Urumqi"\n')
    assert run("write", CODE, "--to", boot).code == 0
    seed = json.loads((boot / "user-data").read_bytes().partition(b"\n{")[2].join([b"{", b""]))
    assert (seed["user"]["name"], seed["timezone"]) == ("weihu", "Asia/Urumqi")


@pytest.mark.skipif(os.geteuid() != 0, reason="it is about sudo")
def test_with_sudo_the_inventory_stays_its_technicians(run: Callable[..., Told], county: Path, boot: Path) -> None:
    technician = 65534
    with tempfile.TemporaryDirectory() as open_to_all:
        home = Path(open_to_all)
        home.chmod(0o755)
        folder = Path(shutil.copytree(county, home / "county"))
        for path in (folder, *folder.rglob("*")):
            os.chown(path, technician, technician)
        assert run("write", CODE, "--to", boot, "--folder", folder).code == 0
        assert (folder / "inventory.json").stat().st_uid == technician
        assert {path for path in folder.rglob("*") if path.stat().st_uid != technician} == set()
        assert os.geteuid() == 0
