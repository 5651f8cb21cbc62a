"""A camera's password on its whole way: given by the technician, sealed by the label, opened on the station."""

import datetime as dt
import json
import shutil
from pathlib import Path

import pytest

from firmware_config.bundle.building import build, bundle_file
from firmware_config.county import Ports, Village, make_county
from firmware_config.inventory.inventory import Inventory
from firmware_config.labels import minting
from station.agent.line_desk import rtsp_addresses
from station.devices.camera.passwords import address_to_open
from station.settings import Settings
from tests.firmware_config.commanded import Run, runner
from tests.station.firstboot.county import Told, written_card
from wire.settings import load_settings

NOW = dt.datetime.now(dt.UTC)
ONE, TWO, THREE = "999999101001", "999999101002", "999999102001"
SHEET = f"""code,name,town,camera_1,camera_1_name,camera_2,camera_2_name,wifi_ssid
{ONE},测试一村,测试镇,rtsp://admin@10.1.2.9/Streaming/Channels/101,gate,http://root@10.1.2.10:8080/v.mjpg,yard,office
{TWO},测试二村,测试镇,rtsp://admin@10.1.3.9/a,gate,/dev/video0,hall,
{THREE},测试三村,另一镇,rtsp://admin@10.1.4.9/a,gate,,,
"""
COUNTY, TOWN, OWN, WIFI = "c0unty:p@ss", "t0wn/p ss", "0wn?p#ss", "wifi secret 1"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "county"
    villages = [Village(ONE, "测试一村", "测试镇")]
    make_county(folder, villages, county_name="测试县", ports=Ports(18883, 18080, "10.9.0.1"))
    return folder


@pytest.fixture
def county(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "county")


@pytest.fixture
def run(county: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    run = runner(monkeypatch, capsys, county)
    sheet = county.parent / "stations.csv"
    sheet.write_text(SHEET, "utf-8")
    assert run("station", "import", sheet).code == 0
    return run


@pytest.fixture
def tokens(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Have labels printed by nobody; return the token of each station's newest."""
    seen: dict[str, str] = {}

    def write(_part: object, printed: list, *_: object) -> None:
        seen.update({one.label.station: one.label.token for one in printed})

    monkeypatch.setattr(minting, "_write", write)
    return seen


def kept(run: Run) -> list[str]:
    """Return of which scope each camera's password is, and whether it is sealed."""
    return [line.split("  ")[-2].split()[-1] + " " + line.split()[-1] for line in lines(run)]


def lines(run: Run) -> list[str]:
    return [line for line in run("station", "camera-secret").out.splitlines() if line.startswith("99")]


def needs(run: Run, code: str) -> list[str]:
    return json.loads(run("station", "show", code, "--json").out)["station"]["needs"]


def test_from_the_technicians_keyboard_to_the_camera(
    run: Run, county: Path, tokens: dict[str, str], tmp_path: Path
) -> None:
    said = [
        run("station", "camera-secret", "--all", given=f"{COUNTY}\n"),
        run("station", "camera-secret", "--town", "另一镇", given=f"{TOWN}\n"),
        run("station", "camera-secret", ONE, "yard", given=f"{OWN}\n"),
        run("station", "wifi", "office", given=f"{WIFI}\n"),
    ]
    assert [told.code for told in said] == [0, 0, 0, 0]
    assert [line.split()[2] for line in lines(run)] == ["gate", "yard", "gate", "gate"], "a webcam wants none"
    assert run("bundle", "build", ONE).err.startswith("E-BUN-03")
    assert run("label", "mint", "--all").code == 0
    inventory = Inventory.open(county)
    assert "label" not in needs(run, ONE)
    build(inventory, inventory.all(), NOW)
    for code, passwords in (
        (ONE, {"gate": COUNTY, "yard": OWN}),
        (TWO, {"gate": COUNTY, "hall": None}),
        (THREE, {"gate": TOWN}),
    ):
        root = tmp_path / code
        layout = written_card(root, bundle_file(county, code).read_bytes(), token=tokens[code])
        first = Told(layout, clock=NOW)
        assert not first.run(), "there is no hub, but all that is sealed is open"
        assert first.state("secrets") == ("done", "")
        said += [first.lines]
        cameras = load_settings(layout.station / "station.toml", Settings).cameras
        assert {one.name: one.password_file is not None for one in cameras} == {
            name: password is not None for name, password in passwords.items()
        }
        asked = {name: address() for name, address in rtsp_addresses(cameras).items()}
        assert {name: address and address.password for name, address in asked.items()} == {"gate": passwords["gate"]}
    gate, yard = load_settings(tmp_path / ONE / "var/lib/cuncuntong/station/station.toml", Settings).cameras
    assert address_to_open(gate, gate.source) == "rtsp://admin:c0unty%3Ap%40ss@10.1.2.9/Streaming/Channels/101"
    assert address_to_open(yard, yard.source) == "http://root:0wn%3Fp%23ss@10.1.2.10:8080/v.mjpg"
    holding = {
        path.relative_to(tmp_path).parts[1]
        for path in tmp_path.rglob("*")
        if path.is_file() and any(secret.encode() in path.read_bytes() for secret in (COUNTY, TOWN, OWN, WIFI))
    }
    assert holding == {"secrets", "var", "etc"}, "not in inventory, label, bundle or card"
    assert not any(secret in str(said) for secret in (COUNTY, TOWN, OWN, WIFI))
    secrets = [county / "secrets", *(county / "secrets").rglob("*")]
    assert [path for path in secrets if path.stat().st_mode & 0o077] == []


def test_which_labels_another_password_makes_old(run: Run, tokens: dict[str, str]) -> None:
    run("station", "wifi", "office", given=WIFI)
    assert run("label", "mint", ONE).err.startswith("E-PASS-02")
    assert "缺" in run("station", "camera-secret").out
    run("station", "camera-secret", "--all", given=COUNTY)
    run("station", "camera-secret", "--all", "--user", "root", given=COUNTY)
    run("label", "mint", "--all")
    assert set(tokens) == {ONE, TWO, THREE}
    assert kept(run) == ["county yes"] * 4
    assert "mint again" not in run("station", "camera-secret", "--all", given=COUNTY).err, "the same"
    told = run("station", "camera-secret", TWO, given=OWN)
    assert TWO in told.err, "its only camera with a user"
    assert ONE not in told.err
    told = run("station", "camera-secret", "--all", given=TOWN)
    assert [code in told.err for code in (ONE, TWO, THREE)] == [True, False, True], "the exception stays"
    told = run("station", "set", ONE, "camera_1=rtsp://viewer@10.1.2.9/a")
    assert ONE in told.err
    assert needs(run, ONE)[0] == "label"


def test_an_enrolled_station_needs_a_label_for_new_secrets_alone(
    run: Run, county: Path, tokens: dict[str, str]
) -> None:
    run("station", "camera-secret", "--all", given=COUNTY)
    run("label", "mint", TWO)
    inventory = Inventory.open(county)
    build(inventory, [inventory.get(TWO)], NOW)
    inventory.change(TWO, accepted_ms=1)
    assert needs(run, TWO) == []
    first = tokens[TWO]
    run("station", "set", TWO, "printer=HP")
    assert needs(run, TWO) == ["bundle"]
    run("label", "mint", TWO)
    assert tokens[TWO] == first
    run("station", "set", TWO, "camera_3=rtsp://admin@10.1.3.10/a")
    assert needs(run, TWO) == ["label", "bundle"]
    assert run("bundle", "build", TWO).err.startswith("E-BUN-03")
    run("label", "mint", TWO)
    assert tokens[TWO] != first
    assert run("bundle", "build", TWO).code == 0


def test_wrong_use_is_told(run: Run) -> None:
    wrong = [
        (["--all", "--town", "测试镇"], "x", "三者只能选一"),
        (["--town", "无此镇"], "x", "无此镇"),
        ([ONE], "x", "gate, yard"),
        ([TWO, "hall"], "x", "gate"),
        (["999999101009"], "x", "E-INV-07"),
        (["--all"], "", "E-PASS-01"),
        (["--all"], "口令", "E-PASS-01"),
        (["--all"], "x" * 33, "E-PASS-01"),
    ]
    for arguments, given, said in wrong:
        told = run("station", "camera-secret", *arguments, given=given)
        assert told.code in {2, 3}
        assert said in told.err


def test_no_password_comes_into_the_inventory(run: Run, county: Path) -> None:
    for source in (
        "rtsp://admin:secret@10.1.2.9/a",
        "rtsp://admin:1/secret@10.1.2.9/a",
        "rtsp://admin:a?secret@10.1.2.9/a",
        "http://10.1.2.9/v?user=admin&pwd=secret",
        "rtsp://10.1.2.9/user=admin&password=secret&channel=1&stream=0.sdp",
    ):
        told = run("station", "set", ONE, f"camera_1={source}")
        assert told.err.count("E-INV-03") == 1
        assert "station camera-secret" in told.err
        assert "secret@" not in told.err + (county / "inventory.json").read_text()
