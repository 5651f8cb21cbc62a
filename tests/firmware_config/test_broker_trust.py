"""What the hub writes is put into the broker's folder only when it is what the hub writes; wherever it is cut."""

import datetime as dt
import json
import os
from pathlib import Path

import pytest

from firmware_config.broker import render_acl
from firmware_config.broker_trust import PENDING, compare, install
from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_CHANGES_PENDING, EXIT_FAILURE, EXIT_TRUST
from firmware_config.identity.authority import CountyCa
from firmware_config.identity.issuing import Issuer, Revoked
from firmware_config.identity.lists import trust_lists
from tests.cutting import CutError, disk
from tests.firmware_config.commanded import Run, runner

NOW = dt.datetime.now(dt.UTC)
A = "999999101001"


@pytest.fixture
def county(tmp_path: Path) -> Path:
    """A county whose hub has revoked one station and whose broker does not know yet."""
    folder = tmp_path / "county"
    hub, broker = folder / "hub", folder / "broker"
    ca = CountyCa.create("999999", NOW)
    (hub / "issuers").mkdir(parents=True)
    ca.delegate("hub", NOW, dt.timedelta(days=300)).save(hub / "issuers", "hub")
    (hub / "issuers" / "ca.crl").write_bytes(ca.issuer.revocation_list((), NOW))
    ca.issue_server(["localhost"], NOW).save(broker, "broker")
    (broker / "ca.crt").write_bytes(ca.cert_pem)
    (broker / "crl.pem").write_bytes(trust_lists(hub / "issuers", (), NOW))
    (broker / "acl").write_text(render_acl())
    (broker / "acl").chmod(0o640)
    (hub / "trust").mkdir()
    (hub / "trust" / "crl.pem").write_bytes(trust_lists(hub / "issuers", [Revoked(0xABC, NOW)], NOW))
    (hub / "trust" / "acl").write_text(render_acl([A]))
    return folder


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(monkeypatch, capsys)


def contents(county: Path, part: str) -> list[bytes]:
    return [(county / part / name).read_bytes() for name in ("crl.pem", "acl")]


def test_it_says_what_changes_and_done_again_there_is_nothing(county: Path, run: Run) -> None:
    told = run("hub", "apply-trust", county, "--dry-run")
    assert told.code == EXIT_CHANGES_PENDING
    assert told.out.splitlines() == [
        "revoked certificate 吊销证书  abc", f"silenced 禁言  {A}", "file 文件  acl", "file 文件  crl.pem",
    ]  # fmt: skip
    assert contents(county, "broker") != contents(county, "hub/trust")
    facts = json.loads(run("hub", "apply-trust", county, "--dry-run", "--json").out)
    assert (facts["schema"], facts["revoked"], facts["denied"]) == (1, ["abc"], [A])
    told_broker: list[int] = []
    broker = county / "broker"
    for _ in range(2):
        install(compare(county / "hub" / "trust", broker, NOW), broker, lambda: told_broker.append(1))
    assert (contents(county, "broker"), told_broker) == (contents(county, "hub/trust"), [1])
    assert (broker / "acl").stat().st_mode & 0o777 == 0o640, "as it was, so that the broker can read it"
    again = run("hub", "apply-trust", county)
    assert (again.code, again.out) == (0, "")
    assert "无变化" in again.err


def test_a_process_that_is_no_mosquitto_is_not_signalled_and_the_next_run_tells_the_broker(
    county: Path, run: Run, tmp_path: Path
) -> None:
    told = run("hub", "apply-trust", county, "--pid", os.getpid())
    assert (told.code, told.err[:8]) == (EXIT_FAILURE, "E-BRK-02")
    assert contents(county, "broker") == contents(county, "hub/trust")
    assert compare(county / "hub" / "trust", county / "broker", NOW).pending
    (tmp_path / "pid").write_text("none")
    assert run("hub", "apply-trust", county, "--pid-file", tmp_path / "pid").err.startswith("E-BRK-02")
    told_broker: list[int] = []
    install(compare(county / "hub" / "trust", county / "broker", NOW), county / "broker", lambda: told_broker.append(1))
    assert told_broker == [1]
    assert not (county / "broker" / PENDING).exists()


def test_systemd_is_asked_to_tell_the_broker(
    county: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = tmp_path / "asked"
    systemctl = tmp_path / "systemctl"
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    systemctl.write_text("#!/bin/sh\nprintf 'no bus\\nhere' >&2\nexit 1\n")
    systemctl.chmod(0o755)
    told = run("hub", "apply-trust", county)
    assert (told.code, told.err[:8], told.err.count("\n")) == (EXIT_FAILURE, "E-BRK-02", 1)
    systemctl.write_text(f'#!/bin/sh\necho "$@" > {asked}\n')
    assert run("hub", "apply-trust", county).code == 0, "what was not told is told by the next run"
    assert asked.read_text() == "try-reload-or-restart -- mosquitto.service\n"
    asked.unlink()
    assert run("hub", "apply-trust", county).code == 0
    assert not asked.exists(), "nothing to tell, nobody told"


def test_the_broker_is_started_anew_when_somebody_silenced_is_heard_again_or_an_authority_is_gone(county: Path) -> None:
    """mosquitto looks at certificates when a connection begins: a stolen machine that holds on would be heard too."""
    trust, broker = county / "hub" / "trust", county / "broker"
    first = compare(trust, broker, NOW)
    assert not first.cut, "silencing needs none"
    install(first, broker, lambda: None)
    (trust / "acl").write_text(render_acl())
    again = compare(trust, broker, NOW)
    assert (again.allowed, again.cut) == ((A,), True)
    install(again, broker, None)
    assert compare(trust, broker, NOW).cut, "a run that was cut is gone on with as it was meant"
    install(compare(trust, broker, NOW), broker, lambda: None)
    (trust / "crl.pem").write_bytes((county / "hub" / "issuers" / "ca.crl").read_bytes())
    assert compare(trust, broker, NOW).cut


def test_by_a_restart(county: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    (tmp_path / "systemctl").write_text(f'#!/bin/sh\necho "$@" > {tmp_path / "asked"}\n')
    (tmp_path / "systemctl").chmod(0o755)
    (county / "broker" / "acl").write_text(render_acl([A]))
    (county / "hub" / "trust" / "acl").write_text(render_acl())
    assert run("hub", "apply-trust", county).code == 0
    assert (tmp_path / "asked").read_text() == "try-restart -- mosquitto.service\n"


def test_cut_at_every_write_the_next_run_finishes_and_the_broker_hears_of_it(county: Path) -> None:
    trust, broker = county / "hub" / "trust", county / "broker"
    old = contents(county, "broker")
    told: list[int] = []
    with disk() as counted:
        install(compare(trust, broker, NOW), broker, lambda: told.append(1))
    for at in range(1, len(counted.done) + 1):
        for name, content in zip(("crl.pem", "acl"), old, strict=True):
            (broker / name).write_bytes(content)
        told.clear()
        with pytest.raises(CutError), disk(at):
            install(compare(trust, broker, NOW), broker, lambda: told.append(1))
        for name, before, after in zip(("crl.pem", "acl"), old, contents(county, "hub/trust"), strict=True):
            assert (broker / name).read_bytes() in {before, after}, "whole, the old one or the new one"
        install(compare(trust, broker, NOW), broker, lambda: told.append(1))
        assert contents(county, "broker") == contents(county, "hub/trust")
        assert told, counted.done[at - 1]
        assert not compare(trust, broker, NOW).anything


def foreign_lists(county: Path) -> None:
    other = CountyCa.create("999999", NOW)
    (county / "hub" / "trust" / "crl.pem").write_bytes(other.issuer.revocation_list((), NOW))


def without_the_roots_list(county: Path) -> None:
    issuer = Issuer.load(county / "hub" / "issuers", "hub")
    (county / "hub" / "trust" / "crl.pem").write_bytes(issuer.revocation_list((), NOW))


def lists_of_tomorrow(county: Path) -> None:
    path = county / "hub" / "trust" / "crl.pem"
    issuer = Issuer.load(county / "hub" / "issuers", "hub")
    path.write_bytes(path.read_bytes() + issuer.revocation_list((), NOW + dt.timedelta(days=3)))


def half_a_list(county: Path) -> None:
    path = county / "hub" / "trust" / "crl.pem"
    path.write_bytes(path.read_bytes()[:-60])


def no_lists(county: Path) -> None:
    (county / "hub" / "trust" / "crl.pem").unlink()


def empty_lists(county: Path) -> None:
    (county / "hub" / "trust" / "crl.pem").write_bytes(b"")


def access_for_all(county: Path) -> None:
    path = county / "hub" / "trust" / "acl"
    path.write_text(path.read_text() + "topic readwrite #\n")


def half_an_access_list(county: Path) -> None:
    path = county / "hub" / "trust" / "acl"
    path.write_bytes(path.read_bytes()[:500])


def huge(county: Path) -> None:
    os.truncate(county / "hub" / "trust" / "acl", 17 * 1024 * 1024)


@pytest.mark.parametrize(
    "spoil",
    [
        foreign_lists, without_the_roots_list, lists_of_tomorrow, half_a_list, no_lists, empty_lists, access_for_all,
        half_an_access_list, huge,
    ],
)  # fmt: skip
def test_what_would_lock_the_county_out_or_let_anybody_in_is_not_installed(
    county: Path, run: Run, spoil: object
) -> None:
    assert callable(spoil)
    spoil(county)
    before = contents(county, "broker")
    told = run("hub", "apply-trust", county)
    assert told.code == EXIT_TRUST
    assert told.err[:8] in {"E-BRK-01", "E-ID-08 "}
    assert told.err.count("\n") == 1
    assert contents(county, "broker") == before
    with pytest.raises(ProvisionError):
        compare(county / "hub" / "trust", county / "broker", NOW)
