"""What an examination stands on: the station's settings, its files, the programs of its machine, who is there."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from station.kiosk.ports.process import run
from station.layout import Layout
from station.settings import Settings
from wire.acceptance import Finding

PROGRAM_S: Final = 10.0
"""The longest a program of the system may take."""
WATCH_S: Final = 14.0
"""How long cameras are watched: a cover is held for 12 s before it is said (`station/vision/limits.py`)."""


class Talk:
    """Whoever looks: a technician at a terminal; this one is nobody."""

    def tell(self, zh: str, en: str) -> None:
        """Say what to do, or what goes on."""

    def ask(self, zh: str, en: str) -> bool | None:
        """Ask yes or no; None when nobody is there to answer."""

    def show(self, jpeg: bytes) -> None:
        """Show what a camera sees."""

    def begin(self, zh: str, en: str, seconds: float) -> None:
        """Say that a check begins, and about how long it takes."""

    def left(self, seconds: float) -> None:
        """Say how much longer it takes."""

    def found(self, findings: list[Finding]) -> None:
        """Say what it came to."""


class Reflector(NamedTuple):
    """Whom to probe, where the agent's own session is not to be used."""

    host: str
    port: int
    ssid: int
    key: bytes | None


class Ground(NamedTuple):
    """One station."""

    settings: Settings
    folder: Path
    """Where its settings, keys and state lie."""
    layout: Layout
    talk: Talk
    interactive: bool = False
    """Whether somebody is there who can lay a card on and say what is heard."""
    exclusive: bool = False
    line_s: float = 60.0
    watch_s: float = WATCH_S
    card_s: float = 30.0
    reflector: Reflector | None = None
    aimed: bool = False
    """Somebody looked at the cameras before: they are aimed well, nobody is in view."""
    keep_picture: Callable[[str, bytes], None] = lambda _camera, _jpeg: None
    """Takes what each camera saw, as JPEG."""

    @property
    def state(self) -> Path:
        """The folder of spool and library."""
        return Path(self.settings.state_dir)

    def read(self, path: str) -> str | None:
        """Return a small file of the machine, None when it cannot be read."""
        try:
            return (self.layout.root / path.lstrip("/")).read_text("utf-8", "replace").strip()
        except OSError:
            return None

    def program(self, *command: str, within_s: float = PROGRAM_S) -> str | None:
        """Return what a program of the machine prints; None when it is not there, fails or hangs.

        Below another root than `/` only programs that lie there are run.
        """
        name = command[0]
        there = self.layout.root / "usr/bin" / name
        found = shutil.which(name) if self.layout.root == Path("/") else str(there) if there.is_file() else None
        if found is None:
            return None
        ended = run([found, *command[1:]], b"", within_s, {"LC_ALL": "C.UTF-8"})
        return ended.out.decode("utf-8", "replace").strip() if ended.code == 0 else None
