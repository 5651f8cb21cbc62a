"""Acts on incidents from the browser: on one, or on several in one go, each a step of its own."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, NamedTuple

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.access.chain import Deed
from hub.access.roles import Permission
from hub.incidents.acts import IncidentError
from hub.incidents.incident import Incident
from hub.store.engine import StoreError
from hub.store.incidents import IncidentsReader, act, no_such_incident
from hub.web.attention import Line, Places
from hub.web.centre import Centre
from hub.web.console.incident_forms import FIELDS, IN_BULK, deed_of, needs_of, refusal_of
from hub.web.door import Door, caller_of, require
from hub.web.forms import Field, bad_field, done, form_of
from hub.web.pages import WORDS, language_of
from hub.web.problem import ProblemError
from hub.web.telling import place_of, what_of

MOST_PICKED: Final = 700
"""As many as the list ever shows."""
PICKS: Final = {f"pick{number}": Field(12) for number in range(MOST_PICKED)}
BULK_FIELDS: Final = FIELDS | PICKS | {"whole": Field(64)}


class Outcome(NamedTuple):
    """What became of one incident of several."""

    key: str
    line: Line | None
    """None where there is no such incident."""
    refused: str
    """Why not; empty where it was done."""


Draws = Callable[[Request, Mapping[str, str], str, str], Awaitable[Response]]
"""Draws the incident's page again: with what was typed, the code and the words of why not."""


class IncidentActs:
    """Takes what people do."""

    def __init__(self, centre: Centre, page: Draws) -> None:
        """Take what is changed, and what draws an incident's page with a refusal on it."""
        self._centre, self._page = centre, page
        self._incidents: IncidentsReader = centre.readers.incidents

    def doors(self) -> list[Door]:
        """Return the doors."""
        return [
            Door("/incidents/acts", self.back, "see"),
            Door("/incidents/acts", self.several, "incident", methods=("POST",)),
            Door("/incidents/{incident}", self.one, "incident", methods=("POST",)),
        ]

    async def back(self, _request: Request) -> Response:
        """Lead whoever reloads the page of outcomes to the list."""
        return RedirectResponse("/incidents", 303)

    async def one(self, request: Request) -> Response:
        """Take an act on one incident; what is refused is said beside what they typed."""
        typed = await form_of(request, FIELDS)
        try:
            await self._do(request, request.path_params["incident"], typed)
        except IncidentError as error:
            return await self._page(request, typed, error.code, "")
        except ProblemError as error:
            if error.status != 422:
                raise
            return await self._page(request, typed, error.code, error.detail)
        return done(f"/incidents/{request.path_params['incident']}", typed["act"])

    async def several(self, request: Request) -> Response:
        """Take one act on several incidents, each by itself, and return what became of each."""
        typed = await form_of(request, BULK_FIELDS)
        if typed["act"] not in IN_BULK:
            raise bad_field("act", "choose one 请选择操作")
        keys = list(dict.fromkeys(typed[name] for name in PICKS if typed[name]))
        if typed["whole"]:
            require(caller_of(request), "supervise", typed["whole"])
            keys = [one.id for one in await to_thread.run_sync(self._of_town, typed["whole"])]
        if not keys:
            raise bad_field("pick", "none was chosen 没有选中事件")
        deed_of(typed, "", self._centre.now_ms())  # a field that is wrong is wrong of all
        outcomes = [await self._outcome(request, key, typed) for key in keys]
        said = WORDS[language_of(request)]
        values = {
            "outcomes": outcomes,
            "act": typed["act"],
            "fine": sum(not one.refused for one in outcomes),
            "place": lambda line: place_of(line, said),
            "what": lambda line: what_of(line, said),
        }
        return self._centre.pages.render(request, "acts.html", values)

    async def _outcome(self, request: Request, key: str, typed: Mapping[str, str]) -> Outcome:
        said, refused, found = WORDS[language_of(request)], "", None
        places = Places(self._centre.view.stations())
        try:
            found = await self._do(request, key, typed)
        except (IncidentError, StoreError) as error:
            try:
                found = await to_thread.run_sync(self._incidents.find, key)
            except StoreError:
                found = None
            refused = refusal_of(error.code, found, said, of_several=True)
        except ProblemError as error:
            if error.status != 403:
                raise
            found = await to_thread.run_sync(self._incidents.find, key)
            refused = said["act_refused"]["E-WEB-04"]
        return Outcome(key, None if found is None else places.line(found), refused)

    async def _do(self, request: Request, key: str, typed: Mapping[str, str]) -> Incident:
        """Do it, if whoever asks may do it there.

        Raises IncidentError, StoreError, ProblemError.
        """
        caller, now_ms = caller_of(request), self._centre.now_ms()
        found = await to_thread.run_sync(self._incidents.find, key)
        if found is None:
            raise no_such_incident(key)
        needs: Permission = "supervise" if needs_of(typed["act"]) == "supervise" else "incident"
        require(caller, needs, found.town)
        deed = deed_of(typed, caller.who, now_ms)
        return await self._centre.change(
            request,
            lambda connection: act(connection, key, deed, now_ms),
            Deed(f"incident.{typed['act']}", key, typed["note"]),
        )

    def _of_town(self, town: str) -> Sequence[Incident]:
        return [one for one in self._incidents.page(MOST_PICKED, is_open=True, town=town) if one.town == town]
