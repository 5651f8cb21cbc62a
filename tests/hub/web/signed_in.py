"""People of the centre in tests: signed in with a role, by a session in the real database; nobody types a password."""

import secrets
import time
from collections.abc import Mapping

import httpx
from sqlalchemy import select
from starlette.applications import Starlette

from hub.access.caller import Area
from hub.store.access import NewAccount, add_account, form_token_of, open_session
from hub.store.access_tables import account
from hub.store.engine import Database, writing
from hub.web.forms import TOKEN
from hub.web.who import SESSION_COOKIE
from tests.hub.web.caller import BASE, Caller

NOT_A_HASH = "nobody can sign in by this"
NAMES = {
    "viewer": "测试看", "operator": "测试值", "supervisor": "测试督", "technician": "测试修", "administrator": "测试管",
}  # fmt: skip
"""The full name of whoever is signed in with a role."""


def a_session(database: Database, role: str, *, towns: frozenset[str] = frozenset()) -> str:
    """Open a session of an account with this role and area, made when there is none; return its secret."""
    secret, name = secrets.token_urlsafe(24), f"test-{role}" + (f"-{abs(hash(towns)) % 9973}" if towns else "")
    full_name = NAMES[role] + ("区" + "".join(sorted(towns)) if towns else "")
    now_ms = time.time_ns() // 1_000_000
    with writing(database) as connection:
        key = connection.execute(select(account.c.id).where(account.c.name == name)).scalar()
        if key is None:
            new = NewAccount(
                name, full_name, "测试司法所", role, Area(towns), NOT_A_HASH, made_by="test", must_change=False
            )
            key = add_account(connection, new, now_ms)
        open_session(connection, key, secret, now_ms, address="127.0.0.1", browser="test")
    return secret


class SignedIn(Caller):
    """Somebody at a browser of the centre, signed in."""

    def __init__(self, app: Starlette, secret: str) -> None:
        super().__init__(app)
        self.form_token = form_token_of(secret)
        self.headers = {"Cookie": f"{SESSION_COOKIE}={secret}"}

    def post(self, path: str, fields: Mapping[str, str] | None = None) -> httpx.Response:
        """Send a form as a page of ours does."""
        headers = self.headers | {"Origin": BASE}
        return self.request("POST", path, headers, {TOKEN: self.form_token} | dict(fields or {}))


def signed_in(database: Database, app: Starlette, role: str, *towns: str) -> SignedIn:
    """Return somebody with this role, for these towns or the whole county."""
    return SignedIn(app, a_session(database, role, towns=frozenset(towns)))
