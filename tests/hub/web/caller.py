"""Asks the application itself, without a server."""

import asyncio
from typing import Any

import httpx
from starlette.applications import Starlette

from hub.web.who import SCREEN_COOKIE
from tests.hub.web.made_up_database import SCREEN

BASE = "http://hub.test"


class Caller:
    """One client: its headers go with every request; it begins as a paired screen."""

    def __init__(self, app: Starlette) -> None:
        self._app = app
        self.headers: dict[str, str] = {"Cookie": f"{SCREEN_COOKIE}={SCREEN}"}

    def get(self, path: str, headers: Any = None) -> httpx.Response:
        return self.request("GET", path, headers)

    def request(self, method: str, path: str, headers: Any = None, data: Any = None) -> httpx.Response:
        return asyncio.run(self._request(method, path, self.headers if headers is None else headers, data))

    async def _request(self, method: str, path: str, headers: Any, data: Any) -> httpx.Response:
        transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
            body = {"content": data} if isinstance(data, bytes) else {"data": data}
            return await client.request(method, path, headers=headers, **body)
