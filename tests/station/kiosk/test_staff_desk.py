"""What staff are told: how everything is, codes with their times, and nothing of anybody."""

import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from station.kiosk.events import Event, Pin, PinTold, Printed, StaffTold
from station.kiosk.ports import staff_desk
from station.kiosk.ports.printer import Sheet
from station.kiosk.ports.staff_desk import StaffDesk
from station.kiosk.ports.voice import Utterance
from station.kiosk.texts import read_texts
from station.staff_pin import set_pin
from station.store.library import LibraryShelf
from station.store.spool import Spool
from tests.station.kiosk.people import PERSON
from wire.life import DeviceState
from wire.orders import Document, Library
from wire.records import Emergency, Language

NOW_TEXT = "2026-11-28 09:30:01,123"
LOG = f"""\
2026-11-27 08:00:00,001 WARNING station.kiosk.keeper E-SPOOL-10 full {PERSON.name} 已满
2026-11-28 09:00:00,001 ERROR station.kiosk.keeper E-SPOOL-03 {PERSON.id_number}
{NOW_TEXT} WARNING station.kiosk.keeper E-SPOOL-10 full
2026-11-28 09:31:00,001 INFO station all is well
Traceback: E-KIOSK-01 of no time
"""


class Told:
    """What the desk told, and a way to wait for it."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._news = threading.Condition()

    def tell(self, event: Event) -> None:
        with self._news:
            self.events.append(event)
            self._news.notify_all()

    def until(self, right: Callable[[Event], bool]) -> Event:
        with self._news:
            assert self._news.wait_for(lambda: any(map(right, self.events)), 10), self.events
            return next(event for event in reversed(self.events) if right(event))

    def page(self, *what: str) -> dict[str, tuple[str, str]]:
        """Return the first page that has all of `what`, by what its lines are about."""

        def whole(event: Event) -> bool:
            return isinstance(event, StaffTold) and set(what) <= {line[0] for line in event.lines}

        event = self.until(whole)
        assert isinstance(event, StaffTold)
        return {line[0]: line[1:] for line in event.lines}


class Keeping:
    """The spool, asked in the caller's thread; or a disk that hangs."""

    def __init__(self, spool: Spool) -> None:
        self.spool, self.hangs = spool, False

    def with_spool(self, job: Callable[[Spool], None]) -> None:
        if not self.hangs:
            job(self.spool)


class Sound:
    """A voice that remembers."""

    available = True

    def __init__(self) -> None:
        self.said: list[tuple[str, Language]] = []

    def say(self, what: Sequence[Utterance], language: Language) -> None:
        self.said += [(one.text, language) for one in what]

    def stop(self) -> None:
        """Be silent."""

    def close(self) -> None:
        """Nothing is open."""


class Paper:
    """A printer that remembers."""

    available = True

    def __init__(self) -> None:
        self.sheets: list[Sheet] = []
        self.told: Callable[[Printed], None] = lambda _: None

    def print(self, sheet: Sheet, told: Callable[[Printed], None]) -> None:
        self.sheets.append(sheet)
        self.told = told

    def close(self) -> None:
        """Nothing is open."""


class Office:
    """A desk with everything it asks."""

    def __init__(self, folder: Path, spool: Spool, pin_file: Path | None = None) -> None:
        self.told, self.voice, self.paper, self.keeping = Told(), Sound(), Paper(), Keeping(spool)
        self.desk = StaffDesk(self.keeping, self.voice, self.paper, pin_file, folder, self.told.tell)


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    opened = Spool.open(tmp_path / "spool.sqlite3")
    yield opened
    opened.close()


@pytest.fixture
def office(tmp_path: Path, spool: Spool) -> Office:
    (tmp_path / "kiosk.log").write_text(LOG, "utf-8")
    return Office(tmp_path, spool)


def test_the_page_says_how_everything_is(tmp_path: Path, spool: Spool, office: Office) -> None:
    spool.append(lambda _: Emergency(call="call-00000001"), staff_desk.Clock().now())
    spool.put_device(DeviceState(device="camera/door", state="failed", code="E-CAM-11"))
    spool.put_device(DeviceState(device="reader", state="ok"))
    spool.put_note("hub", "online")
    shelf = LibraryShelf(tmp_path / "library.json")
    text = '{"number": "12348", "hours": {"zh": "全天"}}'
    digest = hashlib.sha256(text.encode()).hexdigest()
    assert shelf.replace(Library(1, [Document("hotline", 7, digest, text)])) == []
    shelf.close()
    office.desk.report()
    page = office.told.page("staff.outbox", "staff.document", "staff.error", "staff.software")
    assert page["staff.outbox"] == ("1", "")
    assert page["camera/door"] == ("staff.failed", "E-CAM-11")
    assert page["reader"] == ("staff.ok", "")
    assert page["staff.document"] == ("hotline", "7")


def test_of_the_log_only_codes_and_their_last_times_are_told(office: Office) -> None:
    office.desk.report()
    office.told.page("staff.error")
    lines = [event for event in office.told.events if isinstance(event, StaffTold)][-1].lines
    errors = [line for line in lines if line[0] == "staff.error"]
    assert errors == [
        ("staff.error", "2026-11-28 09:30", "E-SPOOL-10"),
        ("staff.error", "2026-11-28 09:00", "E-SPOOL-03"),
    ]
    assert PERSON.name not in repr(lines)
    assert PERSON.id_number not in repr(lines)


def test_a_log_without_errors_or_no_log_at_all_says_so(tmp_path: Path, office: Office) -> None:
    (tmp_path / "kiosk.log").unlink()
    office.desk.report()
    page = office.told.page("staff.software", "staff.hub")
    assert "staff.error" not in page
    (tmp_path / "kiosk.log").write_text("2026-11-28 09:31:00,001 INFO station all is well\n", "utf-8")
    office.desk.report()
    office.told.page("staff.no_errors")


def test_a_disk_that_hangs_hides_its_own_lines_only(office: Office) -> None:
    office.keeping.hangs = True
    office.desk.report()
    page = office.told.page("staff.software", "staff.error")
    assert page["staff.outbox"] == ("staff.store.silent", "")


def test_the_agent_that_does_not_run_is_said_and_its_last_word_counts_no_more(spool: Spool, office: Office) -> None:
    spool.put_note("hub", "online")
    office.desk.report()
    office.told.page("staff.hub", "staff.outbox", "staff.software")
    assert ("staff.hub", "staff.online", "") not in _last(office, "staff.software")
    assert ("staff.hub", "staff.agent.stopped", "") in _last(office, "staff.software")


def _last(office: Office, what: str) -> tuple[tuple[str, str, str], ...]:
    office.told.page(what)
    return [event for event in office.told.events if isinstance(event, StaffTold)][-1].lines


def test_a_test_of_the_printer_prints_a_sheet_and_tells_how_it_went(office: Office) -> None:
    office.desk.test("printer")
    assert office.told.page("staff.printer")["staff.printer"] == ("printed.waiting", "")
    (sheet,) = office.paper.sheets
    assert "打印测试" in sheet.title
    office.paper.told(Printed.DONE)
    office.told.until(lambda event: isinstance(event, StaffTold) and event.lines[0][1] == "printed.done")


def test_a_test_of_the_sound_says_a_sentence(office: Office) -> None:
    office.desk.test("sound")
    assert office.voice.said == [("您好，这是声音测试。", "zh")]
    assert office.told.page("staff.test")["staff.test"] == ("staff.sound", "")
    office.voice.available = False
    office.desk.test("sound")
    office.told.until(lambda event: isinstance(event, StaffTold) and event.lines[0][1] == "staff.no_sound")


def test_a_test_of_the_cameras_shows_them_first(spool: Spool, office: Office) -> None:
    office.desk.test("camera")
    office.told.until(lambda event: isinstance(event, StaffTold) and event.lines[0][1] == "staff.no_camera")
    spool.put_device(DeviceState(device="camera/door", state="degraded", code="E-CAM-20"))
    office.desk.test("camera")
    office.told.until(
        lambda event: isinstance(event, StaffTold) and event.lines[0] == ("camera/door", "staff.degraded", "E-CAM-20")
    )


def test_a_test_of_the_reader_asks_for_a_card(office: Office) -> None:
    office.desk.test("reader")
    assert office.told.page("staff.test")["staff.test"] == ("staff.place_card", "")


def test_a_pin_is_looked_at_and_none_is_set_without_a_file(tmp_path: Path, spool: Spool, office: Office) -> None:
    office.desk.check_pin(3, "8301")
    assert office.told.until(lambda event: isinstance(event, PinTold)) == PinTold(3, Pin.NOT_SET)
    set_pin(tmp_path / "pin", "8301")
    guarded = Office(tmp_path, spool, tmp_path / "pin")
    guarded.desk.check_pin(3, "8302")
    assert guarded.told.until(lambda event: isinstance(event, PinTold)) == PinTold(3, Pin.WRONG)
    guarded.desk.check_pin(3, "8301")
    guarded.told.until(lambda event: event == PinTold(3, Pin.RIGHT))


def test_a_desk_that_is_closed_tells_nothing_more(office: Office) -> None:
    office.desk.close()
    office.desk.test("sound")
    assert office.told.events == []


def test_every_word_the_desk_tells_is_a_text_or_stands_for_itself(spool: Spool, office: Office) -> None:
    spool.put_device(DeviceState(device="disk", state="word_of_tomorrow"))
    office.desk.report()
    page = office.told.page("staff.software", "staff.outbox")
    said = [word for line in page.items() for word in (line[0], *line[1]) if word.startswith(("staff.", "printed."))]
    assert len(said) > 5
    assert {word for word in said if word not in read_texts("zh").ids} == set()
