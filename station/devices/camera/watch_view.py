"""What a technician's screen shows of a camera, gathered over time (pure)."""

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from station.devices.camera.port import CameraStatus
from station.devices.camera.reports import FaultNow, Looked, Report
from station.devices.camera.watched import Newest
from station.vision.kinds import KINDS

KEPT: Final = 240
"""Looks: two minutes."""
STALE_S: Final = 3.0
"""An older picture is not shown: it would be taken for what is there."""


class View(NamedTuple):
    """All that one screen shows."""

    kind_of_source: str
    status: CameraStatus
    report: Report | None
    looked: Looked | None
    faults: Sequence[FaultNow]
    scores: Mapping[str, Sequence[float]]
    """Of each kind, the newest last."""
    learnt_share: float | None
    """None once it has learnt."""
    decoder_errors: int
    at_s: float


class Gathered:
    """Keeps what the screen needs of the past."""

    def __init__(self, kind_of_source: str, learn_s: float) -> None:
        """Begin with nothing seen."""
        self._kind_of_source = kind_of_source
        self._learn_s = max(learn_s, 0.001)
        self._scores: dict[str, deque[float]] = {kind: deque(maxlen=KEPT) for kind in KINDS}
        self._looked_at_s = float("-inf")
        self._learning_from_s: float | None = None
        self._reconnects = 0

    def relearn(self) -> None:
        """Begin the scores anew, as the doctor does."""
        self._learning_from_s = None
        for history in self._scores.values():
            history.clear()

    def view(self, status: CameraStatus, faults: Sequence[FaultNow], newest: Newest, errors: int, at_s: float) -> View:
        """Take what is known now and return what to show."""
        looked = newest.looked
        if looked is not None and at_s - looked.at_mono_s > STALE_S:
            looked = None
        if status.reconnects != self._reconnects or looked is None:
            self._reconnects, self._learning_from_s = status.reconnects, None
        if looked is not None and looked.at_mono_s > self._looked_at_s:
            self._looked_at_s = looked.at_mono_s
            for kind, history in self._scores.items():
                history.append(looked.scores.get(kind, 0.0))
        share = None
        if looked is not None and looked.learning:
            self._learning_from_s = at_s if self._learning_from_s is None else self._learning_from_s
            share = min(0.99, (at_s - self._learning_from_s) / self._learn_s)
        return View(
            kind_of_source=self._kind_of_source,
            status=status,
            report=newest.report,
            looked=looked,
            faults=faults,
            scores=self._scores,
            learnt_share=share,
            decoder_errors=errors,
            at_s=at_s,
        )
