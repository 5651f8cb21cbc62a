"""`firmware-config station …` as a technician meets it: a spreadsheet in, all of it or nothing, and what is shown."""

import json
from pathlib import Path

import msgspec
import pytest

from firmware_config.exits import EXIT_CHANGES_PENDING, EXIT_VALIDATION
from firmware_config.inventory import wifi
from firmware_config.inventory.inventory import Inventory
from tests.firmware_config.commanded import Run, runner
from wire.inventory import HubStation, HubView, InventoryExport

ONE, TWO = "999999101001", "999999101001-2"
SHEET = f"""code,name,town,reader,camera_1,camera_1_name,wifi_ssid,address,gateway,dns
{ONE},测试一村,测试镇,/dev/ttyUSB0,/dev/video0,hall,村-office,,,
{TWO},测试一村二号,测试镇,,rtsp://10.1.2.9/a,,,10.1.2.3/24,10.1.2.1,10.1.0.5 10.1.0.6
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(monkeypatch, capsys, tmp_path / "county")


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "stations.csv"
    path.write_text(SHEET, "utf-8")
    return path


def test_a_dry_run_shows_what_an_import_would_do_and_does_nothing(run: Run, sheet: Path, tmp_path: Path) -> None:
    told = run("station", "import", sheet, "--dry-run")
    assert told.code == EXIT_CHANGES_PENDING
    assert told.out.splitlines() == [f"+ {ONE} 测试一村 测试镇", f"+ {TWO} 测试一村二号 测试镇"]
    assert run("station", "list").out.count("\n") == 1
    assert run("station", "import", sheet).code == 0
    assert run("station", "import", sheet).err.startswith("0 added 新增, 0 changed 更改, 2 unchanged")
    sheet.write_text(SHEET.replace("ttyUSB0", "ttyUSB1"))
    told = run("station", "import", sheet, "--dry-run")
    assert told.out == f"~ {ONE} reader: /dev/ttyUSB0 @ 115200 → /dev/ttyUSB1 @ 115200\n"


def test_every_flaw_of_a_sheet_is_told_with_its_line_and_nothing_is_imported(run: Run, sheet: Path) -> None:
    rows = [
        "3.2E+11,甲,测试镇,,,,,,,",
        "99999910100,甲,测试镇,,,,,,,",
        f"{ONE},甲,测试镇,,,,,,,",
        "888888101001,甲,测试镇,,,,,,,",
        "999999101003,,测试镇,COM3,,,,,,",
        "999999101004,甲,测试镇,,rtsp://admin:secret1@10.1.2.9/,,,,,",
        "999999101005,甲,测试镇,,,,,10.1.2.3/24,10.1.2.1,",
        "999999101006,甲,测试镇,,,,,10.1.2.4/24,10.9.9.9,",
        "999999101007,甲,测试镇,,,,,,,,x",
    ]
    sheet.write_text(SHEET + "\n".join(rows))
    told = run("station", "import", sheet)
    assert told.code == EXIT_VALIDATION
    lines = told.err.splitlines()
    assert all(line.startswith("E-INV-0") and f"{sheet}:" in line for line in lines)
    assert {int(line.split(":")[1]) for line in lines} == {3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
    assert "Excel" in lines[1]
    assert f"{TWO}" in next(line for line in lines if ":6:" in line), "how a second kiosk is written"
    assert "secret1" not in told.err
    assert run("station", "list").out.count("\n") == 1


def test_add_set_show_remove_and_undo(run: Run) -> None:
    assert run("station", "add", ONE, "--name", "测试一村", "--town", "测试镇", "os=bookworm").code == 0
    again = run("station", "add", ONE, "--name", "测试一村", "--town", "测试镇")
    assert (again.code, again.err[:8]) == (EXIT_VALIDATION, "E-INV-04")
    assert run("station", "set", ONE, "panel=800*480", "printer=HP 1020").code == 0
    shown = run("station", "show", ONE).out
    assert "800x480" in shown
    assert "HP 1020" in shown
    assert f"#2 set {ONE}: panel printer" in shown
    assert run("station", "set", ONE, "colour=red").code == 2
    assert run("station", "set", ONE, "os=arch").err.startswith("E-INV-03")
    assert run("station", "remove", ONE).out == f"- {ONE} 测试一村 测试镇\n"
    assert run("station", "show", ONE).err.startswith("E-INV-08")
    run("station", "undo")
    assert "HP 1020" in run("station", "show", ONE).out
    assert run("station", "show", "999999101009").code == EXIT_VALIDATION


def test_a_code_is_taken_as_people_type_it(run: Run) -> None:
    run("station", "add", "999999101001-2", "--name", "测试一村", "--town", "测试镇")
    typed = "９９９９９９１０１００１－２"
    for command in (("show", typed), ("set", typed, "note=x"), ("remove", typed)):
        assert run("station", *command).code == 0, command


def test_a_wrong_folder_is_told_and_how_to_name_the_right_one(run: Run, tmp_path: Path) -> None:
    for command in (
        ("station", "show", "999999101001"),
        ("station", "export"),
        ("label", "mint", "--all"),
        ("label", "revoke", "999999101001"),
        ("bundle", "build", "999999101001"),
        ("card", "verify", "999999101001", "--to", tmp_path),
    ):
        told = run(*command, "--folder", tmp_path)
        assert (told.code, told.out) == (EXIT_VALIDATION, ""), command
        assert told.err.startswith(f"E-INV-08 {tmp_path}")
        assert "--folder" in told.err
    listed = run("station", "list", "--folder", tmp_path, "--json")
    assert json.loads(listed.out)["stations"] == []
    assert "--folder" in listed.err


def test_a_list_is_filtered_and_for_programs_has_a_schema(run: Run, sheet: Path) -> None:
    run("station", "import", sheet)
    run("station", "add", "999999102001", "--name", "乙", "--town", "别镇")
    listed = json.loads(run("station", "list", "--json", "--town", "测试镇").out)
    assert listed["schema"] == 1
    assert [(one["code"], one["state"], one["needs"]) for one in listed["stations"]] == [
        (ONE, "planned", ["label", "bundle", "card"]),
        (TWO, "planned", ["label", "bundle", "card"]),
    ]
    assert run("station", "list", "--state", "accepted").out.count("\n") == 1
    assert run("station", "list", "--state", "gone").code == 2
    shown = json.loads(run("station", "show", TWO, "--json").out)
    assert shown["station"]["network"] == {
        "address": "10.1.2.3/24", "gateway": "10.1.2.1", "dns": ["10.1.0.5", "10.1.0.6"],
    }  # fmt: skip
    assert [one["did"] for one in shown["history"]] == ["added"]


def test_a_sheet_goes_out_and_comes_back_unchanged(run: Run, sheet: Path, tmp_path: Path) -> None:
    run("station", "import", sheet)
    run("station", "export", "--as", "sheet", "--out", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbf"), "by which Excel knows UTF-8"
    assert "2 unchanged" in run("station", "import", tmp_path / "out.csv").err
    assert run("station", "export", "--as", "csv").out.splitlines()[0] == "code,name,town"


def test_the_hub_is_told_and_tells(run: Run, sheet: Path, tmp_path: Path) -> None:
    run("station", "import", sheet)
    exported = msgspec.json.decode(run("station", "export").out, type=InventoryExport, strict=True)
    assert [one.code for one in exported.stations] == [ONE, TWO]
    view = HubView(
        "999999", exported.made_ms, [HubStation(ONE, "测试一村", "测试镇", "online", serial="0a", token="d" * 64)]
    )
    file = tmp_path / "view.json"
    file.write_bytes(msgspec.json.encode(view))
    assert run("station", "import", "--from-hub", file, "--dry-run").code == EXIT_CHANGES_PENDING
    assert run("station", "import", "--from-hub", file).code == 0
    assert "enrolled" in run("station", "show", ONE).out
    assert "d" * 64 not in run("station", "show", ONE, "--json").out
    refused = run("station", "remove", ONE)
    assert (refused.code, refused.err[:8]) == (EXIT_VALIDATION, "E-INV-14")
    file.write_bytes(b"{")
    assert run("station", "import", "--from-hub", file).err.startswith("E-INV-12")


def test_a_wifi_secret_comes_by_file_or_stdin_and_is_its_owners_alone(run: Run, sheet: Path, tmp_path: Path) -> None:
    run("station", "import", sheet)
    assert "缺" in run("station", "wifi").out
    assert run("station", "wifi", "村-office", given="short\n").err.startswith("E-WIFI-02")
    told = run("station", "wifi", "村-office", given=" back\\slash 1\n")
    assert told.code == 0
    assert "slash" not in told.out + told.err
    assert "有" in run("station", "wifi").out
    county = tmp_path / "county"
    kept = [path for path in (county / "secrets").rglob("*") if path.is_file()]
    assert [path.stat().st_mode & 0o077 for path in [*kept, county / "secrets"]] == [0, 0]
    assert "slash" not in (county / "inventory.json").read_text()
    connection = wifi.connection_of(county, ONE, "村-office").decode()
    assert "psk=\\sback\\\\slash 1\n" in connection
    assert f"ssid={''.join(f'{byte};' for byte in '村-office'.encode())}\n" in connection
    for name in ("../../x", "..", "a/b", "."):
        wifi.keep_secret(county, name, "12345678")
        assert wifi.is_kept(county, name)
    assert not (county.parent / "x").exists()


def test_the_template_is_a_sheet_that_another_county_refuses(run: Run, tmp_path: Path, sheet: Path) -> None:
    run("station", "template", "--out", tmp_path / "t.csv")
    told = run("station", "import", tmp_path / "t.csv", "--dry-run")
    assert told.out.count("+ ") == 2
    run("station", "add", "888888101001", "--name", "甲", "--town", "乙镇")
    assert "888888" in run("station", "import", tmp_path / "t.csv").err
    assert len(Inventory.open(tmp_path / "county").all()) == 1
