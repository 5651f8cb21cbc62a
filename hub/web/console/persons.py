"""A person's own data (`/persons`): found by the id number typed in, copied (PIPL 45), deleted (PIPL 47).

The number is in no address and in no page after it was sent: what was found is remembered here, for who searched, for
ten minutes, under a word drawn for it.
"""

import secrets
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.access.caller import Caller
from hub.access.chain import Deed
from hub.desks.copying import copy_of, file_of_copy, ticket_object
from hub.desks.ordering import MOST_REASON
from hub.desks.persons import Theirs, theirs_of
from hub.local_time import written
from hub.store.cases import VisitViewing, note_visit_viewings
from hub.store.casework import Inbox
from hub.store.casework_erasing import PersonsReader, erase_person
from hub.visits.index import PersonIndex
from hub.web import inbox
from hub.web.centre import Centre
from hub.web.console.visit_acts import person_of
from hub.web.door import Door
from hub.web.forms import Field, bad_field, form_of
from hub.web.pages import WORDS, language_of

KEPT_MS: Final = 600_000
MOST_FINDINGS: Final = 200
FIND: Final = {"id_number": Field(30, needed=True), "reason": Field(MOST_REASON, needed=True)}
COPY: Final = {"finding": Field(64, needed=True), "kind": Field(4, needed=True)}
DELETE: Final = {"finding": Field(64, needed=True), "sure": Field(4)}
BOTH: Final = ("GET", "POST")


class Finding(NamedTuple):
    """What somebody searched for: nothing of it is kept anywhere else."""

    key: bytes
    reason: str
    who: str
    at_ms: int

    def __repr__(self) -> str:
        return "Finding(…)"


class Findings:
    """The searches of the last minutes, in memory only."""

    def __init__(self, clock: Callable[[], int]) -> None:
        """Take the time."""
        self._clock = clock
        self._findings: dict[str, Finding] = {}

    def keep(self, key: bytes, reason: str, who: str) -> str:
        """Remember a search and return the word for it."""
        now_ms = self._clock()
        self._findings = {word: one for word, one in self._findings.items() if now_ms - one.at_ms < KEPT_MS}
        while len(self._findings) >= MOST_FINDINGS:
            self._findings.pop(next(iter(self._findings)))
        word = secrets.token_urlsafe(24)
        self._findings[word] = Finding(key, reason, who, now_ms)
        return word

    def get(self, word: str, who: str) -> Finding | None:
        """Return a search of this person; None when it is over, or somebody else's."""
        one = self._findings.get(word)
        return one if one is not None and one.who == who and self._clock() - one.at_ms < KEPT_MS else None


class PersonPages:
    """The pages, and what they read from."""

    def __init__(self, centre: Centre) -> None:
        """Take the county's centre."""
        self._centre = centre
        self._persons, self._inbox = PersonsReader(centre.database.reader), Inbox(centre.database.reader)
        self._index, self._findings = PersonIndex(centre.unsealer), Findings(centre.now_ms)

    def doors(self) -> list[Door]:
        """Return the doors."""
        return [
            Door("/persons", self.asked, "person"),
            Door("/persons/found", self.find, "person", BOTH),
            Door("/persons/copy", self.copy, "person", BOTH),
            Door("/persons/erased", self.erased, "person", BOTH),
        ]

    async def asked(self, request: Request) -> Response:
        """Return the form that asks whose data."""
        return self._form(request, not_indexed=await to_thread.run_sync(self._persons.not_indexed))

    async def find(self, request: Request) -> Response:
        """Return the visits of a person, masked, with what deletion would do; that it was asked is logged first."""
        if request.method != "POST":
            return RedirectResponse("/persons", 303)
        asked = await form_of(request, FIND)
        caller = person_of(request, "person")
        key = self._index.key_of_number(asked["id_number"])
        assert key is not None, "the field is needed"
        mine, elsewhere = await self._theirs(key, caller)
        count = f"{len(mine.visits)} + {len(mine.tickets)}"
        await self._centre.change(request, lambda _: None, Deed("person.find", count, asked["reason"]))
        word = self._findings.keep(key, asked["reason"], caller.who)
        values = await to_thread.run_sync(self._found, mine)
        return self._page(request, values | {"elsewhere": elsewhere, "finding": word})

    async def copy(self, request: Request) -> Response:
        """Return a copy of everything of a person as a file; each visit's opening is logged before."""
        if request.method != "POST":
            return RedirectResponse("/persons", 303)
        asked = await form_of(request, COPY)
        caller = person_of(request, "person")
        finding = self._findings.get(asked["finding"], caller.who)
        if finding is None:
            return self._form(request, WORDS[language_of(request)]["rights"]["old"])
        if asked["kind"] not in {"json", "csv"}:
            raise bad_field("kind", "json, csv")
        mine, _ = await self._theirs(finding.key, caller)
        now_ms = self._centre.now_ms()
        looked = [VisitViewing(one.id, caller.who, finding.reason, now_ms) for one in mine.visits]
        deeds = mine.deeds("person.copy", finding.reason)
        await self._centre.change(request, lambda connection: note_visit_viewings(connection, looked), *deeds)
        database, unsealer = self._centre.database, self._centre.unsealer
        head = {"made": written(now_ms), "county": self._centre.settings.county_name, "by": caller.who}

        def work() -> bytes:
            visits = copy_of(database, unsealer, [one.id for one in mine.visits])
            return file_of_copy(asked["kind"], visits, [ticket_object(one, unsealer) for one in mine.tickets], head)

        body = await to_thread.run_sync(work)
        media = "text/csv; charset=utf-8" if asked["kind"] == "csv" else "application/json"
        name = f"person-{written(now_ms)[:10]}.{asked['kind']}"
        return Response(body, media_type=media, headers={"Content-Disposition": f'attachment; filename="{name}"'})

    async def erased(self, request: Request) -> Response:
        """Erase what is personal of a person's visits, but of those that are open or held, and say how many."""
        if request.method != "POST":
            return RedirectResponse("/persons", 303)
        asked = await form_of(request, DELETE)
        said, caller = WORDS[language_of(request)]["rights"], person_of(request, "person")
        finding = self._findings.get(asked["finding"], caller.who)
        if finding is None:
            return self._form(request, said["old"])
        mine, elsewhere = await self._theirs(finding.key, caller)
        if asked["sure"] != "yes":
            values = await to_thread.run_sync(self._found, mine)
            shown = {"elsewhere": elsewhere, "finding": asked["finding"], "refused": said["not_sure"]}
            return self._page(request, values | shown, status=422)
        going = mine.going
        kept = mine.size - going.size
        wish = going.wish(finding.key, is_all=not kept and not elsewhere)
        now_ms, key_of = self._centre.now_ms(), self._index.key_of
        count = await self._centre.change(
            request,
            lambda connection: erase_person(connection, wish, key_of, caller.who, now_ms),
            *going.deeds("person.erase", finding.reason),
        )
        self._centre.database.empty_log()
        told = [said["done"].format(count)]
        told += [said["kept"].format(kept)] if kept else []
        told += [said["elsewhere"].format(elsewhere)] if elsewhere else []
        return self._form(request, done=told)

    async def _theirs(self, key: bytes, caller: Caller) -> tuple[Theirs, int]:
        """Return a person's visits and tickets where the caller may act, and how many there are elsewhere."""
        found = await to_thread.run_sync(theirs_of, self._centre.database, key)
        visits = [one for one in found.visits if caller.may("person", one.town)]
        mine = Theirs(visits, [one for one in found.tickets if caller.may("person", one.town)])
        return mine, found.size - mine.size

    def _found(self, mine: Theirs) -> dict[str, object]:
        kept = mine.decision.kept
        persons = self._inbox.persons([one.id for one in mine.visits])
        lines = []
        for one in mine.visits:
            work = self._inbox.one(one.id)
            person = persons.get(one.id)
            mask = None if person is None else self._centre.unsealer.mask(person)
            if work is not None:
                lines.append((one, work.row, inbox.state_of(work), mask, kept.get(one.id)))
        return {"lines": lines, "tickets": mine.tickets, "erasable": mine.going.size}

    def _page(self, request: Request, values: dict[str, object], *, status: int = 200) -> Response:
        shown: dict[str, object] = {"refused": "", "told": (), "most_reason": MOST_REASON, "not_indexed": 0}
        shown |= {"tickets": ()}
        return self._centre.pages.render(request, "persons.html", shown | values, status=status)

    def _form(self, request: Request, refused: str = "", *, done: Sequence[str] = (), not_indexed: int = 0) -> Response:
        values: dict[str, object] = {"finding": "", "lines": (), "erasable": 0, "elsewhere": 0}
        values |= {"refused": refused, "told": done, "not_indexed": not_indexed}
        return self._page(request, values, status=422 if refused else 200)
