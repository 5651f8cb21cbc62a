"""What the link tells the session, and what the session wants done: values only."""

from typing import NamedTuple

from wire.codec import decode
from wire.errors import WireError
from wire.life import HubState
from wire.orders import Command, Library, Receipt, Reply
from wire.topics import HUB_STATE, Upward, parse_down

Downward = HubState | Receipt | Command | Library | Reply


class Connected(NamedTuple):
    """The broker took us."""


class Subscribed(NamedTuple):
    """What is meant for this station now arrives."""


class Disconnected(NamedTuple):
    """The connection is gone; whatever was not acknowledged may or may not have arrived."""


class Published(NamedTuple):
    """The broker's acknowledgement of one Publish; no promise that anybody stored it."""

    family: Upward
    key: int
    code: int
    """MQTT 5 reason code."""


class Received(NamedTuple):
    """A message of the hub."""

    message: Downward
    retained: bool


class OutboxChanged(NamedTuple):
    """There may be new records."""


class DevicesChanged(NamedTuple):
    """A device is in another state: the next beat should not wait."""


Event = Connected | Subscribed | Disconnected | Published | Received | OutboxChanged | DevicesChanged


class Subscribe(NamedTuple):
    """Ask the broker for all that is meant for this station."""


class Publish(NamedTuple):
    """Send this on `up/<family>`; its acknowledgement comes back as Published with the same key."""

    family: Upward
    payload: bytes
    qos: int
    retain: bool
    key: int


class Trim(NamedTuple):
    """The hub has stored everything up to and including `seq`: forget it."""

    seq: int


class Learn(NamedTuple):
    """By the hub's clock, UTC is the running count plus this."""

    mono_to_utc_ms: int


class HubNote(NamedTuple):
    """The hub began or ceased to answer: for the kiosk."""

    online: bool


class RunCommand(NamedTuple):
    """Claim this command and execute it; it was in time when it came."""

    command: Command


class TakeLibrary(NamedTuple):
    """The county wants this library here."""

    library: Library


class Denied(NamedTuple):
    """The broker does not let this station publish what it must. Told once until that is over."""

    family: Upward


Action = Subscribe | Publish | Trim | Learn | HubNote | RunCommand | TakeLibrary | Denied

_KINDS: dict[str, type[Receipt] | type[Command] | type[Library] | type[Reply]] = {
    "receipt": Receipt,
    "command": Command,
    "library": Library,
    "reply": Reply,
}


def read_down(station: str, topic: str, payload: bytes) -> Downward:
    """Return the message that came on `topic`.

    Raises WireError for another station's topic (E-WIRE-01), too large (E-WIRE-02) or no such message (E-WIRE-03).
    """
    if topic == HUB_STATE:
        return decode(payload, HubState)
    meant_for, family = parse_down(topic)
    if meant_for != station:
        raise WireError("E-WIRE-01", "meant for another station")
    return decode(payload, _KINDS[family])
