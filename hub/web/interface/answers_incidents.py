"""What the interface answers of calls for help and incidents."""

from typing import Annotated

from msgspec import Meta

from hub.incidents.calls import Outcome
from hub.incidents.calls import State as CallState
from hub.incidents.incident import State, Step
from hub.incidents.trouble import Kind, Scope
from hub.web.interface.answers import Answer
from wire.scalars import Code, Count, Name, StationId, UtcMs


class Emergency(Answer, frozen=True):
    """A call for help; nothing of who called."""

    id: int
    station: StationId
    name: Name
    town: Name
    call: Code
    at_ms: UtcMs
    received_ms: UtcMs
    withdrawn: bool
    number: int | None
    """The call at the centre it belongs to: whoever presses again while nobody came is the same; null for a moment."""
    state: CallState | None
    level: int | None
    """How often it was escalated because nobody acknowledged it."""
    acknowledged_by: str | None
    acknowledged_ms: UtcMs | None
    closed_by: str | None
    closed_ms: UtcMs | None
    outcome: Outcome | None


class Emergencies(Answer, frozen=True):
    """Calls for help, newest first; `more` if some were cut off."""

    emergencies: list[Emergency]
    more: bool


class Incident(Answer, frozen=True):
    """One cause, with what people did about it."""

    id: Code
    kind: Kind
    scope: Scope
    place: str
    name: str
    state: State
    priority: Annotated[int, Meta(ge=1, le=3)]
    since_ms: UtcMs
    noticed_ms: UtcMs
    stations: list[StationId]
    reason: str
    note: str
    affected: Count
    recovered_ms: UtcMs | None
    owner: str | None
    acknowledged_until_ms: UtcMs | None
    dispatched_to: str | None
    deadline_ms: UtcMs | None
    cause: str | None
    supervised: bool
    level: int
    times: int
    town: str
    first_ms: UtcMs
    resolved_ms: UtcMs | None
    closed_ms: UtcMs | None


class Incidents(Answer, frozen=True):
    """Incidents, those opened last first."""

    incidents: list[Incident]
    next: Code | None


class Member(Answer, frozen=True):
    """A village while an incident affected it."""

    station: StationId
    name: Name
    town: Name
    from_ms: UtcMs
    until_ms: UtcMs | None


class IncidentStep(Answer, frozen=True):
    """One thing that happened to an incident."""

    id: int
    incident: Code
    at_ms: UtcMs
    who: str
    step: Step
    note: str
    withdrawn_ms: UtcMs | None


class IncidentDetail(Incident, frozen=True):
    """An incident with every village it affected and every step."""

    possible: list[str]
    villages: list[Member]
    steps: list[IncidentStep]
