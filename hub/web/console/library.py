"""`/library`: every document of the county with who has it; `/library/<kind>`: one, its versions, taking it back."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from hub.access.caller import Caller
from hub.access.chain import Deed
from hub.library import standing
from hub.library.desk import Holding, LibraryDesk, check
from hub.library.differences import differences
from hub.library.rules import Catalogue, Edition, Spot
from hub.library.shapes import SHAPES, label_of, rows_of, said_in
from hub.store.documents import add_edition
from hub.store.engine import StoreError, Transaction
from hub.store.shelves import StaleError, check_over
from hub.store.stations import Village
from hub.web.centre import Centre
from hub.web.door import Door, caller_of
from hub.web.forms import Field, done, form_of, read_version
from hub.web.pages import WORDS, Words, language_of
from hub.web.problem import ProblemError
from hub.web.shelf import Shelf, kind_of, published_of, written
from hub.web.words.library import KIND

MOST_LACKING: Final = 200
REASON: Final = Field(120)


class Line(NamedTuple):
    """One edition as the list shows it."""

    edition: Edition
    should: int
    has: int


class LibraryPages:
    """The pages, and what they read from."""

    def __init__(self, centre: Centre) -> None:
        """Take the county's centre."""
        self._centre, self._shelf = centre, Shelf(centre)

    def doors(self) -> list[Door]:
        """Return the doors."""
        return [
            Door("/library", self.listed, "see"),
            Door("/library/{name}", self.one, "see"),
            Door("/library/{name}/versions/{version:int}", self.version, "see"),
            Door("/library/{name}/withdraw", self.withdraw, "library", ("POST",)),
            Door("/library/{name}/restore", self.restore, "library", ("POST",)),
        ]

    async def listed(self, request: Request) -> Response:
        """Return every kind with its editions, and the drafts."""
        said, caller = WORDS[language_of(request)], caller_of(request)
        try:
            values = await to_thread.run_sync(self._listed, caller)
        except StoreError:
            values = {"groups": [], "drafts": [], "unreadable": True}
        return self._render(request, "library.html", said, values)

    async def one(self, request: Request) -> Response:
        """Return one kind of document for one spot."""
        name, spot = kind_of(request), self._shelf.spot(request.query_params.get("spot"))
        values = await to_thread.run_sync(self._one, caller_of(request), name, spot, language_of(request))
        return self._render(request, "document.html", WORDS[language_of(request)], values)

    async def version(self, request: Request) -> Response:
        """Return what one version changed against the one before it there."""
        name, spot = kind_of(request), self._shelf.spot(request.query_params.get("spot"))
        number, language = int(request.path_params["version"]), language_of(request)
        values = await to_thread.run_sync(self._version, name, spot, number, language)
        return self._render(request, "document_version.html", WORDS[language], values)

    async def withdraw(self, request: Request) -> Response:
        """Take a document back from a spot."""
        name = kind_of(request)
        sent = await form_of(request, {"spot": Field(90, needed=True), "over": Field(16), "reason": REASON})
        spot, desk = self._shelf.spot(sent["spot"]), self._shelf.desk()
        self._shelf.check(caller_of(request), spot)
        edition = Catalogue(await to_thread.run_sync(desk.reader.latest)).latest(name, spot)
        if edition is None or edition.withdrawn:
            raise ProblemError(409, "E-DOC-06", "Nothing there", "it was withdrawn already 已经撤回，无可撤回的版本")
        deed = Deed("library.withdraw", f"{name} {written(spot)}", sent["reason"])
        await self._publish(request, deed, spot, None, sent["over"] or str(edition.version))
        return done(_address(name, spot), "withdrawn")

    async def restore(self, request: Request) -> Response:
        """Publish an older version of a spot anew."""
        name = kind_of(request)
        fields = {
            "spot": Field(90, needed=True),
            "version": Field(16, needed=True),
            "over": Field(16),
            "reason": REASON,
        }
        sent = await form_of(request, fields)
        spot, desk = self._shelf.spot(sent["spot"]), self._shelf.desk()
        self._shelf.check(caller_of(request), spot)
        history = await to_thread.run_sync(desk.reader.history, name, spot)
        if not any(str(one.version) == sent["version"] and not one.withdrawn for one in history):
            raise ProblemError(404, "E-DOC-06", "Nothing there", "no such version there 该范围没有这一版")
        text = await to_thread.run_sync(desk.reader.text, int(sent["version"]))
        draft = check(name, text or "null")
        why = f"{sent['version']} {sent['reason']}".strip()
        deed = Deed("library.restore", f"{name} {written(spot)}", why)
        await self._publish(request, deed, spot, draft.text, sent["over"] or str(history[0].version))
        return done(_address(name, spot), "restored")

    async def _publish(self, request: Request, deed: Deed, spot: Spot, text: str | None, over: str) -> None:
        """Publish over the version that whoever sent the form had before them; ProblemError 409 over any other."""
        name, now_ms, who = kind_of(request), self._centre.now_ms(), caller_of(request).who
        above = await to_thread.run_sync(self._shelf.desk().most_held, now_ms)

        def work(connection: Transaction) -> None:
            check_over(connection, name, spot, read_version(over))
            add_edition(connection, name, spot, text, who, now_ms, above=above)

        try:
            await self._centre.change(request, work, deed)
        except StaleError as error:
            raise ProblemError(409, error.code, "Changed since", str(error).partition(" ")[2]) from None

    def _render(self, request: Request, template: str, said: Words, values: Mapping[str, Any]) -> Response:
        language = language_of(request)
        shared = {
            "place": self._shelf.place_of(said),
            "written": written,
            "address": _address,
            "says": lambda value: said_in(value, language),
            "shapes": SHAPES,
            "unreadable": False,
        }
        return self._centre.pages.render(request, template, shared | dict(values))

    def _listed(self, caller: Caller) -> dict[str, Any]:
        desk = self._shelf.desk()
        holdings = desk.holdings(desk.villages)
        stands, drafts = standing.standings(holdings), self._shelf.drafts.all()
        editions = Catalogue(desk.reader.latest()).editions()
        groups = [(name, [_line(one, stands) for one in editions if one.name == name]) for name in KIND]
        return {
            "groups": groups,
            "drafts": drafts,
            "lacking": _counted(holdings),
            "may": lambda spot: self._shelf.may(caller, spot),
            "county": self._shelf.county(),
        }

    def _one(self, caller: Caller, name: str, spot: Spot, language: str) -> dict[str, Any]:
        desk = self._shelf.desk()
        history = desk.reader.history(name, spot)
        latest = history[0] if history else None
        text = None if latest is None else desk.reader.text(latest.version)
        content = published_of(name, text)
        mine = _of_spot(desk, spot)
        holdings = [one for one in desk.holdings(mine) if one.due.name == name]
        concerned = [one for one in holdings if one.due.source is None or one.due.source.spot == spot]
        stands = standing.standings(concerned)
        return {
            "name": name,
            "spot": spot,
            "latest": latest,
            "history": history,
            "content": content,
            "rows": rows_of(name, content),
            "label": lambda row: label_of(name, row, language),
            "week": week_of(content) if name == "roster" else (),
            "line": None if latest is None else _line(latest, stands),
            "lacking": standing.lacking(concerned, self._shelf.away())[:MOST_LACKING],
            "draft": self._shelf.drafts.find(name, spot),
            "may": self._shelf.may(caller, spot),
            "towns": self._shelf.towns(caller),
            "whole": caller.may("library", ""),
            "others": [one for one in Catalogue(desk.reader.latest()).editions() if one.name == name],
        }

    def _version(self, name: str, spot: Spot, number: int, language: str) -> dict[str, Any]:
        reader = self._shelf.desk().reader
        history = reader.history(name, spot)
        place = next((place for place, one in enumerate(history) if one.version == number), None)
        if place is None:
            raise ProblemError(404, "E-DOC-06", "Nothing there", "no such version there 该范围没有这一版")
        before = history[place + 1] if place + 1 < len(history) else None
        texts = [None if one is None else reader.text(one.version) for one in (before, history[place])]
        was, now = (None if text is None else published_of(name, text) for text in texts)
        return {
            "name": name, "spot": spot, "edition": history[place], "before": before,
            "differences": differences(name, was, now, language),
        }  # fmt: skip


def week_of(content: Mapping[str, Any]) -> list[tuple[int, list[tuple[str, Mapping[str, Any]]]]]:
    """Return of a roster who is there when, day by day: `09:00-11:30` and the person."""
    days = []
    for day in range(1, 8):
        there = [
            (f"{one['begins']}-{one['ends']}", person)
            for person in content.get("people", ())
            for one in person.get("duties", ())
            if one["weekday"] == day
        ]
        days.append((day, sorted(there, key=lambda duty: duty[0])))
    return days


def _address(name: str, spot: Spot, *rest: str) -> str:
    return "/".join(["/library", name, *rest]) + "?" + urlencode({"spot": written(spot)})


def _line(edition: Edition, stands: Mapping[int, standing.Standing]) -> Line:
    found = stands.get(edition.version, standing.Standing())
    return Line(edition, found.should, found.has)


def _counted(holdings: Sequence[Holding]) -> dict[str, int]:
    """Return how many stations lack something, by what they do: refused, ahead, behind, unseen."""
    counts: dict[str, set[str]] = {}
    for one in holdings:
        if one.state != "held":
            counts.setdefault(one.state, set()).add(one.station.code)
    return {state: len(stations) for state, stations in counts.items()}


def _of_spot(desk: LibraryDesk, spot: Spot) -> list[Village]:
    match spot.scope:
        case "station":
            return [one for one in desk.villages if one.code == spot.place]
        case "town":
            return [one for one in desk.villages if one.town == spot.place]
        case _:
            return desk.villages
