"""Who comes in: looks at passwords and codes, counts what was wrong, and opens sessions. The pages are elsewhere.

A name that is nobody's, a wrong password and an account that ended are one and the same to whoever tries: as many looks
at a hash, the same answer, after the same time. Wrong tries make the next one wait (`hub/access/lockout.py`); those of
a browser that this account was signed in at before count by themselves, so that nobody elsewhere locks it out.
"""

import asyncio
import contextlib
import hmac
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final, Literal, NamedTuple, TypeVar

from anyio import to_thread
from starlette.requests import Request

from hub.access import lockout
from hub.access.caller import Caller
from hub.access.chain import Deed
from hub.access.lockout import NONE, Tries
from hub.access.naming import sign_in_name
from hub.access.throttle import Throttle
from hub.access.totp import digest_of_code, plain_code, step_of
from hub.store.access import open_session
from hub.store.accounts import (
    Account,
    AccountsReader,
    end_session,
    forget_sessions,
    note_tries,
    set_password,
    take_code,
    take_step,
)
from hub.store.engine import Transaction
from hub.web.centre import Centre, address_of
from hub.web.cookies import named

Done = TypeVar("Done")

KNOWN_COOKIE: Final = "cuncuntong_known_"
"""With an account's key after it: this browser was signed in by it before."""
BURST, PER_S = 10, 1 / 6
"""Tries of one address: ten at once, then ten a minute; a right one does not count."""
MOST_COUNTED: Final = 4096
SECOND_STEP_MS: Final = 5 * 60_000
MOST_PENDING: Final = 512
SESSIONS_KEPT_MS: Final = 30 * 24 * 3_600_000
STRANGER: Final = Caller("account", 0, "?", "?", "", None, frozenset())
"""Who tries to sign in, as logs write it: it may be anybody."""


class Entered(NamedTuple):
    """Somebody is who they say; what the browser is to keep."""

    account: Account
    secret: str
    """Of the session."""
    known: str
    """For `KNOWN_COOKIE`."""
    there: str


class Second(NamedTuple):
    """The password was right; a code of their telephone is asked for."""

    secret: str
    """Of this step: for a cookie of five minutes."""


class Refused(NamedTuple):
    """Nobody comes in."""

    why: Literal["wrong", "wait", "code", "over"]
    """`over`: the second step took too long, or there was no first."""
    wait_ms: int = 0


class _Pending(NamedTuple):
    key: int
    name: str
    until_ms: int
    there: str


class _Count(NamedTuple):
    """Where a try counts: of an account in the database, of anything else in memory."""

    memory: str | None
    tries: Tries


class Entrance:
    """One centre's."""

    def __init__(self, centre: Centre) -> None:
        """Take the centre."""
        self._centre, self._accounts = centre, AccountsReader(centre.database.reader)
        self._known_key = centre.unsealer.secret_for(b"known browser")
        self._code_key = centre.unsealer.secret_for(b"recovery code")
        self._addresses = Throttle(BURST, PER_S)
        self._counted: dict[str, Tries] = {}
        self._pending: dict[str, _Pending] = {}
        self._at: dict[str, tuple[asyncio.Lock, int]] = {}

    async def password(self, request: Request, typed: str, password: str, there: str) -> Entered | Second | Refused:
        """Look at a name and a password; `there` is where to go then. Raises StoreError, ProblemError E-WEB-08."""
        name = sign_in_name(typed) or ""
        return await self._answered_late(self._password(request, name, password, there))

    async def _password(self, request: Request, name: str, password: str, there: str) -> Entered | Second | Refused:
        address, hashing = address_of(request), self._centre.hashing
        waits_ms = self._addresses.take(address, self._centre.now_ms())
        if waits_ms:
            return Refused("wait", waits_ms)
        async with self._alone(name):
            found = await to_thread.run_sync(self._accounts.named, name)
            found = None if found is None or found.ended_ms is not None else found
            count = self._count(request, name, found)
            waits_ms = lockout.wait_ms(count.tries, self._centre.now_ms())
            if waits_ms:
                return Refused("wait", waits_ms)
            if not await hashing.right(found and found.password, password) or found is None:
                await self._failed(request, count, found)
                return Refused("wrong")
            self._addresses.give_back(address, self._centre.now_ms())
            if hashing.passwords.is_old(found.password):
                found = await self._renewed(found, password)
            return self._ask_for_code(found, there) if found.totp else await self._open(request, found, count, there)

    async def code(self, request: Request, step: str, typed: str) -> Entered | Refused:
        """Look at a code of a telephone, or a recovery code, after the password was right. Raises StoreError."""
        return await self._answered_late(self._code(request, step, typed))

    async def _code(self, request: Request, step: str, typed: str) -> Entered | Refused:
        now_ms, pending = self._centre.now_ms(), self._pending.get(step)
        if pending is None or pending.until_ms < now_ms:
            return Refused("over")
        async with self._alone(pending.name):
            found = await to_thread.run_sync(self._accounts.of, pending.key)
            if found is None or found.ended_ms is not None or found.totp is None or step not in self._pending:
                return Refused("over")
            count = self._count(request, found.name, found)
            waits_ms = lockout.wait_ms(count.tries, now_ms)
            if waits_ms:
                return Refused("wait", waits_ms)
            if not await self._code_is_right(request, found, typed):
                await self._failed(request, count, found)
                return Refused("code")
            self._pending.pop(step, None)
            return await self._open(request, found, count, pending.there)

    async def is_own_password(self, request: Request, account: Account, password: str) -> bool | Refused:
        """Say whether somebody signed in typed their password again; wrong ones count and wait as at the door."""
        here = f"session {account.key}"
        async with self._alone(account.name):
            count = _Count(here, self._counted.get(here, NONE))
            waits_ms = lockout.wait_ms(count.tries, self._centre.now_ms())
            if waits_ms:
                return Refused("wait", waits_ms)
            if await self._centre.hashing.right(account.password, password):
                self._counted.pop(here, None)
                return True
            await self._failed(request, count, account)
            return False

    def known_of(self, account: Account) -> str:
        """Return what tells a browser apart that an account was signed in at; void once its password is another."""
        nonce = secrets.token_urlsafe(12)
        return f"{nonce}.{self._known_mac(account, nonce)}"

    def digest_of_code(self, account: int, code: str) -> bytes:
        """Return what the database keeps of a recovery code."""
        return digest_of_code(self._code_key, account, code)

    async def _code_is_right(self, request: Request, found: Account, typed: str) -> bool:
        assert found.totp is not None
        now_ms, secret = self._centre.now_ms(), self._centre.unsealer.note(found.totp)
        step = None if secret is None else step_of(secret, typed, now_ms, found.totp_step)
        if step is not None:
            return await self._write(request, found, lambda connection: take_step(connection, found.key, step))
        if plain_code(typed) is None:
            return False
        digest = self.digest_of_code(found.key, typed)

        def work(connection: Transaction) -> bool:
            taken = take_code(connection, found.key, digest, now_ms)
            if taken:
                deed = Deed("signin.recovery", found.name)
                self._centre.audit.note(connection, found.caller(), deed, now_ms, address_of(request))
            return taken

        return await self._write(request, found, work)

    async def _open(self, request: Request, found: Account, count: _Count, there: str) -> Entered:
        before: Caller | None = request.state.caller
        secret, now_ms = fresh_session(), self._centre.now_ms()
        browser = request.headers.get("user-agent", "")

        def work(connection: Transaction) -> None:
            if before is not None and before.kind == "account":  # whose browser this was until now
                end_session(connection, before.key, int(before.session), now_ms)
            if count.memory is None:
                note_tries(connection, found.key, NONE)
            open_session(connection, found.key, secret, now_ms, address=address_of(request), browser=browser)
            forget_sessions(connection, now_ms - SESSIONS_KEPT_MS)

        await self._write(request, found, work, Deed("signin.open", found.name))
        if count.memory is not None:
            self._counted.pop(count.memory, None)
        return Entered(found, secret, self.known_of(found), there)

    def _ask_for_code(self, found: Account, there: str) -> Second:
        secret = secrets.token_urlsafe(32)
        self._pending[secret] = _Pending(found.key, found.name, self._centre.now_ms() + SECOND_STEP_MS, there)
        while len(self._pending) > MOST_PENDING:
            self._pending.pop(next(iter(self._pending)))
        return Second(secret)

    async def _renewed(self, found: Account, password: str) -> Account:
        """Keep the password at today's cost."""
        kept = await self._centre.hashing.kept(password)

        def work(connection: Transaction) -> None:
            set_password(connection, found.key, kept, must_change=found.must_change)

        await self._centre.write(found.caller(), "", work)
        return found._replace(password=kept)

    async def _failed(self, request: Request, count: _Count, found: Account | None) -> None:
        now_ms = self._centre.now_ms()
        tries = lockout.failed(count.tries, now_ms)
        if count.memory is not None:
            self._counted.pop(count.memory, None)
            self._counted[count.memory] = tries
            while len(self._counted) > MOST_COUNTED:
                self._counted.pop(next(iter(self._counted)))
        if found is None:
            return

        def work(connection: Transaction) -> None:
            if count.memory is None:
                note_tries(connection, found.key, tries)

        waits_ms = lockout.wait_ms(tries, now_ms)
        deed = Deed("signin.refused", found.name, f"{waits_ms // 1000} s" if waits_ms else "")
        await self._centre.write(STRANGER, address_of(request), work, deed)

    def _count(self, request: Request, name: str, found: Account | None) -> _Count:
        """Return what counts for a try: of nobody's name, of a browser known to the account, or of the account."""
        here = f"name {name}"
        if found is not None:
            nonce, _, mac = request.cookies.get(named(f"{KNOWN_COOKIE}{found.key}", request), "").partition(".")
            if not mac or not hmac.compare_digest(mac.encode(), self._known_mac(found, nonce).encode()):
                return _Count(None, found.tries)
            here = f"browser {found.key} {nonce}"
        return _Count(here, self._counted.get(here, NONE))

    async def _write(self, request: Request, found: Account, work: Callable[[Transaction], Done], *deeds: Deed) -> Done:
        return await self._centre.write(found.caller(), address_of(request), work, *deeds)

    async def _answered_late(self, looking: Awaitable[Done]) -> Done:
        """Answer a refusal no sooner than all others: what took how long tells nobody anything."""
        loop = asyncio.get_running_loop()
        begun_s = loop.time()
        outcome = await looking
        if isinstance(outcome, Refused):
            await asyncio.sleep(begun_s + self._centre.hashing.refused_after_s - loop.time())
        return outcome

    @contextlib.asynccontextmanager
    async def _alone(self, name: str) -> AsyncIterator[None]:
        """Look at one try of a name after the other: many at once get no more tries than as many in a row."""
        lock, users = self._at.get(name, (asyncio.Lock(), 0))
        self._at[name] = lock, users + 1
        try:
            async with lock:
                yield
        finally:
            lock, users = self._at[name]
            self._at[name] = lock, users - 1
            if users == 1:
                del self._at[name]

    def _known_mac(self, account: Account, nonce: str) -> str:
        return hmac.new(self._known_key, f"{account.key}\n{nonce}\n{account.password}".encode(), "sha256").hexdigest()


def fresh_session() -> str:
    """Return the secret of a new session: 256 random bits."""
    return secrets.token_urlsafe(32)
