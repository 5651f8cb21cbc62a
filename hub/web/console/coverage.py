"""`/coverage`: which villages are served in earnest (有效覆盖), and of the others why not."""

from collections.abc import Mapping
from typing import Any, Final

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from hub.store.acceptances import AcceptancesReader
from hub.store.worklists import WorkReader
from hub.visits.day import DAY_MS
from hub.web.centre import Centre
from hub.web.door import Door
from hub.web.shelf import Shelf
from hub.work.effective import WITHIN_DAYS, Covered, Village, covered, totals

CHOICES: Final = (7, 30, 90)
LOOK_BACK_DAYS: Final = 400
"""What was done longer ago counts as never."""


class CoveragePages:
    """The page, and what it reads from."""

    def __init__(self, centre: Centre) -> None:
        """Take the county's centre."""
        self._centre, self._shelf = centre, Shelf(centre)
        self._reader = WorkReader(centre.database.reader)
        self._acceptances = AcceptancesReader(centre.database.reader)

    def doors(self) -> list[Door]:
        """Return the door."""
        return [Door("/coverage", self.page, "see")]

    async def page(self, request: Request) -> Response:
        """Return the county's figures, and who is not served in earnest within `days`."""
        asked = request.query_params.get("days", "")
        days = int(asked) if asked in {str(one) for one in CHOICES} else WITHIN_DAYS
        values = await to_thread.run_sync(self._values, days)
        return self._centre.pages.render(request, "coverage.html", values)

    def _values(self, days: int) -> dict[str, Any]:
        every, resting = self.covered(days)
        whole = totals(every)
        towns: dict[str, list[Covered]] = {}
        for one in every:
            towns.setdefault(one.health.town, []).append(one)
        accepted = {code for code, last in self._acceptances.newest().items() if last.verdict == "accepted"}
        return {
            "every": whole.villages,
            "accepted": len({one.health.station for one in every} & accepted),
            "there": whole.there,
            "effective": whole.effective,
            "lacking": [one for one in every if one.reasons],
            "towns": {name: totals(some) for name, some in towns.items()},
            "days": days,
            "choices": CHOICES,
            "resting": resting,
        }

    def covered(self, days: int) -> tuple[list[Covered], int]:
        """Return how every village in service is covered, by code, and how many are not in service."""
        view, now_ms = self._centre.view, self._centre.now_ms()
        resting, healths = view.out_of_service(), view.stations()
        active = self._reader.active(now_ms - LOOK_BACK_DAYS * DAY_MS)
        advisers = {village.code: _advisers(roster) for village, roster in self._shelf.due("roster")}
        found = [
            covered(Village(one, advisers.get(one.station, ()), active.get(one.station, {})), now_ms, days)
            for one in healths
            if one.station not in resting
        ]
        return found, len(healths) - len(found)


def _advisers(roster: Mapping[str, Any]) -> list[str]:
    return [one["name"] for one in roster.get("people", ()) if one["role"] == "legal_adviser"]
