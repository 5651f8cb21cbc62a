"""Laying a release out beside what runs: a slot, and the packages its lock names where they are not there yet.

A slot is a virtual environment (PEP 405) of six kinds of file and no tool to change it. Everything is written under
another name, fsynced and then renamed: what has its own name is whole.
"""

import contextlib
import errno
import importlib.util
import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from station.errors import StationError, StoreError
from station.layout import Layout
from station.update.archive import Incoming, content, copied
from station.update.rules import NO_ROOM
from station.update.slots import CURRENT, PREVIOUS, STAGING, UPDATER, linked, packages, release_of, slots
from wire.durable import sync_folder
from wire.release import LOCK_FILE, RELEASE_FILE, WHEELS

PIP_WITHIN_S: Final = 3_600
COMPILE_WITHIN_S: Final = 1_800
RUN_ELSEWHERE: Final = frozenset({"hub", "firmware_config", "demo"})
"""The project is one wheel; these are for the centre and the technician."""
ENTRY: Final = re.compile(r"([\w.-]+)\s*=\s*([\w.]+):(\w+)")

# A folder laid out under one root runs under another: the interpreter is the one beside the script.
SCRIPT: Final = """\
#!/bin/sh
'''exec' "$(dirname -- "$(realpath -- "$0")")"/python "$0" "$@"
' '''
import sys
from {module} import {function}
sys.exit({function}())
"""

Tell = Callable[[int], None]


def lay_out(incoming: Incoming, layout: Layout, *, tell: Tell = lambda _: None, compiled: bool = True) -> None:
    """Have the slot of a release stand, whole; what stands already is not touched.

    `tell` hears of bytes taken from the archive; `compiled` False leaves that to the first start. Raises StationError
    E-ARC-03, E-UPD-02 (a wheel that is none), -03 (no room), -04 (packages), -18 (the disk), -21 (a name in use).
    """
    try:
        clear(layout)
        if not (packages(layout) / incoming.release.lock).is_dir():
            _install_packages(incoming, layout, tell)
        slot = slots(layout) / incoming.release.version
        if slot.is_dir() and release_of(slot) != incoming.release:
            _give_way(layout, slot)
        if not slot.is_dir():
            _make_slot(incoming, layout, tell, compiled)
    except StationError:
        _give_back(layout)
        raise
    except OSError as error:
        _give_back(layout)
        code = NO_ROOM if error.errno in {errno.ENOSPC, errno.EDQUOT} else "E-UPD-18"
        where = error.filename or layout.software
        raise StoreError(code, f"{where}: {error.strerror}; what runs is untouched 无法写入，现用的不受影响") from None


def _give_way(layout: Layout, slot: Path) -> None:
    if slot.name in {linked(layout, link) for link in (CURRENT, PREVIOUS, UPDATER)}:
        raise StationError("E-UPD-21", f"{slot.name}: another release of that name is in use 同名的另一版本正在使用")
    _remove(slot)


def _give_back(layout: Layout) -> None:
    with contextlib.suppress(OSError):
        clear(layout)


def clear(layout: Layout) -> None:
    """Remove what a cut left half laid out; raises OSError."""
    for folder in (slots(layout), packages(layout)):
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.glob(f".*{STAGING}"):
            shutil.rmtree(left)


def drop(layout: Layout, keep: set[str]) -> None:
    """Remove the slots not in `keep`, and the packages none of those uses; raises OSError."""
    for slot in slots(layout).iterdir():
        if slot.name not in keep:
            _remove(slot)
    used = {release.lock for slot in slots(layout).iterdir() if (release := release_of(slot)) is not None}
    for lock in packages(layout).iterdir():
        if lock.name not in used:
            _remove(lock)


def _remove(folder: Path) -> None:
    """Take its name away first: what has its own name is whole."""
    leaving = folder.with_name(f".{folder.name}{STAGING}")
    if not folder.name.startswith("."):
        folder.rename(leaving)
        sync_folder(folder.parent)
        shutil.rmtree(leaving)


def _make_slot(incoming: Incoming, layout: Layout, tell: Tell, compiled: bool) -> None:
    final = slots(layout) / incoming.release.version
    slot = final.with_name(f".{final.name}{STAGING}")
    interpreter = _interpreter()
    site = slot / "lib" / interpreter.name / "site-packages"
    site.mkdir(parents=True)
    (slot / "bin").mkdir()
    (slot / "bin/python").symlink_to(interpreter)
    (slot / "pyvenv.cfg").write_text(
        f"home = {interpreter.parent}\ninclude-system-site-packages = false\nversion = {sys.version.split()[0]}\n"
    )
    _unpack(incoming, slot, site, tell)
    for name, module, function in _entry_points(site):
        script = slot / "bin" / name
        script.write_text(SCRIPT.format(module=module, function=function), "utf-8")
        script.chmod(0o755)
    (site / "packages.pth").write_text(f"{os.path.relpath(packages(layout) / incoming.release.lock, site)}\n")
    (slot / LOCK_FILE).write_bytes(incoming.lock)
    if compiled:
        _compile(slot, site)
    # Last: a slot without it is none.
    with (slot / RELEASE_FILE).open("wb") as file:
        copied(incoming, next(one for one in incoming.opened.head.files if one.path == RELEASE_FILE), file)
    _sync_tree(slot)
    slot.rename(final)
    sync_folder(final.parent)


def _interpreter() -> Path:
    """Return the system's Python of the version that runs this."""
    return Path(sys.base_prefix, "bin", f"python{sys.version_info.major}.{sys.version_info.minor}")


def _unpack(incoming: Incoming, slot: Path, site: Path, tell: Tell) -> None:
    whole = io.BytesIO()
    copied(incoming, incoming.wheel, whole, tell)
    try:
        with zipfile.ZipFile(whole) as wheel:
            for entry in wheel.infolist():
                place = _place(PurePosixPath(entry.filename), slot, site)
                if not entry.is_dir():
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.write_bytes(wheel.read(entry))
    except (zipfile.BadZipFile, ValueError) as error:
        what = f"{incoming.wheel.path}: no wheel of ours ({error})"
        raise StationError("E-UPD-02", f"{what} 不是可识别的版本文件") from None


def _place(path: PurePosixPath, slot: Path, site: Path) -> Path:
    """Return where a file of our own wheel goes (PyPA, binary distribution format: only `data` of the spread ones)."""
    if path.is_absolute() or ".." in path.parts:
        raise ValueError("a path leads outside")
    if not path.parts[0].endswith(".data"):
        return site / path
    if path.parts[1:2] == ("data",):
        return slot.joinpath(*path.parts[2:])
    raise ValueError("data of an unknown kind")


def _entry_points(site: Path) -> Iterator[tuple[str, str, str]]:
    for file in sorted(site.glob("*.dist-info/entry_points.txt")):
        section = ""
        for line in file.read_text("utf-8").splitlines():
            if line.startswith("["):
                section = line.strip("[] ")
            elif section == "console_scripts" and (found := ENTRY.fullmatch(line.strip())):
                yield found[1], found[2], found[3]


def _install_packages(incoming: Incoming, layout: Layout, tell: Tell) -> None:
    """Install what the lock names, with its hashes, from the wheels of the archive and from nowhere else."""
    final = packages(layout) / incoming.release.lock
    target = final.with_name(f".{final.name}{STAGING}")
    wheels = target.with_name(f".{final.name}.wheels{STAGING}")
    wheels.mkdir(parents=True)
    for one in incoming.wheels:
        content(incoming, one, wheels / one.path.removeprefix(WHEELS), tell)
    (wheels / LOCK_FILE).write_bytes(incoming.lock)
    # Debian's Python has no pip of its own: a release may bring it along, and a wheel of it runs as it is.
    brought = next(iter(sorted(wheels.glob("pip-*.whl"))), None)
    pip = [f"{brought}/pip"] if brought is not None else ["-m", "pip"]
    options = ["--no-index", "--no-deps", "--no-cache-dir", "--only-binary=:all:", "--require-hashes"]
    quiet = ["--disable-pip-version-check", "--no-input", "--quiet", "--no-warn-script-location"]
    places = ["--find-links", str(wheels), "--target", str(target), "--requirement", str(wheels / LOCK_FILE)]
    has_pip = brought is not None or importlib.util.find_spec("pip") is not None
    _run(
        [sys.executable if has_pip else str(_interpreter()), "-I", *pip, "install", *options, *quiet, *places],
        PIP_WITHIN_S,
        "E-UPD-04",
        "the packages of the lock cannot be installed 依赖包无法安装",
    )
    target.mkdir(exist_ok=True)  # pip makes none for an empty lock
    _sync_tree(target)
    target.rename(final)
    sync_folder(final.parent)
    shutil.rmtree(wheels)


def _compile(slot: Path, site: Path) -> None:
    """Compile what a station runs now: agent and kiosk may not write there, and a Pi would do it at each start.

    By the slot's own interpreter, which so has shown that it runs.
    """
    ours = [str(place) for place in sorted(site.iterdir()) if place.name not in RUN_ELSEWHERE]
    _run(
        [str(slot / "bin/python"), "-I", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", *ours],
        COMPILE_WITHIN_S,
        "E-UPD-02",
        "its modules cannot be compiled 程序无法编译",
    )


def _run(command: list[str], within_s: float, code: str, what: str) -> None:
    try:
        ran = subprocess.run(command, capture_output=True, timeout=within_s, check=False, text=True, errors="replace")
    except subprocess.TimeoutExpired:
        raise StationError(code, f"{what}: no end after {within_s:.0f} s") from None
    if ran.returncode:
        last = next(iter(ran.stderr.strip().splitlines()[-1:]), "")
        raise StationError(code, f"{what}: {last[:300]}")


def _sync_tree(folder: Path) -> None:
    for parent, _, files in os.walk(folder):
        for name in files:
            with contextlib.suppress(IsADirectoryError):
                _sync_file(Path(parent, name))
        sync_folder(Path(parent))


def _sync_file(path: Path) -> None:
    if path.is_symlink():
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
