"""The doors of stations: whatever comes, a certificate or a coded refusal; never a page, never a crash."""

import json

import httpx
import msgspec
import pytest

from hub.web.by_station import STATION_BURST
from tests.hub.enrolment.ground import STATION
from tests.hub.web.caller import Caller
from wire.enrolment import StationRefusal

DOORS = ("/station/enrol", "/station/renew")


def refusal(answer: httpx.Response) -> str:
    assert answer.headers["content-type"] == "application/json"
    return msgspec.json.decode(answer.content, type=StationRefusal).code


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff" * 99, b"[" * 16_000, b"{}", b"null", b'{"station":"999999101001"}', b"x" * 20_000]
)
def test_garbage_is_a_coded_refusal(stranger: Caller, door: str, body: bytes) -> None:
    answer = stranger.request("POST", door, {"Accept": "text/html"}, body)
    assert 400 <= answer.status_code < 500
    assert refusal(answer).startswith("E-ENR-")


@pytest.mark.parametrize("door", DOORS)
def test_nothing_but_post_and_no_page(stranger: Caller, door: str) -> None:
    assert stranger.get(door).status_code == 405


def test_one_that_asks_over_and_over_waits_and_the_others_do_not(stranger: Caller) -> None:
    for station, most in ((STATION, STATION_BURST), ("999999101002", 1)):
        body = json.dumps({"station": station}).encode()
        answers = [stranger.request("POST", DOORS[0], {}, body).status_code for _ in range(most)]
        assert set(answers) == {400}
    over = stranger.request("POST", DOORS[0], {}, json.dumps({"station": STATION}).encode())
    assert (over.status_code, refusal(over), over.headers["retry-after"]) == (429, "E-ENR-24", "30")
