"""docs/interfaces.md: its curl lines work against the real application, its tables are the code's."""

import re
import shlex
from pathlib import Path

import pytest

from hub.exchange.fields import FIELDS
from hub.exchange.sources import CHANNEL, PLATFORM
from hub.web.interface.rules import BURST, PER_S
from tests.hub.web.caller import Caller
from tests.hub.web.made_up import MadeUpCounty
from tests.hub.web.tokens import a_token
from wire.asyncapi import CHANNELS

PAGE = (Path(__file__).parents[3] / "docs" / "interfaces.md").read_text("utf-8")
MONITORED = [one for one in CHANNELS.values() if one.direction in {"hub to monitors", "hub to all"}]
LINES = [line for line in PAGE.splitlines() if line.startswith("curl ")]


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.rpartition("8080")[2].strip('"'))
def test_every_curl_line_works(made_up: MadeUpCounty, tmp_path: Path, line: str) -> None:
    app = made_up.app(tmp_path)
    token = a_token(made_up.database, "see", "visit", "exchange")
    words = shlex.split(line.replace("$TOKEN", token))[1:]
    method, headers, body = "GET", {}, None
    while words[0].startswith("-"):
        option, value = words.pop(0), words.pop(0)
        if option == "-X":
            method = value
        elif option == "-H":
            name, _, said = value.partition(": ")
            headers[name] = said
        else:
            assert option == "-d"
            body = value.encode()
    (address,) = words
    answer = Caller(app).request(method, address.removeprefix("http://127.0.0.1:8080"), headers, body)
    assert answer.status_code == 200, answer.text


def test_there_are_lines_to_try() -> None:
    assert len(LINES) >= 10


def test_the_dictionary_and_the_figures_are_those_of_the_code() -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \| ([^|]+) \| ([✓ ]*)\| ([✓ ]*)\|$", PAGE, re.MULTILINE)
    told = [(name, zh, bool(needed.strip()), bool(personal.strip())) for name, zh, needed, personal in rows]
    assert told == [(one.name, one.zh, one.needed, one.personal) for one in FIELDS]
    assert all(f"`{one.code}`" in PAGE for one in (*PLATFORM.values(), *CHANNEL.values()))
    assert f"{BURST} at once, {PER_S} a second" in PAGE
    shown = {one.address.replace("{incident}", "<id>").replace("{station}", "<station>") for one in MONITORED}
    assert all(f"`{address}`" in PAGE for address in shown)
