"""The page `/lines`: who can see whom, town by town and village by village, and the lines to look at."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from hub.health.lines import LegNow, Lines
from hub.health.matrix import Village, village_matrix
from hub.health.mos import CALL_MOS, CALL_RTT_MS
from hub.view import View
from hub.web import heat
from hub.web.door import Door
from hub.web.linked import LinkedWatch, Matrix, linked_of
from hub.web.pages import Pages
from hub.web.picture import called, holders, short_names

WITHOUT: Final[tuple[tuple[heat.Level, str, str], ...]] = (
    ("unknown", heat.SIGNS["unknown"], "unknown"),
    ("excused", heat.SIGNS["excused"], "excused"),
)
"""Of neither a score nor a share: cells that have no figure."""
LEGEND: Final[tuple[tuple[heat.Level, str, str], ...]] = (
    ("good", f"≥ {heat.GOOD_MOS}", "best"),
    ("fair", f"{CALL_MOS}-{heat.GOOD_MOS - 0.1:.1f}", "fair"),
    ("poor", f"{heat.BAD_MOS}-{CALL_MOS - 0.1:.1f}", "poor"),
    ("bad", f"< {heat.BAD_MOS}", "bad"),
    ("off", heat.SIGNS["off"], "off"),
    *WITHOUT,
)
"""Of a score: how it looks, its numbers, its word."""
SHARES: Final[tuple[tuple[heat.Level, str, str], ...]] = (
    ("good", "100", ""),
    ("fair", f"{heat.FAIR_SHARE * 100:.0f}-99", ""),
    ("poor", f"{heat.POOR_SHARE * 100:.0f}-{heat.FAIR_SHARE * 100 - 1:.0f}", ""),
    ("bad", f"1-{heat.POOR_SHARE * 100 - 1:.0f}", ""),
    ("off", "0", ""),
    *WITHOUT,
)
"""Of a share of pairs in percent."""


ROOMY_TOWNS: Final = 16
"""Of so many towns the cells are large, and the lists stand beside them."""


class Row(NamedTuple):
    """One row of a matrix."""

    name: str
    state: str
    """Of the village; empty for a town."""
    cells: Sequence[heat.Shown]


class LinePages:
    """The page, and what it reads from."""

    def __init__(self, view: View, lines: Lines, linked: LinkedWatch, pages: Pages) -> None:
        """Take everything that is read, and what draws it."""
        self._view, self._lines, self._linked, self._pages = view, lines, linked, pages

    def doors(self) -> list[Door]:
        """Return the door."""
        return [Door("/lines", self.page, "see")]

    async def page(self, request: Request) -> Response:
        """Return the county's matrix, or that of the towns `a` and `b`."""
        values = await to_thread.run_sync(self._values, request.query_params.get("a"), request.query_params.get("b"))
        return self._pages.render(request, "lines.html", values, status=404 if values["gone"] else 200)

    def _values(self, a: str | None, b: str | None) -> Mapping[str, object]:
        matrix, now_ms = self._linked.matrix(), self._pages.now_ms()
        names = list(dict.fromkeys(village.town for village in matrix.villages))
        asked = [town for town in (a, b) if town is not None]
        chosen = [town for town in asked if town in names]
        shown = {
            "at_ms": matrix.at_ms,
            "linked": linked_of(matrix.rate),
            "rate": matrix.rate,
            "short": lambda village: called(village.name, village.town),
            "gone": len(chosen) < len(asked),
            "chosen": (),
            "call_mos": CALL_MOS,
            "call_rtt_ms": round(CALL_RTT_MS),
        }
        if chosen and not shown["gone"]:
            return shown | _of_two(matrix, chosen[0], chosen[-1])
        return shown | of_county(matrix, names) | self._to_look_at(matrix.villages, now_ms)

    def _to_look_at(self, villages: Sequence[Village], now_ms: int) -> dict[str, object]:
        legs: Mapping[str, LegNow] = self._lines.legs()
        worst, counts = heat.legs_to_look_at(villages, legs, now_ms)
        return {
            "worst": worst,
            "leg_counts": counts,
            "held": holders(self._view.incidents()),
            "tests": heat.pairs_to_look_at(villages, legs, self._lines.measured(), now_ms),
        }


def of_county(matrix: Matrix, names: Sequence[str]) -> dict[str, object]:
    """Return what a template shows of the pairs of all towns."""
    rows = [Row(town, "", [heat.town_cell(matrix.towns[town, other]) for other in names]) for town in names]
    return {"rows": rows, "heads": names, "legend": SHARES, "roomy": len(names) <= ROOMY_TOWNS}


def _of_two(matrix: Matrix, town: str, other: str) -> dict[str, object]:
    these, those = ([one for one in matrix.villages if one.town == name] for name in (town, other))
    lefts, heads = (_shorts(some) for some in (these, those))
    cells = village_matrix(these, those)
    rows = [
        Row(name, village.state, [heat.village_cell(cell) for cell in line])
        for name, village, line in zip(lefts, these, cells, strict=True)
    ]
    return {"rows": rows, "heads": heads, "legend": LEGEND, "chosen": (town, other)}


def _shorts(villages: Sequence[Village]) -> list[str]:
    return short_names([village.name for village in villages], villages[0].town)
