"""`/acceptances`: which stations are accepted, on conditions, not yet; each record with findings, pictures and paper.

Who may see the county's stations may read them: a picture leaves a station only once a technician has confirmed that
nobody is in it, and the names of technician and witness are those on the paper. Screens on walls are let in nowhere.
"""

from typing import Any, Final

import msgspec
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from hub.store.acceptances import AcceptancesReader, Accepted
from hub.web.centre import Centre
from hub.web.door import Door
from hub.web.problem import ProblemError
from wire.acceptance import Read, read_filed
from wire.enrolment import SignedMessage

STANDINGS: Final = ("accepted", "conditional", "refused", "none")


class AcceptancePages:
    """The pages."""

    def __init__(self, centre: Centre) -> None:
        """Take the county's centre."""
        self._centre, self._reader = centre, AcceptancesReader(centre.database.reader)

    def doors(self) -> list[Door]:
        """Return the doors."""
        return [
            Door("/acceptances", self.listed, "see"),
            Door("/acceptances/{number:int}", self.one, "see"),
            Door("/acceptances/{number:int}/paper.pdf", self.paper, "see"),
            Door("/acceptances/{number:int}/pictures/{place:int}", self.picture, "see"),
        ]

    async def listed(self, request: Request) -> Response:
        """Return every station with its last record; `verdict` and `town` narrow them."""
        newest = await to_thread.run_sync(self._reader.newest)
        stations = self._centre.view.stations()
        standing = {one.station: newest[one.station].verdict if one.station in newest else "none" for one in stations}
        verdict = request.query_params.get("verdict", "")
        asked = verdict if verdict in STANDINGS else ""
        town = request.query_params.get("town", "")[:64]
        rows = [
            (one, newest.get(one.station), standing[one.station])
            for one in stations
            if asked in {"", standing[one.station]} and town in {"", one.town}
        ]
        shown = {
            "rows": sorted(rows, key=lambda row: STANDINGS[::-1].index(row[2])),
            "counts": {name: sum(one == name for one in standing.values()) for name in STANDINGS},
            "every": len(stations),
            "asked": asked,
            "town": town,
            "towns": list(dict.fromkeys(one.town for one in stations)),
            "standings": STANDINGS,
        }
        return self._centre.pages.render(request, "acceptances.html", shown)

    async def one(self, request: Request) -> Response:
        """Return one record."""
        accepted, read = await to_thread.run_sync(self._found, request.path_params["number"])
        others = await to_thread.run_sync(self._reader.listed, accepted.station)
        shown: dict[str, Any] = {
            "accepted": accepted,
            "record": read.record,
            "others": [other for other in others if other.id != accepted.id],
            "is_newest": others[0].id == accepted.id,
        }
        return self._centre.pages.render(request, "acceptance.html", shown)

    async def paper(self, request: Request) -> Response:
        """Return the record as the technician's paper."""
        accepted, read = await to_thread.run_sync(self._found, request.path_params["number"])
        name = f"acceptance-{accepted.station}-{accepted.digest[:12]}.pdf"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(read.paper, media_type="application/pdf", headers=headers)

    async def picture(self, request: Request) -> Response:
        """Return what one camera saw."""
        _, read = await to_thread.run_sync(self._found, request.path_params["number"])
        place = request.path_params["place"]
        if place >= len(read.record.pictures):
            raise _no_such()
        return Response(read.record.pictures[place].jpeg, media_type="image/jpeg")

    def _found(self, number: int) -> tuple[Accepted, Read]:
        found = self._reader.find(number)
        if found is None:
            raise _no_such()
        accepted, message = found
        return accepted, read_filed(msgspec.json.decode(message, type=SignedMessage).payload)


def _no_such() -> ProblemError:
    return ProblemError(404, "E-FILED-05", "No such record", "no such acceptance record 没有这份验收单")
