"""Faults by script: text in, timed faults out. Pure."""

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from station.errors import StationError
from station.fleet.lines import LineFault
from wire.video import FAULTS, FaultKind

Kind = Literal["silent", "dead", "town", "flap", "picture", "line"]

GRAMMAR = """\
Faults 故障脚本: KIND:WHO@T[+D], several separated by '/' or ','; T and D in seconds, T counts from the start.
silent:ID@T[+D]  stops speaking without closing its connection 静默
dead:ID@T[+D]    its connection is cut without a word 断线
flap:ID@T[+D]    its line is cut for some 3 s every 6, for D (default 60) 闪断
town:NAME@T+D    a whole town without power for D 全镇停电
picture:ID=FAULT@T[+D]  its camera shows a fault: black, covered, frozen … 摄像机画面故障
line:WHO=FAULT@T[+D]  the line of a station or town is bad 线路故障:
  loss20: 20 % lost each way 双向丢包; up20, down20: one way 上行、下行
  delay150: 150 ms longer there and back 时延"""

FLAP_FOR_S = 60.0

_FAULT = re.compile(
    r"(silent|dead|town|flap|picture|line):([^@/,=]+)(?:=([a-z_]+[0-9]*(?:\.[0-9]+)?))?"
    r"@([0-9]+(?:\.[0-9]+)?)(?:\+([0-9]+(?:\.[0-9]+)?))?"
)
_LINE = re.compile(r"(loss|up|down|delay)([0-9]+(?:\.[0-9]+)?)")
MOST_DELAY_MS = 1_500.0
"""More, and every reply is too late."""


class Fault(NamedTuple):
    """One station has this fault from `at_s` on, until `until_s` or the end."""

    kind: Kind
    station: str
    at_s: float
    until_s: float | None
    picture: FaultKind | None = None
    line: LineFault | None = None


def read_faults(text: str, towns: dict[str, Sequence[str]]) -> list[Fault]:
    """Return the faults of each station, by time; `towns` names the stations of each town.

    Raises StationError E-FLEET-02 for what is no fault, or of nobody here.
    """
    faults: list[Fault] = []
    stations = {station for members in towns.values() for station in members}
    for spec in filter(None, re.split(r"[/,\s]+", text)):
        match = _FAULT.fullmatch(spec)
        if match is None:
            raise StationError("E-FLEET-02", f"'{spec}' is no fault 无法识别的故障\n{GRAMMAR}")
        kind, who, what, at, during = match.groups()
        picture = next((known for known in FAULTS if known == what), None) if kind == "picture" else None
        line = line_fault(what or "") if kind == "line" else None
        is_named = kind in {"picture", "line"}
        if is_named != (what is not None) or (is_named and picture is None and line is None):
            raise StationError("E-FLEET-02", f"'{spec}' is no fault 无法识别的故障\n{GRAMMAR}")
        of_town = towns.get(who, ()) if kind in {"town", "line"} else ()
        members = of_town or ([who] if kind != "town" and who in stations else ())
        if not members:
            near = "、".join(towns) if kind in {"town", "line"} else "12-digit codes of this fleet 本批站点编码"
            raise StationError("E-FLEET-02", f"'{spec}': there is no '{who}' here 没有此对象; known: {near}")
        if kind == "town" and during is None:
            raise StationError("E-FLEET-02", f"'{spec}': say for how long, e.g. @{at}+60 请注明持续秒数")
        until_s = float(at) + float(during) if during else float(at) + FLAP_FOR_S if kind == "flap" else None
        faults += [Fault(kind, station, float(at), until_s, picture, line) for station in members]  # type: ignore[arg-type]
    return sorted(faults, key=lambda fault: fault.at_s)


def line_fault(text: str) -> LineFault | None:
    """Return what `loss20`, `up20`, `down20` or `delay150` does to a line; None when it is no such word."""
    match = _LINE.fullmatch(text)
    if match is None:
        return None
    kind, number = match[1], float(match[2])
    if number > (MOST_DELAY_MS if kind == "delay" else 100):
        return None
    share = number / 100
    return {
        "loss": LineFault(share, share),
        "up": LineFault(loss_up=share),
        "down": LineFault(loss_down=share),
        "delay": LineFault(delay_ms=number),
    }[kind]
