"""The county's documents as the kiosk uses them, and what each list and page shows of them (pure)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, NamedTuple

from wire import content as c
from wire.errors import WireError
from wire.records import Language


class Library(NamedTuple):
    """Everything the county sent; a document that is not there is None or empty."""

    hotline: c.Hotline | None = None
    roster: c.Roster | None = None
    notices: c.Notices | None = None
    papers: c.Papers | None = None
    learning: c.Articles | None = None
    notary_guide: c.Articles | None = None
    forensic_guide: c.Articles | None = None
    disclosure: c.Disclosure | None = None
    templates: c.Templates | None = None
    texts: c.Wording | None = None
    versions: tuple[tuple[str, int], ...] = ()
    """Name and version of each, for the staff's page."""


EMPTY = Library()


def library_of(documents: Iterable[tuple[str, int, str]]) -> tuple[Library, list[str]]:
    """Return the library that documents (name, version, JSON) make, and the names of those that had to be left out."""
    contents: dict[str, Any] = {}
    versions: list[tuple[str, int]] = []
    left_out: list[str] = []
    for name, version, text in documents:
        try:
            contents[name] = c.read_content(name, text)
        except WireError:
            left_out.append(name)
            continue
        if contents[name] is not None:
            versions.append((name, version))
    held = {name: content for name, content in contents.items() if name in c.KINDS}
    return Library(**held, versions=tuple(sorted(versions))), sorted(left_out)


AGREED_TO: Final = ("notice.", "consent.", "guardian.", "declare.")
"""Texts that say what is agreed to."""


def notice_version(library: Library, plain: str) -> str:
    """Return which privacy notice a visit was shown: `plain` is this program's, told apart where the county has words.

    E.g. `2026-11/2+20261128003`: the county's `texts` of that version changed something of it.
    """
    own = library.texts is not None and any(text_id.startswith(AGREED_TO) for text_id in library.texts.texts)
    return f"{plain}+{dict(library.versions)['texts']}" if own else plain


_SIGNS: Final[dict[Language, dict[int, str]]] = {
    "zh": str.maketrans({"“": "「", "”": "」", "‘": "『", "’": "』", "—": "－", "–": "－", "…": "..", "·": "・"}),
    "en": str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "—": "-", "–": "-", "…": "...", "·": "-"}),
}
_EITHER: Final = str.maketrans(
    {"→": "->", "←": "<-", "●": "*", "○": "o", "■": "*", "□": "[]", "★": "*", "×": "x", "÷": "/", "±": "+/-", "°": "度"}
    | {chr(0x2460 + number): f"({number + 1})" for number in range(20)}
)


def showable(text: str, language: Language) -> str:
    """Return `text` without the usual signs that fonts draw wider than a terminal counts."""
    return text.translate(_SIGNS[language]).translate(_EITHER)


def words(text: c.Text | c.LongText, language: Language) -> str:
    """Return `text` in `language`, in Chinese when it has no other, as the screen can show it."""
    if language == "en" and text.en:
        return showable(text.en, "en")
    return showable(text.zh, "zh")


def on_duty(person: c.Person, at: datetime) -> bool:
    """Say whether `person` is there at `at`, China's time."""
    minute = at.strftime("%H:%M")
    return any(duty.weekday == at.isoweekday() and duty.begins <= minute < duty.ends for duty in person.duties)


def today(person: c.Person, at: datetime) -> list[c.Duty]:
    """Return the duties of `person` on the day of `at`, earliest first."""
    return sorted((duty for duty in person.duties if duty.weekday == at.isoweekday()), key=lambda duty: duty.begins)


def people(roster: c.Roster | None, at: datetime | None) -> list[c.Person]:
    """Return who serves the village: first those there now, then those of today, then the others.

    `at` is None while the time is not trusted: then the order is the county's.
    """
    everybody = [] if roster is None else list(roster.people)
    if at is None:
        return everybody
    return sorted(everybody, key=lambda person: (not on_duty(person, at), not today(person, at)))


def staff_phone(library: Library) -> str | None:
    """Return whom to call in the village, or None."""
    staff = [] if library.roster is None else [one for one in library.roster.people if one.role == "staff"]
    return next((one.phone for one in staff if one.phone), None)


def current_notices(library: Library, day: str | None) -> list[c.Notice]:
    """Return the notices that are current on `day` (YYYY-MM-DD); all of them when the day is not known."""
    notices = [] if library.notices is None else library.notices.notices
    return [one for one in notices if current(one, day)]


def current(notice: c.Notice, day: str | None) -> bool:
    """Return whether `notice` is current on `day`."""
    return notice.until is None or day is None or day <= notice.until


def overdue(item: c.Disclosed, day: str | None) -> bool:
    """Say whether `item` ought to have been published by `day` and was not."""
    return item.published is None and day is not None and item.due < day


GAP: Final = "______"


def filled(template: c.Template, answers: dict[str, str]) -> str:
    """Return the template's text with `answers`; GAP stands where nothing was said."""
    return template.text.format_map({blank.id: answers.get(blank.id) or GAP for blank in template.blanks})
