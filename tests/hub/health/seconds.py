"""Availability the plain way: every second of a random history is asked for itself. Knows nothing of spans."""

import datetime as dt
import random
from itertools import pairwise
from typing import NamedTuple

from hub.health.availability import Camera, Level, Said, ServiceChange, Tally
from hub.health.faults import Interval
from hub.health.windows import Window
from hub.incidents.trouble import Node

CHINA = dt.timezone(dt.timedelta(hours=8))
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
STATION, TOWN, OTHER = "999999101001", "测试镇", "别的镇"
LEVELS: tuple[Level, ...] = ("up", "down", "unknown")
NODES = (Node("county"), Node("town", TOWN), Node("town", OTHER), Node("station", STATION))


class Drawn(NamedTuple):
    """One random county of one village, in whole seconds; every time in ms."""

    edge_ms: int
    """Where a month ends."""
    reach_s: int
    said: list[Said]
    changes: list[ServiceChange]
    windows: list[Window]
    lives: list[tuple[int, int]]
    """Started and last alive, of each run of the hub."""
    cameras: dict[str, Camera]


def drawn(seed: int, reach_s: int = 900) -> Drawn:
    """Draw a history around the end of a month: clocks that step, windows that overlap, hubs that were away."""
    chance = random.Random(seed)
    year, month = chance.choice([(2026, 11), (2026, 12), (2027, 1), (2027, 3), (2028, 3), (2028, 5)])
    edge_ms = int(dt.datetime(year, month, 1, tzinfo=CHINA).timestamp()) * 1000

    def moment() -> int:
        return edge_ms + chance.randint(-reach_s - 300, reach_s + 300) * 1000

    def moments(count: int) -> list[int]:
        """Return times in order, but for some that a clock set back makes earlier, and some that are equal."""
        times = sorted(moment() for _ in range(count))
        for index in range(1, count):
            if chance.random() < 0.1:
                times[index] = times[index - 1] - chance.choice([0, 0, 1000, 60_000, 400_000])
        return times

    def said(most: int) -> list[Said]:
        return [Said(at_ms, chance.choice(LEVELS)) for at_ms in moments(chance.randint(0, most))]

    changes = [ServiceChange(at_ms, chance.random() < 0.7) for at_ms in moments(chance.randint(0, 3))]
    if chance.random() < 0.8:
        changes.insert(0, ServiceChange(edge_ms - 10**9, True))
    lives, at_ms = [], edge_ms - (reach_s + 400) * 1000
    while at_ms < edge_ms + (reach_s + 400) * 1000:
        alive_ms = at_ms + chance.randint(0, 1500) * 1000
        lives.append((at_ms, alive_ms))
        at_ms = alive_ms + chance.choice([-120, 0, 0, 1, 30, 200]) * 1000
    cameras = {}
    for name in ("hall", "door")[: chance.randint(0, 2)]:
        faults = []
        for key in range(chance.randint(0, 3)):
            raised_ms = moment()
            said_ms = raised_ms + chance.randint(0, 60) * 1000
            cleared_ms = None if chance.random() < 0.4 else said_ms + chance.randint(0, 500) * 1000
            faults.append(Interval(key, name, "black", raised_ms, cleared_ms, 0.5, 0.5, said_ms))
        gone = {} if chance.random() < 0.8 else {"gone_ms": moment()}
        cameras[name] = Camera(said(8), faults, **gone)
    windows = [_window(chance, key, edge_ms, reach_s) for key in range(chance.randint(0, 4))]
    return Drawn(edge_ms, reach_s, said(14), changes, windows, lives, cameras)


def _window(chance: random.Random, key: int, edge_ms: int, reach_s: int) -> Window:
    from_ms = edge_ms + chance.randint(-reach_s - 300, reach_s) * 1000
    until_ms = from_ms + chance.randint(1, reach_s // 2) * 1000
    effect = chance.choice(["maintenance", "maintenance", "maintenance", "no_alerts"])
    window = Window(str(key), effect, chance.choice(NODES), "fixed", from_ms, until_ms)  # type: ignore[arg-type]
    kind = chance.choice(["fixed", "fixed", "flexible", "recurring"])
    lasts_ms = chance.randint(1, max(1, reach_s // 120)) * 60_000
    if kind == "flexible":
        began_ms = None if chance.random() < 0.2 else chance.randrange(from_ms, until_ms, 1000)
        window = window._replace(kind="flexible", lasts_ms=lasts_ms, began_ms=began_ms)
    elif kind == "recurring":
        minute = dt.datetime.fromtimestamp(edge_ms // 1000 + chance.randint(-20, 20) * 60, CHINA)
        days = chance.sample(range(1, 32), 2) if chance.random() < 0.5 else [minute.day, chance.choice([29, 30, 31])]
        every = chance.choice(
            [
                f"daily {minute:%H:%M}",
                f"weekly {WEEK[minute.weekday()]},{chance.choice(WEEK)} {minute:%H:%M}",
                f"monthly {days[0]},{days[1]} {minute:%H:%M}",
            ]
        )
        window = window._replace(kind="recurring", lasts_ms=lasts_ms, every=every, from_ms=from_ms - 3 * 86_400_000)
    if chance.random() < 0.3:
        window = window._replace(ended_ms=edge_ms + chance.randint(-reach_s - 600, reach_s + 300) * 1000)
    return window


# --- each second for itself ---


def holds(window: Window, at_ms: int) -> bool:
    """Say whether a window holds at one moment."""
    if window.ended_ms is not None and at_ms >= window.ended_ms:
        return False
    if window.kind == "fixed":
        return window.from_ms <= at_ms < window.until_ms
    lasts_ms = window.lasts_ms or 0
    if window.kind == "flexible":
        return window.began_ms is not None and window.began_ms <= at_ms < window.began_ms + lasts_ms
    if at_ms >= window.until_ms:
        return False
    minute_ms = at_ms // 60_000 * 60_000
    while minute_ms > at_ms - lasts_ms:
        if window.from_ms <= minute_ms and _begins(window.every or "", minute_ms):
            return True
        minute_ms -= 60_000
    return False


def _begins(every: str, at_ms: int) -> bool:
    local = dt.datetime.fromtimestamp(at_ms // 1000, CHINA)
    words = every.split()
    if words[-1] != f"{local:%H:%M}":
        return False
    if words[0] == "daily":
        return True
    if words[0] == "weekly":
        return WEEK[local.weekday()] in words[1].split(",")
    wanted = [int(day) for day in words[1].split(",")]
    following = local + dt.timedelta(days=1)
    return local.day in wanted or (following.month != local.month and any(day > local.day for day in wanted))


def level_at(said: list[Said] | tuple[Said, ...], at_ms: int) -> Level:
    """Return what the last word about this moment says."""
    level: Level = "unknown"
    for one in said:
        if one.at_ms <= at_ms:
            level = one.level
    return level


def in_service(changes: list[ServiceChange], at_ms: int) -> bool:
    spells: list[list[int]] = []
    serving = False
    for change in changes:
        if change.starts:
            if serving:
                spells[-1][0] = change.at_ms
            else:
                spells.append([change.at_ms, 2**62])
        elif serving:
            spells[-1][1] = change.at_ms
        serving = change.starts
    return any(begin <= at_ms < end for begin, end in spells)


def was_away(lives: list[tuple[int, int]], at_ms: int) -> bool:
    """Say whether no hub looked: before the first, or between two runs; the last is alive still."""
    if at_ms < lives[0][0]:
        return True
    return any(alive <= at_ms < started for (_, alive), (started, _) in pairwise(lives))


def camera_at(camera: Camera, village: Level, at_ms: int) -> Level:
    if village != "up":
        return village
    for fault in camera.faults:
        end_ms = fault.cleared_ms
        if end_ms is None:
            later = [one.at_ms for one in camera.said if one.level == "up" and one.at_ms > fault.said_ms]
            end_ms = min(later) if later else 2**62
        if fault.raised_ms <= at_ms < end_ms:
            return "down"
    return level_at(list(camera.said), at_ms)


def by_seconds(history: Drawn, from_ms: int, until_ms: int) -> dict[str, Tally]:
    """Return the village (under "") and each camera, counted second by second."""
    seconds: dict[str, list[Level | None]] = {name: [] for name in ("", *history.cameras)}
    mine = {Node("county"), Node("town", TOWN), Node("station", STATION)}
    planned = [one for one in history.windows if one.effect == "maintenance" and one.node in mine]
    for at_ms in range(from_ms, until_ms, 1000):
        serves = in_service(history.changes, at_ms) and not any(holds(one, at_ms) for one in planned)
        village = "unknown" if was_away(history.lives, at_ms) else level_at(history.said, at_ms)
        seconds[""].append(village if serves else None)
        for name, camera in history.cameras.items():
            level = camera_at(camera, village, at_ms)
            seconds[name].append(level if serves and at_ms < camera.gone_ms else None)
    return {name: _counted(levels) for name, levels in seconds.items()}


def _counted(levels: list[Level | None]) -> Tally:
    runs, run = [], 0
    for level in [*levels, None]:
        if level == "down":
            run += 1
        elif run:
            runs.append(run)
            run = 0
    return Tally(
        1000 * sum(level is not None for level in levels),
        1000 * levels.count("up"),
        1000 * levels.count("down"),
        len(runs),
        1000 * max(runs, default=0),
    )
