"""Topic names: building them, and reading them strictly."""

import re
from typing import Final, Literal, NamedTuple, get_args

from wire.errors import WireError

HUB_STATE: Final = "v1/hub/state"
HUB_PULSE: Final = "v1/hub/pulse"
"""The hub to itself, its time as digits: once it is back, all that was sent before it has arrived. No contract."""
COUNTY_HEALTH: Final = "v1/health"

Upward = Literal["life", "beat", "records", "urgent", "ask", "answer"]
Downward = Literal["receipt", "command", "reply", "probe"]

# GB/T 2260 county (6) + NBS town (3) + unit (3); a second kiosk in one village carries a suffix.
STATION_ID: Final = r"[1-9][0-9]{11}(?:-[1-9][0-9]?)?"
_STATION = re.compile(STATION_ID)
_UP = re.compile(rf"v1/({STATION_ID})/up/([a-z]+)")
_DOWN = re.compile(rf"v1/({STATION_ID})/down/([a-z]+)")
_LIBRARY = re.compile(rf"v1/({STATION_ID})/down/library/([a-z_]{{1,40}})")
_UP_NAMES = frozenset(get_args(Upward))
_DOWN_NAMES = frozenset(get_args(Downward))


class UpTopic(NamedTuple):
    """What a topic under `v1/<station>/up/` says."""

    station: str
    family: Upward


class DownTopic(NamedTuple):
    """What a topic under `v1/<station>/down/` says."""

    station: str
    family: Downward | Literal["library"]


def is_station_id(text: str) -> bool:
    """Say whether `text` is a station id: 12 digits, optionally `-1` to `-99`."""
    return _STATION.fullmatch(text) is not None


def county_of(station: str) -> str:
    """Return the six digits of the county, which is also the shard."""
    return station[:6]


def village_of(station: str) -> str:
    """Return the twelve digits of the village, which all of its kiosks share."""
    return station[:12]


def up(station: str, family: Upward) -> str:
    """Name the topic on which `station` publishes `family`."""
    return f"v1/{station}/up/{family}"


def down(station: str, family: Downward) -> str:
    """Name the topic on which the hub publishes `family` to `station`."""
    return f"v1/{station}/down/{family}"


def library(station: str, document: str) -> str:
    """Name the retained topic of one library document of `station`."""
    return f"v1/{station}/down/library/{document}"


def every_up() -> str:
    """Return the hub's subscription to all stations."""
    return "v1/+/up/#"


def every_down(station: str) -> str:
    """Return a station's subscription to all that is meant for it."""
    return f"v1/{station}/down/#"


def health(station: str) -> str:
    """Name the retained topic that tells monitoring devices how `station` is."""
    return f"v1/health/{station}"


def incident(incident_id: str) -> str:
    """Name the retained topic of one incident."""
    return f"v1/incident/{incident_id}"


def parse_up(topic: str) -> UpTopic:
    """Read a topic of a station.

    Raises WireError E-WIRE-01 for anything else.
    """
    match = _UP.fullmatch(topic)
    if match is None or match[2] not in _UP_NAMES:
        raise WireError("E-WIRE-01", "not a topic a station writes")
    return UpTopic(match[1], match[2])  # type: ignore[arg-type]


def parse_down(topic: str) -> DownTopic:
    """Read a topic to a station.

    Raises WireError E-WIRE-01 for anything else.
    """
    match = _LIBRARY.fullmatch(topic)
    if match is not None:
        return DownTopic(match[1], "library")
    match = _DOWN.fullmatch(topic)
    if match is None or match[2] not in _DOWN_NAMES:
        raise WireError("E-WIRE-01", "not a topic the hub writes to a station")
    return DownTopic(match[1], match[2])  # type: ignore[arg-type]
