"""How the kiosk ends: asked to by a signal, or because its terminal is gone; at once if it can, in any case soon."""

import logging
import os
import select
import signal
import threading
from asyncio import AbstractEventLoop
from collections.abc import Callable
from typing import Final

logger = logging.getLogger(__name__)

PATIENCE_S: Final = 4.0
"""Textual waits for ever for a terminal that takes nothing any more. What was handed to the keeper is on the disk."""
SIGNALS: Final = (signal.SIGTERM, signal.SIGHUP)


class Ending:
    """Ends the app, and where it does not end, the process."""

    def __init__(self, leave: Callable[[], object], end_process: Callable[[int], object] = os._exit) -> None:
        """Call `leave` in the app's loop; `end_process` where that does not help."""
        self._leave, self._end_process = leave, end_process
        self._begun = threading.Event()

    def watch(self, loop: AbstractEventLoop, terminal: int = 0) -> None:
        """Begin, in the main thread: heed the signals, and the descriptor of the terminal."""
        self._loop = loop
        for sign in SIGNALS:
            # Not the loop's own handlers: the loop may stand still, and this one is called all the same.
            signal.signal(sign, lambda *_: self.begin())
        threading.Thread(target=self._watch_terminal, args=(terminal,), name="ending", daemon=True).start()

    def begin(self) -> None:
        """End now; from any thread."""
        if self._begun.is_set():
            return
        self._begun.set()
        last = threading.Timer(PATIENCE_S, self._end_process, [1])
        last.daemon = True
        last.start()
        try:
            self._loop.call_soon_threadsafe(self._leave)
        except RuntimeError:  # the loop is closed: it ends already
            return

    def _watch_terminal(self, terminal: int) -> None:
        gone = select.poll()
        gone.register(terminal, 0)  # a hang-up is told unasked
        gone.poll()
        logger.warning("the terminal is gone; ending")
        self.begin()
