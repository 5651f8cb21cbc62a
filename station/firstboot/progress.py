"""What first boot tells: the status file for the setup screen, and a line of the journal for each change."""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from msgspec import structs

from station.firstboot.status import Said, Status, StepName, StepNow, StepState, first_status, write_status
from station.layout import Layout

BEAT_EVERY_S: Final = 10.0
Say = Callable[[str], None]


class Progress:
    """The status as it is, written when it changes."""

    def __init__(self, layout: Layout, say: Say, mono_s: Callable[[], float]) -> None:
        """Begin with nothing done; `say` hears each change of a step."""
        self._layout, self._say, self._mono_s = layout, say, mono_s
        self.status = first_status()
        self._written: Status | None = None
        self._written_s = 0.0

    def step(self, name: StepName) -> StepNow:
        """Return how a step is."""
        return next(one for one in self.status.steps if one.name == name)

    def now(self, name: StepName, state: StepState, said: Said | None = None) -> None:
        """Say how a step is, when it is otherwise than before."""
        then = StepNow(name, state, said)
        if self.step(name) != then:
            words = "" if said is None else f": {said.code} {said.what}"
            self._say(f"{name}: {state}{words}")
        self.tell(steps=[then if one.name == name else one for one in self.status.steps])

    def finish(self) -> None:
        """Say that all is done, but what could not be."""
        steps = [structs.replace(one, state="done") if one.said is None else one for one in self.status.steps]
        self.tell(steps=steps, finished=True)

    def tell(self, **changes: Any) -> None:
        """Write the status when it changed, and now and then, so that the screen knows that somebody works."""
        self.status = structs.replace(self.status, **changes)
        now_s = self._mono_s()
        if self.status == self._written and now_s - self._written_s < BEAT_EVERY_S:
            return
        self._written, self._written_s = self.status, now_s
        with suppress(OSError):  # a full disk must not end what could free it
            write_status(self._layout, structs.replace(self.status, at_mono_s=time.clock_gettime(time.CLOCK_BOOTTIME)))
