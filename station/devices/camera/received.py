"""How many bytes of video this process was given, as the kernel counts them."""

import contextlib
import os
import socket
import struct
from pathlib import Path
from typing import Final

from station.devices.camera.sources import Kind

TCP_INFO_BYTES: Final = 136
BYTES_RECEIVED_AT: Final = 128
"""`tcpi_bytes_received` in `struct tcp_info` of linux/tcp.h, there since Linux 4.1."""


class Received:
    """Counts over every connection a source opens, one after another."""

    def __init__(self, kind: Kind) -> None:
        """Begin at nothing."""
        self._kind = kind
        self._of_socket: dict[str, int] = {}

    def total_bytes(self) -> int | None:
        """Return all bytes so far; None where the kernel does not tell, as of a webcam's mapped memory."""
        match self._kind:
            case "rtsp" | "http":
                self._of_socket.update(_received_of_sockets())
                return sum(self._of_socket.values())
            case "file":
                return _read_of_files()
        return None


def bytes_received(tcp_info: bytes) -> int:
    """Return the count in a `struct tcp_info`, 0 from a kernel that does not keep it."""
    if len(tcp_info) < BYTES_RECEIVED_AT + 8:
        return 0
    (count,) = struct.unpack_from("=Q", tcp_info, BYTES_RECEIVED_AT)
    return int(count)


def _received_of_sockets() -> dict[str, int]:
    found: dict[str, int] = {}
    for entry in os.listdir("/proc/self/fd"):  # noqa: PTH208 - Path.iterdir would stat what is closed meanwhile
        with contextlib.suppress(OSError):  # closed meanwhile, or no TCP
            name = os.readlink(f"/proc/self/fd/{entry}")  # noqa: PTH115 - the name, no path
            if name.startswith("socket:"):
                with socket.socket(fileno=os.dup(int(entry))) as connection:
                    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TCP_INFO_BYTES)
                    found[name] = bytes_received(info)
    return found


def _read_of_files() -> int | None:
    try:
        return int(Path("/proc/self/io").read_text("ascii").partition("rchar:")[2].split()[0])
    except (OSError, IndexError, ValueError):
        return None
