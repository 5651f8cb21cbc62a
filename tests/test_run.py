"""The door `./run`: its set-up is done once, by one at a time, and again when what it was built from changed."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

PYTHON = """#!/bin/sh
case "$*" in
  "-m venv --clear .venv") echo built >> "$BUILDS"; mkdir -p .venv/bin; cp "$0" .venv/bin/python ;;
  *pip*) echo "Collecting everything" ;;
esac
"""


class Clone:
    """A clone whose Python only notes that an environment was built, on a machine that has every package and file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "a clone 一份"
        self.builds = folder / "builds"
        self.folder.mkdir()
        for name in ("run", "requirements.lock", "pyproject.toml"):
            shutil.copy(ROOT / name, self.folder)
        (self.folder / ".cache" / "cloud-init").mkdir(parents=True)  # nothing is to be fetched
        self.bin = folder / "bin"
        self.program("python3", PYTHON)
        self.program("dpkg-query", "#!/bin/sh\necho install ok installed\n")

    def program(self, name: str, text: str) -> None:
        self.bin.mkdir(exist_ok=True)
        (self.bin / name).write_text(text)
        (self.bin / name).chmod(0o755)

    def start(self, *words: str) -> subprocess.Popen[str]:
        environment = os.environ | {"PATH": f"{self.bin}:/usr/bin:/bin", "BUILDS": str(self.builds)}
        return subprocess.Popen(
            [self.folder / "run", *(words or ("setup",))],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *words: str) -> tuple[int, str]:
        process = self.start(*words)
        said, _ = process.communicate(timeout=30)
        return process.returncode, said

    def times_built(self) -> int:
        return len(self.builds.read_text().splitlines())


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


def test_the_second_time_nothing_is_built(clone: Clone) -> None:
    assert clone.run()[0] == 0
    assert clone.run() == (0, "")
    assert clone.times_built() == 1


@pytest.mark.parametrize("change", ["moved", "another lock", "broken off"])
def test_an_environment_that_no_longer_fits_is_built_anew(clone: Clone, change: str) -> None:
    clone.run()
    if change == "moved":
        clone.folder = clone.folder.rename(clone.folder.with_name("elsewhere"))
    elif change == "another lock":
        with (clone.folder / "requirements.lock").open("a") as lock:
            lock.write("# changed\n")
    else:
        (clone.folder / ".venv" / ".stamp").unlink()
    assert clone.run()[0] == 0
    assert clone.times_built() == 2


def test_two_at_once_build_one_environment(clone: Clone) -> None:
    both: Sequence[subprocess.Popen[str]] = [clone.start(), clone.start()]
    assert [(process.communicate(timeout=30), process.returncode)[1] for process in both] == [0, 0]
    assert clone.times_built() == 1


def test_a_pip_that_fails_is_no_environment(clone: Clone) -> None:
    clone.program("python3", PYTHON.replace('echo "Collecting everything"', "echo no network >&2; exit 1"))
    code, said = clone.run()
    assert code != 0
    assert "no network" in said
    assert not (clone.folder / ".venv" / ".stamp").exists()


def test_debian_without_python_is_given_one(clone: Clone, tmp_path: Path) -> None:
    clone.program("python3", "#!/bin/sh\nexit 1\n")
    for version in ("3.11", "3.12", "3.13"):
        clone.program(f"python{version}", "#!/bin/sh\nexit 1\n")
    python = tmp_path / "python"
    python.write_text(PYTHON)
    python.chmod(0o755)
    clone.program("dpkg-query", "#!/bin/sh\n[ $3 != python3-venv ] && echo install ok installed\n")
    clone.program("id", "#!/bin/sh\necho 0\n")
    clone.program("apt-get", f'#!/bin/sh\necho "Setting up $*"\ncp "{python}" "{clone.bin}/python3"\n')
    assert clone.run()[0] == 0
    assert clone.times_built() == 1


def test_an_unknown_command_is_one_clear_line(clone: Clone) -> None:
    code, said = clone.run("dance")
    assert (code, said.count("\n")) == (1, 1)
    assert said.startswith("✗ E-RUN-04")
