"""Random walks over the map: whatever is touched and told, no trace, no nameless mediation, nothing saved twice."""

from hypothesis import given
from hypothesis import strategies as st

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
    Letter,
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
    Take,
    Tick,
    TryDevice,
)
from station.kiosk.forms import MOST_SIGNS
from station.kiosk.limits import time_limit_s
from station.kiosk.state import NEEDS_NAME, NO_DRAFT, Over, State, Step, field_now, registered
from station.settings import KioskSettings
from tests.station.kiosk.people import CHILD, PERSON
from tests.station.kiosk.ways import CASES, LIBRARY, READY, TO_SAVING, walk

KIOSK = KioskSettings()
SERVICES = (
    "legal_advice", "mediation", "legal_aid", "find_person", "document", "learning", "notary_guide", "forensic_guide",
    "progress", "disclosure",
)  # fmt: skip
VISITS = st.integers(1, 4)
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.sampled_from(list(Signal)),
    st.sampled_from([Signal.NEXT, Signal.ITS_ME, Signal.AGREE, Signal.CONFIRM, Signal.WITHOUT_CARD]),
    st.sampled_from(["identity", "contact", "guardian", "words", "voluntary", "truth"]).map(Tick),
    st.sampled_from(SERVICES).map(Choose),
    st.integers(-1, 3).map(Pick),
    st.sampled_from(["family", "pay", "migrant", "wages", "现金", "no such option"]).map(Option),
    st.sampled_from(["1", "测试", "x" * 500, "[b]"]).map(Sign),
    st.sampled_from("azv").map(Letter),
    st.builds(Take, st.just("试"), st.integers(1, 9)),
    st.integers(1, 5).map(Rate),
    st.sampled_from(["reader", "printer"]).map(TryDevice),
    st.booleans().map(lambda child: CardRead(CHILD, minor=True) if child else CardRead(PERSON)),
    st.just(CardLifted()),
    st.builds(CardSeen, VISITS, st.sampled_from([None, "12345678"])),
    st.sampled_from([None, *Trouble]).map(ReaderTold),
    st.sampled_from(list(Store)).map(StoreTold),
    st.sampled_from([Library(), LIBRARY]).map(LibraryTold),
    st.builds(DevicesTold, st.booleans(), st.booleans(), st.booleans(), st.booleans()),
    st.builds(Saved, VISITS, st.integers(1, 9), st.just("42-00001-1")),
    st.builds(GradeSaved, VISITS),
    st.builds(NotSaved, VISITS, st.sampled_from(list(Refusal))),
    st.builds(CallSaved, st.integers(1, 4), st.integers(0, 9)),
    st.builds(AskTold, VISITS, st.sampled_from(list(Answered))),
    st.just(CASES),
    st.builds(PrinterTold, VISITS, st.integers(0, 2), st.sampled_from(list(Printed))),
    st.builds(PinTold, VISITS, st.sampled_from(list(Pin))),
)
NAMELESS_STEPS = {Step.WAIT, Step.CLOSED, Step.THANKS}
STARTS = st.sampled_from([READY, walk(*TO_SAVING[:4]), walk(*TO_SAVING[:-3]), walk(*TO_SAVING)])


def personal(state: State) -> bool:
    draft = state.draft
    return bool(draft.person or draft.guardian or draft.answers or draft.entry or draft.letters or draft.cases)


@given(STARTS, st.lists(EVENTS, max_size=60))
def test_no_walk_leaves_a_trace_a_nameless_mediation_or_a_visit_saved_twice(start: State, events: list[Event]) -> None:
    state, handed = start, 0
    for event in events:
        before, state = state, advance(state, event)
        if state.step in NAMELESS_STEPS:
            assert state.draft == NO_DRAFT
        elif state.step is not Step.REFUSED:
            assert state.draft.visit == state.visits > 0
        if state.step is Step.SAVING and before.step is not Step.SAVING:
            handed = 1 if before.step is Step.REFUSED else handed + 1
            assert before.step in {Step.CONFIRM, Step.REFUSED}
            assert state.draft.service is not None
            assert state.draft.service not in NEEDS_NAME or registered(state.draft)
            assert "words" in state.draft.consents
        if state.step is Step.SAVED and before.step is Step.SAVING:
            assert state.draft.number
            assert state.draft.answers == ()
            handed = 0
        if state.step in {Step.CASES, Step.CASE} and state.draft.cases is not None:
            person = state.draft.person
            assert person is not None
            assert person.verified, "only an identity card shows a person's matters"
        if state.over is Over.LEAVING:
            assert time_limit_s(state, KIOSK) == KIOSK.idle_countdown_s
        field = field_now(state)
        if field is not None:
            assert len(state.draft.entry) <= max(MOST_SIGNS.get(field.kind, 0), 60)
        assert (state.step in {Step.STAFF}) <= (before.step in {Step.STAFF, Step.CHECKING_PIN})
    assert handed <= 1, "nothing is handed to the disk again before the disk answered"


@given(STARTS, st.lists(EVENTS, max_size=40))
def test_from_anywhere_a_quiet_kiosk_comes_back_to_the_beginning(start: State, events: list[Event]) -> None:
    state = walk(*events, Signal.VIDEO_ENDED, start=start)
    state = walk(*[Signal.TIME_UP] * 6, StoreTold(Store.READY), *[Signal.TIME_UP] * 6, start=state)
    assert (state.step, state.draft, state.over, state.language, state.large) == (
        Step.WAIT,
        NO_DRAFT,
        None,
        "zh",
        False,
    )
    assert not personal(state)


@given(st.lists(EVENTS, max_size=40))
def test_help_can_be_called_from_anywhere_by_two_touches(events: list[Event]) -> None:
    state = walk(*events)
    if state.over is not None:
        state = state._replace(over=None)
    called = walk(Signal.EMERGENCY, Signal.EMERGENCY, start=state)
    assert called.over is Over.EMERGENCY
    assert (called.step, called.draft) == (state.step, state.draft)
