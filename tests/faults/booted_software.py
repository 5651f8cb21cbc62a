"""Our software on machines that boot: a centre by pip, as docs/host.md says; a station's image by a release."""

import hashlib
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Final

from firmware_config.release.lock import Target, station_lock
from firmware_config.release.source import build_wheel, read_source
from tests.faults.booted import Booted, Debian

PROJECT: Final = Path(__file__).parents[2]
PLATFORMS: Final = ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64", "linux_x86_64")
HERE: Final = "root/here"
ARCH: Final = "x86_64"
SCREENLESS: Final = """\
# A screen that is drawn and shown to nobody: this machine has neither a display nor a terminal of its own.
[Service]
StandardInput=null
TTYPath=
TTYReset=no
TTYVHangup=no
TTYVTDisallocate=no
Environment=WLR_BACKENDS=headless WLR_RENDERER=pixman WLR_LIBINPUT_NO_DEVICES=1
"""


def have_wheels(debian: Debian) -> Path:
    """Return the folder of all packages for the Python of that Debian, fetched once per lock, and our own of today."""
    lock = (PROJECT / "requirements.lock").read_text("utf-8")
    folder = debian.wheels / hashlib.sha256(lock.encode()).hexdigest()[:12]
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "-q"]
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("cuncuntong-*.whl"):
        old.unlink()
    build_wheel(read_source(PROJECT, None), folder)
    if not (folder / "whole").exists():
        pins = folder / "pins.txt"
        pins.write_text(re.sub(r" *\\$|^ *--hash.*$", "", lock, flags=re.MULTILINE))
        kinds = [f"--platform={one}" for one in PLATFORMS]
        wanted = ["--only-binary=:all:", "--implementation=cp", f"--python-version={debian.python}", *kinds]
        subprocess.run(
            [*pip, "download", "-d", folder, "--find-links", folder, "-c", pins, *wanted,
             "cuncuntong[station,hub,provision]", "pip"],
            check=True, capture_output=True,
        )  # fmt: skip
        (folder / "whole").touch()
    return folder


def install_centre(centre: Booted, wheels: Path) -> None:
    """Do what docs/host.md says under "Software", but for Debian's packages, which the root has."""
    _give(centre, wheels)
    centre.within("/bin/sh", "-euc", _of("host.md", "pip install"))
    _take_away(centre)


def install_station(image: Booted, release: Path, wheels: Path, authority: Path) -> None:
    """Do what docs/technician.md says of the image, on a machine that is off."""
    _give(image, wheels)
    own = next(wheels.glob("cuncuntong-*.whl"))
    with zipfile.ZipFile(own) as packed:  # the checkout, as far as it is needed
        packed.extractall(image.root / HERE / "source")
    lock, _ = station_lock((PROJECT / "requirements.lock").read_text("utf-8"), Target(image.debian.python, ARCH))
    (image.root / HERE / "station.lock").write_bytes(lock)
    (image.root / HERE / "ca.crt").write_bytes(authority.read_bytes())
    (image.root / HERE / "cuncuntong-1.0.0.ccr").write_bytes(release.read_bytes())
    for words in ("station update apply", "systemd-sysusers"):
        said = _of("technician.md", words).replace("sudo ", "").replace("源代码目录", f"/{HERE}/source")
        said = re.sub(r"^cloud-init .*?&& ", "", said, flags=re.MULTILINE)  # Raspberry Pi OS has it
        image.within("/bin/sh", "-euc", said)
    _take_away(image)
    for unit in ("kiosk", "setup"):
        drop_in = image.root / f"etc/systemd/system/cuncuntong-{unit}.service.d/screenless.conf"
        drop_in.parent.mkdir()
        drop_in.write_text(SCREENLESS)


def _of(document: str, words: str) -> str:
    """Return the first block of a document with `words` in it, as a script without what Debian's packages need."""
    text = (PROJECT / "docs" / document).read_text("utf-8")
    blocks = re.findall(r"^```(?:console|sh)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    block = next(one for one in blocks if words in one)
    return f"cd /{HERE}\n" + "\n".join(line for line in block.splitlines() if "apt-get" not in line)


def _give(machine: Booted, wheels: Path) -> None:
    """Lay a copy of the packages into the machine."""
    (machine.root / HERE).mkdir()
    subprocess.run(["cp", "-a", "--reflink=auto", wheels, machine.root / HERE / "wheels"], check=True)


def _take_away(machine: Booted) -> None:
    subprocess.run(["rm", "-r", machine.root / HERE], check=True)
