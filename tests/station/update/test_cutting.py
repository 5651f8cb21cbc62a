"""The power goes in the middle of an update: the machine comes back with the old release or the new one, and goes on.

`./run faults updates` cuts at every write; here it is each twelfth.
"""

from pathlib import Path

import pytest

from tests.station.update.cutting import Cutting


@pytest.mark.parametrize("well", [True, False], ids=["a release that is kept", "one that is taken back"])
def test_a_cut_leaves_old_or_new_running_and_the_next_run_finishes(tmp_path: Path, well: bool) -> None:
    cutting = Cutting(tmp_path, well=well)
    writes = cutting.run(None)
    assert writes > 60
    for cut_at in range(1, writes + 1, 12):
        cutting.run(cut_at)
