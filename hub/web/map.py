"""The county's map: towns as areas and villages as dots, projected and simplified for an SVG (pure)."""

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from hub.web.geojson import Point, Ring, Shape, every_point
from wire.health import StationHealth

WIDTH, HEIGHT = 1600.0, 900.0
"""The drawing is as large as fits into these, in the county's own shape."""
MARGIN: Final = 24.0
FINENESS: Final = 0.7
"""What is left out of a border is nearer to it than this, of WIDTH."""
MOST_DOTS: Final = 2_000
TOWN_DIGITS: Final = 9
LABEL_ROOM: Final = (70.0, 26.0)
"""Half of what a town's words take: dots without a place of their own leave it free."""


class Area(NamedTuple):
    """A town, or a place that is none of the county's towns (`town` None)."""

    town: int | None
    """Which one, in the order of the wall's towns."""
    name: str
    path: str
    label: Point


class Dot(NamedTuple):
    """A village; `placed` says that the map has its place, else it stands somewhere in its town."""

    code: str
    x: float
    y: float
    placed: bool


class Drawing(NamedTuple):
    """The map, and what is lacking."""

    width: int
    height: int
    areas: Sequence[Area]
    dots: Sequence[Dot]
    radius: float
    missing: Sequence[str]
    """Villages that have no place, nor has their town."""
    strange: Sequence[str]
    """Features that are nobody's here."""


def drawn(shapes: Sequence[Shape], stations: Sequence[StationHealth]) -> Drawing:
    """Return the map of these stations, which come by code.

    A feature is a town's by its name or the first nine digits of its villages' codes, a village's by its twelve digits,
    or by a name that only one village has.
    """
    project, width, height = _projection(every_point(shapes))
    towns = list(dict.fromkeys(health.town for health in stations))
    by_name = {name: index for index, name in enumerate(towns)}
    by_code = {health.station[:TOWN_DIGITS]: by_name[health.town] for health in stations}
    villages = _villages(stations)
    areas: list[Area] = []
    places: dict[str, Point] = {}
    strange: list[str] = []
    outlines: dict[int, list[Ring]] = {}
    for shape in shapes:
        rings = [_simpler([project(point) for point in ring]) for ring in shape.rings]
        village = shape.code if shape.code in villages else villages.get(shape.name)
        town = by_name.get(shape.name, by_code.get(shape.code[:TOWN_DIGITS]) if shape.code else None)
        if village is not None and shape.name not in by_name:
            places[village] = _label(rings) if rings else _middle([project(point) for point in shape.points])
        elif rings:
            areas.append(Area(town, shape.name, _path(rings), _label(rings)))
            if town is None:
                strange.append(shape.name or shape.code)
            else:
                outlines.setdefault(town, []).extend(rings)
        else:
            strange.append(shape.name or shape.code)
    radius = max(4.0, min(13.0, 0.30 * math.sqrt(width * height / max(len(stations), 1))))
    dots, missing = _dots(stations, by_name, places, outlines, radius)
    return Drawing(round(width), round(height), areas, dots, round(radius, 1), missing, strange)


def _villages(stations: Sequence[StationHealth]) -> dict[str, str]:
    """Return the village of each code, and of each name that only one has."""
    names: dict[str, str | None] = {}
    for health in stations:
        names[health.name] = None if health.name in names else health.station
    return {health.station: health.station for health in stations} | {n: c for n, c in names.items() if c is not None}


def _dots(
    stations: Sequence[StationHealth],
    by_name: Mapping[str, int],
    places: Mapping[str, Point],
    outlines: Mapping[int, Sequence[Ring]],
    radius: float,
) -> tuple[list[Dot], list[str]]:
    dots = [Dot(code, round(x, 1), round(y, 1), placed=True) for code, (x, y) in places.items()]
    homeless: dict[int, list[str]] = {}
    for health in stations:
        if health.station not in places:
            homeless.setdefault(by_name[health.town], []).append(health.station)
    missing: list[str] = []
    for town, codes in homeless.items():
        if town not in outlines:
            missing += codes
            continue
        spots = spots_in(outlines[town], len(codes), radius)
        dots += [Dot(code, round(x, 1), round(y, 1), placed=False) for code, (x, y) in zip(codes, spots, strict=False)]
        missing += codes[len(spots) :]
    return sorted(dots), sorted(missing)


def spots_in(rings: Sequence[Ring], number: int, radius: float) -> list[Point]:
    """Return so many places within an area, those nearest its words first but none on them."""
    xs, ys = ([point[axis] for ring in rings for point in ring] for axis in (0, 1))
    left, right, top, bottom = min(xs), max(xs), min(ys), max(ys)
    middle = _label(rings)
    gap = max(2.2 * radius, math.sqrt((right - left) * (bottom - top) / max(number, 1)) * 0.9)
    while True:
        found = [
            (x, y)
            for y in _steps(top, bottom, gap)
            for x in _steps(left, right, gap)
            if inside((x, y), rings) and (gap < radius or not _on_words((x, y), middle))
        ]
        if len(found) >= number or gap < radius / 4:
            return sorted(found, key=lambda spot: math.dist(spot, middle))[:number]
        gap *= 0.85


def _on_words(spot: Point, middle: Point) -> bool:
    return abs(spot[0] - middle[0]) < LABEL_ROOM[0] and abs(spot[1] - middle[1]) < LABEL_ROOM[1]


def _steps(low: float, high: float, gap: float) -> Iterable[float]:
    number = int((high - low) / gap)
    return (low + gap / 2 + index * gap for index in range(number + 1))


def inside(point: Point, rings: Sequence[Ring]) -> bool:
    """Say whether a point is within an area, by the even-odd rule."""
    x, y = point
    odd = False
    for ring in rings:
        for (x1, y1), (x2, y2) in pairwise(ring):
            if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
                odd = not odd
    return odd


def _label(rings: Sequence[Ring]) -> Point:
    """Return where words stand well: the middle of the widest of a few level cuts, the middle ones first."""
    ys = [y for ring in rings for _, y in ring]
    top, bottom = min(ys), max(ys)
    best: tuple[float, Point] = (-1.0, rings[0][0])
    for step in range(1, 12):
        y = top + (bottom - top) * step / 12
        crossings = sorted(
            (x2 - x1) * (y - y1) / (y2 - y1) + x1
            for ring in rings
            for (x1, y1), (x2, y2) in pairwise(ring)
            if (y1 > y) != (y2 > y)
        )
        for left, right in zip(crossings[::2], crossings[1::2], strict=False):
            worth = (right - left) * (1 - abs(step - 6) / 9)
            if worth > best[0]:
                best = (worth, ((left + right) / 2, y))
    return round(best[1][0], 1), round(best[1][1], 1)


def _middle(points: Sequence[Point]) -> Point:
    return sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)


def _simpler(ring: Ring) -> Ring:
    """Return a ring without the points that nobody would see (Douglas and Peucker), never less than a triangle."""
    if len(ring) <= 5:
        return ring
    keep = {0, len(ring) - 1}
    # A ring ends where it begins: first the point that is farthest from there.
    farthest = max(range(len(ring)), key=lambda index: math.dist(ring[index], ring[0]))
    keep.add(farthest)
    work = [(0, farthest), (farthest, len(ring) - 1)]
    while work:
        first, last = work.pop()
        far, index = 0.0, 0
        for between in range(first + 1, last):
            away = _away(ring[between], ring[first], ring[last])
            if away > far:
                far, index = away, between
        if far > FINENESS:
            keep.add(index)
            work += [(first, index), (index, last)]
    if len(keep) < 4:
        keep |= {len(ring) // 4, len(ring) // 2, 3 * len(ring) // 4}
    return [ring[index] for index in sorted(keep)]


def _away(point: Point, start: Point, end: Point) -> float:
    (x, y), (x1, y1), (x2, y2) = point, start, end
    length = math.hypot(x2 - x1, y2 - y1)
    if not length:
        return math.hypot(x - x1, y - y1)
    return abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) / length


def _path(rings: Sequence[Ring]) -> str:
    return "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ring[:-1]) + "Z" for ring in rings)


class _Projection(NamedTuple):
    west: float
    north: float
    shrink: float
    scale: float

    def __call__(self, point: Point) -> Point:
        return (
            MARGIN + (point[0] - self.west) * self.shrink * self.scale,
            MARGIN + (self.north - point[1]) * self.scale,
        )


def _projection(points: Iterable[Point]) -> tuple[_Projection, float, float]:
    """Return what makes degrees places of the drawing, and its size: a county is small enough to be flat."""
    longitudes, latitudes = zip(*points, strict=True)
    west, east, south, north = min(longitudes), max(longitudes), min(latitudes), max(latitudes)
    shrink = max(math.cos(math.radians((south + north) / 2)), 0.01)
    wide, high = max((east - west) * shrink, 1e-6), max(north - south, 1e-6)
    scale = min((WIDTH - 2 * MARGIN) / wide, (HEIGHT - 2 * MARGIN) / high)
    project = _Projection(west, north, shrink, scale)
    return project, wide * scale + 2 * MARGIN, high * scale + 2 * MARGIN
