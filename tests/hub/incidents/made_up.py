"""Troubles and incidents that are made up for tests."""

from hub.incidents.acts import Act, act
from hub.incidents.incident import Incident, Step
from hub.incidents.lifecycle import opened
from hub.incidents.trouble import Began, Kind, Node, Trouble

T0 = 1_795_838_400_000
"""2026-11-28 12:00 in China, a Saturday."""
TOWN, VILLAGES = "测试1镇", ("999999101001", "999999101002", "999999101003")
MINUTE_MS = 60_000
HUB = Trouble("hub", Node("hub"))


def trouble(kind: Kind = "down", place: str = VILLAGES[0]) -> Trouble:
    return Trouble(kind, Node("station" if place.isdigit() else "town", place))


def began(what: Trouble | None = None, *stations: str, since_ms: int = T0 - 5_000) -> Began:
    return Began(what or trouble(), since_ms, stations or VILLAGES[:1], "died", "2/2")


def new(what: Trouble | None = None, *stations: str) -> Incident:
    """Return an incident that was opened at T0."""
    told = began(what, *stations)
    town = TOWN if told.trouble.node.scope in {"town", "station"} else ""
    return opened(told, "第1村", town, "261128-001", T0).incident


def after(incident: Incident, *deeds: Act, at_ms: int = T0, mine: Step | None = None) -> Incident:
    """Return an incident after these acts at one moment."""
    for deed in deeds:
        incident = act(incident, deed, at_ms, mine).incident
    return incident
