"""What is told of a camera while it is watched: the faults that came and went since the last look (pure)."""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from station.devices.camera.port import CameraStatus
from station.devices.camera.reports import FaultNow
from wire.video import FaultKind


class LiveChange(Struct, frozen=True):
    """A change, in seconds since the watching began."""

    t: float
    kind: FaultKind
    state: Literal["raised", "cleared"]
    severity: float
    since: float
    confidence: float
    code: str | None = None
    """Why the stream is not there, E-CAM-…; None of a fault of the picture."""


class LiveSummary(Struct, frozen=True):
    """The last word about a camera."""

    frames: int
    analysed: int
    decoder_errors: int
    watched_s: float
    cpu_s: float
    """Of the processes that decoded and looked."""
    reconnects: int
    raised: list[FaultKind]
    learning: bool


class Changes:
    """Compares what is wrong now with what was."""

    def __init__(self, begun_s: float) -> None:
        """Begin with nothing wrong, at a time of CLOCK_MONOTONIC."""
        self._begun_s = begun_s
        self._known: dict[FaultKind, FaultNow] = {}

    @property
    def raised(self) -> list[FaultKind]:
        """Return what is wrong, the cause first."""
        return list(self._known)

    def take(self, faults: list[FaultNow], status: CameraStatus, at_s: float) -> Iterator[LiveChange]:
        """Yield what came and went; what went as it was last known."""
        now = {fault.kind: fault for fault in faults}
        gone = [fault for kind, fault in self._known.items() if kind not in now]
        come = [fault for kind, fault in now.items() if kind not in self._known]
        self._known = now
        code = status.code if status.code is not None and status.code.startswith("E-CAM") else None
        for fault in gone:
            yield self._change(fault, "cleared", at_s, None)
        for fault in come:
            yield self._change(fault, "raised", at_s, code if fault.kind == "no_frames" else None)

    def _change(
        self, fault: FaultNow, state: Literal["raised", "cleared"], at_s: float, code: str | None
    ) -> LiveChange:
        return LiveChange(
            t=round(at_s - self._begun_s, 3),
            kind=fault.kind,
            state=state,
            severity=round(fault.severity, 3),
            since=round(max(0.0, fault.since_mono_s - self._begun_s), 3),
            confidence=round(fault.confidence, 3),
            code=code,
        )
