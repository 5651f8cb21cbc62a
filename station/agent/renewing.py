"""The agent's care for its certificate: renewed at half its life and after its end, in a thread of its own.

One that a technician's laptop issued is renewed as soon as the hub is reached; until its half life that is no trouble.

Whoever changes the files (this thread, `station identity`), the agent sees it and connects anew with what is there.
"""

import logging
import threading
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

from station.clock import Stamp
from station.errors import StationError
from station.identity.hub_http import HubAwayError, HubRefusedError
from station.identity.keys import CERTIFICATE, KEY, load_identity
from station.identity.renewal import half_life, is_lent, renew
from station.settings import Settings
from wire.errors import WireError
from wire.records import DeviceEvent

DEVICE: Final = "certificate"
RENEWED: Final = "renewed"
NO_HUB: Final = "E-IDENT-10"
SPREAD: Final = 0.02
"""Of a certificate's life, at most: stations that were set up on one day are not renewed in one minute."""
RETRY_FIRST_MS, RETRY_MOST_MS = 60_000, 6 * 3_600_000
REFUSED_RETRY_MS: Final = 12 * 3_600_000
UNDATED_AFTER_MS: Final = 600_000
"""Without a time and without the broker for so long, the certificate may have ended: the hub is asked."""

logger = logging.getLogger(__name__)


class Held(NamedTuple):
    """The certificate in use, as its file says."""

    seen: tuple[int, int]
    half_ms: int
    due_ms: int
    """0: now, whatever the time is."""


class Renewing:
    """One for the agent; every method is called from its main loop and waits for nothing."""

    def __init__(self, settings: Settings, random: Random) -> None:
        """Take the station's settings; the certificate in use is the one its files hold now."""
        self._station, self._hub = settings.station, settings.hub
        self._folder, self._ca = Path(settings.broker.cert_file).parent, Path(settings.broker.ca_file)
        self._mine = (
            Path(settings.broker.cert_file).name == CERTIFICATE and Path(settings.broker.key_file) == self._folder / KEY
        )
        self._random = random
        self._held = self._look_at_files(None)
        self._thread: threading.Thread | None = None
        self._failed: StationError | WireError | None = None
        self._told = ""
        self._next_ms = 0
        self._wait_ms = RETRY_FIRST_MS
        self._away_ms: int | None = None

    def look(self, now: Stamp, *, connected: bool) -> tuple[bool, list[DeviceEvent]]:
        """Return whether there is another certificate to connect with, and what is to be told the county."""
        self._away_ms = None if connected else now.mono_ms if self._away_ms is None else self._away_ms
        if self._thread is not None and not self._thread.is_alive():
            self._thread = None
            if self._failed is not None:
                return False, self._take_failure(self._failed, now)
        held = self._look_at_files(self._held)
        if held is not None and held is not self._held:
            was, self._held, self._told, self._wait_ms = self._held, held, "", RETRY_FIRST_MS
            self._away_ms = None if connected else now.mono_ms
            return True, [] if was is None else [DeviceEvent(DEVICE, RENEWED)]
        if self._thread is None and now.mono_ms >= self._next_ms and self._is_due(now):
            return False, self._begin(now)
        return False, []

    def _is_due(self, now: Stamp) -> bool:
        if self._held is None or not self._mine:
            return False
        if now.at_ms is not None or self._held.due_ms == 0:
            return (now.at_ms or 0) >= self._held.due_ms
        return self._away_ms is not None and now.mono_ms - self._away_ms >= UNDATED_AFTER_MS

    def _begin(self, now: Stamp) -> list[DeviceEvent]:
        self._next_ms = now.mono_ms + RETRY_MOST_MS
        if self._hub is None:
            what = "no [hub] in the settings: enrol again by stick with a new label 没有中心地址，请凭新标签用优盘登记"
            return self._tell(NO_HUB, what)
        url, at_ms = self._hub.url, now.at_ms
        self._failed = None
        self._thread = threading.Thread(target=self._run, args=(url, at_ms), name="renewal", daemon=True)
        self._thread.start()
        return []

    def _run(self, url: str, at_ms: int | None) -> None:
        try:
            renew(self._folder, self._station, url, self._ca, at_ms)
        except (StationError, WireError) as error:
            self._failed = error
        else:
            logger.info("the certificate was renewed 证书已续期")

    def _take_failure(self, error: StationError | WireError, now: Stamp) -> list[DeviceEvent]:
        refused, self._failed = isinstance(error, HubRefusedError), None
        wait_ms = REFUSED_RETRY_MS if refused else self._wait_ms
        self._next_ms = now.mono_ms + int(wait_ms * self._random.uniform(0.5, 1.0))
        self._wait_ms = min(self._wait_ms * 2, RETRY_MOST_MS)
        held = self._held
        is_early = held is not None and held.due_ms == 0 and (now.at_ms is None or now.at_ms < held.half_ms)
        return [] if is_early and isinstance(error, HubAwayError) else self._tell(error.code, str(error))

    def _tell(self, code: str, what: str) -> list[DeviceEvent]:
        """Log and report a trouble once, until it is another or over."""
        if code == self._told:
            return []
        self._told = code
        logger.warning("the certificate is not renewed yet 证书尚未续期: %s", what)
        return [DeviceEvent(DEVICE, code)]

    def _look_at_files(self, held: Held | None) -> Held | None:
        """Return what the files hold; `held` itself while they are the same, or cannot be read."""
        try:
            found = (self._folder / CERTIFICATE).stat()
            seen = (found.st_ino, found.st_mtime_ns)
            if held is not None and held.seen == seen:
                return held
            chain = load_identity(self._folder).chain
        except (OSError, StationError):
            return held
        half_ms, until_ms = (int(at.timestamp() * 1000) for at in (half_life(chain), chain.leaf.not_valid_after_utc))
        late_ms = int((until_ms - half_ms) * 2 * SPREAD * self._random.random())
        at_once = is_lent(chain) and self._hub is not None
        return Held(seen, half_ms, 0 if at_once else half_ms + late_ms)
