"""Whom the demo's hub revoked, told to its broker: what `cuncuntong-broker-trust.path` does on a real machine."""

import datetime as dt
from collections.abc import Callable
from functools import partial
from pathlib import Path

from firmware_config.broker_trust import compare, install
from firmware_config.commands.apply_trust import hang_up
from firmware_config.errors import ProvisionError
from firmware_config.identity.errors import IdentityError
from firmware_config.identity.lists import ACCESS, LISTS


class BrokerTrust:
    """Looks whether the hub wrote anything since, as often as it is asked."""

    def __init__(self, county: Path, broker_pid: int, say: Callable[[str], None]) -> None:
        """Take the county's folder and the broker's process; `say` hears of what goes wrong."""
        self._trust, self._broker, self._pid, self._say = county / "hub" / "trust", county / "broker", broker_pid, say
        self._seen: list[int] = []

    def look(self) -> None:
        """Install what is new and have the broker read it."""
        now = self._stamps()
        if now == self._seen:
            return
        self._seen = now
        try:
            change = compare(self._trust, self._broker, dt.datetime.now(dt.UTC))
            install(change, self._broker, partial(hang_up, self._pid))
        except (ProvisionError, IdentityError, OSError) as error:
            self._say(f"✗ {error}")

    def _stamps(self) -> list[int]:
        files = [self._trust / name for name in (LISTS, ACCESS)]
        return [path.stat().st_mtime_ns for path in files if path.exists()]
