"""A county's folder: everything each part needs, nothing of another's; and the villages' list, line by line."""

import base64
import datetime as dt
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_config.broker import denied_in, render_acl
from firmware_config.county import (
    Ports,
    Village,
    add_station,
    make_county,
    read_villages,
    write_villages,
)
from firmware_config.identity.authority import CountyCa
from firmware_config.identity.issuing import Issuer, Revoked
from firmware_config.identity.lists import read_lists, revoked_in, trust_lists
from firmware_config.inventory.reading import InventoryError
from firmware_config.trust import lay_out_trust, revoke
from hub.settings import Settings as HubSettings
from station.settings import Settings
from wire.settings import SettingsError, load_settings

VILLAGES = [Village("999999101001", "测试村", "测试镇"), Village("999999101002-2", "二号, “村”", "测试镇")]
PORTS = Ports(18883, 18080)


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "county"
    ca = make_county(folder, VILLAGES, county_name="测试县", ports=PORTS)
    add_station(folder, ca, VILLAGES[0], ports=PORTS)
    return folder


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_each_part_gets_what_it_needs_and_no_more(county: Path) -> None:
    assert files(county) == {
        "ca.key", "ca.crt", "ca.crl", "seal.pub", "signer.key", "signer.crt", "issuers/hub.key", "issuers/hub.crt",
        "hub/issuers/hub.key", "hub/issuers/hub.crt", "hub/issuers/ca.crl", "hub/trust/crl.pem", "hub/trust/acl",
        "broker/mosquitto.conf", "broker/acl", "broker/crl.pem", "broker/ca.crt",
        "broker/broker.crt", "broker/broker.key",
        "hub/hub.toml", "hub/stations.csv", "hub/ca.crt", "hub/hub.crt", "hub/hub.key", "hub/unseal.key",
        "hub/api.token",
        "monitor/ca.crt", "monitor/monitor.crt", "monitor/monitor.key",
        "stations/999999101001/station.toml", "stations/999999101001/ca.crt", "stations/999999101001/station.crt",
        "stations/999999101001/station.key", "stations/999999101001/seal.pub",
    }  # fmt: skip


def test_every_secret_can_be_read_by_its_owner_only(county: Path) -> None:
    open_to_others = {str(p.relative_to(county)) for p in county.rglob("*") if p.is_file() and p.stat().st_mode & 0o077}
    secret = {name for name in files(county) if name.endswith((".key", ".token", "acl"))}
    assert not open_to_others & secret
    assert len(secret) == 12


def test_a_station_holds_no_secret_of_the_county(county: Path) -> None:
    secrets_of_the_county = [(county / name).read_bytes() for name in ("ca.key", "hub/unseal.key", "hub/api.token")]
    for path in (county / "stations").rglob("*"):
        if path.is_file():
            assert not any(secret.strip() in path.read_bytes() for secret in secrets_of_the_county), path


def test_stations_seal_to_the_key_only_the_hub_holds(county: Path) -> None:
    from nacl.public import PrivateKey

    private = base64.b64decode((county / "hub" / "unseal.key").read_bytes())
    public = base64.b64decode((county / "stations" / "999999101001" / "seal.pub").read_bytes())
    assert bytes(PrivateKey(private).public_key) == public


def test_both_settings_files_are_read_as_written_and_name_files_that_exist(county: Path) -> None:
    station = load_settings(county / "stations" / "999999101001" / "station.toml", Settings)
    hub = load_settings(county / "hub" / "hub.toml", HubSettings)
    assert (station.station, station.name, station.town) == VILLAGES[0]
    assert (hub.county, hub.county_name) == ("999999", "测试县")
    assert (station.broker.port, hub.broker.port, hub.web.port) == (18883, 18883, 18080)
    for path in (
        station.seal_key_file, station.broker.ca_file, station.broker.cert_file, station.broker.key_file,
        hub.stations_file, hub.unseal_key_file, hub.broker.ca_file, hub.broker.cert_file, hub.broker.key_file,
        hub.web.api_token_file,
    ):  # fmt: skip
        assert Path(path).is_file()


def test_the_hub_gets_the_list_of_villages_as_it_was(county: Path) -> None:
    assert read_villages(county / "hub" / "stations.csv") == VILLAGES


def test_laid_out_again_it_keeps_authority_sealing_key_and_token(tmp_path: Path) -> None:
    kept = ("ca.key", "ca.crt", "seal.pub", "hub/unseal.key", "hub/api.token")
    make_county(tmp_path, VILLAGES, county_name="测试县", ports=PORTS)
    before = [(tmp_path / name).read_bytes() for name in kept]
    make_county(tmp_path, VILLAGES[:1], county_name="新县名", ports=Ports(28883, 18080))
    assert [(tmp_path / name).read_bytes() for name in kept] == before
    assert load_settings(tmp_path / "hub" / "hub.toml", HubSettings).county_name == "新县名"
    assert "listener 28883" in (tmp_path / "broker" / "mosquitto.conf").read_text()
    assert read_villages(tmp_path / "hub" / "stations.csv") == VILLAGES[:1]


def test_a_cut_while_the_authority_is_saved_does_not_stand_in_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class CutError(Exception):
        pass

    replace = Path.replace

    def cut(self: Path, target: Path) -> Path:
        if target.name == "ca.key":
            raise CutError
        return replace(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", cut)
        with pytest.raises(CutError):
            make_county(tmp_path, VILLAGES, county_name="测试县", ports=PORTS)
    make_county(tmp_path, VILLAGES, county_name="测试县", ports=PORTS)
    CountyCa.load(tmp_path)


def test_settings_the_hub_or_the_station_would_refuse_are_not_written(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="E-SET-02"):
        make_county(tmp_path, VILLAGES, county_name="县" * 65, ports=PORTS)
    assert not files(tmp_path)
    ca = make_county(tmp_path, VILLAGES, county_name="测试县", ports=PORTS)
    with pytest.raises(SettingsError, match="E-SET-02"):
        add_station(tmp_path, ca, VILLAGES[0], ports=PORTS, broker_overrides={"keepalive_s": 0})
    assert not (tmp_path / "stations").exists()


# --- the list of villages ---

GOOD = "code,name,town\n999999101001,测试一村,测试镇\n"


def read(tmp_path: Path, data: str | bytes) -> list[Village]:
    path = tmp_path / "villages.csv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return read_villages(path)


READS = [
    pytest.param(GOOD, id="plain"),
    pytest.param("\ufeff" + GOOD, id="saved by a spreadsheet, with a mark"),
    pytest.param(GOOD.replace("\n", "\r\n"), id="saved by a spreadsheet, with its line ends"),
    pytest.param(GOOD.removesuffix("\n"), id="no line end at the end"),
    pytest.param("town,code,name\n测试镇,999999101001,测试一村\n", id="columns in another order"),
    pytest.param("code,name,town,phone\n999999101001,测试一村,测试镇,12348\n", id="columns more than needed"),
    pytest.param("code,name,town\n 999999101001 , 测试一村 ,测试镇 \n", id="blanks around"),
    pytest.param('code,name,town\n"999999101001","测试一村","测试镇"\n', id="in quotes"),
    pytest.param(GOOD + "\n\n", id="empty lines at the end"),
    pytest.param(GOOD.encode("gb18030"), id="as Excel in China writes it"),
    pytest.param(b"\xff\xfe" + GOOD.replace(",", "\t").encode("utf-16-le"), id="Excel's Unicode text"),
    pytest.param(GOOD.replace(",", ";"), id="divided by semicolons"),
    pytest.param("编码,村,镇\n９９９９９９１０１００１,测试一村,测试镇\n", id="Chinese columns, full-width digits"),
]


@pytest.mark.parametrize("text", READS)
def test_a_list_as_people_save_it_is_read(tmp_path: Path, text: str | bytes) -> None:
    assert read(tmp_path, text) == [Village("999999101001", "测试一村", "测试镇")]


REFUSED = [
    pytest.param(GOOD.encode() + b"\xff", "E-INV-01", "UTF-8", id="in no encoding"),
    pytest.param(b"", "E-INV-02", "code,name,town", id="empty"),
    pytest.param("a,b,c\n999999101001,测试一村,测试镇\n", "E-INV-02", "code,name,town", id="other column names"),
    pytest.param("code,name\n999999101001,测试一村\n", "E-INV-03", ":2:", id="a column missing"),
    pytest.param(GOOD + "99999910100,测试二村,测试镇\n", "E-INV-03", ":3:", id="eleven digits in line 3"),
    pytest.param(GOOD + "999999101002,,测试镇\n", "E-INV-03", ":3:", id="no name"),
    pytest.param(GOOD + "999999101002,测试二村\n", "E-INV-03", ":3:", id="a cell missing"),
    pytest.param(GOOD + f"999999101002,{'村' * 65},测试镇\n", "E-INV-03", ":3:", id="a name too long"),
    pytest.param(GOOD + "999999101002,测试\x1b[2J,测试镇\n", "E-INV-03", ":3:", id="a name that commands terminals"),
    pytest.param(GOOD + '999999101002,"两\n行",测试镇\n', "E-INV-03", ":4:", id="a name of two lines"),
    pytest.param(GOOD + "999999101002," + "x" * 140_000 + ",t\n", "E-INV-03", ":3:", id="a cell without end"),
    pytest.param(GOOD + GOOD.splitlines()[1], "E-INV-04", ":3: 999999101001", id="the same code twice"),
    pytest.param(GOOD + "888888101001,别县一村,别镇\n", "E-INV-04", ":3:", id="two counties"),
    pytest.param("code,name,town\n", "E-INV-04", "no station", id="no village"),
]


@pytest.mark.parametrize(("data", "code", "where"), REFUSED)
def test_a_list_that_cannot_be_used_says_code_and_line(
    tmp_path: Path, data: str | bytes, code: str, where: str
) -> None:
    with pytest.raises(InventoryError) as told:
        read(tmp_path, data)
    assert str(told.value).startswith(f"{code} {tmp_path}/villages.csv")
    assert where in str(told.value)


def test_a_list_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(InventoryError, match="E-INV-01"):
        read_villages(tmp_path / "none.csv")


names = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=64)


@given(names=st.lists(names, min_size=1, max_size=5))
def test_a_list_written_is_the_list_read(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    villages = [Village(f"999999101{n:03d}", name, name[::-1]) for n, name in enumerate(names)]
    path = tmp_path_factory.getbasetemp() / f"written-{os.getpid()}.csv"
    write_villages(path, villages)
    assert read_villages(path) == villages


@pytest.mark.parametrize(
    ("county", "count"), [("jianhu", 248), ("pizhou", 508), ("rugao", 355), ("guannan", 238), ("taicang", 158)]
)
def test_the_real_counties_are_read(shared: Path, county: str, count: int) -> None:
    assert len(read_villages(shared / "villages" / f"{county}_villages.csv")) == count


def test_a_hubs_authority_that_was_revoked_gives_way_to_a_new_one(tmp_path: Path) -> None:
    ca = make_county(tmp_path, VILLAGES, county_name="测试县", ports=PORTS)
    before = Issuer.load(tmp_path / "issuers", "hub").certificate
    now = dt.datetime.now(dt.UTC)
    assert revoke(tmp_path, ca, before.serial_number, "key-compromise", now)
    assert len(read_lists((tmp_path / "hub" / "trust" / "crl.pem").read_bytes())) == 1
    make_county(tmp_path, VILLAGES, county_name="测试县", ports=PORTS)
    after = Issuer.load(tmp_path / "hub" / "issuers", "hub").certificate
    assert after.serial_number != before.serial_number
    lists = (tmp_path / "broker" / "crl.pem").read_bytes()
    assert (len(read_lists(lists)), len(revoked_in(lists))) == (2, 1)


def test_whoever_was_revoked_stays_so_when_the_county_is_laid_out_again(tmp_path: Path) -> None:
    make_county(tmp_path, VILLAGES, county_name="测试县", ports=PORTS)
    trust, now = tmp_path / "hub" / "trust", dt.datetime.now(dt.UTC)
    gone = Revoked(77, now.replace(microsecond=0))
    (trust / "crl.pem").write_bytes(trust_lists(tmp_path / "hub" / "issuers", [gone], now))
    (trust / "acl").write_text(render_acl([VILLAGES[0].code]))
    kept = {path: path.read_bytes() for path in (trust, tmp_path / "issuers") for path in path.iterdir()}
    make_county(tmp_path, VILLAGES, county_name="新县名", ports=PORTS)
    assert {path: path.read_bytes() for path in kept} == kept
    assert revoked_in((tmp_path / "broker" / "crl.pem").read_bytes()) == {gone}
    assert denied_in((tmp_path / "broker" / "acl").read_text()) == {VILLAGES[0].code}


def test_a_station_knows_where_the_hub_answers_it(tmp_path: Path) -> None:
    ca = make_county(tmp_path, VILLAGES, county_name="测试县", ports=PORTS)
    for host, web, url in (("10.1.2.3", 8080, "http://10.1.2.3:8080"), ("fd00::7", 80, "http://[fd00::7]:80")):
        written = add_station(tmp_path, ca, VILLAGES[0], ports=Ports(8883, web, host))
        hub = load_settings(written, Settings).hub
        assert hub is not None
        assert hub.url == url
    assert load_settings(add_station(tmp_path, ca, VILLAGES[0], ports=Ports(8883, 0, "h")), Settings).hub is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to somebody else")
def test_what_root_writes_into_a_hubs_folder_is_the_hubs_to_read(tmp_path: Path) -> None:
    make_county(tmp_path, VILLAGES, county_name="测试县", ports=PORTS)
    hub = tmp_path / "hub"
    os.chown(hub, 4321, 4322)
    ca = CountyCa.load(tmp_path)
    assert revoke(tmp_path, ca, 99, "superseded", dt.datetime.now(dt.UTC))
    lay_out_trust(tmp_path, ca, dt.datetime.now(dt.UTC))
    written = [path for place in ("issuers", "trust") for path in ((hub / place), *(hub / place).iterdir())]
    assert {(path.stat().st_uid, path.stat().st_gid) for path in written if path.name != "crl.pem"} == {(4321, 4322)}
    assert (hub / "issuers" / "hub.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to somebody else")
@pytest.mark.parametrize("name", ["issuers", "trust"])
def test_a_link_in_the_hubs_folder_gives_away_and_writes_nothing_elsewhere(tmp_path: Path, name: str) -> None:
    folder, elsewhere = tmp_path / "county", tmp_path / "elsewhere"
    make_county(folder, VILLAGES, county_name="测试县", ports=PORTS)
    elsewhere.mkdir()
    os.chown(folder / "hub", 4321, 4322)
    (folder / "hub" / name).rename(folder / "hub" / "aside")
    (folder / "hub" / name).symlink_to(elsewhere)
    with pytest.raises((OSError, ValueError)):
        lay_out_trust(folder, CountyCa.load(folder), dt.datetime.now(dt.UTC))
    assert (elsewhere.stat().st_uid, list(elsewhere.iterdir())) == (0, [])
