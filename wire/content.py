"""What the county writes for its kiosks: the kinds of library documents, each with its own shape.

A Document's `name` says its kind: `roster`, `papers`, … Every text stands in Chinese and may stand in English.
"""

from string import Formatter
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct, field

from wire.codec import decode_trusted_size
from wire.errors import WireError
from wire.scalars import Code, Name

Words = Annotated[str, Meta(min_length=1, max_length=300)]
LongWords = Annotated[str, Meta(min_length=1, max_length=12_000)]
Phone = Annotated[str, Meta(pattern=r"^[0-9][0-9 -]{2,18}\Z")]
Day = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")]
Minutes = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-4]):[0-5][0-9]\Z")]


class Text(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A short text; an empty `en` falls back to Chinese."""

    zh: Words
    en: Annotated[str, Meta(max_length=600)] = ""


class LongText(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A text of paragraphs, one a line."""

    zh: LongWords
    en: Annotated[str, Meta(max_length=24_000)] = ""


class Hotline(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """`hotline`: the telephone, and whether video can be had."""

    number: Phone
    hours: Text
    video: bool = False
    """The county takes video calls of this station."""
    video_hours: Text | None = None


Role = Literal["legal_adviser", "mediator", "law_helper", "staff"]
"""法律顾问, 人民调解员, 法律明白人, 工作人员."""


class Duty(Struct, frozen=True, forbid_unknown_fields=True):
    """When somebody is there: 1 is Monday … 7 is Sunday; China's time."""

    weekday: Annotated[int, Meta(ge=1, le=7)]
    begins: Minutes
    ends: Minutes


class Person(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Somebody whom a villager can turn to, published by their office."""

    name: Name
    role: Role
    phone: Phone | None = None
    office: Text | None = None
    place: Text | None = None
    duties: Annotated[list[Duty], Meta(max_length=21)] = field(default_factory=list)


class Roster(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """`roster`: who serves this village, and when. The first `staff` with a phone is whom to call."""

    people: Annotated[list[Person], Meta(max_length=40)]


class Notice(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Something to know, on the first screen while it is current."""

    id: Code
    title: Text
    text: LongText
    until: Day | None = None


class Notices(Struct, frozen=True, forbid_unknown_fields=True):
    """`notices`."""

    notices: Annotated[list[Notice], Meta(max_length=20)]


class Papers(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """`papers`: what to bring to an application for legal aid, and where."""

    bring: Annotated[list[Text], Meta(min_length=1, max_length=20)]
    place: Text
    phone: Phone | None = None
    hours: Text | None = None


class Article(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A text to read or hear."""

    id: Code
    title: Text
    text: LongText
    topic: Text | None = None


class Articles(Struct, frozen=True, forbid_unknown_fields=True):
    """`learning`, `notary_guide` or `forensic_guide`."""

    articles: Annotated[list[Article], Meta(max_length=40)]


class Disclosed(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One thing the village owes to make public: due by a day, and published on one, or not yet."""

    id: Code
    title: Text
    due: Day
    published: Day | None = None
    text: LongText | None = None


class Disclosure(Struct, frozen=True, forbid_unknown_fields=True):
    """`disclosure`: 村务公开."""

    items: Annotated[list[Disclosed], Meta(max_length=60)]


class Blank(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A gap in a template; `options` makes it a choice."""

    id: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,30}\Z")]
    label: Text
    kind: Literal["text", "amount", "day", "phone", "id_number"] = "text"
    options: Annotated[list[Words], Meta(max_length=12)] = field(default_factory=list)
    optional: bool = False


class Template(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A document to fill in: `text` holds `{id}` for each blank; legal documents are in Chinese."""

    id: Code
    title: Text
    text: LongWords
    blanks: Annotated[list[Blank], Meta(min_length=1, max_length=24)]


class Templates(Struct, frozen=True, forbid_unknown_fields=True):
    """`templates`: 文书模板."""

    templates: Annotated[list[Template], Meta(max_length=20)]


class Wording(Struct, frozen=True, forbid_unknown_fields=True):
    """`texts`: words of the kiosk that the county says in its own way, by the kiosk's text id."""

    texts: dict[Annotated[str, Meta(pattern=r"^[a-z0-9_.]{1,60}\Z")], Text]


Content = Hotline | Roster | Notices | Papers | Articles | Disclosure | Templates | Wording

KINDS: Final[dict[str, type[Hotline | Roster | Notices | Papers | Articles | Disclosure | Templates | Wording]]] = {
    "hotline": Hotline,
    "roster": Roster,
    "notices": Notices,
    "papers": Papers,
    "learning": Articles,
    "notary_guide": Articles,
    "forensic_guide": Articles,
    "disclosure": Disclosure,
    "templates": Templates,
    "texts": Wording,
}
"""The kind of a document by its name."""


def read_content(name: str, text: str) -> Content | None:
    """Return the document `name` as a value; None for `null`, which withdraws it.

    Raises WireError E-WIRE-04: no such kind of document, or its JSON is not of that kind, or says what cannot be
    (a template that names a blank it does not have).
    """
    if text.strip() == "null":
        return None
    kind = KINDS.get(name)
    if kind is None:
        raise WireError("E-WIRE-04", "no kind of document has this name")
    try:
        content: Content = decode_trusted_size(text.encode(), kind)
    except (WireError, UnicodeEncodeError) as error:
        why = str(error) if isinstance(error, WireError) else "not UTF-8"
        raise WireError("E-WIRE-04", why) from None
    if isinstance(content, Templates):
        for template in content.templates:
            _check(template)
    return content


def _check(template: Template) -> None:
    blanks = {blank.id for blank in template.blanks}
    if len(blanks) != len(template.blanks):
        raise WireError("E-WIRE-04", f"template {template.id}: two blanks of one id")
    try:
        gaps = {(gap, spec, how) for _, gap, spec, how in Formatter().parse(template.text) if gap is not None}
    except ValueError:
        gaps = {("", "", None)}
    if any(gap not in blanks or spec or how for gap, spec, how in gaps):
        raise WireError("E-WIRE-04", f"template {template.id}: its text names a blank it does not have")
