"""The pages of calls for help: `/calls` lists and counts them, `/calls/<number>` takes what is done about one."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub.access.caller import Caller
from hub.access.chain import Deed
from hub.incidents.calls import (
    MATTERS,
    MOST_NOTE,
    MOST_WHO,
    NOBODY,
    OUTCOMES,
    STATES,
    WORD_OF,
    Acknowledge,
    Act,
    Call,
    CallError,
    Close,
    Dispatch,
    Note,
    possible,
)
from hub.local_time import UNIT_MS
from hub.store.calls import PAGE, CallsReader, CallStep, act, no_such_call
from hub.store.engine import StoreError
from hub.view import Alarm
from hub.web.centre import Centre
from hub.web.door import Door, caller_of, require
from hub.web.forms import Field, bad_field, done, form_of, needed
from hub.web.inbox import before_of
from hub.web.pages import WORDS, Words, duration_of, language_of
from hub.web.picture import called
from hub.web.problem import ProblemError

COUNTED_MS: Final = 400 * UNIT_MS["d"]
MOST_WAITING: Final = 50
FIELDS: Final = {
    "act": Field(12, needed=True),
    "to": Field(MOST_WHO),
    "note": Field(MOST_NOTE),
    "outcome": Field(16),
    "matter": Field(16),
}
NOTHING_TYPED: Final[Mapping[str, str]] = dict.fromkeys(FIELDS, "")


class CallPages:
    """The pages, and what they read from."""

    def __init__(self, centre: Centre) -> None:
        """Take what is read and changed, and what draws it."""
        self._centre = centre
        self._calls = CallsReader(centre.database.reader)

    def doors(self) -> list[Door]:
        """Return the doors."""
        return [
            Door("/calls", self.listed, "see"),
            Door("/calls/now", self.now, "see", kind="data"),
            Door("/calls/{call}", self.one, "see"),
            Door("/calls/{call}", self.acted, "incident", methods=("POST",)),
            Door("/calls/{call}/acknowledge", self.acknowledged, "incident", methods=("POST",)),
        ]

    async def listed(self, request: Request) -> Response:
        """Return calls, the newest first, and what 应急指挥 counts of the last months."""
        query = request.query_params
        towns = sorted({health.town for health in self._centre.view.stations()})
        state = query.get("state") if query.get("state") in STATES else None
        town = query.get("town") if query.get("town") in towns else None
        after = before_of(query)
        asked = {"state": state, "town": town}
        values = await to_thread.run_sync(self._listed, state, town, after)

        def address(**other: object) -> str:
            told = {name: value for name, value in (asked | other).items() if value}
            return "/calls" + ("?" + urlencode(told) if told else "")

        values |= {"asked": asked, "towns": towns, "address": address, "states": STATES, "before": after}
        return self._centre.pages.render(request, "calls.html", values | self._sentences(request))

    async def now(self, request: Request) -> Response:
        """Return who waits now, for the alert on every page; what could not be stored yet too."""
        caller = caller_of(request)
        unstored = [alarm for alarm in self._centre.view.alarms().emergencies if not alarm.id]
        try:
            waiting = await to_thread.run_sync(self._calls.waiting, MOST_WAITING)
            told = [_told(one, caller) for one in waiting]
        except StoreError:
            unstored = list(self._centre.view.alarms().emergencies)
            told = []
        told = [*map(_unstored, unstored), *told]
        return JSONResponse({"now": self._centre.now_ms(), "calls": told}, headers={"Cache-Control": "no-store"})

    async def one(self, request: Request) -> Response:
        """Return one call."""
        return await self._page(request, NOTHING_TYPED)

    async def acted(self, request: Request) -> Response:
        """Take what somebody did about it; what is refused is said beside what they typed."""
        typed = await form_of(request, FIELDS)
        try:
            await self._do(request, typed)
        except (CallError, ProblemError) as error:
            if isinstance(error, ProblemError) and error.status != 422:
                raise
            said = error.detail if isinstance(error, ProblemError) else str(error)
            return await self._page(request, typed, said)
        return done(f"/calls/{request.path_params['call']}", f"call_{typed['act']}")

    async def acknowledged(self, request: Request) -> Response:
        """Take that somebody has it, from the alert on any page: nothing of what they type there is lost."""
        await form_of(request, {})
        try:
            await self._do(request, {**NOTHING_TYPED, "act": "ack"})
        except CallError as error:
            raise ProblemError(409, error.code, "Refused", str(error)) from None
        return JSONResponse({"acknowledged": True})

    async def _do(self, request: Request, typed: Mapping[str, str]) -> None:
        key, caller, now_ms = _number(request), caller_of(request), self._centre.now_ms()
        call = await to_thread.run_sync(self._calls.find, key)
        if call is None:
            raise no_such_call(request.path_params["call"][:16])
        require(caller, "incident", call.town)
        deed = deed_of(typed, caller.who)
        await self._centre.change(
            request,
            lambda connection: act(connection, key, deed, now_ms),
            Deed(WORD_OF[type(deed)], str(key)),  # what people wrote may name somebody: it stays with the call
        )

    async def _page(self, request: Request, typed: Mapping[str, str], refused: str = "") -> Response:
        key, caller = _number(request), caller_of(request)
        steps: list[CallStep] = []
        call, unreadable = None, False
        try:
            call = await to_thread.run_sync(self._calls.find, key)
            steps = await to_thread.run_sync(self._calls.steps, key)
        except StoreError:
            unreadable = True
        may = call is not None and caller.may("incident", call.town)
        reads = call is not None and caller.kind != "screen" and caller.area.holds(call.town)
        values = {
            "call": call,
            "steps": [(step, _note(step, WORDS[language_of(request)], reads=reads)) for step in reversed(steps)],
            "possible": possible(call) if call is not None and may else (),
            "may": may,
            "is_person": caller.kind == "account",
            "unreadable": unreadable,
            "typed": typed,
            "refused": refused,
            "outcomes": OUTCOMES,
            "matters": MATTERS,
        }
        status = 409 if refused else 404 if call is None and not unreadable else 200
        return self._centre.pages.render(request, "call.html", values | self._sentences(request), status=status)

    def _listed(self, state: str | None, town: str | None, before: int | None) -> dict[str, object]:
        try:
            found = self._calls.page(PAGE, state=state, town=town, before=before)
            months = self._calls.months(self._centre.now_ms() - COUNTED_MS)
        except StoreError:
            return {"found": [], "months": [], "older": None, "unreadable": True}
        older = found[-1].id if len(found) == PAGE else None
        return {"found": found, "months": months, "older": older, "unreadable": False}

    def _sentences(self, request: Request) -> dict[str, object]:
        said, now_ms = WORDS[language_of(request)], self._centre.now_ms()
        return {
            "place": place_of,
            "waited": lambda call: duration_of((call.acknowledged_ms or now_ms) - call.received_ms, said),
        }


def deed_of(typed: Mapping[str, str], who: str) -> Act:
    """Return what a form asks for. Raises ProblemError E-WEB-06."""
    match typed["act"]:
        case "ack":
            return Acknowledge(who)
        case "dispatch":
            return Dispatch(who, needed(typed, "to"), typed["note"])
        case "note":
            return Note(who, needed(typed, "note"))
        case "close":
            outcome, matter = typed["outcome"], typed["matter"]
            if outcome not in OUTCOMES or (matter and matter not in MATTERS):
                raise bad_field("outcome", "choose one 请选择")
            # What was no call for help was nothing in particular, whatever stood in the field beside.
            kept = matter if matter and outcome == "handled" else None
            return Close(who, outcome, kept, typed["note"])
        case _:
            raise bad_field("act", "no such act 没有这种操作")


def place_of(call: Call | Alarm) -> str:
    """Return where it is, as people say it."""
    return called(call.name, call.town)


def _number(request: Request) -> int:
    """Return the number in the address; what is none, no call has."""
    text: str = request.path_params["call"]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _note(step: CallStep, said: Words, *, reads: bool) -> str:
    """Return what a step tells besides its name; what people wrote is not for a wall, nor for another town."""
    if step.step == "closed":
        first, *rest = step.note.split(" ")
        words = [said["call_outcome"].get(first, first)]
        if rest and rest[0] in said["call_matter"]:
            words.append(said["call_matter"][rest.pop(0)])
        return " ".join([*words, *rest] if reads else words)
    if step.step == "escalated":
        return step.note.replace(NOBODY, said["calls"]["nobody"])
    return "" if step.who and not reads else step.note


def _told(call: Call, caller: Caller) -> dict[str, object]:
    return {
        "id": call.id,
        "station": call.station,
        "village": place_of(call),
        "at": call.at_ms,
        "received": call.received_ms,
        "level": call.level,
        "presses": call.presses,
        "withdrawn": call.withdrawn_ms is not None,
        "may": caller.kind == "account" and caller.may("incident", call.town),
    }


def _unstored(alarm: Alarm) -> dict[str, object]:
    """Return one that could not be stored, or read: it can be seen, and not yet be acknowledged."""
    return {
        "id": 0,
        "station": alarm.station,
        "village": place_of(alarm),
        "at": alarm.at_ms,
        "received": alarm.received_ms,
        "level": alarm.level,
        "presses": alarm.presses,
        "withdrawn": alarm.withdrawn,
        "may": False,
    }
