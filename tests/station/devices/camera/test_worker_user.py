"""Whom a camera's worker runs as: a technician's `sudo station doctor` takes no stranger's video apart as root."""

import os
import pwd
import subprocess

import pytest

from station.devices.camera import process
from station.devices.camera.process import USER, WorkerProcess
from station.devices.camera.reports import Order


@pytest.mark.parametrize(
    ("euid", "there", "given"),
    [
        pytest.param(0, True, (990, 991, []), id="root on a station"),
        pytest.param(0, False, None, id="root elsewhere: a container, a developer's machine"),
        pytest.param(990, True, None, id="the agent"),
    ],
)
def test_root_leaves_it_to_the_stations_user(
    monkeypatch: pytest.MonkeyPatch, euid: int, there: bool, given: tuple[int, int, list[int]] | None
) -> None:
    asked: list[dict[str, object]] = []

    def popen(_command: list[str], **how: object) -> None:
        asked.append(how)
        raise FileNotFoundError

    def user(name: str) -> pwd.struct_passwd:
        if not there:
            raise KeyError(name)
        return pwd.struct_passwd((USER, "x", 990, 991, "", "/", "/bin/false"))

    monkeypatch.setattr(subprocess, "Popen", popen)
    monkeypatch.setattr(os, "geteuid", lambda: euid)
    monkeypatch.setattr(pwd, "getpwnam", user)
    with pytest.raises(FileNotFoundError):
        WorkerProcess(Order("simulate", 640, 480, 5.0, 1.0, 1.0, 1.0))
    (how,) = asked
    assert (given is None) == ("user" not in how)
    assert given is None or (how["user"], how["group"], how["extra_groups"]) == given
    assert process.QUIET.items() <= how["env"].items()  # type: ignore[attr-defined]
