"""The pilot's kiosk: drawn only when somebody looks, and on a long way looked at often.

A headless app throws its updates away after composing them: a quarter of these tests' work. Whoever reads the screen
(`visitor.reads`) has it rendered then; the real terminal is tested by processes that know nothing of this.

Textual's pilot asks every 20 ms whether the process is quiet. A walker looks again until it sees what it looks for
(`walker.py`), so there 4 ms do; other tests look once and would at times be too early.
"""

import pytest
from textual import _wait
from textual._compositor import Compositor

LOOK_EVERY_S = 0.004
QUIET_S = LOOK_EVERY_S / 10
"""So little work in between is none."""


@pytest.fixture(autouse=True)
def _a_quick_pilot(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Compositor, "render_update", _update_for_nobody)
    if request.module.__name__.rpartition(".")[2].startswith("test_walks_"):
        monkeypatch.setattr(_wait, "SLEEP_GRANULARITY", LOOK_EVERY_S)
        monkeypatch.setattr(_wait, "SLEEP_IDLE", QUIET_S)


def _update_for_nobody(self: Compositor, *_: object, **__: object) -> None:
    self._dirty_regions.clear()
