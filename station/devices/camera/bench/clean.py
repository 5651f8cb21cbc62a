"""False alarms per camera-day: hours of good video, looped, through the doctor, as fast as it can be decoded."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from station.devices.camera.bench.cases import clean
from station.devices.camera.bench.film import encode, repeat
from station.devices.camera.bench.material import FRAMES_PER_S, Material
from station.devices.camera.bench.score import Told
from station.devices.camera.examination import Examine, examined

LOOP_S: Final = 180
"""Longer than the longest clip played there and back; its seam is a cut like any other."""
HOUR_S: Final = 3600
LEARN_S: Final = 60.0
KBIT_PER_S: Final = 400
AN_INSTANT_H: Final = 0.001


class Watched(NamedTuple):
    """Some hours of one material, and what was raised in them."""

    material: str
    hours: float
    alarms: tuple[Told, ...]
    """Seconds count from the beginning."""


def watch(materials: Sequence[Material], hours: float, on_hour: Callable[[Watched], None]) -> list[Watched]:
    """Watch so many hours of each material; `on_hour` hears how it stands after each.

    Raises DeviceError when FFmpeg is missing or fails.
    """
    return [_watch(material, hours, on_hour) for material in materials]


def _watch(material: Material, hours: float, on_hour: Callable[[Watched], None]) -> Watched:
    seen = Watched(material.name, 0.0, ())
    background = None
    with tempfile.TemporaryDirectory(prefix="camera-bench-") as folder:
        film, looped = Path(folder) / "film.ts", Path(folder) / "looped.ts"
        encode(clean(material, 0, LOOP_S), FRAMES_PER_S, KBIT_PER_S, film)
        repeat(film, min(hours * HOUR_S, HOUR_S), looped)
        while seen.hours < hours - AN_INSTANT_H:
            # Each hour goes on from what the hour before has learnt.
            raised, summary = examined(Examine(str(looped), LEARN_S, background=background, keep_background=True))
            background = summary.background
            begun_s = seen.hours * HOUR_S
            alarms = [Told(one.kind, round(begun_s + one.t, 1)) for one in raised]
            seen = Watched(material.name, seen.hours + summary.media_s / HOUR_S, (*seen.alarms, *alarms))
            on_hour(seen)
            if summary.media_s <= 0:
                break
    return seen


def as_json(watched: Sequence[Watched]) -> dict[str, Any]:
    """Return the sum and each material's share."""
    return {
        "hours": round(sum(one.hours for one in watched), 3),
        "false_alarms": sum(len(one.alarms) for one in watched),
        "false_alarms_per_camera_day": per_day(watched),
        "materials": [
            {"material": one.material, "hours": round(one.hours, 3), "alarms": [[*alarm] for alarm in one.alarms]}
            for one in watched
        ],
    }


def per_day(watched: Sequence[Watched]) -> float | None:
    """Return false alarms per camera-day; None when nothing was watched."""
    hours = sum(one.hours for one in watched)
    return round(24 * sum(len(one.alarms) for one in watched) / hours, 3) if hours else None


def line(watched: Watched) -> str:
    """Return one line for a terminal."""
    told = "".join(f"\n  {alarm.kind} at {alarm.after_s:.0f} s" for alarm in watched.alarms[-20:])
    return f"{watched.material}: {watched.hours:.2f} h, {len(watched.alarms)} false alarms 误报{told}"
