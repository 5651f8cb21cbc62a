"""`/healthz`: whether this hub does its work, for whoever supervises it."""

from collections.abc import Callable
from typing import Final

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse

from hub.store.engine import StoreError
from hub.store.visits import VisitsReader
from hub.view import View

SILENT_WRITER_MS: Final = 10_000
"""The ingest side brings the county's figures up to date several times a second, also when nothing arrives."""


class Healthz:
    """The endpoint: 200 only while broker, database and writer are all well."""

    def __init__(self, view: View, visits: VisitsReader, clock: Callable[[], int]) -> None:
        """Take what to look at."""
        self._view, self._visits, self._clock = view, visits, clock

    async def endpoint(self, _request: Request) -> JSONResponse:
        """Look, and say what was seen."""
        trouble = self._view.storage_trouble()
        if trouble is None:
            trouble = await to_thread.run_sync(self._reading_trouble)
        connected = self._view.broker_connected()
        alive = abs(self._clock() - self._view.county().at_ms) < SILENT_WRITER_MS
        well = connected and alive and trouble is None
        answer = {
            "status": "ok" if well else "trouble",
            "broker": "connected" if connected else "away",
            "database": trouble or "ok",
            "writer": "alive" if alive else "silent",
        }
        return JSONResponse(answer, 200 if well else 503)

    def _reading_trouble(self) -> str | None:
        try:
            self._visits.recent(1)
        except StoreError as error:
            return error.code
        return None
