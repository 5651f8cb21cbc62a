"""What can be wrong with a camera's picture, and how a change is told."""

from typing import Final, Literal, NamedTuple

from wire.video import FaultKind, Light

SUPPRESSED_BY: Final[dict[FaultKind, tuple[FaultKind, ...]]] = {
    "no_frames": (),
    "corrupted": ("no_frames",),
    "black": ("no_frames",),
    "no_signal": ("no_frames", "black"),
    "white": ("no_frames", "black", "no_signal"),
    "dark": ("no_frames", "corrupted", "black", "no_signal", "white"),
    "frozen": ("no_frames", "corrupted", "black", "no_signal", "white", "dark"),
    "flicker": ("no_frames", "corrupted", "black", "no_signal", "frozen"),
    "stripes": ("no_frames", "corrupted", "black", "no_signal", "white", "dark"),
    "noise": ("no_frames", "corrupted", "black", "no_signal", "white", "dark", "stripes"),
    "moved": ("no_frames", "corrupted", "black", "no_signal", "white", "dark", "stripes", "noise"),
    "blur": ("no_frames", "corrupted", "black", "no_signal", "white", "dark", "stripes", "noise", "moved"),
    "covered": ("no_frames", "corrupted", "black", "no_signal", "white", "dark", "stripes", "noise", "moved", "blur"),
    "cast": (
        "no_frames", "corrupted", "black", "no_signal", "white", "dark", "stripes", "noise", "moved", "blur", "covered",
    ),
}  # fmt: skip
"""One cause, one alarm: a black picture is also blurred, covered and frozen. Keys stand in order of precedence."""

KINDS: Final[tuple[FaultKind, ...]] = tuple(SUPPRESSED_BY)


class Change(NamedTuple):
    """A kind of fault was raised or cleared."""

    kind: FaultKind
    state: Literal["raised", "cleared"]
    severity: float
    """0 just past the limit, 1 as bad as it gets; of a cleared fault, how bad it was at its worst."""
    since_s: float
    """When it began, not when it was noticed."""
    confidence: float
    at_s: float


class Raised(NamedTuple):
    """A fault that stands."""

    kind: FaultKind
    severity: float
    """0 just past the limit, 1 as bad as it gets: the worst so far."""
    since_s: float
    confidence: float


class Verdict(NamedTuple):
    """How a camera is now."""

    faults: tuple[Raised, ...]
    """Every raised kind with what is known of it, in order of precedence."""
    learning: bool
    light: Light
    measures: dict[str, float]
    """What the last look measured, for a technician."""
    scores: dict[FaultKind, float]
    """1 is the limit."""

    @property
    def raised(self) -> tuple[FaultKind, ...]:
        """Return the kinds alone."""
        return tuple(fault.kind for fault in self.faults)

    @property
    def kind(self) -> FaultKind | None:
        """Return the first cause, None when nothing is wrong."""
        return self.faults[0].kind if self.faults else None
