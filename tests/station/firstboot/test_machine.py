"""What first boot asks of a real machine: the programs are scripts here that write down how they were called."""

import os
import pwd
from pathlib import Path

import pytest

from station.errors import StationError
from station.firstboot.machine import USER, Machine, SystemdMachine, machine_of
from station.layout import Layout

PROGRAMS = ("systemd-sysusers", "systemd-tmpfiles", "udevadm", "systemctl", "rfkill", "nmcli")


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the file in which the programs say how they were called; `.fails` beside it names one that fails."""
    said, programs = tmp_path / "calls", tmp_path / "programs"
    programs.mkdir()
    for name in PROGRAMS:
        script = programs / name
        script.write_text(
            f'#!/bin/sh\necho "{name} $*" >> {said}\n'
            f'if [ "$(cat {said}.fails 2>/dev/null)" = {name} ]; then echo "{name} is ill" >&2; exit 3; fi\n',
            "ascii",
        )
        script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    me = pwd.struct_passwd((USER, "x", os.getuid(), os.getgid(), "", "/", "/bin/false"))
    monkeypatch.setattr(pwd, "getpwnam", lambda _: me)
    return said


def test_users_come_before_folders_and_both_before_what_is_theirs(tmp_path: Path, calls: Path) -> None:
    layout = Layout(tmp_path / "root")
    layout.station.mkdir(parents=True)
    SystemdMachine(layout).settle()
    said = calls.read_text("ascii").splitlines()
    assert said[:2] == ["systemd-sysusers ", "systemd-tmpfiles --create"]
    assert "systemctl daemon-reload" in said
    assert (layout.run / "answers").stat().st_mode & 0o777 == 0o700


def test_what_must_work_says_why_it_did_not(tmp_path: Path, calls: Path) -> None:
    calls.with_name("calls.fails").write_text("systemd-sysusers", "ascii")
    with pytest.raises(StationError, match="systemd-sysusers is ill") as told:
        SystemdMachine(Layout(tmp_path / "root")).settle()
    assert told.value.code == "E-FIRST-12"


def test_what_may_fail_ends_nothing(tmp_path: Path, calls: Path, capfd: pytest.CaptureFixture[str]) -> None:
    calls.with_name("calls.fails").write_text("udevadm", "ascii")
    SystemdMachine(Layout(tmp_path / "root")).settle()
    assert "udevadm is ill" in capfd.readouterr().err


def test_agent_and_kiosk_are_enabled_then_started_without_waiting_for_them(tmp_path: Path, calls: Path) -> None:
    machine = SystemdMachine(Layout(tmp_path / "root"))
    machine.enable()
    machine.start()
    units = "cuncuntong-agent.service cuncuntong-kiosk.service"
    assert calls.read_text("ascii").splitlines() == [
        f"systemctl enable {units}",
        "systemctl set-default graphical.target",
        f"systemctl start --no-block {units}",
    ]


def test_without_its_user_nothing_is_given_to_anybody(
    tmp_path: Path, calls: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(name: str) -> pwd.struct_passwd:
        raise KeyError(name)

    monkeypatch.setattr(pwd, "getpwnam", nobody)
    machine = SystemdMachine(Layout(tmp_path / "root"))
    machine.begin()
    with pytest.raises(StationError) as told:
        machine.own()
    assert told.value.code == "E-FIRST-12"


def test_a_folder_that_stands_for_the_root_is_no_machine(tmp_path: Path) -> None:
    assert type(machine_of(Layout(tmp_path))) is Machine
    assert isinstance(machine_of(Layout()), SystemdMachine)


def test_every_unit_it_names_is_shipped() -> None:
    units = {path.name for path in (Path(__file__).parents[3] / "systemd").glob("*.service")}
    assert {"cuncuntong-agent.service", "cuncuntong-kiosk.service"} <= units


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_folder_that_turns_into_a_link_meanwhile_leads_root_nowhere(
    tmp_path: Path, calls: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    layout, roots, was = Layout(tmp_path / "root"), tmp_path / "etc", os.stat
    for folder in (layout.station / "state", roots):
        folder.mkdir(parents=True)
        (folder / "passwd").write_text("x")
    (layout.station / "shadow").hardlink_to(roots / "passwd")
    them = pwd.struct_passwd((USER, "x", 54321, 54321, "", "/", "/bin/false"))
    monkeypatch.setattr(pwd, "getpwnam", lambda _: them)

    def meanwhile(name: str, **how: object) -> os.stat_result:
        if name == "passwd" and not (layout.station / "state").is_symlink():
            (layout.station / "state").rename(layout.station / "aside")
            (layout.station / "state").symlink_to(roots)
        return was(name, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "stat", meanwhile)
    SystemdMachine(layout).own()
    assert was(roots / "passwd").st_uid == 0
    assert was(layout.station / "aside/passwd").st_uid == 54321
