"""This village's own reflector: open only while the county has ordered tests to it, and for their sessions only."""

from contextlib import suppress
from typing import Final, NamedTuple

from stamp.reflector import Peer, SessionReflector
from stamp.udp import StampSocket

MOST_SESSIONS: Final = 8


class ReflectOrder(NamedTuple):
    """Answer probes of this session for so long."""

    ssid: int
    key: bytes
    seconds: int

    def __repr__(self) -> str:
        return f"ReflectOrder({self.ssid})"


class Reflecting:
    """Used by one thread; times are ns of one clock that is never set."""

    def __init__(self, port: int) -> None:
        """Take the port; 0 is none, and every order is refused."""
        self._port = port
        self._reflector = SessionReflector()
        self._until_ns: dict[int, int] = {}
        self.socket: StampSocket | None = None
        """What is to be waited on while it is open; `answer` when something came."""

    @property
    def is_set_up(self) -> bool:
        """Say whether there may be a reflector here at all."""
        return self._port != 0

    def admit(self, order: ReflectOrder, now_ns: int) -> bool:
        """Answer this session from now on; False when there are too many.

        Raises OSError when the port cannot be opened.
        """
        if order.ssid not in self._until_ns and len(self._until_ns) >= MOST_SESSIONS:
            return False
        if self.socket is None:
            self.socket = StampSocket(None, self._port)
        self._reflector.admit(Peer(order.ssid, order.key, "village"))
        self._until_ns[order.ssid] = now_ns + order.seconds * 1_000_000_000
        return True

    def answer(self) -> None:
        """Answer what has come."""
        if self.socket is not None:
            self.socket.answer(self._reflector)

    def look(self, now_ns: int) -> None:
        """End the sessions whose time is over, and give the port back after the last."""
        for ssid in [ssid for ssid, until_ns in self._until_ns.items() if now_ns >= until_ns]:
            del self._until_ns[ssid]
            self._reflector.dismiss(ssid)
        if not self._until_ns:
            self.close()

    def close(self) -> None:
        """Answer nobody any more."""
        for ssid in self._until_ns:
            self._reflector.dismiss(ssid)
        self._until_ns.clear()
        if self.socket is not None:
            with suppress(OSError):
                self.socket.close()
            self.socket = None
