"""What the hub tells: receipts to stations, and the retained health topics for monitoring devices."""

from collections.abc import Iterable
from typing import Final, Protocol

import msgspec

from hub.store.intake import Owed, Place
from wire.codec import encode
from wire.errors import WireError
from wire.health import CountyHealth, StationHealth
from wire.orders import Receipt
from wire.topics import COUNTY_HEALTH, down, health

RECEIPT_EXPIRES_S: Final = 10
"""A receipt also tells the time: one that waited longer at the broker would tell it wrong."""

COUNTY_AT_MOST_EVERY_MS: Final = 1_000
COUNTY_AT_LEAST_EVERY_MS: Final = 30_000
PACE: Final = 50
"""Stations told in one round: a start or a county without power is no burst at the broker."""


class Publishes(Protocol):
    """What this needs of the edge."""

    def publish(self, topic: str, payload: bytes, *, retain: bool = False, expires_s: int | None = None) -> bool:
        """Publish while connected; return whether it went out."""
        ...


class Outward:
    """Publishes, and remembers what is still to be told."""

    def __init__(self, edge: Publishes) -> None:
        """Take what publishes."""
        self._edge = edge
        self._waiting: dict[str, StationHealth] = {}
        self._figures: CountyHealth | None = None
        self._told_ms = 0

    def receipt(self, place: Place, owed: Owed, now_ms: int) -> bool:
        """Tell a station what is committed; return whether it went out."""
        station, epoch = place
        receipt = Receipt(epoch=epoch, seq=owed.stored_to, at_ms=now_ms, urgent=list(owed.urgent))
        return self._edge.publish(down(station, "receipt"), encode(receipt), expires_s=RECEIPT_EXPIRES_S)

    def station_changed(self, healths: Iterable[StationHealth]) -> None:
        """Have these told in a coming round; of one station only the latest is."""
        for one in healths:
            self._waiting[one.station] = one

    def round(self, figures: CountyHealth) -> None:
        """Tell up to PACE stations, and the county's figures when they are due."""
        for code in list(self._waiting)[:PACE]:
            if not self._edge.publish(health(code), _encode(self._waiting[code]), retain=True):
                return
            del self._waiting[code]
        if self._due(figures) and self._edge.publish(COUNTY_HEALTH, encode(figures), retain=True):
            self._figures, self._told_ms = figures, figures.at_ms

    def _due(self, figures: CountyHealth) -> bool:
        if self._figures is None:
            return True
        age_ms = figures.at_ms - self._told_ms
        same = msgspec.structs.replace(self._figures, at_ms=figures.at_ms) == figures
        return age_ms >= (COUNTY_AT_LEAST_EVERY_MS if same else COUNTY_AT_MOST_EVERY_MS) or age_ms < 0


def _encode(one: StationHealth) -> bytes:
    try:
        return encode(one)
    except WireError:  # a station that says too much of its devices is still told of
        return encode(msgspec.structs.replace(one, devices=[]))
