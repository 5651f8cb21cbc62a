"""What somebody does about a visit from its page: assign, write a step down, take one back, keep it, have it called."""

from collections.abc import Callable, Mapping
from typing import Final

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from hub.access.caller import Caller
from hub.access.chain import Deed
from hub.desks.casework import ERASED
from hub.desks.ordering import MOST_REASON, MOST_WHO
from hub.store import casework
from hub.store.cases import Found, NewStep, add_step, steps_of, withdraw
from hub.store.casework_calls import open_by_hand
from hub.store.engine import StoreError, Transaction
from hub.visits.matters import MOST_NOTE, MUST_SAY, Step, choices
from hub.web.centre import Centre
from hub.web.console.visits import REASON, Matter, VisitPages, may_assign, subject_of
from hub.web.door import Door, caller_of, forbidden
from hub.web.forms import Field, bad_field, done, form_of
from hub.web.pages import WORDS, language_of
from hub.web.problem import ProblemError
from hub.web.words.cases import PHRASE, ROLE

SEEN: Final = {"seen": Field(20)}
"""The last step that stood on the page a form was sent from."""
ASSIGN: Final = SEEN | {
    "take": Field(4), "whom": Field(MOST_WHO), "other": Field(MOST_WHO), "why": Field(MOST_REASON)
}  # fmt: skip
STEP: Final = SEEN | {"state": Field(16, needed=True), "phrase": Field(16), "text": Field(MOST_NOTE, lines=True)}
POST: Final = ("POST",)


class TwiceError(Exception):
    """What a form asks for stands already: it was sent twice. Nothing more is written."""


class ChangedError(Exception):
    """Somebody wrote something down since the page was read; nothing is written."""

    def __init__(self, step: Step) -> None:
        """Take what they wrote."""
        super().__init__(step.state)
        self.step = step


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
        caller, visit = person_of(request, "visit"), matter.visit
        if asked["take"]:
            whom, role, told = caller.who, "self", ""
        else:
            if not may_assign(caller, matter.work):
                raise forbidden("supervise")
            whom = asked["other"] or asked["whom"]
            if not whom:
                return await self._again(request, matter, asked, "name_somebody")
            role = await to_thread.run_sync(self._role, visit, whom)
            told = "" if role == "other" else self._works(visit, whom, role)
        seal = self._centre.unsealer.seal_note
        step = NewStep(visit.id, self._centre.now_ms(), caller.who, "assigned", seal(told) if told else None)
        why = seal(asked["why"]) if asked["why"] else None

        def work(connection: Transaction) -> None:
            newest = newest_since(connection, visit.id, asked["seen"])
            if newest is not None:
                again = newest.who == caller.who and casework.whom_of(connection, newest.id) == whom
                raise TwiceError if again else ChangedError(newest)
            casework.assign(connection, step, whom, role, why)

        deed = Deed("visit.assign", subject_of(visit), whom)
        return await self._written(request, work, deed, asked, "assigned")

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

        def work(connection: Transaction) -> None:
            newest = newest_since(connection, visit.id, asked["seen"])
            if newest is not None:
                before = "" if newest.note is None else self._centre.unsealer.note(newest.note)
                again = (newest.who, newest.state, before, newest.withdrawn_ms) == (caller.who, step.state, text, None)
                raise TwiceError if again else ChangedError(newest)
            add_step(connection, step)

        deed = Deed("visit.step", f"{subject_of(visit)} {asked['state']}")
        return await self._written(request, work, deed, asked, "step_written")

    async def undo(self, request: Request) -> Response:
        """Take back the caller's own last step, the one the page showed as such."""
        matter = await self._alive(request)
        asked = await form_of(request, SEEN)
        caller, visit = person_of(request, "visit"), matter.visit
        mine = [step for step in matter.work.steps if step.who == caller.who]
        standing = [step for step in mine if step.withdrawn_ms is None]
        if any(str(step.id) == asked["seen"] and step.withdrawn_ms is not None for step in mine):
            return done(f"/visits/{visit.id}", "step_undone")
        if not standing:
            return await self._again(request, matter, {}, "nothing_to_undo")
        last = standing[-1]

        def work(connection: Transaction) -> None:
            check_alive(connection, visit.id)
            if asked["seen"] not in {"", str(last.id)}:
                raise ChangedError(last)
            if not withdraw(connection, visit.id, last.id, self._centre.now_ms()):
                raise TwiceError

        return await self._written(
            request, work, Deed("visit.undo", f"{subject_of(visit)} {last.state}"), {}, "step_undone"
        )

    async def hold(self, request: Request) -> Response:
        """Keep a visit from being erased, with the reason its person is told."""
        matter = await self._pages.matter(request, "supervise")
        asked = await form_of(request, REASON)
        caller, visit = person_of(request, "supervise"), matter.visit

        def work(connection: Transaction) -> None:
            check_alive(connection, visit.id)
            if casework.holds_of(connection, [visit.id]):
                raise TwiceError
            casework.hold(connection, visit.id, caller.who, asked["reason"], self._centre.now_ms())

        return await self._written(request, work, Deed("visit.hold", subject_of(visit), asked["reason"]), asked, "held")

    async def let_go(self, request: Request) -> Response:
        """End what keeps a visit."""
        matter = await self._pages.matter(request, "supervise")
        await form_of(request, {})
        caller, visit = person_of(request, "supervise"), matter.visit

        def work(connection: Transaction) -> None:
            if not casework.end_holds(connection, visit.id, caller.who, self._centre.now_ms()):
                raise TwiceError

        return await self._written(request, work, Deed("visit.let_go", subject_of(visit)), {}, "let_go")

    async def call_back(self, request: Request) -> Response:
        """Have the person of a visit called; one call-back that is open is enough."""
        matter = await self._alive(request)
        await form_of(request, {})
        caller, visit = person_of(request, "visit"), matter.visit

        def work(connection: Transaction) -> None:
            check_alive(connection, visit.id)
            if not open_by_hand(connection, visit.id, caller.who, self._centre.now_ms()):
                raise TwiceError

        return await self._written(request, work, Deed("callback.open", subject_of(visit)), {}, "call_back_opened")

    async def _written(
        self, request: Request, work: Callable[[Transaction], None], deed: Deed, typed: Mapping[str, str], what: str
    ) -> Response:
        """Do it and go back to the visit; what cannot be stored, or was overtaken, comes back as it was typed."""
        try:
            await self._centre.change(request, work, deed)
        except TwiceError:
            pass
        except ChangedError as error:
            state = WORDS[language_of(request)]["case_state"][error.step.state]
            matter = await self._pages.matter(request)
            return await self._again(request, matter, typed, "changed", error.step.who, state)
        except StoreError as error:
            matter = await self._pages.matter(request)
            return await self._pages.page(request, matter, typed=typed, refused=str(error), status=503)
        return done(f"/visits/{request.path_params['visit']}", what)

    async def _alive(self, request: Request) -> Matter:
        """Return the visit of an address; ProblemError when what is personal of it was erased."""
        matter = await self._pages.matter(request)
        if matter.work.row.erased:
            raise erased()
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


def check_alive(connection: Transaction, visit: int) -> None:
    """Raise ProblemError E-CASE-07 when what is personal of a visit was erased, also a moment ago."""
    if casework.is_erased(connection, visit):
        raise erased()


def newest_since(connection: Transaction, visit: int, seen: str) -> Step | None:
    """Return the last step of a visit when it is another than `seen`, which whoever acts has before them.

    An act that does not say what it saw ("") is taken as it is. Raises as `check_alive`.
    """
    check_alive(connection, visit)
    steps = steps_of(connection, [visit]).get(visit, [])
    return steps[-1] if seen and steps and str(steps[-1].id) != seen else None


def erased() -> ProblemError:
    """Return the refusal of an act on what was erased."""
    return ProblemError(409, "E-CASE-07", "Erased", ERASED)
