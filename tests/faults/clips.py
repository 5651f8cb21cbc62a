"""The campaign of damaged clips: each goes through the real examiner, and must end in a verdict or a clear code."""

import random
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple

from station.devices.camera.codes import CRASHED, HANGS
from station.devices.camera.examination import ExaminationError, Examine, Examined, examine_file
from station.devices.camera.examiner import DATA_MAX_BYTES
from tests.faults.damage import DAMAGES, KINDS, damaged, films

CLIP_MAX_S: Final = 60.0
SILENT_MAX_S: Final = 30.0
RESIDENT_MAX_MB: Final = DATA_MAX_BYTES / 1e6 + 150
"""What it may have of its own, and its libraries."""
DECODERS_OWN: Final = "error"
"""`cv2.error`: OpenCV refuses what it was given; any other exception would be a flaw of ours."""


class Clip(NamedTuple):
    """A damaged clip, and what was done to it."""

    number: int
    film: str
    damage: str
    file: Path


class Ending(NamedTuple):
    """How the examination of a clip ended."""

    clip: Clip
    word: str
    """`verdict`, `verdict, errors`, or a code."""
    took_s: float
    error: str = ""

    @property
    def flaw(self) -> str | None:
        """Return what must not be, or None."""
        what = f"clip {self.clip.number} ({self.clip.film}, {self.clip.damage})"
        if self.word == HANGS or self.took_s > CLIP_MAX_S:
            return f"{what}: not over after {self.took_s:.0f} s"
        if self.word == CRASHED and self.error != DECODERS_OWN and not self.error.startswith("exit -"):
            return f"{what}: {self.error}"
        return None


class Outcome(NamedTuple):
    """All of a campaign."""

    endings: list[Ending]
    largest_mb: float

    @property
    def flaws(self) -> list[str]:
        """Return what must not be."""
        swollen = [f"a process held {self.largest_mb:.0f} MB"] if self.largest_mb > RESIDENT_MAX_MB else []
        return [flaw for ending in self.endings if (flaw := ending.flaw)] + swollen

    def table(self) -> str:
        """Return how many clips ended how, per damage and per film."""
        words = sorted({ending.word for ending in self.endings})
        lines = ["| clips | all | " + " | ".join(words) + " |", "|---" * (len(words) + 2) + "|"]
        for of in ("damage", "film"):
            for name in sorted({getattr(ending.clip, of) for ending in self.endings}):
                counted = Counter(ending.word for ending in self.endings if getattr(ending.clip, of) == name)
                lines.append(_row(name, counted, words))
        lines.append(_row("**all**", Counter(ending.word for ending in self.endings), words))
        slowest = max(ending.took_s for ending in self.endings)
        return "\n".join([*lines, f"slowest {slowest:.1f} s, largest process {self.largest_mb:.0f} MB"])


def _row(name: str, counted: Counter[str], words: list[str]) -> str:
    return f"| {name} | {counted.total()} | " + " | ".join(str(counted[word]) for word in words) + " |"


def run_clips(
    clips: int, seed: int, say: Callable[[str], None] = lambda _: None, kinds: tuple[tuple[str, str], ...] = KINDS
) -> Outcome:
    """Damage films by seed and examine each, two at a time."""
    endings: list[Ending] = []
    with tempfile.TemporaryDirectory(prefix="camera-clips-") as folder, ThreadPoolExecutor(2) as pool:
        for ending in pool.map(examined, _clips(Path(folder), clips, seed, kinds)):
            endings.append(ending)
            say(f"{len(endings)}/{clips} {ending.clip.film}, {ending.clip.damage}: {ending.word} {ending.error}")
            ending.clip.file.unlink()
    return Outcome(endings, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000)


def _clips(folder: Path, clips: int, seed: int, kinds: tuple[tuple[str, str], ...]) -> Iterator[Clip]:
    chance = random.Random(seed)
    good = films(folder, kinds)
    for number in range(clips):
        film = good[number % len(good)]
        damage = chance.choice(list(DAMAGES))
        file = folder / f"clip-{number}.{film.suffix}"
        file.write_bytes(damaged(film.data, damage, chance))
        yield Clip(number, film.name, damage, file)


def examined(clip: Clip) -> Ending:
    """Let the examiner look at a clip."""
    begun_s = time.monotonic()
    try:
        *_, last = examine_file(Examine(str(clip.file), 2.0), SILENT_MAX_S)
    except ExaminationError as error:
        return Ending(clip, error.code, time.monotonic() - begun_s, error.error)
    assert isinstance(last, Examined)
    word = "verdict, errors" if last.decoder_errors or last.truncated else "verdict"
    return Ending(clip, word, time.monotonic() - begun_s)
