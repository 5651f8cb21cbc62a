"""`/certificates`: how each station stands with its certificate, what looks wrong, revoking and restoring one."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final, get_args

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from hub.access.chain import Deed
from hub.desks.enrolment_view import Row, orphaned, rows
from hub.desks.revoking import restore, revoke
from hub.enrolment.rules import State
from hub.errors import HubError
from hub.store.enrolment import EnrolmentReader
from hub.store.enrolment_doubts import DoubtsReader, see_doubt
from hub.store.stations import Village
from hub.web.centre import Centre
from hub.web.door import Door, caller_of, require
from hub.web.forms import Field, bad_field, done, form_of, key_of
from hub.web.problem import no_such_station

ADDRESS: Final = "/certificates"
STATES: Final = get_args(State)
REASON: Final = Field(200, needed=True)
MOST_ROWS: Final = 400
ACTS: Final = {"revoke": revoke, "restore": restore}


class CertificatePages:
    """The pages, and what they read from."""

    def __init__(self, centre: Centre) -> None:
        """Take the centre."""
        self._centre = centre
        self._reader, self._doubts = EnrolmentReader(centre.database.reader), DoubtsReader(centre.database.reader)

    def doors(self) -> list[Door]:
        """Return the doors."""
        return [
            Door(ADDRESS, self.listed, "provision"),
            Door(f"{ADDRESS}/doubts/{{key:int}}", self.seen, "provision", ("POST",)),
            Door(f"{ADDRESS}/{{station}}", self.shown, "provision"),
            Door(f"{ADDRESS}/{{station}}/{{act}}", self.acted, "provision", ("POST",)),
        ]

    async def listed(self, request: Request) -> Response:
        """Return the stations somebody is responsible for, and what looks wrong about them."""
        caller, asked = caller_of(request), request.query_params.get("q", "").strip()[:40]
        state = request.query_params.get("state", "")
        found = [one for one in await to_thread.run_sync(self._rows) if caller.may("provision", one.town)]
        counts = Counter(one.state for one in found)
        fitting = [
            one
            for one in found
            if (state not in STATES or one.state == state)
            and all(word in f"{one.town} {one.name} {one.code}" for word in asked.split())
        ]
        mine = {one.code: one for one in found}
        doubts = await to_thread.run_sync(self._doubts.unseen)
        orphans = await to_thread.run_sync(orphaned, found, self._centre.settings.enrolment, self._centre.now_ms())
        values = {
            "orphans": orphans,
            "rows": fitting[:MOST_ROWS],
            "most": MOST_ROWS if len(fitting) > MOST_ROWS else 0,
            "states": [(one, counts[one]) for one in STATES if counts[one]],
            "count": len(found),
            "state": state,
            "asked": asked,
            "doubts": [(one, mine.get(one.station)) for one in doubts if one.station in mine],
        }
        return self._centre.pages.render(request, "certificates.html", values)

    async def seen(self, request: Request) -> Response:
        """Note that somebody looked into something."""
        await form_of(request, {})
        key, caller, now_ms = key_of(request), caller_of(request), self._centre.now_ms()
        doubt = next((one for one in await to_thread.run_sync(self._doubts.unseen) if one.id == key), None)
        if doubt is not None:
            require(caller, "provision", self._town(doubt.station))
            deed = Deed("certificate.seen", f"{doubt.station} {doubt.code}")
            await self._centre.change(
                request, lambda connection: see_doubt(connection, doubt.id, caller.who, now_ms), deed
            )
        return done(ADDRESS, "doubt_seen")

    async def shown(self, request: Request) -> Response:
        """Return all that is known of one station's labels and certificates."""
        return await self._one(request, request.path_params["station"])

    async def acted(self, request: Request) -> Response:
        """Revoke a station, or take that back."""
        station, act = request.path_params["station"], request.path_params["act"]
        require(caller_of(request), "provision", self._town(station))
        typed = await form_of(request, {"reason": REASON, "sure": Field(3)})
        if act not in ACTS:
            raise bad_field("act", ", ".join(ACTS))
        if act == "revoke" and typed["sure"] != "yes":
            return await self._one(request, station, typed, not_sure=True)
        doing = ACTS[act](station, caller_of(request).who, typed["reason"], self._centre.now_ms())
        try:
            await self._centre.change(request, *doing)
        except HubError as error:
            return await self._one(request, station, typed, refused=str(error))
        return done(f"{ADDRESS}/{station}", f"certificate_{act}")

    async def _one(
        self,
        request: Request,
        station: str,
        typed: Mapping[str, str] | None = None,
        *,
        refused: str = "",
        not_sure: bool = False,
    ) -> Response:
        require(caller_of(request), "provision", self._town(station))
        tokens, certificates, steps = await to_thread.run_sync(self._reader.of_station, station)
        (row,) = await to_thread.run_sync(self._rows, station)
        values: dict[str, Any] = {
            "row": row,
            "tokens": tokens,
            "certificates": certificates,
            "steps": steps,
            "typed": typed or {"reason": ""},
            "refused": refused,
            "not_sure": not_sure,
        }
        return self._centre.pages.render(
            request, "certificate.html", values, status=409 if refused else 422 if not_sure else 200
        )

    def _rows(self, station: str | None = None) -> list[Row]:
        """Return all stations of the county, or one."""
        healths = [one for one in self._centre.view.stations() if station in {None, one.station}]
        villages = [Village(one.station, one.name, one.town) for one in healths]
        return rows(self._centre.database, villages, self._centre.now_ms())

    def _town(self, station: str) -> str:
        detail = self._centre.view.detail(station)
        if detail is None:
            raise no_such_station()
        return detail.health.town
