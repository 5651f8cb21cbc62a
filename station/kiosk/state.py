"""Where a villager is on the way, and what they said so far. Pure values, and what can be told from them."""

from datetime import date
from enum import Enum, auto
from typing import Final, NamedTuple

from station.devices.reader.port import Trouble
from station.kiosk.content import EMPTY, Library
from station.kiosk.events import Answered, DevicesTold, Pin, Printed, Refusal, Store, Ticked
from station.kiosk.forms import (
    DECLARED,
    FORMS,
    GUARDIAN_NAME,
    GUARDIAN_NUMBER,
    NAME,
    NUMBER,
    PIN,
    REACHED_BY,
    VISIT_NUMBER,
    Answers,
    Field,
    next_field,
    template_form,
)
from wire.asking import Cases
from wire.content import Template
from wire.person import Person
from wire.records import Language, Purpose, Service

NEEDS_NAME: Final[frozenset[Service]] = frozenset({"mediation", "legal_aid"})
"""Services the law gives only to a named person; everything else works without."""


class Step(Enum):
    """Where the villager is; each has one screen."""

    CLOSED = auto()
    """No new visit can be saved, so none is begun."""
    WAIT = auto()
    # Who it is.
    NUMBER = auto()
    """An identity number is typed."""
    NAME = auto()
    """The name to it."""
    SERVICE_CARD = auto()
    """The camera looks for a 便民服务卡."""
    IDENTITY = auto()
    NOTICE = auto()
    GUARDIAN = auto()
    """Who agrees for a child under 14."""
    GUARDIAN_NUMBER = auto()
    GUARDIAN_NAME = auto()
    NAME_NEEDED = auto()
    CARD_NEEDED = auto()
    """Progress is shown only to the card itself."""
    # What it is about.
    SERVICES = auto()
    OTHER_SERVICES = auto()
    ADVICE = auto()
    HOTLINE = auto()
    VIDEO = auto()
    PAPERS = auto()
    """What to bring for legal aid, before its form."""
    QUESTION = auto()
    """One question of a form."""
    CONFIRM = auto()
    SAVING = auto()
    SAVED = auto()
    RECEIPT_QR = auto()
    PEOPLE = auto()
    PERSON = auto()
    TEMPLATES = auto()
    FILLED = auto()
    """A template with its answers, to read, print or take along."""
    FILLED_QR = auto()
    LEARNING = auto()
    NOTARY = auto()
    FORENSIC = auto()
    DISCLOSURE = auto()
    NOTICES = auto()
    ARTICLE = auto()
    """A text of one of the five lists above; `Draft.shelf` says which."""
    ASKING = auto()
    CASES = auto()
    CASE = auto()
    # The end.
    RATE_NUMBER = auto()
    RATING = auto()
    SAVING_GRADE = auto()
    THANKS = auto()
    REFUSED = auto()
    # For staff.
    PIN = auto()
    CHECKING_PIN = auto()
    STAFF = auto()


class Over(Enum):
    """What covers the step, which stays as it is below."""

    LEAVING = auto()
    """The warning before time is up."""
    EMERGENCY_ASKED = auto()
    """First touch: is it meant?"""
    EMERGENCY = auto()
    STAFF_CALLED = auto()


class Draft(NamedTuple):
    """The visit so far. Everything personal is here, and goes when the draft does."""

    visit: int = 0
    """Which visit of this run it is: an answer of a slow disk to an earlier one is not taken for this one's."""
    person: Person | None = None
    minor: bool = False
    guardian: Person | None = None
    consents: frozenset[Ticked] = frozenset()
    service: Service | None = None
    template: Template | None = None
    answers: Answers = ()
    entry: str = ""
    """What is being entered for the question on the screen."""
    letters: str = ""
    """Pinyin letters that no candidate was taken for yet."""
    flaw: str | None = None
    """Text id of why the entry will not do."""
    shelf: Step | None = None
    """The list a text was opened from."""
    used: frozenset[Service] = frozenset()
    """Services that were looked at, each recorded once, without a name."""
    seq: int = 0
    number: str = ""
    grade: int = 0
    answered: Answered | None = None
    cases: Cases | None = None
    printed: Printed | None = None
    sheet: int = 0
    """How many sheets of this visit were sent to the printer."""
    opened: object | None = None
    """The entry of a list that is read: it stays what it is when the county sends another list."""
    card_sought: bool = False
    """A 便民服务卡 was looked for and none was found."""

    def __repr__(self) -> str:
        return f"Draft(visit={self.visit})"


NO_DRAFT: Final = Draft()


class State(NamedTuple):
    """Where the villager is, what they said, and how the machine's surroundings are."""

    step: Step = Step.CLOSED
    draft: Draft = NO_DRAFT
    over: Over | None = None
    language: Language = "zh"
    large: bool = False
    voice: bool = True
    refusal: Refusal | None = None
    visits: int = 0
    calls: int = 0
    """How many calls this run made: each has a number, so that the disk's answer to one is not taken for another's."""
    call: int = 0
    """The last call for help, or its withdrawal."""
    call_seq: int | None = None
    """Its place: None while it is being saved, 0 when it could not be."""
    withdrawn: bool = False
    staff_call: int = 0
    """This visit's call for staff: one call a visit."""
    staff_seq: int | None = None
    pin: Pin | None = None
    report: tuple[tuple[str, str, str], ...] = ()
    home_language: Language = "zh"
    home_voice: bool = True
    store: Store = Store.STARTING
    receipted_to: int = 0
    urgent: frozenset[int] = frozenset()
    waiting: int = 0
    hub_online: bool = False
    card_there: bool = False
    trouble: Trouble | None = None
    library: Library = EMPTY
    devices: DevicesTold = DevicesTold()
    today: date | None = None
    """China's day, as far as this machine knows it."""

    @property
    def warned(self) -> bool:
        """Whether the leaving warning counts down."""
        return self.over is Over.LEAVING


def registered(draft: Draft) -> bool:
    """Say whether the visit will carry a name."""
    return draft.person is not None and may_agree(draft) and (not draft.minor or guarded(draft))


def may_agree(draft: Draft) -> bool:
    """Say whether the ticks of the notice suffice to go on as this person (PIPL 29)."""
    return "identity" in draft.consents


def guarded(draft: Draft) -> bool:
    """Say whether a guardian is there and agreed (PIPL 31)."""
    return draft.guardian is not None and "guardian" in draft.consents


def needed_ticks(draft: Draft) -> list[Ticked]:
    """Return what must be ticked before a form is handed in: each purpose that arises, each declaration, apart."""
    if draft.service is None or not draft.answers:
        return []
    needed: list[Ticked] = ["words"]
    if any(dict(draft.answers).get(field) for field in REACHED_BY):
        needed.append("contact")
    if draft.service in DECLARED:
        needed.append(DECLARED[draft.service])
    return needed


def notice_ticks(draft: Draft) -> list[Purpose]:
    """Return what the notice asks, each apart: nothing of someone without a name."""
    return [] if draft.person is None else ["identity", "contact"]


def may_confirm(draft: Draft) -> bool:
    """Say whether everything that must be ticked is; telephone and address are left out without their tick."""
    return all(what in draft.consents for what in needed_ticks(draft) if what != "contact")


def form(state: State) -> tuple[Field, ...]:
    """Return the form in use: of a template, of the service, or none."""
    draft = state.draft
    if draft.template is not None:
        return template_form(draft.template, state.language)
    fields = FORMS.get(draft.service, ()) if draft.service is not None else ()
    # A child alone is advised, and not asked how to be reached (PIPL 31).
    alone = draft.minor and not guarded(draft)
    return tuple(field for field in fields if field.id not in REACHED_BY) if alone else fields


SINGLE_FIELDS: Final = {
    Step.NUMBER: NUMBER, Step.NAME: NAME, Step.GUARDIAN_NUMBER: GUARDIAN_NUMBER,
    Step.GUARDIAN_NAME: GUARDIAN_NAME, Step.RATE_NUMBER: VISIT_NUMBER, Step.PIN: PIN,
}  # fmt: skip
"""Steps that ask one question of their own."""


def field_now(state: State) -> Field | None:
    """Return the question on the screen, or None on a step without one."""
    if state.step is Step.QUESTION:
        return next_field(form(state), state.draft.answers)
    return SINGLE_FIELDS.get(state.step)


def somebody(state: State) -> bool:
    """Say whether anybody is at the kiosk: nothing restarts it then. A card that was left lying is nobody."""
    return state.step not in {Step.CLOSED, Step.WAIT} or state.over is not None


def county_has_it(state: State) -> bool:
    """Say whether the county has receipted this visit."""
    return 0 < state.draft.seq <= state.receipted_to


def county_has_call(state: State, seq: int | None) -> bool:
    """Say whether the county has the call with place `seq`."""
    return bool(seq) and (seq <= state.receipted_to or seq in state.urgent)  # type: ignore[operator]


CARD_STEPS: Final = frozenset(
    {
        Step.WAIT, Step.IDENTITY, Step.NAME_NEEDED, Step.CARD_NEEDED, Step.GUARDIAN, Step.SERVICES, Step.OTHER_SERVICES,
        Step.SAVED, Step.THANKS, Step.STAFF,
    }
)  # fmt: skip
"""Where a card is asked for, and where another person's card means another person's visit."""


def wants_card(state: State) -> bool:
    """Say whether the reader should look: where a card is asked for, and while one may still lie there."""
    return state.step in CARD_STEPS or state.card_there


def card_trouble(state: State) -> bool:
    """Say whether the trouble is with the card that lies there, not with the reader."""
    return state.trouble in {Trouble.PLACE_AGAIN, Trouble.NOT_AN_ID_CARD}
