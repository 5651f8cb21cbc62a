"""The bench: films each case, lets the examiner look, and keeps what it said."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from station.devices.camera.bench.cases import CASE_S, LEAD_S, LEARN_S, Case, cases, clean, filmed
from station.devices.camera.bench.film import encode
from station.devices.camera.bench.material import FRAMES_PER_S, Material
from station.devices.camera.bench.score import Outcome, Told
from station.devices.camera.examination import Examine, Examined, examined
from station.vision.features import Frame

LEARNT_SHARE = 0.9


class Costs(NamedTuple):
    """What looking cost."""

    looks: int
    ms_per_look: float
    memory_mb: float


class Measured(NamedTuple):
    """All of a run."""

    outcomes: tuple[Outcome, ...]
    costs: Costs


def measure_all(materials: Sequence[Material], quick: bool, on_case: Callable[[Outcome], None]) -> Measured:
    """Film and examine everything.

    Raises DeviceError when FFmpeg is missing or fails.
    """
    outcomes: list[Outcome] = []
    seen: list[Examined] = []
    with tempfile.TemporaryDirectory(prefix="camera-bench-") as folder:
        for number, material in enumerate(materials):
            kbit_per_s = 300 if material.frame(0).shape[1] <= 480 else 400
            file = Path(folder) / "film.ts"
            encode(clean(material, 0, LEARN_S + 2), FRAMES_PER_S, kbit_per_s, file)
            _, learnt = examined(Examine(str(file), LEARN_S * LEARNT_SHARE, keep_background=True))
            good = [*clean(material, LEARN_S, CASE_S)]  # drawn once for all cases
            for case in cases(quick, night=number == 0):
                outcome, summary = _tried(case, material, good, kbit_per_s, file, learnt.background)
                outcomes.append(outcome)
                seen.append(summary)
                on_case(outcome)
    looks = sum(one.looks for one in seen)
    mean_ms = sum(one.ms_per_look * one.looks for one in seen) / max(1, looks)
    return Measured(tuple(outcomes), Costs(looks, mean_ms, max((one.memory_mb for one in seen), default=0.0)))


def _tried(
    case: Case, material: Material, good: list[Frame], kbit_per_s: int, file: Path, background: bytes | None
) -> tuple[Outcome, Examined]:
    pause = (LEAD_S * FRAMES_PER_S, case.pause_s)
    frames = filmed(case, lambda n: good[n] if n < len(good) else material.frame(LEARN_S + n / FRAMES_PER_S))
    encode(frames, FRAMES_PER_S, kbit_per_s, file, pause)
    if case.damage is not None:
        file.write_bytes(case.damage(file.read_bytes()))
    learn_s = LEARN_S if case.whole else LEARN_S * LEARNT_SHARE
    raised, summary = examined(Examine(str(file), learn_s, background=None if case.whole else background))
    begun_s = 0 if case.whole else LEAD_S
    told = tuple(Told(one.kind, round(one.t - begun_s, 2)) for one in raised)
    return Outcome(material.name, case.name, case.kind, told), summary
