"""Planned times in the browser's forms: as `hub maintenance` makes them, for one's own towns, audited."""

import datetime as dt
from pathlib import Path

import pytest
from starlette.applications import Starlette

from hub.local_time import CHINA
from hub.store.service import ServiceReader
from hub.store.windows import WindowsReader
from tests.hub.logged import logged
from tests.hub.web.acting import now_ms
from tests.hub.web.conftest import FIRST, VILLAGES
from tests.hub.web.made_up import MadeUpCounty
from tests.hub.web.signed_in import SignedIn, signed_in

FAR = VILLAGES[-1][0]
STATION = {"effect": "maintenance", "scope": "station", "station": FIRST, "kind": "fixed", "reason": "更换摄像机"}


@pytest.fixture
def app(made_up: MadeUpCounty, tmp_path: Path) -> Starlette:
    return made_up.app(tmp_path)


@pytest.fixture
def person(made_up: MadeUpCounty, app: Starlette) -> SignedIn:
    return signed_in(made_up.database, app, "operator")


def at(hours: float) -> str:
    """Return a time as a browser's field sends it."""
    return f"{dt.datetime.fromtimestamp(now_ms() / 1000 + hours * 3600, CHINA):%Y-%m-%dT%H:%M}"


def planned(made_up: MadeUpCounty) -> list[tuple[str, str, str | None]]:
    found = WindowsReader(made_up.database.reader).overlapping(0, 2**62)
    return [(one.window.kind, one.window.node.place, one.window.every) for one in found]


@pytest.mark.parametrize(
    ("fields", "made"),
    [
        pytest.param({"lasts": "2h"}, ("fixed", FIRST, None), id="fixed, from now"),
        pytest.param({"begin": at(2), "until": at(5)}, ("fixed", FIRST, None), id="fixed, to come"),
        pytest.param({"begin": at(-3), "until": at(1), "retroactive": "yes"}, ("fixed", FIRST, None), id="retroactive"),
        pytest.param({"kind": "flexible", "until": at(24), "flexible": "2h"}, ("flexible", FIRST, None), id="flexible"),
        pytest.param(
            {"kind": "recurring", "until": at(240), "lasts": "1h", "repeat": "daily", "clock": "02:00"},
            ("recurring", FIRST, "daily 02:00"),
            id="recurring daily",
        ),
        pytest.param(
            {"kind": "recurring", "until": at(960), "lasts": "2h", "repeat": "weekly", "clock": "02:00"}
            | {"mon": "yes", "thu": "yes"},
            ("recurring", FIRST, "weekly mon,thu 02:00"),
            id="recurring weekly",
        ),
        pytest.param({"scope": "town", "town": "测试1镇", "lasts": "1h"}, ("fixed", "测试1镇", None), id="a town"),
        pytest.param({"scope": "county", "lasts": "1h"}, ("fixed", "", None), id="the county"),
    ],
)
def test_each_kind_is_planned_listed_and_audited(
    made_up: MadeUpCounty, person: SignedIn, fields: dict[str, str], made: tuple[str, str, str | None]
) -> None:
    answer = person.post("/windows", STATION | fields)
    assert (answer.status_code, answer.headers.get("location")) == (303, "/windows?done=window_add"), answer.text[:2000]
    assert planned(made_up) == [made]
    page = person.get("/windows").text
    assert "更换摄像机" in page
    assert "测试值" in page
    assert logged(made_up.database, "act", "reason") == [("window.add", "更换摄像机")]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        pytest.param({}, "请写明结束时间或时长", id="no end"),
        pytest.param({"begin": at(-3), "until": at(1)}, "补登", id="in the past, and that was not said"),
        pytest.param({"begin": at(3), "until": at(2)}, "结束不晚于开始", id="backwards"),
        pytest.param({"station": "123", "lasts": "1h"}, "本县没有此乡镇或站点", id="no such station"),
        pytest.param(
            {"kind": "recurring", "until": at(99), "lasts": "1h", "repeat": "weekly", "clock": "02:00"},
            "周期填写有误",
            id="on no day of the week",
        ),
    ],
)
def test_what_cannot_be_is_said_beside_what_was_typed(
    made_up: MadeUpCounty, person: SignedIn, fields: dict[str, str], said: str
) -> None:
    answer = person.post("/windows", STATION | fields)
    assert answer.status_code == 409
    assert said in answer.text
    assert 'value="更换摄像机"' in answer.text
    assert planned(made_up) == []


def test_one_is_ended_with_a_reason_and_stays_on_record(made_up: MadeUpCounty, person: SignedIn) -> None:
    person.post("/windows", STATION | {"lasts": "8h"})
    (one,) = WindowsReader(made_up.database.reader).overlapping(0, 2**62)
    key = one.window.id
    assert person.post("/windows/end", {"window": key, "reason": "提前完工"}).status_code == 303
    assert person.post("/windows/end", {"window": key, "reason": "再来"}).status_code == 409
    assert "更换摄像机" not in person.get("/windows").text
    page = person.get("/windows?all=1").text
    assert "提前完工" in page
    assert "已结束" in page


def test_stations_go_out_of_service_and_come_back(made_up: MadeUpCounty, person: SignedIn) -> None:
    def in_service() -> bool:
        found = {one.station: one for one in ServiceReader(made_up.database.reader).all()}
        return found[FIRST].commissioned_ms is not None

    assert person.post("/windows/commission", {"codes": FIRST, "reason": ""}).status_code == 303
    assert in_service()
    assert person.post("/windows/commission", {"codes": FIRST}).status_code == 409
    assert person.post("/windows/decommission", {"codes": FIRST}).status_code == 409, "why?"
    assert person.post("/windows/decommission", {"codes": f"{FIRST} {FAR}", "reason": "撤并"}).status_code == 303
    assert not in_service()


def test_an_account_of_towns_plans_there_and_nowhere_else(made_up: MadeUpCounty, app: Starlette) -> None:
    one = signed_in(made_up.database, app, "technician", "测试1镇")
    statuses = [
        one.post("/windows", STATION | fields | {"lasts": "1h"}).status_code
        for fields in ({}, {"station": FAR}, {"scope": "town", "town": "测试2镇"}, {"scope": "county"})
    ]
    assert statuses == [303, 403, 403, 403]
    assert one.post("/windows/decommission", {"codes": FAR, "reason": "x"}).status_code == 403


@pytest.mark.parametrize("role", ["viewer", "administrator"])
def test_whoever_only_looks_has_no_form(made_up: MadeUpCounty, app: Starlette, role: str) -> None:
    one = signed_in(made_up.database, app, role)
    assert 'id="add"' not in one.get("/windows").text
    assert one.post("/windows", STATION | {"lasts": "1h"}).status_code == 403
