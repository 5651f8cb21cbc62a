"""`firmware-config` as a technician meets it: what it prints, what it leaves, and what it says to wrong input."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from firmware_config.__main__ import main
from firmware_config.errors import of_disk
from firmware_config.exits import EXIT_FAILURE, EXIT_TRUST, EXIT_VALIDATION
from hub.settings import Settings as HubSettings
from wire.settings import load_settings

CSV = "code,name,town\n999999101001,测试一村,测试镇\n999999101002,测试二村,测试镇\n"


@pytest.fixture
def villages(tmp_path: Path) -> Path:
    path = tmp_path / "villages.csv"
    path.write_text(CSV, "utf-8")
    return path


class Told:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    def run_command(*arguments: object) -> Told:
        monkeypatch.setattr(sys, "argv", ["firmware-config", *(str(argument) for argument in arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return Told(int(ended.value.code or 0), told.out, told.err)

    return run_command


def init(run, folder: Path, villages: Path, *more: object) -> Told:
    return run("hub", "init", folder, "--villages", villages, "--county-name", "测试县", "--host", "hub.example", *more)


def test_a_county_is_made_by_one_command(run, tmp_path: Path, villages: Path) -> None:
    county = tmp_path / "county"
    made = init(run, county, villages, "--host", "192.0.2.7", "--mqtt-port", "18883")
    assert (made.code, made.out) == (0, f"{county}\n")
    assert made.err.startswith("下一步 next:\n1. "), "what a person does now"
    hub = load_settings(county / "hub" / "hub.toml", HubSettings)
    assert (hub.broker.host, hub.broker.port, hub.web.host) == ("hub.example", 18883, "127.0.0.1")
    listener = (county / "broker" / "mosquitto.conf").read_text().splitlines()[2]
    assert listener == "listener 18883", "stations come from outside"


def test_a_folder_that_holds_something_else_is_left_alone(run, tmp_path: Path, villages: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("x")
    told = init(run, tmp_path / "other", villages)
    assert told.code == EXIT_VALIDATION
    assert told.err.startswith("E-PRO-01")
    assert [one.name for one in (tmp_path / "other").iterdir()] == ["letter.txt"]
    assert init(run, villages, villages).err.startswith("E-PRO-01"), "a file is no folder"


def test_a_bad_list_makes_nothing(run, tmp_path: Path, villages: Path) -> None:
    villages.write_text(CSV + "1,x,y\n", "utf-8")
    told = init(run, tmp_path / "county", villages)
    assert told.code == EXIT_VALIDATION
    assert told.err.startswith("E-INV-03")
    assert ":4:" in told.err
    assert not (tmp_path / "county").exists()


def test_a_host_that_is_none_is_refused_with_nothing_of_the_hub_written(run, tmp_path: Path, villages: Path) -> None:
    told = init(run, tmp_path / "county", villages, "--host", "no host")
    assert told.code == EXIT_VALIDATION, told.err
    assert told.err.startswith("E-HOST-07"), told.err
    assert not (tmp_path / "county" / "broker" / "broker.key").exists()


def test_a_county_name_too_long_is_refused(run, tmp_path: Path, villages: Path) -> None:
    told = run("hub", "init", tmp_path / "c", "--villages", villages, "--county-name", "县" * 65, "--host", "a")
    assert told.code == EXIT_VALIDATION
    assert told.err.startswith("E-SET-02")


def test_a_disk_that_cannot_be_written_is_one_line(run, tmp_path: Path, villages: Path) -> None:
    told = init(run, Path("/proc/county"), villages)
    assert told.code == EXIT_FAILURE
    assert told.err.startswith("E-PRO-04")
    assert told.err.count("\n") == 1


@pytest.mark.parametrize(
    ("number", "next_step"),
    [
        (errno.ENOSPC, "磁盘已满"),
        (errno.EFBIG, "磁盘已满"),
        (errno.EACCES, "所有者"),
        (errno.EROFS, "只读"),
        (errno.ENOENT, "没有此位置"),
        (errno.EIO, "再运行一次"),
    ],
)
def test_what_the_system_refuses_is_told_with_the_next_step(number: int, next_step: str) -> None:
    told = of_disk(OSError(number, os.strerror(number)), Path("/media/stick"))
    assert told.startswith(f"E-PRO-04 /media/stick: {os.strerror(number)}; ")
    assert next_step in told
    assert "None" not in of_disk(OSError(number, os.strerror(number)))


def test_ctrl_c_says_how_to_go_on(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(path: Path) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "read_bytes", stopped)
    told = run("station", "import", tmp_path / "villages.csv", "--folder", tmp_path)
    assert (told.code, told.err) == (130, "stopped; run it again to go on 已停止，再次运行即可继续\n")


def test_a_folder_that_may_not_sign_says_which_file_it_lacks(run, tmp_path: Path) -> None:
    told = run("stick", "prepare", tmp_path, "--folder", tmp_path)
    assert told.code == EXIT_TRUST
    assert told.err.startswith(f"E-ID-01 {tmp_path}: laptop.key is not here")
    assert "--folder" in told.err


def test_another_users_inventory_is_not_called_damaged(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "inventory.json").write_text("{}")

    def denied(path: Path) -> bytes:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    monkeypatch.setattr(Path, "read_bytes", denied)
    told = run("station", "list", "--folder", tmp_path)
    assert told.code == EXIT_FAILURE
    assert told.err.startswith("E-PRO-04")
    assert "所有者" in told.err


@pytest.mark.parametrize("port", ["0", "65536", "x"])
def test_a_port_that_is_none_is_a_usage_error(run, tmp_path: Path, villages: Path, port: str) -> None:
    assert init(run, tmp_path / "county", villages, "--mqtt-port", port).code == 2
    assert not (tmp_path / "county").exists()


def test_every_refusal_is_in_both_languages_on_one_line(run, tmp_path: Path, villages: Path) -> None:
    county = tmp_path / "county"
    init(run, county, villages)
    for told in (
        init(run, county, villages),
        init(run, villages, villages),
        init(run, tmp_path / "c", tmp_path / "no"),
    ):
        assert told.err.count("\n") == 1
        assert any("\u4e00" <= character <= "\u9fff" for character in told.err)
        assert told.out == ""


def test_the_installed_command_is_the_same() -> None:
    command = Path(sys.executable).parent / "firmware-config"
    run = subprocess.run([command, "--help"], capture_output=True, text=True, check=True)
    assert "hub" in run.stdout
    assert "station" in run.stdout
