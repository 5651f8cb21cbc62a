"""What one edition of a document changed against another, row by row (pure)."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from hub.library.shapes import SHAPES, has_id, label_of, rows_of

What = Literal["added", "removed", "changed", "moved"]


class Field(NamedTuple):
    """One field that is another; as text in both languages, empty where it is not there."""

    part: str
    before: str
    after: str


class Difference(NamedTuple):
    """One row, or with an empty label the document's own fields."""

    what: What
    label: str
    fields: tuple[Field, ...] = ()


def differences(
    name: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, language: str = "zh"
) -> list[Difference]:
    """Return what differs, in the order of `after`, what was removed last; None is no document."""
    shape = SHAPES[name]
    own = _fields(before or {}, after or {}, [part.name for part in shape.own])
    found = [Difference("changed", "", own)] if own else []
    if not shape.rows:
        return found
    old, new = (_keyed(name, content or {}) for content in (before, after))
    names = [part.name for part in shape.row if part.name != "id" or not has_id(name)]
    before_at, after_at = (
        {key: place for place, key in enumerate(one for one in some if one in old and one in new)}
        for some in (old, new)
    )
    for key, row in new.items():
        label = label_of(name, row, language)
        if key not in old:
            found.append(Difference("added", label, _fields({}, row, names)))
        elif fields := _fields(old[key], row, names):
            found.append(Difference("changed", label, fields))
        elif after_at[key] != before_at[key]:
            found.append(Difference("moved", label))
    found += [
        Difference("removed", label_of(name, row, language), _fields(row, {}, names))
        for key, row in old.items()
        if key not in new
    ]
    return found


def _keyed(name: str, content: Mapping[str, Any]) -> dict[tuple[str, int], dict[str, Any]]:
    """Return rows by what names them; of two of one name the second is another."""
    keyed: dict[tuple[str, int], dict[str, Any]] = {}
    for row in rows_of(name, content):
        key = str(row.get("id") or label_of(name, row, "zh"))
        times = sum(one == key for one, _ in keyed)
        keyed[key, times] = row
    return keyed


def _fields(before: Mapping[str, Any], after: Mapping[str, Any], names: list[str]) -> tuple[Field, ...]:
    return tuple(
        Field(name, as_text(before.get(name)), as_text(after.get(name)))
        for name in names
        if before.get(name) != after.get(name)
    )


def as_text(value: Any) -> str:
    """Return a value as people read it, a line for each part."""
    match value:
        case bool():
            return "✓" if value else ""
        case {"weekday": day, "begins": begins, "ends": ends}:
            return f"{day}: {begins}-{ends}"
        case {"zh": zh, **rest}:
            return "\n".join(str(one) for one in (zh, rest.get("en")) if one)
        case {"id": key, "label": label, **rest}:
            more = " ".join(as_text(one) for one in rest.values())
            return f"{{{key}}} {as_text(label)} {more}".strip()
        case [*many]:
            return "\n".join(as_text(one) for one in many)
        case _:
            return "" if value is None else str(value)
