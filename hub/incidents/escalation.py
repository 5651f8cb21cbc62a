"""What time alone does to an incident, and when (pure): acknowledgement expires, nobody answers, overdue, closed."""

from typing import Final

from msgspec.structs import replace

from hub.incidents.duty import LEADER, Roster, areas_of, names_of
from hub.incidents.incident import Incident
from hub.incidents.lifecycle import CLOSES_AFTER_MS, HOUR_MS, Change, closed_by_time, escalated, expired, supervised
from hub.local_time import written

UNANSWERED_MS: Final = {1: HOUR_MS // 6, 2: HOUR_MS // 2, 3: 2 * HOUR_MS}
"""By priority: how long one level has to acknowledge before the next is told."""


def due_ms(incident: Incident) -> int | None:
    """Return when time alone does something next; None when never, as long as nothing else happens."""
    match incident.state:
        case "new":
            since_ms = incident.waiting_ms
            waits = since_ms is not None and incident.level < LEADER
            return (since_ms or 0) + UNANSWERED_MS[incident.priority] if waits else None
        case "acknowledged":
            return incident.acknowledged_until_ms
        case "dispatched":
            return None if incident.supervised else incident.deadline_ms
        case "resolved":
            since_ms = incident.recovered_ms
            return None if since_ms is None else max(since_ms, incident.resolved_ms or 0) + CLOSES_AFTER_MS
        case "closed":
            return None


def passed(incident: Incident, roster: Roster, at_ms: int, *, silent: bool = False) -> Change | None:
    """Return what time has done to an incident by now, each once; None when nothing is due.

    None too where nobody further along is on duty: then it goes on waiting. It waits anew, from now on, for an answer
    of those who could not be told at once: it was `silent` (a planned time), or nobody was on duty.
    """
    limit_ms = due_ms(incident)
    if limit_ms is None or at_ms < limit_ms:
        return None
    match incident.state:
        case "new":
            return _unanswered(incident, roster, at_ms, silent=silent)
        case "acknowledged":
            return expired(incident, at_ms)
        case "dispatched":
            repaired = "" if incident.recovered_ms is None else ", 已恢复未反馈 recovered, no report"
            to = names_of(roster.leaders(areas_of(incident), at_ms)) or "-"
            return supervised(incident, f"→ {to} 超期 overdue since {written(limit_ms)}{repaired}")
        case _:
            return closed_by_time(incident, at_ms)


def _unanswered(incident: Incident, roster: Roster, at_ms: int, *, silent: bool) -> Change | None:
    areas = areas_of(incident)
    told = incident.level or roster.first_level(areas, incident.waiting_ms or 0)
    if silent or (told is None and roster.first_level(areas, at_ms) is not None):
        return Change(replace(incident, waiting_ms=at_ms), ())
    level = roster.next_level(areas, told or 0, at_ms)
    if level is None:
        return None
    return escalated(incident, level, f"→ {names_of(roster.on_duty(areas, level, at_ms))}", at_ms)
