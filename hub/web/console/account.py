"""`/account`: what somebody sees and changes of their own account: password, telephone, sessions, language."""

from collections.abc import Sequence
from typing import Final

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.access.chain import Deed
from hub.access.passwords import LONGEST, SHORTEST, weakness_of
from hub.access.totp import DIGITS, address_of, fresh_codes, fresh_secret, step_of
from hub.store import accounts as store
from hub.store.access import open_session
from hub.store.accounts import Account, AccountsReader
from hub.store.engine import Transaction
from hub.web.centre import Centre
from hub.web.centre import address_of as address_of_request
from hub.web.console.signin import MOST_CODE, MOST_PASSWORD, welcome
from hub.web.door import CHANGE_PASSWORD, Door, caller_of
from hub.web.entrance import Entered, Entrance, Refused, fresh_session
from hub.web.forms import Field, bad_field, done, form_of
from hub.web.pages import LANGUAGES, WORDS, duration_of, language_of, remember
from hub.web.problem import ProblemError
from hub.web.qr import qr_answer

HERE: Final = "/account"
TOTP: Final = "/account/totp"
MOST_OFFERED: Final = 512


class AccountPages:
    """The pages, and what they read from."""

    def __init__(self, centre: Centre, entrance: Entrance) -> None:
        """Take the centre and its entrance."""
        self._centre, self._entrance = centre, entrance
        self._accounts = AccountsReader(centre.database.reader)
        self._offered: dict[str, str] = {}
        """Secrets for a telephone that was not shown to work yet, by session."""

    def doors(self) -> list[Door]:
        """Return the doors; each is for the account of whoever comes, and for no other."""
        return [
            Door(HERE, self.page, "signed_in"),
            Door("/account/language", self.language, "signed_in", ("POST",)),
            Door("/account/sessions/end", self.end, "signed_in", ("POST",)),
            Door(CHANGE_PASSWORD, self.password_page, "signed_in"),
            Door(CHANGE_PASSWORD, self.password, "signed_in", ("POST",)),
            Door(TOTP, self.totp_page, "signed_in"),
            Door(TOTP, self.turn_on, "signed_in", ("POST",)),
            Door(f"{TOTP}/code.svg", self.picture, "signed_in"),
            Door(f"{TOTP}/off", self.turn_off, "signed_in", ("POST",)),
        ]

    async def page(self, request: Request) -> Response:
        """Return what is known of the account, and its sessions."""
        return await self._page(request)

    async def language(self, request: Request) -> Response:
        """Keep in which language somebody reads, wherever they sign in."""
        typed = await form_of(request, {"language": Field(2, needed=True)})
        language = next((one for one in LANGUAGES if one == typed["language"]), None)
        if language is None:
            raise bad_field("language", "zh / en")
        key = caller_of(request).key
        await self._centre.change(request, lambda connection: store.set_language(connection, key, language))
        answer = done(HERE, "saved")
        remember(answer, "lang", language)
        return answer

    async def end(self, request: Request) -> Response:
        """End one session of the account, or all but this one."""
        typed = await form_of(request, {"session": Field(20, needed=True)})
        caller, now_ms, which = caller_of(request), self._centre.now_ms(), typed["session"]
        if which != "others" and not (which.isascii() and which.isdigit()):
            raise bad_field("session", "?")

        def work(connection: Transaction) -> None:
            if which == "others":
                store.end_sessions(connection, caller.key, now_ms, but=int(caller.session))
            else:
                store.end_session(connection, caller.key, int(which), now_ms)

        await self._centre.change(request, work, Deed("own.sessions", caller.name))
        return done(HERE, "session_ended")

    async def password_page(self, request: Request) -> Response:
        """Return the form for another password."""
        return await self._password_page(request)

    async def password(self, request: Request) -> Response:
        """Take another password; every other session ends, and this one goes on under a fresh secret."""
        field = Field(MOST_PASSWORD, exact=True)
        typed = await form_of(request, {"old": field, "new": field, "again": field})
        account = await self._account(request)
        right = await self._entrance.is_own_password(request, account, typed["old"])
        if right is not True:
            return await self._password_page(request, right or "own_wrong")
        about = (account.name, account.full_name, account.unit, self._centre.pages.county_name)
        refused: str | None = "differ" if typed["new"] != typed["again"] else weakness_of(typed["new"], about)
        refused = refused or ("unchanged" if typed["new"] == typed["old"] else None)
        if refused is not None:
            return await self._password_page(request, refused)
        kept = await self._centre.hashing.kept(typed["new"])
        changed, secret, now_ms = account._replace(password=kept), fresh_session(), self._centre.now_ms()
        address, browser = address_of_request(request), request.headers.get("user-agent", "")

        def work(connection: Transaction) -> None:
            store.set_password(connection, account.key, kept, must_change=False)
            store.end_sessions(connection, account.key, now_ms)
            open_session(connection, account.key, secret, now_ms, address=address, browser=browser)

        await self._centre.change(request, work, Deed("own.password", account.name))
        there = f"{HERE}?done=password"
        return welcome(request, Entered(changed, secret, self._entrance.known_of(changed), there))

    async def totp_page(self, request: Request) -> Response:
        """Offer a secret for a telephone, the same until it is taken or the session ends."""
        account = await self._account(request)
        if account.totp is not None:
            return RedirectResponse(HERE, 303)
        return self._totp_page(request)

    async def picture(self, request: Request) -> Response:
        """Return the offered secret as a QR code."""
        caller = caller_of(request)
        secret = self._offered.get(caller.session)
        if secret is None:
            raise ProblemError(404, "E-API-04", "Not found", "nothing is offered 没有可显示的二维码")
        return qr_answer(address_of(secret, caller.name, self._centre.pages.county_name))

    async def turn_on(self, request: Request) -> Response:
        """Ask for codes from now on, once the password and a first code were right; show the recovery codes."""
        fields = {"password": Field(MOST_PASSWORD, exact=True), "code": Field(MOST_CODE)}
        typed = await form_of(request, fields)
        account, now_ms = await self._account(request), self._centre.now_ms()
        secret = self._offered.get(caller_of(request).session)
        if secret is None or account.totp is not None:
            return RedirectResponse(TOTP, 303)
        right = await self._entrance.is_own_password(request, account, typed["password"])
        if right is not True:
            return self._totp_page(request, right or "own_wrong")
        step = step_of(secret, typed["code"], now_ms, None)
        if step is None:
            return self._totp_page(request, "code")
        codes = fresh_codes()
        digests = [self._entrance.digest_of_code(account.key, code) for code in codes]
        sealed = self._centre.unsealer.seal_note(secret)

        def work(connection: Transaction) -> None:
            store.set_totp(connection, account.key, sealed, digests)
            store.take_step(connection, account.key, step)

        await self._centre.change(request, work, Deed("own.totp_on", account.name))
        self._offered.pop(caller_of(request).session, None)
        return self._centre.pages.render(request, "recovery_codes.html", {"codes": codes})

    async def turn_off(self, request: Request) -> Response:
        """Ask for no codes any more, once the password was right."""
        typed = await form_of(request, {"password": Field(MOST_PASSWORD, exact=True)})
        account = await self._account(request)
        right = await self._entrance.is_own_password(request, account, typed["password"])
        if right is not True:
            return await self._page(request, right or "own_wrong")
        await self._centre.change(
            request,
            lambda connection: store.set_totp(connection, account.key, None),
            Deed("own.totp_off", account.name),
        )
        return done(HERE, "totp_off")

    async def _account(self, request: Request) -> Account:
        account = await to_thread.run_sync(self._accounts.of, caller_of(request).key)
        assert account is not None, "a session has an account"
        return account

    async def _page(self, request: Request, refused: str | Refused | None = None) -> Response:
        caller, now_ms = caller_of(request), self._centre.now_ms()
        account = await self._account(request)
        sessions = await to_thread.run_sync(self._accounts.sessions, caller.key, now_ms)
        values: dict[str, object] = {
            "account": account,
            "sessions": [(one, str(one.key) == caller.session, short_browser(one.browser)) for one in sessions],
            "codes_left": await to_thread.run_sync(self._accounts.codes_left, caller.key),
            "languages": LANGUAGES,
        }
        said = self._said(request, refused)
        return self._centre.pages.render(request, "account.html", values | said, status=status_for(refused))

    async def _password_page(self, request: Request, refused: str | Refused | None = None) -> Response:
        account = await self._account(request)
        values = {"must": account.must_change, "name": account.name, "shortest": SHORTEST, "longest": LONGEST}
        return self._centre.pages.render(
            request, "password.html", values | self._said(request, refused), status=status_for(refused)
        )

    def _totp_page(self, request: Request, refused: str | Refused | None = None) -> Response:
        session = caller_of(request).session
        secret = self._offered.setdefault(session, fresh_secret())
        while len(self._offered) > MOST_OFFERED:
            self._offered.pop(next(iter(self._offered)))
        values = {"secret": in_fours(secret), "digits": DIGITS} | self._said(request, refused)
        return self._centre.pages.render(request, "totp.html", values, status=status_for(refused))

    def _said(self, request: Request, refused: str | Refused | None) -> dict[str, object]:
        """Return what a page says of a refusal: a key of `words.own`, `words.weak` or `words.sign_in`, or how long."""
        if isinstance(refused, Refused):
            return {"refused": refused.why, "waits": duration_of(refused.wait_ms, WORDS[language_of(request)])}
        return {"refused": refused, "waits": ""}


def status_for(refused: str | Refused | None) -> int:
    """Return the status of a page that says a refusal."""
    if refused is None:
        return 200
    return 429 if isinstance(refused, Refused) else 422


def in_fours(secret: str) -> str:
    """Return a secret as it is typed off a screen."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


BROWSERS: Final[Sequence[tuple[str, str]]] = (
    ("Edg/", "Edge"), ("OPR/", "Opera"), ("MicroMessenger", "WeChat"), ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
SYSTEMS: Final[Sequence[tuple[str, str]]] = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)  # fmt: skip


def short_browser(agent: str) -> str:
    """Return a browser and its system as people call them; what is neither, as it calls itself."""
    found = [next((name for sign, name in names if sign in agent), "") for names in (BROWSERS, SYSTEMS)]
    return " · ".join(name for name in found if name) or agent[:40]
