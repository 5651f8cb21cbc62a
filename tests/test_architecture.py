"""ARCHITECTURE.md says what is so: its files are there, and each room imports no more than its row allows."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.test_house import FILES, MODULES, ROOT, name_of, tree_of

PAGE = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
PLACE = re.compile(r"`((?!state/)[a-z_]+(?:/[a-z_]+)*(?:/|\.(?:py|md))|docs/[a-z_]+\.json)`")
ROW = re.compile(r"^\| `([a-z_/]+)/` \| .+ \| (.*) \|$", re.MULTILINE)
ROOMS = {room: allowed for room, allowed in ROW.findall(PAGE) if room not in {"systemd", "tests"}}
SIDES = ("station", "hub")


def room_of(parts: list[str]) -> str:
    """Return the room of a module, or a settings file's own name, or its side for what stands directly in that."""
    if parts[0] not in SIDES:
        return parts[0]
    folder = (ROOT / parts[0] / parts[1]).is_dir() if len(parts) > 1 else False
    return "/".join(parts[:2]) if folder or parts[1:2] == ["settings"] else parts[0]


def imports() -> Iterator[tuple[str, str]]:
    for path in MODULES:
        room = room_of(name_of(path).removesuffix(".py").split("/"))
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ImportFrom) and node.module:
                full = node.module.split(".")
                if full[0] in {"wire", "stamp", "station", "hub", "firmware_config", "demo"}:
                    yield room, room_of([*full, *(alias.name for alias in node.names[:1])])


def test_every_file_and_folder_it_names_is_there() -> None:
    names = {name_of(path) for path in FILES}
    folders = {f"/{name_of(parent)}/" for path in FILES for parent in path.parents if parent.is_relative_to(ROOT)}
    named = set(PLACE.findall(PAGE))
    assert len(named) > 30
    missing = {
        place
        for place in named
        if not any(f"/{name}".endswith(f"/{place}") for name in names)
        and not any(folder.endswith(f"/{place}") for folder in folders)
    }
    assert missing == set()


def test_every_room_of_code_has_its_row() -> None:
    rooms = {room_of(name_of(path).removesuffix(".py").split("/")) for path in MODULES}
    assert rooms - {"station", "hub", "station/settings", "hub/settings"} == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_what_its_row_says_and_no_more(room: str) -> None:
    side = room.partition("/")[0]
    own = {room, *SIDES, f"{side}/settings"}  # that station and hub never meet is import-linter's rule
    used = {other for user, other in imports() if user == room} - own
    allowed = set(re.findall(r"[a-z_]+", ROOMS[room]))
    said = {other for other in used if other.rpartition("/")[2] in allowed or other == "wire"}
    assert used == said
    assert room == "wire" or "wire" not in used or "wire" in allowed


def test_it_stays_one_page() -> None:
    assert len(PAGE.splitlines()) <= 80
