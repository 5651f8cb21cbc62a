"""Calls for help at the centre: seen by all, taken by one, closed with what it was; counted, and in the interface."""

from pathlib import Path

import pytest
from starlette.applications import Starlette

from hub.store.alarms import AlarmsReader
from hub.store.calls import CallsReader
from hub.store.engine import StoreError
from tests.hub.web.acting import nobody_came, press, real
from tests.hub.web.conftest import FIRST, SECOND, VILLAGES
from tests.hub.web.made_up import MadeUpCounty
from tests.hub.web.signed_in import SignedIn, signed_in

FAR = VILLAGES[-1][0]


@pytest.fixture
def app(made_up: MadeUpCounty, tmp_path: Path) -> Starlette:
    return real(made_up, tmp_path)


@pytest.fixture
def person(made_up: MadeUpCounty, app: Starlette) -> SignedIn:
    return signed_in(made_up.database, app, "operator")


def now(person: SignedIn) -> list[dict[str, object]]:
    return person.get("/calls/now").json()["calls"]


def test_from_the_press_to_the_outcome(made_up: MadeUpCounty, person: SignedIn) -> None:
    press(made_up, FIRST)
    (one,) = now(person)
    assert (one["village"], one["may"], one["level"]) == ("测试1镇 第1村", True, 0)
    assert person.post("/calls/1/acknowledge").json() == {"acknowledged": True}
    assert now(person) == []
    assert person.post("/calls/1", {"act": "dispatch", "to": "派出所", "note": "已联系"}).status_code == 303
    refused = person.post("/calls/1", {"act": "close", "outcome": "handled", "note": "已劝离"})
    assert refused.status_code == 409
    assert 'value="已劝离"' in refused.text
    fields = {"act": "close", "outcome": "handled", "matter": "dispute", "note": "已劝离"}
    assert person.post("/calls/1", fields).status_code == 303
    page = person.get("/calls/1").text
    for said in ("已办结", "已处置 重大纠纷 已劝离", "→ 派出所 已联系", "测试值"):
        assert said in page, said
    assert "重大纠纷" in person.get("/calls").text
    (month,) = CallsReader(made_up.database.reader).months(0)
    assert month[1:] == (1, 0, 1, 0, 0, 0, 0)


def test_the_second_is_told_who_was_first(made_up: MadeUpCounty, app: Starlette, person: SignedIn) -> None:
    press(made_up, FIRST)
    assert person.post("/calls/1", {"act": "ack"}).status_code == 303
    second = signed_in(made_up.database, app, "technician")
    answer = second.post("/calls/1/acknowledge")
    assert (answer.status_code, answer.json()["code"]) == (409, "E-CALL-02")
    assert "测试值" in answer.json()["detail"]
    assert "已由 测试值 签收" in second.post("/calls/1", {"act": "ack"}).text


def test_what_was_taken_back_is_shown_as_that_until_somebody_took_it(made_up: MadeUpCounty, person: SignedIn) -> None:
    press(made_up, FIRST)
    press(made_up, FIRST, withdrawn=True)
    assert [one["withdrawn"] for one in now(person)] == [True]
    assert "取消的可能不是求助人本人" in person.get("/calls/1").text
    person.post("/calls/1/acknowledge")
    person.post("/calls/1", {"act": "close", "outcome": "false_alarm"})
    assert now(person) == []


def test_nobody_came_is_said_and_counted(made_up: MadeUpCounty, person: SignedIn) -> None:
    press(made_up, FIRST)
    nobody_came(made_up, 61_000)
    assert [one["level"] for one in now(person)] == [1]
    page = person.get("/calls/1").text
    assert "已升级 1 次" in page
    assert "无人值班" in page


def test_an_account_of_towns_takes_calls_there_and_sees_the_others(made_up: MadeUpCounty, app: Starlette) -> None:
    press(made_up, FIRST)
    press(made_up, FAR)
    one = signed_in(made_up.database, app, "operator", "测试1镇")
    assert [(call["station"], call["may"]) for call in now(one)] == [(FAR, False), (FIRST, True)]
    assert one.post("/calls/2/acknowledge").status_code == 403
    assert one.post("/calls/2", {"act": "ack"}).status_code == 403
    assert "当前账号不能办理本镇的求助" in one.get("/calls/2").text
    assert one.post("/calls/1/acknowledge").status_code == 200


@pytest.mark.parametrize("path", ["/calls/7", "/calls/x", "/calls/99999999999999999999"])
def test_one_that_is_not_there_is_said_to_be_none(person: SignedIn, path: str) -> None:
    assert person.get(path).status_code == 404
    assert person.post(path, {"act": "ack"}).status_code in {404, 409}


def test_the_list_is_filtered(made_up: MadeUpCounty, person: SignedIn) -> None:
    press(made_up, FIRST)
    press(made_up, FAR)
    person.post("/calls/1/acknowledge")
    for query, listed in (("state=waiting", [2]), ("state=acknowledged", [1]), ("town=测试2镇", [2]), ("", [1, 2])):
        page = person.get(f"/calls?{query}").text
        assert [number for number in (1, 2) if f'href="/calls/{number}"' in page] == listed, query


def test_a_database_that_cannot_be_read_leaves_what_the_wall_knows(
    made_up: MadeUpCounty, person: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_up.call(SECOND)

    def fails(*_: object, **__: object) -> None:
        raise StoreError("E-STORE-05", "made up")

    for name in ("waiting", "page", "find", "steps"):
        monkeypatch.setattr(CallsReader, name, fails)
    assert [(one["station"], one["may"]) for one in now(person)] == [(SECOND, False)]
    for path in ("/calls", "/calls/1"):
        answer = person.get(path)
        assert answer.status_code == 200
        assert "暂时无法读取" in answer.text


def test_a_screen_sees_who_took_it_and_not_what_people_wrote(
    made_up: MadeUpCounty, app: Starlette, person: SignedIn, stranger: object
) -> None:
    press(made_up, FIRST)
    person.post("/calls/1/acknowledge")
    person.post("/calls/1", {"act": "note", "note": "某某家"})
    page = stranger.get("/calls/1").text  # type: ignore[attr-defined]
    assert "测试值" in page
    assert "某某家" not in page
    assert 'name="act"' not in page
    elsewhere, here = (signed_in(made_up.database, app, "viewer", town) for town in ("测试2镇", "测试1镇"))
    assert "某某家" not in elsewhere.get("/calls/1").text, "nor does somebody of another town"
    assert "某某家" in here.get("/calls/1").text


def test_the_interface_tells_who_took_it_and_what_came_of_it(made_up: MadeUpCounty, person: SignedIn) -> None:
    press(made_up, FIRST)
    press(made_up, FIRST, "c2")
    person.post("/calls/1/acknowledge")
    person.post("/calls/1", {"act": "close", "outcome": "drill"})
    press(made_up, FIRST, "c3")
    found = AlarmsReader(made_up.database.reader).emergencies(0, 10)
    assert [(one.call, one.number, one.state, one.acknowledged_by, one.closed_by, one.outcome) for one in found] == [
        ("c3", 2, "waiting", None, None, None),
        ("c2", 1, "closed", "测试值", "测试值", "drill"),
        ("c1", 1, "closed", "测试值", "测试值", "drill"),
    ]
