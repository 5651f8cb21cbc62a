"""What a form of the editor makes of a draft: a row saved, moved or removed, or the document's own fields (pure)."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import msgspec

from hub.library.filling import Why, first_input, inputs_of, read
from hub.library.shapes import SHAPES, Content, Row, fresh_id, has_id, label_of, rows_of, with_own, with_rows
from wire.content import read_content
from wire.errors import WireError

ACTS: Final = ("row", "own", "up", "down", "remove")


class Edited(NamedTuple):
    """What somebody did in the editor."""

    act: str
    row: str
    """A place from 0, `new`, or `own`."""
    values: Mapping[str, str]
    was: str
    """What the row was called where they saw it; empty of a new one."""


class EditError(Exception):
    """A form that cannot be taken: what is wrong of which field; nothing of it is saved."""

    def __init__(self, wrong: Mapping[str, Why]) -> None:
        """Take what is wrong by field; with none, the act itself cannot be meant."""
        super().__init__(", ".join(wrong) or "act")
        self.wrong = wrong


def typed(name: str, row: str, sent: Mapping[str, str]) -> dict[str, str]:
    """Return of a form what belongs to the row, or to the document's own fields."""
    shape = SHAPES[name]
    return {key: sent.get(key, "") for key in inputs_of(shape.own if row == "own" else shape.row)}


def edited(name: str, content: Mapping[str, Any], done: Edited) -> Content:
    """Return the document as somebody made it.

    Raises EditError: a field is wrong, or the row they saw is not there any more.
    """
    shape = SHAPES[name]
    if done.act == "own":
        own, wrong = read(shape.own, done.values)
        if wrong or not shape.own:
            raise EditError(wrong)
        return with_own(name, content, own)
    rows = rows_of(name, content)
    place = _place(name, rows, done)
    match done.act:
        case "row":
            row = _read_row(name, rows, place, done)
            rows[len(rows) if place is None else place : len(rows) if place is None else place + 1] = [row]
        case "remove" if place is not None:
            del rows[place]
        case "up" | "down" if place is not None:
            other = place + (1 if done.act == "down" else -1)
            if 0 <= other < len(rows):
                rows[place], rows[other] = rows[other], rows[place]
        case _:
            raise EditError({})
    return with_rows(name, content, rows)


def _place(name: str, rows: list[Row], done: Edited) -> int | None:
    if done.row == "new":
        return None
    if not done.row.isdigit() or not int(done.row) < len(rows) or label_of(name, rows[int(done.row)], "zh") != done.was:
        raise EditError({})
    return int(done.row)


def _read_row(name: str, rows: list[Row], place: int | None, done: Edited) -> Row:
    shape = SHAPES[name]
    values = dict(done.values)
    if has_id(name):
        given = rows[place]["id"] if place is not None else values.get("id") or fresh_id(rows)
        values["id"] = str(given)
    row, wrong = read(shape.row, values)
    others = [one for at, one in enumerate(rows) if at != place]
    if "id" in row and any(one.get("id") == row["id"] for one in others):
        wrong["id"] = "taken"
    if not wrong and not _fits(name, row):
        wrong[first_input(next(part for part in shape.row if part.name == "text"))] = "gap"
    if wrong:
        raise EditError(wrong)
    return row


def _fits(name: str, row: Row) -> bool:
    """Say whether a row that has every field right is right as a whole: a template's text and its gaps."""
    if name != "templates":
        return True
    try:
        read_content(name, msgspec.json.encode(with_rows(name, {}, [row])).decode())
    except WireError:
        return False
    return True
