"""The two threads behind the screen: spool and reader, with faults."""

import threading
import time
from collections.abc import Iterator
from datetime import date

import pytest
from nacl.public import PublicKey, SealedBox

from station.clock import Clock
from station.devices.reader.port import CardGone, CardPlaced, ReaderReady, ReaderTrouble, Trouble
from station.errors import StoreError
from station.kiosk import keeper as keeper_module
from station.kiosk.card_watch import CardWatch
from station.kiosk.events import (
    Answered,
    AskTold,
    CallSaved,
    CardLifted,
    CardRead,
    CardSeen,
    Event,
    GradeSaved,
    NotSaved,
    ReaderTold,
    Refusal,
    Saved,
    Store,
    StoreTold,
)
from station.kiosk.keeper import Keeper
from station.number import visit_number
from tests.station.kiosk.fakes import SEAL, FakeReader, FakeSpool, opened
from tests.station.kiosk.people import CARD, PERSON
from tests.waiting import wait_for
from wire.asking import Asker, Case, Cases
from wire.codec import decode, encode
from wire.life import DeviceState
from wire.orders import Reply
from wire.records import Emergency, Rating, Visit


class Told(list[Event]):
    """The events told, from any thread."""

    def last(self, kind: type) -> Event | None:
        return next((event for event in reversed(self.copy()) if isinstance(event, kind)), None)


@pytest.fixture
def spool() -> FakeSpool:
    return FakeSpool()


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def keeper(spool: FakeSpool, told: Told) -> Iterator[Keeper]:
    keeper = Keeper(lambda: spool, Clock(), SEAL, told.append)  # type: ignore[arg-type, return-value]
    keeper.start()
    yield keeper
    spool.open.set()
    keeper.close()


def anonymous(number: str) -> Visit:
    return Visit(number=number, service="document", who="anonymous", language="zh")


def test_a_visit_is_committed_with_its_number_then_told(keeper: Keeper, spool: FakeSpool, told: Told) -> None:
    keeper.save_visit(4, anonymous)
    wait_for(lambda: told.last(Saved) is not None, "told")
    saved = told.last(Saved)
    assert isinstance(saved, Saved)
    assert (saved.visit, saved.seq) == (4, 1)
    assert spool.records == [anonymous(saved.number)]
    keeper.save_grade(4, saved.number, 5)
    wait_for(lambda: told.last(GradeSaved) == GradeSaved(4), "told")
    assert spool.records[1] == Rating(visit=1, grade=5)


def test_full_is_told_and_nothing_is_taken(keeper: Keeper, spool: FakeSpool, told: Told) -> None:
    spool.room = False
    keeper.save_visit(4, anonymous)
    wait_for(lambda: told.last(NotSaved) == NotSaved(4, Refusal.FULL), "told")
    assert spool.records == []


@pytest.mark.parametrize("error", [StoreError("E-SPOOL-09", "broken"), ValueError("unforeseen")])
def test_a_broken_store_is_told_and_opened_again(
    keeper: Keeper, spool: FakeSpool, told: Told, error: StoreError, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper_module, "REOPEN_AFTER_S", 0.02)
    wait_for(lambda: told.last(StoreTold) == StoreTold(Store.READY, 0, True), "told")
    spool.fails = error
    keeper.save_visit(4, anonymous)
    wait_for(lambda: told.last(StoreTold) == StoreTold(Store.FAILED), "told")
    spool.fails = None
    wait_for(lambda: told.last(StoreTold) == StoreTold(Store.READY, 0, True), "told")
    keeper.save_visit(5, anonymous)
    wait_for(lambda: any(isinstance(event, Saved) and event.visit == 5 for event in told), "saved")


def test_receipt_line_and_clock_arrive_soon(keeper: Keeper, spool: FakeSpool, told: Told) -> None:
    wait_for(lambda: told.last(StoreTold) == StoreTold(Store.READY, 0, True), "told")
    spool.receipted, spool.notes["hub"] = 7, "offline"
    spool.change()
    began = time.monotonic()
    wait_for(lambda: told.last(StoreTold) == StoreTold(Store.READY, 7, False), "told")
    assert time.monotonic() - began < 1


def test_the_hubs_time_is_learned_of_this_kernel_boot_only(spool: FakeSpool, told: Told) -> None:
    clock = Clock()
    for note, learned in (
        ("0123456789abcdef 5", None),
        (f"{clock.kernel_boot} nonsense", None),
        (f"{clock.kernel_boot} 1700000000000", 1_700_000_000_000),
    ):
        told.clear()
        spool.notes["clock"] = note
        spool.change()
        keeper = Keeper(lambda: spool, clock, SEAL, told.append)  # type: ignore[arg-type, return-value]
        keeper.start()
        wait_for(lambda: told.last(StoreTold) is not None, "told")
        keeper.close()
        assert clock.mono_to_utc_ms == learned


def test_a_call_for_help_is_taken_where_a_visit_is_not(keeper: Keeper, spool: FakeSpool, told: Told) -> None:
    spool.room = False
    keeper.call_for_help(1, withdrawn=False)
    wait_for(lambda: told.last(CallSaved) == CallSaved(1, 1), "told")
    (call,) = spool.records
    assert isinstance(call, Emergency)
    keeper.call_for_help(2, withdrawn=True)
    wait_for(lambda: len(spool.records) == 2, "withdrawn")
    assert spool.records[1] == Emergency(call=call.call, withdrawn=True)


def test_staff_are_called_by_a_visit_without_a_name(keeper: Keeper, spool: FakeSpool, told: Told) -> None:
    keeper.call_staff(1)
    wait_for(lambda: told.last(CallSaved) == CallSaved(1, 1), "told")
    assert [(body.service, body.who) for body in spool.records if isinstance(body, Visit)] == [
        ("call_staff", "anonymous")
    ]


def test_a_call_that_cannot_be_saved_is_said_and_tried_once_more(
    keeper: Keeper, spool: FakeSpool, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper_module, "REOPEN_AFTER_S", 0.02)
    wait_for(lambda: told.last(StoreTold) is not None, "opened")
    spool.fails = StoreError("E-SPOOL-09", "broken")
    keeper.call_for_help(1, withdrawn=False)
    wait_for(lambda: told.last(CallSaved) == CallSaved(1, 0), "told")
    called_at_ms = Clock().now().mono_ms
    spool.fails = None
    wait_for(lambda: told.last(CallSaved) == CallSaved(1, 1), "saved once the spool is open again")
    assert len(spool.records) == 1
    assert spool.stamps[-1].mono_ms <= called_at_ms, "dated when it was called"


def test_a_rating_by_number_finds_its_visit_or_says_that_there_is_none(
    keeper: Keeper, spool: FakeSpool, told: Told
) -> None:
    keeper.save_grade(1, visit_number(spool.epoch, 31), 4)
    wait_for(lambda: told.last(GradeSaved) == GradeSaved(1), "told")
    assert spool.records == [Rating(visit=31, grade=4)]
    keeper.save_grade(2, "99-00001-1", 4)
    wait_for(lambda: told.last(NotSaved) == NotSaved(2, Refusal.NUMBER), "told")
    assert len(spool.records) == 1


def test_the_countys_answer_is_opened_in_memory_and_told(keeper: Keeper, spool: FakeSpool, told: Told) -> None:
    keeper.ask_progress(3, PERSON)
    wait_for(lambda: spool.asks, "asked")
    (ask,) = spool.asks
    assert decode(opened(ask.box), Asker) == Asker(PERSON.name, PERSON.id_number, ask.reply_to)
    cases = Cases([Case("42-00003-5", "mediation", 1)])
    spool.replies[ask.id] = Reply(ask.id, "found", SealedBox(PublicKey(ask.reply_to)).encrypt(encode(cases)))
    wait_for(lambda: told.last(AskTold) == AskTold(3, Answered.FOUND, cases), "told")


def test_no_answer_in_time_is_said(
    keeper: Keeper, spool: FakeSpool, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper_module, "ANSWER_WITHIN_MS", -900)
    monkeypatch.setattr(keeper_module, "CARD_WITHIN_MS", -900)
    keeper.ask_progress(3, PERSON)
    keeper.seek_card(4)
    wait_for(lambda: told.last(AskTold) == AskTold(3, Answered.LATE), "told")
    wait_for(lambda: told.last(CardSeen) == CardSeen(4, None), "told")


def test_a_card_the_camera_saw_is_told(keeper: Keeper, spool: FakeSpool, told: Told) -> None:
    keeper.seek_card(3)
    wait_for(lambda: spool.asks, "asked")
    (ask,) = spool.asks
    spool.replies[ask.id] = Reply(ask.id, "found", SealedBox(PublicKey(ask.reply_to)).encrypt(b"12345678"))
    wait_for(lambda: told.last(CardSeen) == CardSeen(3, "12345678"), "told")


def test_a_question_of_somebody_who_left_is_not_answered(keeper: Keeper, spool: FakeSpool, told: Told) -> None:
    keeper.ask_progress(3, PERSON)
    wait_for(lambda: spool.asks, "asked")
    keeper.forget_questions()
    (ask,) = spool.asks
    spool.replies[ask.id] = Reply(ask.id, "none")
    keeper.seek_card(4)
    wait_for(lambda: spool.asks and spool.asks[-1].id != ask.id, "the keeper went on")
    assert len(spool.asks) == 1, "its sealed rows are gone too"
    assert told.last(AskTold) is None


def test_device_states_reach_the_spool_and_a_hanging_disk_does_not_hold_the_end(
    keeper: Keeper, spool: FakeSpool
) -> None:
    state = DeviceState(device="screen", state="ok")
    keeper.put_device(state)
    wait_for(lambda: spool.state_of == {"screen": state}, "told")
    spool.hang()
    began = time.monotonic()
    keeper.close(within_s=0.1)
    assert time.monotonic() - began < 2


def test_what_was_handed_over_is_finished_at_the_end(spool: FakeSpool, told: Told) -> None:
    keeper = Keeper(lambda: spool, Clock(), SEAL, told.append)  # type: ignore[arg-type, return-value]
    keeper.start()
    release = spool.hang()
    keeper.save_visit(1, anonymous)
    keeper.put_device(DeviceState(device="screen", state="absent"))
    threading.Timer(0.2, release).start()
    keeper.close()
    assert len(spool.records) == 1
    assert spool.state_of["screen"].state == "absent"


def test_what_the_reader_says_becomes_the_flows_events_and_a_device_state(told: Told) -> None:
    reader, devices = FakeReader(), list[tuple[str, str | None]]()
    watch = CardWatch(
        reader, lambda: date(2026, 11, 24), told.append, lambda state, code: devices.append((state, code))
    )
    reader.to_tell = [
        ReaderReady("05.01-20260101", 115200),
        ReaderTrouble(Trouble.PLACE_AGAIN),
        CardPlaced(CARD),
        CardGone(),
        CardPlaced(CARD._replace(birth="2020-01-01")),
        ReaderTrouble(Trouble.NO_READER),
    ]
    watch.start()
    watch.look(True)
    wait_for(lambda: len(told) == 6 and reader.wanted == [True], "told")
    watch.close()
    assert told[:4] == [ReaderTold(None), ReaderTold(Trouble.PLACE_AGAIN), CardRead(PERSON), CardLifted()]
    assert isinstance(told[4], CardRead)
    assert told[4].minor
    assert told[5] == ReaderTold(Trouble.NO_READER)
    assert devices == [("ok", None), ("absent", "E-READER-30")], "a card that cannot be read is no fault of the reader"
    assert reader.closed


def test_a_reader_that_hangs_does_not_hold_the_end() -> None:
    reader = FakeReader()
    reader.open.clear()
    watch = CardWatch(reader, lambda: date(2026, 11, 24), lambda _: None, lambda _, __: None)
    watch.start()
    began = time.monotonic()
    watch.close(within_s=0.1)
    reader.open.set()
    assert time.monotonic() - began < 2
