"""`firmware-config ca …` and `stick …` as a technician meets them."""

import errno
import json
from pathlib import Path

import pytest

from firmware_config.exits import EXIT_CHANGES_PENDING, EXIT_DEVICE, EXIT_TRUST, EXIT_VALIDATION
from firmware_config.identity.authority import CountyCa
from firmware_config.identity.lists import read_lists, revoked_in
from tests.firmware_config.commanded import Run, runner
from tests.firmware_config.van import NOW, Van, code, county_with_labels, van
from wire.certificates import CLIENT, fingerprint

A, B = code(0), code(1)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(monkeypatch, capsys, tmp_path / "county")


def test_an_authority_is_made_once_and_shown(run: Run, tmp_path: Path) -> None:
    assert run("ca", "init", "--dry-run", "--county", "999999").code == EXIT_CHANGES_PENDING
    assert not (tmp_path / "county").exists()
    assert run("ca", "init").err.startswith("E-INV-08"), "which county is not known yet"
    assert run("ca", "init", "--county", "99999x").code == 2
    (tmp_path / "county").mkdir(exist_ok=True)
    made = run("ca", "init", "--county", "999999")
    assert made.code == 0
    root = CountyCa.load(tmp_path / "county").issuer.certificate
    assert fingerprint(root) in made.out.replace(" ", "")
    kept = {path: path.read_bytes() for path in (tmp_path / "county").rglob("*.key")}
    assert run("ca", "init", "--county", "999999").out == made.out
    assert {path: path.read_bytes() for path in (tmp_path / "county").rglob("*.key")} == kept
    shown = json.loads(run("ca", "show", "--json").out)
    assert (shown["schema"], shown["fingerprint"]) == (1, fingerprint(root))
    assert "ca.init" in run("ca", "log").out


def test_a_folder_without_an_authority_is_refused(run: Run) -> None:
    assert run("ca", "show").err.startswith("E-ID-01")
    assert run("ca", "list").err.startswith("E-ID-08")


def test_a_laptop_is_made_signs_by_stick_and_is_revoked(run: Run, tmp_path: Path) -> None:
    tokens = county_with_labels(tmp_path / "county", [A, B])
    laptop, stick = tmp_path / "laptop", tmp_path / "stick"
    assert run("ca", "delegate", "van1", "--to", laptop).code == 2, "for whom has to be said"
    told = run("ca", "delegate", "van1", "--to", laptop, "--all", "--dry-run")
    assert (told.code, told.out.split()) == (EXIT_CHANGES_PENDING, [A, B])
    assert not laptop.exists()
    made = run("ca", "delegate", "van1", "--to", laptop, "--all", "--days", "7")
    assert (made.code, made.out) == (0, f"{laptop}\n")
    assert str(tmp_path / "county" / "hub" / "issuers" / "van1") in made.err
    listed = {one["name"]: one for one in json.loads(run("ca", "list", "--json").out)["authorities"]}
    assert [(listed[name]["state"], listed[name]["stations"]) for name in ("hub", "van1")] == [
        ("signs", None), ("signs", 2),
    ]  # fmt: skip

    assert run("stick", "prepare", stick, "--folder", laptop).code == EXIT_DEVICE
    stick.mkdir()
    assert run("stick", "sign", stick, "--folder", laptop).err.startswith("no request")
    assert run("stick", "prepare", stick, "--folder", laptop).code == 0
    road = Van(tmp_path / "county", laptop, stick, tokens)
    road.ask(A)
    dry = run("stick", "sign", stick, "--folder", laptop, "--dry-run", "--json")
    assert dry.code == EXIT_CHANGES_PENDING
    assert json.loads(dry.out)["answers"][0]["refusal"] is None
    signed = run("stick", "sign", stick, "--folder", laptop)
    assert signed.code == 0
    assert f"{A}" in signed.out
    assert "已签发" in signed.out
    road.ask(B, tokens[A])
    refused = run("stick", "sign", stick, "--folder", laptop)
    assert refused.code == EXIT_TRUST
    assert "E-ENR-13" in refused.out
    assert "再次给出" in refused.out
    answers = json.loads(run("stick", "sign", stick, "--folder", laptop, "--json").out)["answers"]
    assert [one["refusal"] and one["refusal"]["code"] for one in answers] == [None, "E-ENR-13"]
    assert "stick.issue" in run("ca", "log", "--folder", laptop).out

    assert run("ca", "revoke", "van1", "--reason", "key-compromise", "--dry-run").code == EXIT_CHANGES_PENDING
    assert run("ca", "revoke", "van1", "--reason", "key-compromise", given="n\n").code == EXIT_VALIDATION
    revoked = run("ca", "revoke", "van1", "--reason", "key-compromise", "--yes", "--json")
    assert revoked.code == 0
    serial = int(listed["van1"]["serial"], 16)
    assert json.loads(revoked.out)["new"] is True
    assert {one.serial for one in revoked_in((tmp_path / "county" / "ca.crl").read_bytes())} == {serial}
    assert len(read_lists((tmp_path / "county" / "hub" / "trust" / "crl.pem").read_bytes())) == 2
    again = run("ca", "revoke", "van1", "--reason", "key-compromise", "--yes", "--json")
    assert json.loads(again.out)["new"] is False
    assert "revoked" in run("ca", "list").out


def test_a_full_stick_costs_no_laptops_name(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    county_with_labels(tmp_path / "county", [A])
    laptop = tmp_path / "laptop"

    def full(path: Path, *_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "full", str(path))

    with monkeypatch.context() as patch:
        patch.setattr("firmware_config.inventory.storage.write_atomically", full)
        told = run("ca", "delegate", "van1", "--to", laptop, "--all")
    assert told.err.startswith("E-PRO-04")
    assert {path.name for path in laptop.iterdir()} >= {"ca.crt", "unseal.key"}
    assert run("ca", "delegate", "van1", "--to", laptop, "--all").code == 0, "the same name, the same folder"
    assert (laptop / "laptop.key").exists()
    begun = tmp_path / "begun"
    begun.mkdir()
    (begun / "inventory.json").write_text("{}")
    assert run("ca", "delegate", "van2", "--to", begun, "--all").err.startswith("E-PRO-01"), "somebody's inventory"


def test_what_the_root_did_not_issue_is_not_the_roots_to_revoke(run: Run, tmp_path: Path) -> None:
    road = van(tmp_path)
    station = road.open().issuer.issue_pair(A, CLIENT, NOW)
    station.save(tmp_path, "station")
    for said in (tmp_path / "station.crt", "nobody", "xyz", "0", tmp_path / "county" / "ca.crt", road.stick):
        told = run("ca", "revoke", said, "--reason", "superseded", "--yes")
        assert (told.code, told.err[:8]) == (EXIT_TRUST, "E-ID-12 "), said
    (tmp_path / "broken.crt").write_bytes(b"x")
    assert run("ca", "revoke", tmp_path / "broken.crt", "--reason", "superseded", "--yes").err.startswith("E-ID-12")
    hub = CountyCa.load(road.county).issue_client("hub", NOW)
    hub.save(tmp_path, "old-hub")
    assert run("ca", "revoke", tmp_path / "old-hub.crt", "--reason", "superseded", "--yes").code == 0
    assert run("ca", "revoke", "ab:cd", "--reason", "cessation", "--yes").code == 0
    assert {f"{one.serial:x}" for one in revoked_in((road.county / "ca.crl").read_bytes())} >= {"abcd"}
