"""Faults by script: text in, timed faults out. Pure."""

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from station.errors import StationError
from wire.video import FAULTS, FaultKind

Kind = Literal["silent", "dead", "town", "flap", "picture"]

GRAMMAR = """\
Faults 故障脚本: KIND:WHO@T[+D], several separated by '/' or ','; T and D in seconds, T counts from the start.
silent:ID@T[+D]  stops speaking without closing its connection 静默
dead:ID@T[+D]    its connection is cut without a word 断线
flap:ID@T[+D]    its line is cut every few seconds, for D (default 60) 闪断
town:NAME@T+D    a whole town without power for D 全镇停电
picture:ID=FAULT@T[+D]  its camera shows a fault: black, covered, frozen … 摄像机画面故障"""

FLAP_FOR_S = 60.0

_FAULT = re.compile(
    r"(silent|dead|town|flap|picture):([^@/,=]+)(?:=([a-z_]+))?@([0-9]+(?:\.[0-9]+)?)(?:\+([0-9]+(?:\.[0-9]+)?))?"
)


class Fault(NamedTuple):
    """One station has this fault from `at_s` on, until `until_s` or the end."""

    kind: Kind
    station: str
    at_s: float
    until_s: float | None
    picture: FaultKind | None = None


def read_faults(text: str, towns: dict[str, Sequence[str]]) -> list[Fault]:
    """Return the faults of each station, by time; `towns` names the stations of each town.

    Raises StationError E-FLEET-02 for what is no fault, or of nobody here.
    """
    faults: list[Fault] = []
    stations = {station for members in towns.values() for station in members}
    for spec in filter(None, re.split(r"[/,\s]+", text)):
        match = _FAULT.fullmatch(spec)
        picture = None if match is None else next((kind for kind in FAULTS if kind == match[3]), None)
        if match is None or (match[1] == "picture") != (match[3] is not None) or (match[3] and picture is None):
            raise StationError("E-FLEET-02", f"'{spec}' is no fault 无法识别的故障\n{GRAMMAR}")
        kind, who, _, at, during = match.groups()
        members = towns.get(who, ()) if kind == "town" else [who] if who in stations else ()
        if not members:
            near = "、".join(towns) if kind == "town" else "12-digit codes of this fleet 本批站点编码"
            raise StationError("E-FLEET-02", f"'{spec}': there is no '{who}' here 没有此对象; known: {near}")
        if kind == "town" and during is None:
            raise StationError("E-FLEET-02", f"'{spec}': say for how long, e.g. @{at}+60 请注明持续秒数")
        until_s = float(at) + float(during) if during else float(at) + FLAP_FOR_S if kind == "flap" else None
        faults += [Fault(kind, station, float(at), until_s, picture) for station in members]  # type: ignore[arg-type]
    return sorted(faults, key=lambda fault: fault.at_s)
