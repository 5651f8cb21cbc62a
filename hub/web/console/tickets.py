"""A ticket of another platform (`/tickets/<row>`): masked, opened with a reason, given to somebody, answered."""

from collections.abc import Mapping
from typing import Final

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.access.chain import Deed
from hub.desks.casework import opened_of
from hub.desks.ordering import MOST_REASON, MOST_WHO
from hub.store import ticket_work
from hub.store.engine import StoreError, Transaction
from hub.store.ticket_work import TicketWork, TicketWorkReader
from hub.visits.clocks import ANSWERS
from hub.visits.matters import MOST_NOTE, MUST_SAY, Step, choices
from hub.web import inbox
from hub.web.centre import Centre
from hub.web.clock_told import told
from hub.web.console.visit_acts import POST, SEEN, ChangedError, TwiceError, erased, person_of
from hub.web.console.visits import REASON, may_assign
from hub.web.door import Door, caller_of, forbidden, require
from hub.web.forms import Field, bad_field, done, form_of
from hub.web.pages import WORDS, language_of
from hub.web.problem import ProblemError

STEP: Final = SEEN | {"state": Field(16, needed=True), "text": Field(MOST_NOTE, lines=True)}
ASSIGN: Final = SEEN | {"take": Field(4), "other": Field(MOST_WHO)}


class TicketPages:
    """The page of a ticket, and what is done from it; the list is the inbox of visits."""

    def __init__(self, centre: Centre) -> None:
        """Take the county's centre."""
        self._centre, self._reader = centre, TicketWorkReader(centre.database.reader)

    def doors(self) -> list[Door]:
        """Return the doors."""
        of = "/tickets/{ticket:int}"
        return [
            Door(of, self.one, "visit"),
            Door(f"{of}/open", self.open, "identity", ("GET", "POST")),
            Door(f"{of}/assign", self.assign, "visit", POST),
            Door(f"{of}/step", self.step, "visit", POST),
        ]

    async def one(self, request: Request) -> Response:
        """Return one ticket."""
        return self._page(request, await self._ticket(request))

    async def open(self, request: Request) -> Response:
        """Show who it is of and what they said, once: who looks and why stands in the audit log before."""
        one = await self._ticket(request, "identity")
        row = one.work.row
        if request.method != "POST":
            return RedirectResponse(f"/tickets/{row.id}", 303)
        asked = await form_of(request, REASON)
        person_of(request, "identity")
        await self._centre.change(request, lambda _: None, Deed("ticket.open", _subject(one), asked["reason"]))
        opened = opened_of(one.sealed.person, one.sealed.said, one.work.steps, self._centre.unsealer)
        values = {"visit": row, "opened": opened, "notes": (), "back": "tickets"}
        return self._centre.pages.render(request, "visit_opened.html", values)

    async def assign(self, request: Request) -> Response:
        """Take a ticket, or as a supervisor, or as whoever has it, give it to somebody."""
        one, asked = await self._ticket(request), await form_of(request, ASSIGN)
        caller = person_of(request, "visit")
        whom = caller.who if asked["take"] else asked["other"]
        if not asked["take"] and not may_assign(caller, one.work):
            raise forbidden("supervise")
        if not whom:
            return self._again(request, one, asked, "name_somebody")
        return await self._written(request, one, asked, "assigned", whom, "")

    async def step(self, request: Request) -> Response:
        """Write down what was done."""
        one, asked = await self._ticket(request), await form_of(request, STEP)
        person_of(request, "visit")
        if asked["state"] not in choices(one.work.row.service):
            raise bad_field("state", ", ".join(choices(one.work.row.service)))
        if asked["state"] in MUST_SAY and not asked["text"]:
            return self._again(request, one, asked, "say_something")
        return await self._written(request, one, asked, asked["state"], None, asked["text"])

    async def _written(
        self, request: Request, one: TicketWork, asked: Mapping[str, str], state: str, whom: str | None, text: str
    ) -> Response:
        """Write a step and go back to the ticket; what was sent twice is written once, who was overtaken is told."""
        row, unsealer, who = one.work.row, self._centre.unsealer, caller_of(request).who
        note = unsealer.seal_note(text) if text else None
        step = Step(0, row.id, self._centre.now_ms(), who, state, note, None)

        def work(connection: Transaction) -> None:
            if ticket_work.is_erased(connection, row.id):
                raise erased()
            newest = ticket_work.newest_step(connection, row.id)
            if newest is not None and asked["seen"] not in {"", str(newest.id)}:
                before = "" if newest.note is None else unsealer.note(newest.note)
                raise TwiceError if (newest.who, newest.state, before) == (who, state, text) else ChangedError(newest)
            ticket_work.add_step(connection, step, whom, answers=state in ANSWERS)

        act = "ticket.assign" if whom else "ticket.step"
        try:
            await self._centre.change(request, work, Deed(act, f"{_subject(one)} {whom or state}"))
        except TwiceError:
            pass
        except ChangedError as error:
            said = WORDS[language_of(request)]["case_state"][error.step.state]
            return self._again(request, await self._ticket(request), asked, "changed", error.step.who, said)
        except StoreError as error:
            return self._page(request, one, asked, str(error), 503)
        return done(f"/tickets/{row.id}", "assigned" if whom else "saved")

    async def _ticket(self, request: Request, needs: str = "visit") -> TicketWork:
        key = request.path_params["ticket"]
        one = await to_thread.run_sync(self._reader.one, key) if key < 2**63 else None
        if one is None:
            raise ProblemError(404, "E-CASE-01", "No such ticket", "no such ticket 没有这件工单，请回到清单")
        for permission in ("visit", needs):
            require(caller_of(request), permission, one.work.row.town)  # type: ignore[arg-type]
        return one

    def _again(self, request: Request, one: TicketWork, typed: Mapping[str, str], why: str, *gaps: object) -> Response:
        return self._page(request, one, typed, WORDS[language_of(request)]["matter"][why].format(*gaps), 422)

    def _page(
        self,
        request: Request,
        one: TicketWork,
        typed: Mapping[str, str] | None = None,
        refused: str = "",
        status: int = 200,
    ) -> Response:
        caller, now_ms, row = caller_of(request), self._centre.now_ms(), one.work.row
        words = WORDS[language_of(request)]
        values: dict[str, object] = {
            "one": one,
            "row": row,
            "mask": None if one.sealed.person is None else self._centre.unsealer.mask(one.sealed.person),
            "clocks": [told(clock, words, now_ms) for clock in inbox.line_of(one.work, now_ms).clocks],
            "choices": choices(row.service),
            "may_open": caller.may("identity", row.town),
            "may_assign": may_assign(caller, one.work),
            "most": {"reason": MOST_REASON, "who": MOST_WHO, "note": MOST_NOTE},
            "typed": typed or {},
            "refused": refused,
        }
        return self._centre.pages.render(request, "ticket.html", values, status=status)


def _subject(one: TicketWork) -> str:
    return f"{one.work.row.platform} {one.work.row.number}"
