import hashlib
import json
import os
from pathlib import Path

import pytest

from station.errors import StoreError
from station.store.library import DocumentRefusal, LibraryShelf
from wire.orders import Document, Library


def document(name: str, version: int, content: object, *, digest: str | None = None) -> Document:
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    return Document(name, version, digest or hashlib.sha256(text.encode()).hexdigest(), text)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "library.json"


def shelf_with(path: Path, *documents: Document) -> LibraryShelf:
    shelf = LibraryShelf(path)
    assert shelf.replace(Library(1, list(documents))) == []
    return shelf


def test_documents_are_kept_over_a_restart(path: Path) -> None:
    shelf_with(path, document("roster", 3, {"值班": ["测试顾问"]})).close()
    again = LibraryShelf(path)
    assert again.get("roster") == {"值班": ["测试顾问"]}
    assert again.versions() == {"roster": 3}
    assert again.get("notices") is None


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        pytest.param(document("roster", 4, {"a": 1}, digest="0" * 64), "E-LIB-01", id="another digest"),
        pytest.param(document("roster", 4, "not JSON"), "E-LIB-02", id="no JSON"),
        pytest.param(document("roster", 4, "[" * 40_000), "E-LIB-02", id="never closed"),
        pytest.param(document("roster", 4, "[" * 900 + "]" * 900), "E-LIB-02", id="nested too deep"),
    ],
)
def test_a_bad_document_is_refused_and_the_old_one_stays(path: Path, bad: Document, code: str) -> None:
    shelf = shelf_with(path, document("roster", 3, ["old"]))
    good = document("notices", 1, ["new"])
    assert shelf.replace(Library(2, [bad, good])) == [DocumentRefusal("roster", 4, code)]
    assert shelf.get("roster") == ["old"]
    assert shelf.get("notices") == ["new"]


def test_an_older_or_equal_version_changes_nothing(path: Path) -> None:
    shelf = shelf_with(path, document("roster", 3, ["three"]))
    shelf.replace(Library(2, [document("roster", 2, ["two"]), document("roster", 3, ["other three"])]))
    assert shelf.get("roster") == ["three"]


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
    shelf_with(path, document("roster", 3, ["old"])).close()
    path.write_bytes(damage)
    shelf = LibraryShelf(path)
    assert shelf.get("roster") is None
    assert path.with_suffix(".broken").read_bytes() == damage
    assert shelf.replace(Library(2, [document("roster", 3, ["again"])])) == []
    assert shelf.get("roster") == ["again"]


def test_a_write_that_is_cut_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = shelf_with(path, document("roster", 3, ["old"]))

    def cut(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", cut)
    with pytest.raises(StoreError, match="E-LIB-04"):
        shelf.replace(Library(2, [document("roster", 4, ["new"])]))
    monkeypatch.undo()
    assert LibraryShelf(path).get("roster") == ["old"]


def test_a_reader_sees_what_the_writer_put_there_since(path: Path) -> None:
    writer = shelf_with(path, document("roster", 1, ["one"]))
    reader = LibraryShelf(path)
    assert reader.get("roster") == ["one"]
    writer.replace(Library(2, [document("roster", 2, ["two"])]))
    assert reader.get("roster") == ["two"]


def test_half_a_character_that_json_can_name_is_kept(path: Path) -> None:
    shelf_with(path, document("notices", 1, '["\\ud83d"]')).close()
    assert LibraryShelf(path).get("notices") == ["\ud83d"]


def test_any_file_cut_anywhere_gives_a_library_that_can_be_filled(path: Path) -> None:
    shelf_with(path, document("roster", 3, {"值班": ["测试顾问"]})).close()
    whole = path.read_bytes()
    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        shelf = LibraryShelf(path)
        assert shelf.versions() == {}
        assert shelf.replace(Library(1, [document("roster", 3, ["again"])])) == []


def test_a_place_that_cannot_be_used_is_said_with_a_code(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="E-LIB-04"):
        LibraryShelf(tmp_path / "file" / "library.json")
    (tmp_path / "library.json").mkdir()
    with pytest.raises(StoreError, match="E-LIB-05"):
        LibraryShelf(tmp_path / "library.json").versions()
