"""A card, through a folder and through a device, cut anywhere: right, or visibly not yet a card; never wrong."""

import lzma
import os
import subprocess
from pathlib import Path

import pytest

from firmware_config.boot.model import FIRST_BOOT_UNIT
from firmware_config.boot.seed import is_ours
from firmware_config.card.content import BUNDLE, TOKEN, holder_of
from firmware_config.card.image import look_into
from firmware_config.card.place import Folder
from firmware_config.card.target import Target, lies_on, looked_at, opened, target_at
from firmware_config.card.writing import flaws_of, plan, put, token_left, undo
from firmware_config.errors import ProvisionError
from firmware_config.shipped import shipped_units
from station.firstboot.card_secrets import TOKEN_FILE, clean_card, secrets_on_card
from station.firstboot.contents import BUNDLE_FILE
from station.layout import Layout
from tests.firmware_config.card.cards import (
    CARD_BYTES,
    CODES,
    boot_folder,
    content,
    everything,
    insert,
    machine,
    stock_files,
)

TOKEN_LETTERS = "0123456789ABCDEF"


@pytest.mark.parametrize("system", ["trixie", "bookworm"])
def test_a_folder_becomes_the_stations_card_and_comes_back(kept_county: Path, tmp_path: Path, system: str) -> None:
    code = CODES[0] if system == "trixie" else CODES[2]
    boot = boot_folder(tmp_path / "bootfs", system)
    before = everything(boot)
    wanted = content(kept_county, code)
    steps = put(Folder(boot), wanted)
    assert steps[-1].path == BUNDLE
    now = everything(boot)
    assert now[BUNDLE] == wanted.bundle
    assert now["start4.elf"] == before["start4.elf"]
    seed = "user-data" if system == "trixie" else "cuncuntong/firstrun.sh"
    assert is_ours(now[seed])
    assert flaws_of(Folder(boot), wanted) == []
    assert [step.what for step in put(Folder(boot), wanted)] == ["keep"] * (
        5 + (system == "trixie") - (system != "trixie")
    )
    assert everything(boot) == now
    undo(Folder(boot))
    assert everything(boot) == before
    with pytest.raises(ProvisionError, match="E-DISK-13"):
        undo(Folder(boot))


def test_another_stations_card_is_told_and_made_over_whole(kept_county: Path, boot: Path) -> None:
    put(Folder(boot), content(kept_county, CODES[1]))
    mine = content(kept_county)
    assert holder_of(kept_county, (boot / BUNDLE).read_bytes()) == CODES[1]
    steps = plan(Folder(boot), mine)
    assert (steps[0].path, steps[0].what) == (BUNDLE, "remove"), "the old bundle goes before anything of the new one"
    assert any(flaw.startswith(BUNDLE) for flaw in flaws_of(Folder(boot), mine))
    put(Folder(boot), mine)
    assert flaws_of(Folder(boot), mine) == []
    assert holder_of(kept_county, (boot / BUNDLE).read_bytes()[:-1]) == "?"


def test_a_token_lies_on_the_card_only_when_asked_for(kept_county: Path, boot: Path) -> None:
    put(Folder(boot), content(kept_county, token=TOKEN_LETTERS))
    assert (boot / TOKEN).read_text() == f"{TOKEN_LETTERS}\n"
    assert token_left(Folder(boot))
    put(Folder(boot), content(kept_county))
    assert not (boot / TOKEN).exists()
    every = b"".join(everything(boot).values())
    assert TOKEN_LETTERS.encode() not in every


def test_a_card_with_another_system_or_none_is_refused_untouched(kept_county: Path, tmp_path: Path) -> None:
    other = boot_folder(tmp_path / "bookworm", "bookworm")
    before = everything(other)
    with pytest.raises(ProvisionError, match="E-DISK-10"):
        put(Folder(other), content(kept_county))
    assert everything(other) == before
    (tmp_path / "photos").mkdir()
    with pytest.raises(ProvisionError, match="E-DISK-04"):
        put(Folder(tmp_path / "photos"), content(kept_county))


def test_a_rerun_knows_its_own_seed_from_the_images(kept_county: Path, tmp_path: Path) -> None:
    """Bookworm's card that was made over must not be taken for Trixie's, nor the other way round."""
    boot = boot_folder(tmp_path / "bootfs", "bookworm")
    put(Folder(boot), content(kept_county, CODES[2]))
    with pytest.raises(ProvisionError, match="E-DISK-10"):
        put(Folder(boot), content(kept_county))


def test_a_device_gets_the_system_and_the_stations_files_and_is_compared(
    kept_county: Path, image: Path, tmp_path: Path
) -> None:
    made = machine(tmp_path)
    target = target_at(insert(made), made)
    told: list[tuple[str, int, int | None]] = []
    mine = content(kept_county)
    with opened(target, image=image, tell=lambda *said: told.append(said)) as place:
        put(place, mine)
    assert {what for what, *_ in told} == {"write", "verify"}
    assert [name for _, name in lies_on(target.device)] == ["FAT bootfs", "Linux"]  # type: ignore[arg-type]
    card = (made.dev / "sdx").read_bytes()
    assert card[9 * 1024**2 : 11 * 1024**2] == image.read_bytes()[9 * 1024**2 : 11 * 1024**2], (
        "the system's own partition"
    )
    with looked_at(target) as place:
        assert place.read(BUNDLE) == mine.bundle
        assert place.read("start4.elf") == stock_files()["start4.elf"]
        assert place.read("cuncuntong/before/user-data") == stock_files()["user-data"]
        assert flaws_of(place, mine) == []
        undo_names = place.names()
    assert {"config.txt", "cmdline.txt", "user-data", BUNDLE} <= undo_names
    with opened(target) as place:
        undo(place)
        assert {name: place.read(name) for name in stock_files()} == stock_files()


@pytest.mark.parametrize("packed", ["xz", "zst"])
def test_packed_images_are_written_and_damaged_ones_told(
    kept_county: Path, image: Path, tmp_path: Path, packed: str
) -> None:
    made = machine(tmp_path)
    target = target_at(insert(made), made)
    whole = image.read_bytes()
    file = tmp_path / f"raspios.img.{packed}"
    if packed == "xz":
        file.write_bytes(lzma.compress(whole, preset=0))
    else:
        subprocess.run(["zstd", "-q", "-1", str(image), "-o", str(file)], check=True)
    look_into(file, CARD_BYTES)
    with opened(target, image=file) as place:
        assert place.read("config.txt") == stock_files()["config.txt"]
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(ProvisionError, match="E-DISK-05"), opened(target, image=file):
        pass
    assert lies_on(target.device) == [], "a card that was not finished has no partitions"  # type: ignore[arg-type]


def test_what_is_no_system_or_does_not_fit_is_refused_before_anything_is_erased(image: Path, tmp_path: Path) -> None:
    for name, data in {"a.img": b"x" * 4096, "b.img": b"", "c.zip": b"PK", "d.img.xz": b"no"}.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(ProvisionError, match="E-DISK-05"):
            look_into(tmp_path / name, CARD_BYTES)
    with pytest.raises(ProvisionError, match="E-DISK-05"):
        look_into(tmp_path / "nothing.img", CARD_BYTES)
    with pytest.raises(ProvisionError, match="E-DISK-05"):
        look_into(image, CARD_BYTES // 2)


def test_a_card_that_keeps_something_else_is_told(
    kept_county: Path, image: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = machine(tmp_path)
    target = target_at(insert(made), made)
    real = os.pread

    def worn(descriptor: int, count: int, place: int) -> bytes:
        return real(descriptor, count, place).replace(b"\x5a" * 64, b"\x5b" * 64)

    monkeypatch.setattr(os, "pread", worn)
    with pytest.raises(ProvisionError, match="E-DISK-06"), opened(target, image=image):
        pass


def test_a_card_changed_between_plan_and_writing_is_not_written(kept_county: Path, image: Path, tmp_path: Path) -> None:
    made = machine(tmp_path)
    target = target_at(insert(made), made)
    os.truncate(made.dev / "sdx", CARD_BYTES * 2)
    with pytest.raises(ProvisionError, match="E-DISK-01"), opened(target, image=image):
        pass
    assert (made.dev / "sdx").read_bytes() == bytes(CARD_BYTES * 2)


def test_without_mtools_the_technician_is_told_what_to_install(
    image: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = machine(tmp_path)
    card = insert(made)
    card.write_bytes(image.read_bytes())
    insert(made)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProvisionError, match="E-DISK-07"), looked_at(target_at(card, made)):
        pass


def test_a_full_card_is_told_and_has_no_bundle(kept_county: Path, image: Path, tmp_path: Path) -> None:
    made = machine(tmp_path)
    target = target_at(insert(made), made)
    mine = content(kept_county)
    with opened(target, image=image) as place, pytest.raises(ProvisionError, match="E-DISK-06"):
        put(place, mine._replace(bundle=bytes(9 * 1024**2)))
    with looked_at(target) as place:
        assert place.read(BUNDLE) is None


def test_a_folder_has_no_device() -> None:
    assert Target(Path("/media/x")).name == "folder"


@pytest.mark.parametrize("packed", [False, True])
def test_a_plain_system_without_the_stations_software_is_told(image: Path, tmp_path: Path, packed: bool) -> None:
    """It would start, find no unit to run, and the village would have a screen that says nothing."""
    made = machine(tmp_path)
    target = target_at(insert(made), made)
    for software in (False, True):
        root = tmp_path / f"root{software}"
        (root / ("opt/cuncuntong/current" if software else "opt/other")).mkdir(parents=True)
        ext = tmp_path / "root.ext4"
        subprocess.run(["mkfs.ext4", "-q", "-F", "-d", str(root), str(ext), "2M"], check=True, capture_output=True)
        system = tmp_path / f"system{software}.img"
        system.write_bytes(image.read_bytes()[: 9 * 1024**2] + ext.read_bytes())
        file = tmp_path / f"system{software}.img.xz"
        if packed:
            file.write_bytes(lzma.compress(system.read_bytes(), preset=0))

        def write(chosen: Path = file if packed else system) -> None:
            look_into(chosen, CARD_BYTES)
            with opened(target, image=chosen) as place:
                assert place.read("config.txt") is not None

        if software:
            write()
        else:
            with pytest.raises(ProvisionError, match="E-DISK-14"):
                write()
            erased = (made.dev / "sdx").read_bytes() != bytes(CARD_BYTES)
            assert erased == packed, "what is not packed is looked into before anything is erased"


def test_first_boot_finds_what_the_card_holds_and_nothing_else_to_clear_away(kept_county: Path, tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    boot = boot_folder(layout.card.parent)
    put(Folder(boot), content(kept_county, token=TOKEN_LETTERS))
    assert (layout.card / BUNDLE_FILE).read_bytes() == content(kept_county).bundle
    assert [(secret.file, secret.kind) for secret in secrets_on_card(layout)] == [(layout.card / TOKEN_FILE, "token")]
    assert clean_card(layout)
    assert flaws_of(Folder(boot), content(kept_county)) == [], "cleaned, it is still the station's card"
    assert (shipped_units() / FIRST_BOOT_UNIT).exists()


def test_a_card_that_claims_more_than_it_keeps_is_told_before_the_system_is_written(
    image: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A false card writes what is beyond its end to where something else stands."""
    made = machine(tmp_path)
    target = target_at(insert(made), made)
    real_seek, real_read, has = os.lseek, os.pread, 4 * 1024**2
    monkeypatch.setattr(os, "lseek", lambda fd, at, how: real_seek(fd, at if how == os.SEEK_END else at % has, how))
    monkeypatch.setattr(os, "pread", lambda fd, count, at: real_read(fd, count, at % has))
    with pytest.raises(ProvisionError, match=r"E-DISK-06 .*扩容假卡"), opened(target, image=image):
        pass
    assert lies_on(target.device) == []  # type: ignore[arg-type]


def test_a_password_that_imager_left_is_not_kept_on_the_card(kept_county: Path, boot: Path) -> None:
    network = (
        '# Imager\nnetwork:\n  wifis:\n    wlan0:\n      access-points:\n        "v":\n          password: "0123abcd"\n'
    )
    (boot / "network-config").write_text(network)
    put(Folder(boot), content(kept_county))
    assert b"0123abcd" not in b"".join(everything(boot).values())
    undo(Folder(boot))
    assert "network-config" not in everything(boot)
    assert everything(boot)["user-data"] == stock_files()["user-data"]
