"""Which packages of the project's lock a station needs, and the wheels of them for one kind of machine."""

import importlib.metadata
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.tags import Tag
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_VALIDATION
from wire.durable import digest_of

PROJECT: Final = "cuncuntong"
EXTRA: Final = "station"
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)(?:\s*;\s*([^\\\n]+?))?\s*\\?$")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


class Target(NamedTuple):
    """The kind of machine a release is for."""

    python: str
    """`3.13`."""
    arch: str
    """As `uname -m` says it."""

    @property
    def environment(self) -> dict[str, str]:
        """What markers are judged by (PyPA, dependency specifiers)."""
        return {
            "python_version": self.python,
            "python_full_version": f"{self.python}.0",
            "platform_machine": self.arch,
            "sys_platform": "linux",
            "platform_system": "Linux",
            "os_name": "posix",
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_version": "",
            "implementation_version": f"{self.python}.0",
        }


class Pinned(NamedTuple):
    """One package of the lock."""

    name: str
    version: str
    hashes: frozenset[str]


def station_lock(lock: str, target: Target) -> tuple[bytes, list[Pinned]]:
    """Return the part of the project's `lock` that a station needs on `target`: what is released, and its packages.

    Raises ProvisionError E-BLD-03 when the lock or this environment does not have a package that is needed.
    """
    pinned = {one.name: one for one in _read(lock, target)}
    needed = [_pinned(name, pinned) for name in sorted(_needed(target))]
    lines = [
        f"{one.name}=={one.version}" + "".join(f" \\\n    --hash=sha256:{digest}" for digest in sorted(one.hashes))
        for one in needed
    ]
    return ("\n".join(lines) + "\n").encode(), needed


def wheels_for(needed: list[Pinned], folder: Path, target: Target) -> dict[str, Path]:
    """Return a wheel of each package, by file name, that `target` can use and the lock knows; pip's too if it is there.

    Raises ProvisionError E-BLD-04, which names what is missing.
    """
    found: dict[str, Path] = {}
    usable = dict(_usable(folder, target))
    missing = []
    for one in needed:
        fits = [path for path in usable.get(one.name, []) if digest_of(path) in one.hashes]
        if fits:
            found[fits[0].name] = fits[0]
        else:
            missing.append(f"{one.name}=={one.version}")
    if missing:
        raise ProvisionError(
            "E-BLD-04",
            f"{folder}: no wheel for Python {target.python} on {target.arch} of {', '.join(missing)} 缺少这些依赖包",
            EXIT_VALIDATION,
        )
    return found | {path.name: path for path in usable.get("pip", [])[:1]}


def _read(lock: str, target: Target) -> Iterator[Pinned]:
    entries = re.split(r"\n(?=[A-Za-z0-9])", lock)
    for entry in entries:
        found = _PINNED.match(entry.splitlines()[0]) if entry.strip() else None
        if found is not None and (found[3] is None or Marker(found[3]).evaluate(target.environment)):
            yield Pinned(canonicalize_name(found[1]), found[2], frozenset(_HASH.findall(entry)))


def _pinned(name: str, pinned: Mapping[str, Pinned]) -> Pinned:
    if name not in pinned:
        raise ProvisionError(
            "E-BLD-03", f"{name}: a station needs it and the lock does not have it; run `./run lock` 依赖未锁定"
        )
    return pinned[name]


def _needed(target: Target) -> set[str]:
    """Return the names of all packages that a station needs, as the packages installed here say."""
    wanted, seen = [(PROJECT, EXTRA)], set[tuple[str, str]]()
    while wanted:
        name, extra = wanted.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        try:
            requires = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:
            raise ProvisionError("E-BLD-03", f"{name}: not installed here: `./run setup` 本机未安装该依赖") from None
        for requirement in map(Requirement, requires):
            marker = requirement.marker
            if marker is None or marker.evaluate(target.environment | {"extra": extra}):
                inner = canonicalize_name(requirement.name)
                wanted += [(inner, "")] + [(inner, one) for one in requirement.extras]
    return {name for name, _ in seen} - {PROJECT}


def _usable(folder: Path, target: Target) -> Iterator[tuple[str, list[Path]]]:
    by_name: dict[str, list[Path]] = {}
    for path in sorted(folder.glob("*.whl")):
        try:
            name, _, _, tags = parse_wheel_filename(path.name)
        except InvalidWheelFilename:
            continue
        if any(_fits(tag, target) for tag in tags):
            by_name.setdefault(name, []).append(path)
    yield from by_name.items()


def _fits(tag: Tag, target: Target) -> bool:
    number = target.python.replace(".", "")
    by_abi = tag.abi == "abi3" and tag.interpreter.startswith("cp3") and int(tag.interpreter[3:]) <= int(number[1:])
    interpreter = tag.interpreter in {"py3", "py2.py3", f"py{number}", f"cp{number}"} or by_abi
    return interpreter and (tag.platform == "any" or tag.platform.endswith(f"_{target.arch}"))
