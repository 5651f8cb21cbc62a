"""Fetching an ordered release from the county's hub: in pieces, slowly, going on where a cut line left off."""

import errno
import http.client
import ssl
import time
import urllib.parse
from collections.abc import Callable
from io import FileIO
from pathlib import Path
from typing import Final

from station.errors import StationError, StoreError
from station.update.rules import NO_ROOM
from wire.durable import digest_of, sync_folder
from wire.enrolment import RELEASE_PATH
from wire.release import UpdateOrder

PIECE_BYTES: Final = 16 * 1024
TIMEOUT_S: Final = 30.0
MOST_TRIES: Final = 6
"""Tries in a row that brought nothing; then the next run goes on."""
WAIT_S: Final = 2.0
"""Before the second try; doubled each time."""
LINE_SHARE_BYTES_S: Final = 125_000
"""1 Mbit/s: a village's line carries calls, cameras and the agent besides."""


class _LineError(Exception):
    pass


class Fetching:
    """Fetches one release into a file."""

    def __init__(
        self,
        hub_url: str,
        ca_file: Path,
        *,
        bytes_s: int = LINE_SHARE_BYTES_S,
        tell: Callable[[int], None] = lambda _: None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Fetch from the hub at `hub_url`, at `bytes_s` at the most; `tell` hears of bytes that arrived."""
        self._hub = urllib.parse.urlsplit(hub_url)
        self._ca_file = ca_file
        self._bytes_s = bytes_s
        self._tell = tell
        self._sleep = sleep

    def fetch(self, order: UpdateOrder, into: Path) -> None:
        """Have the whole release of `order` in `into`; what a cut left there is gone on with.

        Raises StationError E-UPD-08 when the line or the hub does not give it (what came stays), E-UPD-09 when what
        came is not what was ordered (nothing stays), StoreError E-UPD-03 or -18 when the disk takes no more, OSError.
        """
        into.parent.mkdir(parents=True, exist_ok=True)
        had = into.stat().st_size if into.exists() else 0
        self._fill(order, into)
        if had and digest_of(into) != order.sha256:
            # A power cut may have torn what the disk had of it.
            into.unlink()
            self._fill(order, into)
        if digest_of(into) != order.sha256:
            into.unlink()
            raise StationError("E-UPD-09", "what the hub gave is not what it ordered 收到的文件与指令不符，已删除")
        sync_folder(into.parent)

    def _fill(self, order: UpdateOrder, into: Path) -> None:
        tries, why = 0, ""
        while (size := into.stat().st_size if into.exists() else 0) < order.bytes:
            if tries == MOST_TRIES:
                raise StationError("E-UPD-08", f"the hub does not give the release ({why}) 暂时无法下载，稍后再试")
            if tries:
                self._sleep(WAIT_S * 2 ** (tries - 1))
            try:
                self._ask(order, into, size)
            except (_LineError, OSError, http.client.HTTPException) as error:
                if isinstance(error, OSError) and error.filename is not None:
                    raise  # of the disk, not of the line
                why = str(error) or type(error).__name__
            came = (into.stat().st_size if into.exists() else 0) > size
            tries = 1 if came else tries + 1
        if size > order.bytes:
            into.unlink()
            raise StationError("E-UPD-09", "more came than was ordered 收到的文件与指令不符，已删除")

    def _ask(self, order: UpdateOrder, into: Path, have: int) -> None:
        connection = self._connection()
        try:
            headers = {"Range": f"bytes={have}-"} if have else {}
            path = f"{self._hub.path.rstrip('/')}{RELEASE_PATH}/{order.sha256}"
            connection.request("GET", path, headers=headers)
            reply = connection.getresponse()
            if reply.status not in {200, 206}:
                raise _LineError(f"HTTP {reply.status}")
            with into.open("ab" if reply.status == 206 else "wb", buffering=0) as file:
                begun_s, came = time.monotonic(), 0
                left = order.bytes - file.tell()
                while left > 0 and (piece := reply.read(min(PIECE_BYTES, left))):
                    _write(file, piece)
                    came += len(piece)
                    left -= len(piece)
                    self._tell(len(piece))
                    ahead_s = came / self._bytes_s - (time.monotonic() - begun_s)
                    if ahead_s > 0:
                        self._sleep(ahead_s)
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        host, port = self._hub.hostname or "", self._hub.port
        if self._hub.scheme == "https":
            trusted = ssl.create_default_context(cafile=str(self._ca_file))
            return http.client.HTTPSConnection(host, port, timeout=TIMEOUT_S, context=trusted)
        return http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)


def _write(file: FileIO, piece: bytes) -> None:
    """Write all of it; a disk that takes no more is no bad line."""
    try:
        while piece:
            piece = piece[file.write(piece) :]
    except OSError as error:
        code = NO_ROOM if error.errno in {errno.ENOSPC, errno.EDQUOT} else "E-UPD-18"
        raise StoreError(code, f"{error.strerror}: the release cannot be kept 版本文件无法保存") from None
