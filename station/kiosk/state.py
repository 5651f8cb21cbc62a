"""Where a villager is on the way, and what they said so far. Pure values, and what can be told from them."""

from enum import Enum, auto
from typing import Final, NamedTuple

from station.devices.reader.port import Trouble
from station.kiosk.events import Refusal, Store
from wire.person import Person
from wire.records import Language, Purpose, Service

NEEDS_NAME: Final[frozenset[Service]] = frozenset({"mediation", "legal_aid"})
"""Services the law gives only to a named person; everything else works without."""


class Step(Enum):
    """Where the villager is; each has one screen."""

    CLOSED = auto()
    """No new visit can be saved, so none is begun."""
    WAIT = auto()
    IDENTITY = auto()
    NOTICE = auto()
    SERVICES = auto()
    GUIDES = auto()
    NAME_NEEDED = auto()
    CONFIRM = auto()
    SAVING = auto()
    SAVED = auto()
    RATING = auto()
    SAVING_GRADE = auto()
    THANKS = auto()
    REFUSED = auto()


class Draft(NamedTuple):
    """The visit so far. Everything personal is here, and goes when the draft does."""

    visit: int = 0
    """Which visit of this run it is: an answer of a slow disk to an earlier one is not taken for this one's."""
    person: Person | None = None
    minor: bool = False
    consents: frozenset[Purpose] = frozenset()
    service: Service | None = None
    seq: int = 0
    number: str = ""
    grade: int = 0


NO_DRAFT: Final = Draft()


class State(NamedTuple):
    """Where the villager is, what they said, and how the machine's surroundings are."""

    step: Step = Step.CLOSED
    draft: Draft = NO_DRAFT
    language: Language = "zh"
    warned: bool = False
    """The leaving warning counts down over the step."""
    refusal: Refusal | None = None
    visits: int = 0
    home_language: Language = "zh"
    store: Store = Store.STARTING
    receipted_to: int = 0
    hub_online: bool = False
    card_there: bool = False
    trouble: Trouble | None = None


def registered(draft: Draft) -> bool:
    """Say whether the visit will carry a name."""
    return draft.person is not None and may_agree(draft)


def may_agree(draft: Draft) -> bool:
    """Say whether the ticks suffice to register: identity, and under 14 the guardian's (PIPL 29, 31)."""
    return "identity" in draft.consents and (not draft.minor or "guardian" in draft.consents)


def purposes(draft: Draft) -> list[Purpose]:
    """Return what this villager is asked to consent to, each apart."""
    return ["identity", "contact", "guardian"] if draft.minor else ["identity", "contact"]


def county_has_it(state: State) -> bool:
    """Say whether the county has receipted this visit."""
    return 0 < state.draft.seq <= state.receipted_to


def wants_card(state: State) -> bool:
    """Say whether the reader should look: where a card is asked for, and while one may still lie there."""
    asks = state.step in {Step.WAIT, Step.IDENTITY, Step.NAME_NEEDED, Step.THANKS}
    return asks or state.card_there


def card_trouble(state: State) -> bool:
    """Say whether the trouble is with the card that lies there, not with the reader."""
    return state.trouble in {Trouble.PLACE_AGAIN, Trouble.NOT_AN_ID_CARD}
