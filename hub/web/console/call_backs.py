"""Call-backs (回访): `/visits/callbacks` lists who is to be called and what is to be put right, and takes both down."""

from typing import Final, NamedTuple

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from hub.access.chain import Deed
from hub.store.casework_calls import CallBack, CallsReader, note_call, note_fixed
from hub.store.engine import StoreError
from hub.visits import calls_back
from hub.visits.calls_back import RESULTS, Call
from hub.visits.clocks import most_urgent
from hub.visits.matters import MOST_NOTE
from hub.web.centre import Centre
from hub.web.clock_told import Told, told
from hub.web.console.visit_acts import POST, person_of
from hub.web.door import Door, caller_of, require
from hub.web.forms import Field, bad_field, done, form_of
from hub.web.inbox import before_of
from hub.web.pages import WORDS, Words, language_of
from hub.web.problem import ProblemError

PAGE: Final = 50
CALL: Final = {"result": Field(16, needed=True), "satisfied": Field(4), "note": Field(MOST_NOTE, lines=True)}
FIXED: Final = {"note": Field(MOST_NOTE, needed=True, lines=True)}
SATISFIED: Final = {"": None, "yes": True, "no": False}


class Line(NamedTuple):
    """One call-back as the list shows it."""

    one: CallBack
    stage: str
    clock: Told | None
    satisfied: bool | None


class CallBackPages:
    """The list, and what is done from it."""

    def __init__(self, centre: Centre) -> None:
        """Take the county's centre."""
        self._centre, self._reader = centre, CallsReader(centre.database.reader)

    def doors(self) -> list[Door]:
        """Return the doors."""
        return [
            Door("/visits/callbacks", self.listed, "visit"),
            Door("/visits/callbacks/{key:int}/call", self.call, "visit", POST),
            Door("/visits/callbacks/{key:int}/fixed", self.fixed, "visit", POST),
        ]

    async def listed(self, request: Request) -> Response:
        """Return what is to be done, the most urgent first, or with `which=fixed` what was put right."""
        caller, query = caller_of(request), request.query_params
        which, older = query.get("which"), before_of(query)
        said = WORDS[language_of(request)]
        values: dict[str, object]
        try:
            values = await to_thread.run_sync(self._listed, which == "fixed", older, caller.area.towns, said)
        except StoreError:
            values = {"lines": (), "older": None, "unreadable": True}
        shown = {"which": "fixed" if which == "fixed" else "open", "results": RESULTS, "most_note": MOST_NOTE}
        return self._centre.pages.render(request, "callbacks.html", values | shown)

    def _listed(self, is_fixed: bool, before: int | None, towns: frozenset[str], said: Words) -> dict[str, object]:
        found = self._reader.fixed(PAGE, before, towns) if is_fixed else self._reader.open(towns)
        now_ms = self._centre.now_ms()
        lines = [self._line(one, said, now_ms) for one in found]
        if not is_fixed:
            lines.sort(key=lambda line: line.clock.clock.due_ms if line.clock else 0)
        older = f"/visits/callbacks?which=fixed&before={found[-1].id}" if is_fixed and len(found) == PAGE else None
        return {"lines": lines, "older": older, "unreadable": False}

    @staticmethod
    def _line(one: CallBack, said: Words, now_ms: int) -> Line:
        clocks = calls_back.clocks(one.opened_ms, one.calls, one.fixed_ms)
        urgent = most_urgent(clocks) or clocks[-1]
        stage = calls_back.stage_of(one.calls, one.fixed_ms)
        return Line(one, stage, told(urgent, said, now_ms), calls_back.satisfied_now(one.calls))

    async def call(self, request: Request) -> Response:
        """Write a call down."""
        one = await self._one(request)
        asked = await form_of(request, CALL)
        if asked["result"] not in RESULTS or asked["satisfied"] not in SATISFIED:
            raise bad_field("result", ", ".join(RESULTS))
        caller = person_of(request, "visit")
        satisfied = SATISFIED[asked["satisfied"]] if asked["result"] == "reached" else None
        call = Call(self._centre.now_ms(), caller.who, asked["result"], satisfied, self._sealed(asked["note"]))
        deed = Deed("callback.call", f"{one.station} {one.number} {call.result}")
        await self._centre.change(request, lambda connection: note_call(connection, one.id, call), deed)
        return done("/visits/callbacks", "call_written")

    async def fixed(self, request: Request) -> Response:
        """Write down that it was put right."""
        one = await self._one(request)
        asked = await form_of(request, FIXED)
        caller, note, now_ms = person_of(request, "visit"), self._sealed(asked["note"]), self._centre.now_ms()
        deed = Deed("callback.fixed", f"{one.station} {one.number}")
        await self._centre.change(
            request, lambda connection: note_fixed(connection, one.id, caller.who, note, now_ms), deed
        )
        return done("/visits/callbacks", "put_right")

    async def _one(self, request: Request) -> CallBack:
        key = request.path_params["key"]
        one = await to_thread.run_sync(self._reader.one, key) if key < 2**63 else None
        if one is None or one.fixed_ms is not None:
            detail = "no such call-back, or it is put right already 没有这一条回访，或已整改，请回到清单"
            raise ProblemError(404, "E-CASE-06", "No such call-back", detail)
        require(caller_of(request), "visit", one.town)
        return one

    def _sealed(self, note: str) -> bytes | None:
        return self._centre.unsealer.seal_note(note) if note else None
