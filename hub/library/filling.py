"""A row of a document to and from the fields of a form, with what is wrong of each field at once (pure).

Every field is judged by the type the wire has for it, so that what passes here passes when it is published.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

import msgspec

from hub.library.shapes import Part

Why = Literal["needed", "long", "phone", "day", "hours", "order", "word", "gap", "taken"]
"""What is wrong of a field, as a row of words: …; `hours` cannot be read, `order` end before they begin."""
WEEKDAYS: Final = range(1, 8)
MOST_BLANKS: Final = 24
SPARE_BLANKS: Final = 3
_SPAN: Final = re.compile(
    "([0-9]{1,2})[:\uff1a]([0-9]{2})\\s*[-\u2013\u2014\uff0d~\uff5e\u81f3\u5230]\\s*([0-9]{1,2})[:\uff1a]([0-9]{2})"
)
"""With the colons and dashes of both keyboards, or 至 and 到 between the times."""
_BETWEEN_SPANS: Final = re.compile("[,\uff0c;\uff1b\u3001\n]+")
_BLANK: Final = ("id", "zh", "en", "kind", "options", "optional")


class Input(NamedTuple):
    """One field of the form."""

    most: int
    """Characters."""
    lines: bool = False


def inputs_of(parts: Iterable[Part]) -> dict[str, Input]:
    """Return every field of the form for these parts, by name."""
    found: dict[str, Input] = {}
    for part in parts:
        name = part.name
        match part.kind:
            case "words":
                found |= {f"{name}_zh": Input(300), f"{name}_en": Input(600)}
            case "long":
                found |= {f"{name}_zh": Input(12_000, lines=True), f"{name}_en": Input(24_000, lines=True)}
            case "plain":
                found[name] = Input(12_000, lines=True)
            case "duties":
                found |= {f"{name}_{day}": Input(120) for day in WEEKDAYS}
            case "blanks":
                found |= {
                    f"{name}_{n}_{of}": Input(4_000 if of == "options" else 700, lines=of == "options")
                    for n in range(MOST_BLANKS)
                    for of in _BLANK
                }
            case _:
                found[name] = Input(200)
    return found


def shown(parts: Iterable[Part], held: Mapping[str, Any]) -> dict[str, str]:
    """Return what the form's fields hold for a row, or for a document's own fields."""
    values = dict.fromkeys(inputs_of(parts), "")
    for part in parts:
        name, value = part.name, held.get(part.name)
        match part.kind:
            case "words" | "long":
                for language in ("zh", "en"):
                    values[f"{name}_{language}"] = str((value or {}).get(language) or "")
            case "flag":
                values[name] = "yes" if value else ""
            case "duties":
                for day in WEEKDAYS:
                    spans = [f"{one['begins']}-{one['ends']}" for one in value or () if one["weekday"] == day]
                    values[f"{name}_{day}"] = ", ".join(spans)
            case "blanks":
                for n, blank in enumerate((value or ())[:MOST_BLANKS]):
                    values |= _shown_blank(f"{name}_{n}", blank)
            case _:
                values[name] = str(value or "")
    return values


def _shown_blank(prefix: str, blank: Mapping[str, Any]) -> dict[str, str]:
    label = blank.get("label") or {}
    return {
        f"{prefix}_id": str(blank.get("id", "")),
        f"{prefix}_zh": str(label.get("zh", "")),
        f"{prefix}_en": str(label.get("en", "")),
        f"{prefix}_kind": str(blank.get("kind", "text")),
        f"{prefix}_options": "\n".join(blank.get("options", ())),
        f"{prefix}_optional": "yes" if blank.get("optional") else "",
    }


def read(parts: Sequence[Part], values: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, Why]]:
    """Return the row that a form's fields say, and what is wrong of which field; nothing is when it is empty."""
    row: dict[str, Any] = {}
    wrong: dict[str, Why] = {}
    for part in parts:
        value, own = _value(part, values)
        wrong |= own
        if value is None:
            if part.needed and not own:
                wrong[first_input(part)] = "needed"
            continue
        row[part.name] = value
        if not own:
            wrong |= _judged(part, value)
    return row, wrong


def first_input(part: Part) -> str:
    """Return the field of the form that stands for a part."""
    suffix = {"words": "_zh", "long": "_zh", "duties": "_1", "blanks": "_0_id"}
    return part.name + suffix.get(part.kind, "")


def _value(part: Part, values: Mapping[str, str]) -> tuple[Any, dict[str, Why]]:
    name = part.name
    match part.kind:
        case "words" | "long":
            return _two_languages(name, values)
        case "flag":
            return (True if values.get(name) == "yes" else None), {}
        case "day" if not _is_day(values.get(name, "")):
            return values.get(name) or None, {name: "day"} if values.get(name) else {}
        case "duties":
            return _duties(name, values)
        case "blanks":
            return _blanks(name, values)
        case _:
            return values.get(name, "") or None, {}


def _two_languages(name: str, values: Mapping[str, str]) -> tuple[Any, dict[str, Why]]:
    zh, en = (values.get(f"{name}_{language}", "") for language in ("zh", "en"))
    if not zh:
        return None, {f"{name}_zh": "needed"} if en else {}
    return {"zh": zh} | ({"en": en} if en else {}), {}


def _judged(part: Part, value: Any) -> dict[str, Why]:
    try:
        msgspec.convert(value, part.type)
    except msgspec.ValidationError as error:
        why: Why = "long" if "length" in str(error) else "word"
        if part.kind in {"phone", "day"}:
            why = part.kind
        at = re.search(r"\$\.(zh|en)", str(error))
        if part.kind == "blanks" and (blank := re.search(r"\$\[([0-9]+)\]", str(error))):
            return {f"{part.name}_{blank[1]}_id": why}
        return {f"{part.name}_{at[1]}" if at else first_input(part): why}
    return {}


def _is_day(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _duties(name: str, values: Mapping[str, str]) -> tuple[Any, dict[str, Why]]:
    duties: list[dict[str, Any]] = []
    wrong: dict[str, Why] = {}
    for day in WEEKDAYS:
        key = f"{name}_{day}"
        for text in filter(None, (one.strip() for one in _BETWEEN_SPANS.split(values.get(key, "")))):
            span = _SPAN.fullmatch(text)
            if span is None or int(span[1]) > 24 or int(span[3]) > 24 or int(span[2]) > 59 or int(span[4]) > 59:
                wrong[key] = "hours"
                continue
            begins, ends = (f"{int(hour):02d}:{minute}" for hour, minute in ((span[1], span[2]), (span[3], span[4])))
            if not begins < ends <= "24:00":
                wrong[key] = "order"
            duties.append({"weekday": day, "begins": begins, "ends": ends})
    return duties or None, wrong


def _blanks(name: str, values: Mapping[str, str]) -> tuple[Any, dict[str, Why]]:
    """Read the gaps; a row with neither id nor label is none."""
    blanks: list[dict[str, Any]] = []
    for n in range(MOST_BLANKS):
        said = {of: values.get(f"{name}_{n}_{of}", "") for of in _BLANK}
        if not (said["id"] or said["zh"] or said["en"]):
            continue
        blank: dict[str, Any] = {"id": said["id"], "label": {"zh": said["zh"]}}
        if said["en"]:
            blank["label"]["en"] = said["en"]
        if said["kind"] not in {"", "text"}:
            blank["kind"] = said["kind"]
        if options := [one.strip() for one in said["options"].split("\n") if one.strip()]:
            blank["options"] = options
        if said["optional"] == "yes":
            blank["optional"] = True
        blanks.append(blank)
    return blanks or None, {}
