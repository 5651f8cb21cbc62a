"""How much, and for how long, whoever connects to the web may ask without anybody knowing who it is.

The web and the ingest are one process: a machine of the network that opens connections and says nothing, or begins a
request and never ends it, must take neither its memory nor its file descriptors. Below the application, for there a
request exists only once its head is complete.
"""

import asyncio
import ipaddress
import logging
import time
from collections import Counter
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from hub.access.throttle import site_of

logger = logging.getLogger(__name__)

MOST: Final = 800
"""Connections at once: 500 walls and what people do beside them, within the 1,024 files a process usually has."""
MOST_EACH: Final = 200
"""Of one address of the network; a proxy on this machine speaks for many."""
MOST_HEAD: Final = 64 * 1024
"""Bytes of a request before its body."""
MOST_UNREAD: Final = 1024 * 1024
"""Bytes of a body that go on coming after the request was answered."""
HEAD_S: Final = 15
BODY_S: Final = 120
"""The largest file there may be, by a line of less than 1 Mbit/s."""
SAID_EVERY_S: Final = 60


class Connections:
    """Who is connected now."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._each: Counter[str] = Counter()
        self._said_s = 0.0

    def enter(self, address: str) -> bool:
        """Count one more of an address; False, and not counted, where there are too many."""
        site = site_of(address)
        if self._each.total() >= MOST or (self._each[site] >= MOST_EACH and not _is_here(address)):
            now_s = time.monotonic()
            if now_s - self._said_s > SAID_EVERY_S:
                self._said_s = now_s
                logger.warning(
                    "E-WEB-12 too many connections: %d, %d of %s", self._each.total(), self._each[site], site
                )
            return False
        self._each[site] += 1
        return True

    def leave(self, address: str) -> None:
        """Count one less."""
        site = site_of(address)
        self._each[site] -= 1
        if self._each[site] <= 0:
            del self._each[site]


class BoundedProtocol(HttpToolsProtocol):
    """One connection: closed when it takes more, or longer, than a request may."""

    def __init__(self, everybody: Connections, **given: Any) -> None:
        """Take who else is connected, and what uvicorn gives."""
        super().__init__(**given)
        self._all = everybody
        self._address: str | None = None
        self._due: asyncio.TimerHandle | None = None
        self._in_head, self._bytes = True, 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let it in, or close it at once."""
        super().connection_made(transport)
        address = "?" if self.client is None else self.client[0]
        if not self._all.enter(address):
            transport.abort()
            return
        self._address = address
        self._expect(HEAD_S)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        if self._address is not None:
            self._all.leave(self._address)
            self._address = None
        self._expect(None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what comes, as far as it is not too much."""
        if self._in_head and self._due is None:  # the next request of a connection that was kept
            self._expect(HEAD_S)
        self._bytes += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        unread = not self._in_head and self.cycle.response_complete
        if self._bytes > MOST_HEAD and self._in_head:
            self.transport.write(b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\n\r\n")
            self.transport.close()
        elif unread and self._bytes > MOST_UNREAD:
            self.transport.close()

    def on_headers_complete(self) -> None:
        """Have the body follow."""
        self._in_head, self._bytes = False, 0
        self._expect(BODY_S)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Wait for nothing until the next request begins."""
        self._in_head, self._bytes = True, 0
        self._expect(None)
        super().on_message_complete()

    def _expect(self, within_s: float | None) -> None:
        if self._due is not None:
            self._due.cancel()
        self._due = None if within_s is None else self.loop.call_later(within_s, self._too_late)

    def _too_late(self) -> None:
        self._due = None
        self.transport.abort()


def _is_here(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
