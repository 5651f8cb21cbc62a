"""Bundles: the same bytes for the same content, what a station takes, why it does not, and how two differ."""

import configparser
import datetime as dt
import json
import random
from pathlib import Path

import pytest

from firmware_config.bundle.building import build, bundle_file
from firmware_config.bundle.contents import STATIONS_UNITS, Shipped, foot_for
from firmware_config.bundle.looking import verified
from firmware_config.county import Ports, Village, make_county
from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_TRUST, EXIT_VALIDATION
from firmware_config.inventory.entry import Entry, Panel, SealedSecret, StaticNetwork
from firmware_config.inventory.inventory import Inventory
from firmware_config.shipped import shipped_units
from station.firstboot.bundle import read_bundle
from station.firstboot.contents import WIFI_FILE
from station.layout import Layout
from station.settings import CameraSettings, ReaderSettings, Settings
from tests.cutting import CutError, disk
from tests.faults.mutants import mutated
from tests.faults.provisioning_files import read_a_bundle, read_an_inventory
from tests.firmware_config.commanded import Run, runner
from wire.archive import contents, open_archive
from wire.certificates import Chain, read_chain

NOW = dt.datetime.now(dt.UTC)
ONE, TWO = "999999101001", "999999101002"
VILLAGES = [Village(ONE, "测试一村", "测试镇"), Village(TWO, "测试二村", "测试镇")]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundles") / "county"
    make_county(folder, VILLAGES, county_name="测试县", ports=Ports(18883, 18080, "10.9.0.1"))
    with Inventory.open(folder).changing("import") as draft:
        for village in VILLAGES:
            draft.entries[village.code] = Entry(*village)
        draft.change(
            ONE,
            os="bookworm",
            panel="800x480",
            reader=ReaderSettings("/dev/cuncuntong-reader"),
            cameras=[CameraSettings("hall", "/dev/video0")],
            printer="HP",
            wifi_ssid="office",
            sealed=[SealedSecret(WIFI_FILE, "office", b"sealed and secret")],
            network=StaticNetwork("10.1.2.3/24", "10.1.2.1"),
        )
    return folder


@pytest.fixture
def inventory(made: Path, tmp_path: Path) -> Inventory:
    folder = tmp_path / "county"
    folder.mkdir()
    for name in ("ca.crt", "ca.key", "signer.crt", "signer.key", "seal.pub", "inventory.json"):
        (folder / name).write_bytes((made / name).read_bytes())
    (folder / "hub").mkdir()
    (folder / "hub" / "hub.toml").write_bytes((made / "hub" / "hub.toml").read_bytes())
    return Inventory.open(folder)


@pytest.fixture
def run(inventory: Inventory, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(monkeypatch, capsys, inventory.folder)


def root_of(folder: Path) -> Chain:
    return Chain(read_chain((folder / "ca.crt").read_bytes()).leaf)


def files_of(folder: Path, code: str) -> dict[str, bytes]:
    path = bundle_file(folder, code)
    with path.open("rb") as file:
        opened = open_archive(file, path.stat().st_size, root_of(folder).leaf, at=NOW)
        return {one.path: content for one, content in contents(file, opened)}


def test_a_station_takes_what_was_built_and_finds_its_own_settings_in_it(inventory: Inventory) -> None:
    build(inventory, inventory.all(), NOW)
    taken = read_bundle(bundle_file(inventory.folder, ONE), Layout(), None, NOW)
    settings: Settings = taken.settings
    assert (settings.station, settings.name, settings.kiosk.printer) == (ONE, "测试一村", "HP")
    assert settings.kiosk.staff_pin_file == "/var/lib/cuncuntong/station/staff.pin", "shut until somebody sets it"
    assert (settings.broker.host, settings.broker.port) == ("10.9.0.1", 18883)
    assert settings.hub is not None
    assert settings.hub.url == "http://10.9.0.1:18080"
    assert settings.reader == ReaderSettings("/dev/cuncuntong-reader")
    files = files_of(inventory.folder, ONE)
    assert files["sealed/wifi.nmconnection"] == b"sealed and secret"
    assert b"NTP=10.9.0.1\n" in files["etc/systemd/timesyncd.conf.d/cuncuntong.conf"]
    assert b"Storage=volatile" in files["etc/systemd/journald.conf.d/cuncuntong.conf"]
    assert b"RuntimeWatchdogSec=15s" in files["etc/systemd/system.conf.d/cuncuntong.conf"], "a kernel below 6.8"
    assert b"pixelsize=18" in files["station/foot.ini"]
    assert b"/var/lib/cuncuntong/station/foot.ini" in files["etc/systemd/system/cuncuntong-kiosk.service"]
    other = files_of(inventory.folder, TWO)
    assert b"RuntimeWatchdogSec=60s" in other["etc/systemd/system.conf.d/cuncuntong.conf"]
    assert "sealed/wifi.nmconnection" not in other
    assert not [path for path in files if "hub" in path], "nothing of the county centre"
    secrets = ((inventory.folder / name).read_bytes() for name in ("ca.key", "signer.key"))
    assert not any(secret.splitlines()[1] in bundle_file(inventory.folder, ONE).read_bytes() for secret in secrets)


def test_built_again_it_is_the_same_bytes_until_the_content_is_another(inventory: Inventory) -> None:
    place = bundle_file(inventory.folder, ONE)
    build(inventory, inventory.all(), NOW)
    first, was = place.read_bytes(), place.stat().st_mtime_ns
    later = NOW + dt.timedelta(days=100)
    assert [one.fresh for one in build(inventory, inventory.all(), later).built] == [False, False]
    assert (place.read_bytes(), place.stat().st_mtime_ns) == (first, was)
    place.unlink()
    build(inventory, inventory.all(), later)
    assert place.read_bytes() == first, "lost, and made anew"
    inventory.change(ONE, printer="Canon")
    assert not inventory.get(ONE).has_current_bundle
    assert [(one.sequence, one.fresh) for one in build(inventory, inventory.all(), later).built] == [
        (2, True),
        (1, False),
    ]
    inventory.change(ONE, printer="HP")
    assert build(inventory, inventory.all(), later).built[0].sequence == 3, "never back to a number there was"
    assert build(inventory, inventory.all(), NOW + dt.timedelta(days=200)).built[1].sequence == 2, "half of its life"
    assert [one.sequence for one in build(inventory, inventory.all(), NOW, at_least=50).built] == [50, 50]


def test_an_older_inventory_put_back_or_lost_gives_no_number_twice(run: Run, inventory: Inventory) -> None:
    kept = inventory.folder / "inventory.json"
    build(inventory, inventory.all(), NOW)
    older = kept.read_bytes()
    for printer in ("Canon", "Brother"):
        inventory.change(ONE, printer=printer)
        build(inventory, inventory.all(), NOW)
    kept.write_bytes(older)
    told = run("bundle", "build", "--all")
    assert f"{ONE}.ccb #4 新" in told.out, "a station that took #3 takes no #2"
    assert "序号已接续" in told.err
    assert f" {ONE}\n" in told.err, "of the other the inventory knows"
    assert "序号" not in run("bundle", "build", "--all").err
    kept.unlink()
    run("station", "add", TWO, "--name", "测试二村", "--town", "测试镇")
    assert f"{TWO}.ccb #2 新" in run("bundle", "build", "--all").out


def test_a_cut_at_any_write_is_mended_by_building_again(inventory: Inventory) -> None:
    inventory.change(ONE, note="begin")
    place, kept = bundle_file(inventory.folder, ONE), (inventory.folder / "inventory.json").read_bytes()
    at, digests = 0, set()
    while True:
        at += 1
        (inventory.folder / "inventory.json").write_bytes(kept)
        place.unlink(missing_ok=True)
        try:
            with disk(at):
                build(inventory, [inventory.get(ONE)], NOW)
        except CutError:
            pass
        else:
            break
        build(inventory, [inventory.get(ONE)], NOW + dt.timedelta(hours=1))
        bundle = read_bundle(place, Layout(), root_of(inventory.folder), NOW)
        counted = inventory.get(ONE).bundle
        assert counted is not None
        assert (bundle.sha256, bundle.head.sequence) == (counted.sha256, 1)
        digests.add(bundle.sha256)
    assert at > 15
    assert len(digests) == 2, "made before the cut, or after it"


def test_a_bundle_is_verified_with_the_reason(run: Run, inventory: Inventory, tmp_path: Path) -> None:
    assert run("bundle", "build", "--all").out.count("#1 新") == 2
    good = bundle_file(inventory.folder, ONE)
    assert run("bundle", "verify", good).code == 0
    bad = tmp_path / "bad.ccb"
    content = good.read_bytes()
    for altered, code in (
        (content[:-1], "E-ARC-01"),
        (content[:-1] + b"x", "E-ARC-03"),
        (content.replace(b'"sequence":1', b'"sequence":9'), "E-ARC-03"),
        (b"PK" + content, "E-ARC-01"),
    ):
        bad.write_bytes(altered)
        told = run("bundle", "verify", bad)
        assert (told.code, told.err[:8]) == (EXIT_TRUST, code)
    make_county(tmp_path / "other", VILLAGES, county_name="别县", ports=Ports(1, 2))
    foreign = run("bundle", "verify", good, "--ca", tmp_path / "other" / "ca.crt")
    assert foreign.err.startswith("E-ARC-04")
    assert run("bundle", "verify", tmp_path / "none").err.startswith("E-BUN-08")
    assert run("bundle", "inspect", tmp_path / "none").err.startswith("E-BUN-08")
    assert run("bundle", "verify", good, "--ca", tmp_path / "none").err.startswith("E-BUN-06")


def test_an_expired_bundle_can_be_inspected_but_is_not_taken(run: Run, inventory: Inventory) -> None:
    build(inventory, inventory.all(), NOW - dt.timedelta(hours=23))
    good = bundle_file(inventory.folder, ONE)
    with pytest.raises(ProvisionError, match="E-ARC-05"):
        verified(good, root_of(inventory.folder), NOW + dt.timedelta(days=366))
    shown = json.loads(run("bundle", "inspect", good, "--json").out)
    assert (shown["schema"], shown["subject"], shown["signer"]) == (1, ONE, ["signer"])
    assert {"station/station.toml", "station/ca.crt"} <= {one["path"] for one in shown["files"]}


def test_two_bundles_are_compared_without_a_secret_shown(run: Run, inventory: Inventory, tmp_path: Path) -> None:
    build(inventory, inventory.all(), NOW)
    old, new = tmp_path / "old.ccb", bundle_file(inventory.folder, ONE)
    old.write_bytes(new.read_bytes())
    assert run("bundle", "diff", old, new) == (0, "", "")
    inventory.change(ONE, panel="1920x1080", sealed=[SealedSecret(WIFI_FILE, "office", b"another box")], plan=5)
    build(inventory, inventory.all(), NOW)
    told = run("bundle", "diff", old, new)
    assert told.code == 1
    for line in ("sequence: 1 → 2", "-font=Noto Sans Mono CJK SC:pixelsize=18", "sealed/wifi.nmconnection: changed"):
        assert line in told.out
    assert "another box" not in told.out


def test_one_that_cannot_be_built_does_not_stop_the_others(run: Run, inventory: Inventory) -> None:
    inventory.change(TWO, wifi_ssid="new")
    told = run("bundle", "build", "--all")
    assert (told.code, told.err[:8]) == (EXIT_VALIDATION, "E-BUN-03")
    assert f"{ONE}.ccb #1" in told.out
    assert not bundle_file(inventory.folder, TWO).exists()


@pytest.mark.parametrize(
    ("said", "code"),
    [("brokr = 'x'", "E-SET-03"), ("broker = 'a b'", "E-SET-02"), ("hub_url = 'x'", "E-SET-02"), ("=", "E-SET-01")],
)
def test_settings_of_the_county_that_are_wrong_build_nothing(
    run: Run, inventory: Inventory, said: str, code: str
) -> None:
    (inventory.folder / "bundle.toml").write_text(said)
    assert run("bundle", "build", "--all").err.startswith(code)
    assert not (inventory.folder / "bundles").exists()


def test_settings_of_the_county_come_before_the_hubs(inventory: Inventory) -> None:
    (inventory.folder / "bundle.toml").write_text(
        "broker = 'hub.example'\nmqtt_port = 1\nhub_url = 'https://h.example'\ntime_servers = ['a', 'b']\n"
    )
    (inventory.folder / "hub" / "hub.toml").unlink()
    build(inventory, inventory.all(), NOW)
    settings = read_bundle(bundle_file(inventory.folder, TWO), Layout(), None, NOW).settings
    assert (settings.broker.host, settings.broker.port) == ("hub.example", 1)
    assert b"NTP=a b\n" in files_of(inventory.folder, TWO)["etc/systemd/timesyncd.conf.d/cuncuntong.conf"]


def test_without_hub_settings_or_signer_the_next_step_is_told(run: Run, inventory: Inventory) -> None:
    (inventory.folder / "seal.pub").write_bytes(b"AAAA\n")
    assert run("bundle", "build", ONE).err.startswith("E-BUN-05")
    (inventory.folder / "signer.key").unlink()
    assert run("bundle", "build", ONE).err.startswith("E-ID-07")
    (inventory.folder / "hub" / "hub.toml").unlink()
    assert run("bundle", "build", ONE).err.startswith("E-BUN-01")


@pytest.mark.parametrize("panel", ["1024x600", "800x480", "1280x800", "1920x1080"])
def test_every_panel_shows_the_kiosks_85_by_20_cells(panel: Panel) -> None:
    text = foot_for(Shipped(shipped_units()).foot, panel)
    read = configparser.ConfigParser(strict=True, interpolation=None)
    read.read_string("[main]\n" + text)
    font = int(read["main"]["font"].rpartition("=")[2])
    line = int(read["main"]["line-height"].removesuffix("px"))
    wide, high = (int(size) for size in panel.split("x"))
    assert wide // (font // 2) >= 85
    assert high // line >= 20
    assert font < line


def test_every_unit_is_the_stations_or_the_county_centres() -> None:
    """A new unit must be put on one side: what is packed by mistake runs in 500 villages."""
    centre = ("hub", "broker", "report", "reflector", "backup", "purge", "mosquitto", "trust", "apply")
    names = {path.name for path in shipped_units().glob("cuncuntong-*.*")}
    packed = {path.rpartition("/")[2] for path in Shipped(shipped_units()).files if "/systemd/system/" in path}
    assert {name for name in names - packed if not name.removeprefix("cuncuntong-").startswith(centre)} == set()
    assert STATIONS_UNITS
    assert {"cuncuntong-agent.service", "cuncuntong-kiosk.service", "cuncuntong-firstboot.service"} <= packed


def test_mutated_bundles_and_inventories_are_refused_by_a_code(inventory: Inventory, tmp_path: Path) -> None:
    build(inventory, inventory.all(), NOW)
    good, chance = bundle_file(inventory.folder, ONE), random.Random(5)
    authority, packed = root_of(inventory.folder), good.read_bytes()
    found = {read_a_bundle(tmp_path / "x.ccb", good, authority, mutated(packed, chance)) for _ in range(150)}
    assert found <= {"E-ARC-01", "E-ARC-02", "E-ARC-03", "E-ARC-04", "E-ARC-07", "E-FIRST-03"}
    kept = (inventory.folder / "inventory.json").read_bytes()
    (tmp_path / "lone").mkdir()
    assert {read_an_inventory(tmp_path / "lone", mutated(kept, chance)) for _ in range(150)} <= {"", "E-INV-05"}
