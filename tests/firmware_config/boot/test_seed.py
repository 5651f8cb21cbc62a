"""Seed files: valid for who reads them, without a secret, and Bookworm's script does what cloud-init would."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_config.boot import cmdline_txt
from firmware_config.boot.cloud_init import meta_data, network_config, user_data
from firmware_config.boot.firstrun import firstrun
from firmware_config.boot.model import FIRST_BOOT_UNIT, BootModel, CardSettings, checked, system_of
from firmware_config.boot.seed import boot_files, is_ours
from firmware_config.errors import ProvisionError
from tests.firmware_config.boot.cards import CMDLINE, CONFIG, ISSUE, KEY, STATIC, STATION, model

# Not by tests.test_house: a campaign of touches imports this too, and looks in memory for a number that stands there.
ROOT = Path(__file__).parents[3]
SCHEMA = ROOT / ".cache" / "cloud-init" / "schema-cloud-config-v1.json"
TEXT = {"type": "string", "minLength": 1}
IPV4 = {"type": "string", "pattern": r"^\d+\.\d+\.\d+\.\d+$"}
CABLE = {
    "type": "object",
    "required": ["dhcp4", "optional"],
    "additionalProperties": False,
    "properties": {
        "dhcp4": {"type": "boolean"},
        "optional": {"type": "boolean"},
        "addresses": {"type": "array", "items": {"type": "string", "pattern": r"^[\d.]+/\d+$"}, "minItems": 1},
        "routes": {
            "type": "array",
            "items": {"type": "object", "required": ["to", "via"], "properties": {"to": TEXT, "via": IPV4}},
        },
        "nameservers": {"type": "object", "properties": {"addresses": {"type": "array", "items": IPV4}}},
    },
}
NETWORK = {
    "type": "object",
    "required": ["network"],
    "additionalProperties": False,
    "properties": {
        "network": {
            "type": "object",
            "required": ["version", "ethernets"],
            "additionalProperties": False,
            "properties": {
                "version": {"enum": [2]},
                "ethernets": {"type": "object", "additionalProperties": CABLE, "minProperties": 1},
            },
        }
    },
}
META = {
    "type": "object",
    "required": ["instance-id", "local-hostname", "dsmode"],
    "additionalProperties": False,
    "properties": {
        "instance-id": TEXT,
        "local-hostname": {"type": "string", "pattern": r"^[a-z0-9-]{1,63}$"},
        "dsmode": {"enum": ["local", "net"]},
    },
}
MODELS = [
    pytest.param(model(), id="DHCP"),
    pytest.param(model(network=STATIC, wifi=True), id="fixed address and Wi-Fi"),
    pytest.param(model(settings=CardSettings(packages=["cage", "foot"])), id="no key, packages"),
    pytest.param(
        model(station=f"{STATION}-2", settings=CardSettings(user="no", timezone="UTC")), id="a user called no"
    ),
]


@pytest.mark.parametrize("made", MODELS)
def test_cloud_init_takes_the_seed(made: BootModel) -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    text = user_data(made)
    assert text.startswith(b"#cloud-config\n")
    read = yaml.safe_load(text)
    jsonschema.Draft4Validator(schema).validate(read)
    assert read == json.loads(text.partition(b"{")[1] + text.partition(b"{")[2]), "YAML reads what JSON says"
    assert read["user"]["name"] == made.settings.user
    may = read["user"]["sudo"]
    assert (may is None) == (not made.settings.ssh_keys), "who has the key examines the station; nobody else is root"
    assert may is None or may.partition("NOPASSWD: ")[2].split(", ")[0] == "/opt/cuncuntong/current/bin/station"
    assert read["ssh_pwauth"] is False
    assert read["runcmd"][-1] == ["systemctl", "enable", "--now", "--no-block", FIRST_BOOT_UNIT]
    jsonschema.validate(yaml.safe_load(network_config(made)), NETWORK)
    meta = yaml.safe_load(meta_data(made))
    jsonschema.validate(meta, META)
    line = cmdline_txt.with_ours(CMDLINE["trixie"], made).decode()
    assert f"ds=nocloud;i={meta['instance-id']}" in line.split(), "the kernel's word has the last say"


def test_another_set_up_is_another_instance_so_that_it_is_done_again() -> None:
    assert model().instance == model().instance
    assert len({model().instance, model(network=STATIC).instance, model(wifi=True).instance}) == 3


@settings(max_examples=60, deadline=None)
@given(
    user=st.text(max_size=12),
    key=st.one_of(st.just(KEY), st.text(max_size=40).map(lambda text: f"ssh-ed25519 AAAA {text}")),
    timezone=st.text(max_size=20),
)
def test_free_text_never_reaches_a_file_that_root_reads(user: str, key: str, timezone: str) -> None:
    free = model(settings=CardSettings(user=user, ssh_keys=[key], timezone=timezone))
    try:
        made = checked(free)
    except ProvisionError:
        with pytest.raises(ProvisionError, match="E-BOOT-01"):
            boot_files(free, CONFIG, CMDLINE["trixie"])
        return
    assert re.fullmatch(r"[a-z][a-z0-9_-]*", made.settings.user)
    assert yaml.safe_load(user_data(made))["user"]["ssh_authorized_keys"] == [key]
    assert subprocess.run(["bash", "-n"], input=firstrun(made), check=False).returncode == 0


def test_no_secret_lies_open_on_the_card() -> None:
    for system in ("trixie", "bookworm"):
        files = boot_files(model(system, wifi=True, network=STATIC), CONFIG, CMDLINE[system])
        every = b"\n".join(files.values()).lower().replace(b"nopasswd:", b"")
        assert not any(word in every for word in (b"psk", b"passwd:", b"chpasswd", b"wifi-security", b"access-points"))
        assert list(files)[-1] == "cmdline.txt", "until the kernel's line names the seed, it does nothing"


@pytest.mark.parametrize(
    ("names", "cmdline", "issue", "system"),
    [
        pytest.param({"meta-data", "user-data"}, "", "", "trixie", id="cloud-init's files"),
        pytest.param(set(), "root=/dev/x ds=nocloud;i=rpi-imager-1", "", "trixie", id="Imager's cloud-init"),
        pytest.param(set(), "", ISSUE["bookworm"].decode(), "bookworm", id="dated before Trixie"),
        pytest.param(set(), "", ISSUE["trixie"].decode(), "trixie", id="dated since Trixie"),
        pytest.param(set(), "root=/dev/x", "", None, id="nobody knows"),
    ],
)
def test_which_system_is_on_the_card(names: set[str], cmdline: str, issue: str, system: str | None) -> None:
    assert system_of(frozenset(names), cmdline, issue) == system


PASSWD = "root:x:0:0:root:/root:/bin/bash\npi:x:1000:1000:,,,:/srv/pi:/bin/bash\n"
FSTAB = (
    "PARTUUID=1-01 /boot/firmware vfat defaults 0 2\nPARTUUID=1-02 / ext4 defaults 0 1\n/var/swap none swap sw 0 0\n"
)
UNIT = "[Unit]\nDescription=x\n[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n"


def root_of_bookworm(folder: Path) -> Path:
    """A root directory with what the script touches."""
    root = folder / "root"
    for name, text in {
        "etc/passwd": PASSWD,
        "etc/group": "root:x:0:\npi:x:1000:\n",
        "etc/shadow": "root:*:1:0:99999:7:::\npi:*:1:0:99999:7:::\n",
        "etc/gshadow": "root:*::\npi:!::\n",
        "etc/login.defs": "UID_MIN 1000\nUID_MAX 60000\n",
        "etc/hosts": "127.0.0.1\tlocalhost\n127.0.1.1\traspberrypi\n",
        "etc/hostname": "raspberrypi\n",
        "etc/fstab": FSTAB,
        "etc/locale.gen": "# zh_CN.UTF-8 UTF-8\nen_GB.UTF-8 UTF-8\n",
        "etc/sudoers.d/010_pi-nopasswd": "pi ALL=(ALL) NOPASSWD: ALL\n",
        "lib/systemd/system/ssh.service": UNIT,
        f"etc/systemd/system/{FIRST_BOOT_UNIT}": UNIT,
        "home/.keep": "",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    boot = root / "boot" / "firmware"
    (boot / "cuncuntong").mkdir(parents=True)
    made = model("bookworm", network=STATIC, wifi=True)
    for name, content in boot_files(made, CONFIG, CMDLINE["bookworm"]).items():
        (boot / name).write_bytes(content)
    return root


@pytest.fixture
def bookworm(tmp_path: Path) -> Path:
    return root_of_bookworm(tmp_path)


def run(root: Path) -> str:
    script = root / "boot/firmware/cuncuntong/firstrun.sh"
    env = {"CUNCUNTONG_ROOT": str(root)}
    ended = subprocess.run(["bash", str(script)], env=env, capture_output=True, text=True, check=False, timeout=60)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", ""), "else the station would not start again"
    return (root / "boot/firmware/cuncuntong/firstrun.log").read_text()


def looks(root: Path) -> dict[str, bytes]:
    skip = {"firstrun.log", "shadow-", "passwd-", "group-", "gshadow-", "subuid-", "subgid-", "locale.gen-"}
    files = (path for path in root.rglob("*") if path.is_file() and not path.is_symlink() and path.name not in skip)
    return {str(path.relative_to(root)): path.read_bytes() for path in files}


@pytest.mark.skipif(os.geteuid() != 0, reason="it sets owners")
def test_bookworms_script_sets_a_station_up_and_may_run_again(bookworm: Path) -> None:
    shutil.copy(bookworm / "boot/firmware/cmdline.txt", bookworm.parent / "cmdline")
    log = run(bookworm)
    assert log.endswith("done\n"), log
    etc = bookworm / "etc"
    assert (etc / "hostname").read_text() == f"cct-{STATION}\n"
    assert (etc / "hosts").read_text() == f"127.0.0.1\tlocalhost\n127.0.1.1\tcct-{STATION}\n"
    assert (etc / "localtime").readlink() == Path("/usr/share/zoneinfo/Asia/Shanghai")
    assert "\nzh_CN.UTF-8 UTF-8\n" in (etc / "locale.gen").read_text()
    assert (etc / "fstab").read_text().splitlines()[1].split()[3] == "defaults,noatime"
    assert (etc / "fstab").read_text().splitlines()[2].startswith("# cuncuntong: no swap")
    assert "Storage=volatile" in (etc / "systemd/journald.conf.d/10-cuncuntong-card.conf").read_text()
    cable = etc / "NetworkManager/system-connections/cuncuntong-cable.nmconnection"
    assert "address1=10.32.4.17/24,10.32.4.1\n" in cable.read_text()
    assert cable.stat().st_mode & 0o777 == 0o600
    assert re.search(r"^technician:!", (etc / "shadow").read_text(), re.MULTILINE), "no password lets in"
    assert not (etc / "sudoers.d/010_pi-nopasswd").exists()
    assert (etc / "sudoers.d/cuncuntong").read_text().startswith("technician ALL=(root) NOPASSWD: /opt/cuncuntong/")
    assert (etc / "sudoers.d/cuncuntong").stat().st_mode & 0o777 == 0o440
    assert (bookworm / "home/technician/.ssh/authorized_keys").read_text() == KEY + "\n"
    assert (etc / f"systemd/system/multi-user.target.wants/{FIRST_BOOT_UNIT}").is_symlink()
    assert b"systemd.run" not in (bookworm / "boot/firmware/cmdline.txt").read_bytes()
    once = looks(bookworm)
    shutil.copy(bookworm.parent / "cmdline", bookworm / "boot/firmware/cmdline.txt")  # as if cut before the last word
    assert run(bookworm).endswith("done\n")
    assert looks(bookworm) == once


def test_a_step_that_fails_is_told_and_does_not_start_the_station_for_ever(bookworm: Path) -> None:
    (bookworm / "etc/fstab").unlink()
    (bookworm / "etc/fstab").mkdir()
    log = run(bookworm)
    assert "FAILED spare_the_card" in log
    assert log.endswith("spare_the_card\n")
    assert b"systemd.run" not in (bookworm / "boot/firmware/cmdline.txt").read_bytes()


def test_ours_are_told_from_others() -> None:
    assert is_ours(user_data(model()))
    assert is_ours(firstrun(model("bookworm")))
    assert not is_ours(b"#cloud-config\nhostname: pi\n")
