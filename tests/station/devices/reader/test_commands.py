"""`station reader …` as it is typed."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from demo.processes import tool
from station.devices.reader.commands import as_lines
from station.devices.reader.faults import bulk_reader_error, bulk_reader_present
from station.devices.reader.port import Card

KEYS = [
    "kind", "name", "sex", "nation", "birth", "id_number", "valid_from", "valid_to", "address", "authority", "warnings",
]  # fmt: skip


def reader(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [tool("station"), "reader", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env={**os.environ, **environment},
    )


@contextmanager
def simulated(tmp_path: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    control, link = tmp_path / "control", tmp_path / "reader"
    process = subprocess.Popen(
        [tool("station"), "reader", "simulate", "--control", control, "--link", link, *options],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == str(link)
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.slow
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_a_card_placed_on_the_simulated_reader_is_printed_as_json_and_the_twin_goes_without_a_trace(
    tmp_path: Path, ending: signal.Signals
) -> None:
    control, link = tmp_path / "control", tmp_path / "reader"
    with simulated(tmp_path, "--baud", "57600", "--resting", "80") as process:
        assert reader("place", "--control", control).returncode == 0
        done = reader("read", "--port", link, "--json")
        assert (done.returncode, done.stderr) == (0, "")
        card = json.loads(done.stdout)
        assert list(card) == KEYS
        assert card["kind"] == "resident"
        assert card["birth"] == "1949-12-31"
        assert card["sex"] == "female"
        assert card["valid_to"] == "长期"
        assert card["warnings"] == []
        process.send_signal(ending)
        assert process.wait(10) == 0
    assert not control.exists()
    assert not link.is_symlink()


@pytest.mark.slow
def test_what_can_be_told_a_simulated_reader(tmp_path: Path) -> None:
    control, link = tmp_path / "control", tmp_path / "reader"
    with simulated(tmp_path):
        assert reader("place", "foreign_2023", "--control", control).returncode == 0
        assert "kind: foreign_2023\n" in reader("read", "--port", link, LC_ALL="C").stdout
        assert reader("misbehave", "unplugged", "--control", control).returncode == 0
        unplugged = reader("read", "--port", link)
        assert (unplugged.returncode, unplugged.stdout) == (4, "")
        assert unplugged.stderr.startswith("E-READER-30 ")
        assert reader("misbehave", "unplugged", "--off", "--control", control).returncode == 0
        assert reader("lift", "--control", control).returncode == 0
        empty = reader("read", "--port", link, "--timeout", "0.5")
        assert (empty.returncode, empty.stdout) == (4, "")
        assert empty.stderr.startswith("E-READER-12 ")
        assert empty.stderr.count("\n") == 1
        assert reader("misbehave", "dance", "--control", control).returncode == 2


@pytest.mark.parametrize(
    ("port", "code"),
    [
        pytest.param("/nonexistent/reader", "E-READER-30", id="no such path"),
        pytest.param("/dev/null", "E-READER-31", id="no serial port"),
    ],
)
def test_without_a_reader_one_clear_line_is_said_and_the_code_is_4(port: str, code: str) -> None:
    began = time.monotonic()
    done = reader("read", "--port", port, "--json")
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.startswith(f"{code} {port}: ")
    assert done.stderr.count("\n") == 1
    assert any("\u4e00" <= character <= "\u9fff" for character in done.stderr)
    assert time.monotonic() - began < 8


def test_steering_without_a_twin_is_a_clear_line(tmp_path: Path) -> None:
    done = reader("lift", "--control", tmp_path / "nobody")
    assert done.returncode == 4
    assert done.stderr.startswith("E-READER-40 ")


def test_every_command_explains_itself() -> None:
    done = reader("--help", COLUMNS="200")
    assert all(command in done.stdout for command in ("read", "simulate", "place", "lift", "misbehave"))


# -- readers that are no serial port


def usb_devices(folder: Path, *devices: tuple[str, str]) -> Path:
    for number, (vendor, product) in enumerate(devices, start=1):
        device = folder / f"1-{number}"
        device.mkdir(parents=True)
        (device / "idVendor").write_text(vendor + "\n")
        (device / "idProduct").write_text(product + "\n")
    (folder / "usb1").mkdir(parents=True)  # a hub's interface has no such files
    return folder


def test_a_usb_bulk_reader_is_recognised_among_others(tmp_path: Path) -> None:
    assert bulk_reader_present(usb_devices(tmp_path / "one", ("1a86", "7523"), ("0400", "c35a")))
    assert bulk_reader_present(usb_devices(tmp_path / "capitals", ("0400", "C35A")))
    assert not bulk_reader_present(usb_devices(tmp_path / "others", ("1a86", "7523"), ("0400", "c35b")))
    assert not bulk_reader_present(tmp_path / "no such folder")


def test_its_error_names_it_and_what_to_do() -> None:
    error = bulk_reader_error()
    assert error.code == "E-READER-33"
    assert "0400:C35A" in str(error)
    assert "串口" in str(error)


def test_without_a_serial_port_the_bulk_reader_is_the_reason_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from station.devices.reader import commands
    from station.errors import DeviceError

    present = usb_devices(tmp_path / "bulk", ("0400", "c35a"))
    monkeypatch.setattr(commands, "bulk_reader_present", lambda: bulk_reader_present(present))
    with pytest.raises(DeviceError) as caught:
        commands.read("/nonexistent/reader")
    assert caught.value.code == "E-READER-33"


def test_control_characters_on_a_card_cannot_reach_the_terminal() -> None:
    card = Card("resident", "测\x1b[2J试", "", "", "", "", "", "", "a\nb", "\x9b", ("expired", "name_missing"))
    lines = as_lines(card).split("\n")
    assert len(lines) == len(KEYS)
    assert lines[1] == "name: 测\ufffd[2J试"
    assert lines[-1] == "warnings: expired name_missing"
    assert not any(character < " " or "\x7f" <= character < "\xa0" for line in lines for character in line)
