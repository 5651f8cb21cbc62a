"""The window: what waits and how late it is, one matter step by step, call-backs, a person's own data."""

import csv
import io
import json
import re
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, select, text

from hub.exchange.sealing import Sealer
from hub.exchange.tickets import Ticket
from hub.ingest.asking import AskDesk
from hub.store import tables as t
from hub.store.cases import CasesReader, Found
from hub.store.casework import Work
from hub.store.casework_erasing import erase
from hub.store.casework_tickets import erase_tickets
from hub.store.engine import reading, writing
from hub.store.exchanges import note_run, take_tickets
from hub.store.exchanges_tables import ticket, ticket_step
from hub.visits.matters import cases
from hub.web.console.visits import Matter
from hub.web.words.cases import PHRASE
from tests.hub.ingest.conftest import FakeEdge
from tests.hub.logged import logged
from tests.hub.people import ANNA, BERT
from tests.hub.web.a_window import ATTACK, SAID, Window, due_soon_ago_ms
from tests.hub.web.conftest import VILLAGES
from tests.hub.web.made_up import PRIVATE, MadeUpCounty
from tests.hub.web.signed_in import SignedIn, signed_in
from wire.asking import MOST_CASES
from wire.codec import decode
from wire.orders import Reply
from wire.person import Person

FIRST, SECOND = VILLAGES[0][0], VILLAGES[4][0]
TOWN, OTHER_TOWN = VILLAGES[0][2], VILLAGES[4][2]


class Centre:
    """A county with a busy day at its window."""

    def __init__(self, made_up: MadeUpCounty, folder: Path) -> None:
        self.app = made_up.app(folder)
        self.database = made_up.database
        self.window = Window(self.database, PRIVATE)
        self.window.busy_day(FIRST, SECOND)
        self.operator, self.supervisor = self.as_("operator"), self.as_("supervisor")

    def as_(self, role: str, *towns: str) -> SignedIn:
        return signed_in(self.database, self.app, role, *towns)

    def deeds(self) -> list[tuple[str, ...]]:
        return logged(self.database, "act", "subject", "reason")

    def told(self, person: object, station: str = FIRST) -> dict[str, list[tuple[str, str]]]:
        """Return what a kiosk there would show this person of each visit: states and words."""
        key = self.window.index.key_of_number(person.id_number)  # type: ignore[attr-defined]
        assert key is not None
        found = CasesReader(self.database.reader).of_person(key, station, MOST_CASES)
        return {
            case.number: [(step.state, step.note) for step in case.steps]
            for case in cases(*found, self.window.unsealer).cases
        }


@pytest.fixture
def centre(made_up: MadeUpCounty, tmp_path: Path) -> Centre:
    return Centre(made_up, tmp_path)


def order(page: str) -> list[str]:
    """Return the numbers of the list in their order."""
    return [part.split("<")[0] for part in page.split('<td class="what">')[1:] for part in [part.split('">')[1]]]


def test_what_waits_stands_most_urgent_first_masked_and_with_its_clock(centre: Centre) -> None:
    page = centre.operator.get("/visits").text
    assert order(page) == ["12-00001-1", "12-00002-1", "12-00004-1", "12-00005-1", "12-00003-1"]
    assert re.search(r'data-standing="overdue">答复 超期 [56] ?小时', page)
    assert "讨薪当日决定 还剩" in page
    assert "中止计时，待补材料" in page
    assert "测** <small>999999********0021</small>" in page
    for secret in (ANNA.name, ANNA.id_number, SAID):
        assert secret not in page
    assert order(centre.operator.get("/visits?order=newest").text)[0] == "12-00004-1"
    english = centre.operator.get("/visits?lang=en").text
    assert re.search("Answer: overdue [56] ?h", english)
    assert centre.deeds() == []


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("care=overdue", ["12-00001-1"]),
        ("care=near", ["12-00002-1", "12-00004-1"]),
        ("care=mine", ["12-00005-1"]),
        ("state=need_papers", ["12-00003-1"]),
        ("service=legal_aid", ["12-00004-1", "12-00003-1"]),
        (f"town={OTHER_TOWN}", ["12-00004-1", "12-00003-1"]),
        ("who=anonymous", ["12-00005-1"]),
        (f"station={FIRST}", ["12-00001-1", "12-00002-1", "12-00005-1"]),
        ("which=ended", ["12-00006-1"]),
        ("which=all", [f"12-0000{number}-1" for number in range(7, 0, -1)]),
        (f"which=all&station={SECOND}&service=legal_aid", ["12-00004-1", "12-00003-1"]),
        ("which=all&before=3", ["12-00002-1", "12-00001-1"]),
        ("care=nonsense&town=nowhere&before=x", [f"12-0000{number}-1" for number in (1, 2, 4, 5, 3)]),
    ],
)
def test_the_list_shows_what_is_asked_for(centre: Centre, query: str, numbers: list[str]) -> None:
    assert order(centre.operator.get(f"/visits?{query}").text) == numbers


def test_nobody_sees_or_acts_outside_their_towns(centre: Centre) -> None:
    local = centre.as_("operator", OTHER_TOWN)
    assert order(local.get("/visits").text) == ["12-00004-1", "12-00003-1"]
    assert order(local.get(f"/visits?town={TOWN}").text) == ["12-00004-1", "12-00003-1"]
    assert order(local.get("/visits?which=all").text) == ["12-00007-1", "12-00004-1", "12-00003-1"]
    assert "12-00006-1" not in local.get("/visits/callbacks").text
    for answer in (
        local.get("/visits/1"),
        local.post("/visits/1/open", {"reason": "看看"}),
        local.post("/visits/1/step", {"state": "closed"}),
        local.post("/visits/1/assign", {"take": "yes"}),
        local.post("/visits/1/undo"),
        local.post("/visits/1/call-back"),
        local.post("/visits/callbacks/1/call", {"result": "no_answer"}),
        centre.as_("viewer").get("/visits"),
        centre.as_("technician").get("/visits/1"),
        centre.operator.get("/persons"),
        centre.operator.post("/visits/1/hold", {"reason": "证据"}),
        centre.operator.post("/visits/1/assign", {"whom": "测试律师"}),
    ):
        assert answer.status_code == 403
    assert centre.deeds() == []
    assert centre.operator.get("/visits/99").status_code == 404
    assert centre.operator.get(f"/visits/{2**70}").status_code == 404


def test_a_visit_is_opened_once_with_a_reason_that_stands_before(centre: Centre) -> None:
    assert centre.operator.post("/visits/1/open", {"reason": ""}).status_code == 422
    page = centre.operator.get("/visits/1").text
    assert SAID not in page
    assert centre.deeds() == []
    opened = centre.operator.post("/visits/1/open", {"reason": "与来访人通话"})
    assert opened.headers["cache-control"] == "no-store"
    assert all(word in opened.text for word in (ANNA.name, ANNA.id_number, ANNA.phone, SAID))
    assert centre.deeds() == [("visit.open", f"{FIRST} 12-00001-1", "与来访人通话")]
    assert "与来访人通话" in centre.operator.get("/visits/1").text
    again = centre.operator.get("/visits/1/open")
    assert (again.status_code, again.headers["location"]) == (303, "/visits/1")
    assert len(centre.deeds()) == 1


def test_what_a_villager_says_is_shown_as_text(centre: Centre) -> None:
    page = centre.operator.post("/visits/2/open", {"reason": "答复"}).text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_matter_from_hand_to_hand_to_the_kiosk(centre: Centre) -> None:
    operator, supervisor = centre.operator, centre.supervisor
    assert operator.post("/visits/1/assign", {"take": "yes"}).headers["location"] == "/visits/1?done=assigned"
    assert order(operator.get("/visits?care=mine").text) == ["12-00001-1", "12-00005-1"]
    assert (
        operator.post("/visits/1/assign", {"whom": "测试调解员", "why": "本村纠纷"}).status_code == 303
    )  # hands it over
    assert order(operator.get("/visits?care=mine").text) == ["12-00005-1"]
    assert operator.post("/visits/1/assign", {"whom": "测试律师"}).status_code == 403  # it is theirs no more
    nobody = supervisor.post("/visits/1/assign", {})
    assert (nobody.status_code, "请选择承办人" in nobody.text) == (422, True)
    assert supervisor.post("/visits/1/assign", {"other": "外请专家"}).status_code == 303
    silent = operator.post("/visits/1/step", {"state": "answered", "text": " "})
    assert (silent.status_code, "这一步要写明" in silent.text) == (422, True)
    long = operator.post("/visits/1/step", {"state": "answered", "phrase": "office", "text": "长" * 590})
    assert (long.status_code, "长" * 590 in long.text) == (422, True)  # what was typed is not lost
    assert operator.post("/visits/1/step", {"state": "assigned"}).status_code == 422
    said = {"state": "answered", "phrase": "office", "text": "周三上午在司法所"}
    assert operator.post("/visits/1/step", said).status_code == 303
    told = centre.told(ANNA)["12-00001-1"]
    assert [state for state, _ in told] == ["received", "assigned", "assigned", "assigned", "answered"]
    assert told[2][1] == "由人民调解员测试调解员办理"
    assert told[-1][1].endswith("面谈。\n周三上午在司法所")
    assert "本村纠纷" not in str(told)
    assert "本村纠纷" in operator.post("/visits/1/open", {"reason": "看移交说明"}).text
    assert operator.post("/visits/1/step", {"state": "closed"}).status_code == 303
    assert "12-00001-1" not in order(operator.get("/visits").text)
    assert operator.post("/visits/1/undo").status_code == 303
    assert "12-00001-1" in order(operator.get("/visits").text)
    assert [state for state, _ in centre.told(ANNA)["12-00001-1"]][-1] == "answered"
    assert centre.as_("operator", TOWN).post("/visits/1/undo").status_code == 422  # nothing of theirs
    refused = {"state": "refused", "text": "不属于调解范围，可向法院起诉"}
    assert operator.post("/visits/1/step", refused).status_code == 303
    assert order(operator.get("/visits?which=ended").text) == ["12-00006-1", "12-00001-1"]
    acts = [act for act, _, _ in centre.deeds()]
    assert acts == ["visit.assign"] * 3 + ["visit.step", "visit.open", "visit.step", "visit.undo", "visit.step"]
    assert all(SAID not in f"{deed}" and ANNA.name not in f"{deed}" for deed in centre.deeds())


def seen_in(page: str, form: str) -> dict[str, str]:
    """Return what a form of a visit's page says it saw."""
    return {"seen": page.split(f'action="{form}"')[1].split('name="seen" value="')[1].split('"', maxsplit=1)[0]}


def test_a_form_sent_twice_is_one_act_and_whoever_was_overtaken_loses_no_word(centre: Centre) -> None:
    operator, other = centre.operator, centre.supervisor
    page = operator.get("/visits/1").text
    answer = {"state": "answered", "text": "周三上午在司法所"} | seen_in(page, "/visits/1/step")
    for _ in range(2):
        assert operator.post("/visits/1/step", answer).headers["location"] == "/visits/1?done=step_written"
    late = other.post("/visits/1/step", answer | {"text": "请周五再来"})
    assert (late.status_code, "请周五再来" in late.text, "测试值 登记了“已答复”" in late.text) == (422, True, True)
    assert other.post("/visits/1/assign", {"take": "yes"} | seen_in(page, "/visits/1/assign")).status_code == 422
    assert [state for state, _ in centre.told(ANNA)["12-00001-1"]] == ["received", "answered"]
    assert other.post(
        "/visits/1/step", answer | {"text": "请周五再来"} | seen_in(late.text, "/visits/1/step")
    ).is_redirect
    undo = seen_in(other.get("/visits/1").text, "/visits/1/undo")
    mine = seen_in(operator.get("/visits/1").text, "/visits/1/undo")
    for _ in range(2):
        assert operator.post("/visits/1/undo", mine).is_redirect
        assert other.post("/visits/1/undo", undo).is_redirect
        assert operator.post("/visits/1/call-back").is_redirect
        assert other.post("/visits/1/hold", {"reason": "诉讼"}).is_redirect
    for _ in range(2):
        assert other.post("/visits/1/let-go").is_redirect
    acts = ["visit.step"] * 2 + ["visit.undo"] * 2 + ["callback.open", "visit.hold", "visit.let_go"]
    assert [act for act, _, _ in centre.deeds()] == acts


def test_nothing_is_written_about_what_was_erased_a_moment_ago(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the page's look at the visit and its transaction."""
    centre.operator.post("/visits/1/step", {"state": "closed"})
    looked = Matter.__new__

    def and_erased(cls: type[Matter], visit: Found, work: Work) -> Matter:
        with writing(centre.database) as connection:
            erase(connection, [1], "测试督", "person", 1)
        return looked(cls, visit, work)

    monkeypatch.setattr(Matter, "__new__", and_erased)
    for act, fields in (
        ("step", {"state": "closed"}), ("assign", {"take": "yes"}), ("undo", {}), ("call-back", {}),
    ):  # fmt: skip
        assert centre.operator.post(f"/visits/1/{act}", fields).status_code == 409
    assert [act for act, _, _ in centre.deeds()] == ["visit.step"]


def test_what_cannot_be_stored_now_comes_back_as_it_was_typed(centre: Centre) -> None:
    busy = sqlite3.connect(centre.database.writer.url.database or "", isolation_level=None)
    busy.execute("BEGIN IMMEDIATE")
    answer = {"state": "answered", "text": "周三上午在司法所"}
    refused = centre.operator.post("/visits/1/step", answer)
    assert (refused.status_code, "周三上午在司法所</textarea>" in refused.text) == (503, True)
    busy.close()
    assert centre.operator.post("/visits/1/step", answer).is_redirect


def test_a_bad_rating_is_called_back_and_put_right(centre: Centre) -> None:
    operator = centre.operator
    page = operator.get("/visits/callbacks").text
    assert "12-00006-1" in page
    assert "评价：非常不满意" in page
    assert "回访 还剩" in page
    assert operator.post("/visits/callbacks/1/call", {"result": "no_answer", "satisfied": "yes"}).status_code == 303
    assert "回访 还剩" in operator.get("/visits/callbacks").text
    reached = {"result": "reached", "satisfied": "no", "note": "等得太久"}
    assert operator.post("/visits/callbacks/1/call", reached).status_code == 303
    page = operator.get("/visits/callbacks").text
    assert "整改 还剩" in page
    assert "仍不满意" in page
    assert "等得太久" not in page
    assert operator.post("/visits/callbacks/1/fixed", {"note": ""}).status_code == 422
    assert operator.post("/visits/callbacks/1/fixed", {"note": "已道歉并当面答复"}).status_code == 303
    assert "12-00006-1" not in operator.get("/visits/callbacks").text
    assert "12-00006-1" in operator.get("/visits/callbacks?which=fixed").text
    opened = operator.post("/visits/6/open", {"reason": "看回访记录"}).text
    assert "等得太久" in opened
    assert "已道歉并当面答复" in opened
    assert operator.post("/visits/callbacks/1/call", {"result": "reached"}).status_code == 404
    assert operator.post("/visits/1/call-back").status_code == 303
    assert "测试值 要求" in operator.get("/visits/callbacks").text
    assert [act for act, _, _ in centre.deeds()] == [
        "callback.call", "callback.call", "callback.fixed", "visit.open", "callback.open"
    ]  # fmt: skip
    assert operator.post("/visits/callbacks/9/call", {"result": "reached"}).status_code == 404


def found(page: str) -> str:
    """Return the word a search is remembered under."""
    return page.split('name="finding" value="')[1].split('"', maxsplit=1)[0]


def test_a_person_has_a_copy_of_everything_and_cells_are_text(centre: Centre) -> None:
    supervisor = centre.supervisor
    centre.operator.post("/visits/callbacks/1/call", {"result": "reached", "satisfied": "no", "note": "要求道歉"})
    page = supervisor.post("/persons/found", {"id_number": BERT.id_number.lower(), "reason": "本人申请"}).text
    assert "找到 3 次来访" in page
    assert BERT.id_number not in page
    word = found(page)
    told = json.loads(supervisor.post("/persons/copy", {"finding": word, "kind": "json"}).content)
    assert [visit["number"] for visit in told["visits"]] == ["12-00004-1", "12-00002-1", "12-00006-1"]
    assert told["visits"][1]["identity"]["id_number"] == BERT.id_number
    assert told["visits"][1]["words"]["text"] == ATTACK
    assert told["visits"][2]["steps"][0]["note"] == "可向市场监管部门投诉"
    assert told["visits"][2]["grade"] == 1
    assert [note["text"] for note in told["visits"][2]["notes"]] == ["要求道歉"]
    assert told["visits"][2]["call_backs"][0]["calls"][0]["result"] == "reached"
    answer = supervisor.post("/persons/copy", {"finding": word, "kind": "csv"})
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 4
    assert f"'{ATTACK}" in rows[2]
    assert f"'{BERT.id_number}" in rows[2]
    acts = [act for act, _, _ in centre.deeds()]
    assert acts == ["callback.call", "person.find", *["person.copy"] * 6]
    assert BERT.id_number not in str(centre.deeds())
    stolen = centre.as_("supervisor", TOWN).post("/persons/copy", {"finding": word, "kind": "json"})
    assert (stolen.status_code, "已过期" in stolen.text) == (422, True)


def test_a_person_s_data_goes_when_they_ask_but_not_what_is_open_or_held(centre: Centre) -> None:
    supervisor = centre.supervisor
    centre.operator.post("/visits/1/step", {"state": "closed"})
    supervisor.post("/visits/1/hold", {"reason": "诉讼中，法院调取"})
    page = supervisor.post("/persons/found", {"id_number": ANNA.id_number, "reason": "本人要求删除"}).text
    assert "暂不能删：诉讼中，法院调取" in page
    assert "暂不能删：仍在办理" in page
    unsure = supervisor.post("/persons/erased", {"finding": found(page)})
    assert (unsure.status_code, "请先勾选" in unsure.text) == (422, True)
    gone = supervisor.post("/persons/erased", {"finding": found(page), "sure": "yes"}).text
    assert "已删除 1 次来访" in gone
    assert "2 次暂时保留" in gone
    supervisor.post("/visits/1/let-go")
    centre.operator.post("/visits/3/step", {"state": "refused", "text": "不符合条件"})
    local = centre.as_("supervisor", TOWN)
    page = local.post("/persons/found", {"id_number": ANNA.id_number, "reason": "本人要求删除"}).text
    assert "找到 1 次来访" in page
    assert "另有 1 次在您负责的乡镇之外" in page
    local.post("/persons/erased", {"finding": found(page), "sure": "yes"})
    page = supervisor.post("/persons/found", {"id_number": ANNA.id_number, "reason": "本人要求删除"}).text
    assert "找到 1 次来访" in page
    supervisor.post("/persons/erased", {"finding": found(page), "sure": "yes"})
    page = supervisor.post("/persons/found", {"id_number": ANNA.id_number, "reason": "核对"}).text
    assert "没有找到" in page
    assert centre.told(ANNA) == {}
    assert centre.told(BERT) != {}
    with reading(centre.database.reader) as connection:
        assert sorted(connection.execute(select(t.visit.c.id)).scalars()) == list(range(1, 8))
        assert connection.execute(text("SELECT count(*) FROM record WHERE substr(body, 1, 1) = x'00'")).scalar() == 3
    page = supervisor.get("/visits/1").text
    assert "个人信息已清除" in page
    assert supervisor.post("/visits/1/step", {"state": "answered", "text": "又来电"}).status_code == 409
    assert "999999********" not in page
    erased = [subject for act, subject, _ in centre.deeds() if act == "person.erase"]
    assert sorted(erased) == sorted([f"{SECOND} 12-00007-1", f"{FIRST} 12-00001-1", f"{SECOND} 12-00003-1"])
    assert supervisor.get("/persons/found").headers["location"] == "/persons"


def hotline(number: str, person: Person, **more: object) -> Ticket:
    """Return a ticket as the hotline hands it over."""
    told = dict.fromkeys(Ticket._fields) | {
        "line": 2, "platform": "hotline", "external_id": number, "channel": "hotline", "at_ms": 1_795_000_000_000,
        "town": TOWN, "service": "legal_advice", "state": "closed", "handled_by": "", "name": person.name,
        "id_number": person.id_number, "phone": "", "words": "要求退还押金", "changed_ms": 1,
    }  # fmt: skip
    return Ticket(**(told | more))


def test_tickets_of_other_platforms_are_a_person_s_data_too(centre: Centre) -> None:
    takes(centre, hotline("T-1", ANNA), hotline("T-2", ANNA, state="assigned"), hotline("T-3", BERT))
    page = centre.supervisor.post("/persons/found", {"id_number": ANNA.id_number, "reason": "本人要求删除"}).text
    assert "其他平台转来的工单 2 件" in page
    word = found(page)
    copied = json.loads(centre.supervisor.post("/persons/copy", {"finding": word, "kind": "json"}).content)
    assert [(one["number"], one["words"]) for one in copied["tickets"]] == [
        ("T-2", "要求退还押金"), ("T-1", "要求退还押金")
    ]  # fmt: skip
    assert copied["tickets"][0]["identity"]["name"] == ANNA.name
    gone = centre.supervisor.post("/persons/erased", {"finding": word, "sure": "yes"}).text
    assert "已删除 2 次来访" in gone  # one visit that was served, one ticket that is over
    takes(centre, hotline("T-1", ANNA, changed_ms=2, rating=1), hotline("T-1", ANNA))
    left = {ticket.external_id: ticket for ticket in tickets_in(centre)}
    assert left["T-1"].identity is None
    assert left["T-1"].rating == 1  # what is not personal is brought up to date
    assert left["T-2"].identity is not None
    assert left["T-3"].identity is not None


def takes(centre: Centre, *tickets: Ticket) -> None:
    with writing(centre.database) as connection:
        file = {"way": "in", "what": "tickets", "platform": "hotline", "at_ms": 1, "who": "x", "file": b"x" * 32}
        run = note_run(connection, file | {"rows": len(tickets)})
        sealer = Sealer(centre.window.unsealer)
        take_tickets(connection, [sealer.seal(one) for one in tickets], run, 1)


def test_tickets_of_other_platforms_stand_in_the_inbox_and_are_given_out_and_answered(centre: Centre) -> None:
    operator, soon = centre.operator, time.time_ns() // 1_000_000 - due_soon_ago_ms()
    theirs = {"state": "received", "at_ms": soon, "words": ATTACK, "channel": "wechat"}
    takes(
        centre,
        hotline("T-1", ANNA, **theirs),
        hotline("T-2", BERT),
        hotline("T-3", BERT, **theirs | {"town": OTHER_TOWN}),
    )
    page = operator.get("/visits").text
    assert order(page)[2:4] == ["T-1", "T-3"], "by their clocks among the visits; what is closed there does not wait"
    assert "P1 12348热线平台 · C5 微信" in page
    assert ANNA.id_number not in page
    assert order(operator.get("/visits?source=hotline").text) == ["T-1", "T-3"]
    assert order(operator.get("/visits?source=hotline&which=ended").text) == ["T-2"]
    assert "T-1" not in order(operator.get("/visits?source=kiosk").text)
    local = centre.as_("operator", OTHER_TOWN)
    assert order(local.get("/visits?source=hotline").text) == ["T-3"]
    for act, fields in (
        ("open", {"reason": "看"}), ("assign", {"take": "yes"}), ("step", {"state": "closed"}),
    ):  # fmt: skip
        assert local.post(f"/tickets/1/{act}", fields).status_code == 403
        assert centre.as_("viewer").post(f"/tickets/1/{act}", fields).status_code == 403
    assert operator.post("/tickets/1/assign", {"other": "测试律师"}).status_code == 403
    opened = operator.post("/tickets/1/open", {"reason": "回电"}).text
    assert ANNA.id_number in opened
    assert "<script>alert(1)" not in opened
    assert 'href="/tickets/1"' in operator.get("/worklist").text
    seen = operator.get("/tickets/1").text.split('name="seen" value="')[1].split('"', maxsplit=1)[0]
    for _ in range(2):
        assert operator.post("/tickets/1/assign", {"take": "yes", "seen": seen}).is_redirect
    assert order(operator.get("/visits?care=mine&source=hotline").text) == ["T-1"]
    late = centre.supervisor.post("/tickets/1/step", {"state": "answered", "text": "另一答复", "seen": seen})
    assert (late.status_code, "另一答复" in late.text, "测试值 登记了" in late.text) == (422, True, True)
    assert operator.post("/tickets/1/step", {"state": "answered"}).status_code == 422
    assert operator.post("/tickets/1/step", {"state": "answered", "text": "已电话答复"}).is_redirect
    assert order(operator.get("/visits?source=hotline").text) == ["T-3"]
    assert "已电话答复" not in operator.get("/tickets/1").text
    assert "已电话答复" in operator.post("/tickets/1/open", {"reason": "复核"}).text
    assert [act for act, _, _ in centre.deeds()] == ["ticket.open", "ticket.assign", "ticket.step", "ticket.open"]
    assert all(one not in f"{centre.deeds()}" for one in (ANNA.name, "已电话答复"))
    with writing(centre.database) as connection:
        erase_tickets(connection, [1])
        notes = connection.execute(select(ticket_step.c.note)).scalars().all()
    assert notes == [None, None], "what was answered goes with whose it was"
    assert operator.post("/tickets/1/step", {"state": "closed"}).status_code == 409
    assert operator.get("/tickets/9").status_code == 404


def tickets_in(centre: Centre) -> list[Row[Any]]:
    with reading(centre.database.reader) as connection:
        return list(connection.execute(select(ticket)).all())


def test_an_answer_from_the_page_reaches_the_kiosk_that_asks(centre: Centre, made_up: MadeUpCounty) -> None:
    assert centre.operator.post("/visits/1/step", {"state": "accepted", "phrase": "mediator"}).status_code == 303
    edge, kiosk = FakeEdge(), centre.window.kiosk
    now_ms = time.time_ns() // 1_000_000
    desk = AskDesk(
        database=centre.database,
        edge=edge,
        unsealer=centre.window.unsealer,
        index=centre.window.index,
        ids=centre.window.ids,
        view=made_up.view,
        clock=lambda: now_ms,
    )
    desk.take(FIRST, kiosk.ask(ANNA, now_ms + 20_000), now_ms)
    desk.turn(0.0)
    (case,) = kiosk.cases(decode(edge.published[-1].payload, Reply)).cases
    assert case.number == "12-00001-1"
    assert (case.steps[-1].state, case.steps[-1].note) == ("accepted", PHRASE["mediator"].zh)
