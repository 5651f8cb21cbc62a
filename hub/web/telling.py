"""Incidents and lines as sentences and figures of a page that the server draws (pure)."""

from hub.health.lines import LegNow, shown_state
from hub.web.attention import Line
from hub.web.pages import Words, duration_of, moment_of


def place_of(line: Line, said: Words) -> str:
    """Return where it is."""
    if line.scope == "hub":
        return said["incident"]["centre"]
    if line.scope == "county":
        return said["incident"]["whole_county"]
    return f"{line.town} {line.name}".strip() if line.scope == "station" else line.name


def what_of(line: Line, said: Words) -> str:
    """Return what is wrong: of a picture which fault; and how often it came when that is not once."""
    fault = f" · {said['why'].get(line.why, line.why)}" if line.why else ""
    again = f" · {said['incident']['returned'].format(line.times)}" if line.times > 1 else ""
    return said["kind"].get(line.kind, line.kind) + fault + again


def extent_of(line: Line, said: Words) -> str:
    """Return how many villages of how many; of one that is over, how many it ever had; empty of a single village."""
    if line.scope in {"hub", "station"}:
        return ""
    number = line.ever if line.recovered_ms is not None else line.now
    return said["incident"]["of"].format(number, max(line.of, number))


def state_of(line: Line, said: Words) -> str:
    """Return who has it and how it stands."""
    owner = f"{line.owner} " if line.owner else ""
    stands = owner + said["incident_state"][line.state]
    if line.recovered_ms is None:
        return f"{stands} · {said['incident']['still_bad']}" if line.state == "resolved" else stands
    return stands if line.state == "closed" else f"{said['incident']['recovered']} · {stands}"


def due_of(line: Line, said: Words, now_ms: int) -> str:
    """Return by when it is to be repaired, or by how much it is late; empty when nobody said."""
    words, late = said["incident"], ""
    if line.deadline_ms is not None and line.recovered_ms is None and line.state == "dispatched":
        over_ms = now_ms - line.deadline_ms
        overdue, by = duration_of(over_ms, said), moment_of(line.deadline_ms, now_ms)
        late = words["overdue"].format(overdue) if over_ms > 0 else words["by"].format(by)
    return f"{words['supervised']} {late}".strip() if line.supervised else late


def sentence(line: Line, said: Words, now_ms: int) -> str:
    """Return an incident in one sentence."""
    since = f"{said['text']['since']} {moment_of(line.since_ms, now_ms)}"
    rank = said["priority"][str(line.priority)]
    parts = [
        f"{rank} {place_of(line, said)} {what_of(line, said)} {extent_of(line, said)}".rstrip(),
        f"{since} ({lasting_of(line, said, now_ms)})",
        state_of(line, said),
        due_of(line, said, now_ms),
    ]
    return " · ".join(part for part in parts if part)


def lasting_of(line: Line, said: Words, now_ms: int) -> str:
    """Return how long it lasts, or lasted; what was closed although it was still bad lasted until then."""
    ends_ms = next((at_ms for at_ms in (line.recovered_ms, line.closed_ms) if at_ms is not None), now_ms)
    return duration_of(ends_ms - line.since_ms, said)


def leg_of(leg: LegNow | None, station_state: str, now_ms: int) -> dict[str, object] | None:
    """Return a village's line as its card shows it: losses as shares, times in ms; None when it was never measured.

    One that is not measured now is so since it was last, with the figures of then.
    """
    if leg is None:
        return None
    state = shown_state(leg, station_state, now_ms)
    return {
        "state": state,
        "since": leg.at_ms if state == "unmeasured" else leg.since_ms,
        "up": leg.loss_up,
        "down": leg.loss_down,
        "rtt": leg.rtt_p50_ms,
        "jitter": leg.jitter_ms,
        "at": leg.at_ms,
    }
