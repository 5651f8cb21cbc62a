"""A technician's terminal: findings to standard output, what is asked and how long it takes to standard error."""

import sys
import threading
from typing import Final

import typer
from rich.console import Console

from station.devices.camera.reports import Looked
from station.devices.camera.watch_screen import picture
from station.doctor.ground import Talk
from station.doctor.terminal import lines_of
from station.vision.pictures import preview_of
from wire.acceptance import Finding

PREVIEW_PX: Final = 120
PREVIEW_ROWS: Final = 30


class Terminal(Talk):
    """Whoever sits there."""

    def __init__(self, *, silent: bool, interactive: bool) -> None:
        """Say nothing when `silent`; ask when `interactive`."""
        self._silent, self._interactive = silent, interactive
        self._moves = sys.stderr.isatty() and not silent
        self._guard = threading.Lock()
        self._said = ""

    def tell(self, zh: str, en: str) -> None:
        """Say what to do, or what goes on."""
        if not self._silent:
            self._clear()
            typer.echo(f">>> {zh}  {en}", err=True)

    def ask(self, zh: str, en: str) -> bool | None:
        """Ask yes or no; None when nobody is there to answer."""
        if not self._interactive:
            return None
        self._clear()
        return typer.confirm(f">>> {zh} {en}", err=True)

    def show(self, jpeg: bytes) -> None:
        """Draw what a camera sees, two pixels a sign, as `station camera watch` does."""
        seen = preview_of(jpeg, PREVIEW_PX)
        if not (self._moves and seen.rgb):
            return
        self._clear()
        looked = Looked(
            0.0, [], learning=False, light="day", preview=seen.rgb,
            preview_width_px=seen.width_px, preview_height_px=seen.height_px,
        )  # fmt: skip
        screen = Console(stderr=True)
        for line in picture(looked, min(screen.width - 1, PREVIEW_PX), PREVIEW_ROWS):
            screen.print(line)

    def begin(self, zh: str, en: str, seconds: float) -> None:
        """Say that a check begins."""
        about = f"，约 {seconds:.0f} 秒 about {seconds:.0f} s" if seconds >= 1 else ""
        self._said = f"正在检查 {zh} {en}{about}"
        self._show(self._said)

    def left(self, seconds: float) -> None:
        """Say how much longer it takes."""
        self._show(f"{self._said}  还剩 {seconds:.0f} 秒 left")

    def found(self, findings: list[Finding]) -> None:
        """Show what it came to."""
        self._clear()
        if not self._silent:
            colour = sys.stdout.isatty()
            typer.echo("\n".join(line for one in findings for line in lines_of(one, colour=colour)))

    def _show(self, text: str) -> None:
        if self._moves:
            with self._guard:
                typer.echo(f"\r\x1b[K{text}", nl=False, err=True)

    def _clear(self) -> None:
        self._show("")
