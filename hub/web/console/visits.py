"""The inbox of visits (`/visits`) and the page of one (`/visits/<row>`); who came is masked, opened with a reason."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.access.caller import Caller
from hub.access.chain import Deed
from hub.desks.casework import opened_of
from hub.desks.copying import notes_of
from hub.desks.ordering import MOST_REASON, MOST_WHO
from hub.exchange.sources import PLATFORMS
from hub.library.rules import Catalogue, Where
from hub.store import casework
from hub.store.cases import CasesReader, Found, VisitViewing, note_visit_viewing
from hub.store.casework import Inbox, Work
from hub.store.casework_calls import CallsReader
from hub.store.documents import DocumentsReader
from hub.store.engine import StoreError
from hub.store.ticket_work import TicketWork, TicketWorkReader
from hub.visits.matters import CASES, MOST_NOTE, RECEIVED, STATES, choices
from hub.web import inbox
from hub.web.centre import Centre
from hub.web.clock_told import told
from hub.web.door import Door, caller_of, require
from hub.web.forms import Field, form_of
from hub.web.pages import WORDS, Words, language_of
from hub.web.problem import ProblemError
from hub.web.words.cases import PHRASE
from wire import content
from wire.errors import WireError
from wire.person import Mask

PAGE: Final = 50
REASON: Final = {"reason": Field(MOST_REASON, needed=True)}


class Shown(NamedTuple):
    """One line of the inbox."""

    work: Work
    state: str
    clock: object
    mask: Mask | None


class Matter(NamedTuple):
    """One visit, as its page and what is done on it need it."""

    visit: Found
    work: Work


class VisitPages:
    """The pages, and what they read from."""

    def __init__(self, centre: Centre) -> None:
        """Take the county's centre."""
        self.centre = centre
        engine = centre.database.reader
        self._inbox, self.cases, self._calls = Inbox(engine), CasesReader(engine), CallsReader(engine)
        self._documents, self._tickets = DocumentsReader(engine), TicketWorkReader(engine)

    def doors(self) -> list[Door]:
        """Return the doors."""
        return [
            Door("/visits", self.listed, "visit"),
            Door("/visits/{visit:int}", self.one, "visit"),
            Door("/visits/{visit:int}/open", self.open, "identity", ("GET", "POST")),
        ]

    async def listed(self, request: Request) -> Response:
        """Return what waits, or what is through, page by page."""
        caller, centre = caller_of(request), self.centre
        towns = list(dict.fromkeys(health.town for health in centre.view.stations()))
        mine = [town for town in towns if caller.area.holds(town)]
        asked = inbox.asked_of(request.query_params, mine)
        said = WORDS[language_of(request)]
        try:
            values = await to_thread.run_sync(self._listed, asked, caller.area.towns, caller.who, said)
        except StoreError:
            values = {"unreadable": True, "lines": (), "older": None, "counts": None, "call_backs": 0}
        shown = {
            "asked": asked,
            "towns": mine,
            "services": CASES,
            "sources": inbox.SOURCES,
            "states": (RECEIVED, *STATES),
        }
        return centre.pages.render(request, "visits.html", values | shown)

    def _listed(self, asked: inbox.Asked, towns: frozenset[str], who: str, said: Words) -> dict[str, object]:
        now_ms = self.centre.now_ms()
        tickets = {one.work.row.id: one for one in self._tickets.waiting(towns)}
        waiting = [inbox.line_of(work, now_ms) for work in self._inbox.waiting(towns)]
        waiting += [inbox.line_of_ticket(one, now_ms) for one in tickets.values()]
        older: str | None = None
        if asked.which == "open":
            fitting = inbox.chosen(waiting, asked, who, now_ms)
            first = asked.before or 0
            lines = fitting[first : first + PAGE]
            older = asked.address(before=first + PAGE) if len(fitting) > first + PAGE else None
        elif asked.source in PLATFORMS:
            there, over = frozenset({asked.town}) if asked.town else towns, asked.which == "ended"
            tickets = {
                one.work.row.id: one for one in self._tickets.page(PAGE, asked.before, there, asked.source, over=over)
            }
            lines = [inbox.line_of_ticket(one, now_ms) for one in tickets.values()]
            older = asked.address(before=lines[-1].work.row.id) if len(lines) == PAGE else None
        else:
            which = [casework.is_over()] if asked.which == "ended" else []
            which += [casework.of_service(asked.service)] if asked.service else []
            which += [casework.come_as(asked.who)] if asked.who else []
            which += [casework.of_station(asked.station)] if asked.station else []
            there = frozenset({asked.town}) if asked.town else towns
            found = self._inbox.page(PAGE, asked.before, there, *which)
            lines = [inbox.line_of(work, now_ms) for work in found]
            older = asked.address(before=found[-1].row.id) if len(found) == PAGE else None
        return {
            "lines": self._shown(lines, tickets, said, now_ms),
            "older": older,
            "counts": inbox.counted(waiting, who, now_ms),
            "call_backs": self._calls.open_count(towns),
            "unreadable": False,
        }

    def _shown(
        self, lines: Sequence[inbox.Line], tickets: Mapping[int, TicketWork], said: Words, now_ms: int
    ) -> list[Shown]:
        persons = self._inbox.persons([line.work.row.id for line in lines if not line.work.row.platform])
        shown = []
        for line in lines:
            row = line.work.row
            person = tickets[row.id].sealed.person if row.platform else persons.get(row.id)
            mask = self.centre.unsealer.shown(person, row.who)
            clock = line.urgent if line.urgent is not None else next(iter(line.clocks[-1:]), None)
            shown.append(Shown(line.work, line.state, clock and told(clock, said, now_ms), mask))
        return shown

    async def one(self, request: Request) -> Response:
        """Return one visit."""
        return await self.page(request, await self.matter(request))

    async def open(self, request: Request) -> Response:
        """Open who came and what they said, once: who looks and why stands in both logs before."""
        matter = await self.matter(request, "identity")
        visit, caller = matter.visit, caller_of(request)
        if request.method != "POST":  # a reload, or a link to another language: it is not opened again
            return RedirectResponse(f"/visits/{visit.id}", 303)
        asked = await form_of(request, REASON)
        viewing = VisitViewing(visit.id, caller.who, asked["reason"], self.centre.now_ms())
        deed = Deed("visit.open", subject_of(visit), asked["reason"])
        await self.centre.change(request, lambda connection: note_visit_viewing(connection, viewing), deed)
        values = await to_thread.run_sync(self._opened, matter)
        return self.centre.pages.render(request, "visit_opened.html", values)

    def _opened(self, matter: Matter) -> dict[str, object]:
        """Return what is sealed in a visit; only once that somebody looks stands in the logs."""
        visit, unsealer = matter.visit, self.centre.unsealer
        call_backs = self._calls.of_visits([visit.id])
        return {
            "visit": visit,
            "opened": opened_of(visit.person, visit.words, matter.work.steps, unsealer),
            "notes": notes_of(self._inbox, call_backs, visit.id, unsealer),
            "back": "visits",
        }

    async def matter(self, request: Request, needs: str = "visit") -> Matter:
        """Return the visit of an address.

        Raises ProblemError when there is none, or it is of a town where the caller may not do this.
        """
        key = request.path_params["visit"]
        matter = await to_thread.run_sync(self._matter, key) if key < 2**63 else None
        if matter is None:
            raise ProblemError(404, "E-CASE-01", "No such visit", "no such visit 没有这次来访，请回到清单")
        for permission in ("visit", needs):
            require(caller_of(request), permission, matter.visit.town)  # type: ignore[arg-type]
        return matter

    def _matter(self, key: int) -> Matter | None:
        visit, work = self.cases.by_key(key), self._inbox.one(key)
        return None if visit is None or work is None else Matter(visit, work)

    async def page(
        self,
        request: Request,
        matter: Matter,
        *,
        typed: Mapping[str, str] | None = None,
        refused: str = "",
        status: int = 422,
    ) -> Response:
        """Return the page of a visit; with what was typed and why it was not taken, when something was not."""
        said, caller = WORDS[language_of(request)], caller_of(request)
        values = await to_thread.run_sync(self._values, matter, said)
        town = matter.visit.town
        may = {
            "open": caller.may("identity", town),
            "assign": may_assign(caller, matter.work),
            "supervise": caller.may("supervise", town),
        }
        shown = {"may": may, "typed": typed or {}, "refused": refused}
        return self.centre.pages.render(request, "visit.html", values | shown, status=status if refused else 200)

    def _values(self, matter: Matter, said: Words) -> dict[str, object]:
        visit, now_ms = matter.visit, self.centre.now_ms()
        call_backs = self._calls.of_visits([visit.id])
        return {
            "visit": visit,
            "work": matter.work,
            "mask": self.centre.unsealer.shown(visit.person, visit.who),
            "clocks": [told(clock, said, now_ms) for clock in inbox.line_of(matter.work, now_ms).clocks],
            "assigned": dict(self._inbox.assignments(visit.id)),
            "viewings": self.cases.viewings(visit.id),
            "call_backs": call_backs,
            "noted": any(one.note for one in call_backs) or any(call.note for one in call_backs for call in one.calls),
            "hold": self._inbox.held(visit.id),
            "people": self.people(visit),
            "choices": choices(visit.service),
            "phrases": PHRASE,
            "most": {"reason": MOST_REASON, "who": MOST_WHO, "note": MOST_NOTE},
        }

    def people(self, visit: Found) -> list[content.Person]:
        """Return who serves this village by its directory in the library."""
        where = Where(self.centre.settings.county, visit.town, visit.station)
        for due in Catalogue(self._documents.latest()).due(where):
            if due.name == "roster" and due.source is not None:
                text = self._documents.text(due.source.version)
                try:
                    roster = content.read_content("roster", text or "null")
                except WireError:
                    return []
                return list(roster.people) if isinstance(roster, content.Roster) else []
        return []


def may_assign(caller: Caller, work: Work) -> bool:
    """Say whether somebody may give a visit or ticket to another: a supervisor, or who has it and hands it over."""
    hands_over = work.assigned is not None and work.assigned.whom == caller.who
    return hands_over or caller.may("supervise", work.row.town)


def subject_of(visit: Found) -> str:
    """Return what the audit log calls a visit."""
    return f"{visit.station} {visit.number}"
