"""`/disclosure`: what each village must make public and did; the county's rules; notices to put things right."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.access.caller import Caller
from hub.access.chain import Deed
from hub.library.disclosure import STANDINGS, Happened, Owed, Rule, owed, own_key
from hub.library.rectify import WAYS, RectifyError, overdue_days
from hub.library.rules import Spot
from hub.local_time import day_of, day_of_text, text_of_day
from hub.store.disclosures import DisclosuresReader, act_on, add_event, add_rule, end_event, end_rule, issue
from hub.store.shelves import begin_draft
from hub.store.stations import Village
from hub.web.centre import Centre
from hub.web.door import Door, caller_of, require
from hub.web.forms import Field, bad_field, done, form_of, key_of
from hub.web.problem import ProblemError
from hub.web.shelf import EDITS, Shelf, content_of, written

MOST_ROWS: Final = 150
MOST_DAYS: Final = 120
DAY, TITLE, NUMBER = Field(10, needed=True), Field(100, needed=True), Field(4, needed=True)


class Due(NamedTuple):
    """What one village owes."""

    village: Village
    owed: Owed


class Disclosures:
    """What villages owe by documents, rules and what happened: for this page and for the work list."""

    def __init__(self, centre: Centre) -> None:
        """Take the county's centre."""
        self._centre, self._shelf = centre, Shelf(centre)
        self.reader = DisclosuresReader(centre.database.reader)

    def today(self) -> int:
        """Return the county's day."""
        return day_of(self._centre.now_ms())

    def due(self) -> list[Due]:
        """Return what every village owes, what is late first."""
        today, rules, happened = self.today(), self.reader.rules(), self.reader.happened()
        found = [
            Due(village, one)
            for village, document in self._shelf.due("disclosure")
            for one in owed(rules, happened.get(village.code, ()), document.get("items", []), today)
        ]
        return sorted(found, key=lambda one: (STANDINGS.index(one.owed.standing), one.owed.due_day, one.village.code))


class DisclosurePages:
    """The pages, and what they read from."""

    def __init__(self, centre: Centre) -> None:
        """Take the county's centre."""
        self._centre, self._shelf, self._owed = centre, Shelf(centre), Disclosures(centre)

    def doors(self) -> list[Door]:
        """Return the doors."""
        return [
            Door("/disclosure", self.page, "see"),
            Door("/disclosure/rules", self.add_rule, EDITS, ("POST",)),
            Door("/disclosure/rules/{key:int}/end", self.end_rule, EDITS, ("POST",)),
            Door("/disclosure/happened", self.add_event, EDITS, ("POST",)),
            Door("/disclosure/happened/{key:int}/end", self.end_event, EDITS, ("POST",)),
            Door("/disclosure/publish", self.publish, EDITS, ("POST",)),
            Door("/disclosure/notices", self.issue, "supervise", ("POST",)),
            Door("/disclosure/notices/{key:int}", self.notice, "see"),
            Door("/disclosure/notices/{key:int}/step", self.step, "supervise", ("POST",)),
        ]

    async def page(self, request: Request) -> Response:
        """Return what is owed, of one town or standing where the address asks for it."""
        query = request.query_params
        values = await to_thread.run_sync(
            self._page, caller_of(request), query.get("town") or "", query.get("standing") or ""
        )
        return self._centre.pages.render(request, "disclosure.html", values)

    def _page(self, caller: Caller, town: str, standing: str) -> dict[str, Any]:
        every, today = self._owed.due(), self._owed.today()
        here = [one for one in every if town in {"", one.village.town}]
        fitting = [one for one in here if standing in {"", one.owed.standing}]
        towns = list(dict.fromkeys(one.town for one in self._shelf.villages()))
        figures = {one: sum(due.owed.standing == one for due in here) for one in STANDINGS}
        names = {one.code: one for one in self._shelf.villages()}
        notices = [
            one
            for one in self._owed.reader.notices(open_only=True)
            if one.station in names and town in {"", names[one.station].town}
        ]
        return {
            "rows": fitting[:MOST_ROWS], "more": max(0, len(fitting) - MOST_ROWS), "figures": figures, "town": town,
            "standing": standing, "towns": towns, "rules": self._owed.reader.rules(), "notices": notices,
            "names": names, "today": today, "written_day": text_of_day, "overdue": overdue_days,
            "edits": lambda of: caller.may(EDITS, of), "supervises": lambda of: caller.may("supervise", of),
            "mine": self._shelf.towns(caller), "noted": {(one.station, one.duty) for one in notices},
            "asked": lambda **other: "/disclosure?" + urlencode({"town": town, "standing": standing} | other),
        }  # fmt: skip

    async def add_rule(self, request: Request) -> Response:
        """Add a rule for the whole county."""
        self._whole(request)
        fields = {"kind": DAY, "title_zh": TITLE, "title_en": Field(200), "days": NUMBER, "from_day": DAY}
        sent = await form_of(request, fields)
        kind, days = sent["kind"], _number(sent["days"])
        if kind not in {"quarterly", "event"}:
            raise bad_field("kind", "quarterly, event")
        title = sent["title_en"] or sent["title_zh"]
        from_day = _day("from_day", sent["from_day"])
        rule = Rule(0, "event" if kind == "event" else "quarterly", sent["title_zh"], title, days, from_day)
        who, now_ms = caller_of(request).who, self._centre.now_ms()
        deed = Deed("disclosure.rule", sent["title_zh"], f"{kind} {days}")
        await self._centre.change(request, lambda connection: add_rule(connection, rule, who, now_ms), deed)
        return done("/disclosure", "saved")

    async def end_rule(self, request: Request) -> Response:
        """End a rule."""
        self._whole(request)
        await form_of(request, {})
        key, who, now_ms = key_of(request), caller_of(request).who, self._centre.now_ms()
        deed = Deed("disclosure.rule", str(key), "end")
        await self._centre.change(request, lambda connection: end_rule(connection, key, who, now_ms), deed)
        return done("/disclosure", "saved")

    async def add_event(self, request: Request) -> Response:
        """Note what happened in a village that it must make public."""
        fields = {"station": Field(15, needed=True), "title": TITLE, "happened": DAY, "days": NUMBER}
        sent = await form_of(request, fields)
        village = self._village(request, sent["station"], EDITS)
        day = _day("happened", sent["happened"])
        happened = Happened(0, village.code, sent["title"], day, day + _number(sent["days"]))
        who, now_ms = caller_of(request).who, self._centre.now_ms()
        deed = Deed("disclosure.happened", village.code, sent["title"])
        await self._centre.change(request, lambda connection: add_event(connection, happened, who, now_ms), deed)
        return done("/disclosure?" + urlencode({"town": village.town}), "saved")

    async def end_event(self, request: Request) -> Response:
        """Take back what was noted by mistake."""
        await form_of(request, {})
        key, who, now_ms = key_of(request), caller_of(request).who, self._centre.now_ms()
        every = await to_thread.run_sync(self._owed.reader.happened)
        station = next((one.station for some in every.values() for one in some if one.id == key), "")
        self._village(request, station, EDITS)
        deed = Deed("disclosure.happened", station, "end")
        await self._centre.change(request, lambda connection: end_event(connection, key, who, now_ms), deed)
        return done("/disclosure", "saved")

    async def publish(self, request: Request) -> Response:
        """Begin the village's own document, or go on with it, at the entry that makes public what it owes."""
        sent = await form_of(request, {"station": Field(15, needed=True), "duty": Field(40, needed=True)})
        village, spot = self._village(request, sent["station"], EDITS), Spot("station", sent["station"])
        began_from, text = await to_thread.run_sync(self._shelf.before, "disclosure", spot)
        who, now_ms = caller_of(request).who, self._centre.now_ms()
        await self._centre.change(
            request, lambda connection: begin_draft(connection, "disclosure", spot, text, began_from, who, now_ms)
        )
        draft = await to_thread.run_sync(self._shelf.drafts.find, "disclosure", spot)
        items = content_of(None if draft is None else draft.text).get("items", [])
        every = await to_thread.run_sync(self._owed.due)
        duty = next((o.owed for o in every if (o.village.code, o.owed.key) == (village.code, sent["duty"])), None)
        place = next((at for at, one in enumerate(items) if sent["duty"] in {one["id"], own_key(one)}), None)
        query = {"spot": written(spot), "row": "new" if place is None else str(place)}
        if place is None and duty is not None:
            query |= {"id": duty.key, "title_zh": duty.title_zh, "due": text_of_day(duty.due_day)}
            query |= {"title_en": duty.title_en} if duty.title_en != duty.title_zh else {}
            query |= {"published": text_of_day(self._owed.today())}
        return RedirectResponse(f"/library/disclosure/edit?{urlencode(query)}", 303)

    async def issue(self, request: Request) -> Response:
        """Issue a notice to a village about what it owes."""
        fields = {
            "station": Field(15, needed=True), "duty": Field(40, needed=True), "title": TITLE,
            "demand": Field(300, needed=True), "deadline": DAY,
        }  # fmt: skip
        sent = await form_of(request, fields)
        village, deadline = self._village(request, sent["station"], "supervise"), _day("deadline", sent["deadline"])
        who, now_ms = caller_of(request).who, self._centre.now_ms()
        key = await self._centre.change(
            request,
            lambda connection: issue(
                connection, village.code, sent["duty"], sent["title"], sent["demand"], deadline, who, now_ms
            ),
            Deed("notice.issue", village.code, sent["title"]),
        )
        return done(f"/disclosure/notices/{key}", "saved")

    async def notice(self, request: Request) -> Response:
        """Return a notice as it is printed, what was done about it, and what may be done now."""
        values = await to_thread.run_sync(self._notice, key_of(request), caller_of(request))
        return self._centre.pages.render(request, "rectification.html", values)

    def _notice(self, key: int, caller: Caller) -> Mapping[str, Any]:
        found = self._owed.reader.notice(key)
        villages = {one.code: one for one in self._shelf.villages()}
        if found is None or found[0].station not in villages:
            raise ProblemError(404, "E-API-04", "Not found", "no such notice 没有这份通知书")
        notice, steps = found
        village = villages[notice.station]
        named = (village.code, notice.duty)
        duty = next((one.owed for one in self._owed.due() if (one.village.code, one.owed.key) == named), None)
        return {
            "notice": notice, "steps": steps, "village": village, "duty": duty, "written_day": text_of_day,
            "overdue": overdue_days(notice.state, notice.deadline_day, self._owed.today()),
            "acts": list(WAYS[notice.state]) if caller.may("supervise", village.town) else [],
        }  # fmt: skip

    async def step(self, request: Request) -> Response:
        """Take a step with a notice."""
        key = key_of(request)
        sent = await form_of(request, {"act": DAY, "note": Field(300), "deadline": Field(10)})
        found = await to_thread.run_sync(self._owed.reader.notice, key)
        if found is None:
            raise ProblemError(404, "E-API-04", "Not found", "no such notice 没有这份通知书")
        self._village(request, found[0].station, "supervise")
        deadline = _day("deadline", sent["deadline"]) if sent["deadline"] else None
        who, now_ms = caller_of(request).who, self._centre.now_ms()
        try:
            await self._centre.change(
                request,
                lambda connection: act_on(connection, key, sent["act"], sent["note"], deadline, who, now_ms),
                Deed("notice.step", f"{found[0].station} {key}", f"{sent['act']} {sent['note']}"[:200]),
            )
        except RectifyError as error:
            raise ProblemError(409, error.code, "Not now", str(error)) from None
        return done(f"/disclosure/notices/{key}", "saved")

    def _whole(self, request: Request) -> None:
        require(caller_of(request), EDITS, "")

    def _village(self, request: Request, station: str, needs: Any) -> Village:
        village = next((one for one in self._shelf.villages() if one.code == station), None)
        if village is None:
            raise bad_field("station", "no such village 没有这个村")
        require(caller_of(request), needs, village.town)
        return village


def _day(name: str, text: str) -> int:
    day = day_of_text(text)
    if day is None or day < 0:
        raise bad_field(name, "a day as 2026-11-30 日期应如 2026-11-30")
    return day


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > MOST_DAYS:
        raise bad_field("days", f"0 to {MOST_DAYS} days 应为 0 至 {MOST_DAYS} 天")
    return int(text)
