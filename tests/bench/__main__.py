"""`./run bench [NAME …]`: measures, prints one table, keeps it as JSON."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.bench import (
    availability,
    boot_cards,
    camera,
    card,
    certificates,
    county,
    cut,
    doctor,
    emergency,
    enrolling,
    labels_and_bundles,
    lines,
    outages,
    probe,
    receipts,
    reflector,
    reports,
    states,
    update,
    wall,
)
from tests.bench.table import Figure, kept, printed

BENCHES = {
    "receipts": receipts.measure,
    "emergency": emergency.measure,
    "card": card.measure,
    "boot-cards": boot_cards.measure,
    "states": states.measure,
    "cut": cut.measure,
    "doctor": doctor.measure,
    "county": county.measure,
    "camera": camera.measure,
    "probe": probe.measure,
    "reflector": reflector.measure,
    "outages": outages.measure,
    "availability": availability.measure,
    "lines": lines.measure,
    "wall": wall.measure,
    "reports": reports.measure,
    "update": update.measure,
    "labels": labels_and_bundles.measure,
    "certificates": certificates.measure,
    "enrolling": enrolling.measure,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHES)}; all if none is given")
    names = parser.parse_args().names or list(BENCHES)
    if unknown := set(names) - BENCHES.keys():
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}")
    figures: list[Figure] = []
    for name in names:
        print(f"▸ {name}", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory() as folder:
            figures += BENCHES[name](Path(folder))
    print(printed(figures))
    print(f"kept in {kept(figures, Path('bench-results'))}", file=sys.stderr)
    return 0 if all(figure.met for figure in figures) else 1


if __name__ == "__main__":
    raise SystemExit(main())
