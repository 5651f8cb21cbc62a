"""Acts on incidents as forms send them: who may what where, two at once, several in one go, everything kept."""

import re
from pathlib import Path

import pytest
from starlette.applications import Starlette

from hub.store.incidents import IncidentsReader
from tests.hub.logged import logged
from tests.hub.web.acting import county_down, down, real, well_again
from tests.hub.web.conftest import FIRST, SECOND, THIRD, VILLAGES
from tests.hub.web.made_up import MadeUpCounty
from tests.hub.web.signed_in import SignedIn, signed_in

FAR = VILLAGES[-1][0]


@pytest.fixture
def app(made_up: MadeUpCounty, tmp_path: Path) -> Starlette:
    return real(made_up, tmp_path)


@pytest.fixture
def operator_(made_up: MadeUpCounty, app: Starlette) -> SignedIn:
    return signed_in(made_up.database, app, "operator")


def told(made_up: MadeUpCounty, key: str):
    reader = IncidentsReader(made_up.database.reader)
    return reader.find(key), reader.steps(key)


def offered(page: str) -> list[str]:
    return re.findall(r'name="act" value="(\w+)"', page)


def deeds(made_up: MadeUpCounty) -> list[tuple[str, ...]]:
    return logged(made_up.database, "who", "act", "subject")


def test_from_acknowledged_to_closed_each_step_by_name_and_audited(made_up: MadeUpCounty, operator_: SignedIn) -> None:
    key = down(made_up, FIRST, SECOND)
    page = operator_.get(f"/incidents/{key}").text
    assert offered(page) == ["ack", "dispatch", "resolve", "note"]
    answer = operator_.post(f"/incidents/{key}", {"act": "ack", "lasts": "1h", "note": "已电话核实"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/incidents/{key}?done=ack")
    assert "已签收" in operator_.get(answer.headers["location"]).text
    for fields in (
        {"act": "dispatch", "to": "维修组", "deadline": ""},
        {"act": "supervise"},
        {"act": "note", "note": "已到现场"},
    ):
        status = operator_.post(f"/incidents/{key}", fields).status_code
        assert status == (403 if fields["act"] == "supervise" else 303), fields
    well_again(made_up, FIRST, SECOND)
    for fields in ({"act": "resolve", "cause": "power"}, {"act": "close", "note": "已复查"}):
        assert operator_.post(f"/incidents/{key}", fields).status_code == 303
    one, steps = told(made_up, key)
    assert (one.state, one.cause, one.owner) == ("closed", "power", "测试值")
    assert [step.step for step in steps if step.who == "测试值"] == [
        "acknowledged", "dispatched", "noted", "resolved", "closed",
    ]  # fmt: skip
    assert [deed[1] for deed in deeds(made_up)] == [
        "incident.ack", "incident.dispatch", "incident.note", "incident.resolve", "incident.close",
    ]  # fmt: skip
    assert {deed[0] for deed in deeds(made_up)} == {"测试值"}


def test_taking_back_is_offered_to_who_did_it_last_and_to_nobody_else(
    made_up: MadeUpCounty, app: Starlette, operator_: SignedIn
) -> None:
    key = down(made_up, FIRST)
    assert "undo" not in offered(operator_.get(f"/incidents/{key}").text)
    operator_.post(f"/incidents/{key}", {"act": "ack", "lasts": "4h"})
    other = signed_in(made_up.database, app, "technician")
    assert "undo" not in offered(other.get(f"/incidents/{key}").text)
    assert "undo" in offered(operator_.get(f"/incidents/{key}").text)
    assert operator_.post(f"/incidents/{key}", {"act": "undo"}).status_code == 303
    one, steps = told(made_up, key)
    assert one.state == "new"
    assert [step.step for step in steps][-1] == "undone"
    assert operator_.post(f"/incidents/{key}", {"act": "undo"}).status_code == 409


def test_the_second_is_told_who_was_first_keeps_what_was_typed_and_may_go_over_it_with_a_reason(
    made_up: MadeUpCounty, app: Starlette, operator_: SignedIn
) -> None:
    key = down(made_up, FIRST, SECOND)
    second = signed_in(made_up.database, app, "technician")
    operator_.post(f"/incidents/{key}", {"act": "ack", "lasts": "1h"})
    typed = {"act": "ack", "lasts": "8h", "note": "我在该镇 <b>"}
    answer = second.post(f"/incidents/{key}", typed)
    assert answer.status_code == 409
    assert "测试值 已先办理（已签收）" in answer.text
    assert 'value="我在该镇 &lt;b&gt;"' in answer.text
    assert '<option value="8h" selected>' in answer.text
    assert 'name="force"' in answer.text
    without_reason = second.post(f"/incidents/{key}", {"act": "ack", "lasts": "8h", "force": "yes"})
    assert without_reason.status_code == 409
    assert told(made_up, key)[0].owner == "测试值"
    assert second.post(f"/incidents/{key}", typed | {"force": "yes"}).status_code == 303
    assert told(made_up, key)[0].owner == "测试修"


def test_what_is_still_bad_is_resolved_only_with_a_reason(made_up: MadeUpCounty, operator_: SignedIn) -> None:
    key = down(made_up, FIRST, SECOND)
    fields = {"act": "resolve", "cause": "power"}
    answer = operator_.post(f"/incidents/{key}", fields)
    assert answer.status_code == 409
    assert "故障仍在" in answer.text
    assert operator_.post(f"/incidents/{key}", fields | {"force": "yes", "note": "设备撤走"}).status_code == 303
    assert told(made_up, key)[0].state == "resolved"


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"act": "burn"}, id="no such act"),
        pytest.param({"act": "ack", "lasts": "9d"}, id="no such length"),
        pytest.param({"act": "dispatch", "to": ""}, id="nobody to send"),
        pytest.param({"act": "resolve", "cause": "absorbed"}, id="a cause of the machine"),
        pytest.param({"act": "note", "note": ""}, id="an empty note"),
    ],
)
def test_what_is_filled_in_wrong_is_said_and_nothing_is_done(
    made_up: MadeUpCounty, operator_: SignedIn, fields: dict[str, str]
) -> None:
    key = down(made_up, FIRST)
    answer = operator_.post(f"/incidents/{key}", fields)
    assert answer.status_code == 409
    assert 'class="wrong"' in answer.text
    assert [step.who for step in told(made_up, key)[1]] == [""]


def test_an_account_of_towns_acts_there_and_nowhere_else(made_up: MadeUpCounty, app: Starlette) -> None:
    mine, theirs = down(made_up, FIRST), down(made_up, FAR)
    whole = county_down(made_up, THIRD, VILLAGES[5][0])
    one = signed_in(made_up.database, app, "operator", "测试1镇")
    statuses = [
        one.post(f"/incidents/{key}", {"act": "ack", "lasts": "1h"}).status_code for key in (mine, theirs, whole)
    ]
    assert statuses == [303, 403, 403]
    assert offered(one.get(f"/incidents/{theirs}").text) == []
    assert "当前账号不能办理本镇的事件" in one.get(f"/incidents/{theirs}").text
    page = one.get("/incidents").text
    assert set(re.findall(r'name="pick\d+" value="([^"]+)"', page)) == {mine}


@pytest.mark.parametrize("role", ["viewer", "administrator"])
def test_whoever_only_looks_is_offered_nothing(made_up: MadeUpCounty, app: Starlette, role: str) -> None:
    key = down(made_up, FIRST)
    one = signed_in(made_up.database, app, role)
    assert offered(one.get(f"/incidents/{key}").text) == []
    assert 'id="bulk"' not in one.get("/incidents").text
    assert one.post(f"/incidents/{key}", {"act": "ack", "lasts": "1h"}).status_code == 403


def test_several_in_one_go_each_by_itself_with_what_became_of_it(
    made_up: MadeUpCounty, app: Starlette, operator_: SignedIn
) -> None:
    first, second, far = down(made_up, FIRST), down(made_up, SECOND), down(made_up, FAR)
    signed_in(made_up.database, app, "technician").post(f"/incidents/{second}", {"act": "ack", "lasts": "1h"})
    picks = {"pick0": first, "pick7": second, "pick3": far, "pick4": "999999-999"}
    answer = operator_.post("/incidents/acts", picks | {"act": "ack", "lasts": "4h", "note": "镇上停电"})
    assert answer.status_code == 200
    assert "2 起已办，2 起未办" in answer.text
    assert "测试修 已先办理" in answer.text
    assert [told(made_up, key)[0].owner for key in (first, second, far)] == ["测试值", "测试修", "测试值"]
    assert operator_.get("/incidents/acts").headers["location"] == "/incidents"


def test_a_whole_town_in_one_go_takes_a_supervisor(made_up: MadeUpCounty, app: Starlette, operator_: SignedIn) -> None:
    keys = [down(made_up, FIRST), down(made_up, SECOND)]
    far = down(made_up, FAR)
    fields = {"act": "dispatch", "to": "供电所", "deadline": "24h", "whole": "测试1镇"}
    assert operator_.post("/incidents/acts", fields).status_code == 403
    boss = signed_in(made_up.database, app, "supervisor")
    assert 'name="whole"' in boss.get("/incidents?town=测试1镇").text
    assert "2 起已办，0 起未办" in boss.post("/incidents/acts", fields).text
    assert [told(made_up, key)[0].state for key in (*keys, far)] == ["dispatched", "dispatched", "new"]
    assert boss.post(f"/incidents/{far}", {"act": "supervise", "note": "群众反映多次"}).status_code == 303
    assert told(made_up, far)[0].supervised


@pytest.mark.parametrize(
    ("query", "listed"),
    [
        pytest.param("priority=2", ["town"], id="how important"),
        pytest.param("mine=1", ["mine"], id="mine"),
        pytest.param("text=第4村", ["far"], id="a village's name"),
        pytest.param("text=维修", ["mine"], id="whom it was sent to"),
        pytest.param("text=nothing such", [], id="a text that is nowhere"),
    ],
)
def test_the_list_finds_by_importance_person_and_text(
    made_up: MadeUpCounty, operator_: SignedIn, query: str, listed: list[str]
) -> None:
    keys = {"town": down(made_up, FIRST, SECOND), "mine": down(made_up, THIRD), "far": down(made_up, FAR)}
    operator_.post(f"/incidents/{keys['mine']}", {"act": "dispatch", "to": "维修组", "deadline": ""})
    page = operator_.get(f"/incidents?{query}").text
    assert re.findall(r'data-id="([^"]+)"', page) == [keys[name] for name in listed]
