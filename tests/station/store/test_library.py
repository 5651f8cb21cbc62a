import hashlib
import json
import os
from pathlib import Path

import pytest

from station.errors import StoreError
from station.store.library import DocumentRefusal, LibraryShelf, Row, look_at_shelf
from wire.orders import Document, Library


def document(name: str, version: int, content: object, *, digest: str | None = None) -> Document:
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    return Document(name, version, digest or hashlib.sha256(text.encode()).hexdigest(), text)


def roster(*names: str) -> dict[str, object]:
    return {"people": [{"name": name, "role": "staff"} for name in names]}


OLD, NEW, NONE = roster("测试甲"), roster("测试乙"), {"notices": []}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "library.json"


def shelf_with(path: Path, *documents: Document) -> LibraryShelf:
    shelf = LibraryShelf(path)
    assert shelf.replace(Library(1, list(documents))) == []
    return shelf


def test_documents_are_kept_over_a_restart(path: Path) -> None:
    shelf_with(path, document("roster", 3, OLD)).close()
    again = LibraryShelf(path)
    assert again.get("roster") == OLD
    assert again.versions() == {"roster": 3}
    assert again.get("notices") is None


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        pytest.param(document("roster", 4, {"a": 1}, digest="0" * 64), "E-LIB-01", id="another digest"),
        pytest.param(document("roster", 4, "not JSON"), "E-LIB-02", id="no JSON"),
        pytest.param(document("roster", 4, "[" * 40_000), "E-LIB-02", id="never closed"),
        pytest.param(document("roster", 4, "[" * 900 + "]" * 900), "E-LIB-02", id="nested too deep"),
        pytest.param(document("roster", 4, {"people": [{"name": "测试甲"}]}), "E-LIB-06", id="not of its kind"),
        pytest.param(document("roster", 4, '{"people": [], "why": 1}'), "E-LIB-06", id="a key nobody knows"),
    ],
)
def test_a_bad_document_is_refused_and_the_old_one_stays(path: Path, bad: Document, code: str) -> None:
    shelf = shelf_with(path, document("roster", 3, OLD))
    good = document("notices", 1, NONE)
    assert shelf.replace(Library(2, [bad, good])) == [DocumentRefusal("roster", 4, code)]
    assert shelf.get("roster") == OLD
    assert shelf.get("notices") == NONE


def test_an_older_or_equal_version_changes_nothing(path: Path) -> None:
    shelf = shelf_with(path, document("roster", 3, OLD))
    shelf.replace(Library(2, [document("roster", 2, NEW), document("roster", 3, NEW)]))
    assert shelf.get("roster") == OLD


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{", id="cut"),
        pytest.param(b"[1]", id="a list"),
        pytest.param(b'{"_default": 3}', id="no table"),
        pytest.param(b'{"_default": {"a": {}}}', id="no row number"),
        pytest.param(b'{"_default": {"1": {"name": "roster"}}}', id="a row without version"),
        pytest.param(b"\xff\xfe", id="no text"),
        pytest.param(b"[" * 100_000, id="nested too deep"),
    ],
)
def test_a_damaged_file_is_moved_aside_and_the_county_can_fill_it_again(path: Path, damage: bytes) -> None:
    shelf_with(path, document("roster", 3, OLD)).close()
    path.write_bytes(damage)
    shelf = LibraryShelf(path)
    assert shelf.get("roster") is None
    assert path.with_suffix(".broken").read_bytes() == damage
    assert shelf.replace(Library(2, [document("roster", 3, NEW)])) == []
    assert shelf.get("roster") == NEW


def test_a_write_that_is_cut_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = shelf_with(path, document("roster", 3, OLD))

    def cut(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", cut)
    with pytest.raises(StoreError, match="E-LIB-04"):
        shelf.replace(Library(2, [document("roster", 4, NEW)]))
    monkeypatch.undo()
    assert LibraryShelf(path).get("roster") == OLD


def test_a_reader_sees_what_the_writer_put_there_since(path: Path) -> None:
    writer = shelf_with(path, document("roster", 1, OLD))
    reader = LibraryShelf(path)
    assert reader.get("roster") == OLD
    writer.replace(Library(2, [document("roster", 2, NEW)]))
    assert reader.get("roster") == NEW


def test_half_a_character_that_json_can_name_is_refused(path: Path) -> None:
    half = document("roster", 1, '{"people": [{"name": "\\ud83d", "role": "staff"}]}')
    assert LibraryShelf(path).replace(Library(1, [half])) == [DocumentRefusal("roster", 1, "E-LIB-06")]


def test_a_kind_nobody_here_knows_is_refused(path: Path) -> None:
    unknown = document("horoscope", 1, {})
    assert LibraryShelf(path).replace(Library(1, [unknown])) == [DocumentRefusal("horoscope", 1, "E-LIB-06")]


def test_a_withdrawn_document_is_gone_and_its_version_counts(path: Path) -> None:
    shelf = shelf_with(path, document("roster", 3, OLD))
    assert shelf.replace(Library(4, [document("roster", 4, "null")])) == []
    assert shelf.get("roster") is None
    assert shelf.versions() == {"roster": 4}
    shelf.replace(Library(3, [document("roster", 3, OLD)]))
    assert shelf.get("roster") is None


def test_another_process_looks_without_touching(path: Path) -> None:
    assert look_at_shelf(path) is None
    shelf_with(path, document("roster", 3, OLD), document("papers", 4, "null"))
    (roster_row, papers_row) = look_at_shelf(path) or []
    assert (roster_row.name, roster_row.version, json.loads(roster_row.text)) == ("roster", 3, OLD)
    assert papers_row == Row("papers", 4, "null")
    path.write_bytes(b"{")
    assert look_at_shelf(path) is None
    assert path.read_bytes() == b"{"
    path.unlink()
    path.mkdir()
    with pytest.raises(StoreError, match="E-LIB-05"):
        look_at_shelf(path)


def test_any_file_cut_anywhere_gives_a_library_that_can_be_filled(path: Path) -> None:
    shelf_with(path, document("roster", 3, OLD)).close()
    whole = path.read_bytes()
    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        shelf = LibraryShelf(path)
        assert shelf.versions() == {}
        assert shelf.replace(Library(1, [document("roster", 3, NEW)])) == []


def test_a_place_that_cannot_be_used_is_said_with_a_code(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="E-LIB-04"):
        LibraryShelf(tmp_path / "file" / "library.json")
    (tmp_path / "library.json").mkdir()
    with pytest.raises(StoreError, match="E-LIB-05"):
        LibraryShelf(tmp_path / "library.json").versions()
