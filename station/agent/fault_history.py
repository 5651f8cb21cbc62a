"""What the county's history says of one camera's faults, and what is to be added to it. Pure."""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from station.clock import Stamp
from station.devices.camera.reports import FaultNow
from wire.records import CameraFault
from wire.scalars import Code, Count, Key, Share, UtcMs

TAKEN_OVER_HELD_S: Final = 30.0
"""The longest hold of the doctor is 12 s: what it does not raise again within this of watching is gone."""
HOUR_MS: Final = 3_600_000
MOST_AN_HOUR: Final = 60
"""Of one camera. What is held back is no lie: later, the history goes on with what then stands."""
MOST_OF_A_KIND: Final = 40
"""One kind that comes and goes must not keep another from being told."""
CALM_BELOW: Final = 30
"""As few an hour are no chatter any more; the next chatter is told anew."""
COUNT_MOST: Final = 2.0**53 - 1


class Standing(Struct, frozen=True):
    """A fault that was recorded as raised and not yet as cleared."""

    fault: Code
    severity: Share
    """At its worst."""
    confidence: Share
    began_ms: UtcMs | None
    began_mono_ms: int
    """On the running count of `kernel_boot`; below 0 when it began before that."""
    kernel_boot: Key

    def ago_ms(self, now: Stamp) -> int:
        """Return for how long it has stood, or the least that is certain."""
        if self.kernel_boot == now.kernel_boot:
            return max(0, now.mono_ms - self.began_mono_ms)
        if self.began_ms is not None and now.at_ms is not None:
            return max(0, now.at_ms - self.began_ms)
        return now.mono_ms


class View(NamedTuple):
    """A camera at one moment."""

    faults: Sequence[FaultNow]
    watched: bool
    """Frames come, so that a fault that is not named is not there."""
    mono_s: float
    """The moment, on the clock of `FaultNow.since_mono_s`."""


def after(standing: Iterable[Standing], body: CameraFault, at: Stamp) -> list[Standing]:
    """Return what stands once `body` is recorded."""
    rest = [one for one in standing if one.fault != body.fault]
    if body.change != "raised":
        return rest
    began_ms = None if at.at_ms is None else max(0, at.at_ms - body.began_ms_ago)
    began_mono_ms = at.mono_ms - body.began_ms_ago
    return [*rest, Standing(body.fault, body.severity, body.confidence, began_ms, began_mono_ms, at.kernel_boot)]


class CameraHistory:
    """The faults of one camera as recorded, level-triggered: what differs from what stands is still to be recorded."""

    def __init__(self, camera: str, taken_over: Iterable[Standing] = ()) -> None:
        """Go on from what an agent before this one recorded: it stands until the camera was watched for a while."""
        self.camera = camera
        self._standing = {one.fault: one for one in taken_over}
        self._unconfirmed = set(self._standing)
        self._watched_since_s: float | None = None
        self._recorded: deque[tuple[int, str]] = deque()
        self._held_back = self._chatter_told = False

    @property
    def standing(self) -> list[Standing]:
        """Return what the history says stands."""
        return list(self._standing.values())

    def due(self, view: View, now: Stamp) -> list[CameraFault]:
        """Return what is to be recorded now, what is over first; call `recorded` for each that was taken."""
        self._watch(view)
        stands = {fault.kind: fault for fault in view.faults}
        cleared = [one for kind, one in self._standing.items() if kind not in stands and self._is_over(kind, view)]
        bodies = [
            *(self._cleared(one, now) for one in cleared),
            *(self._raised(fault, view) for kind, fault in stands.items() if kind not in self._standing),
        ]
        return self._within_bounds(bodies, now)

    def over(self, now: Stamp) -> list[CameraFault]:
        """Return what is to be recorded of a camera that the station has no longer."""
        return self._within_bounds([self._cleared(one, now) for one in self._standing.values()], now)

    def recorded(self, body: CameraFault, at: Stamp) -> None:
        """Note that `body` is in the outbox."""
        self._standing = {one.fault: one for one in after(self._standing.values(), body, at)}
        self._recorded.append((at.mono_ms, body.fault))

    def chatters(self, now: Stamp) -> bool:
        """Say whether so much was recorded that more is held back, and that is not told yet."""
        if len(self._of_last_hour(now)) < CALM_BELOW:
            self._chatter_told = False
        return not self._chatter_told and self._held_back

    def chatter_told(self) -> None:
        """Note that the county was told; not again before it is calm."""
        self._chatter_told = True

    def _watch(self, view: View) -> None:
        if not view.watched:
            self._watched_since_s = None
        elif self._watched_since_s is None:
            self._watched_since_s = view.mono_s
        for fault in view.faults:
            self._unconfirmed.discard(fault.kind)
            was = self._standing.get(fault.kind)
            if was is not None and _share(fault.severity) > was.severity:
                worse = {"severity": _share(fault.severity), "confidence": _share(fault.confidence)}
                self._standing[fault.kind] = replace(was, **worse)

    def _is_over(self, kind: str, view: View) -> bool:
        if kind not in self._unconfirmed:
            return True
        if any(fault.kind == "no_frames" for fault in view.faults):
            return True  # nothing else can be told of a camera without frames, also of one that an agent watched on
        if self._watched_since_s is None:
            return False
        return kind == "no_frames" or view.mono_s - self._watched_since_s >= TAKEN_OVER_HELD_S

    def _raised(self, fault: FaultNow, view: View) -> CameraFault:
        ago_ms = int(min(max(0.0, (view.mono_s - fault.since_mono_s) * 1000), COUNT_MOST))
        severity, confidence = _share(fault.severity), _share(fault.confidence)
        return CameraFault(self.camera, fault.kind, "raised", severity, confidence, ago_ms)

    def _cleared(self, one: Standing, now: Stamp) -> CameraFault:
        return CameraFault(self.camera, one.fault, "cleared", one.severity, one.confidence, one.ago_ms(now))

    def _within_bounds(self, bodies: list[CameraFault], now: Stamp) -> list[CameraFault]:
        kinds = [kind for _, kind in self._of_last_hour(now)]
        allowed = []
        for body in bodies:
            if len(kinds) < MOST_AN_HOUR and kinds.count(body.fault) < MOST_OF_A_KIND:
                kinds.append(body.fault)
                allowed.append(body)
        self._held_back = len(allowed) < len(bodies)
        return allowed

    def _of_last_hour(self, now: Stamp) -> deque[tuple[int, str]]:
        while self._recorded and self._recorded[0][0] <= now.mono_ms - HOUR_MS:
            self._recorded.popleft()
        return self._recorded


def _share(value: float) -> Share:
    return min(1.0, max(0.0, value))


class Kept(Struct, frozen=True):
    """What is kept over restarts: the faults that stand, by camera, as of the record at place `seq`."""

    seq: Count
    cameras: dict[Code, list[Standing]]
