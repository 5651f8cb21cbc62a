"""The power cut while a card is written: a bundle under its name means a whole card, and a rerun finishes."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware_config.card import place as places
from firmware_config.card.content import BUNDLE
from firmware_config.card.image import look_into
from firmware_config.card.place import Folder
from firmware_config.card.target import lies_on, looked_at, opened, target_at
from firmware_config.card.writing import flaws_of, put
from firmware_config.errors import ProvisionError
from tests.cutting import CutError, Disk, disk
from tests.firmware_config.card.cards import CARD_BYTES, CODES, boot_folder, content, everything, insert, machine


def test_cut_at_every_write_a_folder_has_no_half_card_and_a_rerun_finishes(kept_county: Path, tmp_path: Path) -> None:
    mine, other = content(kept_county), content(kept_county, CODES[1])
    start = boot_folder(tmp_path / "start")
    put(Folder(start), other)
    first = everything(start)
    with disk() as counted:
        put(Folder(start), mine)
    last = everything(start)
    step = max(1, len(counted.done) // 7)
    for cut_at in range(1, len(counted.done) + 1, step):
        boot = tmp_path / f"cut{cut_at}"
        for name, data in first.items():
            (boot / name).parent.mkdir(parents=True, exist_ok=True)
            (boot / name).write_bytes(data)
        with disk(cut_at), pytest.raises(CutError):
            put(Folder(boot), mine)
        now = Folder(boot).read(BUNDLE)
        assert now in {None, other.bundle, mine.bundle}
        assert now is None or flaws_of(Folder(boot), other if now == other.bundle else mine) == []
        put(Folder(boot), mine)
        left = {name: data for name, data in everything(boot).items() if not name.endswith(".tmp")}
        assert left == last


@contextlib.contextmanager
def watched(watched_disk: Disk) -> Iterator[None]:
    """Count mtools' changes as changes of the disk; a copy that is cut leaves half of it."""
    real = subprocess.run

    def run(command: tuple[str, ...], **named: object) -> object:
        writes = command[0] in {"mmd", "mdel", "mren"} or (command[0] == "mcopy" and "-D" in command)
        if writes:
            try:
                watched_disk.before(" ".join(command))
            except CutError:
                if command[0] == "mcopy":
                    data = bytes(named["input"])  # type: ignore[call-overload]
                    real(command, **{**named, "input": data[: len(data) // 2]})
                raise
        return real(command, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(places.subprocess, "run", run)
        yield


def cuts_of_a_device(county: Path, image: Path, tmp_path: Path, step: int) -> int:
    """Write a card through a device, cut at each `step`-th change; return how many changes there are."""
    made = machine(tmp_path)
    mine = content(county)
    card = insert(made)

    def write(cut_at: int | None) -> Disk:
        target = target_at(card, made)
        look_into(image, CARD_BYTES)
        with disk(cut_at) as watched_disk, watched(watched_disk), opened(target, image=image) as place:
            put(place, mine)
        return watched_disk

    whole = write(None)
    for cut_at in range(1, len(whole.done) + 1, step):
        card.write_bytes(os.urandom(4096))
        insert(made)
        with pytest.raises(CutError):
            write(cut_at)
        insert(made)  # a file torn by the cut has its size again
        target = target_at(card, made)
        try:
            with looked_at(target) as place:
                assert place.read(BUNDLE) is None or flaws_of(place, mine) == []
        except ProvisionError as error:
            assert str(error).startswith("E-DISK-04")  # noqa: PT017
        again = image if lies_on(target.device) == [] else None  # type: ignore[arg-type]
        with opened(target, image=again) as place:
            put(place, mine)
        with looked_at(target) as place:
            assert flaws_of(place, mine) == []
            left = place.names()
        assert not any(name.endswith((".new", ".ok")) for name in left)
    return len(whole.done)


def test_cut_while_a_device_is_written_a_rerun_finishes(kept_county: Path, image: Path, tmp_path: Path) -> None:
    assert cuts_of_a_device(kept_county, image, tmp_path, step=97) > 40
