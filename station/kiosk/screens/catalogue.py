"""Which screen shows which step."""

from typing import Final

from station.kiosk.screens.base import KioskScreen
from station.kiosk.state import Step

SCREENS: Final[dict[Step, type[KioskScreen]]] = {}
