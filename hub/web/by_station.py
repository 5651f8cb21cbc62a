"""What stations ask the hub by HTTP, and how they are answered: what they asked for or a refusal, never a page."""

import time
from collections.abc import Callable
from typing import Any, Final

import msgspec
from anyio import CapacityLimiter, fail_after, to_thread
from msgspec import Struct
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, Response

from hub.access.throttle import Throttle
from hub.desks.accepting import BUSY, TOO_LARGE, AcceptanceDesk
from hub.desks.enrolling import EnrolDesk, Signed
from hub.desks.rolling_out import releases_folder
from hub.desks.speaking import Answer
from hub.store.rollouts import RolloutsReader
from hub.web.centre import Centre, address_of
from hub.web.door import Door
from hub.web.problem import ProblemError
from wire.acceptance import MAX_BYTES
from wire.codec import decoded
from wire.enrolment import (
    ACCEPTANCE_PATH,
    ENROL_PATH,
    MAX_REQUEST_BYTES,
    RELEASE_PATH,
    RENEW_PATH,
    StationRefusal,
)

BURST, PER_S = 1_000, 20.0
"""Of one address: a county's stations may come together from behind one."""
STATION_BURST, STATION_PER_S = 12, 1 / 60
"""Of one address for one station: a token is 80 bits, so this only keeps the log and the signer's time."""
RECORD_BURST, RECORD_PER_S = 20, 0.2
"""Of one address: a technician's van has a village or two in an hour, a county behind one address ten a minute."""
MOST_RECORDS: Final = 32
"""Under way at once: 4 MB each, in memory."""
WITHIN_S, RECORD_WITHIN_S = 30.0, 180.0
"""So long a request may take to come: 4 MB need two minutes of a bad line, and whoever drips for ever holds memory."""
MOST_WAITING: Final = 1_000
BREATH_S: Final = 0.004
"""Between two certificates the database is free: what stations send is written by another thread."""


class StationDoors:
    """The doors of enrolment and renewal, of acceptance records and of releases."""

    def __init__(self, centre: Centre) -> None:
        """Take the centre."""
        self._desk = EnrolDesk(centre.settings, centre.database, centre.audit, centre.unsealer, centre.now_ms)
        self._acceptances = AcceptanceDesk(centre.settings, centre.database, centre.audit, centre.now_ms)
        self._releases, self._settings = RolloutsReader(centre.database.reader), centre.settings
        self._addresses, self._stations = Throttle(BURST, PER_S), Throttle(STATION_BURST, STATION_PER_S)
        self._records = Throttle(RECORD_BURST, RECORD_PER_S)
        self._one: CapacityLimiter | None = None
        self._waiting = self._records_coming = 0

    def doors(self) -> list[Door]:
        """Return the doors."""
        return [
            Door(ENROL_PATH, self.enrol, "nothing", ("POST",), "station"),
            Door(RENEW_PATH, self.renew, "nothing", ("POST",), "station"),
            Door(ACCEPTANCE_PATH, self.accept, "nothing", ("POST",), "station"),
            Door(f"{RELEASE_PATH}/{{sha256}}", self.release, "nothing", kind="data"),
        ]

    async def enrol(self, request: Request) -> Response:
        """Give a station its certificate for the token on its label."""
        return await self._answered(request, self._desk.enrol)

    async def renew(self, request: Request) -> Response:
        """Give a station its next certificate for the one it has."""
        return await self._answered(request, self._desk.renew)

    async def accept(self, request: Request) -> Response:
        """Take an acceptance record; one that is here already is answered as the first time."""
        address = address_of(request)
        if self._records.take(address, _clock_ms()) or self._records_coming >= MOST_RECORDS:
            return _refused(429, BUSY)
        self._records_coming += 1
        try:
            body = await _body_of(request, MAX_BYTES, RECORD_WITHIN_S)
            return _said(TOO_LARGE if body is None else await to_thread.run_sync(self._acceptances.file, body, address))
        except ClientDisconnect:
            return Response(status_code=400)
        except TimeoutError:
            return Response(status_code=408)
        finally:
            self._records_coming -= 1

    async def release(self, request: Request) -> Response:
        """Hand out a release that is not withdrawn, in ranges; who it is for knows its digest, and verifies it."""
        asked = request.path_params["sha256"]
        releases = await to_thread.run_sync(self._releases.releases)
        if not any(one.sha256 == asked and one.withdrawn_ms is None for one in releases):
            raise _not_handed_out("it is not handed out (any more) 没有这个版本，或已撤回")
        path = releases_folder(self._settings) / asked
        if not path.is_file():
            raise _not_handed_out("its file is gone: take it in again 版本文件缺失，请重新登记")
        return FileResponse(path, media_type="application/octet-stream")

    async def _answered(self, request: Request, work: Callable[[bytes, str], Signed]) -> Response:
        address = address_of(request)
        if self._addresses.take(address, _clock_ms()) or self._waiting >= MOST_WAITING:
            return _refused(429, _BUSY)
        try:
            body = await _body_of(request, MAX_REQUEST_BYTES, WITHIN_S)
        except ClientDisconnect:
            return Response(status_code=400)
        except TimeoutError:
            return Response(status_code=408)
        if body is None:
            return _refused(413, _TOO_LARGE)
        station = _station_of(body)
        if station and self._stations.take(f"{address} {station}", _clock_ms()):
            return _refused(429, _BUSY)
        # One at a time, off the event loop: signing takes a millisecond, a commit some more.
        self._one = self._one or CapacityLimiter(1)
        self._waiting += 1
        try:
            answer = await to_thread.run_sync(_with_breath, work, body, address, limiter=self._one)
        finally:
            self._waiting -= 1
        return _said(answer)


def _said(answer: Answer[Any]) -> Response:
    return Response(msgspec.json.encode(answer.said), answer.status, media_type="application/json")


def _not_handed_out(what: str) -> ProblemError:
    return ProblemError(404, "E-REL-16", "No such release", what)


async def _body_of(request: Request, most_bytes: int, within_s: float) -> bytes | None:
    """Return what was sent, None when it is more than `most_bytes`: nothing beyond them is read.

    Raises TimeoutError when it does not come within so long, ClientDisconnect.
    """
    body = bytearray()
    with fail_after(within_s):
        async for part in request.stream():
            body += part
            if len(body) > most_bytes:
                return None
    return bytes(body)


def _refused(status: int, refusal: StationRefusal) -> Response:
    """Return a refusal as stations read it."""
    headers = {"Retry-After": "30"} if status == 429 else None
    return Response(msgspec.json.encode(refusal), status, headers, media_type="application/json")


def _with_breath(work: Callable[[bytes, str], Signed], body: bytes, address: str) -> Signed:
    answer = work(body, address)
    time.sleep(BREATH_S)
    return answer


class _Whose(Struct):
    station: str = ""
    certificate: str = ""


def _station_of(body: bytes) -> str:
    """Return for whom a request says it is, by station or by certificate: only to count it."""
    whose = decoded(body, _Whose) or _Whose()
    return whose.station[:15] or whose.certificate[-200:]


def _clock_ms() -> int:
    return time.monotonic_ns() // 1_000_000


_BUSY: Final = StationRefusal("E-ENR-24", "too many requests: it is tried again 请求过多，将自动重试")
_TOO_LARGE: Final = StationRefusal("E-ENR-25", "not a request of a station: too large 申请过大，无法识别")
