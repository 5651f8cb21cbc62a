"""Sockets of STAMP: times of arrival are the kernel's (SO_TIMESTAMPNS), so a busy process does not spoil them."""

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from select import POLLIN, poll
from struct import Struct
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

from stamp.reflector import SessionReflector

# Of Linux, where the socket module lacks them; the stamp is a timespec of the machine's longs.
SO_TIMESTAMPNS: Final = 35
SO_RCVBUFFORCE: Final = 33
IP_RECVTTL: Final = 12
TIMESPEC: Final = Struct("@ll")
# Looked up once: they are asked for with each packet.
SOL_SOCKET: Final = int(socket.SOL_SOCKET)
TTLS: Final = frozenset({int(socket.IP_TTL), int(socket.IPV6_HOPLIMIT)})
FULL_TTL: Final = 255
"""Sent with, so that the other side sees how many hops there were; also told where a TTL is not known (RFC 5357)."""

_LONGEST: Final = 2048
_ANCILLARY: Final = 128
_AT_ONCE: Final = 512
"""Packets taken before others have their turn."""
_BUSY: Final = 8
"""So many at once, and the reflector naps: fewer wakes, room for other threads in a flood, and no harm to what is
measured, since T3-T2 tells how long an answer took."""
_NAP_S: Final = 0.010
_MAPPED: Final = "::ffff:"

Address = tuple[str, int]


class Packet(NamedTuple):
    """One datagram as it came."""

    payload: bytes
    source: Address
    at_ns: int
    """UTC, by the kernel."""
    ttl: int


def resolve(host: str, port: int) -> Address:
    """Return the address to send to.

    Raises OSError (socket.gaierror) for an unknown host.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
    return _plain(found[0][4])


class StampSocket:
    """A UDP socket that tells when packets came."""

    refused = 0
    """How often the other side's machine said that nobody listens there (ICMP, connected sockets only)."""

    def __init__(self, host: str | None = None, port: int = 0, *, receive_buffer_bytes: int = 0) -> None:
        """Bind to `host` (None: any address, IPv4 and IPv6 where there is one).

        Raises OSError.
        """
        self._socket = _bound(host, port)
        self._mapped = self._socket.family == socket.AF_INET6
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        if receive_buffer_bytes:
            try:
                self._socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, receive_buffer_bytes)
            except OSError:  # only root may pass the system's limit
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer_bytes)

    @property
    def port(self) -> int:
        """Return the port it is bound to."""
        port: int = self._socket.getsockname()[1]
        return port

    def fileno(self) -> int:
        """Return the file descriptor, to wait on."""
        return self._socket.fileno()

    def connect(self, to: Address) -> None:
        """Hear from `to` only from now on, and whether that machine refuses.

        Raises OSError when there is no way there.
        """
        self._socket.connect(self._raw(to))

    def send(self, payload: bytes, to: Address) -> bool:
        """Send without waiting; return False when the kernel refuses (no route, no buffer)."""
        return self._send(payload, self._raw(to))

    def packets(self) -> Iterator[Packet]:
        """Yield what has come by now, without waiting; at most 512, so that others have their turn."""
        for _ in range(_AT_ONCE):
            try:
                payload, ancillary, _, raw = self._socket.recvmsg(_LONGEST, _ANCILLARY)
            except BlockingIOError:
                return
            except ConnectionRefusedError:
                self.refused += 1
                continue
            except OSError:  # e.g. unreachable: told by what does not come
                continue
            yield Packet(payload, _plain(raw), *_told(ancillary))

    def answer(self, reflector: SessionReflector) -> int:
        """Answer what has come by now, at most 512; return how many that were."""
        receive, send, reply, utc_ns = self._socket.recvmsg, self._send, reflector.reply, time.time_ns
        for count in range(_AT_ONCE):
            try:
                payload, ancillary, _, raw = receive(_LONGEST, _ANCILLARY)
            except BlockingIOError:
                return count
            except OSError:
                continue
            at_ns, ttl = _told(ancillary)
            answer = reply(payload, _plain(raw) if self._mapped else raw, at_ns, ttl, utc_ns())
            if answer is not None:
                send(answer, raw)
        return _AT_ONCE

    def close(self) -> None:
        """Give the port back."""
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _1: type[BaseException] | None, _2: BaseException | None, _3: TracebackType | None) -> None:
        self.close()

    def _send(self, payload: bytes, raw: Any) -> bool:
        try:
            self._socket.sendto(payload, raw)
        except OSError as error:
            self.refused += isinstance(error, ConnectionRefusedError)
            return False
        return True

    def _raw(self, to: Address) -> Address:
        return (f"{_MAPPED}{to[0]}", to[1]) if self._mapped and ":" not in to[0] else to


class ReflectorThread:
    """Runs a reflector on a socket in a thread of its own; `reflector` is touched under `lock` only."""

    def __init__(self, reflector: SessionReflector, socket: StampSocket) -> None:
        """Take both; nothing is answered before `start`."""
        self.lock = threading.Lock()
        self.reflector = reflector
        self.socket = socket
        self._ending = os.eventfd(0)
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="reflector", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """End within a second; the socket is closed. Once stopped it stays so."""
        if self._stopped:
            return
        self._stopped = True
        os.eventfd_write(self._ending, 1)
        if self._thread.ident is not None:
            self._thread.join()
        os.close(self._ending)
        self.socket.close()

    def _run(self) -> None:
        waiting = poll()
        waiting.register(self.socket.fileno(), POLLIN)
        waiting.register(self._ending, POLLIN)
        while all(fd != self._ending for fd, _ in waiting.poll()):
            with self.lock:
                answered = self.socket.answer(self.reflector)
            if answered >= _BUSY:
                time.sleep(_NAP_S)


def _bound(host: str | None, port: int) -> socket.socket:
    """Return a bound socket that tells TTL or hop limit."""
    if host is None:
        with suppress(OSError):  # a machine without IPv6
            return _opened(socket.AF_INET6, ("::", port))
        return _opened(socket.AF_INET, ("0.0.0.0", port))
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
    return _opened(family, address)


def _opened(family: int, address: Any) -> socket.socket:
    opened = socket.socket(family, socket.SOCK_DGRAM)
    try:
        opened.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, FULL_TTL)
        opened.setsockopt(socket.IPPROTO_IP, IP_RECVTTL, 1)
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, FULL_TTL)
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVHOPLIMIT, 1)
        opened.bind(address)
    except OSError:
        opened.close()
        raise
    return opened


def _told(ancillary: list[tuple[int, int, bytes]]) -> tuple[int, int]:
    """Return when a packet came (UTC, ns) and with which TTL."""
    at_ns, ttl = 0, FULL_TTL
    for level, kind, data in ancillary:
        if level == SOL_SOCKET:
            if kind == SO_TIMESTAMPNS:
                seconds, rest_ns = TIMESPEC.unpack(data)
                at_ns = seconds * 1_000_000_000 + rest_ns
        elif kind in TTLS:
            ttl = data[0] or data[-1]  # an int of the machine's
    return at_ns or time.time_ns(), ttl


def _plain(raw: Any) -> Address:
    """Return address and port: IPv4 as such, a link's own address with its link."""
    address = raw[0]
    if address[:7] == _MAPPED:
        return address[7:], raw[1]
    if len(raw) > 2 and raw[3]:
        return f"{address.partition('%')[0]}%{raw[3]}", raw[1]
    return address, raw[1]
