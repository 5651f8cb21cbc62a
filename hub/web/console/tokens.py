"""Tokens of programs: `/admin/tokens` makes one, whose secret is shown this once, lists them and ends one."""

from collections.abc import Mapping
from typing import Final

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from hub.access.caller import Caller
from hub.access.chain import Deed
from hub.access.roles import Permission
from hub.errors import HubError
from hub.store.tokens import (
    DEFAULT_DAYS,
    MAY_BE_GIVEN,
    MOST_DAYS,
    NewToken,
    TokensReader,
    add_token,
    end_token,
)
from hub.visits.day import DAY_MS
from hub.web.centre import Centre
from hub.web.console.ticked import area_in, boxes_for, town_fields, towns_of
from hub.web.door import Door, caller_of, forbidden
from hub.web.forms import Field, done, form_of

OVER_SHOWN_MS: Final = 90 * DAY_MS


class TokenPages:
    """The pages, and what they read from."""

    def __init__(self, centre: Centre) -> None:
        """Take the centre."""
        self._centre, self._reader = centre, TokensReader(centre.database.reader)

    def doors(self) -> list[Door]:
        """Return the doors."""
        return [
            Door("/admin/tokens", self.listed, "account"),
            Door("/admin/tokens", self.add, "account", ("POST",)),
            Door("/admin/tokens/{token}/end", self.end, "account", ("POST",)),
        ]

    async def listed(self, request: Request) -> Response:
        """Return the tokens, and the form that makes one."""
        return await self._listed(request)

    async def add(self, request: Request) -> Response:
        """Make a token and show its secret: on this answer, and never again."""
        caller, towns = caller_of(request), towns_of(self._centre.view)
        fields = {"name": Field(40, needed=True), "days": Field(3, needed=True), **town_fields(towns)}
        asked = await form_of(request, fields | {f"may_{one}": Field(2) for one in given_by(caller)})
        may = frozenset(one for one in given_by(caller) if asked[f"may_{one}"])
        days = int(asked["days"]) if asked["days"].isdecimal() else 0
        now_ms = self._centre.now_ms()
        try:
            new = NewToken(asked["name"], may, area_in(caller, towns, asked), days, caller.who)
            secret = await self._centre.change(
                request, lambda connection: add_token(connection, new, now_ms), new.deed()
            )
        except HubError as error:
            return await self._listed(request, asked, refused=str(error), status=422)
        return await self._listed(request, made=(new.name, secret))

    async def end(self, request: Request) -> Response:
        """End a token, of an area within one's own."""
        await form_of(request, {})
        now_ms, key = self._centre.now_ms(), request.path_params["token"]
        known = await to_thread.run_sync(self._reader.every, now_ms)
        found = next((one for one in known if str(one.key) == key and one.stands(now_ms)), None)
        if found is not None and not caller_of(request).area.covers(found.area):
            raise forbidden("account")
        try:
            if found is not None:
                deed = Deed("token.end", found.name)
                await self._centre.change(request, lambda connection: end_token(connection, found.key, now_ms), deed)
        except HubError:
            pass  # somebody else ended it meanwhile: it is as it was to be
        return done("/admin/tokens", "token_ended")

    async def _listed(
        self,
        request: Request,
        typed: Mapping[str, str] | None = None,
        *,
        made: tuple[str, str] | None = None,
        refused: str = "",
        status: int = 200,
    ) -> Response:
        now_ms, caller = self._centre.now_ms(), caller_of(request)
        found = await to_thread.run_sync(self._reader.every, now_ms - OVER_SHOWN_MS)
        values = {
            "standing": [one for one in found if one.stands(now_ms)],
            "over": [one for one in found if not one.stands(now_ms)],
            "soon": [one for one in found if one.expires_soon(now_ms)],
            "may_end": lambda one: caller.area.covers(one.area),
            "given": given_by(caller),
            "boxes": boxes_for(caller, towns_of(self._centre.view)),
            "typed": {"name": "", "days": str(DEFAULT_DAYS)} | dict(typed or {}),
            "most_days": MOST_DAYS,
            "made": made,
            "refused": refused,
        }
        return self._centre.pages.render(request, "tokens.html", values, status=status)


def given_by(caller: Caller) -> tuple[Permission, ...]:
    """Return what somebody may allow a token: nothing they may not do themselves; the rest is `hub token add`'s."""
    return tuple(one for one in MAY_BE_GIVEN if one in caller.permissions)
