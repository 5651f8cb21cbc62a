"""docs/errors.md: every stable code of the house stands there once, with what it means and what to do, twice said."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from station.id_number import Flaw
from tests.test_house import FILES, MODULES, ROOT, name_of

CODE = re.compile(r"E-[A-Z]+-[0-9]{2}")
DOCUMENT = (ROOT / "docs" / "errors.md").read_text("utf-8")
ROW = re.compile(r"^\| (E-[A-Z]+-[0-9]{2}) \| (.+) \| (.+) \|$", re.MULTILINE)
WARNING = re.compile(r"^\| `([a-z_]+)` \| (.+) \|$", re.MULTILINE)
SAYING = [*MODULES, ROOT / "run", *(path for path in FILES if path.suffix in {".po", ".js", ".html"})]


def said() -> Iterator[tuple[str, str]]:
    """Yield each code that the house says, and the top room that says it."""
    for path in SAYING:
        room = name_of(path).partition("/")[0]
        yield from ((code, room) for code in CODE.findall(path.read_text("utf-8")))


def test_the_table_holds_every_code_once_and_no_other() -> None:
    listed = Counter(code for code, *_ in ROW.findall(DOCUMENT))
    assert [code for code, times in listed.items() if times > 1] == []
    assert set(listed) == {code for code, _ in said()}


def test_every_meaning_and_next_step_is_said_in_both_languages() -> None:
    cells = [cell for row in (*ROW.findall(DOCUMENT), *WARNING.findall(DOCUMENT)) for cell in row[1:]]
    assert len(cells) > 200
    assert [cell for cell in cells if not re.search(r"[\u4e00-\u9fff]", cell)] == []
    assert [cell for cell in cells if not re.search(r"[a-z]{2,}", re.sub(r"`[^`]*`", "", cell))] == []


def test_no_code_is_used_by_station_and_hub_for_two_things() -> None:
    rooms: dict[str, set[str]] = {}
    for code, room in said():
        rooms.setdefault(code, set()).add(room)
    assert [code for code, users in rooms.items() if {"station", "hub"} <= users] == []


def test_every_warning_of_a_card_stands_in_its_table() -> None:
    cards = (ROOT / "station/devices/reader/cards.py").read_text("utf-8")
    warnings = {*re.findall(r'found\.append\("([a-z_]+)"\)', cards), *(flaw.value for flaw in Flaw)}
    assert {name for name, _ in WARNING.findall(DOCUMENT)} == warnings


def test_documents_name_codes_that_exist() -> None:
    known = {code for code, _ in said()}
    documents: list[Path] = [path for path in FILES if path.suffix in {".md", ".toml", ".json"}]
    unknown = {name_of(path): set(CODE.findall(path.read_text("utf-8"))) - known for path in documents}
    assert {name: codes for name, codes in unknown.items() if codes} == {}
