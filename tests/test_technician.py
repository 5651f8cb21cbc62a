"""docs/technician.md, followed literally: every command that can run without a machine and a line does.

Where the page's machine is a real one, a folder stands for it; what happens in the village by itself (first boot) is
done between the blocks. Its other commands are looked up: they exist, with their options.
"""

import io
import re
import shlex
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import pytest

import firmware_config.__main__ as firmware_config
import hub.__main__ as hub
from station.firstboot import label
from station.firstboot.machine import machine_of
from station.firstboot.run import FirstBoot
from station.identity.keys import load_identity
from station.layout import Layout
from tests.commands import APPS, why_not
from tests.firmware_config.card.cards import boot_folder
from tests.pictures.provisioning_flow import drawn
from tests.test_house import ROOT

GUIDE = ROOT / "docs" / "technician.md"
TEXT = GUIDE.read_text("utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
STATION = "999999101001"
HERE = r"cat > (\S+) <<'END'\n((?s:.*?))END\n"
PLACES = {"/media/bootfs": "root/boot/firmware", "/media/stick": "root/media/stick"}
MAINS = {"firmware-config": firmware_config.main, "hub": hub.main}


class Shell:
    """As much of a shell as the guide uses; our commands run in this process, which is ten times faster."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        monkeypatch.chdir(folder)

    def run(self, block: str) -> None:
        for place, stand_in in PLACES.items():
            block = block.replace(place, stand_in)
        for name, content in re.findall(HERE, block):
            Path(name).write_text(content, "utf-8")
        for line in re.sub(HERE, "", block).splitlines():
            self._line(line)

    def _line(self, line: str) -> None:
        command, _, ending = line.partition(" || test $? = ")
        given, _, command = command.rpartition(" | ")
        program, *words = shlex.split(command)
        if program == "export":
            self._monkeypatch.setenv(*words[0].split("=", 1))
            return
        said = " ".join(shlex.split(given)[1:]) + "\n"
        self._monkeypatch.setattr(sys, "argv", [program, *words])
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(said.encode()), "utf-8"))
        with pytest.raises(SystemExit) as ended:
            MAINS[program]()
        assert int(ended.value.code or 0) == int(ending or 0), line


def first_boot(layout: Layout, within_s: float) -> bool:
    """Let the station be on for a while."""
    boot = FirstBoot(layout, machine_of(layout), lambda _: None, pause=lambda _: time.sleep(0.01))
    return boot.run(within_s)


def test_the_guide_leads_from_nothing_to_a_station_without_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = Shell(tmp_path, monkeypatch)
    layout = Layout(tmp_path / "root")
    boot_folder(layout.card.parent)
    (layout.media / "stick").mkdir(parents=True)
    for block in BLOCKS:
        if block.startswith("firmware-config stick sign"):
            (picture,) = tmp_path.glob(f"county/labels/*/{STATION}.png")
            seen = cv2.GaussianBlur(cv2.imread(str(picture), cv2.IMREAD_GRAYSCALE), (0, 0), 0.8)
            answer = label.scanned(cv2.QRCodeDetector().detectAndDecode(seen)[0])
            assert answer is not None
            label.give(layout, answer)
            assert not first_boot(layout, 0.5), "it waits for the laptop"
            shell.run(block)
            assert first_boot(layout, 5)
        else:
            shell.run(block)
    assert load_identity(layout.station).station == STATION
    told = (tmp_path / "view.json").read_text("utf-8")
    assert STATION in told, "the centre knows whom the laptop let in"


def own_commands() -> Iterator[list[str]]:
    """Yield every command of ours that the guide names, in its blocks and in its sentences."""
    blocks = re.findall(r"^```(?:sh|console)\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    for line in [*re.findall(r"`([^`\n]+)`", TEXT), *"".join(blocks).splitlines()]:
        words = shlex.split(line.partition(" || ")[0].rpartition(" | ")[2])
        while words and words[0] in {"sudo", "export", "-u", "cuncuntong"}:
            words.pop(0)
        if words and words[0] in APPS:
            yield words


def test_every_command_it_names_exists() -> None:
    named = list(own_commands())
    assert len(named) > 40
    assert [why for words in named if (why := why_not(words)) is not None] == []


def test_what_goes_into_the_image_is_shipped() -> None:
    shipped = re.findall(r"\$S/(\S+)", TEXT)
    assert len(shipped) == 6
    assert [name for name in shipped if not (ROOT / "systemd" / name).is_file()] == []


def test_every_code_and_picture_it_names_exists() -> None:
    codes = set(re.findall(r"E-[A-Z]+-\d+", TEXT))
    errors = (ROOT / "docs" / "errors.md").read_text("utf-8")
    assert {code for code in codes if f"| {code} |" not in errors} == set()
    assert len(re.findall(r"^\| E-", TEXT, re.MULTILINE)) >= 15
    pictures = re.findall(r"\]\((pictures/[^)]+)\)", TEXT)
    assert [name for name in pictures if not (GUIDE.parent / name).is_file()] == []
    assert (GUIDE.parent / "pictures/provisioning.svg").read_text("utf-8") == drawn(), "./run pictures draws it"
    large = [name for name in pictures if (GUIDE.parent / name).stat().st_size > 160_000]
    assert large == [], "it is carried on sticks and telephones"
