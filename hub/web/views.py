"""What the wall shows besides its grid: map, the towns' pairs, the county's day; the wall fetches each."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal, get_args

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from hub.health.mos import CALL_MOS
from hub.reports.names import SERVICES
from hub.store.today import TodayReader
from hub.web import heat
from hub.web.centre import Centre
from hub.web.console.lines import SHARES, of_county
from hub.web.door import Door
from hub.web.geojson import Shape, read_shapes
from hub.web.linked import linked_of
from hub.web.live import county_frame, layout_of
from hub.web.map import MOST_DOTS, Drawing, drawn
from hub.web.pages import language_of
from hub.web.picture import cell_state, level_of, percent_of, standings
from hub.web.problem import ProblemError
from hub.web.today import HEIGHT, WIDTH, TodayWatch, open_of, satisfied

logger = logging.getLogger(__name__)

ViewName = Literal["grid", "map", "matrix", "today", "help"]
VIEWS: Final[tuple[ViewName, ...]] = get_args(ViewName)
MOST_SERVICES: Final = 6
NAMED: Final = 12


class Views:
    """Draws the views; a county without a map file is offered no map."""

    def __init__(self, centre: Centre) -> None:
        """Take what is shown, and read the map.

        Raises HubError E-MAP-01 … 03 when there is a map file that cannot be drawn.
        """
        self._centre = centre
        file = centre.settings.web.map_file
        self._shapes: list[Shape] | None = None if file is None else read_shapes(Path(file))
        self._drawing: tuple[object, Drawing] | None = None
        reader = TodayReader(centre.database.reader)
        self._today = TodayWatch(reader, centre.readers.intervals, centre.now_ms)

    def doors(self) -> list[Door]:
        """Return the door."""
        return [Door("/wall/views/{view}", self.view, "see", kind="data")]

    @property
    def offered(self) -> list[ViewName]:
        """Return the views that can be chosen."""
        return [view for view in VIEWS if view != "help" and (view != "map" or self._shapes is not None)]

    async def view(self, request: Request) -> Response:
        """Return one view as a piece of a page."""
        name = request.path_params["view"]
        if name not in VIEWS or name == "grid":
            raise ProblemError(404, "E-WEB-07", "No such view", f"{name[:20]}: the wall has no such view 没有这个视图")
        values = await self.values(name, request)
        return self._centre.pages.render(request, f"wall_{name}.html", values)

    async def values(self, name: ViewName, request: Request) -> Mapping[str, object]:
        """Return what the view's template needs."""
        if name == "today":
            return await to_thread.run_sync(self._day, language_of(request) == "en")
        if name == "matrix":
            return await to_thread.run_sync(self._matrix)
        if name == "map":
            return await to_thread.run_sync(self._map)
        return {"offered": self.offered}

    def _matrix(self) -> dict[str, object]:
        matrix = self._centre.linked.matrix()
        names = list(dict.fromkeys(village.town for village in matrix.villages))
        return of_county(matrix, names) | {
            "pairs_linked": linked_of(matrix.rate),
            "pairs_at_ms": matrix.at_ms,
            "pairs": matrix.rate,
            "legend": SHARES,
            "call_mos": CALL_MOS,
            "signs": heat.SIGNS,
        }

    def _map(self) -> dict[str, object]:
        view = self._centre.view
        stations = view.stations()
        if self._shapes is None or not stations:
            return {"drawing": None, "towns": standings(stations, view.incidents())}
        drawing = self._drawn()
        states = {health.station: cell_state(health) for health in stations}
        names = {health.station: f"{health.town} {health.name}" for health in stations}
        dots = drawing.dots
        if len(dots) > MOST_DOTS:
            dots = [dot for dot in dots if states[dot.code] != "online"]
        order = {state: n for n, state in enumerate(("online", "noview", "maintenance", "unknown", "fault", "offline"))}
        return {
            "drawing": drawing,
            "dots": sorted(dots, key=lambda dot: order[states[dot.code]]),
            "state_of": states,
            "towns": standings(stations, view.incidents()),
            "level_of": lambda town: level_of(town.counts, down=town.down),
            "missing": [names[code] for code in drawing.missing[:NAMED]],
            "unplaced": sum(not dot.placed for dot in drawing.dots),
        }

    def _drawn(self) -> Drawing:
        """Return the drawing of the county as it is; drawn anew when its list of villages is another."""
        stations = self._centre.view.stations()
        layout = layout_of(stations)
        if self._drawing is None or self._drawing[0] != layout:
            drawing = drawn(self._shapes or [], stations)
            if drawing.strange or drawing.missing:
                logger.warning(
                    "E-MAP-04 the map has %d areas that are no town here, and no place for %d villages",
                    len(drawing.strange), len(drawing.missing),
                )  # fmt: skip
            self._drawing = (layout, drawing)
        return self._drawing[1]

    def _day(self, english: bool) -> dict[str, object]:
        view, now_ms = self._centre.view, self._centre.now_ms()
        frame = county_frame(view, view.stations(), self._centre.broker)
        day = self._today.now()
        counts: dict[str, int] = frame["counts"]  # type: ignore[assignment]
        seen = day.seen
        services = sorted(seen.services.items(), key=lambda one: (-one[1], one[0])) if seen else []
        good, graded = satisfied(seen.grades) if seen else (0, 0)
        return frame | {
            "day": day,
            "intact": percent_of(counts["online"], counts["online"] + counts["fault"] + counts["offline"]),
            "open": open_of(view.incidents(), now_ms),
            "services": [(SERVICES.get(name, (name, name))[english], n) for name, n in services[:MOST_SERVICES]],
            "more_services": sum(n for _, n in services[MOST_SERVICES:]),
            "satisfied": percent_of(good, graded),
            "graded": graded,
            "linked": self._centre.linked.now(),
            "width": WIDTH,
            "height": HEIGHT,
        }
