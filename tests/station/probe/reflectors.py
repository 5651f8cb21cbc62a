"""A reflector on the loopback, as the county has one."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from stamp.reflector import Peer, SessionReflector
from stamp.udp import ReflectorThread, StampSocket
from wire.probe import ProbeSession

KEY = b"c" * 32


@contextmanager
def reflecting(*ssids: int) -> Iterator[int]:
    """Answer these sessions of KEY; give the port."""
    reflector = SessionReflector()
    for ssid in ssids:
        reflector.admit(Peer(ssid, KEY, "x"))
    thread = ReflectorThread(reflector, StampSocket("127.0.0.1"))
    thread.start()
    try:
        yield thread.socket.port
    finally:
        thread.stop()


def session(port: int, ssid: int = 7, **more: object) -> ProbeSession:
    """Return a session much quicker than wire allows, with a reflector on the loopback."""
    return ProbeSession(port, ssid, KEY, **{"host": "127.0.0.1", "interval_ms": 20, "every_ms": 200, **more})  # type: ignore[arg-type]


def free_port() -> int:
    """Return a UDP port that was free a moment ago."""
    with StampSocket("127.0.0.1") as taken:
        return taken.port


def no_more_sockets(*_: object, **__: object) -> StampSocket:
    """Stand for StampSocket where the system gives none."""
    raise OSError(errno.EMFILE, "Too many open files")
