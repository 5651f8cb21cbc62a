"""Tiny releases, laid out and run as the large ones are: a wheel of one module, an agent and a kiosk of ten lines."""

import datetime as dt
import hashlib
import io
import subprocess
import time
import zipfile
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives import serialization

from station.layout import Layout
from station.store.handover import read_told
from station.store.presence import agent_runs, kiosk_runs, somebody_is_there
from station.update.run import Updater
from station.update.slots import release_of
from station.update.trying import Site
from tests.wire.authorities import Authority, authority
from wire.archive import pack
from wire.release import Release

COUNTY = "999999"
NOW = dt.datetime.now(dt.UTC)
NOW_MS = int(NOW.timestamp() * 1000)
EMPTY_LOCK = b"# nothing\n"
FASTER = 100.0
"""A second of an update's rules is so many times shorter here."""

MODULE = """
import fcntl, json, os, sys, time
from pathlib import Path

TRAIT = {trait!r}

def hold(name):
    state = Path(sys.argv[1])
    descriptor = os.open(state / name, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return state, descriptor

def agent():
    if TRAIT == "agent crashes":
        raise SystemExit(3)
    state, held = hold("agent.lock")
    release = json.loads((Path(sys.prefix) / "release.json").read_text())
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().replace("-", "")[:16]
    online = TRAIT != "hub silent" and not (state / "line is down").exists()
    welcomed = time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000 if online else None
    told = dict(kernel_boot=boot, online=online, welcomed_ms=welcomed, release=release["sequence"])
    (state / "told.new").write_text(json.dumps(told))
    (state / "told.new").replace(state / "told")
    time.sleep(600)

def kiosk():
    if TRAIT == "kiosk crashes":
        raise SystemExit(3)
    held = hold("kiosk.lock")
    time.sleep(600)
"""


def wheel(version: str, trait: str = "good", name: str = "tiny", body: str | None = None) -> bytes:
    """Return a wheel of one module."""
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}/__init__.py": MODULE.format(trait=trait) if body is None else body,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": f"[console_scripts]\nagent = {name}:agent\nkiosk = {name}:kiosk\n",
        f"{name}-{version}.data/data/share/cuncuntong/systemd/a.service": "[Unit]\n",
    }
    record = "".join(f"{path},,\n" for path in (*files, f"{info}/RECORD"))
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for path, content in {**files, f"{info}/RECORD": record}.items():
            archive.writestr(path, content)
    return whole.getvalue()


def release(
    county: Authority,
    version: str,
    sequence: int,
    *,
    trait: str = "good",
    lock: bytes = EMPTY_LOCK,
    wheels: dict[str, bytes] | None = None,
    own: bytes | None = None,
    **changed: object,
) -> bytes:
    """Return a signed release whose software has a `trait`."""
    given = {"python_from": "3.11", "python_below": "3.14", "lock": hashlib.sha256(lock).hexdigest()}
    said = Release(version, sequence, wheels=bool(wheels), **(given | changed))  # type: ignore[arg-type]
    files = {
        "release.json": msgspec.json.encode(said),
        "requirements.lock": lock,
        f"wheel/tiny-{version}-py3-none-any.whl": wheel(version, trait) if own is None else own,
        **{f"wheels/{name}": content for name, content in (wheels or {}).items()},
    }
    return pack(
        county.signer,
        files,
        kind="release",
        county=COUNTY,
        subject=version,
        sequence=sequence,
        made_ms=NOW_MS,
        not_after_ms=NOW_MS + 10 * 86_400_000,
    )


class Processes:
    """Starts what `current` leads to, and starts it anew when it ends, as systemd does."""

    def __init__(self, layout: Layout, state: Path) -> None:
        self._bin = layout.software / "current" / "bin"
        self._state = state
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self.restarts = 0
        self._starts = {"agent": 0, "kiosk": 0}

    def restart(self) -> None:
        self.restarts += 1
        self.stop()
        for name in ("agent", "kiosk"):
            self._start(name)

    def agent(self) -> int | None:
        return self._pid("agent")

    def kiosk(self) -> int | None:
        return self._pid("kiosk")

    def stop(self) -> None:
        for process in self._running.values():
            process.kill()
            process.wait()
        self._running.clear()

    def _start(self, name: str) -> None:
        self._running[name] = subprocess.Popen([self._bin / name, self._state], stderr=subprocess.DEVNULL)

    def _pid(self, name: str) -> int | None:
        process = self._running.get(name)
        if process is not None and process.poll() is None:
            return process.pid
        if process is not None:
            self._starts[name] += 1
            self._start(name)
        return None

    def starts(self) -> tuple[int, int]:
        for name in self._running:
            self._pid(name)
        return self._starts["agent"], self._starts["kiosk"]


class Place:
    """A machine in a folder: laid out like a station's, updated by the real updater."""

    def __init__(self, root: Path) -> None:
        self.layout = Layout(root)
        self.state = self.layout.station / "state"
        self.county = authority(NOW)
        self.services = Processes(self.layout, self.state)
        self.skipped_s = 0.0
        packages = self.layout.software / "deps" / hashlib.sha256(EMPTY_LOCK).hexdigest()
        for folder in (self.state, self.layout.etc, packages):
            folder.mkdir(parents=True)
        root_pem = self.county.root.public_bytes(serialization.Encoding.PEM)
        (self.layout.etc / "ca.crt").write_bytes(root_pem)

    def site(self) -> Site:
        def sleep(s: float) -> None:
            time.sleep(s / FASTER)
            if somebody_is_there(self.state):
                self.skipped_s += 300
            elif self._is_up():
                self.skipped_s += 8

        def now_s() -> float:
            return time.monotonic() * FASTER + self.skipped_s

        return Site(self.layout, self.state, self.services, now_s, sleep)

    def _is_up(self) -> bool:
        """Say whether the release that is linked to runs, and said so: from then on only time is waited for."""
        told, running = read_told(self.state), release_of(self.layout.software / "current")
        says = told is not None and running is not None and told.release == running.sequence
        return says and agent_runs(self.state) and kiosk_runs(self.state)

    def updater(self, hub_url: str | None = None) -> Updater:
        updater = Updater(self.site(), COUNTY, hub_url)
        updater.compiled = False
        return updater

    def bring(self, archive: bytes, *, offline: bool = False) -> str:
        return self.updater().bring(io.BytesIO(archive), offline=offline)

    def install(self, version: str = "1.0", sequence: int = 1) -> None:
        """Have a first release, running."""
        self.bring(release(self.county, version, sequence))
        self.services.restart()
        self.wait_online()

    def wait_online(self) -> None:
        deadline = time.monotonic() + 10
        while not (self.state / "told").exists():
            assert time.monotonic() < deadline
            time.sleep(0.01)

    @property
    def current(self) -> str:
        return (self.layout.software / "current").readlink().name
