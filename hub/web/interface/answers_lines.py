"""What the interface answers of lines and pairs of villages."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from hub.health.matrix import Why, Word
from hub.health.seen import LegState
from hub.web.interface.answers import Answer
from wire.health import State
from wire.scalars import Count, Name, Share, StationId, UtcMs


class Line(Answer, frozen=True):
    """One village's line to the county, by direction."""

    station: StationId
    name: Name
    town: Name
    station_state: State
    state: LegState
    since_ms: UtcMs | None
    reason: str
    at_ms: UtcMs | None
    sent: Count | None
    reached: Count | None
    received: Count | None
    loss_up: Share | None
    loss_down: Share | None
    rtt_p50_ms: float | None
    jitter_ms: float | None


class Lines(Answer, frozen=True):
    """Every village's line now."""

    at_ms: UtcMs
    lines: list[Line]


class LineSummary(Struct, frozen=True):
    """What probes of a line saw over a while; measures such as `rtt_p50_ms` stand beside these."""

    id: int
    ended_ms: UtcMs
    dated: bool
    lasted_ms: Count
    sent: Count
    reached: Count
    received: Count


class LineHistory(Line, frozen=True):
    """One line now and over time, newest first."""

    history: list[LineSummary]
    next: Annotated[str, Meta(pattern="^[0-9]{1,15}-[0-9]{1,15}$")] | None


class Predicted(Answer, frozen=True):
    """What both legs say of a pair; scores are estimated (ITU-T G.1070)."""

    loss_there: Share
    loss_there_error: float
    loss_back: Share
    loss_back_error: float
    rtt_ms: float | None
    rtt_error_ms: float
    estimated_mos_there: float | None
    estimated_mos_back: float | None


class PairTest(Answer, frozen=True):
    """One true test of a pair."""

    by: StationId
    at_ms: UtcMs
    sent: Count
    reached: Count
    received: Count
    loss_there: float | None
    loss_back: float | None
    rtt_ms: float | None
    jitter_ms: float | None
    direct: Literal["reached", "unreachable"]
    unreachable_since_ms: UtcMs | None
    reached_ms: UtcMs | None
    parts: bool | None
    odd: bool
    reasons: list[str]


class Pair(Answer, frozen=True, rename={"origin": "from"}):
    """Two villages: what they are to each other."""

    origin: StationId
    to: StationId
    word: Word
    why: Why
    estimated_mos: float | None
    predicted: Predicted | None
    measured: list[PairTest]
    odd: bool


class Pairs(Answer, frozen=True):
    """The pairs asked for."""

    at_ms: UtcMs
    pairs: list[Pair]


class TownPair(Answer, frozen=True, rename={"origin": "from"}):
    """All pairs between two towns, or within one."""

    origin: Name
    to: Name
    can: Count
    cannot: Count
    unknown: Count
    excused: Count
    share: Share | None
    coverage: Share | None
    estimated_mos_median: float | None
    estimated_mos_worst: float | None
    worst: list[StationId] | None
    rtt_median_ms: float | None


class Towns(Answer, frozen=True):
    """What the towns are to each other, each two once."""

    at_ms: UtcMs
    towns: list[TownPair]


class Rate(Answer, frozen=True):
    """村村通率 with what it is made of."""

    at_ms: UtcMs
    can: Count
    cannot: Count
    unknown: Count
    excused: Count
    share: Share | None
    coverage: Share | None
