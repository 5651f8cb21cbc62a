"""The units: accepted by systemd, closed as far as it goes, and every command in them exists."""

import configparser
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware_config.shipped import shipped_units
from station.clock import BOOT_ID
from tests.commands import why_not

ROOT = Path(__file__).parents[2]
OURS = r"/opt/cuncuntong/(?:current|updater)/bin/"
UNITS = ROOT / "systemd"
DROP_IN = UNITS / "mosquitto.service.d" / "cuncuntong.conf"
SERVICES = tuple(sorted(path.name for path in UNITS.glob("*.service")))
OTHERS = tuple(sorted(path.name for path in UNITS.iterdir() if path.suffix in {".timer", ".path"}))
OF_ROOT = {
    "cuncuntong-firstboot.service", "cuncuntong-update.service", "cuncuntong-update-resume.service",
    "cuncuntong-stick@.service", "cuncuntong-broker-trust.service",
}  # fmt: skip
"""Each says in itself why it must be root."""
STATION = ("cuncuntong-agent.service", "cuncuntong-kiosk.service")
HUBS = ("cuncuntong-hub.service", "cuncuntong-hub@.service")

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


def laid_out(folder: Path) -> list[Path]:
    """Copy every unit so that the commands in it are this machine's, or a stand-in where a screen is needed."""
    for name in (*SERVICES, *OTHERS):
        text = re.sub(OURS, f"{Path(sys.executable).parent}/", (UNITS / name).read_text("utf-8"))
        for program in ("cage", "foot"):
            if shutil.which(program, path="/usr/bin") is None:
                text = text.replace(f"/usr/bin/{program} ", "/usr/bin/true ")
        (folder / name).write_text(text, "utf-8")
    return [folder / name for name in (*SERVICES, *OTHERS)]


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
def test_systemd_knows_every_key_and_finds_every_command(tmp_path: Path) -> None:
    run = systemd("verify", "--man=no", "--recursive-errors=no", *laid_out(tmp_path), mosquitto(tmp_path))
    assert (run.returncode, run.stderr) == (0, "")


@needs_systemd
def test_a_key_systemd_does_not_know_would_be_noticed(tmp_path: Path) -> None:
    unit = laid_out(tmp_path)[0]
    unit.write_text(unit.read_text().replace("NoNewPrivileges", "NoNewPrivilege"), "utf-8")
    assert systemd("verify", "--man=no", "--recursive-errors=no", unit).returncode != 0


OPEN_TENTHS = {
    "cuncuntong-agent.service": 12,  # needs network and cameras
    "cuncuntong-kiosk.service": 8,  # needs screen and reader, no network
    "cuncuntong-setup.service": 6,
    "cuncuntong-hub.service": 11,  # needs network
    "cuncuntong-hub@.service": 11,
    "cuncuntong-broker@.service": 11,
    "cuncuntong-reflector.service": 11,
    "cuncuntong-report@.service": 2,
    "cuncuntong-stick@.service": 9,  # root, who only asks systemd to mount
    "cuncuntong-update-resume.service": 14,  # root, without network
    "cuncuntong-update.service": 23,  # root, with network
    "cuncuntong-firstboot.service": 30,  # root: makes users, folders and /etc
    "cuncuntong-broker-trust.service": 14,
    "mosquitto.service": 11,
}
"""What `systemd-analyze security` says of each (systemd 252), in tenths: no unit may become more open than it is."""


@needs_systemd
@pytest.mark.parametrize("name", OPEN_TENTHS)
def test_a_unit_stays_closed(name: str, tmp_path: Path) -> None:
    unit = mosquitto(tmp_path) if name == "mosquitto.service" else UNITS / name
    if "@" in name:
        unit = tmp_path / name.replace("@", "@one")
        shutil.copy(UNITS / name, unit)
    run = systemd("security", "--offline=true", "--no-pager", f"--threshold={OPEN_TENTHS[name]}", unit)
    assert run.returncode == 0, run.stdout.splitlines()[-1:]


def test_every_service_has_its_measure() -> None:
    assert set(OPEN_TENTHS) == {*SERVICES, "mosquitto.service"}
    assert OPEN_TENTHS["cuncuntong-agent.service"] <= 13
    assert OPEN_TENTHS["cuncuntong-kiosk.service"] <= 15
    assert OPEN_TENTHS["cuncuntong-hub.service"] <= 12


def own_commands(name: str) -> Iterator[list[str]]:
    """Yield, of each command of a unit, the part that is one of ours, without its path."""
    unit = read(UNITS / name)
    for line in (*unit.get("ExecStartPre", ()), *unit["ExecStart"]):
        words = line.split()
        start = next((i for i, word in enumerate(words) if re.match(OURS, word)), None)
        if start is not None:
            yield [words[start].rpartition("/")[2], *words[start + 1 :]]


@pytest.mark.parametrize("name", SERVICES)
def test_every_command_and_option_in_a_unit_exists(name: str) -> None:
    assert [why_not(words) for words in own_commands(name) if why_not(words) is not None] == []


@pytest.mark.parametrize("name", [*STATION, *HUBS])
def test_a_unit_names_a_settings_file_in_its_own_state_folder(name: str) -> None:
    unit = read(UNITS / name)
    (words,) = own_commands(name)
    config = Path(words[words.index("--config") + 1])
    assert config.parent == Path("/var/lib") / unit["StateDirectory"][0]
    assert unit["WorkingDirectory"] == [str(config.parent)]


def test_whatever_names_another_unit_of_ours_names_one_that_is_here() -> None:
    named: set[str] = set()
    unit = re.compile(r"cuncuntong-[a-z-]+@?(?:[a-z]+)?\.(?:service|timer|path)")
    for path in (*UNITS.iterdir(), *UNITS.glob("*/*")):
        if path.is_file():
            named |= set(unit.findall(path.read_text("utf-8")))
    here = {*SERVICES, *OTHERS}
    assert {name for name in named if re.sub("@[a-z]+", "@", name) not in here} == set()


@pytest.mark.parametrize("name", OTHERS)
def test_a_timer_or_a_path_starts_a_service_that_is_here(name: str) -> None:
    started = read(UNITS / name).get("Unit", [Path(name).stem + ".service"])[0]
    assert re.sub("@[a-z]+", "@", started) in SERVICES


@pytest.mark.parametrize("name", HUBS)
def test_the_hubs_keys_are_handed_in_from_where_hub_init_lays_them(name: str) -> None:
    unit = read(UNITS / name)
    handed = dict(line.split(":", 1) for line in unit["LoadCredential"])
    folder = unit["WorkingDirectory"][0]
    assert handed == {key: f"{folder}/{key}" for key in ("unseal.key", "hub.key", "api.token")}


@pytest.mark.parametrize("name", ["cuncuntong-kiosk.service", "cuncuntong-setup.service"])
def test_the_screens_terminal_file_exists(name: str) -> None:
    words = read(UNITS / name)["ExecStart"][0].split()
    config = next(word for word in words if word.startswith("--config="))
    assert config == "--config=/opt/cuncuntong/current/share/cuncuntong/systemd/foot.ini"
    assert (shipped_units() / "foot.ini").is_file()


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


def test_the_kiosks_unit_leaves_it_the_clocks_state_and_the_boot_id() -> None:
    """station.clock asks adjtimex and reads the boot id under /proc/sys."""
    unit = read(UNITS / "cuncuntong-kiosk.service")
    assert "ProtectClock" not in unit
    assert "ProcSubset" not in unit
    assert "adjtimex" in unit["SystemCallFilter"][0].split()


def test_the_agent_whose_unit_hides_both_is_told_the_boot_id() -> None:
    unit = read(UNITS / "cuncuntong-agent.service")
    assert (unit["ProtectClock"], unit["ProcSubset"]) == (["yes"], ["pid"])
    assert unit["Environment"] == [f"{BOOT_ID}=%b"]
    for name in ("kiosk", "update", "update-resume"):  # who compare theirs with the agent's are told the same
        assert f"{BOOT_ID}=%b" in read(UNITS / f"cuncuntong-{name}.service")["Environment"]


@pytest.mark.parametrize("path", [*(UNITS / name for name in SERVICES), DROP_IN], ids=lambda path: path.name)
def test_a_crash_leaves_no_memory_on_the_disk(path: Path) -> None:
    assert read(path)["LimitCORE"] == ["0"]


def test_the_kiosk_has_no_network() -> None:
    assert read(UNITS / "cuncuntong-kiosk.service")["PrivateNetwork"] == ["yes"]


def test_whoever_promises_to_notify_does() -> None:
    """tests/station/agent/test_agent.py and tests/hub/test_proof_of_work.py hear them say so."""
    notify = {name for name in SERVICES if read(UNITS / name).get("Type") == ["notify"]}
    assert notify == {"cuncuntong-agent.service", *HUBS, "cuncuntong-broker@.service"}
    watched = {name for name in SERVICES if "WatchdogSec" in read(UNITS / name)}
    assert watched == notify - {"cuncuntong-broker@.service"}


@pytest.mark.parametrize(
    "path", [*(UNITS / name for name in SERVICES if name not in OF_ROOT), DROP_IN], ids=lambda path: path.name
)
def test_no_unit_runs_as_root_or_keeps_a_capability_without_need(path: Path) -> None:
    unit = read(path)
    assert unit.get("DynamicUser") == ["yes"] or unit["User"][0] not in {"", "root", "0"}
    assert unit["CapabilityBoundingSet"] == [""]
    assert unit["NoNewPrivileges"] == ["yes"]
    assert unit["ProtectSystem"] == ["strict"]


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_is_to_be_writable_that_systemd_keeps_read_only_all_the_same(name: str) -> None:
    """Of ProtectSystem=full and ReadWritePaths=/etc the first holds (systemd 252, booted); below /etc the second."""
    unit = read(UNITS / name)
    closed = {"yes": {"/usr", "/boot", "/efi"}, "full": {"/usr", "/boot", "/efi", "/etc"}, "strict": {"/"}}
    writable = {path.lstrip("-") for line in unit.get("ReadWritePaths", ()) for path in line.split()}
    assert not writable & closed[unit["ProtectSystem"][0]]


def test_before_a_station_is_enrolled_its_screen_is_the_setup_screen_and_then_the_kiosk() -> None:
    mark = "/var/lib/cuncuntong/station/.enrolled"
    for name in STATION:
        assert read(UNITS / name)["ConditionPathExists"] == [mark]
    assert read(UNITS / "cuncuntong-setup.service")["ConditionPathExists"] == [f"!{mark}"]
    conflicts = " ".join(read(UNITS / "cuncuntong-kiosk.service")["Conflicts"])
    assert "cuncuntong-setup.service" in conflicts, "the kiosk ends it"
    assert "[Install]" not in (UNITS / "cuncuntong-setup.service").read_text("utf-8"), "both in one boot would conflict"
    firstboot = read(UNITS / "cuncuntong-firstboot.service")
    # Seen on a booted Debian: a job to start the one takes the place of the other's, whatever its condition says.
    asked = f'/bin/sh -c "test -e {mark} || systemctl start --no-block cuncuntong-setup.service"'
    assert firstboot["ExecStartPre"] == [f"-{asked}"]
    assert {"cuncuntong-agent.service", "cuncuntong-kiosk.service"} <= set(firstboot["Before"][0].split())


@pytest.mark.parametrize("name", ["cuncuntong-kiosk.service", "cuncuntong-setup.service"])
def test_a_screen_needs_no_locale_that_must_be_made_first(name: str) -> None:
    """PAM sets LANG to the system's; without that locale foot ends at once, each second anew."""
    assert " LC_ALL=C.UTF-8 /usr/bin/cage " in read(UNITS / name)["ExecStart"][0]


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


@pytest.mark.parametrize("name", ["cuncuntong-kiosk.service", "cuncuntong-setup.service"])
def test_no_screen_is_waited_for_in_a_way_that_ends_it(name: str) -> None:
    """Seen on a booted Debian 12: Type=exec with PAMName= stays "activating", and is killed when the start is over."""
    assert (read(UNITS / name)["Type"], read(UNITS / name)["PAMName"]) == (["simple"], ["login"])
