"""Whoever sends a station's request drop by drop holds the hub's memory for a while, not for ever."""

from pathlib import Path
from typing import Any

import anyio
import pytest
from starlette.applications import Starlette

from hub.web import by_station
from tests.hub.web.made_up import MadeUpCounty
from wire.enrolment import ACCEPTANCE_PATH, ENROL_PATH


async def drips(app: Starlette, path: str, host: str = "192.0.2.1") -> int:
    """Send one byte and then nothing; return the status of the answer."""
    sent, statuses = [b"{"], list[int]()

    async def receive() -> dict[str, Any]:
        if not sent:
            await anyio.sleep_forever()
        return {"type": "http.request", "body": sent.pop(), "more_body": True}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    scope = {
        "type": "http", "http_version": "1.1", "method": "POST", "scheme": "http", "path": path,
        "raw_path": path.encode(), "query_string": b"", "headers": [(b"host", b"hub")], "client": (host, 1),
        "server": ("hub", 80), "root_path": "",
    }  # fmt: skip
    await app(scope, receive, send)
    return statuses[0]


@pytest.mark.parametrize("path", [ENROL_PATH, ACCEPTANCE_PATH])
def test_a_request_that_does_not_come_is_given_up(
    made_up: MadeUpCounty, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    for name in ("WITHIN_S", "RECORD_WITHIN_S"):
        monkeypatch.setattr(by_station, name, 0.05)
    assert anyio.run(drips, made_up.app(tmp_path), path) == 408


def test_many_at_once_are_asked_to_come_later(
    made_up: MadeUpCounty, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_station, "MOST_RECORDS", 3)
    monkeypatch.setattr(by_station, "RECORD_WITHIN_S", 0.3)
    app, answers = made_up.app(tmp_path), list[int]()

    async def one(number: int) -> None:
        answers.append(await drips(app, ACCEPTANCE_PATH, f"192.0.2.{number}"))

    async def all_of_them() -> None:
        async with anyio.create_task_group() as group:
            for number in range(5):
                group.start_soon(one, number)

    anyio.run(all_of_them)
    assert sorted(answers) == [408, 408, 408, 429, 429]
