"""What somebody does about a visit from its page: assign, write a step down, take one back, keep it, have it called."""

from collections.abc import Mapping
from typing import Final

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from hub.access.caller import Caller
from hub.access.chain import Deed
from hub.desks.casework import ERASED
from hub.desks.ordering import MOST_REASON, MOST_WHO
from hub.store import casework
from hub.store.cases import Found, NewStep, add_step, withdraw_last
from hub.store.casework_calls import open_by_hand
from hub.visits.matters import MOST_NOTE, MUST_SAY, choices
from hub.web.centre import Centre
from hub.web.console.visits import REASON, Matter, VisitPages, subject_of
from hub.web.door import Door, caller_of, forbidden
from hub.web.forms import Field, bad_field, done, form_of
from hub.web.pages import WORDS, language_of
from hub.web.problem import ProblemError
from hub.web.words.cases import PHRASE, ROLE

ASSIGN: Final = {"take": Field(4), "whom": Field(MOST_WHO), "other": Field(MOST_WHO), "why": Field(MOST_REASON)}
STEP: Final = {"state": Field(16, needed=True), "phrase": Field(16), "text": Field(MOST_NOTE, lines=True)}
POST: Final = ("POST",)


class VisitActs:
    """Each act is one transaction with its entry in the audit log; what cannot be meant comes back with the page."""

    def __init__(self, centre: Centre, pages: VisitPages) -> None:
        """Take the county's centre and the pages of visits."""
        self._centre, self._pages = centre, pages

    def doors(self) -> list[Door]:
        """Return the doors."""
        of = "/visits/{visit:int}"
        return [
            Door(f"{of}/assign", self.assign, "visit", POST),
            Door(f"{of}/step", self.step, "visit", POST),
            Door(f"{of}/undo", self.undo, "visit", POST),
            Door(f"{of}/hold", self.hold, "supervise", POST),
            Door(f"{of}/let-go", self.let_go, "supervise", POST),
            Door(f"{of}/call-back", self.call_back, "visit", POST),
        ]

    async def assign(self, request: Request) -> Response:
        """Take a visit, or give it to somebody: as a supervisor, or as whoever works on it and hands it over."""
        matter = await self._alive(request)
        asked = await form_of(request, ASSIGN)
        caller, visit, now_works = person_of(request, "visit"), matter.visit, matter.work.assigned
        if asked["take"]:
            whom, role, told = caller.who, "self", ""
        else:
            hands_over = now_works is not None and now_works.whom == caller.who
            if not (caller.may("supervise", visit.town) or hands_over):
                raise forbidden("supervise")
            whom = asked["other"] or asked["whom"]
            if not whom:
                return await self._again(request, matter, asked, "name_somebody")
            role = await to_thread.run_sync(self._role, visit, whom)
            told = "" if role == "other" else self._works(visit, whom, role)
        seal = self._centre.unsealer.seal_note
        step = NewStep(visit.id, self._centre.now_ms(), caller.who, "assigned", seal(told) if told else None)
        why = seal(asked["why"]) if asked["why"] else None
        await self._centre.change(
            request,
            lambda connection: casework.assign(connection, step, whom, role, why),
            Deed("visit.assign", subject_of(visit), whom),
        )
        return done(f"/visits/{visit.id}", "assigned")

    async def step(self, request: Request) -> Response:
        """Write down what was done; the villager reads it at the kiosk, in the language they chose there."""
        matter = await self._alive(request)
        asked = await form_of(request, STEP)
        caller, visit = person_of(request, "visit"), matter.visit
        if asked["state"] not in choices(visit.service):
            raise bad_field("state", ", ".join(choices(visit.service)))
        phrase = PHRASE.get(asked["phrase"])
        said = "" if phrase is None else (phrase.en if visit.language == "en" else phrase.zh)
        text = "\n".join(part for part in (said, asked["text"].replace("\t", " ")) if part)
        if asked["state"] in MUST_SAY and not text:
            return await self._again(request, matter, asked, "say_something")
        if len(text) > MOST_NOTE:
            return await self._again(request, matter, asked, "too_long", MOST_NOTE)
        note = self._centre.unsealer.seal_note(text) if text else None
        step = NewStep(visit.id, self._centre.now_ms(), caller.who, asked["state"], note)
        await self._centre.change(
            request,
            lambda connection: add_step(connection, step),
            Deed("visit.step", f"{subject_of(visit)} {asked['state']}"),
        )
        return done(f"/visits/{visit.id}", "step_written")

    async def undo(self, request: Request) -> Response:
        """Take back the caller's own last step."""
        matter = await self._pages.matter(request)
        await form_of(request, {})
        caller, visit = person_of(request, "visit"), matter.visit
        steps = [step for step in matter.work.steps if step.who == caller.who and step.withdrawn_ms is None]
        if not steps:
            return await self._again(request, matter, {}, "nothing_to_undo")
        await self._centre.change(
            request,
            lambda connection: withdraw_last(connection, visit.id, caller.who, self._centre.now_ms()),
            Deed("visit.undo", f"{subject_of(visit)} {steps[-1].state}"),
        )
        return done(f"/visits/{visit.id}", "step_undone")

    async def hold(self, request: Request) -> Response:
        """Keep a visit from being erased, with the reason its person is told."""
        matter = await self._pages.matter(request, "supervise")
        asked = await form_of(request, REASON)
        caller, visit = person_of(request, "supervise"), matter.visit
        await self._centre.change(
            request,
            lambda connection: casework.hold(connection, visit.id, caller.who, asked["reason"], self._centre.now_ms()),
            Deed("visit.hold", subject_of(visit), asked["reason"]),
        )
        return done(f"/visits/{visit.id}", "held")

    async def let_go(self, request: Request) -> Response:
        """End what keeps a visit."""
        matter = await self._pages.matter(request, "supervise")
        await form_of(request, {})
        caller, visit = person_of(request, "supervise"), matter.visit
        await self._centre.change(
            request,
            lambda connection: casework.end_holds(connection, visit.id, caller.who, self._centre.now_ms()),
            Deed("visit.let_go", subject_of(visit)),
        )
        return done(f"/visits/{visit.id}", "let_go")

    async def call_back(self, request: Request) -> Response:
        """Have the person of a visit called; one call-back that is open is enough."""
        matter = await self._alive(request)
        await form_of(request, {})
        caller, visit = person_of(request, "visit"), matter.visit
        await self._centre.change(
            request,
            lambda connection: open_by_hand(connection, visit.id, caller.who, self._centre.now_ms()),
            Deed("callback.open", subject_of(visit)),
        )
        return done(f"/visits/{visit.id}", "call_back_opened")

    async def _alive(self, request: Request) -> Matter:
        """Return the visit of an address; ProblemError when what is personal of it was erased."""
        matter = await self._pages.matter(request)
        if matter.work.row.erased:
            raise ProblemError(409, "E-CASE-07", "Erased", ERASED)
        return matter

    def _role(self, visit: Found, whom: str) -> str:
        """Return as what the village's directory has somebody; `other` when it does not."""
        return next((person.role for person in self._pages.people(visit) if person.name == whom), "other")

    @staticmethod
    def _works(visit: Found, whom: str, role: str) -> str:
        """Return what the villager is told: who of those their village's directory names works on it."""
        if visit.language == "en":
            return f"{whom} ({ROLE[role].en})"
        return f"由{ROLE[role].zh}{whom}办理"

    async def _again(
        self, request: Request, matter: Matter, typed: Mapping[str, str], why: str, *gaps: object
    ) -> Response:
        refused = WORDS[language_of(request)]["matter"][why].format(*gaps)
        return await self._pages.page(request, matter, typed=typed, refused=refused)


def person_of(request: Request, needs: str) -> Caller:
    """Return who asks, when it is a person: steps and logs name people, so no token acts on visits."""
    caller = caller_of(request)
    if caller.kind != "account":
        raise forbidden(needs)
    return caller
