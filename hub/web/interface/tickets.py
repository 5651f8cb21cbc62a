"""`/api/v1/tickets`: tickets of other platforms, listed masked; sent in by a program with a token."""

from typing import Final

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse

from hub.access.chain import Deed
from hub.exchange.importing import Judged, judge, take
from hub.exchange.reading import MOST_BYTES, FileError
from hub.exchange.sealing import Sealer
from hub.exchange.sources import PLATFORMS, Platform
from hub.exchange.tickets import places_of
from hub.store.exchanges import ExchangesReader, Outcome, TicketRow
from hub.visits.opening import Unsealer
from hub.web.centre import Centre
from hub.web.door import Door, caller_of, forbidden
from hub.web.interface.query import number_of, query_of
from hub.web.problem import ProblemError, bad_query

DEFAULT_LIMIT: Final = 50
MOST_TICKETS: Final = 500
MOST_REFUSED: Final = 200
"""So many refused records are named in an answer."""


class TicketsApi:
    """The routes, and what they read from and write to."""

    def __init__(self, centre: Centre) -> None:
        """Take the county's centre."""
        self._centre = centre
        self._reader = ExchangesReader(centre.database.reader)
        self._sealer = Sealer(centre.unsealer)

    def doors(self) -> list[Door]:
        """Return the doors below `/api/v1`."""
        return [
            Door("/api/v1/tickets", self.listed, "visit", kind="data"),
            Door("/api/v1/tickets/import", self.imported, "exchange", ("POST",), kind="data"),
        ]

    async def listed(self, request: Request) -> JSONResponse:
        """Return tickets of the caller's towns, those stored last first; `next` is the `before` of the next page."""
        query = query_of(request, ("limit", "before"))
        limit: int = number_of(query, "limit", DEFAULT_LIMIT, most=MOST_TICKETS)
        before: int | None = number_of(query, "before", None, most=2**63 - 1)
        towns = caller_of(request).area.towns

        def read() -> list[TicketRow]:
            return self._reader.tickets(limit, before=before, towns=towns)

        found = await to_thread.run_sync(read)
        shown = [ticket_told(one, self._centre.unsealer) for one in found]
        return JSONResponse({"tickets": shown, "next": found[-1].id if len(found) == limit else None})

    async def imported(self, request: Request) -> JSONResponse:
        """Take tickets in, all or, with `skip_bad=true`, those that can be; `dry_run=true` only tries."""
        query = query_of(request, ("platform", "dry_run", "skip_bad"))
        platform = query.get("platform")
        flags = {name: query.get(name, "false") for name in ("dry_run", "skip_bad")}
        if platform not in PLATFORMS or not set(flags.values()) <= {"true", "false"}:
            raise bad_query(f"platform: one of {', '.join(PLATFORMS)}; dry_run, skip_bad: true or false 取值有误")
        caller = caller_of(request)
        if caller.area.towns:
            raise forbidden("exchange")  # a file holds tickets of any town
        judged = await self._judged(await body_of(request), platform)
        dry_run = flags["dry_run"] == "true"
        outcome = Outcome()
        if judged.refused and not dry_run and flags["skip_bad"] == "false":
            return JSONResponse(_told(judged, outcome, dry_run=True), 422)
        if not dry_run:
            now_ms = self._centre.now_ms()
            outcome = await self._centre.change(
                request,
                lambda connection: take(connection, judged, caller.who, now_ms, skip_bad=True),
                Deed("ticket.import", *judged.named),
            )
        return JSONResponse(_told(judged, outcome, dry_run=dry_run))

    async def _judged(self, data: bytes, platform: Platform) -> Judged:
        def work() -> Judged:
            places = places_of(self._reader.places())
            return judge(data, platform, places, self._sealer, self._centre.now_ms())

        try:
            return await to_thread.run_sync(work)
        except FileError as error:
            raise ProblemError(400, error.code, "Not understood", str(error).partition(" ")[2]) from None


async def body_of(request: Request) -> bytes:
    """Return a request's body, read no further than a file may be large. Raises ProblemError E-EXC-01."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > MOST_BYTES:
            raise ProblemError(413, "E-EXC-01", "Too large", f"at most {MOST_BYTES // 2**20} MB 文件过大，请拆分")
        parts.append(part)
    return b"".join(parts)


def ticket_told(one: TicketRow, unsealer: Unsealer) -> dict[str, object]:
    """Return a ticket as a list shows it: who it is of only masked."""
    mask = None if one.person is None else unsealer.mask(one.person)
    told = {name: value for name, value in one._asdict().items() if name not in {"person", "said"}}
    return told | {"identity": None if mask is None else {"name": mask.name, "id_number": mask.id_number}}


def _told(judged: Judged, outcome: Outcome, *, dry_run: bool) -> dict[str, object]:
    refused = [{"line": one.line, "reasons": list(one.reasons)} for one in judged.refused[:MOST_REFUSED]]
    return {"dry_run": dry_run, "rows": judged.rows, "taken": judged.good, **outcome._asdict(), "refused": refused}
