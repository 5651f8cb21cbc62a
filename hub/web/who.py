"""Who a request comes from: a session's cookie, a bearer token, or a paired screen's cookie."""

import contextlib
import hmac
from collections.abc import Callable
from pathlib import Path
from typing import Final

from anyio import to_thread
from starlette.requests import Request

from hub.access.caller import Caller
from hub.errors import HubError
from hub.store.access import Known, Secrets, digest_of, note_seen
from hub.store.engine import Database, StoreError, writing
from hub.web.cookies import named
from hub.web.standing import Standing

SESSION_COOKIE: Final = "cuncuntong_session"
SCREEN_COOKIE: Final = "cuncuntong_screen"
SCREEN_S: Final = 400 * 24 * 3600
"""How long a screen's browser keeps its secret: as long as browsers keep any; the wall renews it when it is loaded."""
LOCAL: Final = Caller("token", 0, "local", "local", "", None, frozenset({"see", "visit"}))
"""Whoever reads the token file on the hub's own machine (`web.api_token_file`): figures, and visits masked."""
SHORTEST_TOKEN: Final = 16


class Who:
    """Looks requests' secrets up; a handler never sees them."""

    def __init__(self, database: Database, local_token: str, clock: Callable[[], int]) -> None:
        """Take the county's database, the token of the hub's own machine, and the time."""
        self._database, self._secrets, self._clock = database, Secrets(database.reader), clock
        self._local, self._standing = digest_of(local_token), Standing(database, clock)

    async def of(self, request: Request, *, by_person: bool = False) -> Known | None:
        """Return who a request comes from; None when it carries nothing that is anybody's.

        Only what somebody does (`by_person`) keeps a session alive; what a page asks by itself does not.
        """
        tokens = request.headers.getlist("authorization")
        if tokens:
            return await self._by_token(tokens)
        session, screen = (
            request.cookies.get(named(SESSION_COOKIE, request)),
            request.cookies.get(named(SCREEN_COOKIE, request)),
        )
        known = None
        if session:
            known = await to_thread.run_sync(self._secrets.session, session, self._clock())
            if known is not None:
                return await self._seen(known) if by_person else known
        if screen:
            known = await to_thread.run_sync(self._secrets.screen, screen, self._clock())
        return await self._seen(known)

    async def may_still_see(self, request: Request) -> bool:
        """Say whether who opened a stream long ago may still see it: not revoked, not signed out, not expired."""
        caller: Caller = request.state.caller
        return await self._standing.holds(caller)

    async def _by_token(self, sent: list[str]) -> Known | None:
        if len(sent) != 1:
            return None
        scheme, _, secret = sent[0].partition(" ")
        if scheme.lower() != "bearer":
            return None
        if hmac.compare_digest(digest_of(secret.strip()), self._local):
            return Known(LOCAL, stale=False)
        return await self._seen(await to_thread.run_sync(self._secrets.token, secret.strip(), self._clock()))

    async def _seen(self, known: Known | None) -> Known | None:
        if known is not None and known.stale:
            with contextlib.suppress(StoreError):  # that it was seen is worth no refusal
                await to_thread.run_sync(self._note, known.caller)
        return known

    def _note(self, caller: Caller) -> None:
        with writing(self._database) as connection:
            note_seen(connection, caller, self._clock())


def read_token(path: Path) -> str:
    """Return the bearer token of the hub's own machine, which stands in `path`.

    Raises HubError E-WEB-01 when it cannot be read or is too short to be a secret.
    """
    try:
        token = path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        token = ""
    if len(token) < SHORTEST_TOKEN or any(character.isspace() for character in token):
        raise HubError(
            "E-WEB-01",
            f"{path}: no token for the interface; it must hold one word of {SHORTEST_TOKEN} characters or more"
            f" 缺少接口令牌，文件中应为一个不少于 {SHORTEST_TOKEN} 位的字符串",
        )
    return token
