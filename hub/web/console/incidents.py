"""The pages of incidents: `/incidents` lists them, `/incidents/<id>` tells everything of one; both take acts."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple
from urllib.parse import urlencode

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from hub.access.caller import Caller
from hub.incidents.acts import CAUSES_OF_PEOPLE
from hub.incidents.incident import STATES, Incident, by_rank
from hub.incidents.lifecycle import repair_ms
from hub.incidents.trouble import KINDS
from hub.local_time import length_words
from hub.store.engine import StoreError
from hub.store.incidents import IncidentsReader, Member, StepRow
from hub.visits.day import DAY_MS
from hub.web import course, telling
from hub.web.attention import Line, Places
from hub.web.centre import Centre
from hub.web.console.incident_acts import MOST_PICKED, IncidentActs
from hub.web.console.incident_forms import (
    DEADLINES,
    IN_BULK,
    LASTS,
    NOTHING_TYPED,
    USUAL_LASTS,
    offered,
    refusal_of,
)
from hub.web.door import Door, caller_of
from hub.web.pages import WORDS, Words, language_of
from hub.web.picture import cell_state, short_name

PAGE: Final = 50
MOST_LATELY: Final = 200
MOST_OPEN: Final = 500
MOST_TEXT: Final = 64
PRIORITIES: Final = ("1", "2", "3")


class Filters(NamedTuple):
    """What the address asks for; what it misspells is not asked."""

    state: str | None
    kind: str | None
    town: str | None
    before: str | None
    """Id that the page before ended with."""
    priority: str | None = None
    mine: str | None = None
    """The name of whoever asks, where only theirs are asked for."""
    text: str | None = None

    def address(self, **other: str | None) -> str:
        """Return the address of the list with some of it otherwise, from its beginning."""
        asked = self._replace(**({"before": None} | other))
        told = {name: "1" if name == "mine" else value for name, value in asked._asdict().items() if value}
        return "/incidents" + ("?" + urlencode(told) if told else "")

    def fits(self, incident: Incident, towns: Mapping[str, str]) -> bool:
        """Say whether an open incident is asked for; of a town is what affects one of its villages."""
        there = {incident.town, *(towns.get(code, "") for code in incident.stations)}
        return (
            self.state in {None, incident.state}
            and self.kind in {None, incident.kind}
            and (self.town is None or self.town in there)
            and self.fits_else(incident)
        )

    def fits_else(self, incident: Incident) -> bool:
        """Say whether it fits what the database is not asked for: whose, how important, a text in it."""
        people = (incident.owner, incident.dispatched_to)
        texts = (incident.id, incident.name, incident.town, incident.note, *people, *KINDS[incident.kind])
        return (
            self.priority in {None, str(incident.priority)}
            and (self.mine is None or self.mine in people)
            and (self.text is None or any(self.text.casefold() in (text or "").casefold() for text in texts))
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

    def __init__(self, centre: Centre) -> None:
        """Take everything that is read and changed, and what draws it."""
        self._view, self._pages = centre.view, centre.pages
        self._incidents: IncidentsReader = centre.readers.incidents
        self._acts = IncidentActs(centre, self._page)

    def doors(self) -> list[Door]:
        """Return the doors."""
        return [
            Door("/incidents", self.listed, "see"),
            *self._acts.doors(),
            Door("/incidents/{incident}", self.one, "see"),
        ]

    async def listed(self, request: Request) -> Response:
        """Return what is open and what was closed within a day; of the state `closed` everything, page by page."""
        caller = caller_of(request)
        asked = _filters(request, {health.town for health in self._view.stations()})
        values = await to_thread.run_sync(self._listed, asked, caller)
        said, now_ms = WORDS[language_of(request)], self._pages.now_ms()
        shown = _sentences(said, now_ms) | CHOICES | {"bulk": IN_BULK, "typed": NOTHING_TYPED}
        shown["picks"] = iter(range(MOST_PICKED)).__next__
        return self._pages.render(request, "incidents.html", values | shown)

    async def one(self, request: Request) -> Response:
        """Return one incident."""
        return await self._page(request, NOTHING_TYPED)

    async def _page(self, request: Request, typed: Mapping[str, str], refused: str = "", why: str = "") -> Response:
        """Draw one incident; after a refusal (`refused`, its code) with what was typed, and why not."""
        said = WORDS[language_of(request)]
        values = await to_thread.run_sync(self._one, request.path_params["incident"], said, caller_of(request))
        found = values["incident"]
        if refused and not why:
            why = refusal_of(refused, found if isinstance(found, Incident) else None, said)
        told = {"typed": typed, "refused": refused, "refusal": why}
        status = 404 if found is None else 409 if refused else 200
        shown = values | _sentences(said, self._pages.now_ms()) | CHOICES | told
        return self._pages.render(request, "incident.html", shown, status=status)

    def _listed(self, asked: Filters, caller: Caller) -> dict[str, object]:
        stations, now_ms = self._view.stations(), self._pages.now_ms()
        places, towns = Places(stations), {health.station: health.town for health in stations}
        groups: list[tuple[str, Sequence[Line]]] = []
        older, unreadable = None, False
        standing: Sequence[Incident] = self._view.incidents()
        try:
            # What somebody did a moment ago stands in the database before the view has it.
            standing = sorted(self._incidents.page(MOST_OPEN, is_open=True), key=by_rank)
            if asked.state == "closed":
                found = self._incidents.page(PAGE, before=asked.before, is_open=False, kind=asked.kind, town=asked.town)
                groups.append(("closed", [places.line(one) for one in found if asked.fits_else(one)]))
                older = asked.address(before=found[-1].id) if len(found) == PAGE else None
            elif asked.state is None:
                lately = self._incidents.page(
                    MOST_LATELY, since_ms=now_ms - DAY_MS, is_open=False, kind=asked.kind, town=asked.town
                )
                groups.append(("closed_lately", [places.line(one) for one in lately if asked.fits_else(one)]))
        except StoreError:
            unreadable = True
        if asked.state != "closed":
            groups.insert(0, ("open", [places.line(one) for one in standing if asked.fits(one, towns)]))
        names = list(dict.fromkeys(towns[code] for code in sorted(towns)))
        may = caller.kind == "account" and caller.may("incident")
        shown: dict[str, object] = {
            "groups": groups,
            "older": older,
            "unreadable": unreadable,
            "asked": asked,
            "towns": names,
        }
        shown |= {"may": may, "holds": caller.area.holds, "who": caller.who}
        whole = asked.town is not None and may and caller.may("supervise", asked.town)
        return shown | {
            "states": STATES,
            "kinds": KINDS,
            "priorities": PRIORITIES,
            "whole": asked.town if whole else "",
        }

    def _one(self, key: str, said: Words, caller: Caller) -> dict[str, object]:
        now_ms, unreadable = self._pages.now_ms(), False
        found = next((one for one in self._view.incidents() if one.id == key), None)
        members: Sequence[Member] = ()
        steps: Sequence[StepRow] = ()
        whole: Sequence[StepRow] = ()
        try:
            # What somebody did a moment ago stands in the database before the view has it.
            found = self._incidents.find(key) or found
            members, whole = self._incidents.members(key), self._incidents.steps(key)
            steps = course.shown_to(caller, whole)
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
            "figures": course.figures_of(found, said),
            "now": now,
            "before": before,
            "steps": [(step, course.note_of(step, said)) for step in reversed(steps)],
            "offered": offered(found, whole, caller, now_ms),
            "may": caller.may("incident", found.town),
            "is_person": caller.kind == "account",
            "usual": said["length"][length_words(repair_ms(found))],
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


CHOICES: Final = {"lasts": LASTS, "usual_lasts": USUAL_LASTS, "deadlines": DEADLINES, "causes": CAUSES_OF_PEOPLE}
"""What forms let one choose from."""


def _filters(request: Request, towns: set[str]) -> Filters:
    query = request.query_params
    text, priority = query.get("text", "").strip()[:MOST_TEXT], query.get("priority")
    state, kind, town = query.get("state"), query.get("kind"), query.get("town")
    return Filters(
        state if state in STATES else None,
        kind if kind in KINDS else None,
        town if town in towns else None,
        query.get("before"),
        priority if priority in PRIORITIES else None,
        caller_of(request).who if query.get("mine") else None,
        text or None,
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
