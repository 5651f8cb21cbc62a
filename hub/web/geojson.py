"""The county's GeoJSON (RFC 7946), read once at the start: areas and points with the names or codes they carry."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from hub.errors import HubError

Point = tuple[float, float]
Ring = Sequence[Point]

MOST_BYTES: Final = 32 * 2**20
MOST_POINTS: Final = 2_000_000
NAMES: Final = ("name", "NAME", "名称", "Name")
CODES: Final = ("code", "adcode", "CODE", "编码")


class Shape(NamedTuple):
    """One feature."""

    name: str
    code: str
    rings: Sequence[Ring]
    """Of areas, outer and inner ones alike: drawn by the even-odd rule."""
    points: Sequence[Point]


def read_shapes(path: Path) -> list[Shape]:
    """Return the features of a FeatureCollection; coordinates are degrees, longitude first.

    Raises HubError E-MAP-01 (cannot be read, or is too big), E-MAP-02 (is no GeoJSON FeatureCollection), E-MAP-03 (a
    feature that cannot be drawn, named by its number).
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise HubError(
                "E-MAP-01", f"{path}: larger than {MOST_BYTES >> 20} MiB; simplify it 地图文件过大，请先简化"
            )
        content = path.read_bytes()
    except OSError as error:
        raise HubError("E-MAP-01", f"{path}: the map cannot be read ({error.strerror}) 地图文件无法读取") from error
    try:
        told = msgspec.json.decode(content)
    except msgspec.DecodeError as error:
        raise HubError("E-MAP-02", f"{path}: is no JSON ({error}) 地图文件不是 JSON") from error
    features = told.get("features") if isinstance(told, dict) and told.get("type") == "FeatureCollection" else None
    if not isinstance(features, list) or not features:
        raise HubError(
            "E-MAP-02", f"{path}: is no GeoJSON FeatureCollection with features 应为含要素的 FeatureCollection"
        )
    return [_shape(path, number, feature) for number, feature in enumerate(features, 1)]


def _shape(path: Path, number: int, feature: Any) -> Shape:
    properties = (feature.get("properties") or {}) if isinstance(feature, dict) else {}
    if not isinstance(properties, dict):
        properties = {}
    name, code = _first(properties, NAMES), _first(properties, CODES)
    try:
        geometry = feature["geometry"]
        kind, coordinates = geometry["type"], geometry["coordinates"]
        rings, points = _drawn(kind, coordinates)
    except (LookupError, TypeError, ValueError) as error:
        why = error.args[0] if isinstance(error, ValueError) else "no geometry"
        raise HubError(
            "E-MAP-03",
            f"{path}: feature {number} ({name or code or '?'}): {why}; areas (Polygon, MultiPolygon) and points in "
            f"degrees are drawn 第 {number} 个要素无法绘制：应为面或点，坐标为经纬度",
        ) from error
    return Shape(name, code, rings, points)


def _first(properties: dict[str, Any], names: Sequence[str]) -> str:
    for name in names:
        value = properties.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    return ""


def _drawn(kind: str, coordinates: Any) -> tuple[list[Ring], list[Point]]:
    match kind:
        case "Polygon":
            return [_ring(ring) for ring in coordinates], []
        case "MultiPolygon":
            return [_ring(ring) for polygon in coordinates for ring in polygon], []
        case "Point":
            return [], [_point(coordinates)]
        case "MultiPoint":
            return [], [_point(one) for one in coordinates]
    raise ValueError(f"a {kind!s:.30}")


def _ring(coordinates: Any) -> Ring:
    ring = [_point(one) for one in coordinates]
    if len(ring) < 4 or ring[0] != ring[-1]:
        raise ValueError("a ring of an area must have 4 points or more and end where it begins")
    if len(ring) > MOST_POINTS:
        raise ValueError("too many points")
    return ring


def _point(coordinates: Any) -> Point:
    longitude, latitude = coordinates[0], coordinates[1]
    numbers = all(isinstance(one, int | float) and not isinstance(one, bool) for one in (longitude, latitude))
    if not numbers or not (
        math.isfinite(longitude) and math.isfinite(latitude) and abs(longitude) <= 180 and abs(latitude) <= 90
    ):
        raise ValueError("coordinates must be degrees, longitude first")
    return float(longitude), float(latitude)


def every_point(shapes: Sequence[Shape]) -> Iterator[Point]:
    """Yield all points of all features."""
    for shape in shapes:
        for ring in shape.rings:
            yield from ring
        yield from shape.points
