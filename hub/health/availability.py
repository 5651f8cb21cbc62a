"""在线率 and 完好率 from what was said of states, not from samples (pure).

Service time = period - union of maintenance - what was not in service. Rate = up / (up + down). What nobody knows
(the hub was away, a station was never heard) is neither: it lowers the coverage, and the bounds say what the rate
would be were all of it down, or all of it up. Of many, every figure is a ratio of sums. A camera is intact only while
its village is online and itself ok; while its village is offline it is down, while that is unknown it is unknown.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from hub.health.faults import Interval
from hub.health.intervals import Span, common, length_ms, union, without

Level = Literal["up", "down", "unknown"]
EVER: Final = 2**62
"""Later than any time."""
HUB_GONE_AFTER_MS: Final = 15_000
"""A running hub notes every 5 s that it lives."""
CAMERA_LEVELS: Final[Mapping[str, Level]] = {"ok": "up", "degraded": "down", "failed": "down", "absent": "down"}
"""Of the words for a camera's state; any other tells nothing. Degraded is not clear, or not correctly aimed."""
STATION_LEVELS: Final[Mapping[str, Level]] = {"online": "up", "offline": "down"}


class Said(NamedTuple):
    """What holds from a time on, as it was said; in the order of saying, which need not be that of the times."""

    at_ms: int
    level: Level


Word = Said | tuple[int, Level]
"""A month of a county holds a hundred thousand: whoever reads them leaves them bare."""


class ServiceChange(NamedTuple):
    """A station was taken into service, or out of it, as of a time; in the order in which it was said."""

    at_ms: int
    starts: bool


class Camera(NamedTuple):
    """What was said of one camera."""

    said: Sequence[Word] = ()
    faults: Sequence[Interval] = ()
    gone_ms: int = EVER
    """Since when the station has no such camera."""


class Village(NamedTuple):
    """What was said of one village, at least back to the beginning of the period and the last word before it."""

    said: Sequence[Word]
    service: Sequence[Span]
    maintenance: Sequence[Span] = ()
    cameras: Mapping[str, Camera] = {}


class Tally(NamedTuple):
    """How one thing, or many together, fared in a period."""

    service_ms: int = 0
    up_ms: int = 0
    down_ms: int = 0
    outages: int = 0
    """Unbroken times of being down; what is unknown or no service time breaks one."""
    longest_ms: int = 0
    """The longest of them, within the period."""

    @property
    def known_ms(self) -> int:
        """Return the service time of which the state is known."""
        return self.up_ms + self.down_ms

    @property
    def rate(self) -> float | None:
        """Return the share of known time that was up; None where nothing is known. 1 only when nothing was down."""
        return _share(self.up_ms, self.known_ms)

    @property
    def coverage(self) -> float | None:
        """Return the share of service time of which the state is known."""
        return _share(self.known_ms, self.service_ms)

    @property
    def lowest(self) -> float | None:
        """Return the rate were all that is unknown down."""
        return _share(self.up_ms, self.service_ms)

    @property
    def highest(self) -> float | None:
        """Return the rate were all that is unknown up."""
        return _share(self.service_ms - self.down_ms, self.service_ms)


class Fared(NamedTuple):
    """A village, and each of its cameras, over a period."""

    online: Tally
    cameras: dict[str, Tally]


def total(tallies: Iterable[Tally]) -> Tally:
    """Return many as one: sums, and the longest outage of any."""
    every = list(tallies)
    return Tally(
        sum(one.service_ms for one in every),
        sum(one.up_ms for one in every),
        sum(one.down_ms for one in every),
        sum(one.outages for one in every),
        max((one.longest_ms for one in every), default=0),
    )


def fared(village: Village, period: Span, blind: Sequence[Span] = ()) -> Fared:
    """Return how a village and its cameras fared; `blind` is when the hub itself was away: then nothing is known.

    A period that is not over must be cut at now by whoever asks: nothing is known of what is to come.
    """
    service, up, down = lived(village, period, blind)
    cameras = {}
    for name, camera in village.cameras.items():
        ok, bad = _camera(camera)
        there = common(service, [(-EVER, camera.gone_ms)])
        cameras[name] = tally_of(there, common(up, ok), union([*down, *common(up, bad)]))
    return Fared(tally_of(service, up, down), cameras)


def lived(village: Village, period: Span, blind: Sequence[Span] = ()) -> tuple[list[Span], list[Span], list[Span]]:
    """Return when a village was in service within a period, and when, at any time, it was up, and down."""
    service = without(common(union(village.service), [period]), union(village.maintenance))
    up, down = _levels(village.said)
    return service, without(up, union(blind)), without(down, union(blind))


def tally_of(service: Sequence[Span], up: Sequence[Span], down: Sequence[Span]) -> Tally:
    """Return how something fared that was to be there in `service`, and at any time was up, or down."""
    outages = common(service, down)
    return Tally(
        length_ms(service),
        length_ms(common(service, up)),
        length_ms(outages),
        len(outages),
        max((until_ms - from_ms for from_ms, until_ms in outages), default=0),
    )


def service_spans(changes: Iterable[ServiceChange]) -> list[Span]:
    """Return when a station was in service. Said again while in service, the beginning is corrected."""
    spells: list[Span] = []
    in_service = False
    for at_ms, starts in changes:
        if starts and in_service:
            spells[-1] = (at_ms, EVER)
        elif starts:
            spells.append((at_ms, EVER))
        elif in_service:
            spells[-1] = (spells[-1][0], at_ms)
        in_service = starts
    return union(spells)


def blind_spans(lives: Iterable[Span], now_ms: int) -> list[Span]:
    """Return when no hub looked, from when each run of it started and was last alive, in the order of the runs."""
    runs = list(lives)
    if not runs:
        return [(-EVER, EVER)]
    away = [(alive_ms, started_ms) for (_, alive_ms), (started_ms, _) in pairwise(runs)]
    if now_ms - runs[-1][1] > HUB_GONE_AFTER_MS:
        away.append((runs[-1][1], EVER))
    return union([(-EVER, runs[0][0]), *away])


def percent(share: tuple[int, int]) -> str:
    """Return part of whole as people read it: `99.15 %`, never rounded up to 100 nor down to 0; `-` of nothing."""
    part, whole = share
    if whole == 0:
        return "-"
    hundredths = (20_000 * part + whole) // (2 * whole)
    if part < whole and hundredths == 10_000:
        return "<100 %"
    if part > 0 and hundredths == 0:
        return ">0 %"
    return f"{hundredths / 100:.2f} %" if 0 < part < whole else f"{hundredths // 100} %"


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _levels(said: Iterable[Word]) -> tuple[list[Span], list[Span]]:
    """Return when it was up, and when down.

    A later word replaces whatever was said before of the time from its own on: a clock that was ahead had dated the
    earlier word wrongly, and of two of the same time the later counts.
    """
    standing: list[Word] = []
    for one in said:
        while standing and standing[-1][0] >= one[0]:
            standing.pop()
        if not standing or standing[-1][1] != one[1]:
            standing.append(one)
    spans: dict[Level, list[Span]] = {"up": [], "down": [], "unknown": []}
    for (from_ms, level), (until_ms, _) in pairwise([*standing, (EVER, "unknown")]):
        spans[level].append((from_ms, until_ms))
    return spans["up"], spans["down"]


def _camera(camera: Camera) -> tuple[list[Span], list[Span]]:
    """Return when a camera was ok, and when not, as far as it was told."""
    ok, not_ok = _levels(camera.said)
    faults = union(_fault_span(fault, camera.said) for fault in camera.faults)
    return without(ok, faults), union([*not_ok, *faults])


def _fault_span(fault: Interval, said: Iterable[Word]) -> Span:
    """Return how long a fault lasted; one nobody closed ends when its camera is said to be ok later than it was."""
    if fault.cleared_ms is not None:
        return fault.raised_ms, fault.cleared_ms
    later = (at_ms for at_ms, level in said if level == "up" and at_ms > fault.said_ms)
    return fault.raised_ms, min(later, default=EVER)
