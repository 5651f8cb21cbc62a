"""What the units stand on: users, folders and device rules, read by systemd's own tools in a root of their own."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from station.layout import Layout

UNITS = Path(__file__).parents[2] / "systemd"
PASSWD = "root:x:0:0::/root:/bin/sh\n"


def tool(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"no {name} on this machine")
    return path


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [str(argument) for argument in arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root with the users of Debian's mosquitto and root."""
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/passwd").write_text(PASSWD + "mosquitto:x:107:113::/var/lib/mosquitto:/usr/sbin/nologin\n")
    (tmp_path / "etc/group").write_text("root:x:0:\nmosquitto:x:113:\n")
    return tmp_path


def made_users(root: Path, name: str) -> dict[str, list[str]]:
    """Make the users of a file in `root`; return what is known of them."""
    told = run(tool("systemd-sysusers"), f"--root={root}", UNITS / "sysusers.d" / name)
    assert told.returncode == 0, told.stderr
    lines = (root / "etc/passwd").read_text().removeprefix(PASSWD).splitlines()
    return {line.split(":")[0]: line.split(":") for line in lines}


def users_of_units() -> set[str]:
    found = set()
    for path in UNITS.glob("*.service"):
        found |= set(re.findall(r"^User=(.+)$", path.read_text("utf-8"), re.MULTILINE))
    return found


def test_every_user_of_a_unit_is_made_and_cannot_sign_in(root: Path) -> None:
    made = made_users(root, "cuncuntong-station.conf") | made_users(root, "cuncuntong-hub.conf")
    assert users_of_units() - {"mosquitto"} == set(made) - {"mosquitto"}
    assert {entry[6] for entry in made.values()} == {"/usr/sbin/nologin"}


@pytest.mark.parametrize("part", ["station", "hub"])
def test_the_folders_are_made_with_their_owners_and_doing_it_again_changes_nothing(root: Path, part: str) -> None:
    users = made_users(root, f"cuncuntong-{part}.conf")
    tmpfiles = [
        tool("systemd-tmpfiles"),
        f"--root={root}",
        "--create",
        UNITS / "tmpfiles.d" / f"cuncuntong-{part}.conf",
    ]
    if part == "hub":
        for key in ("unseal.key", "stations.csv"):
            (root / "var/lib/cuncuntong/hub").mkdir(parents=True, exist_ok=True)
            (root / "var/lib/cuncuntong/hub" / key).touch(0o644)
    first = run(*tmpfiles)
    assert (first.returncode, first.stderr) == (0, "")
    before = stands(root)
    assert run(*tmpfiles).returncode == 0
    assert stands(root) == before
    number = {name: int(entry[2]) for name, entry in users.items()} | {"root": 0}
    if part == "station":
        layout = Layout(Path("/"))
        assert before[str(layout.station)] == (0o700, number["cuncuntong"])
        for folder in (layout.provision, layout.etc, layout.software, layout.run):
            assert before[str(folder)][1] == number["root"], folder
        assert before[str(layout.provision)][0] == 0o700
    else:
        assert before["/var/lib/cuncuntong/hub"] == (0o700, number["cuncuntong-hub"])
        assert before["/var/lib/cuncuntong/hub/unseal.key"] == (0o600, number["cuncuntong-hub"])
        assert before["/var/lib/cuncuntong/hub/stations.csv"][1] == number["cuncuntong-hub"]
        assert before["/var/lib/cuncuntong/broker"] == (0o700, 107)
        assert before["/var/backups/cuncuntong"] == (0o700, number["cuncuntong-hub"])


def stands(root: Path) -> dict[str, tuple[int, int]]:
    """Return mode and owner of everything below `root`."""
    return {
        "/" + str(path.relative_to(root)): (path.stat().st_mode & 0o7777, path.stat().st_uid)
        for path in root.rglob("*")
    }


RULES = (UNITS / "udev" / "70-cuncuntong.rules").read_text("utf-8")


def rules() -> list[list[tuple[str, str, str]]]:
    """Return each rule as (key, operator, value); raises for what udev's grammar does not know."""
    token = re.compile(r'([A-Z]+(?:\{[^}]+\})?)(==|!=|\+=|:=|=)"([^"]*)"')
    found = []
    for line in RULES.splitlines():
        if line and not line.startswith("#"):
            rule = token.findall(line)
            assert ", ".join(f'{key}{how}"{value}"' for key, how, value in rule) == line, line
            found.append(rule)
    return found


def test_device_rules_are_of_udevs_grammar_and_every_jump_lands_further_on() -> None:
    asked = {"ACTION", "SUBSYSTEM", "SUBSYSTEMS", "KERNEL", "ATTR", "ATTRS", "ENV"}
    done = {"ENV", "GOTO", "LABEL", "SYMLINK", "OPTIONS", "GROUP", "MODE", "TAG"}
    labels = {value: at for at, rule in enumerate(rules()) for key, _, value in rule if key == "LABEL"}
    for at, rule in enumerate(rules()):
        for key, how, value in rule:
            assert key.partition("{")[0] in (asked if how == "==" else done)
            if key == "GOTO":
                assert labels[value] > at


def test_systemds_own_reader_finds_nothing_wrong_with_the_rules() -> None:
    udevadm = tool("udevadm")
    if run(udevadm, "verify", "--help").returncode:
        pytest.skip("this systemd is older than `udevadm verify`")
    told = run(udevadm, "verify", "--no-style", UNITS / "udev" / "70-cuncuntong.rules")
    assert told.returncode == 0, told.stdout + told.stderr


def test_a_stick_is_mounted_by_the_unit_that_is_here_and_runs_nothing() -> None:
    assert 'ENV{SYSTEMD_WANTS}+="cuncuntong-stick@%k.service"' in RULES
    unit = (UNITS / "cuncuntong-stick@.service").read_text("utf-8")
    options = re.search(r"--options=(\S+)", unit)
    assert options is not None
    assert {"nosuid", "nodev", "noexec"} <= set(options[1].split(","))
    assert "/media/%I" in unit
    assert Layout(Path("/")).media == Path("/media")
