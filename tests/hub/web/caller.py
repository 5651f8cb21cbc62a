"""Asks the application itself, without a server."""

import asyncio
from typing import Any

import httpx
from starlette.applications import Starlette


class Caller:
    """One client: its headers go with every request."""

    def __init__(self, app: Starlette) -> None:
        self._app = app
        self.headers: dict[str, str] = {}

    def get(self, path: str, headers: Any = None) -> httpx.Response:
        return self.request("GET", path, headers)

    def request(self, method: str, path: str, headers: Any = None) -> httpx.Response:
        return asyncio.run(self._request(method, path, self.headers if headers is None else headers))

    async def _request(self, method: str, path: str, headers: Any) -> httpx.Response:
        transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://hub.test") as client:
            return await client.request(method, path, headers=headers)
