"""Sockets of STAMP: times of arrival are the kernel's (SO_TIMESTAMPNS), so a busy process does not spoil them."""

from collections.abc import Iterator
from types import TracebackType
from typing import NamedTuple, Self

from stamp.reflector import SessionReflector


class Packet(NamedTuple):
    """One datagram as it came."""

    payload: bytes
    source: tuple[str, int]
    at_ns: int
    """UTC, by the kernel."""
    ttl: int


class StampSocket:
    """A UDP socket that tells when packets came."""

    def __init__(self, host: str | None = None, port: int = 0, *, receive_buffer_bytes: int = 0) -> None:
        """Bind to `host` (None: any address, IPv4 and IPv6 where there is one).

        Raises OSError.
        """
        raise NotImplementedError

    @property
    def port(self) -> int:
        """Return the port it is bound to."""
        raise NotImplementedError

    def fileno(self) -> int:
        """Return the file descriptor, to wait on."""
        raise NotImplementedError

    def send(self, payload: bytes, to: tuple[str, int]) -> bool:
        """Send without waiting; return False when the kernel refuses (no route, no buffer)."""
        raise NotImplementedError

    def packets(self) -> Iterator[Packet]:
        """Yield all that has come by now, without waiting."""
        raise NotImplementedError

    def close(self) -> None:
        """Give the port back."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _1: type[BaseException] | None, _2: BaseException | None, _3: TracebackType | None) -> None:
        self.close()


class ReflectorThread:
    """Runs a reflector on a socket in a thread of its own; `reflector` is touched under `lock` only."""

    def __init__(self, reflector: SessionReflector, socket: StampSocket) -> None:
        """Take both; nothing is answered before `start`."""
        raise NotImplementedError

    def start(self) -> None:
        """Begin to answer."""
        raise NotImplementedError

    def stop(self) -> None:
        """End within a second; the socket is closed."""
        raise NotImplementedError
