"""The units: accepted by systemd, closed as far as it goes, and every command in them exists."""

import configparser
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import why_not

ROOT = Path(__file__).parents[2]
UNITS = ROOT / "systemd"
DROP_IN = UNITS / "mosquitto.service.d" / "cuncuntong.conf"
NAMES = ("cuncuntong-agent.service", "cuncuntong-kiosk.service", "cuncuntong-hub.service")

analyze = shutil.which("systemd-analyze")
needs_systemd = pytest.mark.skipif(analyze is None, reason="no systemd-analyze on this machine")


def read(path: Path) -> dict[str, list[str]]:
    """Return every value of every key of a unit, in order."""
    values: dict[str, list[str]] = {}
    for line in path.read_text("utf-8").splitlines():
        if "=" in line and not line.startswith(("#", "[")):
            key, _, value = line.partition("=")
            values.setdefault(key, []).append(value)
    return values


def laid_out(name: str, folder: Path) -> Path:
    """Copy a unit so that the commands in it are this machine's, or a stand-in where a screen is needed."""
    text = (UNITS / name).read_text("utf-8").replace("/opt/cuncuntong/.venv/bin", str(Path(sys.executable).parent))
    for program in ("cage", "foot"):
        if shutil.which(program, path="/usr/bin") is None:
            text = text.replace(f"/usr/bin/{program} ", "/usr/bin/true ")
    (folder / name).write_text(text, "utf-8")
    return folder / name


def mosquitto(folder: Path) -> Path:
    unit = Path("/lib/systemd/system/mosquitto.service")
    if not unit.exists():
        pytest.skip("mosquitto's own unit is not on this machine")
    shutil.copy(unit, folder)
    shutil.copytree(DROP_IN.parent, folder / DROP_IN.parent.name)
    return folder / unit.name


def systemd(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [str(analyze), *(str(argument) for argument in arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)


@needs_systemd
@pytest.mark.parametrize("name", [*NAMES, "mosquitto.service"])
def test_systemd_knows_every_key_and_finds_every_command(name: str, tmp_path: Path) -> None:
    unit = mosquitto(tmp_path) if name == "mosquitto.service" else laid_out(name, tmp_path)
    run = systemd("verify", "--man=no", "--recursive-errors=no", unit)
    assert (run.returncode, run.stderr) == (0, "")


@needs_systemd
def test_a_key_systemd_does_not_know_would_be_noticed(tmp_path: Path) -> None:
    unit = laid_out(NAMES[0], tmp_path)
    unit.write_text(unit.read_text().replace("NoNewPrivileges", "NoNewPrivilege"), "utf-8")
    assert systemd("verify", "--man=no", "--recursive-errors=no", unit).returncode != 0


@needs_systemd
@pytest.mark.parametrize(
    ("name", "tenths"),
    [
        pytest.param("cuncuntong-agent.service", 15, id="agent: needs network, cameras and to read the clock's state"),
        pytest.param("cuncuntong-kiosk.service", 10, id="kiosk: needs screen and reader, no network"),
        pytest.param("cuncuntong-hub.service", 12, id="hub: needs network"),
        pytest.param("mosquitto.service", 12, id="broker: needs network, no root"),
    ],
)
def test_a_unit_stays_closed(name: str, tenths: int, tmp_path: Path) -> None:
    unit = mosquitto(tmp_path) if name == "mosquitto.service" else laid_out(name, tmp_path)
    run = systemd("security", "--offline=true", "--no-pager", f"--threshold={tenths}", unit)
    assert run.returncode == 0, run.stdout.splitlines()[-1:]


def own_command(name: str) -> list[str]:
    """Return the part of ExecStart that is one of our commands, after its path."""
    words = read(UNITS / name)["ExecStart"][-1].split()
    start = next(i for i, word in enumerate(words) if word.startswith("/opt/cuncuntong/.venv/bin/"))
    return [words[start].rpartition("/")[2], *words[start + 1 :]]


@pytest.mark.parametrize("name", NAMES)
def test_every_command_and_option_in_a_unit_exists(name: str) -> None:
    assert why_not(own_command(name)) is None
    assert "--config" in own_command(name)


@pytest.mark.parametrize("name", NAMES)
def test_a_unit_names_a_settings_file_in_its_own_state_folder(name: str) -> None:
    unit = read(UNITS / name)
    config = Path(own_command(name)[-1])
    assert config.parent == Path("/var/lib") / unit["StateDirectory"][0]
    assert unit["WorkingDirectory"] == [str(config.parent)]


def test_the_kiosks_terminal_file_exists() -> None:
    words = read(UNITS / "cuncuntong-kiosk.service")["ExecStart"][0].split()
    config = next(word for word in words if word.startswith("--config="))
    assert (ROOT / config.removeprefix("--config=/opt/cuncuntong/")).is_file()


def test_no_key_opens_a_shell_beside_the_kiosk() -> None:
    terminal = configparser.ConfigParser()
    terminal.read_string("[main]\n" + (UNITS / "foot.ini").read_text("utf-8"))
    bound = dict(terminal["key-bindings"])
    fonts = {bound.pop(key) for key in ("font-increase", "font-decrease", "font-reset")}
    assert fonts == {"F22", "F23", "F24"}, "no keyboard has these"
    assert set(bound.values()) == {"none"}
    assert {"spawn-terminal", "show-urls-launch"} <= set(terminal["key-bindings"])
    assert terminal["url"]["launch"] == "/bin/false"


@pytest.mark.skipif(shutil.which("foot") is None, reason="no foot on this machine")
def test_the_kiosks_terminal_takes_its_file() -> None:
    run = subprocess.run(
        ["foot", "--check-config", f"--config={UNITS / 'foot.ini'}"], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr


def test_every_user_of_a_unit_is_made_by_sysusers() -> None:
    lines = (UNITS / "sysusers.d" / "cuncuntong.conf").read_text("utf-8").splitlines()
    made = {line.split()[1] for line in lines if line.startswith("u ")}
    assert {read(UNITS / name)["User"][0] for name in NAMES} == made


@pytest.mark.parametrize("name", ["cuncuntong-agent.service", "cuncuntong-kiosk.service"])
def test_the_stations_units_leave_it_the_clocks_state_and_the_boot_id(name: str) -> None:
    """station.clock asks adjtimex and reads the boot id under /proc/sys."""
    unit = read(UNITS / name)
    assert "ProtectClock" not in unit
    assert "ProcSubset" not in unit
    assert "adjtimex" in unit["SystemCallFilter"][0].split()


@pytest.mark.parametrize("name", NAMES)
def test_a_crash_leaves_no_memory_on_the_disk(name: str) -> None:
    assert read(UNITS / name)["LimitCORE"] == ["0"]


def test_the_kiosk_has_no_network() -> None:
    assert read(UNITS / "cuncuntong-kiosk.service")["PrivateNetwork"] == ["yes"]


def test_only_the_agent_promises_to_notify_and_it_does() -> None:
    assert read(UNITS / NAMES[0])["Type"] == ["notify"]
    assert read(UNITS / NAMES[2])["Type"] == ["exec"]
    agent = "".join(path.read_text("utf-8") for path in (ROOT / "station" / "agent").glob("*.py"))
    assert "READY=1" in agent
    assert "WATCHDOG=1" in agent


@pytest.mark.parametrize("path", [*(UNITS / name for name in NAMES), DROP_IN], ids=lambda path: path.name)
def test_no_unit_runs_as_root_or_keeps_a_capability(path: Path) -> None:
    unit = read(path)
    assert unit["User"][0] not in {"", "root", "0"}
    assert unit["CapabilityBoundingSet"] == [""]
    assert unit["NoNewPrivileges"] == ["yes"]
    assert unit["ProtectSystem"] == ["strict"]


def test_the_kiosks_sound_screen_and_printer_reach_it_through_the_walls() -> None:
    """Run under systemd 257 with these lines: cage, foot, wtype and espeak-ng work, lpstat reaches CUPS' socket.

    ProtectHome hides /run/user, without which cage shows nothing, and says nothing of it: it has a folder of its own.
    """
    unit = read(UNITS / "cuncuntong-kiosk.service")
    folder = f"XDG_RUNTIME_DIR=/run/{unit['RuntimeDirectory'][0]}"
    assert unit["ExecStart"][0].split()[:2] == ["/usr/bin/env", folder]
    assert "audio" in unit["SupplementaryGroups"][0].split()
    assert "char-alsa rw" in unit["DeviceAllow"]
    assert "AF_UNIX" in unit["RestrictAddressFamilies"][0].split()
