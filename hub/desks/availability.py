"""在线率 and 完好率 as they are asked for: which period, of whom, in which rows."""

from collections.abc import Sequence
from typing import Any, Final, Literal, NamedTuple, get_args

from hub.errors import HubError
from hub.health.availability import Fared, Tally, fared, percent, total
from hub.local_time import UNIT_MS, length_ms, moment_ms, month_ms, month_of
from hub.store.intervals import IntervalsReader, Place

By = Literal["county", "town", "village", "camera"]
LEVELS: Final[tuple[By, ...]] = get_args(By)
LONGEST_DAYS: Final = 400
PARAMETERS: Final = ("month", "from", "until", "last", "by", "town")


class QuestionError(HubError):
    """A period or a grouping that cannot be meant."""

    exit_code = 3


class Question(NamedTuple):
    """What is asked: a period that is over, or cut at now, of the county or one town."""

    from_ms: int
    until_ms: int
    by: By
    town: str | None = None


class Row(NamedTuple):
    """One line of the answer; of a camera, `online` is its village's."""

    scope: By
    town: str
    station: str
    name: str
    camera: str
    villages: int
    cameras: int
    online: Tally
    intact: Tally

    @property
    def main(self) -> Tally:
        """Return the tally whose outages are told."""
        return self.intact if self.scope == "camera" else self.online


class Answer(NamedTuple):
    """The rows asked for, and all of them as one."""

    question: Question
    rows: list[Row]
    whole: Row


def read_question(
    now_ms: int, *, month: str | None = None, begin: str | None = None, until: str | None = None,
    last: str | None = None, by: str = "town", town: str | None = None,
) -> Question:  # fmt: skip
    """Return what is asked; the present month when no period is named.

    Raises UnclearError E-WIN-02 (a time), QuestionError E-AVL-01 (what does not go together, or no month, length or
    kind of row) or E-AVL-02 (a period that has not begun, is empty or too long).
    """
    if by not in LEVELS:
        raise QuestionError("E-AVL-01", f"by: one of 应为其中之一: {', '.join(LEVELS)}")
    if [month, begin, last].count(None) < 2 or (until is not None and begin is None):
        raise QuestionError(
            "E-AVL-01", "one of: month; from, with until; last 时间段请三选一：月份、起止时间、最近多久"
        )
    if begin is not None:
        from_ms = moment_ms(begin, now_ms, past=True)
        until_ms = now_ms if until is None else moment_ms(until, from_ms)
    elif last is not None:
        length = length_ms(last)
        if length is None:
            raise QuestionError("E-AVL-01", "last: a number and h or d, e.g. 7d 应为数字加 h 或 d")
        from_ms, until_ms = now_ms - length, now_ms
    else:
        span = month_ms(month or month_of(now_ms))
        if span is None:
            raise QuestionError("E-AVL-01", "month: such as 2026-11 月份应写成 2026-11")
        from_ms, until_ms = span
    until_ms = min(until_ms, now_ms)
    if from_ms >= until_ms:
        raise QuestionError("E-AVL-02", "the period is empty, or has not begun 时间段为空或尚未开始")
    if until_ms - from_ms > LONGEST_DAYS * UNIT_MS["d"]:
        raise QuestionError("E-AVL-02", f"at most {LONGEST_DAYS} days at once 一次最多 {LONGEST_DAYS} 天")
    return Question(from_ms, until_ms, by, town)


def answer(reader: IntervalsReader, question: Question, now_ms: int) -> Answer:
    """Return the answer; of what was never in service in the period, a row without a rate.

    Raises QuestionError E-AVL-03 (no such town), StoreError.
    """
    period = (question.from_ms, question.until_ms)
    recorded = reader.between(*period, now_ms, question.town)
    if not recorded.villages and question.town is not None:
        raise QuestionError("E-AVL-03", f"{question.town}: the county has no such town 本县没有这个乡镇")
    every = [(place, fared(village, period, recorded.blind)) for place, village in recorded.villages]
    # One that left the county's list before the period is of the past.
    every = [(place, one) for place, one in every if one.online.service_ms or place.listed]
    whole = _row("county" if question.town is None else "town", every, town=question.town or "")
    return Answer(question, _rows(question.by, every, whole), whole)


def told(answered: Answer) -> dict[str, object]:
    """Return an answer as JSON has it."""
    question = answered.question
    return {
        "from_ms": question.from_ms,
        "until_ms": question.until_ms,
        "by": question.by,
        "town": question.town,
        "rows": [_told_row(row) for row in answered.rows],
        "total": _told_row(answered.whole),
    }


def shares(tally: Tally) -> dict[str, str]:
    """Return rate, coverage and bounds as people read them."""
    service_ms, known_ms = tally.service_ms, tally.known_ms
    return {
        "rate": percent((tally.up_ms, known_ms)),
        "coverage": percent((known_ms, service_ms)),
        "lowest": percent((tally.up_ms, service_ms)),
        "highest": percent((service_ms - tally.down_ms, service_ms)),
    }


def figures(tally: Tally) -> dict[str, Any]:
    """Return every figure of a tally: shares from 0 to 1, never 1 when anything is missing; null of nothing."""
    return {
        "rate": tally.rate,
        "coverage": tally.coverage,
        "lowest": tally.lowest,
        "highest": tally.highest,
        "service_ms": tally.service_ms,
        "up_ms": tally.up_ms,
        "down_ms": tally.down_ms,
        "unknown_ms": tally.service_ms - tally.known_ms,
        "outages": tally.outages,
        "longest_ms": tally.longest_ms,
    }


def _told_row(row: Row) -> dict[str, object]:
    said = {"online": figures(row.online), "intact": figures(row.intact)}
    return {**row._asdict(), **said}


def _rows(by: By, every: Sequence[tuple[Place, Fared]], whole: Row) -> list[Row]:
    if by == "county":
        return [whole]
    if by == "town":
        towns = sorted({place.town for place, _ in every})
        return [_row("town", [one for one in every if one[0].town == town], town=town) for town in towns]
    if by == "village":
        return [_row("village", [one], place=one[0]) for one in every]
    return [
        Row("camera", place.town, place.code, place.name, name, 1, 1, one.online, tally)
        for place, one in every
        for name, tally in one.cameras.items()
    ]


def _row(scope: By, every: Sequence[tuple[Place, Fared]], *, town: str = "", place: Place | None = None) -> Row:
    cameras = [tally for _, one in every for tally in one.cameras.values()]
    return Row(
        scope,
        town if place is None else place.town,
        "" if place is None else place.code,
        "" if place is None else place.name,
        "",
        len(every),
        len(cameras),
        total(one.online for _, one in every),
        total(cameras),
    )
