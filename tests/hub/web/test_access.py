"""Who gets what, and what every answer carries."""

from pathlib import Path

import pytest

from hub.errors import HubError
from hub.web.headers import HEADERS
from hub.web.who import read_token
from tests.hub.web.caller import Caller
from tests.hub.web.conftest import FIRST
from tests.hub.web.made_up import TOKEN, MadeUpCounty

OPEN = ["/", "/?lang=en", f"/wall/stations/{FIRST}", "/static/wall.css", "/static/wall.js", "/metrics", "/healthz"]
GUARDED = [
    "/api/v1/summary",
    "/api/v1/stations",
    f"/api/v1/stations/{FIRST}",
    "/api/v1/visits",
]
WRONG = {
    "none": {},
    "empty": {"Authorization": ""},
    "another": {"Authorization": "Bearer another-token-of-nobody"},
    "a part of it": {"Authorization": f"Bearer {TOKEN[:-1]}"},
    "more than it": {"Authorization": f"Bearer {TOKEN}x"},
    "another scheme": {"Authorization": f"Basic {TOKEN}"},
    "no scheme": {"Authorization": TOKEN},
    "not ASCII": {"Authorization": "Bearer ключ".encode()},
    "in a cookie": {"Cookie": f"token={TOKEN}"},
}


@pytest.mark.parametrize("path", OPEN)
def test_the_wall_and_what_watches_the_hub_need_no_token(stranger: Caller, path: str) -> None:
    assert stranger.get(path).status_code == 200


@pytest.mark.parametrize("path", GUARDED)
@pytest.mark.parametrize("wrong", WRONG)
def test_the_interface_answers_only_to_the_token(stranger: Caller, path: str, wrong: str) -> None:
    answer = stranger.get(path, headers=WRONG[wrong])
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.json()["code"] == "E-API-01"
    assert TOKEN not in answer.text


def test_two_tokens_at_once_are_none(stranger: Caller) -> None:
    twice = [("Authorization", f"Bearer {TOKEN}"), ("Authorization", f"Bearer {TOKEN}")]
    assert stranger.get("/api/v1/summary", headers=twice).status_code == 401


@pytest.mark.parametrize("path", GUARDED[:4])
def test_with_the_token_it_answers(script: Caller, path: str) -> None:
    assert script.get(path).status_code == 200
    assert script.get(path, headers={"Authorization": f"bearer {TOKEN}"}).status_code == 200, "a scheme has no case"


@pytest.mark.parametrize("path", [*OPEN, *GUARDED, "/nothing"])
def test_every_answer_carries_the_protecting_headers(stranger: Caller, path: str) -> None:
    answer = stranger.get(path)
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == ("no-cache" if path.startswith("/static/") else "no-store")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_written(script: Caller, method: str) -> None:
    answer = script.request(method, "/api/v1/stations")
    assert (answer.status_code, answer.json()["code"]) == (405, "E-API-05")
    assert stranger_sees_plain(script.request(method, "/"))


def stranger_sees_plain(answer) -> bool:
    return answer.status_code == 405 and answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fwords.py", "/static/"])
def test_nothing_but_the_static_files_is_served(stranger: Caller, path: str) -> None:
    assert stranger.get(path).status_code in {404, 405}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(None, id="there is none"),
        pytest.param("", id="it is empty"),
        pytest.param("short", id="it is too short to be a secret"),
        pytest.param("two words and more of them", id="it holds several words"),
        pytest.param("ключключключключ", id="it is not ASCII"),
    ],
)
def test_without_a_usable_token_the_hub_does_not_start(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "api.token"
    if content is not None:
        file.write_text(content)
    with pytest.raises(HubError, match="E-WEB-01"):
        read_token(file)


def test_an_error_of_ours_tells_nothing_of_itself(script: Caller, made_up: MadeUpCounty) -> None:
    made_up.visits.trouble = RuntimeError("测试甲 110105194912310021")
    answer = script.get("/api/v1/visits")
    assert (answer.status_code, answer.json()["code"]) == (500, "E-API-07")
    assert "测试甲" not in answer.text
