"""`/exchange`: tickets of other platforms in, first only checked; visits and incidents out, masked; how complete."""

import io
import secrets
from collections import OrderedDict
from typing import Final, NamedTuple

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.access.caller import Caller
from hub.access.chain import Deed
from hub.errors import HubError
from hub.exchange.exporting import Exported, export, masked, note_export
from hub.exchange.fields import FIELDS
from hub.exchange.importing import Judged, judge, take
from hub.exchange.outgoing import OUT, Format, What
from hub.exchange.quality import quality_of, share_told
from hub.exchange.reading import FileError
from hub.exchange.sealing import Sealer
from hub.exchange.sources import PLATFORMS
from hub.exchange.tickets import places_of
from hub.local_time import moment_ms, written
from hub.store.engine import Transaction
from hub.store.exchanges import ExchangesReader
from hub.store.outgoing import OutgoingReader, Wanted
from hub.visits.day import DAY_MS
from hub.web.centre import Centre
from hub.web.door import Door, caller_of, forbidden
from hub.web.forms import Field, bad_field, done, form_of
from hub.web.pages import WORDS, duration_of, language_of
from hub.web.problem import ProblemError
from hub.web.upload import upload

KEPT_MS: Final = 10 * 60_000
MOST_WAITING: Final = 8
"""So many checked files wait to be confirmed; each is sealed already."""
SHOWN: Final = 50
RUNS: Final = 20
MOST_OUT: Final = 32 * 1024 * 1024
QUALITY_MS: Final = 30 * DAY_MS
TYPES: Final = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


class Waiting(NamedTuple):
    """A file that was checked and waits for its word."""

    judged: Judged
    session: str
    at_ms: int
    came_before: bool


class Bounded(io.BytesIO):
    """A file in memory that takes only so much."""

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        """Take the next bytes. Raises ProblemError E-EXC-01 when it is full."""
        if self.tell() + len(data) > MOST_OUT:
            what = "choose a shorter period, or hub export 记录过多，请选较短的时间段，或用 hub export"
            raise ProblemError(422, "E-EXC-01", "Too many", what)
        return super().write(data)


class ExchangePages:
    """The page, and what it reads from and writes to."""

    def __init__(self, centre: Centre) -> None:
        """Take the county's centre."""
        self._centre = centre
        self._reader, self._out = ExchangesReader(centre.database.reader), OutgoingReader(centre.database.reader)
        self._sealer = Sealer(centre.unsealer)
        self._waiting: OrderedDict[str, Waiting] = OrderedDict()

    def doors(self) -> list[Door]:
        """Return the doors."""
        return [
            Door("/exchange", self.page, "exchange"),
            Door("/exchange/check", self.check, "exchange", ("POST",)),
            Door("/exchange/check", self.page, "exchange"),  # where a refusal was shown, brought up to date
            Door("/exchange/take", self.take, "exchange", ("POST",)),
            Door("/exchange/take", self.page, "exchange"),
            Door("/exchange/export", self.export, "exchange", ("POST",)),
        ]

    async def page(self, request: Request) -> Response:
        """Return the page, with what was checked last."""
        caller = _of_all(caller_of(request))
        key = request.query_params.get("check", "")
        return await self._page(request, self._found(key, caller), key)

    async def check(self, request: Request) -> Response:
        """Judge a file without storing anything, keep what is sealed of it, and show what came of it."""
        caller = _of_all(caller_of(request))
        data, fields = await upload(request, "file", frozenset({"platform"}))
        platform = next((one for one in PLATFORMS if one == fields.get("platform")), None)
        if platform is None:
            raise bad_field("platform", "one of those known 取值有误")

        def work() -> Waiting:
            places = places_of(self._reader.places())
            judged = judge(data, platform, places, self._sealer, self._centre.now_ms())
            before = self._reader.came_before(judged.file) is not None
            return Waiting(judged, caller.session, self._centre.now_ms(), before)

        try:
            waiting = await to_thread.run_sync(work)
        except FileError as error:
            return await self._page(request, None, "", trouble=str(error), status=422)
        key = secrets.token_urlsafe(12)
        self._waiting[key] = waiting
        while len(self._waiting) > MOST_WAITING:
            self._waiting.popitem(last=False)
        return RedirectResponse(f"/exchange?check={key}", 303)

    async def take(self, request: Request) -> Response:
        """Store what was checked; of one with wrong rows only when that is asked."""
        caller = _of_all(caller_of(request))
        form = await form_of(request, {"check": Field(32, needed=True), "skip": Field(3)})
        waiting = self._found(form["check"], caller)
        if waiting is None:
            said = WORDS[language_of(request)]["exchange"]["gone"]
            return await self._page(request, None, "", trouble=said, status=409)
        judged, now_ms = waiting.judged, self._centre.now_ms()
        try:
            await self._centre.change(
                request,
                lambda connection: take(connection, judged, caller.who, now_ms, skip_bad=form["skip"] == "yes"),
                Deed("ticket.import", *judged.named),
            )
        except HubError as error:
            if error.code != "E-EXC-05":
                raise
            return await self._page(request, waiting, form["check"], trouble=str(error), status=422)
        self._waiting.pop(form["check"], None)
        return done("/exchange", "imported")

    async def export(self, request: Request) -> Response:
        """Return a file for the province's platform, masked; what it was stands in the audit log first."""
        caller = _of_all(caller_of(request))
        fields = {"what": Field(16, needed=True), "form": Field(8, needed=True), "from": Field(10), "until": Field(10)}
        form = await form_of(request, fields | {"since_last": Field(3)})
        what, kind = form["what"], form["form"]
        if what not in OUT or kind not in TYPES:
            raise bad_field("what", "one of those known 取值有误")
        now_ms = self._centre.now_ms()
        since_last = form["since_last"] == "yes"
        from_ms = moment_ms(form["from"], now_ms) if form["from"] else None
        until_ms = moment_ms(form["until"], now_ms) if form["until"] else None

        def work() -> tuple[Exported, bytes]:
            wanted = Wanted(from_ms, until_ms, self._reader.marks(what) if since_last else None)
            to = Bounded()
            return export(self._out, _what(what), _form(kind), wanted, masked(self._centre.unsealer), to), to.getvalue()

        exported, data = await to_thread.run_sync(work)

        def note(connection: Transaction) -> None:
            if since_last:
                note_export(connection, exported, caller.who, now_ms)

        await self._centre.change(request, note, Deed("record.export", f"{what} {kind} {exported.rows}"))
        name = f"cuncuntong-{what}-{written(now_ms)[:10]}.{kind}"
        return Response(data, headers={"Content-Disposition": f'attachment; filename="{name}"'}, media_type=TYPES[kind])

    def _found(self, key: str, caller: Caller) -> Waiting | None:
        """Return a checked file of this very session that still waits."""
        now_ms = self._centre.now_ms()
        for old in [one for one, waiting in self._waiting.items() if not 0 <= now_ms - waiting.at_ms < KEPT_MS]:
            del self._waiting[old]
        waiting = self._waiting.get(key)
        return waiting if waiting is not None and waiting.session == caller.session else None

    async def _page(
        self, request: Request, waiting: Waiting | None, key: str, *, trouble: str = "", status: int = 200
    ) -> Response:
        now_ms, said = self._centre.now_ms(), WORDS[language_of(request)]

        def read() -> dict[str, object]:
            quality = quality_of(self._out.entered(now_ms - QUALITY_MS, now_ms + 1))
            return {"runs": self._reader.runs(RUNS), "quality": quality}

        values = await to_thread.run_sync(read)
        shown = {"waiting": waiting, "key": key, "trouble": trouble, "fields": FIELDS, "platforms": PLATFORMS}
        lasts = {"lasts": lambda ms: "-" if ms is None else duration_of(ms, said), "most": SHOWN, "share": share_told}
        return self._centre.pages.render(request, "exchange.html", {**values, **shown, **lasts}, status=status)


def _of_all(caller: Caller) -> Caller:
    """Return a caller who has the whole county: a file holds tickets of any town."""
    if caller.area.towns or caller.kind != "account":
        raise forbidden("exchange")
    return caller


def _what(what: str) -> What:
    return "incidents" if what == "incidents" else "visits"


def _form(kind: str) -> Format:
    return "json" if kind == "json" else "csv"
