"""The pilot's kiosk: looked at often, and drawn only when somebody looks.

Textual's pilot asks every 20 ms whether the process is quiet; here every 4 ms, since most screens are done sooner.
And a headless app throws its updates away after composing them: a quarter of these tests' work. Whoever reads the
screen (`visitor.reads`) has it rendered then; the real terminal is tested by processes that know nothing of this.
"""

import pytest
from textual import _wait
from textual._compositor import Compositor

LOOK_EVERY_S = 0.004
QUIET_S = LOOK_EVERY_S / 10
"""So little work in between is none."""


@pytest.fixture(autouse=True, scope="session")
def _a_quick_pilot() -> None:
    _wait.SLEEP_GRANULARITY, _wait.SLEEP_IDLE = LOOK_EVERY_S, QUIET_S
    Compositor.render_update = _update_for_nobody  # type: ignore[method-assign]


def _update_for_nobody(self: Compositor, *_: object, **__: object) -> None:
    self._dirty_regions.clear()
