"""Other people's accounts: `/admin/accounts` lists and makes them, `/admin/accounts/<key>` changes and ends one."""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.access import lockout
from hub.access.caller import Area, Caller
from hub.access.chain import Deed
from hub.access.passwords import one_time_password
from hub.access.roles import MAY
from hub.errors import HubError
from hub.store import account_acts as acts
from hub.store.account_acts import Stands, Wanted
from hub.store.accounts import MOST_WORD, Account, AccountsReader, SessionRow
from hub.store.engine import Transaction
from hub.web.centre import Centre
from hub.web.console.ticked import area_in, boxes_for, town_fields, towns_of
from hub.web.door import Door, caller_of
from hub.web.forms import Field, done, form_of
from hub.web.problem import ProblemError

LISTED: Final = "/admin/accounts"
MOST_NAME: Final = 32


class Shown(NamedTuple):
    """One account as the list shows it."""

    account: Account
    sessions: list[SessionRow]
    locked_ms: int
    """For how long no password of it is looked at."""


class AccountAdminPages:
    """The pages, and what they read from."""

    def __init__(self, centre: Centre) -> None:
        """Take the centre."""
        self._centre, self._reader = centre, AccountsReader(centre.database.reader)

    def doors(self) -> list[Door]:
        """Return the doors."""
        one = f"{LISTED}/{{account:int}}"
        return [
            Door(LISTED, self.listed, "account"),
            Door(LISTED, self.add, "account", ("POST",)),
            Door(one, self.one, "account"),
            Door(f"{one}/{{act}}", self.back, "account"),
            Door(f"{one}/change", self.change, "account", ("POST",)),
            Door(f"{one}/password", self.password, "account", ("POST",)),
            Door(f"{one}/unlock", self.unlock, "account", ("POST",)),
            Door(f"{one}/phone", self.phone, "account", ("POST",)),
            Door(f"{one}/sessions", self.sessions, "account", ("POST",)),
            Door(f"{one}/end", self.end, "account", ("POST",)),
        ]

    async def listed(self, request: Request) -> Response:
        """Return the accounts, and the form that makes one."""
        return await self._listed(request)

    async def add(self, request: Request) -> Response:
        """Make an account; its password for the first time is shown on this answer, and never again."""
        caller, towns = caller_of(request), towns_of(self._centre.view)
        names = {"name": Field(MOST_NAME, needed=True), "full_name": Field(MOST_WORD, needed=True)}
        asked = await form_of(request, names | _fields(towns))
        password, now_ms = one_time_password(), self._centre.now_ms()
        try:
            wanted = Wanted(asked["unit"], asked["role"], area_in(caller, towns, asked))
            kept = await self._centre.hashing.kept(password)
            deed = Deed("account.make", f"{asked['name']} {asked['full_name']}: {_told(wanted.role, wanted.area)}")
            name = await self._centre.change(
                request,
                lambda row: acts.make(row, caller, asked["name"], asked["full_name"], wanted, kept, now_ms),
                deed,
            )
        except HubError as error:
            return await self._listed(request, asked, refused=str(error), status=422)
        return await self._listed(request, secret=(name, password))

    async def one(self, request: Request) -> Response:
        """Return one account, and the forms that change it."""
        return await self._one(request)

    async def back(self, request: Request) -> Response:
        """Lead from the address of an act to its account: where a page stands that answered one."""
        return RedirectResponse(_page(await self._found(request)), 303)

    async def change(self, request: Request) -> Response:
        """Give an account another unit, role or area; it holds from its next request on."""
        caller, towns, found = caller_of(request), towns_of(self._centre.view), await self._found(request)
        asked = await form_of(request, _fields(towns))
        try:
            wanted = Wanted(asked["unit"], asked["role"], area_in(caller, towns, asked))
            now = _told(wanted.role, wanted.area)
            deed = Deed("account.change", f"{found.name}: {_told(found.role, found.area)} → {now}; {wanted.unit}")
            await self._centre.change(request, lambda row: acts.change(row, caller, found.key, wanted), deed)
        except HubError as error:
            return await self._one(request, asked, refused=str(error), status=422)
        return done(_page(found), "saved")

    async def password(self, request: Request) -> Response:
        """Give an account a password for one time, shown on this answer alone; its sessions end."""
        caller, found = caller_of(request), await self._found(request)
        await form_of(request, {})
        password, now_ms = one_time_password(), self._centre.now_ms()
        kept = await self._centre.hashing.kept(password)
        refused = await self._done(
            request, lambda row: acts.reset(row, caller, found.key, kept, now_ms), Deed("account.password", found.name)
        )
        return refused or await self._one(request, secret=(found.name, password))

    async def unlock(self, request: Request) -> Response:
        """Let an account be tried again at once."""
        caller, found = caller_of(request), await self._found(request)
        await form_of(request, {})
        deed = Deed("account.unlock", found.name)
        refused = await self._done(request, lambda row: acts.unlock(row, caller, found.key), deed)
        return refused or done(_page(found), "unlocked")

    async def phone(self, request: Request) -> Response:
        """Ask an account for no code of its telephone any more, which was lost."""
        caller, found = caller_of(request), await self._found(request)
        await form_of(request, {})
        deed = Deed("account.phone", found.name)
        refused = await self._done(request, lambda row: acts.forget_phone(row, caller, found.key), deed)
        return refused or done(_page(found), "saved")

    async def sessions(self, request: Request) -> Response:
        """End every session of an account."""
        caller, found, now_ms = caller_of(request), await self._found(request), self._centre.now_ms()
        await form_of(request, {})
        deed = Deed("account.sessions", found.name)
        refused = await self._done(request, lambda row: acts.sign_out(row, caller, found.key, now_ms), deed)
        return refused or done(_page(found), "sessions_over")

    async def end(self, request: Request) -> Response:
        """End an account for good."""
        caller, found, now_ms = caller_of(request), await self._found(request), self._centre.now_ms()
        await form_of(request, {})
        deed = Deed("account.end", f"{found.name} {found.full_name}: {_told(found.role, found.area)}")
        refused = await self._done(request, lambda row: acts.end(row, caller, found.key, now_ms), deed)
        return refused or done(LISTED, "account_ended")

    async def _done(self, request: Request, work: Callable[[Transaction], Stands], deed: Deed) -> Response | None:
        """Do it; return the page that says why not, where it is refused."""
        try:
            await self._centre.change(request, work, deed)
        except HubError as error:
            return await self._one(request, refused=str(error), status=422)
        return None

    async def _found(self, request: Request) -> Account:
        found = await to_thread.run_sync(self._reader.of, request.path_params["account"])
        if found is None:
            raise ProblemError(404, "E-USER-03", "No such account", "look at the list again 没有这个账号")
        return found

    async def _listed(
        self,
        request: Request,
        typed: Mapping[str, str] | None = None,
        *,
        secret: tuple[str, str] | None = None,
        refused: str = "",
        status: int = 200,
    ) -> Response:
        accounts = await to_thread.run_sync(self._all)
        caller = caller_of(request)
        values = {
            "standing": [one for one in accounts if one.account.ended_ms is None],
            "ended": [one for one in accounts if one.account.ended_ms is not None],
            "secret": secret,
            "refused": refused,
            **self._form(caller, {"name": "", "full_name": "", "unit": caller.unit, "role": "operator"}, typed),
        }
        return self._centre.pages.render(request, "accounts.html", values, status=status)

    async def _one(
        self,
        request: Request,
        typed: Mapping[str, str] | None = None,
        *,
        secret: tuple[str, str] | None = None,
        refused: str = "",
        status: int = 200,
    ) -> Response:
        found, caller = await self._found(request), caller_of(request)
        shown = await to_thread.run_sync(self._shown, found)
        ticked = {
            name: town for name, town in boxes_for(caller, towns_of(self._centre.view)) if town in found.area.towns
        }
        values = {
            "one": shown,
            "own": found.key == caller.key,
            "secret": secret,
            "refused": refused,
            **self._form(caller, {"unit": found.unit, "role": found.role, **ticked}, typed),
        }
        return self._centre.pages.render(request, "account_admin.html", values, status=status)

    def _form(self, caller: Caller, now: Mapping[str, str], typed: Mapping[str, str] | None) -> dict[str, object]:
        towns = towns_of(self._centre.view)
        return {"typed": dict(now if typed is None else typed), "may": MAY, "boxes": boxes_for(caller, towns)}

    def _all(self) -> list[Shown]:
        return [self._shown(account) for account in self._reader.every()]

    def _shown(self, account: Account) -> Shown:
        now_ms = self._centre.now_ms()
        sessions = [] if account.ended_ms is not None else self._reader.sessions(account.key, now_ms)
        return Shown(account, sessions, lockout.wait_ms(account.tries, now_ms))


def _fields(towns: list[str]) -> dict[str, Field]:
    return {"unit": Field(MOST_WORD, needed=True), "role": Field(16, needed=True), **town_fields(towns)}


def _told(role: str, area: Area) -> str:
    """Return a role and its area as the log keeps them."""
    return f"{role} {area.written('、')}"


def _page(found: Account) -> str:
    return f"{LISTED}/{found.key}"
