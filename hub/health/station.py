"""Whether one village can be reached: every rule that moves it between online, offline and unknown (pure).

Sight. The hub judges silence only while it can see. Times of ticks are not the clock's but those of pulses that
came back through the broker, so a stopped broker, a stalled hub or a machine that slept never looks like silence.

Dating. A silent station is offline since the limit passed, not since it was noticed. After the hub was blind a
station is unknown until it is heard; if it is not, it is offline since the end of the grace, never earlier: what
happened while nobody looked stays unknown, also in hindsight.

Wills. A broker that is stopped says every station's will before it goes (mosquitto 2.0.21 does, and keeps them
retained). So a will counts once a pulse sent after it came back: the broker lives, the station does not. A retained
one tells only why a station that is not back by the end of the grace is offline. A farewell is the station's own word.
"""

from typing import Final, Literal, NamedTuple

import msgspec
from msgspec import Struct

SILENT_AFTER_KEEPALIVES: Final = 1.75
"""MQTT lets a broker wait 1.5; a little more, and a station that only lost one beat is not called silent."""

UNTOLD_SILENT_AFTER_MS: Final = 105_000
"""For a station heard without its birth: 1.75 of 60 s, the longest keep-alive we set up."""

GRACE_MS: Final = 45_000
"""The least time a station has to come back after the hub was blind: it waits up to 30 s between attempts."""

State = Literal["online", "offline", "unknown"]


class Born(NamedTuple):
    """Its birth came; `retained` means the broker kept it, so it says nothing about now."""

    boot: int
    epoch: str
    keepalive_s: float
    beat_every_s: float
    retained: bool


class Died(NamedTuple):
    """Its will or farewell came."""

    boot: int
    orderly: bool
    retained: bool


class Heard(NamedTuple):
    """Any live message of the station; `boot` where the message tells it."""

    boot: int | None = None


class HubBlind(NamedTuple):
    """The hub lost the broker."""


class HubSees(NamedTuple):
    """The hub is connected and subscribed."""


class Tick(NamedTuple):
    """Everything the station sent up to now would have been heard."""


class ClockStepped(NamedTuple):
    """The hub's clock was set: what is still measured from an instant moves with it."""

    by_ms: int


Event = Born | Died | Heard | HubBlind | HubSees | Tick | ClockStepped


class Known(Struct, frozen=True):
    """What the hub knows of one station."""

    state: State
    since_ms: int
    reason: str
    boot: int = 0
    """Of the birth that counts, 0 before any."""
    epoch: str = ""
    silent_after_ms: int = UNTOLD_SILENT_AFTER_MS
    heard_ms: int | None = None
    sees_ms: int | None = None
    """Since when the hub can see; None while it is blind."""
    ended: Literal["", "died", "stopped"] = ""
    """How the session that counts is said to have ended, since the hub was last blind."""
    will_ms: int | None = None
    """When a will came that no pulse has borne out yet."""


class Flip(NamedTuple):
    """A change of state: when it came true, and the stable code of why."""

    at_ms: int
    state: State
    reason: str


def never_seen(at_ms: int) -> Known:
    """Return what is known of a station just set up."""
    return Known("unknown", at_ms, "never_seen")


def silent_since_ms(known: Known) -> int:
    """Return since when a station that is offline is so: a hub that was away or blind said it anew, and later."""
    return known.since_ms if known.heard_ms is None else min(known.since_ms, known.heard_ms + known.silent_after_ms)


def after_restart(known: Known, alive_ms: int) -> tuple[Known, Flip | None]:
    """Return what a hub that starts may still say, when the hub before it was last alive at `alive_ms`."""
    known = msgspec.structs.replace(known, sees_ms=None, ended="", will_ms=None)
    if known.state == "unknown":
        return known, None
    return _flip(known, alive_ms, "unknown", "hub_restart")


def step(known: Known, event: Event, at_ms: int) -> tuple[Known, Flip | None]:  # noqa: PLR0911 one return per kind
    """Return what is known after `event` at `at_ms`, and the change of state if there is one."""
    match event:
        case Born():
            return _born(known, event, at_ms)
        case Died():
            return _died(known, event, at_ms)
        case Heard(boot):
            return (known, None) if boot is not None and boot < known.boot else _heard(known, at_ms, "heard")
        case HubBlind():
            known = msgspec.structs.replace(known, sees_ms=None, ended="", will_ms=None)
            return (known, None) if known.state == "unknown" else _flip(known, at_ms, "unknown", "hub_blind")
        case HubSees():
            known = msgspec.structs.replace(known, sees_ms=at_ms)
            left = known.ended == "stopped" and known.state != "offline"
            return _flip(known, at_ms, "offline", "stopped") if left else (known, None)
        case Tick():
            return _silence(known, at_ms)
        case ClockStepped(by_ms):
            return _moved(known, by_ms, at_ms)


def _born(known: Known, event: Born, at_ms: int) -> tuple[Known, Flip | None]:
    # Boots count up within one epoch; a station whose card was replaced begins anew with another epoch.
    if event.epoch == known.epoch and event.boot < known.boot:
        return known, None
    known = msgspec.structs.replace(
        known,
        boot=event.boot,
        epoch=event.epoch,
        silent_after_ms=round(max(event.keepalive_s, event.beat_every_s) * SILENT_AFTER_KEEPALIVES * 1000),
        ended="",
        will_ms=None,
    )
    if not event.retained:
        return _heard(known, at_ms, "born")
    if known.reason == "never_seen":
        return _flip(known, at_ms, "unknown", "not_heard_yet")
    return known, None


def _died(known: Known, event: Died, at_ms: int) -> tuple[Known, Flip | None]:
    if event.boot < known.boot:
        return known, None
    known = msgspec.structs.replace(known, boot=event.boot, ended="stopped" if event.orderly else "died")
    if known.state == "offline":
        return known, None
    if not event.orderly:
        return known if event.retained else msgspec.structs.replace(known, will_ms=at_ms), None
    return (known, None) if known.sees_ms is None else _flip(known, at_ms, "offline", "stopped")


def _heard(known: Known, at_ms: int, reason: str) -> tuple[Known, Flip | None]:
    heard_ms = at_ms if known.heard_ms is None else max(known.heard_ms, at_ms)
    known = msgspec.structs.replace(known, heard_ms=heard_ms, ended="", will_ms=None)
    if known.sees_ms is None or known.state == "online":
        return known, None
    return _flip(known, at_ms, "online", reason)


def _silence(known: Known, at_ms: int) -> tuple[Known, Flip | None]:
    if known.sees_ms is None or known.state == "offline":
        return known, None
    if known.will_ms is not None:
        return _flip(known, known.will_ms, "offline", "died") if at_ms > known.will_ms else (known, None)
    if known.reason == "never_seen":
        return known, None
    if known.state == "online" and known.heard_ms is not None:
        limit_ms = known.heard_ms + known.silent_after_ms
    else:
        limit_ms = known.sees_ms + max(known.silent_after_ms, GRACE_MS)
    return _flip(known, limit_ms, "offline", known.ended or "silent") if at_ms >= limit_ms else (known, None)


def _moved(known: Known, by_ms: int, at_ms: int) -> tuple[Known, Flip | None]:
    known = msgspec.structs.replace(
        known,
        heard_ms=None if known.heard_ms is None else known.heard_ms + by_ms,
        sees_ms=None if known.sees_ms is None else known.sees_ms + by_ms,
        will_ms=None if known.will_ms is None else known.will_ms + by_ms,
    )
    if known.since_ms <= at_ms:
        return known, None
    # By the clock as it is now the state would begin in the future: it is said again, with its right date.
    known = msgspec.structs.replace(known, since_ms=min(known.since_ms + by_ms, at_ms))
    return known, Flip(known.since_ms, known.state, known.reason)


def _flip(known: Known, at_ms: int, state: State, reason: str) -> tuple[Known, Flip]:
    # A clock that was set back must not make a state begin before the one it follows.
    at_ms = max(at_ms, known.since_ms)
    return msgspec.structs.replace(known, will_ms=None, state=state, since_ms=at_ms, reason=reason), Flip(
        at_ms, state, reason
    )
