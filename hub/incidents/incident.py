"""An incident: one trouble with what people did about it (values only)."""

from typing import Final, Literal

from msgspec import Struct

from hub.incidents.trouble import Kind, Scope

State = Literal["new", "acknowledged", "dispatched", "resolved", "closed"]
"""采集 (opened by the machine) → 研判 acknowledged → 处置 dispatched, resolved → 督导 confirmed and closed."""
Step = Literal[
    "opened", "spread", "recovered", "returned", "absorbed", "acknowledged", "expired", "dispatched", "resolved",
    "closed", "reopened", "noted", "supervised", "escalated",
]  # fmt: skip


class Incident(Struct, frozen=True):
    """One incident as it stands now; its history are its steps."""

    id: str
    kind: Kind
    scope: Scope
    place: str
    """A town's name or a station's code; empty for hub and county."""
    name: str
    """As people call the place."""
    state: State
    priority: int
    """1 the highest … 3."""
    since_ms: int
    """When it came true, not when it was noticed."""
    noticed_ms: int
    stations: tuple[str, ...]
    """Those affected now, sorted."""
    reason: str = ""
    note: str = ""
    affected: int = 0
    """How many it ever affected."""
    recovered_ms: int | None = None
    """Since when nothing of it is left; None while it lasts."""
    owner: str | None = None
    """Who acknowledged it, or acts."""
    acknowledged_until_ms: int | None = None
    """When an acknowledgement expires and it counts as new again."""
    dispatched_to: str | None = None
    deadline_ms: int | None = None
    """By when it is to be repaired."""
    cause: str | None = None
    """What it was: one of CAUSES."""
    supervised: bool = False
    """督办: overdue."""
    level: int = 0
    """How far along the duty roster it was escalated."""
    times: int = 1
    """How often it came: more than once when it returned."""


CAUSES: Final[dict[str, tuple[str, str]]] = {
    "power": ("停电", "power"),
    "broadband": ("宽带线路", "broadband"),
    "lightning": ("雷击", "lightning"),
    "dirt": ("积尘污损", "dirt"),
    "damp": ("受潮", "damp"),
    "ageing": ("设备老化", "ageing"),
    "people": ("人为", "people"),
    "recovered": ("自行恢复", "recovered by itself"),
    "absorbed": ("并入上级事件", "part of a greater one"),
    "other": ("其他", "other"),
}
"""What an incident may have been (domain.md, 'Causes'), Chinese and English."""
