"""A cut at any step of writing a file leaves the old one or the new one."""

import os
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from demo.processes import tool
from wire import durable
from wire.durable import write_atomically


class CutError(Exception):
    """The power went."""


STEPS = ["open", "fdopen", "fchmod", "fsync", "replace"]


def cut_at(step: str, patch: pytest.MonkeyPatch, *, after: bool) -> None:
    """Make `step` of the writing end in a cut, before or after it took place."""
    owner: Any = Path if step == "replace" else durable.os
    original: Callable[..., Any] = getattr(owner, step)

    def cut(*args: Any, **named: Any) -> Any:
        result = original(*args, **named) if after else None
        if step == "fdopen" and result is not None:
            result.close()
        raise CutError

    patch.setattr(owner, step, cut)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_a_cut_leaves_the_old_file_or_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, after: bool
) -> None:
    target = tmp_path / "station.toml"
    write_atomically(target, b"old" * 1000)
    with monkeypatch.context() as patch:
        cut_at(step, patch, after=after)
        with pytest.raises(CutError):
            write_atomically(target, b"new" * 2000)
    assert target.read_bytes() == (b"new" * 2000 if (step, after) == ("replace", True) else b"old" * 1000)
    write_atomically(target, b"newer")
    assert target.read_bytes() == b"newer", "and the next one goes through"


@pytest.mark.parametrize("step", STEPS)
def test_a_cut_at_the_first_writing_leaves_no_half_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    with monkeypatch.context() as patch:
        cut_at(step, patch, after=False)
        with pytest.raises(CutError):
            write_atomically(tmp_path / "station.toml", b"new")
    assert not (tmp_path / "station.toml").exists()


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "a"
    write_atomically(target, b"old")
    child = os.fork()
    if child == 0:
        import resource
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        try:
            write_atomically(target, b"n" * 5000)
        except OSError:
            os._exit(7)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_it_is_on_the_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []

    def watched(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def watch(*args: Any) -> Any:
            steps.append(name)
            return original(*args)

        return watch

    monkeypatch.setattr(durable.os, "fsync", watched("fsync", os.fsync))
    monkeypatch.setattr(Path, "replace", watched("replace", Path.replace))
    write_atomically(tmp_path / "a", b"x")
    assert steps == ["fsync", "replace", "fsync"]


@pytest.mark.parametrize("mask", [0o000, 0o077])
@pytest.mark.parametrize("mode", [0o600, 0o644])
def test_the_mode_is_the_one_asked_for_whatever_the_umask(tmp_path: Path, mode: int, mask: int) -> None:
    before = os.umask(mask)
    try:
        write_atomically(tmp_path / "new" / "folder" / "a", b"x", mode=mode)
    finally:
        os.umask(before)
    assert (tmp_path / "new" / "folder" / "a").stat().st_mode & 0o777 == mode


def test_a_file_that_was_open_to_all_is_closed_by_writing_it_again(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a", b"x", mode=0o644)
    write_atomically(tmp_path / "a", b"y", mode=0o600)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600


def test_whatever_the_shell_allows_nobody_else_can_write_a_county(tmp_path: Path) -> None:
    villages = tmp_path / "villages.csv"
    villages.write_text("code,name,town\n999999101001,测试村,测试镇\n", "utf-8")
    command = [tool("firmware-config"), "hub", "init", str(tmp_path / "county"), "--villages", str(villages)]
    command += ["--county-name", "测试县", "--host", "hub.example"]
    subprocess.run(command, umask=0, check=True, capture_output=True)
    made = [tmp_path / "county", *(tmp_path / "county").rglob("*")]
    assert len(made) > 10
    assert [path.name for path in made if path.stat().st_mode & 0o022] == []


def test_what_somebody_put_under_the_temporary_name_is_not_written_to(tmp_path: Path) -> None:
    """Root writes into folders of others, who could link a file there, or hold one open to read what comes."""
    theirs = tmp_path / "theirs"
    theirs.write_bytes(b"as it was")
    temporary = tmp_path / f".a.{threading.get_native_id()}.tmp"
    for laid in (temporary.hardlink_to, temporary.symlink_to):
        laid(theirs)
        write_atomically(tmp_path / "a", b"secret")
        assert (theirs.read_bytes(), (tmp_path / "a").read_bytes()) == (b"as it was", b"secret")
