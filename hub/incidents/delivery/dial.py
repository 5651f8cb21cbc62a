"""Connecting to another program within a time that nothing it does can prolong."""

import errno
import socket
import ssl
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

STEP_S: Final = 10.0
"""For connecting, and for each answer."""
MOST_SAID: Final = 64 * 1024
"""Bytes of all answers of one connection: more is no answer, and must not fill this machine's memory."""
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class Deadline:
    """Ends a connection when its time is up: a timeout alone begins anew with every byte that trickles in."""

    def __init__(self, seconds: float) -> None:
        """Allow `seconds` from the moment it is entered."""
        self._lock = threading.Lock()
        self._door: socket.socket | None = None
        self._over = False
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        """Begin."""
        self._timer.start()
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        """Let the connection go, closed."""
        self._timer.cancel()
        with self._lock:
            door, self._door = self._door, None
        if door is not None:
            with suppress(OSError):
                door.close()

    def watch(self, door: socket.socket) -> None:
        """End this one when the time is up, and close it at the end."""
        with self._lock:
            self._door = door
            if self._over:
                _cut(door)

    def check(self) -> None:
        """Raise TimeoutError when the time is up: what was read last may only look like an end."""
        with self._lock:
            if self._over:
                raise TimeoutError

    def _end(self) -> None:
        with self._lock:
            self._over = True
            if self._door is not None:
                _cut(self._door)


def _cut(door: socket.socket) -> None:
    # Not the method of a TLS socket: that one drops its cipher first, and a write of another thread would be plain.
    with suppress(OSError):
        socket.socket.shutdown(door, socket.SHUT_RDWR)


def dial(host: str, port: int, deadline: Deadline) -> socket.socket:
    """Connect.

    Raises OSError.
    """
    door = socket.create_connection((host, port), timeout=STEP_S)
    deadline.watch(door)
    return door


def secure(door: socket.socket, host: str, trust: ssl.SSLContext, deadline: Deadline) -> socket.socket:
    """Begin TLS with a server that must prove to be `host`.

    Raises OSError (ssl.SSLError is one).
    """
    wrapped = trust.wrap_socket(door, server_hostname=host, do_handshake_on_connect=False)
    deadline.watch(wrapped)
    wrapped.do_handshake()
    return wrapped


class Bounded:
    """Reads lines from a connection, up to MOST_SAID altogether."""

    def __init__(self, door: socket.socket) -> None:
        """Take a connection; it is closed by whoever opened it."""
        self._file = door.makefile("rb")
        self._left = MOST_SAID

    def readline(self, most: int = -1) -> bytes:
        """Return the next line.

        Raises OSError when there is no end of them.
        """
        line = self._file.readline(most)
        self._left -= len(line)
        if self._left < 0:
            raise OSError(errno.EMSGSIZE, "an answer without end")
        return line

    def close(self) -> None:
        """Read no more."""
        self._file.close()


def trust_of(ca_file: str | None) -> ssl.SSLContext:
    """Return whom to trust: one's own authority, or what this machine trusts.

    Raises OSError when the file cannot be read or holds no certificate.
    """
    return ssl.create_default_context(cafile=ca_file)


def secret_in(path: str) -> str:
    """Return what a file holds, without the line end.

    Raises OSError when it cannot be read or is no text.
    """
    try:
        return Path(path).read_text("utf-8").strip()
    except UnicodeDecodeError:
        raise OSError("not a text") from None  # the cause would quote the secret


def line_trouble(error: Exception) -> str:
    """Return why a line broke, in a few words: what the system says, or what kind of error it is."""
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__


def tls_trouble(error: ssl.SSLError) -> str:
    """Return why TLS failed, in a few words; not every such error has all of its parts."""
    return str(getattr(error, "verify_message", "") or getattr(error, "reason", "") or error.strerror or "TLS")
