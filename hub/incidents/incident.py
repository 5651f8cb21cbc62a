"""An incident: one trouble with what people did about it (values only)."""

from typing import Any, Final, Literal

from msgspec import Struct, to_builtins

from hub.incidents.trouble import Kind, Node, Scope, Trouble

State = Literal["new", "acknowledged", "dispatched", "resolved", "closed"]
"""采集 (opened by the machine) → 研判 acknowledged → 处置 dispatched, resolved → 督导 confirmed and closed."""
Step = Literal[
    "opened", "spread", "grew", "recovered", "returned", "absorbed", "acknowledged", "expired", "dispatched",
    "resolved", "closed", "reopened", "noted", "supervised", "escalated", "undone",
]  # fmt: skip
MACHINE: Final = ""
"""Who did what nobody did: the hub itself, or time."""


class Before(Struct, frozen=True, omit_defaults=True):
    """What somebody's last act changed, as it was before: whoever did it may take it back."""

    who: str
    step: Step
    state: State
    recovered_ms: int | None = None
    owner: str | None = None
    acknowledged_until_ms: int | None = None
    dispatched_to: str | None = None
    deadline_ms: int | None = None
    cause: str | None = None
    supervised: bool = False
    level: int = 0


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
    """When it came true, this time; not when it was noticed."""
    noticed_ms: int
    """When it was opened."""
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
    """督办: overdue, or a supervisor said so; until somebody is sent, or whoever was sent reports."""
    level: int = 0
    """How far along the duty roster it was escalated; 0 is not at all (`hub/incidents/duty.py`)."""
    times: int = 1
    """How often it came: more than once when it returned."""
    town: str = ""
    """The town it is in; empty for hub and county."""
    first_ms: int = 0
    """When it first came true: before `since_ms` when it returned."""
    waiting_ms: int | None = None
    """Since when those told last have not acknowledged it; None unless it is new."""
    resolved_ms: int | None = None
    closed_ms: int | None = None
    before: Before | None = None
    """What may be taken back; None when nothing may, or time or the machine went on since."""

    def told(self) -> dict[str, Any]:
        """Return it as JSON has it: without what only its own rules need."""
        shown: dict[str, Any] = to_builtins(self)
        return {name: value for name, value in shown.items() if name not in {"before", "waiting_ms"}}

    @property
    def trouble(self) -> Trouble:
        """Return what is, or was, wrong."""
        return Trouble(self.kind, Node(self.scope, self.place))


def by_rank(incident: Incident) -> tuple[int, int, str]:
    """Return what sorts incidents: the most important and newest first."""
    return incident.priority, -incident.since_ms, incident.id


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
STATES: Final[dict[State, tuple[str, str]]] = {
    "new": ("待签收", "new"),
    "acknowledged": ("已签收", "acknowledged"),
    "dispatched": ("已派单", "dispatched"),
    "resolved": ("已处置", "resolved"),
    "closed": ("已办结", "closed"),
}
"""Chinese and English word of each state."""
STEPS: Final[dict[Step, tuple[str, str]]] = {
    "opened": ("发现", "opened"),
    "spread": ("范围变化", "spread"),
    "grew": ("扩大升级", "grew more important"),
    "recovered": ("恢复", "recovered"),
    "returned": ("再次发生", "returned"),
    "absorbed": ("并入上级事件", "absorbed"),
    "acknowledged": ("签收", "acknowledged"),
    "expired": ("签收到期", "acknowledgement expired"),
    "dispatched": ("派单", "dispatched"),
    "resolved": ("处置完毕", "resolved"),
    "closed": ("复查销号", "closed"),
    "reopened": ("退回", "reopened"),
    "noted": ("备注", "noted"),
    "supervised": ("督办", "supervised"),
    "escalated": ("升级", "escalated"),
    "undone": ("撤回", "taken back"),
}
"""Chinese and English word of each step."""
