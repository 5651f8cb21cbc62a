"""大字版 on the real screen: the terminal is asked for larger signs."""

from typing import Protocol


class Zoom(Protocol):
    """Never blocks and never raises; where the terminal cannot, only the layout changes."""

    def enlarge(self, large: bool) -> None:
        """Show large signs, or the usual ones again; returns at once."""

    def close(self) -> None:
        """Leave the usual size behind."""
