"""Somebody at a browser who is nobody yet: keeps cookies, follows nothing by itself, sends forms as our pages do."""

import asyncio
from collections.abc import Mapping
from http.cookies import SimpleCookie

import httpx
from starlette.applications import Starlette

from hub.access.caller import Area
from hub.store.access import NewAccount, add_account
from hub.store.engine import Database, writing
from tests.hub.web.caller import BASE
from tests.hub.web.made_up import CHEAP
from tests.hub.web.made_up import now_ms as clock_ms
from tests.signed_in import FORM_TOKEN

PASSWORD = "three grey herons at dusk"


class Visitor:
    """A browser, from an address of the network; `flags` has what each cookie was set with."""

    def __init__(self, app: Starlette, address: str = "192.0.2.7", base: str = BASE) -> None:
        self._app, self._address, self.base = app, address, base
        self.cookies: dict[str, str] = {}
        self.flags: dict[str, dict[str, str]] = {}

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.send("GET", path, None, headers)

    def post(self, path: str, fields: Mapping[str, str] | None = None, **headers: str) -> httpx.Response:
        """Send a form as from a page of this site: its hidden token is that of the page that has the form."""
        page = self.get("/account" if path.startswith(("/account", "/signout")) else "/signin").text
        found = FORM_TOKEN.search(page)
        token = {"form_token": found.group(1) if found else ""}
        return self.send("POST", path, token | dict(fields or {}), {"Origin": self.base} | headers)

    def signs_in(self, name: str, password: str = PASSWORD, there: str = "/") -> httpx.Response:
        return self.post("/signin", {"name": name, "password": password, "next": there})

    def send(self, method: str, path: str, fields: object, headers: Mapping[str, str]) -> httpx.Response:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = asyncio.run(self._send(method, path, fields, {"Cookie": cookies} | dict(headers)))
        for line in answer.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(line).items():
                self.flags[name] = {key: str(value) for key, value in morsel.items() if value}
                if morsel["max-age"] == "0" or not morsel.value:
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
        return answer

    async def _send(self, method: str, path: str, fields: object, headers: Mapping[str, str]) -> httpx.Response:
        transport = httpx.ASGITransport(self._app, raise_app_exceptions=False, client=(self._address, 5))
        async with httpx.AsyncClient(transport=transport, base_url=self.base) as client:
            return await client.request(method, path, data=fields, headers=headers)  # type: ignore[arg-type]


def an_account(
    database: Database, name: str = "zhang", role: str = "operator", *, must_change: bool = False, full_name: str = ""
) -> int:
    """Make an account whose password is PASSWORD; return its key."""
    new = NewAccount(
        name, full_name or f"测试{name}", "测试司法所", role, Area(), CHEAP.passwords.kept(PASSWORD), "test",
        must_change=must_change,
    )  # fmt: skip
    with writing(database) as connection:
        return add_account(connection, new, clock_ms())
