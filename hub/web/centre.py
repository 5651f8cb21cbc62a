"""What every page and every answer of the hub is made from, in one value; and the one way to change anything."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeVar

from anyio import to_thread
from starlette.requests import Request

from hub.access.caller import Caller
from hub.access.chain import Deed
from hub.clock import now_ms
from hub.desks.auditing import audit_log
from hub.settings import Settings
from hub.store.audit import AuditLog
from hub.store.engine import Database, Transaction, writing
from hub.view import View
from hub.visits.opening import Unsealer
from hub.web.broker import BrokerWatch
from hub.web.door import SAFE, caller_of
from hub.web.forms import not_ours
from hub.web.hashing import Hashing
from hub.web.linked import LinkedWatch
from hub.web.pages import Pages
from hub.web.readers import Readers
from hub.web.who import Who, read_token

Result = TypeVar("Result")


class Centre(NamedTuple):
    """The county's centre as its web sees it."""

    view: View
    readers: Readers
    settings: Settings
    unsealer: Unsealer
    database: Database
    audit: AuditLog
    pages: Pages
    broker: BrokerWatch
    linked: LinkedWatch
    who: Who
    hashing: Hashing
    now_ms: Callable[[], int]

    async def change(self, request: Request, work: Callable[[Transaction], Result], *deeds: Deed) -> Result:
        """Do `work` and write `deeds` into the audit log in one transaction, off the event loop; return its result.

        Raises what `work` raises, and StoreError; then nothing of it stands. ProblemError E-WEB-05 where a browser's
        form was not checked to be of its session: whoever forgets that changes nothing.
        """
        by_cookie = caller_of(request).kind in {"account", "screen"}
        if by_cookie and request.method not in SAFE and not getattr(request.state, "from_page", False):
            raise not_ours()
        return await self.write(caller_of(request), address_of(request), work, *deeds)

    async def write(self, caller: Caller, address: str, work: Callable[[Transaction], Result], *deeds: Deed) -> Result:
        """Do what `change` does for somebody who came through no door: who signs in."""

        def run() -> Result:
            with writing(self.database) as connection:
                result = work(connection)
                for deed in deeds:
                    self.audit.note(connection, caller, deed, self.now_ms(), address)
            return result

        return await to_thread.run_sync(run)


def centre_of(
    view: View,
    readers: Readers,
    settings: Settings,
    unsealer: Unsealer,
    database: Database,
    hashing: Hashing | None = None,
) -> Centre:
    """Return a county's centre; `hashing` None looks at passwords as a centre does.

    Raises HubError E-WEB-01 when there is no token for programs on this machine.
    """
    token = read_token(Path(settings.web.api_token_file))
    audit = audit_log(settings, database, unsealer)
    return Centre(
        view=view,
        readers=readers,
        settings=settings,
        unsealer=unsealer,
        database=database,
        audit=audit,
        pages=Pages(settings.county_name, now_ms),
        broker=BrokerWatch(view, now_ms),
        linked=LinkedWatch(view, readers.lines, now_ms),
        who=Who(database, token, now_ms),
        hashing=hashing or Hashing(),
        now_ms=now_ms,
    )


def address_of(request: Request) -> str:
    """Return where a request comes from, as logs write it."""
    return "?" if request.client is None else request.client.host[:64]
