"""A backup of the county each night, beside the hub's work: a chore that only starts a thread and looks after it."""

import logging
import re
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from hub.desks.archive import back_up
from hub.errors import CodedError
from hub.local_time import UNIT_MS, day_ms, day_of, written
from hub.settings import Settings
from hub.view import View

logger = logging.getLogger(__name__)

AT_MS: Final = 2 * UNIT_MS["h"]
"""Of the county's day: when few villages are awake."""
AGAIN_MS: Final = UNIT_MS["h"]
"""After one that failed."""


class NightlyBackups:
    """A chore of the writer: one file a day in `backup.folder`, the newest `backup.keep` stay."""

    def __init__(self, settings: Settings, view: View, make: Callable[[Path, int], object] | None = None) -> None:
        """Take where, how many, and whom to tell when the last good one was made; `make` writes one."""
        self._folder = None if settings.backup.folder is None else Path(settings.backup.folder)
        self._keep, self._view = settings.backup.keep, view
        self._make = make or (lambda path, now_ms: back_up(settings, None, path, now_ms, keys=False))
        self._name = re.compile(rf"cuncuntong-{settings.county}-[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}\.zip")
        self._prefix = f"cuncuntong-{settings.county}-"
        self._due_ms = 0
        self._running: threading.Thread | None = None
        if self._folder is not None:
            view.backed_up(self._newest_ms())

    def round(self, now_ms: int, *, connected: bool) -> None:
        """Begin a backup when the day's is due and there is none."""
        if self._folder is None or now_ms < self._due_ms or self._busy():
            return
        day = day_of(now_ms - AT_MS)
        self._due_ms = now_ms + AGAIN_MS
        self._running = threading.Thread(target=self._work, args=(day, now_ms), name="backup", daemon=True)
        self._running.start()

    def wait(self, within_s: float) -> None:
        """Wait for one that is being made; one cut off leaves nothing with a backup's name."""
        if self._running is not None:
            self._running.join(within_s)

    def _busy(self) -> bool:
        return self._running is not None and self._running.is_alive()

    def _work(self, day: int, now_ms: int) -> None:
        assert self._folder is not None
        path = self._folder / f"{self._prefix}{written(day_ms(day))[:10]}.zip"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for left in self._folder.glob(".backup-*"):  # of one that was cut off
                shutil.rmtree(left, ignore_errors=True)
            if not path.exists():
                self._make(path, now_ms)
                logger.info("backup %s 已备份", path.name)
            self._forget()
            self._view.backed_up(round(path.stat().st_mtime * 1000))
            self._due_ms = day_ms(day + 1) + AT_MS
        except (CodedError, OSError) as error:
            logger.warning("E-BAK-07 no backup was made tonight; it is tried again in an hour 备份失败: %s", error)

    def _newest_ms(self) -> int:
        """Return when the newest there is was made; 0 for none: a county that wants backups and has none is told."""
        try:
            return max((round(path.stat().st_mtime * 1000) for path in self._kept()), default=0)
        except OSError:
            return 0

    def _forget(self) -> None:
        for path in self._kept()[: -self._keep]:
            path.unlink()

    def _kept(self) -> list[Path]:
        assert self._folder is not None
        return sorted(path for path in self._folder.iterdir() if self._name.fullmatch(path.name))
