"""The duty roster as a CSV: `level,scope,place,who,mail,days,from,until`; read whole or not at all, and written."""

import csv
import io
import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Final

from hub.errors import HubError
from hub.health.every import WEEKDAYS, WEEKDAYS_ZH
from hub.incidents.delivery.letter import is_address
from hub.incidents.duty import DAY_MINUTES, LEADER, Duty
from hub.incidents.trouble import Node, Scope

COLUMNS: Final = ("level", "scope", "place", "who", "mail", "days", "from", "until")
LEADERS: Final = {"leader", "领导"}
SCOPES: Final[dict[str, Scope]] = {
    "county": "county", "town": "town", "station": "station", "县": "county", "镇": "town", "村": "station",
}  # fmt: skip
CLOCK: Final = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])")
RANGE: Final = re.compile(r"([^-–至到]+)(?:[-–至到]([^-–至到]+))?")
MOST_WHO: Final = 64


class RosterError(HubError):
    """A roster that was not taken."""

    exit_code = 3


class Place:
    """The towns and stations a roster may name."""

    def __init__(self, towns: Collection[str], stations: Collection[str]) -> None:
        """Take those of the county."""
        self._known: Mapping[Scope, Collection[str]] = {"county": ("",), "town": towns, "station": stations}

    def has(self, node: Node) -> bool:
        """Say whether it is one of them."""
        return node.place in self._known[node.scope]

    def node(self, scope: str, place: str) -> Node:
        """Return what a row names.

        Raises ValueError with what is wrong.
        """
        chosen = SCOPES.get(scope.lower())
        if chosen is None:
            raise ValueError(f"scope {scope!r}: county, town or station 范围应为 county、town 或 station")
        node = Node(chosen, place)
        if not self.has(node):
            what = "leave it empty for the county 全县应留空" if chosen == "county" else "the county has none 本县没有"
            raise ValueError(f"place {place!r}: {what}")
        return node


def read_roster(path: Path, places: Place) -> list[Duty]:
    """Read the file (UTF-8, with or without BOM); empty days and hours mean always.

    Raises RosterError E-DUTY-01 (cannot be read), -02 (first line), -03 (rows: each with its line and what is wrong)
    or -04 (no row at all).
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise RosterError("E-DUTY-01", f"{path}: cannot be read (UTF-8 CSV) 值班表无法读取: {why}") from None
    rows = csv.DictReader(text.splitlines())
    try:
        if sorted(rows.fieldnames or ()) != sorted(COLUMNS):
            raise RosterError("E-DUTY-02", f"{path}:1: the first line must be 首行应为 {','.join(COLUMNS)}")
        numbered = [(rows.line_num, row) for row in rows]
    except csv.Error as error:
        raise RosterError("E-DUTY-01", f"{path}: no CSV 不是 CSV 文件: {error}") from None
    duties: dict[Duty, int] = {}
    wrong: list[str] = []
    for number, row in numbered:
        try:
            duties[_another(_duty(row, places), duties)] = number
        except ValueError as error:
            wrong.append(f"\n  {path}:{number}: {error}")
    if wrong:
        what = f"{len(wrong)} rows are wrong; nothing was taken {len(wrong)} 行有误，整份未导入:"
        raise RosterError("E-DUTY-03", what + "".join(wrong))
    if not duties:
        raise RosterError("E-DUTY-04", f"{path}: nobody in it 值班表为空")
    return list(duties)


def written_roster(duties: Iterable[Duty]) -> str:
    """Return a roster as such a file: read again it says the same."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    for duty in duties:
        level = "leader" if duty.level == LEADER else duty.level
        hours = clock(duty.from_minute), clock(duty.until_minute)
        table.writerow((level, *duty.node, duty.who, duty.mail or "", written_days(duty.days), *hours))
    return out.getvalue()


def clock(minute: int) -> str:
    """Return a minute of the day as people write it; 1440 is 24:00."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def read_days(text: str) -> str:
    """Return weekdays such as `mon-fri`, `sat sun`, `周一至周五` or `一、三`, as `Duty` has them; nothing means all.

    Raises ValueError.
    """
    chosen: set[int] = set()
    said = text.strip().lower()
    if said in {"", "daily", "每天"}:
        return ",".join(WEEKDAYS)
    for part in re.split(r"[\s,;、，；]+", said):
        ends = RANGE.fullmatch(part)
        if ends is None:
            raise ValueError(f"days {text!r}: e.g. mon-fri, sat sun, 周一至周五 星期有误")
        first = _weekday(ends[1], text)
        last = first if ends[2] is None else _weekday(ends[2], text)
        chosen.update(day % 7 for day in range(first, last + 1 if last >= first else last + 8))
    return ",".join(WEEKDAYS[day] for day in sorted(chosen))


def written_days(days: str) -> str:
    """Return weekdays as people write them, shortest: `daily`, `mon-fri`, `sat sun`; `read_days` reads them again."""
    chosen = days.split(",")
    first = WEEKDAYS.index(chosen[0])
    if len(chosen) == len(WEEKDAYS):
        return "daily"
    in_a_row = tuple(chosen) == WEEKDAYS[first : first + len(chosen)]
    return f"{chosen[0]}-{chosen[-1]}" if in_a_row and len(chosen) > 2 else " ".join(chosen)


def _weekday(text: str, whole: str) -> int:
    short = text.removeprefix("周").removeprefix("星期").replace("天", "日")
    if short in WEEKDAYS:
        return WEEKDAYS.index(short)
    if len(short) == 1 and short in WEEKDAYS_ZH:
        return WEEKDAYS_ZH.index(short)
    raise ValueError(f"days {whole!r}: {text!r} is no weekday 星期有误")


def _another(duty: Duty, known: Mapping[Duty, int]) -> Duty:
    if duty in known:
        raise ValueError(f"the same as line {known[duty]} 与该行重复")
    namesake = next(
        (one for one in known if duty.mail and one.mail not in {None, duty.mail} and one.who == duty.who), None
    )
    if namesake is not None:
        where = known[namesake]
        raise ValueError(
            f"who: {duty.who} has another mail in line {where}; one name, one mailbox 与该行同名而邮箱不同"
        )
    return duty


def _duty(row: Mapping[str | None, str | list[str] | None], places: Place) -> Duty:
    if None in row or None in row.values():
        raise ValueError(f"{len(COLUMNS)} values are needed 应有 {len(COLUMNS)} 列")
    level, scope, place, who, mail, days, begins, ends = (str(row[name]).strip() for name in COLUMNS)
    leads = level.lower() in LEADERS
    if not leads and not (level.isascii() and level.isdigit() and 1 <= int(level) < LEADER):
        raise ValueError(f"level {level!r}: 1 to {LEADER - 1}, or leader 级别应为 1 到 {LEADER - 1}，或 leader")
    if not 0 < len(who) <= MOST_WHO or not who.isprintable() or who[0] in "=+-@":
        raise ValueError(f"who: a name of 1 to {MOST_WHO} characters 姓名应为 1 到 {MOST_WHO} 个字符")
    if mail and not is_address(mail):
        raise ValueError("mail: no address 邮箱地址有误")
    from_minute, until_minute = _minute(begins or "00:00"), _minute(ends or "24:00")
    if from_minute == DAY_MINUTES or until_minute == 0:
        raise ValueError("from 00:00 … 23:59, until 00:01 … 24:00 起止时间有误")
    number = LEADER if leads else int(level)
    return Duty(number, places.node(scope, place), who, mail or None, read_days(days), from_minute, until_minute)


def _minute(text: str) -> int:
    time = CLOCK.fullmatch(text)
    if time is None or (minute := int(time[1]) * 60 + int(time[2])) > DAY_MINUTES:
        raise ValueError(f"{text!r}: no time such as 08:30 不是时间")
    return minute
