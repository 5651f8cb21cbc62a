"""`hub init` and `hub check` as whoever sets up a county's centre meets them; the broker is a real one."""

import datetime as dt
import json
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from demo.processes import free_port
from firmware_config.__main__ import main
from firmware_config.exits import EXIT_CHANGES_PENDING, EXIT_FAILURE, EXIT_TRUST, EXIT_VALIDATION
from firmware_config.host.checking import broker_accepts
from firmware_config.host.laying import Asked, Host, carry_out, prepare
from firmware_config.host.rendering import OWN, SHIPPED
from firmware_config.inventory.entry import Entry
from firmware_config.inventory.inventory import Inventory
from firmware_config.shipped import shipped_units
from hub.settings import Settings
from tests.cutting import CutError, disk
from wire.settings import load_settings

CSV = "code,name,town\n999999101001,测试一村,测试镇\n999999101002,测试二村,测试镇\n"
KEYS = (
    "ca.key",
    "signer.key",
    "issuers/hub.key",
    "broker/broker.key",
    "hub/hub.key",
    "hub/unseal.key",
    "hub/api.token",
)


class Told:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def init(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):
    def run(*arguments: object, command: str = "init") -> Told:
        monkeypatch.setattr(sys, "argv", ["firmware-config", "hub", command, *(str(one) for one in arguments)])
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
        told = capfd.readouterr()
        return Told(code, told.out, told.err)

    return run


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """No name server is asked: it may take its time."""

    def known(host: str) -> list[str]:
        if host.endswith(".invalid"):
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return ["192.0.2.1"]

    monkeypatch.setattr("firmware_config.host.checking.addresses_of", known)


@pytest.fixture
def villages(tmp_path: Path) -> Path:
    path = tmp_path / "villages.csv"
    path.write_text(CSV, "utf-8")
    return path


@pytest.fixture
def first(villages: Path) -> list[object]:
    return ["--villages", villages, "--county-name", "测试县", "--host", "hub.example"]


@pytest.fixture
def county(init, tmp_path: Path, first: list[object], monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("os.fsync", lambda _: None)  # cuts are tried below; here it would only take time
    folder = tmp_path / "county"
    assert init(folder, *first).code == 0
    return folder


def stands(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(one.relative_to(folder)): (one.read_bytes(), one.stat().st_mode)
        for one in folder.rglob("*")
        if one.is_file()
    }


def changed_lines(out: str) -> list[str]:
    return [line for line in out.splitlines() if re.match(r"[+-](?![+-]{2} )", line)]


def test_run_twice_nothing_changes(init, county: Path, first: list[object]) -> None:
    before = stands(county)
    for arguments in ([], first, ["--yes"], ["--check"]):
        again = init(county, *arguments)
        assert (again.code, again.out) == (0, "")
        assert "无需更改" in again.err
    assert stands(county) == before


def test_another_host_is_the_brokers_certificate_and_two_lines_of_settings(init, county: Path) -> None:
    before = stands(county)
    shown = init(county, "--host", "hub2.example")
    assert shown.code == EXIT_CHANGES_PENDING
    assert "--yes" in shown.err
    assert changed_lines(shown.out) == [
        "-名称 names: 127.0.0.1, hub.example, localhost",
        "+名称 names: 127.0.0.1, hub2.example, localhost",
        '-host = "hub.example"',
        '+host = "hub2.example"',
        '-names = ["hub.example"]',
        '+names = ["hub2.example"]',
    ]
    assert init(county, "--host", "hub2.example", "--check", "--yes").code == EXIT_CHANGES_PENDING
    assert stands(county) == before, "nothing is changed by looking"
    done = init(county, "--host", "hub2.example", "--yes")
    assert done.code == 0
    assert "systemctl restart cuncuntong-hub.service mosquitto.service" in done.err
    after = stands(county)
    assert {name for name in after if after[name] != before.get(name)} == {
        "broker/broker.crt", "hub/hub.toml", "host.json"
    }  # fmt: skip
    assert broker_accepts(Host(county)).code is None, "the certificate is for the key that was there"


def test_the_hub_answers_to_the_names_that_stations_are_given(init, county: Path) -> None:
    """A booted Debian refused its first station with HTTP 421: the hub's own name was not among those it answers to."""
    init(county, "--host", "b.example", "--host", "192.0.2.7", "--host", "c.example", "--yes")
    assert load_settings(county / "hub" / "hub.toml", Settings).web.names == ["b.example", "c.example"]


def test_keys_are_never_made_anew(init, county: Path) -> None:
    before = {key: (county / key).read_bytes() for key in KEYS}
    init(county, "--host", "a.example", "--host", "192.0.2.7", "--mqtt-port", "18883", "--yes", "--force")
    assert {key: (county / key).read_bytes() for key in KEYS} == before


def test_what_a_hand_added_stays_when_another_line_changes(init, county: Path) -> None:
    toml = county / "hub" / "hub.toml"
    toml.write_text(toml.read_text() + '\n[alerts.mail]\nhost = "mail.example"\nsender = "a@b.example"\n')
    noticed = init(county)
    assert (noticed.code, noticed.out) == (0, "")
    assert "hub/hub.toml: 手工改过，保留" in noticed.err
    assert init(county, "--web-port", "9090", "--yes").code == 0
    settings = load_settings(toml, Settings)
    assert settings.web.port == 9090
    assert settings.alerts.mail is not None
    assert not (county / "hub" / "hub.toml.old").exists()
    assert init(county, "--yes").code == 0


def test_a_line_that_a_hand_changed_is_not_overwritten_unless_told_and_then_kept_beside(init, county: Path) -> None:
    toml = county / "hub" / "hub.toml"
    mine = toml.read_text().replace("port = 8080", "port = 8088")
    toml.write_text(mine)
    before = stands(county)
    refused = init(county, "--web-port", "9090", "--yes")
    assert refused.code == EXIT_VALIDATION
    assert refused.err.startswith("E-HOST-02 hub/hub.toml")
    assert stands(county) == before
    assert init(county, "--web-port", "9090", "--yes", "--force").code == 0
    assert load_settings(toml, Settings).web.port == 9090
    assert (county / "hub" / "hub.toml.old").read_text() == mine


def test_a_county_of_before_is_taken_up_by_what_its_settings_say(init, county: Path) -> None:
    (county / "host.json").unlink()
    assert init(county).code == 0
    assert json.loads((county / "host.json").read_text())["choices"]["hosts"] == ["hub.example"]


def test_without_the_authoritys_key_the_hubs_own_authority_signs_and_without_both_it_says_so(
    init, county: Path
) -> None:
    (county / "ca.key").unlink()
    assert init(county, "--host", "b.example", "--yes").code == 0, "the technician has ca.key"
    assert broker_accepts(Host(county)).code is None
    (county / "hub" / "issuers" / "hub.key").rename(county / "away")
    before = stands(county)
    refused = init(county, "--host", "c.example", "--yes")
    assert refused.code == EXIT_TRUST
    assert stands(county) == before


def test_certificates_past_half_their_life_are_made_anew(county: Path) -> None:
    in_a_year = dt.datetime.now(dt.UTC) + dt.timedelta(days=370)
    prepared = prepare(Host(county), Asked(), in_a_year)
    assert [one.path for one in prepared.renewals] == ["broker/broker", "hub/hub", "monitor/monitor"]
    carry_out(Host(county), prepared, in_a_year)
    assert not prepare(Host(county), Asked(), in_a_year).pending


def test_a_county_whose_inventory_was_begun_first_is_made_of_that(init, tmp_path: Path) -> None:
    folder = tmp_path / "begun"
    with Inventory.open(folder).changing("import") as draft:
        draft.entries["999999101007"] = Entry("999999101007", "测试七村", "测试镇")
    assert init(folder, "--county-name", "测试县", "--host", "hub.example").code == 0
    assert (folder / "hub" / "stations.csv").read_text("utf-8").splitlines()[1:] == ["999999101007,测试七村,测试镇"]
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letters.txt").touch()
    assert init(tmp_path / "other", "--county-name", "测试县", "--host", "a").err.startswith("E-PRO-01")


@pytest.mark.parametrize(
    ("words", "named"),
    [
        pytest.param(["--host", "10.0.0.300"], "--host '10.0.0.300'", id="a slip in an address"),
        pytest.param(["--host", "http://10.0.0.1"], "--host 'http://10.0.0.1'", id="an address of a page"),
        pytest.param(["--host", ""], "--host ''", id="nothing"),
        pytest.param(["--host", "hub.example", "--web-listen", "0.0.0"], "--web-listen '0.0.0'", id="half of one"),
        pytest.param(["--host", "hub.example", "--mqtt-port", "8080"], "--web-port 8080", id="one port for two"),
    ],
)
def test_a_centre_that_could_not_be_reached_is_not_begun(
    init, tmp_path: Path, villages: Path, words: list[str], named: str
) -> None:
    told = init(tmp_path / "new", "--villages", villages, "--county-name", "测试县", *words)
    assert (told.code, told.err[:9], named in told.err) == (EXIT_VALIDATION, "E-HOST-07", True), told.err
    assert not (tmp_path / "new").exists()


def test_a_new_county_needs_its_answers_and_villages_of_another_are_refused(
    init, county: Path, tmp_path: Path, villages: Path
) -> None:
    told = init(tmp_path / "new", "--villages", villages)
    assert told.code == EXIT_VALIDATION
    assert told.err.startswith("E-HOST-01 a new county needs --county-name --host")
    assert not (tmp_path / "new").exists()
    villages.write_text(CSV.replace("999999", "888888"), "utf-8")
    told = init(county, "--villages", villages, "--yes")
    assert told.code == EXIT_VALIDATION
    assert told.err.startswith("E-HOST-05")


def test_a_new_village_is_one_line(init, county: Path, villages: Path) -> None:
    villages.write_text(CSV + "999999101003,测试三村,测试镇\n", "utf-8")
    shown = init(county, "--villages", villages)
    assert (shown.code, changed_lines(shown.out)) == (EXIT_CHANGES_PENDING, ["+999999101003,测试三村,测试镇"])


def test_the_plan_as_json(init, county: Path) -> None:
    told = json.loads(init(county, "--host", "hub2.example", "--json").out)
    assert (told["schema"], told["new"]) == (1, False)
    assert [(one["path"], one["kind"]) for one in told["changes"]] == [
        ("hub/hub.toml", "change"),
        ("broker/broker.crt", "certificate"),
    ]


def test_the_centres_own_machine_gets_its_units(init, tmp_path: Path, first: list[object]) -> None:
    root = tmp_path / "root"
    made = init("--prefix", root, *first)
    assert made.code == 0, made.err
    for path, name in SHIPPED.items():
        assert (root / path).read_bytes() == (shipped_units() / name).read_bytes()
    folder = root / OWN.relative_to("/")
    conf = (folder / "broker" / "mosquitto.conf").read_text()
    assert f"keyfile {OWN}/broker/broker.key" in conf, "as the machine will see it"
    assert load_settings(folder / "hub" / "hub.toml", Settings).backup.folder == "/var/backups/cuncuntong"
    assert "systemctl enable --now mosquitto.service cuncuntong-hub.service" in made.err
    unit = root / "etc/systemd/system/cuncuntong-hub.service"
    unit.write_text(unit.read_text().replace("WatchdogSec=60", "WatchdogSec=90"))
    assert "手工改过，保留" in init("--prefix", root).err


@pytest.mark.parametrize("cut_at", [3, 17, 29, 38, 44])
def test_a_first_run_that_was_cut_is_finished_by_the_next(tmp_path: Path, villages: Path, cut_at: int) -> None:
    host, now = Host(tmp_path / "county"), dt.datetime.now(dt.UTC)
    asked = Asked(villages, "测试县", ["hub.example"])
    with disk(cut_at), pytest.raises(CutError):
        carry_out(host, prepare(host, asked, now), now)
    carry_out(host, prepare(host, asked, now), now)
    assert not prepare(host, Asked(), now).pending
    assert not list(host.folder.rglob(".*.tmp"))


def test_the_real_broker_takes_what_is_rendered_and_refuses_what_is_spoilt(init, county: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("", 0))
        ports = ["--probe-port", other.getsockname()[1], "--web-port", free_port(), "--mqtt-port", free_port()]
        init(county, *ports, "--host", "no-such-host.invalid", "--yes")
        told = init(county, command="check")
    assert "好 ok  broker: mosquitto 接受此配置" in told.out
    assert re.search("^好 ok  port: web [0-9]+: 空闲", told.out, re.MULTILINE)
    assert "E-HOST-16  name: no-such-host.invalid" in told.out
    assert "E-HOST-14  port: probe" in told.out, "another program has it"
    assert told.code == EXIT_FAILURE
    conf = county / "broker" / "mosquitto.conf"
    conf.write_text(conf.read_text() + "no_such_option true\n")
    (county / "hub" / "unseal.key").chmod(0o644)
    told = init(county, "--json", command="check")
    found = {one["code"]: one["what"] for one in json.loads(told.out)["found"] if one["code"]}
    assert "no_such_option" in found["E-HOST-15"]
    assert "hub/unseal.key" in found["E-HOST-12"]
    (county / "broker" / "crl.pem").unlink()
    (county / "hub" / "unseal.key").unlink()
    crl, key = init(county, command="check").out.splitlines()
    assert crl.startswith("E-HOST-10  files: missing 缺少: broker/crl.pem; run hub init --yes")
    assert key.startswith("E-HOST-10  files: missing 缺少: hub/unseal.key; keys are made once"), "init brings none back"


def test_a_certificate_that_ends_soon_is_told(county: Path) -> None:
    from firmware_config.host.checking import check

    soon = dt.datetime.now(dt.UTC) + dt.timedelta(days=720)
    told = [one for one in check(Host(county), soon) if one.code == "E-HOST-13"]
    assert {one.what.split(":")[0] for one in told} == {"broker.crt", "hub.crt", "monitor.crt"}


def test_the_first_administrator_is_made_once_and_no_password_is_in_a_list_of_processes(
    init, monkeypatch: pytest.MonkeyPatch, county: Path
) -> None:
    """`hub user add` itself is run by test_document.py."""
    ran: list[list[str]] = []

    def hub(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        ran.append(command)
        there = any("add" in one for one in ran)
        return subprocess.CompletedProcess(command, 0, stdout='[{"name": "zhangsan"}]' if there else "[]")

    monkeypatch.setattr("firmware_config.host.machine.subprocess.run", hub)
    admin = ["--admin", "zhangsan", "--admin-name", "张三", "--admin-unit", "局", "--ask"]
    assert init(county, *admin).code == 0
    assert init(county, "--admin", "lisi").code == 2, "a name and a unit as well"
    assert "已有账号" in init(county, *admin).err
    (added,) = (one for one in ran if "add" in one)
    options = {word for word in added if word.startswith("--")}
    assert options == {"--full-name", "--unit", "--role", "--by", "--ask", "--config"}


def test_an_administrator_that_the_hub_refuses_is_told(init, monkeypatch: pytest.MonkeyPatch, county: Path) -> None:
    monkeypatch.setattr(
        "firmware_config.host.machine.subprocess.run",
        lambda command, **_: subprocess.CompletedProcess(command, 0 if "list" in command else 3, stdout="[]"),
    )
    told = init(county, "--admin", "zhangsan", "--admin-name", "张三", "--admin-unit", "局")
    assert told.code == EXIT_FAILURE
    assert told.err.startswith("E-HOST-04")
