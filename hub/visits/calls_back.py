"""Calling people back (回访): which ratings ask for it, and how one stands by the calls that were made (pure)."""

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from hub.visits.clocks import Clock, call_back_clocks

BAD_AT_MOST: Final = 2
"""不满意 and 非常不满意 (5 is the best)."""

RESULTS: Final = ("reached", "no_answer", "no_way")
"""Spoken with them; nobody answered (it is still due); there is no way to reach them: no telephone, anonymous."""

Stage = Literal["to_call", "to_fix", "fixed"]


class Call(NamedTuple):
    """One call that somebody of the county made."""

    at_ms: int
    who: str
    result: str
    satisfied: bool | None
    """What they said; None when nobody was spoken with, or they did not say."""
    note: bytes | None
    """Sealed, as steps are."""

    def __repr__(self) -> str:
        return f"Call({self.at_ms} {self.result})"


def called_ms(calls: Sequence[Call]) -> int | None:
    """Return when the duty to call was met: somebody was reached, or it was found that nobody can be."""
    return next((call.at_ms for call in calls if call.result != "no_answer"), None)


def stage_of(calls: Sequence[Call], fixed_ms: int | None) -> Stage:
    """Return what is to be done next."""
    if fixed_ms is not None:
        return "fixed"
    return "to_call" if called_ms(calls) is None else "to_fix"


def clocks(opened_ms: int, calls: Sequence[Call], fixed_ms: int | None) -> list[Clock]:
    """Return its two clocks."""
    return call_back_clocks(opened_ms, called_ms(calls), fixed_ms)


def satisfied_now(calls: Sequence[Call]) -> bool | None:
    """Return what was said last; None while nobody said anything."""
    return next((call.satisfied for call in reversed(calls) if call.satisfied is not None), None)
