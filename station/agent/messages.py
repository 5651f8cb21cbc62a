"""What the link tells the session, and what the session wants done: values only."""

from msgspec import Struct

from wire.codec import decode
from wire.errors import WireError
from wire.life import HubState
from wire.orders import Command, Library, Receipt, Reply
from wire.probe import ProbeSession
from wire.topics import HUB_STATE, Upward, parse_down

Downward = HubState | Receipt | Command | Library | Reply | ProbeSession


class Connected(Struct, frozen=True):
    """The broker took us."""

    address: str = ""
    """Our own address on this connection; empty where it is not known."""


class Subscribed(Struct, frozen=True):
    """What is meant for this station now arrives."""


class Disconnected(Struct, frozen=True):
    """The connection is gone; whatever was not acknowledged may or may not have arrived."""


class Published(Struct, frozen=True):
    """The broker's acknowledgement of one Publish; no promise that anybody stored it."""

    family: Upward
    key: int
    code: int
    """MQTT 5 reason code."""


class Received(Struct, frozen=True):
    """A message of the hub."""

    message: Downward
    retained: bool


class OutboxChanged(Struct, frozen=True):
    """There may be new records."""


class DevicesChanged(Struct, frozen=True):
    """A device is in another state: the next beat should not wait."""


Event = Connected | Subscribed | Disconnected | Published | Received | OutboxChanged | DevicesChanged


class Subscribe(Struct, frozen=True):
    """Ask the broker for all that is meant for this station."""


class Publish(Struct, frozen=True):
    """Send this on `up/<family>`; its acknowledgement comes back as Published with the same key."""

    family: Upward
    payload: bytes
    qos: int
    retain: bool
    key: int
    expiry_s: int | None = None
    """The broker drops it when it could not be delivered this long."""


class Trim(Struct, frozen=True):
    """The hub has stored everything up to and including `seq`: forget it."""

    seq: int


class NoteUrgent(Struct, frozen=True):
    """The hub has these emergencies ahead of their turn: for the kiosk."""

    seqs: list[int]


class TakeReply(Struct, frozen=True):
    """What became of a question: for the kiosk."""

    reply: Reply


class Learn(Struct, frozen=True):
    """By the hub's clock, UTC is the running count plus this."""

    mono_to_utc_ms: int


class HubNote(Struct, frozen=True):
    """The hub began or ceased to answer: for the kiosk."""

    online: bool


class RunCommand(Struct, frozen=True):
    """Claim this command and execute it; it was in time when it came."""

    command: Command


class TakeLibrary(Struct, frozen=True):
    """The county wants this library here."""

    library: Library


class TakeProbe(Struct, frozen=True):
    """The hub's reflector answers this session from now on."""

    session: ProbeSession


class Denied(Struct, frozen=True):
    """The broker does not let this station publish what it must. Told once until that is over."""

    family: Upward


Action = (
    Subscribe | Publish | Trim | NoteUrgent | TakeReply | Learn | HubNote | RunCommand | TakeLibrary | TakeProbe
    | Denied
)  # fmt: skip

_KINDS: dict[str, type[Receipt] | type[Command] | type[Library] | type[Reply] | type[ProbeSession]] = {
    "receipt": Receipt,
    "command": Command,
    "library": Library,
    "reply": Reply,
    "probe": ProbeSession,
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
