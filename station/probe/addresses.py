"""Addresses of names: looked up in threads of their own, since a resolver without a line takes half a minute."""

import ipaddress
import logging
import threading
import time
from typing import Final

from stamp.udp import resolve

AGAIN_AFTER_S: Final = 300.0
AFTER_A_FAILURE_S: Final = 5.0
MOST: Final = 64

logger = logging.getLogger(__name__)


class Addresses:
    """Never waits: what is not known yet is None. A name that cannot be looked up again keeps its last address."""

    def __init__(self) -> None:
        """Begin knowing none."""
        self._guard = threading.Lock()
        self._known: dict[str, str | None] = {}
        self._due_s: dict[str, float] = {}
        self._under_way: set[str] = set()

    def of(self, host: str) -> str | None:
        """Return the IP address of a name, of an IP address itself."""
        try:
            return str(ipaddress.ip_address(host))
        except ValueError:
            pass
        with self._guard:
            if host not in self._under_way and time.monotonic() >= self._due_s.get(host, 0.0):
                while len(self._known) >= MOST and host not in self._known:
                    forgotten = next(iter(self._known))
                    del self._known[forgotten]
                    self._due_s.pop(forgotten, None)
                self._known.setdefault(host, None)
                self._under_way.add(host)
                threading.Thread(target=self._look_up, args=(host,), name="address", daemon=True).start()
            return self._known.get(host)

    def _look_up(self, host: str) -> None:
        found: str | None = None
        try:
            found, _ = resolve(host, 0)
        except (OSError, UnicodeError, IndexError):
            logger.info("the address of the reflector cannot be looked up now 暂时无法解析探测地址")
        with self._guard:
            self._under_way.discard(host)
            if host not in self._known:
                return  # forgotten meanwhile
            self._due_s[host] = time.monotonic() + (AFTER_A_FAILURE_S if found is None else AGAIN_AFTER_S)
            if found is not None:
                self._known[host] = found
