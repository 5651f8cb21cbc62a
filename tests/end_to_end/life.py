"""What a station's whole life needs of the world: a machine that is a folder, its processes, releases good and bad."""

import io
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import cv2
import msgspec

from demo.processes import start, stop, tool
from firmware_config.identity.signer import load_signer
from station.layout import Layout
from station.store.handover import read_told
from station.store.presence import agent_runs, kiosk_runs
from station.update.slots import release_of
from station.update.trying import Site
from tests.station.doctor.ground import WELL
from tests.terminal import Terminal
from wire.archive import contents, open_archive, pack
from wire.certificates import read_chain
from wire.release import Release

FASTER = 10.0
"""A second of an update's rules is so many times shorter here; processes start as fast as they do."""


class Machine:
    """A Raspberry Pi that is a folder: its real agent and kiosk run from `current`, as the units start them."""

    def __init__(self, root: Path, log: Path) -> None:
        self.layout = Layout(root)
        self.config = self.layout.station / "station.toml"
        self.state = self.layout.station / "state"
        self._log = log
        self._agent: subprocess.Popen[bytes] | None = None
        self._kiosk: Terminal | None = None
        self._starts = {"agent": 0, "kiosk": 0}
        for path, content in ({**WELL, "proc/asound/cards": " 0 [vc4hdmi]: vc4-hdmi\n"}).items():
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, "utf-8")

    def restart(self) -> None:
        self.stop()
        self._start_agent()
        self._start_kiosk()

    def stop(self) -> None:
        if self._agent is not None:
            stop(self._agent)
        if self._kiosk is not None:
            self._kiosk.close()
        self._agent = self._kiosk = None

    def agent(self) -> int | None:
        assert self._agent is not None
        if self._agent.poll() is None:
            return self._agent.pid
        self._starts["agent"] += 1
        self._start_agent()
        return None

    def kiosk(self) -> int | None:
        assert self._kiosk is not None
        if self._kiosk.process.poll() is None:
            return self._kiosk.process.pid
        self._starts["kiosk"] += 1
        self._start_kiosk()
        return None

    def starts(self) -> tuple[int, int]:
        self.agent()
        self.kiosk()
        return self._starts["agent"], self._starts["kiosk"]

    def site(self) -> Site:
        """Return what an updater works on, with a clock that runs faster."""
        return Site(self.layout, self.state, self, lambda: time.monotonic() * FASTER, lambda s: time.sleep(s / FASTER))

    def online(self) -> bool:
        """Say whether agent and kiosk run from what is linked to, and the hub answers."""
        told, running = read_told(self.state), release_of(self.layout.software / "current")
        runs = told is not None and running is not None and told.online and told.release == running.sequence
        return runs and agent_runs(self.state) and kiosk_runs(self.state)

    @property
    def _station(self) -> Path:
        return self.layout.software / "current" / "bin" / "station"

    def _start_agent(self) -> None:
        self._agent = start([self._station, "agent", "--config", self.config], self._log)

    def _start_kiosk(self) -> None:
        self._kiosk = Terminal([str(self._station), "kiosk", "--config", str(self.config)])


def have_packages(layout: Layout, release: Path, root_pem: bytes) -> None:
    """Let the machine have the packages a release needs: those this test runs with."""
    with release.open("rb") as file:
        opened = open_archive(file, release.stat().st_size, read_chain(root_pem).leaf, at=None)
        said = next(content for one, content in contents(file, opened) if one.path == "release.json")
    packages = layout.software / "deps" / msgspec.json.decode(said, type=Release).lock
    packages.parent.mkdir(parents=True, exist_ok=True)
    packages.symlink_to(next(Path(path) for path in sys.path if path.endswith("site-packages")))


def another(release: Path, county: Path, version: str, sequence: int, *, broken: bool = False) -> bytes:
    """Return a release as good as this one under another number; signed as it should be, `broken` has no agent."""
    with release.open("rb") as file:
        root = read_chain((county / "ca.crt").read_bytes()).leaf
        opened = open_archive(file, release.stat().st_size, root, at=None)
        files = {one.path: content for one, content in contents(file, opened)}
    said = msgspec.json.decode(files["release.json"], type=Release)
    files["release.json"] = msgspec.json.encode(msgspec.structs.replace(said, version=version, sequence=sequence))
    wheel = next(path for path in files if path.startswith("wheel/"))
    if broken:
        files[wheel] = _without_agent(files[wheel])
    head = opened.head
    return pack(
        load_signer(county), files, kind="release", county=head.county, subject=version, sequence=sequence,
        made_ms=head.made_ms, not_after_ms=head.not_after_ms,
    )  # fmt: skip


def _without_agent(wheel: bytes) -> bytes:
    broken = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(wheel)) as good, zipfile.ZipFile(broken, "w") as bad:
        for name in good.namelist():
            content = good.read(name)
            bad.writestr(name, b"raise SystemExit(3)\n" if name == "station/agent/run.py" else content)
    return broken.getvalue()


def on_label(picture: Path) -> str:
    """Return what a camera reads off a label's square."""
    seen = cv2.imread(str(picture), cv2.IMREAD_GRAYSCALE)
    assert seen is not None
    return cv2.QRCodeDetector().detectAndDecode(cv2.GaussianBlur(seen, (0, 0), 0.8))[0]


def command(name: str, *arguments: object, ends_with: int = 0, typed: str = "") -> str:
    """Run one of our commands as somebody types it, `typed` when it asks; return what it prints."""
    words = [tool(name), *(str(one) for one in arguments)]
    ran = subprocess.run(words, input=typed, capture_output=True, text=True, check=False, timeout=120)
    assert ran.returncode == ends_with, (name, arguments, ran.stdout, ran.stderr)
    return ran.stdout
