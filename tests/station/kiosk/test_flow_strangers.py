"""What one person did or said is never taken for the next one's: cards changed, answers late, calls and ticks left."""

import pytest

from station.kiosk.advance import advance
from station.kiosk.content import Library
from station.kiosk.events import (
    AskTold,
    CallSaved,
    CardLifted,
    CardRead,
    Choose,
    DevicesTold,
    Event,
    LibraryTold,
    NotSaved,
    Option,
    Pick,
    Pin,
    PinTold,
    Printed,
    PrinterTold,
    Refusal,
    Sign,
    Signal,
    Store,
    StoreTold,
    Tick,
)
from station.kiosk.state import Over, Step, county_has_call, needed_ticks
from tests.station.kiosk.people import CHILD, PERSON, number
from tests.station.kiosk.ways import CASES, LIBRARY, NAMED, READY, TO_AID, TO_SAVED, entered, typed, walk
from wire import content as c
from wire.person import Person

OTHER = Person(name="测试丁", id_number=number("99999919700101001"), card="resident", birth="1970-01-01", verified=True)
LOGIN_OTHER = (CardLifted(), CardRead(OTHER), Signal.ITS_ME, Tick("identity"), Signal.AGREE)
ASKED = (*NAMED, Choose("progress"))


def test_the_answer_to_the_one_before_is_not_shown_to_the_next() -> None:
    away = walk(*ASKED, Signal.BACK, Signal.BACK, Signal.BACK)
    assert away.step is Step.IDENTITY
    theirs = walk(*LOGIN_OTHER, Choose("progress"), start=away)
    assert theirs.step is Step.ASKING
    assert theirs.draft.visit != 1
    assert walk(CASES, start=theirs).step is Step.ASKING


@pytest.mark.parametrize("at", [NAMED, (*NAMED, Signal.OTHER_SERVICES), TO_SAVED])
def test_another_card_at_a_menu_is_another_visit(at: tuple[Event, ...]) -> None:
    state = walk(*at, CardLifted())
    same = walk(CardRead(PERSON), start=state)
    assert (same.step, same.draft) == (state.step, state.draft)
    other = walk(CardRead(OTHER), start=state)
    assert (other.step, other.draft.person, other.draft.consents) == (Step.IDENTITY, OTHER, frozenset())
    assert other.draft.visit > state.draft.visit
    assert other.draft.number == ""


def test_progress_wants_the_card_on_the_reader_and_takes_it_back_at_once() -> None:
    lifted = walk(*NAMED, CardLifted(), Choose("progress"))
    assert lifted.step is Step.CARD_NEEDED
    assert walk(CardRead(PERSON), start=lifted).step is Step.ASKING
    assert walk(CardRead(OTHER), start=lifted).step is Step.IDENTITY


def test_a_card_without_a_number_proves_nothing() -> None:
    bare = Person(name="测试", id_number="", card="resident", verified=True)
    state = walk(CardRead(bare), *NAMED[1:], Choose("progress"))
    assert state.step is Step.CARD_NEEDED


def test_a_call_for_staff_is_of_one_visit() -> None:
    nobodys = walk(Signal.CALL_STAFF, CallSaved(1, 7), Signal.TIME_UP)
    assert nobodys.staff_call == 0
    mine = walk(*NAMED, Signal.CALL_STAFF, start=nobodys)
    assert (mine.staff_call, mine.staff_seq) == (2, None)
    assert walk(Signal.BACK, Signal.CALL_STAFF, start=mine).staff_call == 2, "not called twice while it is saved"
    gone = walk(Signal.BACK, Signal.FINISH, Signal.FINISH, CallSaved(2, 9), start=mine)
    assert gone.staff_seq is None
    thanked = walk(*NAMED, Signal.CALL_STAFF, CallSaved(1, 3), Signal.BACK, Signal.FINISH, *LOGIN_OTHER[:2])
    assert thanked.staff_call == 0


def test_what_became_of_a_call_stays_on_the_screen_when_the_store_opens_or_closes() -> None:
    failed = walk(Signal.EMERGENCY, Signal.EMERGENCY, CallSaved(1, 0), StoreTold(Store.FAILED))
    assert (failed.step, failed.over, failed.call_seq) == (Step.CLOSED, Over.EMERGENCY, 0)
    opened = walk(CallSaved(1, 4), StoreTold(Store.READY), start=failed)
    assert (opened.step, opened.over, opened.call_seq) == (Step.WAIT, Over.EMERGENCY, 4)


def test_help_can_be_called_again_after_a_mistake_or_a_failure_and_not_twice_otherwise() -> None:
    called = walk(Signal.EMERGENCY, Signal.EMERGENCY)
    assert walk(Signal.EMERGENCY, CallSaved(1, 5), Signal.EMERGENCY, start=called).call == 1
    failed = walk(CallSaved(1, 0), Signal.EMERGENCY, start=called)
    assert (failed.call, failed.call_seq) == (2, None)
    withdrawn = walk(CallSaved(1, 5), Signal.WITHDRAW, start=called)
    assert (withdrawn.call, withdrawn.withdrawn) == (2, True)
    again = walk(Signal.EMERGENCY, CallSaved(2, 6), StoreTold(Store.READY, 6, True), start=withdrawn)
    assert (again.call, again.call_seq, again.withdrawn) == (3, None, False)
    assert not county_has_call(again, again.call_seq), "the withdrawal's receipt is not this call's"


@pytest.mark.parametrize("under", [(Signal.TIME_UP,), (Signal.CALL_STAFF,)])
def test_help_is_two_touches_away_under_every_cover(under: tuple[Event, ...]) -> None:
    assert walk(*NAMED, *under, Signal.EMERGENCY, Signal.EMERGENCY).over is Over.EMERGENCY


def test_how_to_be_reached_has_a_tick_of_its_own_wherever_it_is_said() -> None:
    confirm = walk(*TO_AID)
    assert needed_ticks(confirm.draft) == ["words", "contact", "truth"]


def test_ticks_of_a_form_do_not_outlive_it() -> None:
    advice = (Choose("legal_advice"), Signal.MESSAGE, Option("house"), *entered("测试"), *typed("00000000"))
    ticked = walk(Signal.WITHOUT_CARD, *advice, Tick("words"), Tick("contact"))
    for events in ((Signal.BACK,), (Signal.REDO,), (Signal.CONFIRM,)):
        after = walk(*events, start=ticked)
        if after.step is Step.SAVING:
            after = walk(TO_SAVED[-1], Signal.MORE, start=after)
        assert after.draft.consents == frozenset()


def test_a_child_alone_is_advised_and_not_asked_how_to_be_reached() -> None:
    child = (CardRead(CHILD, minor=True), Signal.ITS_ME, Tick("identity"), Signal.AGREE, Signal.DECLINE)
    state = walk(*child, Choose("legal_advice"), Signal.MESSAGE, Option("family"), *entered("测试"))
    assert (state.step, state.draft.person, state.draft.minor) == (Step.CONFIRM, None, True)
    assert "phone" not in dict(state.draft.answers)


def test_other_words_of_the_county_are_agreed_to_anew() -> None:
    ticked = walk(CardRead(PERSON), Signal.ITS_ME, Tick("identity"))
    wording = LIBRARY._replace(texts=c.Wording({"consent.identity": c.Text("别的话")}))
    assert walk(LibraryTold(wording), start=ticked).draft.consents == frozenset()
    assert walk(LibraryTold(LIBRARY._replace(roster=None)), start=ticked).draft.consents == {"identity"}


WORDING = LIBRARY._replace(texts=c.Wording({"consent.identity": c.Text("别的话")}))


def test_a_form_that_needs_a_name_has_one_though_the_countys_words_change_under_it() -> None:
    changed = walk(*TO_AID, LibraryTold(WORDING), Tick("words"), Tick("contact"), Tick("truth"))
    asked = walk(Signal.CONFIRM, start=changed)
    assert (asked.step, asked.draft.answers) == (Step.NOTICE, changed.draft.answers)
    again = walk(Tick("identity"), Signal.AGREE, start=asked)
    assert (again.step, again.draft.answers) == (Step.CONFIRM, changed.draft.answers)
    assert walk(Signal.CONFIRM, start=again).step is Step.SAVING


def test_a_form_that_was_refused_is_not_saved_empty_when_the_countys_words_change() -> None:
    refused = walk(*TO_AID, Tick("words"), Tick("contact"), Tick("truth"), Signal.CONFIRM, NotSaved(1, Refusal.DISK))
    assert walk(Signal.CONFIRM, start=refused).step is Step.SAVING
    again = walk(LibraryTold(WORDING), Signal.CONFIRM, start=refused)
    assert (again.step, again.draft.answers) == (Step.CONFIRM, refused.draft.answers)


def test_a_child_is_not_asked_how_to_be_reached_after_a_video_call_either() -> None:
    child = (CardRead(CHILD, minor=True), Signal.ITS_ME, Tick("identity"), Signal.AGREE, Signal.DECLINE)
    called = walk(*child, Choose("legal_advice"), Signal.VIDEO, Signal.VIDEO_ENDED)
    assert walk(Signal.MESSAGE, Option("family"), *entered("测试"), start=called).step is Step.CONFIRM


def test_whoever_walks_away_from_a_video_call_is_not_registered_there() -> None:
    assert walk(*NAMED, Choose("legal_advice"), Signal.VIDEO).draft.person is None


def test_a_late_word_of_the_printer_is_not_of_the_corrected_sheet() -> None:
    filled = walk(
        DevicesTold(printer=True), Signal.WITHOUT_CARD, Signal.OTHER_SERVICES, Choose("document"), Pick(0),
        *entered("测试甲"), Option("现金"), Signal.PRINT,
    )  # fmt: skip
    corrected = walk(Signal.BACK, PrinterTold(1, 1, Printed.DONE), Option("转账"), start=filled)
    again = walk(Signal.PRINT, start=corrected)
    assert (again.draft.printed, again.draft.sheet) == (Printed.WAITING, 2)
    assert walk(PrinterTold(1, 1, Printed.DONE), start=again).draft.printed is Printed.WAITING
    assert walk(PrinterTold(1, 2, Printed.DONE), start=again).draft.printed is Printed.DONE


def test_a_text_that_is_read_stays_when_the_county_sends_another_list() -> None:
    reading = walk(Signal.NOTICES, Pick(0))
    assert walk(LibraryTold(Library()), Signal.LANGUAGE, start=reading).draft.opened is reading.draft.opened


def test_a_pin_of_earlier_opens_nothing() -> None:
    checking = walk(Signal.STAFF, *typed("2468"), Signal.TIME_UP, Signal.STAFF, *typed("1357"))
    assert walk(PinTold(1, Pin.RIGHT), start=checking).step is Step.CHECKING_PIN


def test_the_staffs_page_opens_where_it_is_needed_most() -> None:
    assert walk(StoreTold(Store.FAILED), Signal.STAFF).step is Step.PIN


def test_a_typed_name_that_is_wrong_is_typed_again() -> None:
    asked = walk(Signal.TYPE_NUMBER, *typed(PERSON.id_number), *entered("测试甲"), Signal.BACK)
    assert (asked.step, asked.draft.person) == (Step.NUMBER, None)


def test_letters_that_no_sign_was_taken_for_are_not_lost() -> None:
    from station.kiosk.events import Letter

    entry = walk(Signal.WITHOUT_CARD, Choose("legal_advice"), Signal.MESSAGE, Option("house"), Sign("测"), Letter("s"))
    after = advance(entry, Signal.NEXT)
    assert (after.step, after.draft.letters, after.draft.flaw) == (Step.QUESTION, "s", "flaw.letters")


def test_a_guardians_card_under_the_warning_uncovers_the_screen() -> None:
    child = (CardRead(CHILD, minor=True), Signal.ITS_ME, Tick("identity"), Signal.AGREE)
    state = walk(*child, Signal.TIME_UP, CardRead(PERSON))
    assert (state.over, state.draft.guardian) == (None, PERSON)
    assert READY.over is None


def test_an_answer_to_a_question_that_was_left_is_dropped() -> None:
    assert walk(*ASKED, Signal.BACK, AskTold(1, CASES.answered, CASES.cases)).step is Step.SERVICES
