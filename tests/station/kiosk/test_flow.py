"""The map of the kiosk, walked on paper: tables of ways, and what covers them."""

import pytest

from station.devices.reader.port import Trouble
from station.kiosk.advance import advance
from station.kiosk.content import Library
from station.kiosk.events import (
    Answered,
    AskTold,
    CallSaved,
    CardLifted,
    CardRead,
    CardSeen,
    Choose,
    DevicesTold,
    Event,
    GradeSaved,
    LibraryTold,
    NotSaved,
    Option,
    Pick,
    Pin,
    PinTold,
    Printed,
    PrinterTold,
    Rate,
    ReaderTold,
    Refusal,
    Saved,
    Sign,
    Signal,
    Store,
    StoreTold,
    Tick,
)
from station.kiosk.flow import ROUTES
from station.kiosk.limits import time_limit_s
from station.kiosk.state import (
    NO_DRAFT,
    Over,
    State,
    Step,
    county_has_call,
    county_has_it,
    field_now,
    registered,
    wants_card,
)
from station.settings import KioskSettings
from tests.station.kiosk.people import CHILD, PERSON
from tests.station.kiosk.ways import (
    ADVICE_FORM,
    CASES,
    LIBRARY,
    NAMED,
    READY,
    SAVED,
    TO_AID,
    TO_MEDIATION,
    TO_SAVED,
    TO_SAVING,
    entered,
    typed,
    walk,
)

KIOSK = KioskSettings()
CARD, MINOR = CardRead(PERSON), CardRead(CHILD, minor=True)
ANONYMOUS = (Signal.WITHOUT_CARD,)
GUARDIAN = CardRead(PERSON)


@pytest.mark.parametrize(
    ("events", "step"),
    [
        pytest.param((), Step.WAIT, id="nobody came"),
        pytest.param(ANONYMOUS, Step.SERVICES, id="without a card the menu comes at once"),
        pytest.param((CARD,), Step.IDENTITY, id="a card asks whether it is you"),
        pytest.param((CARD, Signal.BACK), Step.WAIT, id="it is not me"),
        pytest.param((CARD, Signal.ITS_ME), Step.NOTICE, id="it is me: the notice"),
        pytest.param((CARD, Signal.ITS_ME, Signal.BACK), Step.IDENTITY, id="back from the notice"),
        pytest.param((CARD, Signal.ITS_ME, Signal.AGREE), Step.NOTICE, id="agreeing to nothing leads nowhere"),
        pytest.param((CARD, Signal.ITS_ME, Tick("contact"), Signal.AGREE), Step.NOTICE, id="an address alone: no name"),
        pytest.param((*NAMED[:3], Tick("identity"), Signal.AGREE), Step.NOTICE, id="unticked"),
        pytest.param(NAMED, Step.SERVICES, id="agreed: the menu"),
        pytest.param((CARD, Signal.ITS_ME, Signal.DECLINE), Step.SERVICES, id="declined: still the menu"),
        pytest.param((*NAMED, Signal.BACK), Step.NOTICE, id="back from the menu to the notice"),
        pytest.param((*ANONYMOUS, Signal.BACK), Step.WAIT, id="back from the menu without a card"),
        pytest.param((*ANONYMOUS, Signal.FINISH), Step.THANKS, id="done"),
        # under 14
        pytest.param((MINOR, *NAMED[1:]), Step.GUARDIAN, id="under 14 somebody must agree too"),
        pytest.param((MINOR, *NAMED[1:], Signal.AGREE), Step.GUARDIAN, id="nobody did yet"),
        pytest.param((MINOR, *NAMED[1:], Tick("guardian"), Signal.AGREE), Step.GUARDIAN, id="a tick alone is nobody"),
        pytest.param((MINOR, *NAMED[1:], MINOR, Tick("guardian"), Signal.AGREE), Step.GUARDIAN, id="not the child"),
        pytest.param((MINOR, *NAMED[1:], GUARDIAN, Signal.AGREE), Step.GUARDIAN, id="there, but not agreed"),
        pytest.param((MINOR, *NAMED[1:], GUARDIAN, Tick("guardian"), Signal.AGREE), Step.SERVICES, id="guarded"),
        pytest.param((MINOR, *NAMED[1:], Signal.DECLINE), Step.SERVICES, id="a child alone is advised without a name"),
        pytest.param((MINOR, *NAMED[1:], Signal.BACK), Step.NOTICE, id="back from the guardian"),
        pytest.param(
            (
                MINOR,
                *NAMED[1:],
                Signal.TYPE_NUMBER,
                *typed(PERSON.id_number),
                *entered("测试丙"),
                Tick("guardian"),
                Signal.AGREE,
            ),
            Step.SERVICES,
            id="a guardian's number is typed",
        ),
        pytest.param(
            (MINOR, *NAMED[1:], Signal.TYPE_NUMBER, *typed(CHILD.id_number)), Step.GUARDIAN_NUMBER, id="the child's own"
        ),
        # typed, and 便民服务卡
        pytest.param((Signal.TYPE_NUMBER, *typed(PERSON.id_number)), Step.NAME, id="a number, then the name"),
        pytest.param((Signal.TYPE_NUMBER, *typed("110105194912310021")), Step.NUMBER, id="a wrong check digit"),
        pytest.param((Signal.TYPE_NUMBER, Signal.NEXT), Step.NUMBER, id="no number"),
        pytest.param((Signal.TYPE_NUMBER, *typed(PERSON.id_number), *entered("测试甲")), Step.IDENTITY, id="typed"),
        pytest.param((Signal.TYPE_NUMBER, *typed(PERSON.id_number), Signal.NEXT), Step.NAME, id="no name"),
        pytest.param((Signal.TYPE_NUMBER, Signal.BACK), Step.WAIT, id="back from typing"),
        pytest.param((Signal.SHOW_CARD,), Step.SERVICE_CARD, id="a service card"),
        pytest.param((Signal.SHOW_CARD, CardSeen(1, "12345678")), Step.IDENTITY, id="seen"),
        pytest.param((Signal.SHOW_CARD, CardSeen(9, "12345678")), Step.SERVICE_CARD, id="of an earlier visit"),
        pytest.param((Signal.SHOW_CARD, CardSeen(1, None)), Step.SERVICE_CARD, id="none seen"),
        pytest.param((Signal.SHOW_CARD, Signal.BACK), Step.WAIT, id="back from the camera"),
        pytest.param((DevicesTold(), Signal.SHOW_CARD), Step.WAIT, id="no camera, no such way"),
        # services
        pytest.param((*ANONYMOUS, Choose("legal_advice")), Step.ADVICE, id="advice without a name"),
        pytest.param((*ANONYMOUS, Choose("legal_advice"), Signal.MESSAGE), Step.QUESTION, id="a message"),
        pytest.param((*ANONYMOUS, Choose("legal_advice"), Signal.MESSAGE, Signal.BACK), Step.ADVICE, id="and back"),
        pytest.param((*ANONYMOUS, Choose("legal_advice"), Signal.HOTLINE), Step.HOTLINE, id="the hotline"),
        pytest.param((*ANONYMOUS, Choose("legal_advice"), Signal.HOTLINE, Signal.BACK), Step.ADVICE, id="hung up"),
        pytest.param((*ANONYMOUS, Choose("legal_advice"), Signal.VIDEO), Step.VIDEO, id="video"),
        pytest.param((*ANONYMOUS, Choose("legal_advice"), Signal.VIDEO, Signal.VIDEO_ENDED), Step.ADVICE, id="ended"),
        pytest.param(
            (LibraryTold(Library()), *ANONYMOUS, Choose("legal_advice"), Signal.VIDEO), Step.ADVICE, id="no video"
        ),
        pytest.param((*ANONYMOUS, Choose("mediation")), Step.NAME_NEEDED, id="mediation needs a name"),
        pytest.param((*NAMED, Choose("mediation")), Step.QUESTION, id="mediation with a name"),
        pytest.param((*ANONYMOUS, Choose("legal_aid")), Step.PAPERS, id="what to bring is for everybody"),
        pytest.param((*ANONYMOUS, Choose("legal_aid"), Signal.NEXT), Step.NAME_NEEDED, id="legal aid needs a name"),
        pytest.param((*NAMED, Choose("legal_aid"), Signal.NEXT), Step.QUESTION, id="legal aid with a name"),
        pytest.param((*NAMED, Choose("legal_aid"), Signal.NEXT, Signal.BACK), Step.PAPERS, id="back to the papers"),
        pytest.param((*ANONYMOUS, Choose("mediation"), Signal.ADVICE), Step.ADVICE, id="advice instead"),
        pytest.param((*ANONYMOUS, Choose("mediation"), Signal.BACK), Step.SERVICES, id="back to the menu"),
        pytest.param((*ANONYMOUS, Choose("mediation"), *NAMED), Step.QUESTION, id="the card brings what was chosen"),
        pytest.param(
            (*ANONYMOUS, Choose("mediation"), Signal.TYPE_NUMBER, Signal.BACK), Step.NAME_NEEDED, id="back to the ask"
        ),
        pytest.param((*ANONYMOUS, Choose("mediation"), Signal.SHOW_CARD, Signal.BACK), Step.NAME_NEEDED, id="likewise"),
        pytest.param((*ANONYMOUS, Choose("find_person")), Step.PEOPLE, id="who is there"),
        pytest.param((*ANONYMOUS, Choose("find_person"), Pick(0)), Step.PERSON, id="one of them"),
        pytest.param((*ANONYMOUS, Choose("find_person"), Pick(9)), Step.PEOPLE, id="nobody of that place"),
        pytest.param((*ANONYMOUS, Choose("find_person"), Pick(0), Signal.BACK), Step.PEOPLE, id="back to the list"),
        pytest.param((*ANONYMOUS, Signal.OTHER_SERVICES), Step.OTHER_SERVICES, id="the second menu"),
        pytest.param((*ANONYMOUS, Signal.OTHER_SERVICES, Signal.BACK), Step.SERVICES, id="and back"),
        pytest.param((*ANONYMOUS, Signal.OTHER_SERVICES, Signal.RATE), Step.RATE_NUMBER, id="rating an earlier visit"),
        pytest.param((Signal.NOTICES,), Step.NOTICES, id="the county's notices"),
        pytest.param((Signal.NOTICES, Pick(0)), Step.ARTICLE, id="one of them"),
        pytest.param((Signal.NOTICES, Pick(0), Signal.BACK), Step.NOTICES, id="back to the notices"),
        pytest.param((Signal.NOTICES, Signal.BACK), Step.WAIT, id="back to the beginning"),
        # progress
        pytest.param((*ANONYMOUS, Choose("progress")), Step.CARD_NEEDED, id="progress is for the card alone"),
        pytest.param((*ANONYMOUS, Choose("progress"), *NAMED), Step.ASKING, id="the card asks at once"),
        pytest.param((*NAMED, Choose("progress")), Step.ASKING, id="asked"),
        pytest.param((*NAMED, Choose("progress"), Signal.BACK), Step.SERVICES, id="not waited for"),
        pytest.param((*NAMED, Choose("progress"), CASES), Step.CASES, id="answered"),
        pytest.param((*NAMED, Choose("progress"), CASES, Pick(0)), Step.CASE, id="one matter"),
        pytest.param((*NAMED, Choose("progress"), CASES, Pick(0), Signal.BACK), Step.CASES, id="back to all"),
        pytest.param((*NAMED, Choose("progress"), CASES, Signal.NEXT), Step.ASKING, id="again"),
        pytest.param((*NAMED, Choose("progress"), CASES, Signal.BACK), Step.SERVICES, id="back to the menu"),
        pytest.param((*NAMED, Choose("progress"), Signal.TIME_UP), Step.CASES, id="no answer in time"),
        pytest.param((*NAMED, StoreTold(Store.READY), Choose("progress")), Step.CASES, id="offline it is said at once"),
        pytest.param(
            (Signal.TYPE_NUMBER, *typed(PERSON.id_number), *entered("测试甲"), *NAMED[1:], Choose("progress")),
            Step.CARD_NEEDED,
            id="a typed number shows nobody's matters",
        ),
    ],
)
def test_way_in(events: tuple[Event, ...], step: Step) -> None:
    assert walk(*events).step is step


@pytest.mark.parametrize("service", ["document", "learning", "notary_guide", "forensic_guide", "disclosure"])
def test_every_other_service_leads_to_a_text_and_back(service: str) -> None:
    listed = walk(Signal.WITHOUT_CARD, Signal.OTHER_SERVICES, Choose(service))  # type: ignore[arg-type]
    assert listed.draft.used == {service}
    opened = walk(Pick(0), start=listed)
    assert opened.step is (Step.QUESTION if service == "document" else Step.ARTICLE)
    assert walk(Signal.BACK, start=opened).step is listed.step
    assert walk(Signal.BACK, Signal.BACK, start=opened).step is Step.OTHER_SERVICES


@pytest.mark.parametrize(
    ("events", "step", "refusal"),
    [
        pytest.param((SAVED,), Step.SAVED, None, id="saved"),
        pytest.param((Saved(9, 1, "x"),), Step.SAVING, None, id="an earlier visit's answer is not this one's"),
        pytest.param((NotSaved(1, Refusal.FULL),), Step.REFUSED, Refusal.FULL, id="full"),
        pytest.param((NotSaved(1, Refusal.DISK),), Step.REFUSED, Refusal.DISK, id="broken"),
        pytest.param((NotSaved(9, Refusal.DISK),), Step.SAVING, None, id="an earlier visit's failure"),
        pytest.param((Signal.TIME_UP,), Step.REFUSED, Refusal.SLOW, id="silent disk"),
        pytest.param((Signal.TIME_UP, SAVED), Step.SAVED, None, id="saved after it was called out"),
        pytest.param(
            (Signal.TIME_UP, Signal.CONFIRM), Step.REFUSED, Refusal.SLOW, id="a silent disk may still save it"
        ),
        pytest.param((NotSaved(1, Refusal.DISK), Signal.CONFIRM), Step.SAVING, Refusal.DISK, id="another try"),
        pytest.param((NotSaved(1, Refusal.DISK), Signal.CONFIRM, SAVED), Step.SAVED, None, id="and it is saved"),
        pytest.param((Signal.BACK,), Step.SAVING, None, id="saving is not left"),
        pytest.param((Signal.CONFIRM,), Step.SAVING, None, id="a double tap"),
        pytest.param((SAVED, Signal.FINISH), Step.THANKS, None, id="finish without rating"),
        pytest.param((SAVED, Signal.BACK), Step.THANKS, None, id="back from saved ends"),
        pytest.param((SAVED, Signal.SHOW_QR), Step.RECEIPT_QR, None, id="the number as a code"),
        pytest.param((SAVED, Signal.SHOW_QR, Signal.BACK), Step.SAVED, None, id="back from the code"),
        pytest.param((SAVED, Signal.MORE), Step.SERVICES, None, id="another matter"),
        pytest.param((SAVED, Signal.RATE), Step.RATING, None, id="to the rating"),
        pytest.param((SAVED, Signal.RATE, Signal.BACK), Step.SAVED, None, id="back to the number"),
        pytest.param((SAVED, Signal.RATE, Signal.FINISH), Step.THANKS, None, id="rating skipped"),
        pytest.param((SAVED, Signal.RATE, Rate(5)), Step.SAVING_GRADE, None, id="rated: saving"),
        pytest.param((SAVED, Signal.RATE, Rate(5), GradeSaved(1)), Step.THANKS, None, id="rating saved"),
        pytest.param((SAVED, Signal.RATE, Rate(5), GradeSaved(9)), Step.SAVING_GRADE, None, id="not this rating"),
        pytest.param(
            (SAVED, Signal.RATE, Rate(5), NotSaved(1, Refusal.FULL)), Step.REFUSED, Refusal.GRADE, id="rating lost"
        ),
        pytest.param((SAVED, Signal.RATE, Rate(5), Signal.TIME_UP), Step.REFUSED, Refusal.GRADE, id="silent disk then"),
        pytest.param((SAVED, Signal.FINISH, Signal.TIME_UP), Step.WAIT, None, id="thanks goes by itself"),
        pytest.param((SAVED, Signal.FINISH, CARD), Step.IDENTITY, None, id="the next one need not wait for it"),
    ],
)
def test_way_out(events: tuple[Event, ...], step: Step, refusal: Refusal | None) -> None:
    state = walk(*TO_SAVING, *events)
    assert (state.step, state.refusal) == (step, refusal)


def test_a_visit_of_another_day_is_rated_by_its_number() -> None:
    asked = walk(Signal.WITHOUT_CARD, Signal.OTHER_SERVICES, Signal.RATE)
    assert walk(*typed("4200007"), start=asked).step is Step.RATE_NUMBER, "too short"
    rating = walk(*typed("42000073"), start=asked)
    assert (rating.step, rating.draft.number, rating.draft.seq) == (Step.RATING, "42-00007-3", 0)
    unknown = walk(Rate(4), NotSaved(1, Refusal.NUMBER), start=rating)
    assert (unknown.step, unknown.draft.flaw) == (Step.RATE_NUMBER, "flaw.number_unknown")
    assert walk(Rate(4), GradeSaved(1), start=rating).step is Step.THANKS


def test_another_matter_of_the_same_villager_begins_with_an_empty_form() -> None:
    again = walk(*TO_SAVED, Signal.MORE)
    assert registered(again.draft)
    assert again.draft.answers == ()
    assert "words" not in again.draft.consents
    assert walk(Choose("mediation"), start=again).step is Step.QUESTION


@pytest.mark.parametrize("store", [Store.FULL, Store.FAILED, Store.SILENT, Store.STARTING])
def test_nothing_is_asked_while_nothing_can_be_saved(store: Store) -> None:
    closed = walk(StoreTold(store))
    assert closed.step is Step.CLOSED
    for event in (CARD, Signal.WITHOUT_CARD, Signal.TYPE_NUMBER, Signal.SHOW_CARD, Signal.NOTICES, Signal.BACK):
        assert walk(event, start=closed).step is Step.CLOSED
        assert walk(event, start=closed).draft == NO_DRAFT
    assert walk(StoreTold(Store.READY), start=closed).step is Step.WAIT


def test_a_refusal_stays_readable_and_then_the_machine_says_that_it_is_closed() -> None:
    refused = walk(*TO_SAVING, NotSaved(1, Refusal.FULL))
    assert refused.draft.answers, "the form is there for another try"
    assert walk(Signal.FINISH, start=refused).draft == walk(Signal.TIME_UP, start=refused).draft == NO_DRAFT
    assert walk(StoreTold(Store.READY), start=refused).step is Step.REFUSED
    assert walk(Signal.FINISH, start=refused).step is Step.CLOSED
    assert walk(StoreTold(Store.READY), Signal.FINISH, start=refused).step is Step.WAIT


def test_declining_drops_the_person_at_once() -> None:
    assert walk(CARD, Signal.ITS_ME, Signal.DECLINE).draft.person is None


def test_going_back_to_the_notice_finds_nothing_ticked() -> None:
    assert walk(*NAMED, Signal.BACK).draft.consents == frozenset()


def test_another_card_replaces_the_person_and_their_ticks() -> None:
    state = walk(CARD, Signal.ITS_ME, Tick("identity"), Signal.BACK, CardRead(CHILD, minor=True))
    assert state.draft.person == CHILD
    assert state.draft.minor
    assert state.draft.consents == frozenset()


def test_a_form_is_handed_in_only_with_every_tick() -> None:
    ready = walk(*TO_MEDIATION)
    assert ready.step is Step.CONFIRM
    assert walk(Signal.CONFIRM, start=ready).step is Step.CONFIRM
    assert walk(Tick("words"), Signal.CONFIRM, start=ready).step is Step.CONFIRM, "it is voluntary, and says so"
    assert walk(Tick("words"), Tick("voluntary"), Signal.CONFIRM, start=ready).step is Step.SAVING


def test_back_through_a_form_finds_every_answer_again() -> None:
    state = walk(*TO_AID)
    given = dict(state.draft.answers)
    assert state.step is Step.CONFIRM
    while state.step in {Step.CONFIRM, Step.QUESTION} and state.draft.answers:
        state = walk(Signal.BACK, start=state)
        field = list(given)[len(state.draft.answers)]
        assert state.draft.entry == given[field]
    assert walk(Signal.BACK, start=state).step is Step.PAPERS


def test_wage_claims_of_migrant_workers_need_no_means_test() -> None:
    assert "income" not in dict(walk(*TO_AID).draft.answers)
    other = walk(*NAMED, Choose("legal_aid"), Signal.NEXT, Option("elderly"), Option("wages"), *entered("测试的案情"))
    field = field_now(other)
    assert field is not None
    assert field.id == "income"


def test_language_changes_the_words_and_nothing_else_and_goes_home_with_the_visit() -> None:
    english = walk(*NAMED, Signal.LANGUAGE)
    assert english.language == "en"
    assert english.draft == walk(*NAMED).draft
    assert walk(Signal.FINISH, Signal.TIME_UP, start=english).language == "zh"
    assert walk(Signal.LANGUAGE, Signal.TIME_UP).language == "zh"


def test_size_and_voice_are_the_villagers_and_go_home_with_the_visit() -> None:
    state = walk(*NAMED, Signal.LARGE, Signal.VOICE)
    assert (state.large, state.voice, state.draft) == (True, False, walk(*NAMED).draft)
    home = walk(Signal.FINISH, Signal.FINISH, start=state)
    assert (home.step, home.large, home.voice) == (Step.WAIT, False, True)
    quiet = READY._replace(voice=False, home_voice=False)
    assert walk(Signal.TIME_UP, start=walk(Signal.VOICE, start=quiet)).voice is False


@pytest.mark.parametrize(
    "events",
    [
        pytest.param((CARD,), id="identity"),
        pytest.param(NAMED, id="menu"),
        pytest.param((*ANONYMOUS, *ADVICE_FORM), id="in the middle of a form"),
        pytest.param(TO_MEDIATION, id="confirm"),
        pytest.param(TO_SAVED, id="saved"),
        pytest.param((*TO_SAVED, Signal.RATE), id="rating"),
    ],
)
def test_a_villager_who_walked_away_is_warned_then_forgotten(events: tuple[Event, ...]) -> None:
    state = walk(*events)
    assert time_limit_s(state, KIOSK) == KIOSK.idle_warning_s
    warned = advance(state, Signal.TIME_UP)
    assert warned.over is Over.LEAVING
    assert warned.step is state.step
    assert time_limit_s(warned, KIOSK) == KIOSK.idle_countdown_s
    assert advance(warned, Signal.TOUCH) == state, "nothing typed is lost"
    assert advance(warned, Signal.CONFIRM) == state, "a touch that could not see the choices chooses nothing"
    assert advance(warned, Signal.LANGUAGE) == state
    gone = advance(warned, Signal.TIME_UP)
    assert (gone.step, gone.draft, gone.over) == (Step.WAIT, NO_DRAFT, None)


@pytest.mark.parametrize("events", [(), NAMED, (*ANONYMOUS, *ADVICE_FORM), TO_SAVING, (StoreTold(Store.FULL),)])
def test_help_is_two_touches_away_and_everything_is_there_afterwards(events: tuple[Event, ...]) -> None:
    before = walk(*events)
    asked = advance(before, Signal.EMERGENCY)
    assert (asked.over, asked.call_seq) == (Over.EMERGENCY_ASKED, None)
    assert advance(asked, Signal.BACK) == before, "a mistake is taken back"
    assert advance(asked, Signal.TIME_UP) == before
    assert advance(asked, Signal.LANGUAGE) == asked
    called = advance(asked, Signal.EMERGENCY)
    assert called.over is Over.EMERGENCY
    assert not county_has_call(called, called.call_seq)
    saved = walk(CallSaved(1, 5), start=called)
    assert not county_has_call(saved, saved.call_seq)
    for told in (StoreTold(before.store, receipted_to=5), StoreTold(before.store, urgent=frozenset({5}))):
        heard = advance(saved, told)
        assert county_has_call(heard, heard.call_seq)
    assert advance(saved, Signal.EMERGENCY).over is Over.EMERGENCY, "one call, however often it is touched"
    withdrawn = advance(saved, Signal.WITHDRAW)
    assert (withdrawn.over, withdrawn.withdrawn) == (Over.EMERGENCY, True)
    back = advance(saved, Signal.BACK)
    assert (back.step, back.draft, back.over) == (before.step, before.draft, None)


def test_a_call_that_could_not_be_saved_is_not_with_the_county() -> None:
    failed = walk(Signal.EMERGENCY, Signal.EMERGENCY, CallSaved(1, 0), StoreTold(Store.FAILED, receipted_to=9))
    assert not county_has_call(failed, failed.call_seq)


def test_staff_are_called_once_a_visit() -> None:
    called = walk(*NAMED, Signal.CALL_STAFF, CallSaved(1, 4), Signal.BACK)
    assert (called.over, called.staff_seq, called.draft) == (None, 4, walk(*NAMED).draft)
    again = advance(called, Signal.CALL_STAFF)
    assert (again.over, again.staff_seq) == (Over.STAFF_CALLED, 4)
    assert walk(Signal.BACK, Signal.FINISH, Signal.FINISH, start=again).staff_seq is None


def test_what_the_disk_says_under_a_cover_is_not_lost() -> None:
    state = walk(*TO_SAVING, Signal.EMERGENCY, SAVED)
    assert (state.step, state.over) == (Step.SAVED, Over.EMERGENCY_ASKED)


@pytest.mark.parametrize(
    ("state", "limit_s"),
    [
        pytest.param(READY, None, id="waiting lasts for ever"),
        pytest.param(READY._replace(language="en"), KIOSK.idle_warning_s, id="not in the language of the one before"),
        pytest.param(READY._replace(large=True), KIOSK.idle_warning_s, id="nor in their size"),
        pytest.param(READY._replace(trouble=Trouble.PLACE_AGAIN), 12.0, id="a card's trouble is spoken of for a while"),
        pytest.param(READY._replace(trouble=Trouble.NO_READER), None, id="a reader's trouble until it ends"),
        pytest.param(READY._replace(step=Step.CLOSED), None, id="closed until there is room"),
        pytest.param(READY._replace(step=Step.VIDEO), None, id="a video call is not cut off"),
        pytest.param(READY._replace(step=Step.SAVING), 30.0, id="a disk is given half a minute"),
        pytest.param(READY._replace(over=Over.EMERGENCY_ASKED), 15.0, id="a touch by mistake goes away"),
    ],
)
def test_how_long_a_state_lasts(state: State, limit_s: float | None) -> None:
    assert time_limit_s(state, KIOSK) == limit_s


def test_a_cards_trouble_fades_and_a_readers_stays_until_it_answers() -> None:
    assert walk(ReaderTold(Trouble.PLACE_AGAIN), Signal.TIME_UP).trouble is None
    assert walk(ReaderTold(Trouble.PLACE_AGAIN), CARD).trouble is None
    assert walk(ReaderTold(Trouble.NO_READER), Signal.WITHOUT_CARD).trouble is Trouble.NO_READER
    assert walk(ReaderTold(Trouble.NO_READER), ReaderTold(None)).trouble is None


def test_the_reader_looks_only_where_a_card_is_asked_for_or_may_still_lie() -> None:
    assert wants_card(READY)
    assert wants_card(walk(Signal.WITHOUT_CARD)), "another person's card is another person's visit"
    assert not wants_card(walk(Signal.WITHOUT_CARD, Choose("legal_advice")))
    assert wants_card(walk(Signal.WITHOUT_CARD, Choose("mediation")))
    assert wants_card(walk(*NAMED)), "it must notice that the card is lifted"
    assert not wants_card(walk(*NAMED, CardLifted(), Choose("legal_advice")))
    assert not wants_card(READY._replace(step=Step.CLOSED))


def test_a_card_left_behind_is_known_after_the_end() -> None:
    left = walk(*TO_SAVED, Signal.FINISH, Signal.TIME_UP)
    assert left.card_there
    assert not walk(CardLifted(), start=left).card_there


def test_the_county_has_it_once_the_receipt_covers_it() -> None:
    saved = walk(*TO_SAVED)
    assert not county_has_it(saved)
    assert not county_has_it(walk(StoreTold(Store.READY, receipted_to=6), start=saved))
    assert county_has_it(walk(StoreTold(Store.READY, receipted_to=7), start=saved))
    assert not county_has_it(READY)


def test_the_answer_of_the_county_is_this_visits_and_goes_with_the_list() -> None:
    asking = walk(*NAMED, Choose("progress"))
    assert walk(AskTold(9, Answered.NONE), start=asking).step is Step.ASKING
    shown = walk(CASES, start=asking)
    assert shown.draft.cases is not None
    assert walk(Signal.BACK, start=shown).draft.cases is None
    assert walk(StoreTold(Store.READY), Signal.TIME_UP, start=asking).draft.answered is Answered.OFFLINE
    assert walk(Signal.TIME_UP, start=asking).draft.answered is Answered.LATE


def test_a_filled_in_document_can_be_printed_and_shown() -> None:
    filled = walk(
        Signal.WITHOUT_CARD, Signal.OTHER_SERVICES, Choose("document"), Pick(0), *entered("测试甲"), Option("现金")
    )
    assert filled.step is Step.FILLED
    assert walk(Signal.PRINT, start=filled).draft.printed is None, "no printer"
    printing = walk(DevicesTold(printer=True), Signal.PRINT, start=filled)
    assert printing.draft.printed is Printed.WAITING
    assert walk(PrinterTold(9, 1, Printed.DONE), start=printing).draft.printed is Printed.WAITING
    assert walk(PrinterTold(1, 1, Printed.FAILED), start=printing).draft.printed is Printed.FAILED
    assert walk(Signal.SHOW_QR, Signal.BACK, start=filled).step is Step.FILLED
    assert walk(Signal.BACK, start=filled).draft.template is not None
    done = walk(Signal.FINISH, start=filled)
    assert (done.step, done.draft.answers, done.draft.template) == (Step.OTHER_SERVICES, (), None)


def test_the_staffs_page_opens_with_the_right_pin_only() -> None:
    asked = walk(Signal.STAFF, *typed("2468"))
    assert asked.step is Step.CHECKING_PIN
    assert walk(PinTold(1, Pin.RIGHT), start=asked).step is Step.STAFF
    for pin in (Pin.WRONG, Pin.LOCKED, Pin.NOT_SET):
        refused = walk(PinTold(1, pin), start=asked)
        assert (refused.step, refused.pin, refused.draft.entry) == (Step.PIN, pin, "")
    assert walk(Sign("1"), Signal.BACK, start=walk(Signal.STAFF)).step is Step.WAIT
    assert walk(*NAMED, Signal.STAFF).step is Step.SERVICES, "not from the middle of a visit"


def test_every_step_is_on_the_map_and_can_be_left_without_saving() -> None:
    assert {step for step, _ in ROUTES} == set(Step)
    assert {way.to for ways in ROUTES.values() for way in ways} >= set(Step)
    waiting = {Step.CLOSED, Step.WAIT, Step.SAVING, Step.SAVING_GRADE, Step.CHECKING_PIN}
    assert {step for step, trigger in ROUTES if trigger is Signal.BACK} == set(Step) - waiting


def test_the_list_shown_is_the_one_the_county_sent() -> None:
    listed = walk(Signal.WITHOUT_CARD, Choose("find_person"))
    emptied = walk(LibraryTold(LIBRARY._replace(roster=None)), Pick(0), start=listed)
    assert emptied.step is Step.PEOPLE
