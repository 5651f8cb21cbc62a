"""`station update` as somebody on site meets it, and what it asks systemd."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from station.errors import StationError
from station.update.commands import app
from station.update.watching import Systemd
from tests.station.update.releases import Place, release


def run(place: Place, *words: object) -> Result:
    return CliRunner().invoke(app, [*map(str, words), "--root", str(place.layout.root)])


def code_of(result: Result) -> str:
    assert isinstance(result.exception, StationError)
    return result.exception.code


def test_the_newest_release_on_a_stick_is_laid_out_on_a_new_machine(place: Place) -> None:
    assert code_of(run(place, "apply", "--stick")) == "E-UPD-19"
    stick = place.layout.media / "technician" / "USB"
    stick.mkdir(parents=True)
    for number, version in ((2, "1.1"), (10, "1.2"), (1, "1.0")):
        (stick / f"cuncuntong-{version}.ccr").write_bytes(release(place.county, version, number))
    (stick / "notes.ccr").write_bytes(b"no release")
    done = run(place, "apply", "--stick")
    assert (done.exit_code, "新版本已在运行" in done.stdout) == (0, True)
    assert place.current == "1.2"
    again = run(place, "apply", stick / "cuncuntong-1.2.ccr")
    assert again.exit_code == 0
    assert "已是此版本" in again.stderr
    assert code_of(run(place, "apply", stick / "cuncuntong-1.1.ccr")) == "E-ARC-06"
    assert code_of(run(place, "apply", stick / "nothing.ccr")) == "E-UPD-19"
    assert run(place, "apply", "--stick", "--order").exit_code == 2


def test_what_runs_is_told_to_people_and_programs(place: Place) -> None:
    assert json.loads(run(place, "status", "--json").stdout)["current"] is None
    place.install()
    told = json.loads(run(place, "status", "--json").stdout)
    assert (told["format"], told["current"]["version"], told["floor"]["sequence"]) == (1, "1.0", 1)
    assert "现用: 1.0" in run(place, "status").stdout
    assert "没有进行中的更新" in run(place, "resume").stdout
    assert code_of(run(place, "rollback")) == "E-UPD-15"
    assert "没有要安装的版本" in run(place, "apply", "--order").stdout


SYSTEMCTL = """#!/bin/sh
echo "$@" >> "$LOG"
case "$*" in
  *MainPID*agent*) echo 42 ;;
  *ActiveState*agent*) echo active ;;
  *ActiveState*kiosk*) echo activating ;;
  *NRestarts*kiosk*) echo 3 ;;
  *NRestarts*agent*) echo 0 ;;
  *restart*) exit $FAILS ;;
esac
"""


def test_agent_and_kiosk_are_asked_of_systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program, log = tmp_path / "systemctl", tmp_path / "log"
    program.write_text(SYSTEMCTL)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setenv("LOG", str(log))
    monkeypatch.setenv("FAILS", "0")
    services = Systemd()
    assert (services.agent(), services.kiosk(), services.starts()) == (42, None, (0, 3))
    log.unlink()
    services.restart()
    units = "cuncuntong-agent.service cuncuntong-kiosk.service"
    assert log.read_text().splitlines() == [f"reset-failed {units}", f"restart --no-block {units}"]
    monkeypatch.setenv("FAILS", "1")
    with pytest.raises(StationError, match="E-UPD-22"):
        services.restart()
