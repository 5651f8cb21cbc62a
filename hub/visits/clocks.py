"""The county's clocks on a matter: until when it must be answered, decided, assigned, called back, put right (pure).

Hours run to the minute from when the visit was made; days are the county's calendar days, counted from the day after
and full at midnight of the last one (民法典 200, 201, 203). Working days are not used: the 法律援助法 says 日, and
where a local rule says 工作日 the calendar's day is never later. A last day that is a holiday is not moved on (民法典
203): the hub has no calendar of holidays, so it warns early, never late.
"""

from collections.abc import Iterable, Sequence
from typing import Final, Literal, NamedTuple

from hub.visits.day import DAY_MS, day_start_ms
from hub.visits.matters import Step

ClockName = Literal["answer", "decide", "wages", "assign", "call_back", "put_right"]
Standing = Literal["met", "met_late", "stopped", "running", "near", "overdue"]

HOUR_MS: Final = 3_600_000
ANSWER_MS: Final = 24 * HOUR_MS
"""A message is answered in 24 h (the 12348 service's promise)."""
DECIDE_DAYS: Final = 7
"""法律援助法 43: decided within seven days of the application."""
ASSIGN_DAYS: Final = 3
"""法律援助法 43: somebody assigned within three days of the decision to help."""
WAGES_DAYS: Final = 0
"""Wage claims: decided the same day (绿色通道; 法律援助法 42 asks for no means test)."""
CALL_BACK_DAYS: Final = 1
"""好差评: who gave a bad rating is called the next day at the latest."""
PUT_RIGHT_DAYS: Final = 15
"""好差评: what was bad is put right in fifteen days."""

NEAR_MS: Final[dict[ClockName, int]] = {
    "answer": 4 * HOUR_MS,
    "decide": DAY_MS,
    "wages": DAY_MS,
    "assign": DAY_MS,
    "call_back": 12 * HOUR_MS,
    "put_right": 2 * DAY_MS,
}
"""How long before its end a clock is pointed at."""

ANSWERS: Final = frozenset({"answered", "need_papers", "accepted", "refused", "closed"})
"""Steps by which the villager has heard something of substance."""
DECISIONS: Final = frozenset({"accepted", "refused", "closed"})


class Clock(NamedTuple):
    """One clock of a matter."""

    name: ClockName
    began_ms: int
    due_ms: int
    """The first moment that is too late. Of one that is stopped: if it went on now."""
    met_ms: int | None = None
    stopped_ms: int | None = None
    """Since when it stands still."""

    def standing(self, now_ms: int) -> Standing:
        """Return how it stands: a clock that was met stays so, stopped is neither near nor overdue."""
        if self.met_ms is not None:
            return "met" if self.met_ms < self.due_ms else "met_late"
        if self.stopped_ms is not None:
            return "stopped"
        if now_ms >= self.due_ms:
            return "overdue"
        return "near" if self.due_ms - now_ms <= NEAR_MS[self.name] else "running"


def end_of_day(at_ms: int, days: int) -> int:
    """Return when the county's day `days` after the one that holds `at_ms` is over."""
    return day_start_ms(at_ms) + (days + 1) * DAY_MS


def clocks_of(service: str, matter: str | None, made_ms: int, steps: Sequence[Step], now_ms: int) -> list[Clock]:
    """Return the clocks of a visit by the steps of the county that stand, oldest first; none of a service served."""
    standing = [step for step in steps if step.withdrawn_ms is None]
    if service in {"legal_advice", "mediation"}:
        return [Clock("answer", made_ms, made_ms + ANSWER_MS, _first(standing, ANSWERS))]
    if service != "legal_aid":
        return []
    clocks = [_decision(matter, made_ms, standing, now_ms)]
    accepted_ms = _first(standing, {"accepted"})
    if accepted_ms is not None:
        after = standing[next(place for place, step in enumerate(standing) if step.state == "accepted") :]
        clocks.append(
            Clock("assign", accepted_ms, end_of_day(accepted_ms, ASSIGN_DAYS), _first(after, {"assigned", "closed"}))
        )
    return clocks


def _decision(matter: str | None, made_ms: int, steps: Sequence[Step], now_ms: int) -> Clock:
    """Return the clock of the decision: the days from the one notice of missing papers until they came do not count.

    Source: 办理法律援助案件程序规定 (time for papers is not counted). The law lets it be told once (一次性告知), so a
    second notice stops nothing. The kiosk names wage claims; whether their person is a migrant worker is sealed: all
    are hurried.
    """
    wages = matter == "wages"
    days = WAGES_DAYS if wages else DECIDE_DAYS
    met_ms = _first(steps, DECISIONS)
    notice = next((place for place, step in enumerate(steps) if step.state == "need_papers"), None)
    waited, stopped_ms = 0, None
    if notice is not None and (met_ms is None or steps[notice].at_ms <= met_ms):
        told_ms = steps[notice].at_ms
        came_ms = _first(steps[notice + 1 :], DECISIONS | {"papers_in"})
        stopped_ms = told_ms if came_ms is None else None
        waited = max(0, day_start_ms(now_ms if came_ms is None else came_ms) - day_start_ms(told_ms)) // DAY_MS
        if told_ms >= end_of_day(made_ms, days):
            waited, stopped_ms = 0, None  # it was too late before anybody was told
    return Clock("wages" if wages else "decide", made_ms, end_of_day(made_ms, days + waited), met_ms, stopped_ms)


def call_back_clocks(opened_ms: int, called_ms: int | None, fixed_ms: int | None) -> list[Clock]:
    """Return the clocks of a call-back: when somebody was reached (or cannot be), and when it was put right."""
    return [
        Clock(
            "call_back", opened_ms, end_of_day(opened_ms, CALL_BACK_DAYS), fixed_ms if called_ms is None else called_ms
        ),
        Clock("put_right", opened_ms, end_of_day(opened_ms, PUT_RIGHT_DAYS), fixed_ms),
    ]


def most_urgent(clocks: Iterable[Clock]) -> Clock | None:
    """Return the clock that runs out first; one that stands still only after all that run; None when all are met."""
    open_ones = [clock for clock in clocks if clock.met_ms is None]
    return min(open_ones, key=lambda clock: (clock.stopped_ms is not None, clock.due_ms), default=None)


def _first(steps: Iterable[Step], states: Iterable[str]) -> int | None:
    wanted = frozenset(states)
    return next((step.at_ms for step in steps if step.state in wanted), None)
