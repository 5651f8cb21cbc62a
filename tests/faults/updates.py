"""`./run faults updates`: the power goes at every single write of an update, brought or ordered, good or bad."""

from collections.abc import Callable
from pathlib import Path

from tests.station.update.cutting import Cutting
from tests.station.update.handing import serving


def cut_everywhere(folder: Path, say: Callable[[str], None]) -> tuple[int, list[str]]:
    """Return how many cuts there were, and what went wrong."""
    cuts, flaws = 0, list[str]()
    with serving() as hub:
        for well, ordered in ((True, False), (False, False), (True, True), (False, True)):
            what = f"{'ordered' if ordered else 'brought'}, {'kept' if well else 'taken back'}"
            cutting = Cutting(folder / what, well=well, hub=hub if ordered else None)
            writes = cutting.run(None)
            say(f"{what}: {writes} writes")
            for cut_at in range(1, writes + 1):
                cuts += 1
                try:
                    cutting.run(cut_at)
                except Exception as error:  # noqa: BLE001 - each is a finding
                    flaws.append(f"{what}, cut before write {cut_at} of {writes}: {error!r}")
    return cuts, flaws
