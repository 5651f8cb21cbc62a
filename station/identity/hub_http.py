"""A station's words with the hub by HTTP: one request, one answer, bounded in time and size.

No proxy, no redirect, no cookie. What crosses is signed or sealed, so http will do; https is checked against the
county's authority alone.
"""

import http.client
import ssl
import time
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from station.errors import StationError
from wire.codec import decoded
from wire.enrolment import StationRefusal

CONNECT_WITHIN_S: Final = 5.0
WITHIN_S: Final = 20.0
MAX_ANSWER_BYTES: Final = 64 * 1024


class HubAwayError(StationError):
    """The hub was not reached, or what answered is no hub: later, or by another way, it may be."""


class HubRefusedError(StationError):
    """The hub understood and said no: `code` and text are the hub's own. To ask again changes nothing."""

    def __init__(self, status: int, refusal: StationRefusal) -> None:
        """Keep what the hub said."""
        super().__init__(refusal.code, refusal.what)
        self.status = status


def post(url: str, path: str, body: bytes, ca_file: Path, *, within_s: float = WITHIN_S) -> bytes:
    """Send `body` (JSON) to the hub at `url` (`[hub] url` of the settings) and return its answer.

    Raises HubRefusedError when the hub refuses for good, HubAwayError E-IDENT-04 (not reached, or busy: try later) or
    E-IDENT-06 (what answered is no hub of this kind).
    """
    until_s = time.monotonic() + within_s
    try:
        connection = _connection(url, ca_file)
        try:
            connection.request("POST", path, body, {"Content-Type": "application/json", "Connection": "close"})
            with connection.getresponse() as response:
                answer = _read(response, connection, until_s)
        finally:
            connection.close()
    except (OSError, http.client.HTTPException) as error:
        raise HubAwayError("E-IDENT-04", f"{url}: the hub is not reached 无法连接县级中心: {_say(error)}") from None
    if response.status == http.client.OK:
        return answer
    raise _refused(url, response.status, answer)


def _connection(url: str, ca_file: Path) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        port = parts.port
    except ValueError:
        raise HubAwayError("E-IDENT-04", f"{url}: no address 中心地址有误，请检查 [hub] url") from None
    if parts.scheme == "https":
        context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=str(ca_file))
        return http.client.HTTPSConnection(host, port, timeout=CONNECT_WITHIN_S, context=context)
    return http.client.HTTPConnection(host, port, timeout=CONNECT_WITHIN_S)


def _read(response: http.client.HTTPResponse, connection: http.client.HTTPConnection, until_s: float) -> bytes:
    """Return the whole answer; a timeout of the socket alone lets whoever drips hold us for ever."""
    answer = bytearray()
    while piece := response.read1(8192):
        answer += piece
        if len(answer) > MAX_ANSWER_BYTES:
            raise HubAwayError("E-IDENT-06", "the answer is too large: no hub of ours? 回答过大，可能不是县级中心")
        if time.monotonic() > until_s:
            raise TimeoutError(f"no whole answer from {connection.host}")
    return bytes(answer)


def _refused(url: str, status: int, answer: bytes) -> StationError:
    refusal = decoded(answer, StationRefusal)
    if refusal is None:
        return HubAwayError(
            "E-IDENT-06", f"{url}: what answers is no hub that enrols (HTTP {status}) 该地址不是可登记的县级中心"
        )
    if status >= http.client.INTERNAL_SERVER_ERROR or status == http.client.TOO_MANY_REQUESTS:
        return HubAwayError("E-IDENT-04", f"{url}: the hub is busy 县级中心繁忙，稍后再试: {refusal.code}")
    return HubRefusedError(status, refusal)


def _say(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not of this county 证书不可信: {error.verify_message}"
    if isinstance(error, TimeoutError):
        return "no answer in time 超时"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__
