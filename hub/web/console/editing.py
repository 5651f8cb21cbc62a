"""`/library/<kind>/edit` and `/preview`: a draft of a document, row by row, seen as a kiosk shows it; publishing it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.access.chain import Deed
from hub.errors import HubError
from hub.library.desk import check
from hub.library.differences import differences
from hub.library.editing import Edited, EditError, edited, typed
from hub.library.filling import MOST_BLANKS, SPARE_BLANKS, inputs_of, shown
from hub.library.rules import Catalogue, Spot, Where
from hub.library.shapes import BLANK_KINDS, SHAPES, label_of, rows_of, said_in
from hub.store.engine import StoreError
from hub.store.shelves import DraftKey, DraftRow, StaleError, begin_draft, discard_draft, publish_draft, save_draft
from hub.web.centre import Centre
from hub.web.console.library import week_of
from hub.web.door import Door, caller_of
from hub.web.forms import Field, done, form_of, read_version
from hub.web.pages import WORDS, language_of
from hub.web.problem import ProblemError
from hub.web.shelf import EDITS, Shelf, as_json, content_of, kind_of, published_of, written
from wire.errors import WireError

SPOT, NUMBER, REASON = Field(90, needed=True), Field(16, needed=True), Field(120)
MOST_DEEDS: Final = 20
"""More spots than this stand in one entry of the audit log; the documents themselves say which."""


class Form(NamedTuple):
    """What a form of the editor holds: which row (a place, `new`, `own`), its fields, and what is wrong of them."""

    row: str
    values: Mapping[str, str]
    wrong: Mapping[str, str]


class EditingPages:
    """The pages, and what they read from."""

    def __init__(self, centre: Centre) -> None:
        """Take the county's centre."""
        self._centre, self._shelf = centre, Shelf(centre)

    def doors(self) -> list[Door]:
        """Return the doors."""
        return [
            Door("/library/{name}/draft", self.begin, EDITS, ("POST",)),
            Door("/library/{name}/edit", self.edit, EDITS, ("GET", "POST")),
            Door("/library/{name}/discard", self.discard, EDITS, ("POST",)),
            Door("/library/{name}/preview", self.preview, EDITS, ("GET", "POST")),
        ]

    async def begin(self, request: Request) -> Response:
        """Begin a draft from what is published there, else from what the wider scope has, or go on with the one."""
        name = kind_of(request)
        sent = await form_of(request, {"spot": SPOT})
        spot = self._shelf.spot(sent["spot"])
        self._shelf.check(caller_of(request), spot)
        began_from, text = await to_thread.run_sync(self._shelf.before, name, spot)
        who, now_ms = caller_of(request).who, self._centre.now_ms()
        await self._centre.change(
            request, lambda connection: begin_draft(connection, name, spot, text, began_from, who, now_ms)
        )
        return RedirectResponse(_address(name, "edit", spot), 303)

    async def edit(self, request: Request) -> Response:
        """Show a draft and one of its rows to fill in, or save what was filled in."""
        name = kind_of(request)
        if request.method == "POST":
            return await self._save(request, name)
        spot = self._spot(request)
        draft = await self._draft(name, spot)
        row = request.query_params.get("row", "")
        content = content_of(draft.text)
        return await self._show(request, draft, Form(row, _filled(name, content, row, request.query_params), {}))

    async def _save(self, request: Request, name: str) -> Response:
        shape = SHAPES[name]
        inputs = inputs_of(shape.own) | inputs_of(shape.row)
        fields = {key: Field(one.most, lines=one.lines) for key, one in inputs.items()}
        control = {"spot": SPOT, "revision": NUMBER, "act": NUMBER, "row": Field(8), "was": Field(300)}
        sent = await form_of(request, fields | control)
        spot, row, act = self._shelf.spot(sent["spot"]), sent["row"], sent["act"]
        self._shelf.check(caller_of(request), spot)
        values = typed(name, row, sent)
        draft = await self._draft(name, spot)
        try:
            made = edited(name, content_of(draft.text), Edited(act, row, values, sent["was"]))
            key = DraftKey(name, spot, read_version(sent["revision"]))
            who, now_ms, text = caller_of(request).who, self._centre.now_ms(), as_json(made)
            await self._centre.change(request, lambda connection: save_draft(connection, key, text, who, now_ms))
        except EditError as error:
            form = Form(row, values, error.wrong)
            return await self._show(request, draft, form, status=422)
        except StaleError as error:
            draft = await self._draft(name, spot)
            if not _same_row(name, content_of(draft.text), row, sent["was"]):
                row = "new"
            form = Form(row if act in {"row", "own"} else "", values, {})
            return await self._show(request, draft, form, status=409, trouble=error)
        return done(_address(name, "edit", spot), "saved")

    async def _show(
        self, request: Request, draft: DraftRow, form: Form, *, status: int = 200, trouble: HubError | None = None
    ) -> Response:
        language = language_of(request)
        content, shape = content_of(draft.text), SHAPES[draft.name]
        rows = rows_of(draft.name, content)
        values = {
            "draft": draft,
            "name": draft.name,
            "shape": shape,
            "rows": rows,
            "label": lambda row: label_of(draft.name, row, language),
            "label_zh": lambda row: label_of(draft.name, row, "zh"),
            "failed": status == 422,
            "was": _was(draft.name, rows, form.row),
            "form": form,
            "own_values": form.values if form.row == "own" else shown(shape.own, content),
            "own_wrong": form.wrong if form.row == "own" else {},
            "place": self._shelf.place_of(WORDS[language])(draft.spot),
            "spot": written(draft.spot),
            "blanks": range(min(MOST_BLANKS, _blanks_of(form.values) + SPARE_BLANKS)),
            "blank_kinds": BLANK_KINDS,
            "trouble": trouble,
            "address": lambda what: _address(draft.name, what, draft.spot),
        }
        return self._centre.pages.render(request, "document_edit.html", values, status=status)

    async def discard(self, request: Request) -> Response:
        """Throw a draft away."""
        name = kind_of(request)
        sent = await form_of(request, {"spot": SPOT, "revision": NUMBER})
        spot = self._shelf.spot(sent["spot"])
        self._shelf.check(caller_of(request), spot)
        key = DraftKey(name, spot, read_version(sent["revision"]))
        deed = Deed("library.discard", f"{name} {written(spot)}")
        try:
            await self._centre.change(request, lambda connection: discard_draft(connection, key), deed)
        except StaleError as error:
            draft = await self._draft(name, spot)
            return await self._show(request, draft, Form("", {}, {}), status=409, trouble=error)
        return done(f"/library/{name}?{urlencode({'spot': written(spot)})}", "discarded")

    async def preview(self, request: Request) -> Response:
        """Show a draft as a kiosk does and what it changes, or publish it."""
        name = kind_of(request)
        if request.method == "POST":
            return await self._publish(request, name)
        draft = await self._draft(name, self._spot(request))
        return await self._ready(request, draft)

    async def _ready(self, request: Request, draft: DraftRow, *, status: int = 200, trouble: str = "") -> Response:
        values = await to_thread.run_sync(self._compared, request, draft)
        return self._centre.pages.render(request, "document_preview.html", values | {"trouble": trouble}, status=status)

    def _compared(self, request: Request, draft: DraftRow) -> dict[str, Any]:
        language, desk, caller = language_of(request), self._shelf.desk(), caller_of(request)
        catalogue = Catalogue(desk.reader.latest())
        latest = catalogue.latest(draft.name, draft.spot)
        old = None if latest is None or latest.withdrawn else published_of(draft.name, desk.reader.text(latest.version))
        content = content_of(draft.text)
        flaw = ""
        try:
            check(draft.name, draft.text)
        except (HubError, WireError) as error:
            flaw = str(error)
        county = self._shelf.county().place
        mine = [one for one in desk.villages if draft.spot in Where(county, one.town, one.code).spots()]
        return {
            "draft": draft, "name": draft.name, "content": content, "rows": rows_of(draft.name, content),
            "label": lambda row: label_of(draft.name, row, language),
            "says": lambda value: said_in(value, language),
            "week": week_of(content) if draft.name == "roster" else (),
            "large": request.query_params.get("size") == "large",
            "differences": differences(draft.name, old, content, language),
            "latest": latest, "newer": latest is not None and latest.version > draft.began_from,
            "flaw": flaw, "spot": written(draft.spot),
            "place": self._shelf.place_of(WORDS[language])(draft.spot),
            "own_editions": len(mine) - desk.reach(catalogue, draft.name, draft.spot),
            "towns": self._shelf.towns(caller), "whole": caller.may(EDITS, ""),
            "address": lambda what: _address(draft.name, what, draft.spot),
        }  # fmt: skip

    async def _publish(self, request: Request, name: str) -> Response:
        towns = self._shelf.towns(caller_of(request))
        places = {f"t{place}": Spot("town", town.name) for place, town in enumerate(towns)}
        places |= {f"s{one.code}": Spot("station", one.code) for town in towns for one in town.villages}
        control = {"spot": SPOT, "revision": NUMBER, "over": NUMBER, "to": NUMBER, "reason": REASON}
        sent = await form_of(request, control | {key: Field(3) for key in places})
        spot = self._shelf.spot(sent["spot"])
        draft = await self._draft(name, spot)
        spots = [where for key, where in places.items() if sent[key]] if sent["to"] == "chosen" else [spot]
        if not spots:
            return await self._ready(request, draft, status=422, trouble="choose")
        for one in spots:
            self._shelf.check(caller_of(request), one)
        try:
            text = check(name, draft.text).text
            await self._send(request, draft, text, spots, sent)
        except StaleError as error:
            return await self._ready(request, await self._draft(name, spot), status=409, trouble=str(error))
        except (HubError, StoreError, WireError) as error:
            return await self._ready(request, draft, status=422, trouble=str(error))
        return done(f"/library/{name}?{urlencode({'spot': written(spots[0])})}", "published")

    async def _send(
        self, request: Request, draft: DraftRow, text: str, spots: Sequence[Spot], sent: Mapping[str, str]
    ) -> None:
        who, now_ms = caller_of(request).who, self._centre.now_ms()
        key, over = DraftKey(draft.name, draft.spot, read_version(sent["revision"])), read_version(sent["over"])
        above = await to_thread.run_sync(self._shelf.desk().most_held, now_ms)
        subjects = [f"{draft.name} {written(one)}" for one in spots]
        if len(subjects) > MOST_DEEDS:
            subjects = [f"{draft.name} x{len(subjects)} {subjects[0]} … {subjects[-1]}"[:200]]
        await self._centre.change(
            request,
            lambda connection: publish_draft(connection, key, text, spots, who, now_ms, above=above, over=over),
            *[Deed("library.publish", subject, sent["reason"]) for subject in subjects],
        )

    def _spot(self, request: Request) -> Spot:
        spot = self._shelf.spot(request.query_params.get("spot"))
        self._shelf.check(caller_of(request), spot)
        return spot

    async def _draft(self, name: str, spot: Spot) -> DraftRow:
        draft = await to_thread.run_sync(self._shelf.drafts.find, name, spot)
        if draft is None:
            raise ProblemError(404, "E-DOC-07", "No draft", "it was published or thrown away 草稿已下发或已放弃")
        return draft


def _address(name: str, what: str, spot: Spot) -> str:
    return f"/library/{name}/{what}?{urlencode({'spot': written(spot)})}"


def _filled(name: str, content: Mapping[str, Any], row: str, query: Mapping[str, str]) -> dict[str, str]:
    """Return the fields of the row that is filled in; a new one takes what the address says of it."""
    shape, rows = SHAPES[name], rows_of(name, content)
    if row == "own" or not shape.row:
        return shown(shape.own, content)
    if row.isdigit() and int(row) < len(rows):
        return shown(shape.row, rows[int(row)])
    given = {key: query[key] for key in inputs_of(shape.row) if key in query}
    return shown(shape.row, {}) | given


def _was(name: str, rows: Sequence[Mapping[str, Any]], row: str) -> str:
    return label_of(name, rows[int(row)], "zh") if row.isdigit() and int(row) < len(rows) else ""


def _same_row(name: str, content: Mapping[str, Any], row: str, was: str) -> bool:
    return row == "own" or (bool(was) and _was(name, rows_of(name, content), row) == was)


def _blanks_of(values: Mapping[str, str]) -> int:
    """Return how many gaps a form holds."""
    return max((n + 1 for n in range(MOST_BLANKS) if values.get(f"blanks_{n}_id")), default=0)
