"""`./run faults updates`: the power goes at every single write of an update, of a good release and of a bad one."""

from collections.abc import Callable
from pathlib import Path

from tests.station.update.cutting import Cutting


def cut_everywhere(folder: Path, say: Callable[[str], None]) -> tuple[int, list[str]]:
    """Return how many cuts there were, and what went wrong."""
    cuts, flaws = 0, []
    for well in (True, False):
        cutting = Cutting(folder / str(well), well=well)
        writes = cutting.run(None)
        say(f"{'kept' if well else 'taken back'}: {writes} writes")
        for cut_at in range(1, writes + 1):
            cuts += 1
            try:
                cutting.run(cut_at)
            except Exception as error:  # noqa: BLE001 - each is a finding
                flaws.append(f"well={well}, cut before write {cut_at} of {writes}: {error!r}")
    return cuts, flaws
