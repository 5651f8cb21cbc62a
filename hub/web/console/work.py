"""`/worklist`: one's list of the day; `/week`: one's report of the week, and for supervisors their unit's."""

from collections.abc import Mapping
from typing import Any, Final

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from hub.access.caller import Caller
from hub.access.chain import Deed
from hub.local_time import day_ms, day_of, day_of_text, text_of_day
from hub.store.shelves import StaleError
from hub.store.worklists import WorkReader, add_own, mark, note_seen, save_week, set_own, unmark
from hub.web.centre import Centre
from hub.web.door import Door, caller_of, forbidden
from hub.web.forms import Field, bad_field, done, form_of, key_of, read_version
from hub.web.gathered import Gathered
from hub.web.pages import language_of
from hub.web.problem import ProblemError
from hub.work.day_list import Mark, listed
from hub.work.self_report import Did, drafted, monday_of, span_of

POST: Final = ("POST",)
MOST_SHOWN: Final = 200
MOST_WEEKS: Final = 520
ITEM = Field(96, needed=True)


class WorkPages:
    """The pages, and what they read from."""

    def __init__(self, centre: Centre) -> None:
        """Take the county's centre."""
        self._centre, self._gathered = centre, Gathered(centre)
        self._reader = WorkReader(centre.database.reader)

    def doors(self) -> list[Door]:
        """Return the doors: everybody with an account has a list."""
        return [
            Door("/worklist", self.page, "signed_in"),
            Door("/worklist/mark", self.mark, "signed_in", POST),
            Door("/worklist/unmark", self.unmark, "signed_in", POST),
            Door("/worklist/own", self.add_own, "signed_in", POST),
            Door("/worklist/own/{key:int}", self.set_own, "signed_in", POST),
            Door("/week", self.week, "signed_in"),
            Door("/week/save", self.save, "signed_in", POST),
            Door("/week/{key:int}", self.other, "supervise"),
            Door("/week/{key:int}/seen", self.seen, "supervise", POST),
        ]

    def today(self) -> int:
        """Return the county's day."""
        return day_of(self._centre.now_ms())

    async def page(self, request: Request) -> Response:
        """Return the list of the day."""
        values = await to_thread.run_sync(self._page, caller_of(request))
        return self._centre.pages.render(request, "work.html", values)

    def _page(self, caller: Caller) -> Mapping[str, Any]:
        now_ms, today = self._centre.now_ms(), self.today()
        facts, partly = self._gathered.facts(caller)
        marks = [Mark(*row) for row in self._reader.marks(caller.key, today)]
        items = listed(facts, caller.who, caller.may, marks, now_ms)
        waiting, ticked = ([one for one in items if (one.mark is None) is is_open] for is_open in (True, False))
        return {
            "day": text_of_day(today), "today": today, "waiting": waiting[:MOST_SHOWN], "ticked": ticked,
            "more": max(0, len(waiting) - MOST_SHOWN), "total": len(waiting), "partly": partly,
            "own": self._reader.own(caller.key, day_ms(today)), "written_day": text_of_day,
        }  # fmt: skip

    async def mark(self, request: Request) -> Response:
        """Tick an item off for today."""
        sent = await form_of(request, {"item": ITEM, "note": Field(200)})
        key, day, now_ms = caller_of(request).key, self.today(), self._centre.now_ms()
        await self._centre.change(
            request, lambda connection: mark(connection, key, day, sent["item"], sent["note"], now_ms)
        )
        return done("/worklist", "saved")

    async def unmark(self, request: Request) -> Response:
        """Put an item back."""
        sent = await form_of(request, {"item": ITEM})
        key, day, now_ms = caller_of(request).key, self.today(), self._centre.now_ms()
        await self._centre.change(request, lambda connection: unmark(connection, key, day, sent["item"], now_ms))
        return done("/worklist", "saved")

    async def add_own(self, request: Request) -> Response:
        """Write something onto the list."""
        sent = await form_of(request, {"text": Field(200, needed=True), "due": Field(10)})
        due, key, now_ms = day_of_text(sent["due"]), caller_of(request).key, self._centre.now_ms()
        if sent["due"] and due is None:
            raise bad_field("due", "a day as 2026-11-30 日期应如 2026-11-30")
        await self._centre.change(request, lambda connection: add_own(connection, key, sent["text"], due, now_ms))
        return done("/worklist", "saved")

    async def set_own(self, request: Request) -> Response:
        """Tick one's own item off, or put it back."""
        sent = await form_of(request, {"done": Field(3)})
        row, key = key_of(request), caller_of(request).key
        done_ms = self._centre.now_ms() if sent["done"] else None
        await self._centre.change(request, lambda connection: set_own(connection, key, row, done_ms))
        return done("/worklist", "saved")

    async def week(self, request: Request) -> Response:
        """Return one's report of a week, drafted when there is none."""
        monday = self._monday(request.query_params.get("monday", ""))
        values = await to_thread.run_sync(self._week, caller_of(request), monday, language_of(request))
        return self._centre.pages.render(request, "week.html", values)

    def _week(self, caller: Caller, monday: int, language: Any) -> dict[str, Any]:
        saved, did = self._reader.week(caller.key, monday), self._did(caller.who, monday)
        waiting = 0 if saved is not None else int(self._page(caller)["total"])
        text = drafted(did, waiting, language) if saved is None else saved.text
        return {
            "report": saved, "text": text, "monday": monday, "from_day": text_of_day(monday),
            "until_day": text_of_day(monday + 6), "is_now": monday == monday_of(self._centre.now_ms()),
            "revision": 0 if saved is None else saved.revision, "did": did, "trouble": "",
            "mine": self._reader.weeks(caller.key), "written_day": text_of_day,
            "handed": self._reader.handed(caller.unit) if caller.may("supervise") and caller.unit else [],
        }  # fmt: skip

    def _did(self, who: str, monday: int) -> Did:
        return Did(*self._reader.did(who, *span_of(monday)))

    async def save(self, request: Request) -> Response:
        """Save one's report, or hand it in."""
        fields = {"monday": Field(10, needed=True), "revision": Field(9, needed=True), "act": Field(8)}
        sent = await form_of(request, fields | {"text": Field(8_000, needed=True, lines=True)})
        caller, monday = caller_of(request), self._monday(sent["monday"])
        revision, now_ms = read_version(sent["revision"]), self._centre.now_ms()
        handed = sent["act"] == "hand_in"
        deeds = [Deed("week.hand_in", text_of_day(monday))] if handed else []
        try:
            await self._centre.change(
                request,
                lambda connection: save_week(
                    connection, caller.key, monday, sent["text"], revision, now_ms, handed=handed
                ),
                *deeds,
            )
        except StaleError as error:
            values = await to_thread.run_sync(self._week, caller, monday, language_of(request))
            said = {"text": sent["text"], "trouble": str(error)}
            return self._centre.pages.render(request, "week.html", values | said, status=409)
        return done(f"/week?monday={text_of_day(monday)}", "handed_in" if handed else "saved")

    async def other(self, request: Request) -> Response:
        """Return a report that somebody of the supervisor's unit handed in."""
        report = await to_thread.run_sync(self._reader.one_week, key_of(request))
        if report is None or report.handed_ms is None:
            raise ProblemError(404, "E-API-04", "Not found", "no such report 没有这份述职")
        if report.unit != caller_of(request).unit:
            raise forbidden("supervise")
        values = {"report": report, "from_day": text_of_day(report.monday), "until_day": text_of_day(report.monday + 6)}
        return self._centre.pages.render(request, "week_read.html", values)

    async def seen(self, request: Request) -> Response:
        """Note that a supervisor read a report."""
        sent = await form_of(request, {"remark": Field(300)})
        key, caller, now_ms = key_of(request), caller_of(request), self._centre.now_ms()
        report = await to_thread.run_sync(self._reader.one_week, key)
        if report is None or report.unit != caller.unit:
            raise forbidden("supervise")
        await self._centre.change(
            request,
            lambda connection: note_seen(connection, key, caller.who, sent["remark"], now_ms),
            Deed("week.seen", f"{report.who} {text_of_day(report.monday)}"),
        )
        return done(f"/week/{key}", "saved")

    def _monday(self, text: str) -> int:
        """Return the first day of the week an address names, or of this one."""
        this, day = monday_of(self._centre.now_ms()), day_of_text(text)
        if day is None:
            return this
        monday = monday_of(day_ms(day))
        return min(max(monday, this - 7 * MOST_WEEKS), this)
