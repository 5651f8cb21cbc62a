"""Before any door: by which name, how often, and by what line."""

import datetime as dt
import ssl
import urllib.request
from pathlib import Path

import pytest

from firmware_config.identity.authority import CountyCa
from hub.errors import HubError
from hub.serving import tls_of
from hub.settings import WebSettings
from hub.web import door
from hub.web.gate import is_ours
from tests.hub.web.caller import Caller
from tests.hub.web.made_up import TOKEN, MadeUpCounty
from tests.hub.web.serving import Served
from tests.hub.web.visitor import Visitor

NAMES = frozenset({"hub.test", "localhost"})


@pytest.mark.parametrize(
    "host",
    ["hub.test", "HUB.test", "hub.test.", "hub.test:8443", "localhost:1", "192.0.2.1", "192.0.2.1:80", "[::1]",
     "[2001:db8::1]:8080"],
)  # fmt: skip
def test_the_hub_is_asked_by_its_names_and_by_addresses(host: str) -> None:
    assert is_ours(host, NAMES)


@pytest.mark.parametrize(
    "host",
    ["", "evil.test", "hub.test.evil.test", "evil-hub.test", "hub.test:80@evil.test", "hub.test:x", "[hub.test]", "::1",
     "[::1", "[192.0.2.1]", "192.0.2.1.evil.test", "hub.test hub.test", "0x7f000001"],
)  # fmt: skip
def test_and_by_no_other(host: str) -> None:
    assert not is_ours(host, NAMES)


def test_a_name_rebound_to_the_hub_gets_nothing(script: Caller) -> None:
    answer = script.get("/api/v1/summary", headers=script.headers | {"Host": "evil.test"})
    assert (answer.status_code, answer.json()["code"]) == (421, "E-WEB-09")
    assert answer.headers["content-security-policy"]
    twice = [("Host", "hub.test"), ("Host", "evil.test"), ("Authorization", f"Bearer {TOKEN}")]
    assert script.get("/api/v1/summary", headers=twice).status_code == 421


def test_nobody_known_asks_only_so_often_and_whoever_is_known_goes_on(
    made_up: MadeUpCounty, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (door.BURST, door.PER_S) == (240, 60)
    monkeypatch.setattr(door, "BURST", 20)
    monkeypatch.setattr(door, "PER_S", 0.001)  # however slow the machine of this test
    stranger = Caller(made_up.app(tmp_path))
    codes = [stranger.get("/healthz", headers={}).status_code for _ in range(21)]
    assert codes == [*[200] * 20, 429]
    refused = stranger.get("/api/v1/summary", headers={})
    assert (refused.status_code, refused.json()["code"]) == (429, "E-WEB-10")
    assert int(refused.headers["retry-after"]) >= 1
    assert stranger.get("/").status_code == 200, "a wall at the same address"


def test_browsers_are_told_to_keep_to_tls_where_there_is_tls(made_up: MadeUpCounty, tmp_path: Path) -> None:
    app = made_up.app(tmp_path)
    assert "strict-transport-security" not in Visitor(app).get("/signin").headers
    by_tls = Visitor(app, base="https://hub.test").get("/signin").headers
    assert "max-age=31536000" in by_tls["strict-transport-security"]


def test_it_is_served_by_tls_where_a_certificate_is_named(made_up: MadeUpCounty, tmp_path: Path) -> None:
    now = dt.datetime.now(dt.UTC)
    ca = CountyCa.create("999999", now)
    ca.issue_server(["localhost"], now).save(tmp_path, "web")
    settings = WebSettings("x", cert_file=str(tmp_path / "web.crt"), key_file=str(tmp_path / "web.key"))
    served = Served(made_up, tmp_path)
    served.tls = tls_of(settings)
    trust = ssl.create_default_context(cadata=ca.cert_pem.decode())
    address = f"https://localhost:{served.port}/signin"
    with served, urllib.request.urlopen(address, context=trust, timeout=5) as answer:
        assert answer.headers["Strict-Transport-Security"]


def test_a_certificate_that_cannot_be_used_is_said_before_anything_starts(tmp_path: Path) -> None:
    assert tls_of(WebSettings("x")) is None
    for wrong in ({"cert_file": "web.crt"}, {"cert_file": str(tmp_path / "no.crt"), "key_file": "no.key"}):
        with pytest.raises(HubError, match="E-WEB-11"):
            tls_of(WebSettings("x", **wrong))
