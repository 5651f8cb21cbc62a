"""Everything around the kiosk made to hang, one at a time: the screen answers every touch, and says what it is."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from station.devices.reader import serial_port
from station.kiosk import keeper
from station.kiosk.card_watch import CardWatch
from station.kiosk.events import DevicesTold, Printed, Signal, Store
from station.kiosk.keeper import Keeper
from station.kiosk.ports import cups, espeak, video, wayland_zoom
from station.kiosk.ports.cups import CupsPrinter
from station.kiosk.ports.espeak import EspeakVoice
from station.kiosk.ports.library_reader import LibraryReader
from station.kiosk.ports.printer import NullPrinter
from station.kiosk.ports.staff_desk import StaffDesk
from station.kiosk.ports.video import VideoProgram
from station.kiosk.ports.wayland_zoom import WaylandZoom
from station.kiosk.scene import Happened
from station.kiosk.state import Draft, Step
from tests.station.kiosk.fakes import FakeSpool
from tests.station.kiosk.patience import TOUCH_MAX_S, Measured, answers, attach, kept, said, until
from tests.station.kiosk.people import PERSON
from tests.station.kiosk.ports.programs import HANG, Programs, programs_first
from tests.station.kiosk.small_library import LIBRARY
from tests.station.kiosk.visitor import at, kiosk
from tests.waiting import wait_for
from wire.life import DeviceState


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    return programs_first(tmp_path / "bin", monkeypatch)


@pytest.fixture
def spool() -> Iterator[FakeSpool]:
    spool = FakeSpool()
    spool.state_of["camera/door"] = DeviceState(device="camera/door", state="ok")
    yield spool
    spool.open.set()


async def test_a_disk_that_hangs_while_it_saves_is_called_slow_and_help_is_to_be_telephoned_for(
    spool: FakeSpool, record_property: Measured
) -> None:
    draft = Draft(visit=1, service="legal_advice", answers=(("words", "测试"),), consents=frozenset({"words"}))
    async with kept(spool, at(Step.CONFIRM, draft=draft)) as visitor:
        release = spool.hang()
        await visitor.press("2")
        visitor.sees(visitor.say("saving.title"))
        await answers(visitor, record_property)
        await visitor.happens(Signal.TIME_UP)
        visitor.sees(visitor.say("refused.slow"), visitor.say("refused.slow.text"))
        await visitor.press("f1", "1")
        visitor.sees(visitor.say("emergency.not_saved"), visitor.say("emergency.call_yourself"))
        await visitor.press("0")
        release()
        await said(visitor, "saved.title")


async def test_a_disk_that_hangs_while_nobody_is_there_closes_the_kiosk_in_words(
    spool: FakeSpool, record_property: Measured
) -> None:
    async with kept(spool, at(Step.WAIT)) as visitor:
        visitor.app.silent_after_s = 2.5
        release = spool.hang()
        await answers(visitor, record_property)
        await said(visitor, "closed.failed.text")
        assert visitor.app.state.store is Store.SILENT
        release()
        await said(visitor, "wait.title")


async def test_a_reader_that_hangs_is_said_and_the_ways_without_a_card_stay_open(
    record_property: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A port that the kernel does not give back, as a broken USB adapter's."""
    monkeypatch.setattr(serial_port, "HANGS_AFTER_S", 0.5)
    answering, devices = threading.Event(), list[tuple[str, str | None]]()

    def open_port(*_: object, **__: object) -> None:
        answering.wait(60)
        raise OSError("gone")

    monkeypatch.setattr(serial_port.serial, "serial_for_url", open_port)
    async with kiosk(state=at(Step.WAIT)) as visitor:
        app = visitor.app
        reader = serial_port.SerialReader("/dev/ttyUSB9")
        watch = CardWatch(reader, app.today, app.tell, lambda state, code: devices.append((state, code)))
        attach(visitor, cards=watch)
        watch.start()
        await said(visitor, "reader.fault")
        visitor.sees("E-READER-30")
        assert devices == [("absent", "E-READER-30")]
        await answers(visitor, record_property)
        await visitor.press("1")
        assert visitor.step is Step.SERVICES
        answering.set()
        await until(visitor, lambda: ("ok", None) in devices)
        watch.close()


async def test_a_camera_that_does_not_answer_is_said_and_can_be_asked_again(
    spool: FakeSpool, record_property: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "CARD_WITHIN_MS", 3_000)
    async with kept(spool, at(Step.WAIT, devices=DevicesTold(camera=True))) as visitor:
        await visitor.touch(visitor.say("wait.service_card"))
        await until(visitor, lambda: spool.asks)
        await answers(visitor, record_property)
        await said(visitor, "service_card.none")
        await visitor.settle()
        monkeypatch.setattr(keeper, "CARD_WITHIN_MS", 60_000)
        await visitor.touch(visitor.say("service_card.again"))
        await said(visitor, "service_card.title")


async def test_a_county_that_does_not_answer_is_said_and_can_be_asked_again(
    spool: FakeSpool, record_property: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "ANSWER_WITHIN_MS", 3_000)
    async with kept(spool, at(Step.SERVICES, card_there=True)) as visitor:
        await visitor.touch(visitor.say("service.progress"))
        assert visitor.step is Step.ASKING
        await answers(visitor, record_property)
        await said(visitor, "cases.late")
        spool.notes["hub"] = "offline"
        spool.change()
        await said(visitor, "header.offline")
        assert visitor.app.state.draft.person == PERSON


async def test_a_printer_that_hangs_is_said_and_the_code_is_offered_instead(
    programs: Programs, record_property: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cups, "TOLD_WITHIN_S", 3.0)
    monkeypatch.setattr(cups, "PDF_COMMAND", ("cat",))
    programs.put("lpstat", 'echo "village accepting requests"; echo "printer village is idle."')
    programs.put("lp", HANG)
    printer = CupsPrinter("village")
    wait_for(lambda: printer.available, "found")
    async with kiosk(state=at(Step.SAVED, devices=DevicesTold(printer=True))) as visitor:
        attach(visitor, printer=printer)
        await visitor.touch(visitor.say("saved.print"))
        visitor.sees(visitor.say("printed.waiting"))
        await until(visitor, lambda: programs.pids("lp"))
        await answers(visitor, record_property)
        await said(visitor, "printed.failed")
        assert visitor.app.state.draft.printed is Printed.FAILED
        await visitor.touch(visitor.say("saved.code"))
        assert visitor.step is Step.RECEIPT_QR
    printer.close()
    wait_for(programs.gone, "no process is left")


async def test_a_voice_that_hangs_costs_silence_and_staff_are_told(
    tmp_path: Path, spool: FakeSpool, programs: Programs, record_property: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(espeak, "START_MAX_S", 0.5)
    monkeypatch.setattr(espeak, "SIGN_MAX_S", 0.0)
    (tmp_path / "cards").write_text(" 0 [Headphones]: test\n", "utf-8")
    for name in ("espeak-ng", "aplay"):
        programs.put(name, HANG)
    voice = EspeakVoice(None, tmp_path / "cards")
    wait_for(lambda: voice.available, "found")
    async with kept(spool, at(Step.STAFF)) as visitor:
        assert visitor.app.ports is not None
        keeping = visitor.app.ports.keeper
        assert isinstance(keeping, Keeper)
        desk = StaffDesk(keeping, voice, NullPrinter(), None, tmp_path, visitor.app.tell)
        attach(visitor, keeper=keeping, voice=voice, staff=desk)
        await visitor.press("f3", "f3")
        await until(visitor, lambda: programs.pids("espeak-ng"))
        await answers(visitor, record_property)
        await until(visitor, lambda: not voice.available)
        await visitor.touch(visitor.say("staff.try.sound"))
        await said(visitor, "staff.no_sound")
        desk.close()
    voice.close()
    wait_for(programs.gone, "no process is left")


async def test_a_library_that_cannot_be_read_leaves_what_was_there(tmp_path: Path, record_property: Measured) -> None:
    shelf = tmp_path / "library.json"
    os.mkfifo(shelf)  # whoever opens it waits until somebody writes
    async with kiosk(state=at(Step.WAIT, library=LIBRARY)) as visitor:
        reader = LibraryReader(shelf, visitor.app.tell)
        reader.start()
        await answers(visitor, record_property)
        await visitor.touch(visitor.say("wait.notices", count=1))
        visitor.sees("测试通知")
        began = time.monotonic()
        reader.close(within_s=0.1)
        assert time.monotonic() - began < TOUCH_MAX_S
        shelf.open("wb").close()  # the thread goes on, and ends


async def test_a_library_that_was_never_read_is_said_where_it_is_missed(
    tmp_path: Path, record_property: Measured
) -> None:
    shelf = tmp_path / "library.json"
    os.mkfifo(shelf)
    async with kiosk(state=at(Step.SERVICES)) as visitor:
        reader = LibraryReader(shelf, visitor.app.tell)
        reader.start()
        await visitor.touch(visitor.say("service.find_person"))
        visitor.sees(visitor.say("list.empty"))
        await answers(visitor, record_property)
        reader.close(within_s=0.1)
        shelf.open("wb").close()


async def test_a_video_call_that_never_ends_is_left_by_one_touch(
    programs: Programs, record_property: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(video, "GRACE_S", 0.3)
    programs.put("call", f"trap '' TERM; {HANG}")
    async with kiosk(state=at(Step.ADVICE, library=LIBRARY, devices=DevicesTold(video=True))) as visitor:
        program = VideoProgram(["call"], visitor.app.tell)
        attach(visitor, video=program)
        await visitor.touch(visitor.say("advice.video"))
        await until(visitor, lambda: programs.pids("call"))
        visitor.sees(visitor.say("video.title"), visitor.say("video.text"))
        await answers(visitor, record_property)
        visitor.app.post_message(Happened(Signal.BACK))
        record_property("left_in_ms", round(1000 * await said(visitor, "advice.title", TOUCH_MAX_S)))
        await until(visitor, programs.gone)
        program.close()


async def test_large_signs_that_the_terminal_does_not_make_are_large_in_the_app_all_the_same(
    programs: Programs, record_property: Measured, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(wayland_zoom, "PRESS_WITHIN_S", 1.0)
    programs.put("wtype", HANG)
    zoom = WaylandZoom(str(programs.folder / "wtype"))
    async with kiosk(state=at(Step.SERVICES)) as visitor:
        attach(visitor, zoom=zoom)
        visitor.app.post_message(Happened(Signal.LARGE))
        took = await until(visitor, lambda: visitor.app.screen.has_class("-large"), TOUCH_MAX_S)
        record_property("large_in_ms", round(1000 * took))
        assert visitor.choice(visitor.say("footer.large")).note == visitor.say("word.on")
        await answers(visitor, record_property)
        await until(visitor, lambda: "E-ZOOM-01" in caplog.text)
    zoom.close()
    wait_for(programs.gone, "no process is left")
