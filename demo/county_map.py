"""A made-up map for a made-up county: GeoJSON with a wiggly area for each town. No border is a real one."""

import math
import random
from collections.abc import Mapping
from itertools import pairwise
from typing import Final

Point = tuple[float, float]

WEST, NORTH = 119.50, 33.60
WIDE, HIGH = 0.62, 0.40
_WIGGLES: Final = 4
_ROUNDS: Final = 12


def made_up_map(sizes: Mapping[str, int], seed: int = 9) -> dict[str, object]:
    """Return a FeatureCollection with an area for each town, named as it is, about as large as its number of villages.

    The seed decides the borders.
    """
    chance = random.Random(seed)
    county = [
        (0.5 + 0.5 * math.cos(turn) * stretch, 0.5 + 0.5 * math.sin(turn) * stretch)
        for step in range(28)
        for turn, stretch in [(step * math.tau / 28, chance.uniform(0.86, 1.0))]
    ]
    seats = [(chance.uniform(0.2, 0.8), chance.uniform(0.2, 0.8)) for _ in sizes]
    weights = [0.0] * len(seats)
    total = sum(sizes.values())
    areas = [county] * len(seats)
    for _ in range(_ROUNDS * 4):
        areas = [_cell(county, seats, weights, index) for index in range(len(seats))]
        seats = [_middle(area) if len(area) > 2 else seat for area, seat in zip(areas, seats, strict=True)]
        for index, (area, size) in enumerate(zip(areas, sizes.values(), strict=True)):
            weights[index] += 0.04 * (size / total - _surface(area) / _surface(county))
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"name": town},
                "geometry": {"type": "Polygon", "coordinates": [_degrees(_wiggly(area))]},
            }
            for town, area in zip(sizes, areas, strict=True)
            if len(area) > 2
        ],
    }


def _cell(county: list[Point], seats: list[Point], weights: list[float], index: int) -> list[Point]:
    """Return what is nearer to one seat than to any other, by its weight."""
    area, (x, y) = county, seats[index]
    for other, (a, b) in enumerate(seats):
        if other != index:
            dx, dy = a - x, b - y
            limit = (a * a + b * b - x * x - y * y + weights[index] - weights[other]) / 2
            area = _cut(area, dx, dy, limit)
    return area


def _cut(area: list[Point], dx: float, dy: float, limit: float) -> list[Point]:
    kept: list[Point] = []
    for (x1, y1), (x2, y2) in pairwise([*area, *area[:1]]):
        one, two = x1 * dx + y1 * dy - limit, x2 * dx + y2 * dy - limit
        if one <= 0:
            kept.append((x1, y1))
        if (one <= 0) != (two <= 0):
            part = one / (one - two)
            kept.append((x1 + (x2 - x1) * part, y1 + (y2 - y1) * part))
    return kept


def _surface(area: list[Point]) -> float:
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise([*area, *area[:1]]))) / 2


def _middle(area: list[Point]) -> Point:
    return sum(x for x, _ in area) / len(area), sum(y for _, y in area) / len(area)


def _wiggly(area: list[Point]) -> list[Point]:
    """Return a border that is not straight; two neighbours share theirs, for it is drawn from its ends."""
    ring: list[Point] = []
    for start, end in pairwise([*area, *area[:1]]):
        one, two = _rounded(start), _rounded(end)
        line = _broken(min(one, two), max(one, two), _WIGGLES)
        ring += (line if one < two else line[::-1])[:-1]
    return [*ring, *ring[:1]]


def _rounded(point: Point) -> Point:
    return round(point[0], 6), round(point[1], 6)


def _broken(one: Point, two: Point, depth: int) -> list[Point]:
    if not depth or math.dist(one, two) < 0.01:
        return [one, two]
    aside = random.Random(f"{one}{two}").uniform(-0.12, 0.12)
    middle = (
        (one[0] + two[0]) / 2 - (two[1] - one[1]) * aside,
        (one[1] + two[1]) / 2 + (two[0] - one[0]) * aside,
    )
    return [*_broken(one, middle, depth - 1)[:-1], *_broken(middle, two, depth - 1)]


def _degrees(ring: list[Point]) -> list[list[float]]:
    return [[round(WEST + x * WIDE, 5), round(NORTH - y * HIGH, 5)] for x, y in ring]
