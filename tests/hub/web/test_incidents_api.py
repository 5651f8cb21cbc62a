"""Incidents in the interface: from a real database, as other programs read them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.incidents.acts import Acknowledge, Note, Undo
from hub.incidents.incident import Incident
from hub.incidents.lifecycle import HOUR_MS
from hub.incidents.trouble import Began, Ended, Node, Trouble
from hub.store.engine import Database, StoreError, writing
from hub.store.incidents import IncidentsReader, act, take
from hub.store.stations import Village, enrol
from tests.hub.web.caller import Caller
from tests.hub.web.conftest import FIRST, SECOND, VILLAGES
from tests.hub.web.made_up import MadeUpCounty, now_ms

TOWN = VILLAGES[0][2]
WHOLE, VIDEO = Trouble("down", Node("town", TOWN)), Trouble("video", Node("station", FIRST))


@pytest.fixture
def town(made_up: MadeUpCounty, tmp_path: Path) -> Iterator[str]:
    """A town is down, acknowledged with a note taken back; a picture was bad before. Gives the town's id."""
    database, at_ms = Database(f"sqlite:///{tmp_path / 'hub.sqlite3'}"), now_ms()
    with writing(database) as connection:
        ids = enrol(connection, [Village(*one) for one in VILLAGES])
        news = [
            Began(VIDEO, at_ms - HOUR_MS, (FIRST,), "picture_fault"),
            Ended(VIDEO, at_ms - 1_000),
            Began(WHOLE, at_ms - 65_000, (FIRST, SECOND), "cut_together", "4/4"),
        ]
        _, whole = take(connection, news, ids, {}, at_ms)
        act(connection, whole.id, Acknowledge("张三", at_ms + HOUR_MS), at_ms)
        act(connection, whole.id, Note("张三", "打错了"), at_ms)
        act(connection, whole.id, Undo("张三"), at_ms)
    made_up.stored = IncidentsReader(database.reader)  # type: ignore[assignment]
    yield whole.id
    database.stop()


@pytest.fixture
def program(town: str, script: Caller) -> Caller:
    assert town
    return script


def places(program: Caller, query: str = "") -> list[str]:
    return [one["place"] for one in program.get(f"/api/v1/incidents{query}").json()["incidents"]]


def test_incidents_are_listed_with_all_that_is_known_of_them(program: Caller) -> None:
    answer = program.get("/api/v1/incidents").json()
    assert answer["next"] is None
    whole, video = answer["incidents"]
    assert set(whole) == set(Incident.__struct_fields__) - {"before", "waiting_ms"}
    assert (whole["kind"], whole["scope"], whole["place"], whole["state"]) == ("down", "town", TOWN, "acknowledged")
    assert (whole["stations"], whole["owner"], whole["priority"]) == ([FIRST, SECOND], "张三", 2)
    assert (video["state"], video["cause"], video["stations"], video["affected"]) == ("resolved", "recovered", [], 1)


def test_filters_and_pages(program: Caller) -> None:
    assert places(program, "?kind=video") == places(program, "?state=resolved") == [FIRST]
    assert places(program, f"?station={SECOND}") == [TOWN]
    assert places(program, f"?town={TOWN}") == places(program, "?open=true") == [TOWN, FIRST]
    assert places(program, "?open=false") == places(program, "?town=nowhere") == []
    assert places(program, f"?since={now_ms()}") == [TOWN, FIRST], "what is open was not closed before"
    first = program.get("/api/v1/incidents?limit=1").json()
    assert places(program, f"?limit=1&before={first['next']}") == [FIRST]


def test_one_has_its_villages_its_steps_and_what_can_be_done(program: Caller, town: str) -> None:
    told = program.get(f"/api/v1/incidents/{town}").json()
    assert told["possible"] == ["ack", "dispatch", "resolve", "note", "supervise"]
    assert [(one["station"], one["until_ms"]) for one in told["villages"]] == [(FIRST, None), (SECOND, None)]
    assert [(one["step"], one["who"], one["withdrawn_ms"] is None) for one in told["steps"]] == [
        ("opened", "", True),
        ("acknowledged", "张三", True),
        ("noted", "张三", False),
        ("undone", "张三", True),
    ]


@pytest.mark.parametrize(
    "query", ["state=lost", "kind=fire", "station=1", "open=yes", "limit=501", "since=now", "place=x", "town=a&town=b"]
)
def test_a_query_that_cannot_be_meant_is_refused(script: Caller, query: str) -> None:
    answer = script.get(f"/api/v1/incidents?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "E-API-03")


def test_one_that_is_not_there_is_said(script: Caller) -> None:
    answer = script.get("/api/v1/incidents/261128-999")
    assert (answer.status_code, answer.json()["code"]) == (404, "E-INC-01")


def test_without_the_token_nothing_is_told(town: str, stranger: Caller) -> None:
    for path in ("", f"/{town}"):
        answer = stranger.get(f"/api/v1/incidents{path}")
        assert answer.status_code == 401
        assert TOWN not in answer.text


def test_a_database_that_cannot_be_read_is_said(script: Caller, made_up: MadeUpCounty) -> None:
    made_up.stored.trouble = StoreError("E-STORE-05", "made up")
    for path in ("/api/v1/incidents", "/api/v1/incidents/261128-001"):
        answer = script.get(path)
        assert (answer.status_code, answer.json()["code"]) == (503, "E-STORE-05")
