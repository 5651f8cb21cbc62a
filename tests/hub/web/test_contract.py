"""The interface is what `docs/openapi.json` says: the same doors, the same answers, and nothing breaks it."""

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from openapi_spec_validator import validate
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from starlette.routing import Route

from hub.web.interface import rules
from hub.web.interface.answers import Problem
from hub.web.interface.described import OPERATIONS
from hub.web.interface.openapi import DOCUMENT, document, render
from tests.hub.web.caller import Caller
from tests.hub.web.conftest import FIRST, SECOND, THIRD
from tests.hub.web.made_up import TOKEN, MadeUpCounty, a_visit, sealed
from tests.hub.web.signed_in import signed_in
from tests.hub.web.tokens import a_token

TRIED = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
"""Seeded: the same requests in every run."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
]


def lively(county: MadeUpCounty) -> None:
    """Have something to tell at every address."""
    county.set(FIRST, "offline", reason="died")
    county.set(SECOND, "online", video="fault", fault="E-VQD-03")
    county.set(THIRD, "maintenance", reason="planned")
    county.visits.rows = [
        a_visit(2, FIRST, person=sealed("测**", "999999********0021"), matter="neighbours"),
        a_visit(1, SECOND, who="anonymous", at_ms=None, rating=None),
    ]
    county.line(SECOND, sent=180, reached=170, received=165)
    county.faults.say(SECOND, "black", "raised", at_ms=1_795_545_000_000)
    county.call(SECOND)
    county.trouble("down", "station", FIRST, FIRST)


def test_the_file_is_what_the_code_says_and_a_valid_document() -> None:
    assert DOCUMENT.read_text("utf-8") == render(), "run python -m hub.web.interface.openapi"
    validate(document())


def test_every_door_of_the_interface_is_described_as_it_is(made_up: MadeUpCounty, tmp_path: Path) -> None:
    app = made_up.app(tmp_path)
    own = "/api/v1/openapi.json"
    routes = [one for one in app.routes if isinstance(one, Route) and one.path.startswith("/api/") and one.path != own]
    doors = {(one.path, method.lower()) for one in routes for method in one.methods or () if method != "HEAD"}
    assert doors == {(one.path, one.method) for one in OPERATIONS}
    given = {"see", "visit", "exchange"}
    for needs in given:
        caller = Caller(app)
        caller.headers = {"Authorization": f"Bearer {a_token(made_up.database, *given - {needs})}"}
        for one in OPERATIONS:
            if "{" not in one.path:
                refused = caller.request(one.method.upper(), one.path, None).status_code == 403
                assert refused == (one.needs == needs), one.path


ADDRESSES = {
    "/api/v1/stations/{station}": [f"/api/v1/stations/{FIRST}", f"/api/v1/stations/{SECOND}"],
    "/api/v1/stations/{station}/faults": [f"/api/v1/stations/{SECOND}/faults"],
    "/api/v1/incidents/{incident}": ["/api/v1/incidents/i1"],
    "/api/v1/lines/{station}": [f"/api/v1/lines/{SECOND}"],
    "/api/v1/pairs": ["/api/v1/pairs", f"/api/v1/pairs?from={FIRST}"],
    "/api/v1/availability": ["/api/v1/availability", "/api/v1/availability?by=county&last=7d"],
}


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one.method == "get"], ids=lambda one: one.name)
def test_every_answer_is_of_its_type_and_nothing_else(script: Caller, made_up: MadeUpCounty, operation: Any) -> None:
    lively(made_up)
    for address in ADDRESSES.get(operation.path, [operation.path]):
        answer = script.get(address)
        assert answer.status_code == 200, answer.text
        msgspec.json.decode(answer.content, type=operation.answer)


def test_examples_of_parameters_are_understood(script: Caller, made_up: MadeUpCounty) -> None:
    lively(made_up)
    alone = {"month", "last", "until", "to"}
    for one in OPERATIONS:
        if one.method == "get" and "{" not in one.path:
            query = "&".join(f"{asked.name}={asked.example}" for asked in one.asked if asked.name not in alone)
            answer = script.get(f"{one.path}?{query}")
            understood = answer.status_code == 200 or answer.json()["code"] in {"E-API-02", "E-AVL-03"}
            assert understood, (one.path, answer.text)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one caller ask as much as the tool does."""
    monkeypatch.setattr(rules, "BURST", 10**6)
    monkeypatch.setattr(rules, "PER_S", 10**6)


@pytest.mark.usefixtures("patient")
def test_schemathesis_finds_nothing(made_up: MadeUpCounty, tmp_path: Path) -> None:
    app = made_up.app(tmp_path)
    lively(made_up)
    headers = {"Authorization": f"Bearer {a_token(made_up.database, 'see', 'visit', 'exchange')}"}
    config = schemathesis.Config.from_dict({"generation": {"allow-x00": True, "mode": "all"}})
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app, config=config)
    tried = 0

    for operation in schema.get_all_operations():
        one = operation.ok()
        right, wrong = (
            one.as_strategy(generation_mode=mode) for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        )

        @TRIED
        @given(right | wrong)
        def check(case: Any) -> None:
            nonlocal tried
            tried += 1
            # An import names each bad record in its answer: to it they are no bad request.
            checks = [one for one in CHECKS if case.method == "GET" or one is not negative_data_rejection]
            case.call_and_validate(headers=headers, checks=checks)

        check()
    assert tried > 10 * len(OPERATIONS)


def test_refusals_are_problem_documents(script: Caller) -> None:
    for address in ("/api/v1/stations?colour=red", "/api/v1/stations/999999999999", "/api/v1/nothing"):
        answer = script.get(address)
        assert answer.headers["content-type"] == "application/problem+json"
        msgspec.json.decode(answer.content, type=Problem)


def test_whoever_has_the_document_is_told_so(stranger: Caller) -> None:
    stranger.headers = {}
    first = stranger.get("/api/v1/openapi.json")
    assert json.loads(first.text)["openapi"] == "3.1.0"
    again = stranger.get("/api/v1/openapi.json", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_page_lists_every_operation_in_both_languages(made_up: MadeUpCounty, tmp_path: Path) -> None:
    viewer = signed_in(made_up.app(tmp_path) and made_up.database, made_up.app(tmp_path), "viewer")
    for language in ("zh", "en"):
        page = viewer.get(f"/api?lang={language}").text
        assert all(one.path in page and one.needs in page for one in OPERATIONS)
        assert all(one.startswith("/static/") for one in re.findall(r'src="([^"]+)"', page)), "no other's script"
    assert Caller(made_up.app(tmp_path)).request("GET", "/api", {}).status_code == 303


def test_what_changes_anything_takes_a_token_and_no_session(made_up: MadeUpCounty, tmp_path: Path) -> None:
    app = made_up.app(tmp_path)
    supervisor = signed_in(made_up.database, app, "supervisor")
    answer = supervisor.request("POST", "/api/v1/tickets/import?platform=hotline", supervisor.headers, b"[]")
    assert (answer.status_code, answer.json()["code"]) == (403, "E-API-08")
    caller = Caller(app)
    caller.headers = {"Authorization": f"Bearer {a_token(made_up.database, 'see', 'visit')}"}
    answer = caller.request("POST", "/api/v1/tickets/import?platform=hotline", None, b"[]")
    assert (answer.status_code, answer.json()["code"]) == (403, "E-WEB-04")


def test_a_caller_that_asks_without_measure_is_told_to_wait(
    made_up: MadeUpCounty, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "BURST", 20)
    app = made_up.app(tmp_path)
    caller, other, local = Caller(app), Caller(app), Caller(app)
    caller.headers = {"Authorization": f"Bearer {a_token(made_up.database, 'see')}"}
    other.headers = {"Authorization": f"Bearer {a_token(made_up.database, 'see', 'visit')}"}
    local.headers = {"Authorization": f"Bearer {TOKEN}"}
    answers = [caller.get("/api/v1/pairs/rate") for _ in range(60)]
    refused = [one for one in answers if one.status_code == 429]
    assert refused, "it is fast here: the bucket is empty before it fills again"
    assert refused[0].json()["code"] == "E-API-09"
    assert int(refused[0].headers["retry-after"]) >= 1
    assert other.get("/api/v1/pairs/rate").status_code == 200, "another caller is not held up"
    assert {local.get("/api/v1/pairs/rate").status_code for _ in answers} == {200}, "nor is this machine"


def test_a_token_of_a_town_sees_its_own_visits_alone(made_up: MadeUpCounty, tmp_path: Path) -> None:
    app = made_up.app(tmp_path)
    made_up.visits.rows = [a_visit(2, FIRST), a_visit(1, FIRST, town="测试2镇")]
    caller = Caller(app)
    caller.headers = {"Authorization": f"Bearer {a_token(made_up.database, 'visit', towns=frozenset({'测试2镇'}))}"}
    assert [one["town"] for one in caller.get("/api/v1/visits").json()["visits"]] == ["测试2镇"]
