"""The map of the kiosk, walked on paper: tables, and random walks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.devices.reader.port import Trouble
from station.kiosk.events import (
    CardLifted,
    CardRead,
    Choose,
    Event,
    GradeSaved,
    NotSaved,
    Rate,
    ReaderTold,
    Refusal,
    Saved,
    Signal,
    Store,
    StoreTold,
    Tick,
)
from station.kiosk.flow import ROUTES, advance, time_limit_s
from station.kiosk.state import (
    NEEDS_NAME,
    NO_DRAFT,
    Draft,
    State,
    Step,
    county_has_it,
    may_agree,
    registered,
    wants_card,
)
from station.settings import KioskSettings
from tests.station.kiosk.fakes import PERSON, READY

KIOSK = KioskSettings()
CARD, MINOR = CardRead(PERSON), CardRead(PERSON, minor=True)
NAMED = (CARD, Signal.ITS_ME, Tick("identity"), Signal.AGREE)
SAVED = Saved(visit=1, seq=7, number="42-00007-3")


def walk(*events: Event, start: State = READY) -> State:
    state = start
    for event in events:
        state = advance(state, event)
    return state


@pytest.mark.parametrize(
    ("events", "step"),
    [
        pytest.param((), Step.WAIT, id="nobody came"),
        pytest.param((Signal.WITHOUT_CARD,), Step.SERVICES, id="without a card the menu comes at once"),
        pytest.param((CARD,), Step.IDENTITY, id="a card asks whether it is you"),
        pytest.param((CARD, Signal.BACK), Step.WAIT, id="it is not me"),
        pytest.param((CARD, Signal.ITS_ME), Step.NOTICE, id="it is me: the notice"),
        pytest.param((CARD, Signal.ITS_ME, Signal.BACK), Step.IDENTITY, id="back from the notice"),
        pytest.param((CARD, Signal.ITS_ME, Signal.AGREE), Step.NOTICE, id="agreeing to nothing leads nowhere"),
        pytest.param(
            (CARD, Signal.ITS_ME, Tick("contact"), Signal.AGREE), Step.NOTICE, id="an address alone is no name"
        ),
        pytest.param(
            (CARD, Signal.ITS_ME, Tick("identity"), Tick("identity"), Signal.AGREE), Step.NOTICE, id="unticked"
        ),
        pytest.param(NAMED, Step.SERVICES, id="agreed: the menu"),
        pytest.param((MINOR, *NAMED[1:]), Step.NOTICE, id="under 14 the guardian must agree too"),
        pytest.param(
            (MINOR, Signal.ITS_ME, Tick("identity"), Tick("guardian"), Signal.AGREE), Step.SERVICES, id="with guardian"
        ),
        pytest.param((CARD, Signal.ITS_ME, Signal.DECLINE), Step.SERVICES, id="declined: still the menu"),
        pytest.param((*NAMED, Signal.BACK), Step.NOTICE, id="back from the menu to the notice"),
        pytest.param((Signal.WITHOUT_CARD, Signal.BACK), Step.WAIT, id="back from the menu without a card"),
        pytest.param((Signal.WITHOUT_CARD, Choose("legal_advice")), Step.CONFIRM, id="advice without a name"),
        pytest.param((Signal.WITHOUT_CARD, Choose("mediation")), Step.NAME_NEEDED, id="mediation needs a name"),
        pytest.param((Signal.WITHOUT_CARD, Choose("legal_aid")), Step.NAME_NEEDED, id="legal aid needs a name"),
        pytest.param((*NAMED, Choose("mediation")), Step.CONFIRM, id="mediation with a name"),
        pytest.param(
            (CARD, Signal.ITS_ME, Signal.DECLINE, Choose("legal_aid")), Step.NAME_NEEDED, id="legal aid after declining"
        ),
        pytest.param(
            (Signal.WITHOUT_CARD, Choose("mediation"), Signal.ADVICE), Step.CONFIRM, id="advice instead of mediation"
        ),
        pytest.param((Signal.WITHOUT_CARD, Choose("mediation"), Signal.BACK), Step.SERVICES, id="back to the menu"),
        pytest.param(
            (Signal.WITHOUT_CARD, Choose("mediation"), *NAMED), Step.CONFIRM, id="the card brings what was chosen"
        ),
        pytest.param((Signal.WITHOUT_CARD, Signal.GUIDES), Step.GUIDES, id="the small menu"),
        pytest.param((Signal.WITHOUT_CARD, Signal.GUIDES, Signal.BACK), Step.SERVICES, id="back from the small menu"),
        pytest.param((Signal.WITHOUT_CARD, Signal.GUIDES, Choose("notary_guide")), Step.CONFIRM, id="a guide"),
        pytest.param((*NAMED, Choose("learning"), Signal.BACK), Step.SERVICES, id="back from confirming"),
        pytest.param((*NAMED, Choose("learning"), Signal.CONFIRM), Step.SAVING, id="confirmed: saving"),
        pytest.param((*NAMED, Choose("learning"), Signal.CONFIRM, Signal.BACK), Step.SAVING, id="saving is not left"),
        pytest.param((*NAMED, Choose("learning"), Signal.CONFIRM, Signal.CONFIRM), Step.SAVING, id="a double tap"),
    ],
)
def test_way_in(events: tuple[Event, ...], step: Step) -> None:
    assert walk(*events).step is step


TO_SAVING = (*NAMED, Choose("legal_aid"), Signal.CONFIRM)
TO_SAVED = (*TO_SAVING, SAVED)
TO_RATING = (*TO_SAVED, Signal.TO_RATING)


@pytest.mark.parametrize(
    ("events", "step", "refusal"),
    [
        pytest.param((SAVED,), Step.SAVED, None, id="saved"),
        pytest.param((Saved(9, 1, "x"),), Step.SAVING, None, id="an earlier visit's answer is not this one's"),
        pytest.param((NotSaved(1, Refusal.FULL),), Step.REFUSED, Refusal.FULL, id="full"),
        pytest.param((NotSaved(1, Refusal.DISK),), Step.REFUSED, Refusal.DISK, id="broken"),
        pytest.param((NotSaved(9, Refusal.DISK),), Step.SAVING, None, id="an earlier visit's failure"),
        pytest.param((Signal.TIME_UP,), Step.REFUSED, Refusal.SLOW, id="silent disk"),
        pytest.param((Signal.TIME_UP, SAVED), Step.REFUSED, Refusal.SLOW, id="saved after it was called out"),
        pytest.param((SAVED, Signal.FINISH), Step.THANKS, None, id="finish without rating"),
        pytest.param((SAVED, Signal.BACK), Step.THANKS, None, id="back from saved ends"),
        pytest.param((SAVED, Signal.TO_RATING), Step.RATING, None, id="to the rating"),
        pytest.param((SAVED, Signal.TO_RATING, Signal.BACK), Step.SAVED, None, id="back to the number"),
        pytest.param((SAVED, Signal.TO_RATING, Signal.FINISH), Step.THANKS, None, id="rating skipped"),
        pytest.param((SAVED, Signal.TO_RATING, Rate(5)), Step.SAVING_GRADE, None, id="rated: saving"),
        pytest.param((SAVED, Signal.TO_RATING, Rate(5), GradeSaved(1)), Step.THANKS, None, id="rating saved"),
        pytest.param((SAVED, Signal.TO_RATING, Rate(5), GradeSaved(9)), Step.SAVING_GRADE, None, id="not this rating"),
        pytest.param(
            (SAVED, Signal.TO_RATING, Rate(5), NotSaved(1, Refusal.FULL)), Step.REFUSED, Refusal.GRADE, id="rating lost"
        ),
        pytest.param(
            (SAVED, Signal.TO_RATING, Rate(5), Signal.TIME_UP),
            Step.REFUSED,
            Refusal.GRADE,
            id="rating on a silent disk",
        ),
        pytest.param((SAVED, Signal.FINISH, Signal.TIME_UP), Step.WAIT, None, id="thanks goes by itself"),
        pytest.param((SAVED, Signal.FINISH, CARD), Step.IDENTITY, None, id="the next one need not wait for it"),
    ],
)
def test_way_out(events: tuple[Event, ...], step: Step, refusal: Refusal | None) -> None:
    state = walk(*TO_SAVING, *events)
    assert (state.step, state.refusal) == (step, refusal)


@pytest.mark.parametrize("store", [Store.FULL, Store.FAILED, Store.SILENT, Store.STARTING])
def test_nothing_is_asked_while_nothing_can_be_saved(store: Store) -> None:
    closed = walk(StoreTold(store))
    assert closed.step is Step.CLOSED
    for event in (CARD, Signal.WITHOUT_CARD, Signal.TIME_UP, Signal.BACK):
        assert walk(event, start=closed).step is Step.CLOSED
        assert walk(event, start=closed).draft == NO_DRAFT
    assert walk(StoreTold(Store.READY), start=closed).step is Step.WAIT


def test_a_refusal_stays_readable_and_then_the_machine_says_that_it_is_closed() -> None:
    refused = walk(*TO_SAVING, NotSaved(1, Refusal.FULL))
    assert walk(StoreTold(Store.READY), start=refused).step is Step.REFUSED
    assert walk(Signal.FINISH, start=refused).step is Step.CLOSED
    assert walk(StoreTold(Store.READY), Signal.FINISH, start=refused).step is Step.WAIT


def test_the_person_is_gone_as_soon_as_the_visit_is_saved_refused_or_declined() -> None:
    for events in (TO_SAVED, (*TO_SAVING, NotSaved(1, Refusal.DISK)), (CARD, Signal.ITS_ME, Signal.DECLINE)):
        assert walk(*events).draft.person is None


def test_going_back_to_the_notice_finds_nothing_ticked() -> None:
    assert walk(*NAMED, Signal.BACK).draft.consents == frozenset()


def test_another_card_replaces_the_person_and_their_ticks() -> None:
    other = CardRead(PERSON.__class__(name="测试丙", id_number="x"))
    state = walk(CARD, Signal.ITS_ME, Tick("identity"), Signal.BACK, other)
    assert state.draft.person is not None
    assert state.draft.person.name == "测试丙"
    assert state.draft.consents == frozenset()


def test_language_changes_the_words_and_nothing_else_and_goes_home_with_the_visit() -> None:
    english = walk(*NAMED, Signal.LANGUAGE)
    assert english.language == "en"
    assert english.draft == walk(*NAMED).draft
    assert (
        walk(Choose("learning"), Signal.CONFIRM, SAVED, Signal.FINISH, Signal.TIME_UP, start=english).language == "zh"
    )
    assert walk(Signal.LANGUAGE, Signal.TIME_UP).language == "zh"


@pytest.mark.parametrize(
    "events",
    [
        pytest.param((CARD,), id="identity"),
        pytest.param(NAMED, id="menu"),
        pytest.param((*NAMED, Choose("legal_aid")), id="confirm"),
        pytest.param(TO_SAVED, id="saved"),
        pytest.param(TO_RATING, id="rating"),
    ],
)
def test_a_villager_who_walked_away_is_warned_then_forgotten(events: tuple[Event, ...]) -> None:
    state = walk(*events)
    assert time_limit_s(state, KIOSK) == KIOSK.idle_warning_s
    warned = advance(state, Signal.TIME_UP)
    assert warned.warned
    assert warned.step is state.step
    assert time_limit_s(warned, KIOSK) == KIOSK.idle_countdown_s
    assert advance(warned, Signal.TOUCH) == state
    assert advance(warned, Signal.CONFIRM) == state, "a touch that could not see the choices chooses nothing"
    gone = advance(warned, Signal.TIME_UP)
    assert (gone.step, gone.draft, gone.warned) == (Step.WAIT, NO_DRAFT, False)


@pytest.mark.parametrize(
    ("state", "limit_s"),
    [
        pytest.param(READY, None, id="waiting lasts for ever"),
        pytest.param(READY._replace(language="en"), KIOSK.idle_warning_s, id="not in the language of the one before"),
        pytest.param(READY._replace(trouble=Trouble.PLACE_AGAIN), 12.0, id="a card's trouble is spoken of for a while"),
        pytest.param(READY._replace(trouble=Trouble.NO_READER), None, id="a reader's trouble until it ends"),
        pytest.param(READY._replace(step=Step.CLOSED), None, id="closed until there is room"),
        pytest.param(READY._replace(step=Step.SAVING), 30.0, id="a disk is given half a minute"),
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
    assert not wants_card(walk(Signal.WITHOUT_CARD))
    assert wants_card(walk(Signal.WITHOUT_CARD, Choose("mediation")))
    assert wants_card(walk(*NAMED)), "it must notice that the card is lifted"
    assert not wants_card(walk(*NAMED, CardLifted()))
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


def test_every_step_but_the_closed_one_has_an_end_of_its_own() -> None:
    ends = {step for step, kind in ROUTES if kind is Signal.TIME_UP}
    assert set(Step) - ends == {Step.CLOSED}


SERVICES = st.sampled_from(["legal_advice", "mediation", "legal_aid", "learning"]).map(Choose)
EVENTS = st.one_of(
    st.sampled_from(list(Signal)),
    st.sampled_from(["identity", "contact", "guardian"]).map(Tick),
    SERVICES,
    st.integers(1, 5).map(Rate),
    st.booleans().map(lambda minor: CardRead(PERSON, minor)),
    st.just(CardLifted()),
    st.sampled_from([None, *Trouble]).map(ReaderTold),
    st.sampled_from(list(Store)).map(StoreTold),
    st.builds(Saved, st.integers(1, 4), st.integers(1, 9), st.just("42-00001-1")),
    st.builds(GradeSaved, st.integers(1, 4)),
    st.builds(NotSaved, st.integers(1, 4), st.sampled_from([Refusal.FULL, Refusal.DISK])),
)
NAMELESS_STEPS = {Step.WAIT, Step.CLOSED, Step.THANKS, Step.REFUSED}


@given(st.lists(EVENTS, max_size=60))
def test_no_walk_leaves_a_trace_a_nameless_mediation_or_a_visit_saved_twice(events: list[Event]) -> None:
    state, begun = READY, list[int]()
    for event in events:
        before, state = state, advance(state, event)
        if state.step in NAMELESS_STEPS:
            assert state.draft == NO_DRAFT
        else:
            assert state.draft.visit == state.visits > 0
        if state.step is Step.SAVING and before.step is not Step.SAVING:
            begun.append(state.draft.visit)
            assert state.draft.service is not None
            assert state.draft.service not in NEEDS_NAME or registered(state.draft)
        if state.step in {Step.SAVED, Step.RATING, Step.SAVING_GRADE}:
            assert state.draft.visit in begun
            assert state.draft.number
            assert state.draft.person is None
        if state.warned:
            assert time_limit_s(state, KIOSK) == KIOSK.idle_countdown_s
    assert len(begun) == len(set(begun)), "each visit is handed to the disk once"


@given(st.lists(EVENTS, max_size=40))
def test_from_anywhere_a_quiet_kiosk_comes_back_to_the_beginning(events: list[Event]) -> None:
    state = walk(*events, start=READY)
    state = walk(*[Signal.TIME_UP] * 4, StoreTold(Store.READY), *[Signal.TIME_UP] * 4, start=state)
    assert (state.step, state.draft, state.language) == (Step.WAIT, NO_DRAFT, "zh")


def test_may_agree_needs_no_person_but_being_registered_does() -> None:
    ticked = Draft(consents=frozenset({"identity"}))
    assert may_agree(ticked)
    assert not registered(ticked)
