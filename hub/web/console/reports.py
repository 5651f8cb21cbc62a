"""Pages of reports: `/reports` lists and drafts them, `/reports/<id>` is one: text, act, export."""

from typing import Final

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from hub.access.caller import Area, Caller
from hub.access.chain import Deed
from hub.desks.reporting import (
    DEEDS,
    LENGTH_OF,
    ReportDesk,
    act,
    add,
    addressees,
    distribute,
    document_of,
    edit,
    file_name,
    intact,
    missing,
    period_of_head,
    stamp,
)
from hub.errors import HubError
from hub.incidents.delivery.ports import ports_of
from hub.reports.document import shown
from hub.reports.layout import blocks
from hub.reports.lifecycle import MOST_TEXT, WRITING, Act, Part, needs, possible
from hub.reports.names import KINDS
from hub.reports.period import ReportError, last_over, read_period
from hub.store.reports import Head, Report
from hub.web.centre import Centre
from hub.web.console.figures import Turns, attached
from hub.web.door import Door, caller_of, require
from hub.web.forms import Field, done, form_of, read_version
from hub.web.inbox import before_of
from hub.web.problem import ProblemError

PAGE: Final = 50
NOTE: Final = Field(200)
EDITS: Final = Field(9, True)
"""Which state of the report was read: nobody approves, hands on or writes over what they did not see."""


class ReportPages:
    """The pages, and what they read from."""

    def __init__(self, centre: Centre, desk: ReportDesk, turns: Turns) -> None:
        """Take the centre, where drafts are made, and whose turn it is to make something."""
        self._centre, self._desk, self._turns = centre, desk, turns

    def doors(self) -> list[Door]:
        """Return the doors."""
        return [
            Door("/reports", self.listed, "see"),
            Door("/reports/draft", self.draft, "report", ("POST",)),
            Door("/reports/{report:int}", self.one, "see"),
            Door("/reports/{report:int}/file/{form}", self.file, "see", kind="data"),
            Door("/reports/{report:int}/section", self.edit, "report", ("POST",)),
            Door("/reports/{report:int}/act", self.act, "report", ("POST",)),
            Door("/reports/{report:int}/distribute", self.distribute, "supervise", ("POST",)),
            Door("/reports/{report:int}/correct", self.correct, "report", ("POST",)),
        ]

    async def listed(self, request: Request) -> Response:
        """Return the list, newest first; drafts only for those who may draft."""
        return await self._listed(request, {}, None)

    async def draft(self, request: Request) -> Response:
        """Draft a report from the figures."""
        fields = {"kind": Field(12, True), "period": Field(10), "town": Field(64)}
        typed = await form_of(request, fields)
        caller, now_ms = caller_of(request), self._centre.now_ms()
        self._check(caller, "report", typed["town"])
        if typed["kind"] not in KINDS:
            raise ProblemError(422, "E-WEB-06", "Not understood", "kind")
        try:
            length = LENGTH_OF[typed["kind"]][-1]
            period = read_period(typed["period"], now_ms) if typed["period"] else last_over(length, now_ms)
            county = self._centre.settings.county_name
            new = await self._turns.run(self._desk.drafted, typed["kind"], period, typed["town"], county, now_ms)
        except HubError as error:
            return await self._listed(request, typed, error)
        deed = Deed("report.draft", f"{new.title} {new.period}")
        key = await self._centre.change(request, lambda tied: add(tied, new, caller.who, now_ms), deed)
        return done(f"/reports/{key}", "report_draft")

    async def one(self, request: Request) -> Response:
        """Return one report."""
        return await self._one(request, None)

    async def edit(self, request: Request) -> Response:
        """Change one section of a draft."""
        fields = {
            "key": Field(16, True), "title": Field(40, True), "text": Field(MOST_TEXT, lines=True),
            "edits": EDITS,
        }  # fmt: skip
        typed = await form_of(request, fields)
        report = await self._mine(request, "report")
        who, now_ms = caller_of(request).who, self._centre.now_ms()
        fresh = Part(typed["key"], typed["title"], typed["text"])
        parts = [fresh if part.key == fresh.key else part for part in report.parts]
        edits = read_version(typed["edits"])
        key, title = report.head.id, report.head.title
        try:
            await self._centre.change(
                request,
                lambda tied: edit(tied, key, edits, title, parts, who, now_ms),
                Deed("report.edit", f"{key} {fresh.key}"),
            )
        except ReportError as error:
            return await self._one(request, error, fresh)
        return done(f"/reports/{key}", "saved")

    async def act(self, request: Request) -> Response:
        """Submit, approve or withdraw."""
        typed = await form_of(request, {"act": Field(12, True), "note": NOTE, "edits": EDITS})
        if typed["act"] not in DEEDS:
            raise ProblemError(422, "E-WEB-06", "Not understood", "act")
        what: Act = typed["act"]
        report = await self._report(request)
        self._check(caller_of(request), needs(what, report.head.state), report.head.town)
        key, who, now_ms = report.head.id, caller_of(request).who, self._centre.now_ms()
        try:
            await self._centre.change(
                request,
                lambda tied: act(tied, key, what, who, now_ms, typed["note"], edits=read_version(typed["edits"])),
                Deed(DEEDS[what], f"{key} {report.head.title} {report.head.period}", typed["note"]),
            )
        except ReportError as error:
            return await self._one(request, error)
        return done(f"/reports/{key}", f"report_{what}")

    async def distribute(self, request: Request) -> Response:
        """Hand a report on to a list of addressees."""
        typed = await form_of(request, {"to": Field(4_000, True, lines=True), "edits": EDITS})
        report = await self._mine(request, "supervise")
        key, who, now_ms = report.head.id, caller_of(request).who, self._centre.now_ms()
        try:
            copies = addressees(typed["to"], mail=self._mail())
            county = self._centre.settings.county_name
            deed = Deed("report.distribute", f"{key} {report.head.title} {report.head.period}")
            await self._centre.change(
                request,
                lambda tied: distribute(tied, key, copies, who, county, now_ms, edits=read_version(typed["edits"])),
                deed,
            )
        except ReportError as error:
            return await self._one(request, error)
        return done(f"/reports/{key}", "report_distribute")

    async def correct(self, request: Request) -> Response:
        """Begin another version."""
        typed = await form_of(request, {"note": NOTE})
        report = await self._mine(request, "report")
        key, who, now_ms = report.head.id, caller_of(request).who, self._centre.now_ms()
        new = self._desk.corrected(report)
        note = typed["note"] or f"← {key}"
        fresh = await self._centre.change(
            request, lambda tied: add(tied, new, who, now_ms, note), Deed("report.correct", str(key), typed["note"])
        )
        return done(f"/reports/{fresh}", "report_correct")

    async def file(self, request: Request) -> Response:
        """Return a report as a file."""
        report = await self._report(request)
        head = report.head
        document = await to_thread.run_sync(document_of, report, self._centre.settings.county_name)
        name = file_name(head.title, head.period, f"v{head.version}")
        return await self._turns.file(document, request.path_params["form"], name)

    async def _listed(self, request: Request, typed: dict[str, str], error: HubError | None) -> Response:
        caller, now_ms = caller_of(request), self._centre.now_ms()
        before, drafts = before_of(request.query_params), caller.area if caller.may("report") else None
        heads = await to_thread.run_sync(self._read, before, drafts)
        towns = await to_thread.run_sync(self._desk.figures_reader.towns)
        values = {
            "heads": heads,
            "older": heads[-1].id if len(heads) == PAGE else None,
            "kinds": [(kind, last_over(lengths[-1], now_ms).name) for kind, lengths in LENGTH_OF.items()],
            "towns": [town for town in towns if caller.area.holds(town)],
            "whole": caller.area.holds(""),
            "typed": {"kind": "", "period": "", "town": ""} | typed,
            "trouble": None if error is None else str(error),
        }
        return self._centre.pages.render(request, "reports.html", values, status=200 if error is None else 422)

    def _read(self, before: int | None, drafts: Area | None) -> list[Head]:
        return self._desk.reports.listed(PAGE, before=before, drafts=drafts)

    async def _one(self, request: Request, error: HubError | None, typed: Part | None = None) -> Response:
        report = await self._report(request)
        caller = caller_of(request)
        values = await to_thread.run_sync(self._values, report, caller)
        status = 200 if error is None else 409
        values |= {"typed": typed, "trouble": None if error is None else str(error), "most_text": MOST_TEXT}
        return self._centre.pages.render(request, "report.html", values, status=status)

    def _values(self, report: Report, caller: Caller) -> dict[str, object]:
        head, frozen = report.head, report.frozen
        steps, period = self._desk.reports.steps(head.id), period_of_head(head)
        writers = {step.who for step in steps if step.step in WRITING}
        acts = {
            what
            for what in possible(head.state, caller.who, writers)
            if caller.kind == "account" and caller.may(needs(what, head.state), head.town)
        }
        return {
            "head": head,
            "period": period,
            "stamp": stamp(head),
            "sections": [
                (part, part.text.splitlines(), *attached(*blocks(part.key, frozen, period))) for part in report.parts
            ],
            "cell": shown,
            "acts": acts,
            "barred": head.state == "submitted" and caller.who in writers,
            "steps": list(reversed(steps)),
            "copies": self._desk.reports.copies(head.id),
            "versions": self._desk.reports.versions(head),
            "broken": head.hash is not None and not intact(report),
            "mail": self._mail(),
        }

    async def _report(self, request: Request) -> Report:
        """Return the report of an address: a draft only to those who may draft it."""
        key: int = request.path_params["report"]
        found = await to_thread.run_sync(self._desk.reports.find, key) if key < 2**53 else None
        caller = caller_of(request)
        hidden = found is not None and found.head.hash is None and not caller.may("report", found.head.town)
        if found is None or hidden:
            raise ProblemError(404, "E-REP-06", "No such report", str(missing(key)).partition(" ")[2])
        return found

    async def _mine(self, request: Request, permission: str) -> Report:
        report = await self._report(request)
        self._check(caller_of(request), permission, report.head.town)
        return report

    def _check(self, caller: Caller, permission: str, town: str) -> None:
        require(caller, permission, town)  # type: ignore[arg-type]

    def _mail(self) -> bool:
        return ports_of(self._centre.settings.alerts).mail
