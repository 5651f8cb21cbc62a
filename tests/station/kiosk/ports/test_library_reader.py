"""The reader of the county's documents: tells each change once, keeps what it has, and holds nobody up."""

import hashlib
import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import station.kiosk.ports.library_reader as module
from station.errors import StoreError
from station.kiosk.content import EMPTY, Library
from station.kiosk.events import Event, LibraryTold
from station.kiosk.ports.library_reader import LibraryReader
from station.store.library import LibraryShelf
from tests.waiting import wait_for
from wire.orders import Document
from wire.orders import Library as Sent

HOTLINE = {"number": "12348", "hours": {"zh": "全天"}}


class Kiosk:
    """An agent's shelf, a reader of it, and what the reader told."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.told: list[Event] = []
        self.reader = LibraryReader(path, self.told.append)
        self.version = 0

    def put(self, name: str, content: object) -> None:
        self.version += 1
        text = json.dumps(content)
        document = Document(name, self.version, hashlib.sha256(text.encode()).hexdigest(), text)
        assert LibraryShelf(self.path).replace(Sent(self.version, [document])) == []

    @property
    def library(self) -> Library | None:
        return self.told[-1].library if self.told and isinstance(self.told[-1], LibraryTold) else None


@pytest.fixture
def kiosk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kiosk]:
    monkeypatch.setattr(module, "LOOK_EVERY_S", 0.01)
    made = Kiosk(tmp_path / "library.json")
    yield made
    made.reader.close()


def test_an_empty_shelf_is_told_at_the_start_and_each_change_once(kiosk: Kiosk) -> None:
    kiosk.reader.start()
    wait_for(lambda: kiosk.told, "told at the start")
    assert kiosk.library == EMPTY
    kiosk.put("hotline", HOTLINE)
    wait_for(lambda: kiosk.library != EMPTY, "told the hotline")
    assert kiosk.library is not None
    assert kiosk.library.hotline is not None
    assert (kiosk.library.hotline.number, kiosk.library.versions) == ("12348", (("hotline", 1),))
    kiosk.put("hotline", None)
    wait_for(lambda: kiosk.library == EMPTY, "told that it was withdrawn")
    time.sleep(0.1)
    assert len(kiosk.told) == 3


def test_what_lies_there_is_told_first(kiosk: Kiosk) -> None:
    kiosk.put("hotline", HOTLINE)
    kiosk.reader.start()
    wait_for(lambda: kiosk.told, "told at the start")
    assert kiosk.library is not None
    assert kiosk.library.hotline is not None


def test_a_document_of_another_kind_is_left_out_and_named_without_its_text(
    kiosk: Kiosk, caplog: pytest.LogCaptureFixture
) -> None:
    rows = {"1": {"name": "hotline", "version": 1, "content": HOTLINE}}
    rows["2"] = {"name": "roster", "version": 2, "content": {"secret": "测试甲"}}
    kiosk.path.write_text(json.dumps({"_default": rows}))
    kiosk.reader.start()
    wait_for(lambda: kiosk.told, "told")
    assert kiosk.library is not None
    assert (kiosk.library.roster, kiosk.library.versions) == (None, (("hotline", 1),))
    assert "roster" in caplog.text
    assert "测试甲" not in caplog.text


def test_a_file_that_is_damaged_or_gone_costs_nothing_of_what_is_shown(kiosk: Kiosk) -> None:
    kiosk.put("hotline", HOTLINE)
    kiosk.reader.start()
    wait_for(lambda: kiosk.told, "told")
    kiosk.path.write_bytes(b"{")
    time.sleep(0.1)
    assert kiosk.path.read_bytes() == b"{", "only the agent touches it"
    kiosk.path.unlink()
    time.sleep(0.1)
    assert len(kiosk.told) == 1
    kiosk.put("papers", {"bring": [{"zh": "身份证"}], "place": {"zh": "县里"}})
    wait_for(lambda: len(kiosk.told) == 2, "told what is there again")
    assert kiosk.library is not None
    assert kiosk.library.papers is not None


def test_a_disk_that_gives_nothing_is_tried_again(
    kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = module.look_at_shelf
    kiosk.put("hotline", HOTLINE)
    broken = threading.Event()
    broken.set()

    def look(path: Path) -> object:
        if broken.is_set():
            raise StoreError("E-LIB-05", "no")
        return real(path)

    monkeypatch.setattr(module, "look_at_shelf", look)
    kiosk.reader.start()
    wait_for(lambda: kiosk.library == EMPTY, "told something")
    time.sleep(0.1)
    broken.clear()
    wait_for(lambda: kiosk.library != EMPTY, "read at last")
    assert caplog.text.count("E-LIB-05") == 1


def test_closing_does_not_wait_for_a_disk_that_hangs(kiosk: Kiosk) -> None:
    os.mkfifo(kiosk.path)  # reading it waits until somebody writes
    kiosk.reader.start()
    time.sleep(0.1)
    begun_s = time.monotonic()
    kiosk.reader.close(0.2)
    assert time.monotonic() - begun_s < 0.5
    with kiosk.path.open("wb"):
        pass
