"""When a station says its birth: until the hub welcomes it, when the hub returns, when its documents changed. Pure."""

from collections.abc import Mapping
from random import Random
from typing import Final

import msgspec

from station.agent.messages import Publish
from station.agent.own_address import reflector_at
from station.clock import Stamp
from wire.codec import encode
from wire.life import Birth

WELCOME_RETRY_MS: Final = 5_000
WELCOME_RETRY_MOST_MS: Final = 60_000
HELD_AFTER_MS: Final = 1_000
"""Documents come one by one: they are told of together."""


class Births:
    """What the birth says, and when it is due again."""

    def __init__(self, birth: Birth, spread_s: float, random: Random) -> None:
        """Take what the station is, and within how long all stations are born again when the hub returns.

        A reflector of `:port` is where the connection comes from: `connected` fills it in.
        """
        self._birth = birth
        self._reflector = birth.reflector
        self._spread_ms = spread_s * 1000
        self._random = random
        self._retry_ms = WELCOME_RETRY_MS
        self._again_ms: int | None = None
        self._held_ms: int | None = None

    @property
    def due_ms(self) -> int | None:
        """Return when the next birth is due; None while there is no reason for one."""
        return min((one for one in (self._again_ms, self._held_ms) if one is not None), default=None)

    def is_due(self, at: Stamp) -> bool:
        """Say whether one is due now."""
        return self.due_ms is not None and at.mono_ms >= self.due_ms

    def bear(self, epoch: str, at: Stamp, *, welcomed: bool) -> Publish:
        """Say it; without the hub's welcome so far it is due again, ever less often."""
        self._held_ms = self._again_ms = None
        if not welcomed:
            self._again_ms = at.mono_ms + int(self._retry_ms * self._random.uniform(0.8, 1.2))
            self._retry_ms = min(self._retry_ms * 2, WELCOME_RETRY_MOST_MS)
        birth = msgspec.structs.replace(self._birth, epoch=epoch, at_ms=at.at_ms)
        return Publish("life", encode(birth), 1, True, 0)

    def connected(self, address: str) -> None:
        """Say from now on that the own reflector is at this address, unless the settings say where; "" is unknown."""
        if self._reflector is not None and self._reflector.startswith(":"):
            place = reflector_at(address, int(self._reflector[1:])) if address else None
            self._birth = msgspec.structs.replace(self._birth, reflector=place)

    def hold(self, versions: Mapping[str, int], at: Stamp) -> None:
        """Say from now on that the station holds these documents: the hub sends what is newer."""
        if dict(versions) != self._birth.library:
            self._birth = msgspec.structs.replace(self._birth, library=dict(versions))
            self._held_ms = at.mono_ms + HELD_AFTER_MS

    def settle(self) -> None:
        """Wait no longer: the hub welcomed the station, or the line is gone."""
        self._again_ms, self._retry_ms = None, WELCOME_RETRY_MS

    def hub_is_back(self, at: Stamp) -> None:
        """Be born at a random moment, so that a county's stations do not all come at once."""
        self._retry_ms = WELCOME_RETRY_MS
        self._again_ms = at.mono_ms + int(self._random.uniform(0, self._spread_ms))

    def hub_is_away(self, at: Stamp) -> None:
        """Wait for the hub's state to change; a slow birth of our own is the safety net."""
        self._retry_ms = WELCOME_RETRY_MOST_MS
        self._again_ms = at.mono_ms + int(WELCOME_RETRY_MOST_MS * self._random.uniform(0.8, 1.2))
