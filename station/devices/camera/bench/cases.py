"""What the bench tries: each fault and each negative, and how each is filmed."""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from station.devices.camera.bench import film
from station.devices.camera.bench.material import FRAMES_PER_S, Material
from station.vision.faults import FAULTS, Effect
from station.vision.features import Frame
from station.vision.negatives import NEGATIVES, quiet_night
from wire.video import FaultKind

LEARN_S: Final = 45
LEAD_S: Final = 8
FAULT_S: Final = 30
NIGHT_S: Final = 600
CASE_S: Final = LEAD_S + FAULT_S
QUICK: Final = {
    "black", "no signal, blue", "white", "dark, a tenth", "frozen", "frozen under a clock", "blur 2 px",
    "covered 60 %", "covered 30 %", "moved 5 %", "cast, no red", "noise 25", "snow", "stripes", "flicker",
}  # fmt: skip
Damage = Callable[[bytes], bytes]


class Case(NamedTuple):
    """One film: good until LEAD_S, then a fault of `kind`, or something that is none."""

    name: str
    kind: FaultKind | None
    effect: Effect | None = None
    damage: Damage | None = None
    pause_s: int = 0
    long_s: int = CASE_S
    whole: bool = False
    """The effect lasts from the beginning, also while learning."""


_FROM: Final = LEAD_S / CASE_S
STREAM_FAULTS: Final = (
    Case("bits flipped", "corrupted", damage=lambda data: film.flip_bits(data, _FROM, per_packet=0.02, seed=1)),
    Case("packets lost", "corrupted", damage=lambda data: film.lose_packets(data, _FROM, share=0.02, seed=2)),
    Case("no frames for 20 s", "no_frames", pause_s=20),
)


def cases(quick: bool, night: bool) -> Iterator[Case]:
    """Yield them; the quiet night is long, so not for each material."""
    for name, (kind, make) in FAULTS.items():
        if not quick or name in QUICK:
            yield Case(name, kind, make())
    yield from STREAM_FAULTS
    for name, effect in NEGATIVES.items():
        yield Case(name, None, effect)
    if night and not quick:
        yield Case("quiet night, 10 min", None, quiet_night, long_s=NIGHT_S, whole=True)


def clean(material: Material, from_s: float, long_s: float) -> Iterator[Frame]:
    """Yield the material as it is."""
    for n in range(round(long_s * FRAMES_PER_S)):
        yield material.frame(from_s + n / FRAMES_PER_S)


def filmed(case: Case, frames: Callable[[int], Frame]) -> Iterator[Frame]:
    """Yield the frames of a case, over good ones by their number."""
    for n in range(case.long_s * FRAMES_PER_S):
        frame = frames(n)
        t_s = n / FRAMES_PER_S - (0 if case.whole else LEAD_S)
        yield case.effect(frame, t_s) if case.effect is not None and t_s >= 0 else frame
