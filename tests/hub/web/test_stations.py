"""A station's page: its past as bars, its orders and what becomes of them, pictures opened only after a log entry."""

import re

import pytest
from nacl.public import SealedBox
from sqlalchemy import select, update
from starlette.applications import Starlette

from hub.store import tables as t
from hub.store.engine import writing
from hub.store.orders import OrdersReader
from hub.visits.opening import Unsealer
from tests.hub.logged import logged
from tests.hub.web.caller import Caller
from tests.hub.web.conftest import FIRST, SECOND
from tests.hub.web.made_up import PRIVATE, MadeUpCounty
from tests.hub.web.signed_in import signed_in

JPEG = b"\xff\xd8\xff\xe0 no picture of anybody \xff\xd9"
SECRET = "看一下门口的摄像机"


@pytest.fixture
def app(made_up: MadeUpCounty, tmp_path) -> Starlette:
    return made_up.app(tmp_path)


def test_the_list_finds_a_station_by_village_town_or_code(made_up: MadeUpCounty, app: Starlette) -> None:
    screen = Caller(app)
    whole = screen.get("/stations").text
    assert whole.count('href="/stations/9') == len(made_up.villages)
    found = screen.get("/stations?q=测试1镇 第2村").text
    assert re.findall(r'href="/stations/(\d+)"', found) == [SECOND]
    assert "没有符合的站点" in screen.get("/stations?q=没有这个村").text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_tells_everything_of_a_station(made_up: MadeUpCounty, app: Starlette, language: str) -> None:
    made_up.set(FIRST, "online", video="fault")
    made_up.line(FIRST, "degraded", sent=180, reached=150, received=140)
    made_up.faults.say(FIRST, "black", "raised", at_ms=1_795_545_000_000)
    made_up.trouble("camera", "station", FIRST, FIRST)
    page = signed_in(made_up.database, app, "operator").get(f"/stations/{FIRST}?lang={language}").text
    for told in (FIRST, "cuncuntong 0.1.0", "16.7%", "E-CAM-03", "main", "/incidents/i1"):
        assert told in page
    assert ("黑屏" if language == "zh" else "black") in page.lower()
    assert Caller(app).get("/stations/999999999999").status_code == 404


def test_an_order_is_given_with_its_reason_and_tells_what_became_of_it(made_up: MadeUpCounty, app: Starlette) -> None:
    operator = signed_in(made_up.database, app, "operator")
    sent = operator.post(f"/stations/{FIRST}/orders", {"order": "ping", "reason": SECRET})
    assert (sent.status_code, sent.headers["location"]) == (303, f"/stations/{FIRST}?done=ordered")
    (order,) = OrdersReader(made_up.database.reader).of_station(FIRST, 9)
    assert (order.name, order.asked_by, order.reason, order.outcome) == ("ping", "测试值", SECRET, None)
    assert "等待发出" in operator.get(f"/stations/{FIRST}").text
    with writing(made_up.database) as connection:
        connection.execute(update(t.command).values(outcome="done", answered_ms=1, measures=b'{"load_1m":0.5}'))
    assert logged(made_up.database, "act", "who", "subject", "reason") == [
        ("station.order", "测试值", f"{FIRST} ping {order.id}", SECRET)
    ]
    page = operator.get(f"/stations/{FIRST}").text
    assert "已完成" in page
    assert "负载 0.5" in page


@pytest.mark.parametrize(
    ("role", "towns", "order", "status"),
    [
        ("viewer", (), "ping", 403),
        ("technician", (), "restart", 303),
        ("technician", (), "still", 403),
        ("operator", ("测试2镇",), "ping", 403),
        ("operator", ("测试1镇",), "still", 303),
        ("operator", (), "rm -rf", 422),
    ],
)
def test_only_who_may_give_an_order_gives_it(
    made_up: MadeUpCounty, app: Starlette, role: str, towns: tuple[str, ...], order: str, status: int
) -> None:
    somebody = signed_in(made_up.database, app, role, *towns)
    answer = somebody.post(f"/stations/{FIRST}/orders", {"order": order, "reason": "测试"})
    assert answer.status_code == status
    given = OrdersReader(made_up.database.reader).of_station(FIRST, 9)
    assert [one.name for one in given] == ([order] if status == 303 else [])


def test_what_cannot_be_ordered_keeps_what_was_typed(made_up: MadeUpCounty, app: Starlette) -> None:
    operator = signed_in(made_up.database, app, "operator")
    for seconds in ("4", "121", "x"):
        answer = operator.post(f"/stations/{FIRST}/orders", {"order": "burst", "reason": SECRET, "seconds": seconds})
        assert answer.status_code in {409, 422}
    assert operator.post(f"/stations/{FIRST}/orders", {"order": "ping", "reason": ""}).status_code == 422


def a_picture(made_up: MadeUpCounty, operator: Caller) -> str:
    operator.post(f"/stations/{FIRST}/orders", {"order": "still", "reason": "测试"})  # type: ignore[attr-defined]
    (order,) = OrdersReader(made_up.database.reader).of_station(FIRST, 9)
    box = SealedBox(PRIVATE.public_key).encrypt(JPEG)
    with writing(made_up.database) as connection:
        connection.execute(
            update(t.command).values(
                outcome="done", answered_ms=2**41, picture_key=Unsealer(bytes(PRIVATE)).key, picture_box=box,
                picture_camera="main", picture_width_px=640, picture_height_px=360,
            )
        )  # fmt: skip
    return order.id


def test_a_picture_is_opened_only_after_the_log_says_who_and_why(made_up: MadeUpCounty, app: Starlette) -> None:
    operator = signed_in(made_up.database, app, "operator")
    key = a_picture(made_up, operator)
    assert "查看画面" in operator.get(f"/stations/{FIRST}").text
    assert operator.post(f"/stations/{FIRST}/pictures/{key}", {"reason": ""}).status_code == 422
    seen = operator.post(f"/stations/{FIRST}/pictures/{key}", {"reason": SECRET})
    assert (seen.content, seen.headers["content-type"]) == (JPEG, "image/jpeg")
    assert seen.headers["cache-control"] == "no-store"
    with writing(made_up.database) as connection:
        assert connection.execute(select(t.viewing.c.who, t.viewing.c.reason)).all() == [("测试值", SECRET)]
    assert logged(made_up.database, "act", "subject")[-1] == ("still.open", f"{FIRST} {key}")
    assert operator.post(f"/stations/{SECOND}/pictures/{key}", {"reason": "测试"}).status_code == 404
    for role, towns in (("viewer", ()), ("technician", ()), ("administrator", ()), ("operator", ("测试2镇",))):
        other = signed_in(made_up.database, app, role, *towns)
        assert other.post(f"/stations/{FIRST}/pictures/{key}", {"reason": "测试"}).status_code == 403
