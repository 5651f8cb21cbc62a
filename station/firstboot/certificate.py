"""Getting the station's certificate: from the hub by HTTP, else from a technician's laptop by USB stick.

One thread does both by turns, so that never two requests are under way for one token.
"""

import base64
import binascii
import datetime as dt
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal, NamedTuple

from station.clock import Clock
from station.errors import StationError, TrustError
from station.firstboot.status import Said
from station.identity import stick as by_stick
from station.identity.enrol import enrol_online, enrol_request, take_reply
from station.identity.hub_http import HubAwayError, HubRefusedError
from station.identity.keys import finish_install, load_identity
from station.layout import Layout
from station.settings import Settings
from wire.certificates import CLIENT, read_chain, verify_chain
from wire.enrolment import INVITATION_FILE, REPLY_FILE, REQUEST_FILE
from wire.errors import WireError

FIRST_AGAIN_S: Final = 2.0
LAST_AGAIN_S: Final = 60.0
AFTER_REFUSAL_S: Final = 120.0
"""The hub may have to be told of this label first; another label is tried at once."""


STICK_FAULTS: Final = ("E-IDENT-08", "E-IDENT-09")
"""No invitation, or the stick takes nothing: what lies on it as an answer is none the worse."""


class Told(NamedTuple):
    """What came of a round."""

    state: Literal["now", "waits", "failed"]
    said: Said | None = None
    refused: bool = False
    """By whoever signs, for good: another label may be needed."""
    asked: bool = False
    """The request is on a stick now."""


class _Asked(NamedTuple):
    """What a stick was asked with, and what is to be said of it while it stays plugged in."""

    token: str
    told: Told


class Enrolling:
    """Asks again and again; `round` never blocks longer than one request to the hub."""

    def __init__(self, layout: Layout, mono_s: Callable[[], float] = time.monotonic) -> None:
        """Ask at once; `mono_s` tells when to ask again."""
        self._layout = layout
        self._mono_s = mono_s
        self._due_s = self._again_s = 0.0
        self._online: Told | None = None
        self._asked: dict[Path, _Asked] = {}

    def at_once(self) -> None:
        """Forget what was refused: there is another label, or another bundle."""
        self._due_s = self._again_s = 0.0
        self._online = None
        self._asked.clear()

    def has_certificate(self, settings: Settings) -> bool:
        """Say whether this station has a certificate of its county and the key to it; ends what a cut left of one.

        Raises TrustError E-IDENT-02.
        """
        folder = self._layout.station
        finish_install(folder)
        try:
            identity = load_identity(folder)
            verify_chain(identity.chain, read_chain(self._ca_file.read_bytes()).leaf, CLIENT, None)
        except (OSError, WireError, TrustError):
            return False
        return identity.station == settings.station

    def round(self, settings: Settings, token: str) -> Told:
        """Do what can be done now for a certificate; `has_certificate` says whether there is one then."""
        by_hand = self._by_stick(settings.station, token)
        if by_hand is not None:
            return by_hand
        if settings.hub is None:
            return Told("waits", Said("E-FIRST-11", "no hub by HTTP: put in the stick 未设中心地址，请插入登记U盘"))
        if self._online is None or self._mono_s() >= self._due_s:
            self._online = self._by_line(settings, settings.hub.url, token)
        return self._online

    @property
    def _ca_file(self) -> Path:
        return self._layout.station / "ca.crt"

    def _by_line(self, settings: Settings, url: str, token: str) -> Told:
        folder = self._layout.station
        try:
            request = enrol_request(folder, settings.station, token, _seal_key(folder / "seal.pub"))
            reply = enrol_online(url, request, self._ca_file)
            # Without dates: they are the hub's own, and this clock may be of another year.
            take_reply(folder, reply, self._ca_file, settings.station, None)
        except HubRefusedError as error:
            self._due_s = self._mono_s() + AFTER_REFUSAL_S
            return Told("failed", said_of(error), refused=True)
        except HubAwayError as error:
            self._wait_longer()
            return Told("waits", said_of(error))
        except (StationError, WireError) as error:
            self._wait_longer()
            return Told("failed", said_of(error))
        self._wait_longer()  # should it not do, against all that was verified
        return Told("now")

    def _wait_longer(self) -> None:
        self._again_s = min(LAST_AGAIN_S, max(FIRST_AGAIN_S, 2 * self._again_s))
        self._due_s = self._mono_s() + self._again_s

    def _by_stick(self, station: str, token: str) -> Told | None:
        """Return what came of the sticks that are plugged in, None where none is for enrolment."""
        here = sticks(self._layout)
        self._asked = {stick: asked for stick, asked in self._asked.items() if stick in here}
        told = [told for stick in here if (told := self._with(stick, station, token)) is not None]
        return told[0] if told else None

    def _with(self, stick: Path, station: str, token: str) -> Told | None:
        folder, at = self._layout.station, _trusted_time()
        try:
            if by_stick.take(stick, folder, station, self._ca_file, at):
                return Told("now")
            if not (stick / INVITATION_FILE).exists():
                return None
            if (asked := self._asked.get(stick)) is not None and asked.token == token:
                return asked.told
            by_stick.ask(stick, folder, station, token, self._ca_file, at)
            told = Told("waits", asked=True)
        except HubRefusedError as error:
            told = Told("failed", said_of(error), refused=True)
            _forget(stick, station)
        except (StationError, WireError, OSError) as error:
            if getattr(error, "code", "") not in STICK_FAULTS:  # an answer of another life: ask for a new one
                _forget(stick, station)
            return Told("failed", said_of(error))
        self._asked[stick] = _Asked(token, told)
        return told


def sticks(layout: Layout) -> list[Path]:
    """Return the folders of the USB sticks that are plugged in."""
    with suppress(OSError):
        return sorted(path for path in layout.media.iterdir() if (path / "cuncuntong").is_dir())
    return []


def said_of(error: Exception) -> Said:
    """Return an error's code and words; of an OSError what the disk or stick said."""
    if isinstance(error, StationError | WireError):
        return Said(error.code, error.what[:300])
    why = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
    return Said("E-FIRST-04", f"the disk takes nothing more 无法写入（已满或损坏）: {why}")


def _forget(stick: Path, station: str) -> None:
    """Take a refusal and what it was for off the stick, or it would be read again for the next label."""
    with suppress(OSError):
        for name in (REPLY_FILE, REQUEST_FILE):
            (stick / name.format(station=station)).unlink(missing_ok=True)


def _seal_key(path: Path) -> bytes:
    try:
        key = base64.b64decode(path.read_text("ascii").strip(), validate=True)
    except (OSError, ValueError, binascii.Error):
        key = b""
    if len(key) != 32:
        raise TrustError("E-FIRST-03", f"it lacks {path.name}: make it anew 配置包缺少中心公钥，请重新制作")
    return key


def _trusted_time() -> dt.datetime | None:
    at_ms = Clock().now().at_ms
    return None if at_ms is None else dt.datetime.fromtimestamp(at_ms / 1000, dt.UTC)
