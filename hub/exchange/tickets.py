"""One row of another platform's file into a ticket, or why not: every rule of the field dictionary (pure)."""

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from hub.exchange.fields import BY_NAME, FIELDS, FieldOf
from hub.exchange.reading import Row
from hub.exchange.sources import Platform
from hub.local_time import CHINA, FIRST_YEAR
from hub.visits.day import DAY_MS
from hub.visits.matters import RECEIVED

ID: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")
PHONE: Final = re.compile(r"[0-9+() -]{3,24}")
ID_NUMBER: Final = re.compile(r"[0-9]{15}|[0-9]{17}[0-9Xx]")
MOMENT: Final = re.compile(
    r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?:[ T]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?)?"
)
AHEAD_MS: Final = DAY_MS
"""A time further ahead than this is a mistake, not another clock."""


class Ticket(NamedTuple):
    """A record of another platform in the clear: in memory only, until it is sealed."""

    line: int
    platform: Platform
    external_id: str
    channel: str
    at_ms: int
    service: str
    matter: str | None
    state: str
    town: str
    station: str | None
    handled_by: str
    answered_ms: int | None
    rating: int | None
    changed_ms: int | None
    name: str
    phone: str
    id_number: str
    words: str

    @property
    def named(self) -> bool:
        """Say whether anything tells whose it is."""
        return bool(self.name or self.phone or self.id_number)

    def __repr__(self) -> str:
        return f"Ticket({self.platform} line {self.line})"


class Refused(NamedTuple):
    """A row that was not taken, with every reason; none quotes what stood there."""

    line: int
    reasons: tuple[str, ...]

    @property
    def told(self) -> str:
        """Return the line and its reasons, for people."""
        return f"第 {self.line} 行 line {self.line}: " + "; ".join(self.reasons)


class Places(NamedTuple):
    """What the county has."""

    towns: frozenset[str]
    stations: Mapping[str, str]
    """The town of each station's code."""


def places_of(stations: Mapping[str, str]) -> Places:
    """Return a county's places from its stations, each with its town."""
    return Places(frozenset(stations.values()), stations)


class CellError(Exception):
    """A cell that cannot be meant; says why, in both languages, without its content."""


def tickets_of(
    rows: Sequence[Row], platform: Platform, places: Places, now_ms: int
) -> tuple[list[Ticket], list[Refused]]:
    """Return the tickets of a file and the rows that are none; of one number given twice both rows are refused."""
    found: list[Ticket] = []
    refused: list[Refused] = []
    for row in rows:
        one = ticket_of(row, platform, places, now_ms)
        (found if isinstance(one, Ticket) else refused).append(one)  # type: ignore[arg-type]
    lines: dict[str, list[int]] = {}
    for ticket in found:
        lines.setdefault(ticket.external_id, []).append(ticket.line)
    twice = {line: others for others in lines.values() if len(others) > 1 for line in others}
    for line, others in twice.items():
        which = ", ".join(str(other) for other in others)
        said = f"external_id 工单编号: stands in lines {which} 在多行出现（{which}）"
        refused.append(Refused(line, (said,)))
    return [ticket for ticket in found if ticket.line not in twice], sorted(refused)


def ticket_of(row: Row, platform: Platform, places: Places, now_ms: int) -> Ticket | Refused:
    """Return one row as a ticket, or every reason why it is none."""
    if row.broken:
        return Refused(row.line, (row.broken,))
    values: dict[str, str | int] = {}
    reasons: list[str] = []
    for field in FIELDS:
        text = row.cells.get(field.name, "")
        if not text:
            reasons += [f"{field.name} {field.zh}: needed 必填"] if field.needed else []
            continue
        try:
            values[field.name] = _value(field, text, places, now_ms)
        except CellError as why:
            reasons.append(f"{field.name} {field.zh}: {why}")
    if not reasons:
        reasons = _together(values, places)
    if reasons:
        return Refused(row.line, tuple(reasons))

    def text_of(name: str) -> str:
        return str(values.get(name, ""))

    def number_of(name: str) -> int | None:
        value = values.get(name)
        return value if isinstance(value, int) else None

    station = text_of("village") or None
    return Ticket(
        line=row.line,
        platform=platform,
        external_id=text_of("external_id"),
        channel=text_of("channel"),
        at_ms=number_of("at") or 0,
        service=text_of("service"),
        matter=text_of("matter") or None,
        state=text_of("state") or RECEIVED,
        town=text_of("town") if station is None else places.stations[station],
        station=station,
        handled_by=text_of("handled_by"),
        answered_ms=number_of("answered_at"),
        rating=number_of("rating"),
        changed_ms=number_of("changed_at"),
        name=text_of("name"),
        phone=text_of("phone"),
        id_number=text_of("id_number").upper(),
        words=text_of("words"),
    )


def moment_of(text: str, now_ms: int) -> int:
    """Return a time of China's as spreadsheets and platforms write it. Raises CellError."""
    found = MOMENT.fullmatch(text)
    if found is None:
        raise CellError("write 2026-11-28 09:30 时间应写成 2026-11-28 09:30")
    try:
        at = dt.datetime(*(int(part or 0) for part in found.groups()), tzinfo=CHINA)  # type: ignore[arg-type, misc]
    except ValueError:
        raise CellError("no such time 没有这个时间") from None
    at_ms = round(at.timestamp() * 1000)
    if at.year < FIRST_YEAR or at_ms > now_ms + AHEAD_MS:
        raise CellError("too long ago, or in the future 时间过早或在将来")
    return at_ms


def _value(field: FieldOf, text: str, places: Places, now_ms: int) -> str | int:
    lines = field.name == "words"
    plain = text.replace("\r\n", "").replace("\n", "").replace("\t", "") if lines else text
    if len(text) > field.most or not plain.isprintable():
        raise CellError(f"at most {field.most} printable characters 最多 {field.most} 个可见字符")
    return _KINDS[field.kind](field, text, places, now_ms)


def _pattern(pattern: re.Pattern[str], why: str) -> Callable[[FieldOf, str, Places, int], str]:
    def checked(_field: FieldOf, text: str, _places: Places, _now_ms: int) -> str:
        if not pattern.fullmatch(text):
            raise CellError(why)
        return text

    return checked


def _choice(field: FieldOf, text: str, _places: Places, _now_ms: int) -> str:
    for name, choice in field.choices.items():
        if text in {name, choice.zh, *choice.also}:
            return name
    raise CellError("not one of those known, see --fields 取值不认识，见 --fields")


def _town(_field: FieldOf, text: str, places: Places, _now_ms: int) -> str:
    if text not in places.towns:
        raise CellError("the county has no such town 本县没有这个乡镇")
    return text


def _village(_field: FieldOf, text: str, places: Places, _now_ms: int) -> str:
    if text not in places.stations:
        raise CellError("the county has no such station 本县没有这个站点编码")
    return text


_KINDS: Final[dict[str, Callable[[FieldOf, str, Places, int], str | int]]] = {
    "id": _pattern(ID, "letters, digits and _.- only 只能是字母、数字与 _.-"),
    "moment": lambda _field, text, _places, now_ms: moment_of(text, now_ms),
    "choice": _choice,
    "village": _village,
    "town": _town,
    "text": lambda _field, text, _places, _now_ms: text,
    "phone": _pattern(PHONE, "no telephone number 不是电话号码"),
    "id_number": _pattern(ID_NUMBER, "15 or 18 signs 应为 15 或 18 位"),
    "grade": lambda field, text, places, now_ms: int(_choice(field, text, places, now_ms)),
}


def _together(values: Mapping[str, str | int], places: Places) -> list[str]:
    """Return what does not go together though each field by itself may be."""
    reasons = []
    village, town = values.get("village"), values.get("town")
    if village is not None and town is not None and places.stations[str(village)] != town:
        reasons.append(f"{BY_NAME['town'].name} {BY_NAME['town'].zh}: not the village's town 与村居编码不符")
    at_ms = int(values["at"])
    for name in ("answered_at", "changed_at"):
        if name in values and int(values[name]) < at_ms:
            reasons.append(f"{name} {BY_NAME[name].zh}: before it was taken 早于受理时间")
    return reasons
