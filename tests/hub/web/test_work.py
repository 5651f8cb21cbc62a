"""Work lists and weekly reports as their people see them; a village served in earnest."""

import json
from pathlib import Path

import pytest
from sqlalchemy import event, insert, select
from starlette.applications import Starlette

from hub.desks.purge import Walk
from hub.library.disclosure import Rule
from hub.library.rules import Spot
from hub.local_time import day_of, text_of_day
from hub.settings import KeepSettings
from hub.store.calls_tables import help_call, help_step
from hub.store.cases import NewStep, add_step, withdraw
from hub.store.casework import assign
from hub.store.disclosures import add_rule
from hub.store.documents import add_edition
from hub.store.engine import reading, writing
from hub.work.self_report import monday_of
from tests.hub.people import ANNA
from tests.hub.web.a_window import Window
from tests.hub.web.conftest import FIRST, SECOND
from tests.hub.web.made_up import PRIVATE, MadeUpCounty, now_ms
from tests.hub.web.signed_in import SignedIn, signed_in

HOUR_MS = 3_600_000
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def app(made_up: MadeUpCounty, tmp_path: Path) -> Starlette:
    return made_up.app(tmp_path)


@pytest.fixture
def operator_(made_up: MadeUpCounty, app: Starlette) -> SignedIn:
    return signed_in(made_up.database, app, "operator")


def test_what_waits_is_on_the_list_until_it_is_done_and_a_tick_is_ones_own(
    made_up: MadeUpCounty, app: Starlette, operator_: SignedIn
) -> None:
    made_up.set(FIRST, "offline", reason="died", since_ms=now_ms() - 25 * HOUR_MS)
    made_up.trouble("down", "station", FIRST, FIRST, id="one")
    page = operator_.get("/worklist").text
    assert 'href="/incidents/one"' in page
    assert f'href="/stations/{FIRST}"' in page

    assert operator_.post("/worklist/mark", {"item": "incident:one", "note": HOSTILE}).status_code == 303
    page = operator_.get("/worklist").text
    assert HOSTILE not in page
    assert page.index('id="ticked"') < page.index('href="/incidents/one"'), "below what is still to be done"
    other = signed_in(made_up.database, app, "technician").get("/worklist").text
    assert 'id="ticked"' not in other
    assert 'href="/incidents/one"' in other
    operator_.post("/worklist/unmark", {"item": "incident:one"})
    assert 'id="ticked"' not in operator_.get("/worklist").text

    made_up.trouble("down", "station", FIRST, FIRST, id="one", state="acknowledged", owner="测试修")
    assert 'href="/incidents/one"' not in operator_.get("/worklist").text, "somebody has it"


def test_other_towns_are_not_on_the_list(made_up: MadeUpCounty, app: Starlette) -> None:
    made_up.trouble("down", "station", FIRST, FIRST, id="one")
    mine = signed_in(made_up.database, app, "operator", "测试2镇")
    assert 'href="/incidents/one"' not in mine.get("/worklist").text


def test_ones_own_items_are_ones_own(made_up: MadeUpCounty, app: Starlette, operator_: SignedIn) -> None:
    assert operator_.post("/worklist/own", {"text": HOSTILE, "due": "2026-12-01"}).status_code == 303
    assert operator_.post("/worklist/own", {"text": "x", "due": "soon"}).status_code == 422
    assert "alert(1)" in operator_.get("/worklist").text
    assert HOSTILE not in operator_.get("/worklist").text
    other = signed_in(made_up.database, app, "technician")
    assert other.post("/worklist/own/1", {"done": "yes"}).status_code == 303
    assert "<s>" not in operator_.get("/worklist").text, "nobody ticks off another's"
    assert "alert(1)" not in other.get("/worklist").text
    operator_.post("/worklist/own/1", {"done": "yes"})
    assert "<s>" in operator_.get("/worklist").text


def test_a_week_is_drafted_saved_handed_in_and_read_by_the_units_supervisor(
    made_up: MadeUpCounty, app: Starlette, operator_: SignedIn
) -> None:
    with writing(made_up.database) as connection:
        add_edition(connection, "texts", Spot("county", "999999"), '{"texts":{}}', "测试值", now_ms())
    assert "下发或撤回资料 1 份" in operator_.get("/week").text
    monday = text_of_day(monday_of(now_ms()))
    week = {"monday": monday, "text": f"本周 {HOSTILE}"}
    assert operator_.post("/week/save", week | {"revision": "0", "act": "save"}).status_code == 303
    late = operator_.post("/week/save", week | {"revision": "0", "act": "save", "text": "另一处"})
    assert late.status_code == 409
    assert "另一处" in late.text, "what was typed is not lost"
    chief = signed_in(made_up.database, app, "supervisor")
    assert chief.get("/week/1").status_code == 404, "a draft is its writer's"
    assert operator_.post("/week/save", week | {"revision": "1", "act": "hand_in"}).status_code == 303
    assert operator_.post("/week/save", week | {"revision": "2", "act": "save"}).status_code == 409

    assert "/week/1" in chief.get("/week").text
    assert HOSTILE not in chief.get("/week/1").text
    assert chief.post("/week/1/seen", {"remark": "很好"}).status_code == 303
    assert "很好" in operator_.get(f"/week?monday={monday}").text
    assert operator_.get("/week/1").status_code == 403


def test_a_village_is_served_in_earnest_by_an_adviser_who_does_something(
    made_up: MadeUpCounty, app: Starlette, operator_: SignedIn
) -> None:
    people = [{"name": "测试律师", "role": "legal_adviser"}]
    with writing(made_up.database) as connection:
        add_edition(connection, "roster", Spot("station", FIRST), json.dumps({"people": people}), "测试员", now_ms())
    made_up.set(SECOND, "online", video="fault")
    page = operator_.get("/coverage").text
    assert "顾问在此期间没有办过事" in page
    assert "值班表里没有法律顾问；画面异常" in page
    assert "1/8" in page, "there, but not in earnest"


def test_who_was_taken_off_a_matter_is_not_active_by_it(made_up: MadeUpCounty, operator_: SignedIn) -> None:
    people = [{"name": "测试律师", "role": "legal_adviser"}]
    with writing(made_up.database) as connection:
        add_edition(connection, "roster", Spot("station", FIRST), json.dumps({"people": people}), "测试员", now_ms())
    window = Window(made_up.database, PRIVATE)
    visit = window.visit(FIRST, ANNA)
    with writing(made_up.database) as connection:
        for whom, role in (("测试律师", "legal_adviser"), ("测试值", "self")):
            assign(connection, NewStep(visit, now_ms(), "测试督", "assigned", None), whom, role, None)
        add_step(connection, NewStep(visit, now_ms(), "测试值", "answered", None))
    assert "顾问在此期间没有办过事" in operator_.get("/coverage").text
    with writing(made_up.database) as connection:
        withdraw(connection, visit, 2, now_ms())  # that it was taken away was a mistake
    assert "1/8" in operator_.get("/coverage").text


def test_a_call_that_was_taken_and_not_closed_is_reminded_of(made_up: MadeUpCounty, app: Starlette) -> None:
    hour = now_ms() - HOUR_MS
    with writing(made_up.database) as connection:
        for key, taken_ms in ((1, hour), (2, hour - 24 * HOUR_MS)):
            connection.execute(
                insert(help_call).values(
                    id=key, station_id=1, at_ms=taken_ms, received_ms=taken_ms, rung_ms=taken_ms, state="acknowledged",
                    presses=1, level=0, rank=0, acknowledged_by="测试值", acknowledged_ms=taken_ms,
                )
            )  # fmt: skip
    taker, other = (signed_in(made_up.database, app, role).get("/worklist").text for role in ("operator", "supervisor"))
    assert "求助待办结" in taker
    assert all(f'href="/calls/{key}"' in taker for key in (1, 2))
    assert 'href="/calls/1"' not in other, "somebody has it"
    assert 'href="/calls/2"' in other, "for a day nobody closed it"


def test_what_was_written_about_a_call_goes_when_its_time_is_up(made_up: MadeUpCounty, app: Starlette) -> None:
    call = {"station_id": 1, "at_ms": 1, "received_ms": 1, "rung_ms": 1, "presses": 1, "level": 0, "rank": 0}
    with writing(made_up.database) as connection:
        for state, key in (("closed", 1), ("acknowledged", 2)):
            over = {"closed_ms": 1, "outcome": "handled", "matter": "dispute"} if key == 1 else {}
            connection.execute(insert(help_call).values(id=key, state=state, **call, **over))
            for step, note in (("noted", "王某家"), ("dispatched", "→ 民警"), ("closed", "handled dispute 王某家")):
                connection.execute(insert(help_step).values(help_call_id=key, at_ms=1, who="甲", step=step, note=note))
    walk = Walk(KeepSettings())
    while not walk.is_over:
        walk.step(made_up.database, now_ms())
    with reading(made_up.database.reader) as connection:
        notes = connection.execute(select(help_step.c.note).order_by(help_step.c.id)).scalars().all()
    assert notes == ["", "", "handled dispute", "王某家", "→ 民警", "handled dispute 王某家"], "one is still open"


def test_a_bad_rating_whose_person_did_not_answer_is_still_to_be_called(
    made_up: MadeUpCounty, operator_: SignedIn
) -> None:
    window = Window(made_up.database, PRIVATE)
    window.visit(FIRST, ANNA)
    window.rate(FIRST, 1)
    assert operator_.post("/visits/callbacks/1/call", {"result": "no_answer"}).is_redirect
    assert "差评须在次日前回访" in operator_.get("/worklist").text


def test_more_villages_are_no_more_questions_to_the_database(made_up: MadeUpCounty, app: Starlette) -> None:
    with writing(made_up.database) as connection:
        add_rule(connection, Rule(0, "quarterly", "财务", "accounts", 15, day_of(now_ms()) - 300), "测试督", now_ms())
        for code in made_up.villages:
            for name, text in (("roster", '{"people":[]}'), ("disclosure", '{"items":[]}')):
                add_edition(connection, name, Spot("station", code), text, "测试督", now_ms())
    asked: list[str] = []
    event.listen(made_up.database.reader, "before_cursor_execute", lambda *said: asked.append(said[2]))
    for page in ("/coverage", "/worklist", "/disclosure"):
        asked.clear()
        assert signed_in(made_up.database, app, "supervisor").get(page).status_code == 200
        texts = [one for one in asked if "document.text" in one.split("FROM")[0] and "IS NULL" not in one]
        assert len(texts) == 1, page
