"""How each kind of document is filled in: what its rows and its own fields are, by the types of the wire (pure).

A document is a value as JSON has it. Its rows are looked at as objects whatever they are in it: a line of what to
bring is `{"text": …}` here, a word of the kiosk is `{"id": …, "text": …}`.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple, get_args

import msgspec

from wire import content as c

Kind = Literal["line", "words", "long", "plain", "phone", "day", "choice", "flag", "duties", "blanks"]
"""One line; a text in two languages, short or long; a long one in Chinese; … ; duties of a week; gaps to fill in."""
Row = dict[str, Any]
Content = dict[str, Any]


class Part(NamedTuple):
    """One field as the document has it."""

    name: str
    kind: Kind
    needed: bool
    type: Any
    """What it must be: msgspec judges by it, as it does when a document is published."""
    choices: tuple[str, ...] = ()


class Shape(NamedTuple):
    """A kind of document."""

    own: tuple[Part, ...]
    """Of the document itself."""
    rows: str
    """Under which name its rows stand; empty when it has none."""
    row: tuple[Part, ...]
    label: str
    """The part that names a row."""


_KINDS: Final[dict[str, Kind]] = {
    "zh_long": "long", "text": "long", "phone": "phone", "number": "phone", "due": "day", "published": "day",
    "until": "day", "video": "flag", "duties": "duties", "blanks": "blanks", "role": "choice",
}  # fmt: skip
BLANK_KINDS: Final = ("text", "amount", "day", "phone", "id_number")


def _parts(kind: Any, leave_out: str = "") -> tuple[Part, ...]:
    parts = []
    for field in msgspec.structs.fields(kind):
        if field.name == leave_out:
            continue
        is_words = c.Text in {field.type, *get_args(field.type)}
        how: Kind = _KINDS.get(field.name, "words" if is_words else "line")
        if kind is c.Template and field.name == "text":
            how = "plain"
        choices = get_args(c.Role) if how == "choice" else ()
        parts.append(Part(field.name, how, field.required, field.type, choices))
    return tuple(parts)


_TEXT: Final = Part("text", "words", needed=True, type=c.Text)
_TEXT_ID: Final = Part("id", "line", needed=True, type=get_args(msgspec.structs.fields(c.Wording)[0].type)[0])
_ARTICLES: Final = Shape((), "articles", _parts(c.Article), "title")
SHAPES: Final[dict[str, Shape]] = {
    "hotline": Shape(_parts(c.Hotline), "", (), ""),
    "roster": Shape((), "people", _parts(c.Person), "name"),
    "notices": Shape((), "notices", _parts(c.Notice), "title"),
    "papers": Shape(_parts(c.Papers, "bring"), "bring", (_TEXT,), "text"),
    "learning": _ARTICLES,
    "notary_guide": _ARTICLES,
    "forensic_guide": _ARTICLES,
    "disclosure": Shape((), "items", _parts(c.Disclosed), "title"),
    "templates": Shape((), "templates", _parts(c.Template), "title"),
    "texts": Shape((), "texts", (_TEXT_ID, _TEXT), "id"),
}
"""Every kind of `wire.content.KINDS`."""


def empty(name: str) -> Content:
    """Return a document of this kind with nothing in it; it may still lack what must be there."""
    shape = SHAPES[name]
    return {shape.rows: {} if name == "texts" else []} if shape.rows else {}


def rows_of(name: str, content: Mapping[str, Any]) -> list[Row]:
    """Return the rows of a document, in its order."""
    shape = SHAPES[name]
    held = content.get(shape.rows) if shape.rows else None
    if name == "papers":
        return [{"text": text} for text in held or ()]
    if name == "texts":
        return [{"id": key, "text": text} for key, text in (held or {}).items()]
    return [dict(row) for row in held or ()]


def with_rows(name: str, content: Mapping[str, Any], rows: Sequence[Row]) -> Content:
    """Return the document with these rows instead of its own."""
    shape = SHAPES[name]
    held: Any = list(rows)
    if name == "papers":
        held = [row["text"] for row in rows]
    if name == "texts":
        held = {row["id"]: row["text"] for row in rows}
    return {**content, shape.rows: held}


def with_own(name: str, content: Mapping[str, Any], own: Mapping[str, Any]) -> Content:
    """Return the document with these fields of its own, and no others of them."""
    names = {part.name for part in SHAPES[name].own}
    return {key: value for key, value in content.items() if key not in names} | dict(own)


def label_of(name: str, row: Mapping[str, Any], language: str) -> str:
    """Return what names a row to people."""
    return said_in(row.get(SHAPES[name].label), language)


def said_in(value: Any, language: str) -> str:
    """Return a text of two languages in one of them: in Chinese where it has no other."""
    if isinstance(value, Mapping):
        return str(value.get(language) or value.get("zh") or "")
    return "" if value is None else str(value)


def has_id(name: str) -> bool:
    """Say whether a row of this kind has an id that nobody has to think of."""
    return name not in {"texts", "papers"} and any(part.name == "id" for part in SHAPES[name].row)


def fresh_id(rows: Sequence[Row]) -> str:
    """Return an id that none of the rows has."""
    taken = {str(row.get("id", "")) for row in rows}
    number = len(rows) + 1
    while f"n{number}" in taken:
        number += 1
    return f"n{number}"
