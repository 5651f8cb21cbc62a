"""Faults of pictures as other programs of the county read them."""

import pytest

from hub.store.engine import StoreError
from hub.web.words.wall import WHY
from tests.hub.web.caller import Caller
from tests.hub.web.conftest import FIRST, SECOND
from tests.hub.web.made_up import MadeUpCounty
from wire.video import FAULTS


def test_a_stations_faults_are_intervals_with_their_words(script: Caller, made_up: MadeUpCounty) -> None:
    made_up.set(FIRST, "online", video="fault", fault="E-VQD-12")
    made_up.faults.say(FIRST, "black", "raised", at_ms=1_000)
    made_up.faults.say(FIRST, "black", "cleared", at_ms=5_000)
    made_up.faults.say(FIRST, "covered", "raised", at_ms=9_000)
    made_up.faults.say(FIRST, "of-tomorrow", "raised", at_ms=9_500)
    answer = script.get(f"/api/v1/stations/{FIRST}/faults").json()
    tomorrow, covered, black = answer["faults"]
    assert covered == {
        "id": 3,
        "camera": "main",
        "kind": "covered",
        "code": "E-VQD-12",
        "chinese": "遮挡",
        "english": "covered",
        "blind": True,
        "alarm_method": 5,
        "alarm_type": 13,
        "state": "open",
        "raised_ms": 9_000,
        "cleared_ms": None,
        "severity": 0.5,
        "confidence": 0.9,
    }
    assert (black["state"], black["raised_ms"], black["cleared_ms"]) == ("cleared", 1_000, 5_000)
    assert (tomorrow["kind"], tomorrow["code"], tomorrow["chinese"]) == ("of-tomorrow", None, None)
    assert answer["next"] is None


def test_pages_follow_each_other(script: Caller, made_up: MadeUpCounty) -> None:
    for number in range(5):
        made_up.faults.say(FIRST, "flicker", "raised", at_ms=number * 1_000)
        made_up.faults.say(FIRST, "flicker", "cleared", at_ms=number * 1_000 + 500)
    seen, path = [], f"/api/v1/stations/{FIRST}/faults?limit=2"
    page = script.get(path).json()
    while True:
        seen += [fault["raised_ms"] for fault in page["faults"]]
        if page["next"] is None:
            break
        page = script.get(f"{path}&before={page['next']}").json()
    assert seen == [4_000, 3_000, 2_000, 1_000, 0]


def test_the_county_lists_what_goes_on_now_only(script: Caller, made_up: MadeUpCounty) -> None:
    made_up.set(FIRST, "online", video="fault", fault="E-VQD-12")
    made_up.faults.say(FIRST, "covered", "raised", at_ms=1_000)
    made_up.faults.say(FIRST, "black", "raised", at_ms=1_500)
    made_up.faults.say(FIRST, "black", "cleared", at_ms=2_000)
    made_up.faults.say(SECOND, "moved", "raised", at_ms=3_000)
    shown = script.get("/api/v1/faults").json()["faults"]
    assert [(fault["station"], fault["kind"]) for fault in shown] == [(FIRST, "covered")], (
        "the second's camera is in order"
    )
    made_up.set(SECOND, "offline")
    shown = script.get("/api/v1/faults").json()["faults"]
    assert [(fault["station"], fault["kind"]) for fault in shown] == [(SECOND, "moved"), (FIRST, "covered")]


def test_a_stations_cameras_say_what_is_wrong_with_their_picture(script: Caller, made_up: MadeUpCounty) -> None:
    made_up.set(FIRST, "online", video="fault", fault="E-VQD-03")
    camera, reader = script.get(f"/api/v1/stations/{FIRST}").json()["devices"]
    assert camera["code"] == "E-VQD-03"
    assert camera["fault"]["kind"] == "black"
    assert (camera["fault"]["chinese"], camera["fault"]["alarm_method"], camera["fault"]["alarm_type"]) == (
        "黑屏",
        5,
        11,
    )
    assert "fault" not in reader
    made_up.set(FIRST, "online")
    assert script.get(f"/api/v1/stations/{FIRST}").json()["devices"][0]["fault"] is None


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        pytest.param("/api/v1/stations/999999999999/faults", 404, "E-API-02", id="no such station"),
        pytest.param(f"/api/v1/stations/{FIRST}/faults?limit=0", 400, "E-API-03", id="a page of nothing"),
        pytest.param(f"/api/v1/stations/{FIRST}/faults?befor=3", 400, "E-API-03", id="a mistyped name"),
        pytest.param("/api/v1/faults?station=1", 400, "E-API-03", id="a filter that is not there"),
    ],
)
def test_what_cannot_be_meant_is_refused(script: Caller, path: str, status: int, code: str) -> None:
    answer = script.get(path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_it_needs_the_token_and_says_when_the_database_is_away(script: Caller, made_up: MadeUpCounty) -> None:
    assert script.get("/api/v1/faults", headers={}).status_code == 401
    made_up.faults.trouble = StoreError("E-STORE-05", "cannot be read")
    assert script.get("/api/v1/faults").json()["code"] == "E-STORE-05"


def test_every_kind_of_fault_has_its_word_on_the_wall() -> None:
    assert set(FAULTS) < set(WHY)
    assert {"failed", "absent", "degraded"} < set(WHY)
