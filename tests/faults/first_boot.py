"""The power goes at every write of a first boot, of a newer bundle and of an enrolment by stick."""

import argparse
import random
import sys
import tempfile
from pathlib import Path
from typing import TextIO

from tests.station.firstboot.cuts import SCENES, run_cuts
from tests.station.firstboot.test_cuts import IN_MEMORY


def main(arguments: list[str]) -> int:
    """Cut at every write and say what was wrong after the next run."""
    parser = argparse.ArgumentParser(prog="./run faults first-boot", description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="only each so-manieth write")
    parser.add_argument("--twice", action="store_true", help="cut the run after it too, at random")
    parser.add_argument("--seed", type=int, default=20260101)
    chosen = parser.parse_args(arguments)
    flaws = 0
    for scene in SCENES:
        with tempfile.TemporaryDirectory(dir=IN_MEMORY if IN_MEMORY.is_dir() else None) as folder:
            outcome = run_cuts(
                scene,
                Path(folder),
                every=chosen.every,
                again=random.Random(chosen.seed) if chosen.twice else None,
                say=lambda text: _write(sys.stderr, text),
            )
        for line in (f"{scene}: {outcome.line()}", *outcome.flaws):
            _write(sys.stdout, line)
        flaws += len(outcome.flaws)
    return 1 if flaws else 0


def _write(to: TextIO, line: str) -> None:
    to.write(f"{line}\n")
    to.flush()
