"""The county's map: what a GeoJSON may be, where towns and villages stand on it, and what it says does not fit."""

import contextlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demo.county_map import made_up_map
from hub.errors import HubError
from hub.web.geojson import Shape, read_shapes
from hub.web.map import HEIGHT, WIDTH, drawn, inside
from tests.hub.web.conftest import FIRST, VILLAGES
from tests.hub.web.made_up import MadeUpCounty, large_county

SQUARE = [[119.0, 33.0], [119.5, 33.0], [119.5, 33.5], [119.0, 33.5], [119.0, 33.0]]


def feature(kind: str = "Polygon", coordinates: Any = None, **properties: object) -> dict[str, object]:
    told = [SQUARE] if coordinates is None else coordinates
    return {"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": told}}


def read(tmp_path: Path, told: object) -> list[Shape]:
    file = tmp_path / "county.geojson"
    file.write_text(told if isinstance(told, str) else json.dumps(told), "utf-8")
    return read_shapes(file)


def collection(*features: object) -> dict[str, object]:
    return {"type": "FeatureCollection", "features": list(features)}


@pytest.mark.parametrize(
    ("told", "code", "says"),
    [
        pytest.param("{", "E-MAP-02", "JSON", id="no JSON"),
        pytest.param({"type": "Topology"}, "E-MAP-02", "FeatureCollection", id="another format"),
        pytest.param(collection(), "E-MAP-02", "FeatureCollection", id="nothing in it"),
        pytest.param(collection(feature(), "x"), "E-MAP-03", "feature 2", id="a feature that is none"),
        pytest.param(
            collection(feature("LineString", SQUARE, name="河")), "E-MAP-03", "河.: a LineString", id="a line"
        ),
        pytest.param(collection(feature(coordinates=[SQUARE[:3]])), "E-MAP-03", "4 points", id="a ring of three"),
        pytest.param(collection(feature(coordinates=[SQUARE[:4]])), "E-MAP-03", "end where", id="a ring that is open"),
        pytest.param(collection(feature("Point", [40500000, 3700000])), "E-MAP-03", "degrees", id="metres"),
        pytest.param(collection(feature("Point", ["119", 33])), "E-MAP-03", "degrees", id="words"),
        pytest.param(collection(feature("Point", None) | {"geometry": None}), "E-MAP-03", "no geometry", id="no shape"),
    ],
)
def test_a_file_that_cannot_be_drawn_is_refused_with_the_reason(
    tmp_path: Path, told: object, code: str, says: str
) -> None:
    with pytest.raises(HubError, match=f"{code}.*{says}") as refused:
        read(tmp_path, told)
    assert "county.geojson" in str(refused.value)


def test_a_file_that_is_not_there_is_said_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(HubError, match="E-MAP-01"):
        read_shapes(tmp_path / "none.geojson")
    county = MadeUpCounty(VILLAGES)
    county.map = {"type": "Feature"}
    try:
        with pytest.raises(HubError, match="E-MAP-02"):
            county.app(tmp_path)
    finally:
        county.close()


@settings(max_examples=60, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.sampled_from(("type", "features", "geometry", "coordinates", "properties", "Polygon")), x), max_leaves=12))  # fmt: skip  # noqa: E501
def test_whatever_a_file_holds_it_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, told: object) -> None:
    folder = tmp_path_factory.getbasetemp()
    for whole in (told, collection(told), collection(feature(coordinates=told)), collection(feature("Point", told))):
        with contextlib.suppress(HubError):
            read(folder, json.dumps(whole))


def test_towns_are_found_by_name_or_code_and_villages_by_theirs() -> None:
    county = MadeUpCounty(VILLAGES)
    rings = [[(point[0], point[1]) for point in SQUARE]]
    shapes = [
        Shape("测试1镇", "", rings, []),
        Shape("别名", VILLAGES[4][0][:9], rings, []),
        Shape("别县的镇", "", rings, []),
        Shape("", FIRST, [], [(119.1, 33.1)]),
        Shape("测试1第2村", "", [], [(119.2, 33.2)]),
        Shape("不存在的村", "", [], [(119.2, 33.2)]),
    ]
    map_ = drawn(shapes, county.view.stations())
    assert [(area.town, area.name) for area in map_.areas] == [(0, "测试1镇"), (1, "别名"), (None, "别县的镇")]
    assert map_.strange == ["别县的镇", "不存在的村"]
    assert [dot.code for dot in map_.dots if dot.placed] == [FIRST, VILLAGES[1][0]]
    assert len(map_.dots) == len(VILLAGES)
    assert map_.missing == []
    first = next(dot for dot in map_.dots if dot.code == FIRST)
    assert first.x < map_.width / 3
    assert first.y > map_.height / 2, "north is up"


def test_a_town_without_an_area_and_without_points_is_named_as_missing() -> None:
    county = MadeUpCounty(VILLAGES)
    rings = [[(point[0], point[1]) for point in SQUARE]]
    map_ = drawn([Shape("测试1镇", "", rings, [])], county.view.stations())
    assert map_.missing == [code for code, _, town in VILLAGES if town == "测试2镇"]


def test_a_whole_county_is_drawn_within_its_frame_each_village_in_its_town(tmp_path: Path) -> None:
    county = large_county()
    shapes = read(tmp_path, made_up_map(Counter(town for _, town in county.villages.values())))
    map_ = drawn(shapes, county.view.stations())
    assert max(map_.width / WIDTH, map_.height / HEIGHT) == pytest.approx(1, abs=0.01)
    assert len(map_.dots) == 248
    assert (map_.missing, map_.strange) == ([], [])
    assert len({(dot.x, dot.y) for dot in map_.dots}) == 248, "no two on one another"
    areas = {area.name: area for area in map_.areas}
    ring = {name: points(area.path) for name, area in areas.items()}
    outside = [dot.code for dot in map_.dots if not inside((dot.x, dot.y), [ring[county.villages[dot.code][1]]])]
    assert len(outside) <= 5, "a simplified border may run a pixel within a dot"
    assert all(inside(area.label, [ring[name]]) for name, area in areas.items())
    assert sum(len(area.path) for area in map_.areas) < 20_000


def points(path: str) -> list[tuple[float, float]]:
    ring = [tuple(map(float, pair.split())) for pair in path.removeprefix("M").removesuffix("Z").split("L")]
    return [(x, y) for x, y in [*ring, ring[0]]]
