"""The project's own wheel, out of its source: built offline, the same bytes from the same commit."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Final, NamedTuple

from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_VALIDATION

BUILD_WITHIN_S: Final = 600
NOT_PACKED: Final = shutil.ignore_patterns("__pycache__", "*.pyc", "*.egg-info")
_VERSION = re.compile(r'^version = ".*"$', re.MULTILINE)
_BUILD: Final = "import setuptools.build_meta as backend, sys; print(backend.build_wheel(sys.argv[1]))"


class Source(NamedTuple):
    """A checkout of the project."""

    folder: Path
    version: str
    made_s: int
    """When its commit was made, seconds since 1970."""
    dirty: bool
    """Something in it is of no commit: nobody else can build the same."""


def read_source(folder: Path, version: str | None) -> Source:
    """Return the checkout in `folder`, to be called `version`, or what it calls itself.

    SOURCE_DATE_EPOCH goes before the commit's time. Raises ProvisionError E-BLD-01 when it is no checkout of ours.
    """
    try:
        project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
        own = str(project["version"]) if project["name"] == "cuncuntong" else None
    except (OSError, ValueError, KeyError):
        own = None
    if own is None:
        raise ProvisionError("E-BLD-01", f"{folder}: no checkout of this project 不是本项目源代码", EXIT_VALIDATION)
    told = os.environ.get("SOURCE_DATE_EPOCH") or _git(folder, "log", "-1", "--format=%ct")
    if not told.isdigit():
        raise ProvisionError(
            "E-BLD-01",
            f"{folder}: no commit: set SOURCE_DATE_EPOCH 没有提交记录，请设置该变量",
            EXIT_VALIDATION,
        )
    return Source(folder, version or own, int(told), bool(_git(folder, "status", "--porcelain")))


def build_wheel(source: Source, into: Path) -> Path:
    """Build the wheel into the folder `into` and return it; the source itself is not touched.

    Raises ProvisionError E-BLD-02 with what setuptools said.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "source"
        _copy(source, copy)
        environment = {**os.environ, "SOURCE_DATE_EPOCH": str(source.made_s), "PYTHONHASHSEED": "0"}
        built = subprocess.run(
            [sys.executable, "-c", _BUILD, str(into)],
            cwd=copy,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=BUILD_WITHIN_S,
            umask=0o022,
        )
    if built.returncode:
        last = next(iter(built.stderr.strip().splitlines()[-1:]), "")
        raise ProvisionError("E-BLD-02", f"the wheel cannot be built: {last[:300]} 无法构建")
    return into / built.stdout.strip().splitlines()[-1]


def _copy(source: Source, copy: Path) -> None:
    """Copy what the wheel is built from, with the same modes whatever the checkout's umask was."""
    text = (source.folder / "pyproject.toml").read_text("utf-8")
    packages = tomllib.loads(text)["tool"]["setuptools"]["packages"]
    copy.mkdir()
    for top in sorted({package.partition(".")[0] for package in packages} | {"systemd"}):
        if (source.folder / top).is_dir():
            shutil.copytree(source.folder / top, copy / top, ignore=NOT_PACKED)
    for name in ("README.md", "LICENSE"):
        shutil.copyfile(source.folder / name, copy / name)
    (copy / "pyproject.toml").write_text(_VERSION.sub(f'version = "{source.version}"', text, count=1), "utf-8")
    for place in copy.rglob("*"):
        place.chmod(0o755 if place.is_dir() else 0o644)


def _git(folder: Path, *words: str) -> str:
    try:
        ran = subprocess.run(["git", "-C", folder, *words], capture_output=True, text=True, check=False, timeout=60)
    except OSError:
        return ""
    return ran.stdout.strip() if ran.returncode == 0 else ""
