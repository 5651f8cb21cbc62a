"""Paper through one small port."""

import threading
from collections.abc import Callable
from typing import NamedTuple, Protocol

from station.kiosk.events import Printed


class Sheet(NamedTuple):
    """What is to be printed; it may be personal, so it is never on a disk of ours."""

    title: str
    lines: tuple[str, ...]
    """Paragraphs, one each."""
    footer: str = ""
    qr: str = ""
    """What the QR code on it reads; empty for none."""

    def __repr__(self) -> str:
        return "Sheet(…)"


class Printer(Protocol):
    """Never blocks and never raises; what becomes of a sheet is told by the callback, from another thread."""

    @property
    def available(self) -> bool:
        """Say whether a printer takes jobs, as last looked."""

    def print(self, sheet: Sheet, told: Callable[[Printed], None]) -> None:
        """Print `sheet`; `told` gets DONE once the print system has it whole, or why not, within 30 s."""

    def close(self) -> None:
        """End for good."""


class NullPrinter:
    """`Printer` of a station without one."""

    available = False

    def print(self, sheet: Sheet, told: Callable[[Printed], None]) -> None:
        """Tell that there is none, from another thread as every printer does."""
        threading.Thread(target=told, args=(Printed.NO_PRINTER,), name="no-printer", daemon=True).start()

    def close(self) -> None:
        """Nothing is open."""
