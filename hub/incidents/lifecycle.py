"""采集 → 研判 → 处置 → 督导: what becomes of an incident by the machine and by time (pure); by people: `acts.py`.

Each function takes an incident and a moment and returns what it became and the steps of it to keep, or None where
nothing changes.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from msgspec.structs import replace

from hub.incidents.incident import MACHINE, Incident, Step
from hub.incidents.trouble import Absorbed, Began, Ended, Spread, Told, Trouble
from hub.local_time import UNIT_MS

HOUR_MS: Final = UNIT_MS["h"]
RETURNS_WITHIN_MS: Final = HOUR_MS
"""What comes again so soon after it was closed is the same incident; later it is closed for good."""
CLOSES_AFTER_MS: Final = 24 * HOUR_MS
"""What was resolved and did not return for so long closes by itself."""
SYSTEM_MS, USUAL_MS, MAJOR_MS = 2 * HOUR_MS, 24 * HOUR_MS, 48 * HOUR_MS
MAJOR_VILLAGES: Final = 20


class Entry(NamedTuple):
    """One step of an incident's history."""

    step: Step
    who: str
    """MACHINE where nobody did it."""
    note: str = ""


class Change(NamedTuple):
    """What an incident became, and the steps that tell of it, in order."""

    incident: Incident
    steps: tuple[Entry, ...]


def priority(trouble: Trouble, villages: int) -> int:
    """Return how important a trouble of so many villages is, 1 the highest … 3.

    ISA-18.2 wants about 5/15/80 %: single villages are 3, towns 2; the county, the hub itself and large towns are 1.
    """
    scope, down = trouble.node.scope, trouble.kind == "down"
    if trouble.kind in {"hub", "broker"} or (down and (scope == "county" or villages >= MAJOR_VILLAGES)):
        return 1
    return 3 if scope == "station" else 2


def repair_ms(incident: Incident) -> int:
    """Return how long a repair usually may take: 24 h, of a town or more 48 h, of the hub's own system 2 h."""
    if incident.kind in {"hub", "broker"}:
        return SYSTEM_MS
    return MAJOR_MS if incident.scope in {"town", "county"} else USUAL_MS


def may_return(incident: Incident, at_ms: int) -> bool:
    """Say whether an incident is not closed for good."""
    return incident.closed_ms is None or at_ms - incident.closed_ms <= RETURNS_WITHIN_MS


# What the machine tells.


def opened(began: Began, name: str, town: str, key: str, at_ms: int) -> Change:
    """Return the new incident `key` of a trouble at the place people call `name`."""
    trouble, villages = began.trouble, len(began.stations)
    incident = Incident(
        id=key, kind=trouble.kind, scope=trouble.node.scope, place=trouble.node.place, name=name, state="new",
        priority=priority(trouble, villages), since_ms=began.since_ms, noticed_ms=at_ms,
        stations=tuple(sorted(began.stations)), reason=began.reason, note=began.note, affected=villages, town=town,
        first_ms=began.since_ms, waiting_ms=at_ms,
    )  # fmt: skip
    return Change(incident, (Entry("opened", MACHINE, _why(began)),))


def took(incident: Incident, told: Told, into: str, at_ms: int) -> Change | None:
    """Take what the watch tells of its trouble; `into` names the greater incident, of what is part of one."""
    match told:
        case Began():
            return began_again(incident, told, at_ms)
        case Spread():
            return spread(incident, told.joined, told.left, at_ms)
        case Ended():
            return ended(incident, told.at_ms, told.reason, at_ms)
        case Absorbed():
            return absorbed(incident, into, at_ms)


def began_again(incident: Incident, began: Began, at_ms: int) -> Change | None:
    """Take that a trouble began of which this incident is open, or closed within the hour.

    What was over returned; of what lasts this is no news, but perhaps of other stations.
    """
    if incident.recovered_ms is None and incident.state != "resolved":
        return spread(incident, began.stations, set(incident.stations) - set(began.stations), at_ms)
    told = replace(incident, reason=began.reason, note=began.note)
    return _returned(told, began.since_ms, began.stations, _why(began), at_ms)


def spread(incident: Incident, joined: Iterable[str], left: Iterable[str], at_ms: int) -> Change | None:
    """Take that other stations are affected; where any join what was over, it returned; where all left, it is over."""
    was = set(incident.stations)
    more, less = set(joined) - was, set(left) & was
    stations = tuple(sorted((was | more) - less))
    if not more and not less:
        return None
    note = f"+{len(more)} -{len(less)} = {len(stations)}"
    if more and (incident.recovered_ms is not None or incident.state == "resolved"):
        return _returned(incident, at_ms, stations, note, at_ms)
    if not stations:
        return ended(incident, at_ms, note, at_ms)
    rank = min(incident.priority, priority(incident.trouble, len(stations)))
    step: Step = "grew" if rank < incident.priority else "spread"  # those who were told are told how large it became
    return Change(replace(incident, stations=stations, priority=rank), (Entry(step, MACHINE, note),))


def ended(incident: Incident, since_ms: int, reason: str, at_ms: int) -> Change | None:
    """Take that nothing of it is left since: it is resolved, but whoever was sent to it has to report."""
    if incident.recovered_ms is not None:
        return None
    return settled(replace(incident, recovered_ms=since_ms, stations=()), (Entry("recovered", MACHINE, reason),), at_ms)


def absorbed(incident: Incident, into: str, at_ms: int) -> Change | None:
    """Take that it is part of the greater incident `into`, and ends there, unless somebody was sent to it."""
    if incident.state == "closed":
        return None
    over = replace(incident, recovered_ms=incident.recovered_ms or at_ms, stations=())
    step = Entry("absorbed", MACHINE, into)
    if incident.state == "dispatched":
        return Change(over, (step,))
    over = replace(over, cause=incident.cause or "absorbed", resolved_ms=incident.resolved_ms or at_ms)
    return Change(closed(over, at_ms), (step, Entry("closed", MACHINE, into)))


# What time alone does (`escalation.py` says when).


def expired(incident: Incident, at_ms: int) -> Change:
    """Return an incident whose acknowledgement expired while it lasts: new again."""
    return Change(renewed(incident, at_ms), (Entry("expired", MACHINE, incident.owner or ""),))


def escalated(incident: Incident, level: int, to: str, at_ms: int) -> Change:
    """Return an incident that waited too long, one level on; `to` are the names of those who are told now."""
    return Change(replace(incident, level=level, waiting_ms=at_ms), (Entry("escalated", MACHINE, to),))


def supervised(incident: Incident, to: str) -> Change:
    """Return an incident that is overdue (督办); `to` is the leader of its area."""
    return Change(replace(incident, supervised=True, before=None), (Entry("supervised", MACHINE, to),))


def closed_by_time(incident: Incident, at_ms: int) -> Change:
    """Return an incident that did not return: closed."""
    return Change(closed(incident, at_ms), (Entry("closed", MACHINE, "no return"),))


# Where more than one way leads.


def renewed(incident: Incident, at_ms: int) -> Incident:
    """Return an incident as if nobody had done anything about it yet."""
    return replace(
        incident, state="new", owner=None, acknowledged_until_ms=None, dispatched_to=None, deadline_ms=None, cause=None,
        supervised=False, level=0, waiting_ms=at_ms, resolved_ms=None, closed_ms=None, before=None,
    )  # fmt: skip


def settled(incident: Incident, steps: tuple[Entry, ...], at_ms: int) -> Change:
    """Resolve what recovered and nobody was sent to; otherwise only take the steps."""
    if incident.state not in {"new", "acknowledged"}:
        return Change(incident, steps)
    over = replace(
        incident, state="resolved", cause="recovered", resolved_ms=at_ms, acknowledged_until_ms=None, waiting_ms=None,
        before=None, supervised=False,
    )  # fmt: skip
    return Change(over, (*steps, Entry("resolved", MACHINE, "recovered")))


def closed(incident: Incident, at_ms: int) -> Incident:
    """Return an incident closed; only what recovered is."""
    return replace(
        incident,
        state="closed",
        closed_ms=at_ms,
        acknowledged_until_ms=None,
        waiting_ms=None,
        supervised=False,
        before=None,
    )


def _returned(incident: Incident, since_ms: int, stations: Iterable[str], why: str, at_ms: int) -> Change:
    """Return one that is bad again; whoever was sent to it and did not report is still on it."""
    now = incident if incident.state == "dispatched" else renewed(incident, at_ms)
    there = tuple(sorted(stations))
    rank = min(incident.priority, priority(incident.trouble, len(there)))
    fresh = replace(
        now, times=incident.times + 1, since_ms=since_ms, recovered_ms=None, stations=there, priority=rank, before=None
    )
    return Change(fresh, (Entry("returned", MACHINE, why),))


def _why(began: Began) -> str:
    return f"{began.reason} {began.note}".rstrip()
