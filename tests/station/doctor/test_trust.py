"""Certificates, files, card, units and software of a station in a folder."""

import json
from pathlib import Path

from station.doctor import trust
from station.doctor.trust_rules import Certificate
from tests.station.doctor.ground import Site, told
from tests.station.identity.ground import STATION, county, enrolled


def test_the_stations_own_certificate_leads_to_the_county(site: Site) -> None:
    seen = trust.certificate_seen(site.ground())
    assert (seen.trouble, seen.common_name, seen.key_belongs, seen.half_installed) == (None, STATION, True, False)
    assert int(seen.serial, 16) > 0


def test_what_is_wrong_with_a_certificate_is_seen(site: Site, tmp_path: Path) -> None:
    def seen() -> Certificate:
        return trust.certificate_seen(site.ground())

    other = enrolled(tmp_path / "other", county())
    pair = (site.folder / "station.crt").read_bytes(), (site.folder / "station.key").read_bytes()
    (site.folder / "station.key").write_bytes((other / "station.key").read_bytes())
    assert not seen().key_belongs
    (site.folder / "station.key").write_bytes(pair[1])
    (site.folder / "station.crt").write_bytes((other / "station.crt").read_bytes())
    assert seen().trouble == "E-CERT-02"
    (site.folder / "station.crt").write_text("no certificate")
    assert seen().trouble == "E-CERT-01"
    (site.folder / "station.crt").unlink()
    assert seen().trouble == "No such file or directory"
    (site.folder / "station.crt").write_bytes(pair[0])
    (site.folder / "station.crt.next").write_bytes(pair[0])
    assert seen().half_installed


def test_a_key_that_others_may_read_is_named(site: Site) -> None:
    assert told(trust.files(site.ground())) == [("ok", None)]
    (site.folder / "station.key").chmod(0o640)
    (finding,) = trust.files(site.ground())
    assert (finding.code, "station.key" in finding.zh) == ("E-SITE-28", True)


def test_secrets_on_the_card_are_named_and_never_quoted(site: Site) -> None:
    assert told(trust.card(site.ground())) == [("ok", None)]
    site.put("boot/firmware/cuncuntong/token", "ABCD-EFGH-JKMN-PQRS")
    site.put("boot/firmware/user-data", "#cloud-config\npassword: geheim99\n")
    (finding,) = trust.card(site.ground())
    assert (finding.state, finding.code) == ("bad", "E-SITE-34")
    assert ["token" in finding.zh, "user-data" in finding.zh] == [True, True]
    assert "geheim99" not in finding.zh + finding.en
    assert "ABCD" not in finding.zh + finding.en


def test_units_are_asked_of_systemd(site: Site) -> None:
    assert told(trust.units(site.ground())) == [("skipped", "E-SITE-38")]
    site.program("systemctl", "echo ActiveState=active; echo UnitFileState=enabled")
    assert told(trust.units(site.ground())) == [("ok", None)]
    site.program("systemctl", "echo ActiveState=failed; echo UnitFileState=enabled")
    assert told(trust.units(site.ground())) == [("bad", "E-SITE-35")] * 2


def test_the_release_in_use_is_told(site: Site) -> None:
    assert trust.software_seen(site.ground()).release is None
    slots = site.root / "opt/cuncuntong/slots"
    slots.mkdir(parents=True)
    assert told(trust.software(site.ground())) == [("bad", "E-SITE-36")]
    assert json.dumps(trust.software_seen(site.ground()).release) == '"?"'
