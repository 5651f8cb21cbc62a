"""Planned times in forms and sentences: what was asked for, and how one that stands is said (pure)."""

from collections.abc import Mapping
from typing import Final, get_args

from hub.desks.maintenance import Asked
from hub.health.every import WEEKDAYS, read_every
from hub.health.windows import Effect, Window, WindowKind
from hub.incidents.trouble import Node
from hub.local_time import UNIT_MS, length_words, written
from hub.store.windows import Planned
from hub.web.forms import bad_field
from hub.web.pages import Words

EFFECTS: Final[tuple[Effect, ...]] = get_args(Effect)
KINDS: Final[tuple[WindowKind, ...]] = get_args(WindowKind)


def asked_of(typed: Mapping[str, str], node: Node) -> Asked:
    """Return what a form asks for, as `hub maintenance add` would be told. Raises ProblemError E-WEB-06."""
    effect = next((one for one in EFFECTS if one == typed["effect"]), None)
    if effect is None or typed["kind"] not in KINDS:
        raise bad_field("effect", "choose one 请选择")
    kind = typed["kind"]
    return Asked(
        effect=effect,
        node=node,
        begin=typed["begin"] or None,
        until=typed["until"] or None,
        lasts=None if typed["until"] and kind != "recurring" else typed["lasts"] or None,
        every=every_of(typed) if kind == "recurring" else None,
        flexible=typed["flexible"] if kind == "flexible" else None,
        retroactive=bool(typed["retroactive"]),
    )


def every_of(typed: Mapping[str, str]) -> str:
    """Return when it recurs, as `hub/health/every.py` reads it."""
    days = ",".join(day for day in WEEKDAYS if typed[day])
    which = {"daily": "", "weekly": days, "monthly": typed["day"]}.get(typed["repeat"], "?")
    return " ".join(part for part in (typed["repeat"], which, typed["clock"]) if part)


def is_retroactive(planned: Planned) -> bool:
    """Say whether it was written down after it began."""
    return planned.window.from_ms < planned.made_ms - UNIT_MS["m"]


def where_of(node: Node, stations: int, names: Mapping[str, str], said: Words) -> str:
    """Return a place as people say it."""
    words = said["windows"]
    if node.scope == "station":
        return f"{names.get(node.place, '')} {node.place}".strip()
    name = words["county"] if node.scope == "county" else node.place
    return f"{name} · {words['stations'].format(stations)}"


def when_of(window: Window, said: Words) -> str:
    """Return when it holds as people say it."""
    words = said["windows"]
    parts = [f"{written(window.from_ms)} – {written(window.until_ms)}"]
    length = length_words(window.lasts_ms or window.until_ms - window.from_ms)
    lasts = said["length"].get(length, length)
    if window.kind == "recurring":
        parts = [_recurs(window.every or "", said), words["each"].format(lasts), *parts]
    elif window.kind == "flexible":
        parts.append(words["first_trouble"].format(lasts))
        if window.began_ms is not None:
            parts.append(words["began"].format(written(window.began_ms)))
    if window.ended_ms is not None and window.from_ms < window.ended_ms < window.until_ms:
        parts.append(words["early"].format(written(window.ended_ms)))
    return " · ".join(parts)


def _recurs(text: str, said: Words) -> str:
    every, words = read_every(text), said["windows"]
    time = f"{every.minute // 60:02d}:{every.minute % 60:02d}"
    if every.kind == "daily":
        return words["daily"].format(time)
    if every.kind == "weekly":
        return words["weekly"].format(
            words["comma"].join(said["window_weekday"][WEEKDAYS[day]] for day in every.days), time
        )
    end = f" ({words['month_end']})" if every.days[-1] > 28 else ""
    return words["monthly"].format(", ".join(map(str, every.days)), time) + end
