"""Bundles changed at random: each is refused by a station with a clear code."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.station.firstboot.mutants import run_mutants


def main(arguments: list[str]) -> int:
    """Read so many mutants and say what they were refused for."""
    parser = argparse.ArgumentParser(prog="./run faults bundles", description=__doc__)
    parser.add_argument("--times", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=20260101)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        refused = run_mutants(Path(folder), chosen.times, chosen.seed)
    for line in (refused.line(), *refused.flaws):
        sys.stdout.write(f"{line}\n")
    return 1 if refused.flaws else 0
