"""Event-level scores as `camera.md` has them: pure. The right kind within 30 s is a hit, each wrong kind an alarm."""

import statistics
from collections.abc import Sequence
from typing import Final, NamedTuple

from wire.video import FaultKind

WITHIN_S: Final = 30.0


class Told(NamedTuple):
    """What the doctor said: a kind raised, seconds after the fault began."""

    kind: FaultKind
    after_s: float


class Outcome(NamedTuple):
    """One case on one material."""

    material: str
    case: str
    kind: FaultKind | None
    told: tuple[Told, ...]

    @property
    def delay_s(self) -> float | None:
        """Return after how long the right kind was named; None when it was not in time."""
        found = [told.after_s for told in self.told if told.kind == self.kind and 0 <= told.after_s <= WITHIN_S]
        return min(found, default=None)

    @property
    def wrong(self) -> tuple[Told, ...]:
        """Return the alarms that name what is not there."""
        return tuple(told for told in self.told if told.kind != self.kind)


class Score(NamedTuple):
    """One line of the table."""

    name: str
    events: int
    hits: int
    false_alarms: int
    delay_median_s: float | None
    delay_p90_s: float | None

    @property
    def recall(self) -> float:
        """Return the share of faults found."""
        return self.hits / self.events if self.events else 1.0

    @property
    def f1(self) -> float:
        """Return the F1 of this kind."""
        missed = self.events - self.hits
        return 2 * self.hits / (2 * self.hits + missed + self.false_alarms) if self.events else 1.0


class Target(NamedTuple):
    """What issue 4 asks of some cases of a kind."""

    name: str
    kind: FaultKind
    cases: tuple[str, ...]
    """Beginnings of case names; empty: all of the kind."""
    f1: float
    delay_s: float
    recall_only: bool = False


TARGETS: Final = (
    Target("no_frames", "no_frames", (), 0.99, 5.0),
    Target("black", "black", (), 0.99, 5.0),
    Target("no_signal", "no_signal", (), 0.99, 5.0),
    Target("white", "white", (), 0.99, 5.0),
    Target("frozen", "frozen", (), 0.99, 12.0),
    Target("blur", "blur", (), 0.95, 10.0),
    Target("cast", "cast", (), 0.95, 10.0),
    Target("moved", "moved", (), 0.95, 10.0),
    Target("covered 60 % or more", "covered", ("covered 60", "covered 80", "covered whole"), 0.92, 15.0),
    Target("stripes", "stripes", (), 0.92, 15.0),
    Target("flicker", "flicker", (), 0.92, 15.0),
    Target("dark", "dark", (), 0.92, 15.0),
    Target("corrupted", "corrupted", (), 0.95, 30.0, recall_only=True),
    Target("covered 30 %", "covered", ("covered 30",), 0.7, 30.0, recall_only=True),
    Target("noise", "noise", (), 0.7, 30.0, recall_only=True),
)


def score(outcomes: Sequence[Outcome], target: Target) -> Score:
    """Score one line; a false alarm of a kind counts once, on the first line of that kind."""
    of_kind = [outcome for outcome in outcomes if outcome.kind == target.kind]
    chosen = [one for one in of_kind if not target.cases or one.case.startswith(target.cases)]
    delays = sorted(one.delay_s for one in chosen if one.delay_s is not None)
    wrong = 0 if target.recall_only and target.cases else sum(
        told.kind == target.kind for outcome in outcomes if outcome.kind != target.kind for told in outcome.told[:50]
    )  # fmt: skip
    return Score(
        target.name,
        len(chosen),
        len(delays),
        wrong,
        statistics.median(delays) if delays else None,
        delays[min(len(delays) - 1, round(0.9 * (len(delays) - 1)))] if delays else None,
    )


def met(line: Score, target: Target) -> bool:
    """Say whether a line reaches its target; a line without events does not."""
    if not line.events or line.delay_p90_s is None:
        return False
    reached = line.recall if target.recall_only else line.f1
    return reached >= target.f1 and line.delay_p90_s <= target.delay_s


def false_alarms(outcomes: Sequence[Outcome]) -> list[str]:
    """Return the alarms of the negatives, in words."""
    return [
        f"{one.material}, {one.case}: {told.kind} after {told.after_s:.1f} s"
        for one in outcomes
        if one.kind is None
        for told in one.told
    ]
