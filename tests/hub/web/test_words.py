"""Every word of the wall is there, in both languages."""

import re
from pathlib import Path
from typing import get_args

from hub.health import station
from hub.web.pages import FOLDER, WORDS
from hub.web.picture import CELL_STATES
from hub.web.words import wall as w
from hub.web.words.every import TABLES
from wire.life import StateWord


def test_both_languages_say_everything_with_the_same_gaps() -> None:
    for table in TABLES.values():
        for key, said in table.items():
            assert said.zh, key
            assert said.en, key
            assert said.zh.count("{}") == said.en.count("{}"), key


def test_every_state_and_every_reason_the_hub_gives_has_words() -> None:
    assert set(w.STATES) == set(CELL_STATES)
    assert set(w.DEVICE_STATES) == set(get_args(StateWord))
    source = Path(station.__file__).read_text()
    given = {
        *re.findall(r'_flip\([^)]*"([a-z_]+)"\)', source),
        *re.findall(r'_heard\(known, at_ms, "([a-z_]+)"\)', source),
        *re.findall(r'"(stopped)" if event.orderly else "(died)"', source)[0],
        station.never_seen(0).reason,
    }
    assert {"silent", "died", "stopped", "born", "hub_blind"} <= given
    assert given <= set(w.REASONS)


def test_the_pages_ask_only_for_words_there_are() -> None:
    folder = FOLDER
    for file in [*(folder / "static").glob("*.js"), *(folder / "templates").glob("*.html")]:
        source = file.read_text()
        short = {"text": "text", **dict(re.findall(r"\b(said|text) = words\.([a-z_]+)", source))}
        asked = set(re.findall(r"\bwords\.([a-z_]+)\.([a-z_]+)", source))
        asked |= {(short[name], key) for name, key in re.findall(r"\b(text|said)\.([a-z_]+)", source)}
        asked = {(table, key) for table, key in asked if key not in {"get", "items"}}  # a table itself is asked
        assert [(table, key) for table, key in asked if key not in WORDS["zh"][table]] == [], file.name
