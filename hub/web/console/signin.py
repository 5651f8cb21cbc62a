"""`/signin` and `/signout`: the pages of coming in and going out; who may is decided in `hub/web/entrance.py`."""

import unicodedata
from typing import Final
from urllib.parse import urlsplit

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.access.chain import Deed
from hub.store.accounts import AccountsReader, end_session
from hub.web.centre import Centre
from hub.web.cookies import is_private, named, put, take
from hub.web.door import SIGN_IN, SIGN_OUT, Door, caller_of
from hub.web.entrance import KNOWN_COOKIE, Entered, Entrance, Refused, Second
from hub.web.forms import Field, form_of
from hub.web.pages import WORDS, duration_of, language_of, remember
from hub.web.who import SESSION_COOKIE

STEP_COOKIE: Final = "cuncuntong_step"
STEP_S: Final = 5 * 60
KNOWN_S: Final = 180 * 24 * 3600
MOST_NAME, MOST_PASSWORD, MOST_CODE, MOST_ADDRESS = 64, 256, 40, 500
CODE_PATH: Final = "/signin/code"
LOOPBACK: Final = {"localhost", "127.0.0.1", "::1"}
"""Names by which a browser reaches the machine it runs on: nobody reads along there."""


class SignInPages:
    """The pages, and who looks at what was typed."""

    def __init__(self, centre: Centre, entrance: Entrance) -> None:
        """Take the centre and its entrance."""
        self._centre, self._entrance = centre, entrance
        self._accounts = AccountsReader(centre.database.reader)

    def doors(self) -> list[Door]:
        """Return the doors."""
        return [
            Door(SIGN_IN, self.page, "nothing"),
            Door(SIGN_IN, self.password, "nothing", ("POST",)),
            Door(CODE_PATH, self.code_page, "nothing"),
            Door(CODE_PATH, self.code, "nothing", ("POST",)),
            Door(SIGN_OUT, self.out, "signed_in", ("POST",)),
        ]

    async def page(self, request: Request) -> Response:
        """Return the form; whoever is signed in goes on at once."""
        there = inside(request.query_params.get("next", ""))
        if request.state.caller is not None and request.state.caller.kind == "account":
            return RedirectResponse(there, 303)
        return await self._form(request, there)

    async def password(self, request: Request) -> Response:
        """Take name and password."""
        fields = {
            "name": Field(MOST_NAME),
            "password": Field(MOST_PASSWORD, exact=True),
            "next": Field(MOST_ADDRESS),
        }
        typed = await form_of(request, fields)
        there = inside(typed["next"])
        outcome = await self._entrance.password(request, typed["name"], typed["password"], there)
        if isinstance(outcome, Refused):
            return await self._form(request, there, refused=outcome, typed=typed["name"])
        if isinstance(outcome, Second):
            answer = RedirectResponse(CODE_PATH, 303)
            put(answer, request, STEP_COOKIE, outcome.secret, max_age=STEP_S, same_site="strict")
            return answer
        return welcome(request, outcome)

    async def code_page(self, request: Request) -> Response:
        """Return the form for the code of a telephone."""
        if not step_of(request):
            return RedirectResponse(SIGN_IN, 303)
        return self._centre.pages.render(request, "signin_code.html", {"refused": None, "waits": ""})

    async def code(self, request: Request) -> Response:
        """Take a code of a telephone, or a recovery code."""
        typed = await form_of(request, {"code": Field(MOST_CODE)})
        outcome = await self._entrance.code(request, step_of(request), typed["code"])
        if isinstance(outcome, Entered):
            answer = welcome(request, outcome)
            take(answer, request, STEP_COOKIE)
            return answer
        if outcome.why == "over":
            again = await self._form(request, "/", refused=outcome)
            take(again, request, STEP_COOKIE)
            return again
        return self._centre.pages.render(
            request, "signin_code.html", self._said(request, outcome), status=status_of(outcome)
        )

    async def out(self, request: Request) -> Response:
        """End this session."""
        await form_of(request, {})
        caller, now_ms = caller_of(request), self._centre.now_ms()
        await self._centre.change(
            request,
            lambda connection: end_session(connection, caller.key, int(caller.session), now_ms),
            Deed("signin.out", caller.name),
        )
        answer = RedirectResponse(f"{SIGN_IN}?done=signed_out", 303)
        take(answer, request, SESSION_COOKIE)
        return answer

    async def _form(self, request: Request, there: str, *, refused: Refused | None = None, typed: str = "") -> Response:
        nobody = not await to_thread.run_sync(self._accounts.every)
        is_open = not is_private(request) and request.url.hostname not in LOOPBACK
        values: dict[str, object] = {"there": there, "typed": typed, "nobody": nobody, "is_open": is_open} | self._said(
            request, refused
        )
        status = 200 if refused is None else status_of(refused)
        return self._centre.pages.render(request, "signin.html", values, status=status)

    def _said(self, request: Request, refused: Refused | None) -> dict[str, object]:
        waits = "" if refused is None else duration_of(refused.wait_ms, WORDS[language_of(request)])
        return {"refused": refused and refused.why, "waits": waits}


def welcome(request: Request, entered: Entered) -> Response:
    """Let somebody in: a fresh session, a browser that is known from now on, and their language."""
    answer = RedirectResponse(entered.there, 303)
    put(answer, request, SESSION_COOKIE, entered.secret)
    put(answer, request, f"{KNOWN_COOKIE}{entered.account.key}", entered.known, max_age=KNOWN_S)
    if entered.account.language is not None:
        remember(answer, "lang", entered.account.language)
    return answer


def step_of(request: Request) -> str:
    """Return the secret of a sign-in whose password was right; "" where there is none."""
    return request.cookies.get(named(STEP_COOKIE, request), "")


def status_of(refused: Refused) -> int:
    """Return the status of a refusal."""
    return 429 if refused.why == "wait" else 401


def inside(address: str) -> str:
    """Return where to go after signing in: an address on this host, or the wall for anything else."""
    odd = "\\" in address or any(unicodedata.category(sign)[0] in "CZ" for sign in address)
    try:
        parts = urlsplit(address)
    except ValueError:
        return "/"
    ours = not parts.scheme and not parts.netloc and parts.path.startswith("/") and not address.startswith("//")
    own = parts.path.rstrip("/") in {SIGN_IN, CODE_PATH, SIGN_OUT}
    return address if ours and not odd and not own else "/"
