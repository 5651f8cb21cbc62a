"""A release goes through the fleet in waves, and stops where stations fail: rules without I/O.

A wave begins when the one before it has settled; what fails beyond the limit pauses all, and only people go on. A
station that is away holds nobody up and is ordered when it comes back (after Omaha's and Mender's phased roll-outs).
"""

import hashlib
import re
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from hub.errors import HubError

Outcome = Literal["settled", "failed", "already", "left_out"]
"""`already`: it ran this release, or a newer one, before it was ordered; `left_out`: by people."""
State = Literal["running", "paused", "done", "cancelled"]

HOUR_MS: Final = 3_600_000
LATE_AFTER_MS: Final = 26 * HOUR_MS
"""A station may wait for its villagers and then for the night; one that is there and says nothing after that failed."""
LATE: Final = "late"
CAME_BACK: Final = "rolled_back"
"""It ran the release and runs another again."""
MOST_AT_ONCE: Final = 20
"""So many fetch at one time: the centre's line carries calls and pictures too."""
MOST_TRIES: Final = 6
"""Orders that nothing came of, each good for an hour; then the station is late."""
_WAVE = re.compile(r"([1-9][0-9]{0,4})(%?)")


class Plan(NamedTuple):
    """How a release goes through the fleet."""

    sequence: int
    ends: tuple[int, ...]
    """How many stations each wave goes up to; the last is all of them."""
    soak_ms: int
    """How long a station must run it before it counts."""
    most_failed: int
    """One failure more than these pauses all."""

    def wave_of(self, place: int) -> int:
        """Return in which wave a station is by its turn, from 1."""
        return next(number for number, end in enumerate(self.ends, 1) if place < end)


class Standing(NamedTuple):
    """One station in a roll-out, as it stands now."""

    station: str
    place: int
    """Its turn, from 0."""
    online: bool
    release: int | None
    """Sequence of what it runs, None where that is not known."""
    ordered_ms: int | None = None
    """When it was first ordered."""
    order_open: bool = False
    """An order waits for its answer, or was taken and waits for what comes of it."""
    tries: int = 0
    said: str | None = None
    """Code of a failure that it told of."""
    running_ms: int | None = None
    """Since when it was seen to run the release."""
    outcome: Outcome | None = None


class Decided(NamedTuple):
    """What is to be done now."""

    order: tuple[str, ...]
    running: tuple[str, ...]
    """Seen to run the release for the first time."""
    outcomes: tuple[tuple[str, Outcome, str], ...]
    """Station, outcome, and the code of a failure."""
    wave: int
    """The wave that is under way, from 0."""
    state: State
    failed: int
    """Stations that failed."""


def read_waves(text: str, stations: int) -> tuple[int, ...]:
    """Return up to which station each wave goes: `1,5%,25%,100%` of 400 is (1, 20, 100, 400).

    Raises HubError E-ROLL-01 for what is no list of growing waves. All stations are the last wave, said or not.
    """
    ends: list[int] = []
    for part in text.split(","):
        found = _WAVE.fullmatch(part.strip())
        if found is None or (found[2] and int(found[1]) > 100):
            raise HubError("E-ROLL-01", f"'{part.strip()}': waves are like 1,5%,25%,100% 批次应如 1,5%,25%,100%")
        end = -(-int(found[1]) * stations // 100) if found[2] else int(found[1])
        if ends and end < ends[-1]:
            raise HubError("E-ROLL-01", f"'{part.strip()}': each wave is larger than the one before 各批应递增")
        if not ends or end > ends[-1]:
            ends.append(min(end, stations))
    return tuple(dict.fromkeys([*ends, stations]))


def turns(key: str, stations: Sequence[tuple[str, str]]) -> list[str]:
    """Return station ids in the order they are taken, `stations` being (id, town): each wave is spread over the towns.

    Drawn from `key`, so that the same roll-out has the same order on every hub, and no village is always the first.
    """
    by_town: dict[str, list[str]] = {}
    for station, town in sorted(stations, key=lambda one: _draw(key, one[0])):
        by_town.setdefault(town, []).append(station)
    towns = sorted(by_town, key=lambda town: _draw(key, town))
    longest = max((len(members) for members in by_town.values()), default=0)
    return [by_town[town][row] for row in range(longest) for town in towns if row < len(by_town[town])]


def decide(
    plan: Plan, standings: Sequence[Standing], at_ms: int, *, ahead: int = 0, paused_in: int | None = None
) -> Decided:
    """Return what is to be done now; `standings` in the order of their turns, `ahead` is the wave people went on to.

    Paused in a wave, nobody is ordered and nothing goes on by itself; what becomes of those ordered is still said.
    """
    running: list[str] = []
    outcomes: list[tuple[str, Outcome, str]] = []
    now: list[Standing] = []
    for one in standings:
        outcome, code = (one.outcome, "") if one.outcome else _outcome_of(one, plan, at_ms)
        if outcome != one.outcome and outcome is not None:
            outcomes.append((one.station, outcome, code))
        if outcome is None and one.release == plan.sequence and one.running_ms is None and one.ordered_ms is not None:
            running.append(one.station)
        now.append(one._replace(outcome=outcome))
    failed = sum(one.outcome == "failed" for one in now)
    wave = max(ahead, _wave(plan, now)) if paused_in is None else paused_in
    state: State = "running"
    if paused_in is not None or failed > plan.most_failed:
        state = "paused"
    elif all(one.outcome is not None for one in now):
        state = "done"
    order = _due(plan, now, wave) if state == "running" else []
    return Decided(tuple(order), tuple(running), tuple(outcomes), wave, state, failed)


def _outcome_of(one: Standing, plan: Plan, at_ms: int) -> tuple[Outcome | None, str]:
    """Return what became of a station, if that is known now."""
    if one.said is not None:
        return "failed", one.said
    if one.release is not None and one.release > plan.sequence:
        return "already", ""
    if one.release == plan.sequence:
        if one.ordered_ms is None:
            return "already", ""
        long_enough = one.running_ms is not None and at_ms - one.running_ms >= plan.soak_ms
        return ("settled", "") if long_enough and one.online else (None, "")
    if one.running_ms is not None and one.release is not None:
        return "failed", CAME_BACK
    over = one.ordered_ms is not None and at_ms - one.ordered_ms >= LATE_AFTER_MS
    tried = one.tries >= MOST_TRIES and not one.order_open
    return ("failed", LATE) if one.online and (over or tried) else (None, "")


def _wave(plan: Plan, now: Sequence[Standing]) -> int:
    """Return the wave under way: the first that is not through.

    One is through when none of it is at work any more and half of it (at least one) runs the release well; stations
    that are away are nobody's proof, so a wave that is away whole lets none through.
    """
    begin = 0
    for number, end in enumerate(plan.ends):
        members = now[begin:end]
        well = sum(one.outcome in {"settled", "already"} for one in members)
        counted = [one for one in members if one.outcome != "left_out"]
        at_work = any(one.outcome is None and (one.online or one.order_open) for one in members)
        if at_work or (counted and well < max(1, -(-len(counted) // 2))):
            return number
        begin = end
    return len(plan.ends) - 1


def _due(plan: Plan, now: Sequence[Standing], wave: int) -> list[str]:
    """Return who is ordered now: whoever of the waves so far is there and has no order under way."""
    waves = now[: plan.ends[wave]] if plan.ends else []
    busy = sum(one.outcome is None and one.order_open for one in now)
    waiting = [
        one.station
        for one in waves
        if one.outcome is None
        and one.online
        and not one.order_open
        and one.release != plan.sequence
        and one.tries < MOST_TRIES
    ]
    return waiting[: max(0, MOST_AT_ONCE - busy)]


def _draw(key: str, text: str) -> bytes:
    return hashlib.sha256(f"{key}\0{text}".encode()).digest()
