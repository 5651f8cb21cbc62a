"""The forms: what each service asks, in order, and when an answer will do. Pure; the words are ids of texts.

Fields after ../shared's forms for 咨询, 调解 and 法援 (the Ministry's samples): those that are needed, no more.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final, Literal, NamedTuple

from station.id_number import Flaw, read_id_number
from station.kiosk.content import words
from station.kiosk.events import Ticked
from wire import content as c
from wire.records import Language, Service

Kind = Literal["choice", "several", "text", "name", "phone", "amount", "day", "id_number", "pin", "number"]
"""How a question is answered: by choosing one, up to three, or by entering."""
Answers = tuple[tuple[str, str], ...]
"""Field id and answer, in the order they were given. An option is its id, several are joined by commas."""

MOST_CHOSEN: Final = 3
MOST_SIGNS: Final[dict[Kind, int]] = {
    "text": 400, "name": 30, "phone": 12, "amount": 8, "day": 8, "id_number": 18, "pin": 8, "number": 12,
}  # fmt: skip


class Field(NamedTuple):
    """One question. `label` and `options` are text ids, or the county's own words in a template."""

    id: str
    kind: Kind
    label: str
    options: tuple[tuple[str, str], ...] = ()
    """Option id and its text id. Of a text: phrases that can be put in."""
    optional: bool = False
    literal: bool = False
    """The labels are words, not ids."""
    applies: Callable[[Mapping[str, str]], bool] = lambda _: True
    """Whether it is asked at all, by the answers before it."""


def _options(prefix: str, *ids: str) -> tuple[tuple[str, str], ...]:
    return tuple((one, f"{prefix}.{one}") for one in ids)


MATTERS: Final = _options(
    "matter", "family", "neighbours", "house", "contract", "business", "damages", "land", "relocation", "environment",
    "labour", "consumer", "medical", "traffic", "property", "other",
)  # fmt: skip
"""纠纷类型."""
PHRASES: Final = _options(
    "phrase", "owed", "wages", "boundary", "hurt", "divorce", "parents", "contract", "please_call"
)
WISHES: Final = _options("wish", "pay", "apologise", "stop", "keep_promise", "boundary", "other")
GROUPS: Final = _options("group", "migrant", "elderly", "minor", "disabled", "woman", "soldier", "low_income", "other")
CAUSES: Final = _options(
    "cause", "wages", "injury", "traffic", "support", "child_support", "marriage", "damages", "other"
)

REACHED_BY: Final = ("phone", "place")
"""Fields that say how to reach somebody: they go to the county by a consent of their own."""

PHONE: Final = Field("phone", "phone", "field.phone", optional=True)


def _means_tested(answers: Mapping[str, str]) -> bool:
    """Wage claims of migrant workers need no means test (法律援助法 42)."""
    return not (answers.get("group") == "migrant" and answers.get("cause") == "wages")


FORMS: Final[dict[Service, tuple[Field, ...]]] = {
    "legal_advice": (
        Field("matter", "choice", "field.matter", MATTERS),
        Field("words", "text", "field.words", PHRASES),
        PHONE,
    ),
    "mediation": (
        Field("matter", "choice", "field.matter", MATTERS),
        Field("other_name", "name", "field.other_name"),
        Field("other_phone", "phone", "field.other_phone", optional=True),
        Field("other_place", "text", "field.other_place", optional=True),
        Field("words", "text", "field.dispute", PHRASES),
        Field("wishes", "several", "field.wishes", WISHES),
        PHONE,
    ),
    "legal_aid": (
        Field("group", "choice", "field.group", GROUPS),
        Field("cause", "choice", "field.cause", CAUSES),
        Field("words", "text", "field.case", PHRASES),
        Field("income", "amount", "field.income", applies=_means_tested),
        Field("phone", "phone", "field.phone_needed"),
        Field("place", "text", "field.place", optional=True),
    ),
}

DECLARED: Final[dict[Service, Ticked]] = {"mediation": "voluntary", "legal_aid": "truth"}
"""What the form of a service declares, ticked before it is handed in."""

NUMBER: Final = Field("id_number", "id_number", "entry.id_number")
NAME: Final = Field("name", "name", "entry.name")
GUARDIAN_NUMBER: Final = Field("id_number", "id_number", "entry.guardian_number")
GUARDIAN_NAME: Final = Field("name", "name", "entry.guardian_name")
VISIT_NUMBER: Final = Field("number", "number", "entry.visit_number")
PIN: Final = Field("pin", "pin", "entry.pin")


def template_form(template: c.Template, language: Language) -> tuple[Field, ...]:
    """Return the questions of a template's blanks."""
    return tuple(
        Field(
            id=blank.id,
            kind="choice" if blank.options else blank.kind,
            label=words(blank.label, language),
            options=tuple((option, option) for option in blank.options),
            # A permit or passport is no 18 digits: its number is written in by hand.
            optional=blank.optional or blank.kind == "id_number",
            literal=True,
        )
        for blank in template.blanks
    )


def next_field(form: tuple[Field, ...], answers: Answers) -> Field | None:
    """Return the question that comes after `answers`, None when all are answered."""
    given = dict(answers)
    return next((field for field in form if field.id not in given and field.applies(given)), None)


def flaw_of(field: Field, entry: str, today: date | None) -> str | None:
    """Return the text id of why `entry` will not do for `field`, None when it will.

    `today` is None while the clock is not trusted.
    """
    entry = entry.strip()
    if not entry:
        return None if field.optional else f"flaw.{'choose' if field.kind in {'choice', 'several'} else 'empty'}"
    match field.kind:
        case "phone" if not 3 <= len(entry) <= 12:
            return "flaw.phone"
        case "day":
            return None if _is_day(entry) else "flaw.day"
        case "id_number":
            read = read_id_number(entry, today)
            return _ID_FLAWS[read] if isinstance(read, Flaw) else None
        case "number" if not 8 <= len(entry) <= 12:
            return "flaw.number"
    return None


_ID_FLAWS: Final = {Flaw.FORM: "flaw.id_form", Flaw.CHECKSUM: "flaw.id_check", Flaw.BIRTH: "flaw.id_birth"}


def _is_day(entry: str) -> bool:
    try:
        date.fromisoformat(f"{entry[:4]}-{entry[4:6]}-{entry[6:]}")
    except ValueError:
        return False
    return len(entry) == 8


def with_option(entry: str, option: str) -> str:
    """Return a `several` entry with `option` put in, or taken out; no more than MOST_CHOSEN."""
    chosen = [one for one in entry.split(",") if one]
    if option in chosen:
        chosen.remove(option)
    elif len(chosen) < MOST_CHOSEN:
        chosen.append(option)
    return ",".join(chosen)
