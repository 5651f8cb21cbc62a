"""The pages of incidents: `/incidents` lists them, `/incidents/<id>` tells everything of one. Acts are commands."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple
from urllib.parse import urlencode

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from hub.access.caller import Caller
from hub.incidents.incident import STATES, Incident
from hub.incidents.trouble import KINDS
from hub.store.engine import StoreError
from hub.store.incidents import IncidentsReader, Member, StepRow
from hub.view import View
from hub.visits.day import DAY_MS
from hub.web import course, telling
from hub.web.attention import Line, Places
from hub.web.door import Door, caller_of
from hub.web.pages import WORDS, Pages, Words, language_of
from hub.web.picture import cell_state, short_name

PAGE: Final = 50
MOST_LATELY: Final = 200


class Filters(NamedTuple):
    """What the address asks for; what it misspells is not asked."""

    state: str | None
    kind: str | None
    town: str | None
    before: str | None
    """Id that the page before ended with."""

    def address(self, **other: str | None) -> str:
        """Return the address of the list with some of it otherwise, from its beginning."""
        asked = self._replace(**({"before": None} | other))
        told = {name: value for name, value in asked._asdict().items() if value}
        return "/incidents" + ("?" + urlencode(told) if told else "")

    def fits(self, incident: Incident, towns: Mapping[str, str]) -> bool:
        """Say whether an open incident is asked for; of a town is what affects one of its villages."""
        there = {incident.town, *(towns.get(code, "") for code in incident.stations)}
        return (
            self.state in {None, incident.state}
            and self.kind in {None, incident.kind}
            and (self.town is None or self.town in there)
        )


class Village(NamedTuple):
    """A village of an incident."""

    code: str
    name: str
    town: str
    cell: str
    """How it is now, as the wall has it."""


class IncidentPages:
    """The pages, and what they read from."""

    def __init__(self, view: View, incidents: IncidentsReader, pages: Pages) -> None:
        """Take everything that is read, and what draws it."""
        self._view, self._incidents, self._pages = view, incidents, pages

    def doors(self) -> list[Door]:
        """Return the doors."""
        return [Door("/incidents", self.listed, "see"), Door("/incidents/{incident}", self.one, "see")]

    async def listed(self, request: Request) -> Response:
        """Return what is open and what was closed within a day; of the state `closed` everything, page by page."""
        asked = _filters(request, {health.town for health in self._view.stations()})
        values = await to_thread.run_sync(self._listed, asked)
        said, now_ms = WORDS[language_of(request)], self._pages.now_ms()
        return self._pages.render(request, "incidents.html", values | _sentences(said, now_ms))

    async def one(self, request: Request) -> Response:
        """Return one incident."""
        said = WORDS[language_of(request)]
        values = await to_thread.run_sync(self._one, request.path_params["incident"], said, caller_of(request))
        sentences = _sentences(said, self._pages.now_ms())
        return self._pages.render(
            request, "incident.html", values | sentences, status=404 if values["line"] is None else 200
        )

    def _listed(self, asked: Filters) -> dict[str, object]:
        stations, now_ms = self._view.stations(), self._pages.now_ms()
        places, towns = Places(stations), {health.station: health.town for health in stations}
        groups: list[tuple[str, Sequence[Line]]] = []
        older, unreadable = None, False
        if asked.state != "closed":
            standing = [one for one in self._view.incidents() if asked.fits(one, towns)]
            groups.append(("open", [places.line(one) for one in standing]))
        try:
            if asked.state == "closed":
                found = self._incidents.page(PAGE, before=asked.before, is_open=False, kind=asked.kind, town=asked.town)
                groups.append(("closed", [places.line(one) for one in found]))
                older = asked.address(before=found[-1].id) if len(found) == PAGE else None
            elif asked.state is None:
                lately = self._incidents.page(
                    MOST_LATELY, since_ms=now_ms - DAY_MS, is_open=False, kind=asked.kind, town=asked.town
                )
                groups.append(("closed_lately", [places.line(one) for one in lately]))
        except StoreError:
            unreadable = True
        names = list(dict.fromkeys(towns[code] for code in sorted(towns)))
        shown = {"groups": groups, "older": older, "unreadable": unreadable, "asked": asked, "towns": names}
        return shown | {"states": STATES, "kinds": KINDS}

    def _one(self, key: str, said: Words, caller: Caller) -> dict[str, object]:
        now_ms, unreadable = self._pages.now_ms(), False
        found = next((one for one in self._view.incidents() if one.id == key), None)
        members: Sequence[Member] = ()
        steps: Sequence[StepRow] = ()
        try:
            # What somebody did a moment ago stands in the database before the view has it.
            found = self._incidents.find(key) or found
            members, steps = self._incidents.members(key), course.shown_to(caller, self._incidents.steps(key))
        except StoreError:
            unreadable = True
        if found is None:
            return {"incident": None, "line": None, "unreadable": unreadable}
        now, before = self._villages(found, members)
        return {
            "incident": found,
            "line": Places(self._view.stations()).line(found),
            "unreadable": unreadable,
            "stages": course.stages_of(found, steps),
            "reason": course.reason_of(found, said),
            "now": now,
            "before": before,
            "steps": [(step, course.note_of(step, said)) for step in reversed(steps)],
            "commands": course.commands_of(found, now_ms, said),
        }

    def _villages(self, incident: Incident, members: Sequence[Member]) -> tuple[list[Village], list[Village]]:
        """Return those it affects now, and those it did; where the database says nothing, what the view knows."""
        known = {health.station: health for health in self._view.stations()}
        ever = {one.station: (one.name, one.town) for one in members}
        ever |= {code: (known[code].name, known[code].town) for code in incident.stations if code in known}
        now: list[Village] = []
        before: list[Village] = []
        for code, (name, town) in sorted(ever.items()):
            cell = cell_state(known[code]) if code in known else "unknown"
            village = Village(code, short_name(name, town), town, cell)
            (now if code in incident.stations else before).append(village)
        return now, before


def _filters(request: Request, towns: set[str]) -> Filters:
    query = request.query_params
    state, kind, town = query.get("state"), query.get("kind"), query.get("town")
    return Filters(
        state if state in STATES else None,
        kind if kind in KINDS else None,
        town if town in towns else None,
        query.get("before"),
    )


def _sentences(said: Words, now_ms: int) -> dict[str, object]:
    """Return what the templates say of an incident by."""
    return {
        "place": lambda line: telling.place_of(line, said),
        "what": lambda line: telling.what_of(line, said),
        "extent": lambda line: telling.extent_of(line, said),
        "stands": lambda line: telling.state_of(line, said),
        "due": lambda line: telling.due_of(line, said, now_ms),
        "lasting": lambda line: telling.lasting_of(line, said, now_ms),
    }
