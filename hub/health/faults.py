"""From what stations said of their pictures to intervals: since when, until when, how bad (pure)."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from wire.health import State
from wire.life import CAMERA, DeviceState


class FaultSaid(NamedTuple):
    """One thing a station said of one fault, in the order of its own counting."""

    id: int
    camera: str
    fault: str
    change: str
    severity: float
    confidence: float
    began_ms: int
    shown_ms: int


class Interval(NamedTuple):
    """One fault from its beginning to its end."""

    id: int
    """Of the first thing said of it: grows with arrival."""
    camera: str
    fault: str
    raised_ms: int
    cleared_ms: int | None
    """None while nobody said that it is over."""
    severity: float
    """At its worst."""
    confidence: float
    said_ms: int
    """When the last was said of it: never before its beginning."""


def pair(said: Iterable[FaultSaid]) -> list[Interval]:
    """Return the intervals, the newest first.

    Raised again while open, it is the same one: the station was started anew and sees it still. Cleared without having
    been raised, the record itself tells since when: the first was lost or is of another spool.
    """
    open_ones: dict[tuple[str, str], Interval] = {}
    closed: list[Interval] = []
    for one in said:
        key = (one.camera, one.fault)
        began_ms = min(one.began_ms, one.shown_ms)
        whole = open_ones.get(key) or Interval(one.id, *key, began_ms, None, 0.0, 0.0, 0)
        whole = whole._replace(
            severity=max(whole.severity, one.severity),
            confidence=max(whole.confidence, one.confidence),
            said_ms=max(whole.said_ms, one.shown_ms),
        )
        if one.change == "raised":
            open_ones[key] = whole
        elif one.change == "cleared":
            open_ones.pop(key, None)
            closed.append(whole._replace(cleared_ms=max(whole.raised_ms, one.shown_ms)))
    return sorted([*closed, *open_ones.values()], key=lambda interval: interval.id, reverse=True)


def is_outlived(interval: Interval, state: State, cameras: Mapping[str, DeviceState]) -> bool:
    """Say whether an interval nobody closed is over all the same: its camera is said to be ok now, or is no more.

    A station that was cut off in the midst of a fault, and found it gone when it came back, never says that it ended.
    A camera ok since before the fault was said (it began a while before that) is the older word: it ends nothing.
    """
    if interval.cleared_ms is not None or state != "online" or not cameras:
        return False
    camera = cameras.get(CAMERA + interval.camera)
    if camera is None:
        return True
    return camera.state == "ok" and camera.since_ms is not None and camera.since_ms > interval.said_ms
