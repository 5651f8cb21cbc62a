"""Telling systemd how a process is (sd_notify, for station and hub alike); silent where nobody listens."""

import os
import socket
from typing import Self


class Notifier:
    """Sends to the datagram socket that systemd names in NOTIFY_SOCKET."""

    def __init__(self, address: str | None) -> None:
        """Take the socket's path, `@name` for an abstract one, or None for silence."""
        self._address = "\0" + address[1:] if address and address.startswith("@") else address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) if address else None

    @classmethod
    def from_environment(cls) -> Self:
        """Take NOTIFY_SOCKET, if it is set."""
        return cls(os.environ.get("NOTIFY_SOCKET"))

    def ready(self) -> None:
        """Say that starting is over."""
        self._send(b"READY=1")

    def alive(self) -> None:
        """Say that work has moved once more."""
        self._send(b"WATCHDOG=1")

    def stopping(self) -> None:
        """Say that the stop has begun."""
        self._send(b"STOPPING=1")

    def close(self) -> None:
        """Close the socket."""
        if self._socket is not None:
            self._socket.close()

    def _send(self, state: bytes) -> None:
        if self._socket is None or self._address is None:
            return
        try:
            self._socket.sendto(state, self._address)
        except OSError:
            # A supervisor that is gone or busy must not take the process with it; the next word follows soon.
            return
