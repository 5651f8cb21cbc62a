"""More of what the interface answers: availability, tickets, and what became of those sent in."""

from typing import Annotated, Literal

from msgspec import Meta

from hub.exchange.sources import Channel, Platform
from hub.web.interface.answers import Answer, Cursor, Grade, Identity
from wire.scalars import Code, Count, Share, StationId, UtcMs

Level = Literal["county", "town", "village", "camera"]


class Figures(Answer, frozen=True):
    """A rate with its coverage and bounds; never 1 when anything is missing, null of nothing."""

    rate: Share | None
    coverage: Share | None
    lowest: Share | None
    highest: Share | None
    service_ms: Count
    up_ms: Count
    down_ms: Count
    unknown_ms: Count
    outages: Count
    longest_ms: Count


class AvailabilityRow(Answer, frozen=True):
    """One line: `online` is 在线率, `intact` 完好率."""

    scope: Level
    town: str
    station: str
    name: str
    camera: str
    villages: Count
    cameras: Count
    online: Figures
    intact: Figures


class Availability(Answer, frozen=True):
    """The rows asked for, and all of them as one."""

    from_ms: UtcMs
    until_ms: UtcMs
    by: Level
    town: str | None
    rows: list[AvailabilityRow]
    total: AvailabilityRow


class Ticket(Answer, frozen=True):
    """A ticket of another platform; who it is of only masked."""

    id: int
    platform: Platform
    external_id: str
    channel: Channel
    at_ms: UtcMs
    town: str
    station: StationId | None
    service: Code
    matter: Code | None
    state: Code
    handled_by: str
    answered_ms: UtcMs | None
    rating: Grade | None
    stored_ms: UtcMs
    updated_ms: UtcMs
    identity: Identity | None


class Tickets(Answer, frozen=True):
    """Tickets, those stored last first."""

    tickets: list[Ticket]
    next: Cursor | None


class RefusedRow(Answer, frozen=True):
    """A record that was not taken, with every reason; nothing of what stood there."""

    line: Annotated[int, Meta(ge=1, description="line of a CSV, place in a JSON list")]
    reasons: list[str]


class Imported(Answer, frozen=True):
    """What became of the tickets sent in; with `dry_run` nothing was stored."""

    dry_run: bool
    rows: Count
    taken: Annotated[int, Meta(ge=0, description="could be read, and unless dry_run are stored 可导入")]
    stored: Count
    updated: Count
    unchanged: Count
    older: Count
    refused: list[RefusedRow]
