"""The pages of reports as people of the centre use them."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette

from hub.desks.reporting import ReportDesk
from hub.desks.warning_watch import look
from hub.reports.period import last_over, read_period
from tests.hub.logged import logged
from tests.hub.reports.stored import DAY, HOUR, Stored
from tests.hub.web.caller import Caller
from tests.hub.web.conftest import VILLAGES
from tests.hub.web.made_up import MadeUpCounty
from tests.hub.web.signed_in import SignedIn, signed_in

ATTACK = "<script>alert(1)</script> =1+1 #panic()"


@pytest.fixture
def now_ms() -> int:
    return time.time_ns() // 1_000_000


@pytest.fixture
def app(made_up: MadeUpCounty, tmp_path: Path, now_ms: int) -> Iterator[Starlette]:
    app = made_up.app(tmp_path)
    stored = Stored(made_up.database, list(range(1, len(VILLAGES) + 1)), now_ms - 400 * DAY, now_ms)
    month = last_over("month", now_ms)
    with stored.together():
        for at in range(12):
            stored.visit(1 + at % 5, month.from_ms + at * DAY, matter="land", grades=(5,))
        for ago in range(2, 9):
            stored.visit(1, now_ms - ago * 7 * DAY + HOUR, "learning", matter="house")
        for _ in range(9):
            stored.visit(1, now_ms - DAY, "learning", matter="house")
    return app


def person(made_up: MadeUpCounty, app: Starlette, role: str, *towns: str) -> SignedIn:
    return signed_in(made_up.database, app, role, *towns)


def test_a_report_goes_from_draft_to_its_addressees(made_up: MadeUpCounty, app: Starlette, now_ms: int) -> None:
    operator, supervisor = person(made_up, app, "operator"), person(made_up, app, "supervisor")
    viewer = person(made_up, app, "viewer")
    answer = operator.post("/reports/draft", {"kind": "monthly", "period": "", "town": ""})
    assert answer.headers["location"] == "/reports/1?done=report_draft"
    page = operator.get("/reports/1").text
    assert "山林土地12件" in page
    assert page.count('role="img"') >= 4
    assert viewer.get("/reports/1").status_code == 404, "a draft is nobody's yet"
    assert 'href="/reports/1"' not in viewer.get("/reports").text

    said = {"key": "overview", "title": "概况", "text": f"人写的话\n{ATTACK}", "edits": "0"}
    assert operator.post("/reports/1/section", said).status_code == 303
    again = operator.post("/reports/1/section", said | {"text": "后来的话"})
    assert again.status_code == 409
    assert "E-REP-11" in again.text
    assert "后来的话" in again.text, "what was typed is not lost"
    page = operator.get("/reports/1").text
    assert "人写的话" in page
    assert "<script>alert" not in page

    assert operator.post("/reports/1/act", {"act": "submit", "edits": "1"}).status_code == 303
    assert operator.post("/reports/1/act", {"act": "approve", "edits": "2"}).status_code == 403
    approval = {"act": "approve", "note": "同意", "edits": "1"}
    assert supervisor.post("/reports/1/act", approval).status_code == 409, "nobody approves what they did not read"
    assert supervisor.post("/reports/1/act", approval | {"edits": "2"}).status_code == 303
    undo = {"act": "withdraw", "edits": "3"}
    assert operator.post("/reports/1/act", undo).status_code == 403, "not what was approved"
    copies = {"to": "局领导\n县委办", "edits": "3"}
    assert supervisor.post("/reports/1/distribute", copies).status_code == 303
    assert supervisor.post("/reports/1/distribute", copies).status_code == 409, "pressed twice is sent once"
    page = viewer.get("/reports/1").text
    assert "局领导" in page
    assert "已分发" in page
    assert '<form method="post" action="/reports' not in page
    assert operator.post("/reports/1/correct", {"note": "数字有误"}).headers["location"].startswith("/reports/2")
    acts = logged(made_up.database, "act", "who")
    assert [act for act, _ in acts] == [
        "report.draft", "report.edit", "report.submit", "report.approve", "report.distribute", "report.correct",
    ]  # fmt: skip
    assert (acts[0][1], acts[3][1]) == ("测试值", "测试督")


def test_whoever_wrote_a_part_is_told_that_another_approves(made_up: MadeUpCounty, app: Starlette) -> None:
    supervisor = person(made_up, app, "supervisor")
    supervisor.post("/reports/draft", {"kind": "brief", "period": "", "town": "测试1镇"})
    supervisor.post("/reports/1/act", {"act": "submit", "edits": "0"})
    assert "须由他人批准" in supervisor.get("/reports/1").text
    answer = supervisor.post("/reports/1/act", {"act": "approve", "edits": "1"})
    assert answer.status_code == 409
    assert "E-REP-03" in answer.text


def test_an_area_bounds_what_somebody_drafts(made_up: MadeUpCounty, app: Starlette) -> None:
    local = person(made_up, app, "operator", "测试1镇")
    for town, status in (("", 403), ("测试2镇", 403), ("测试1镇", 303)):
        assert local.post("/reports/draft", {"kind": "daily", "period": "", "town": town}).status_code == status
    other = person(made_up, app, "operator", "测试2镇")
    assert person(made_up, app, "operator").post("/reports/draft", {"kind": "daily"}).status_code == 303
    assert [local.get(f"/reports/{key}").status_code for key in (1, 2)] == [200, 404], "nor the county's"
    assert 'href="/reports/1"' in local.get("/reports").text
    for path in ("/reports/1", "/reports/1/file/pdf"):
        assert other.get(path).status_code == 404, "nobody else's draft is read"
    assert 'href="/reports/1"' not in other.get("/reports").text
    assert other.post("/reports/1/act", {"act": "submit", "edits": "0"}).status_code == 404


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"kind": "monthly", "period": "2026-99"}, 422),
        ({"kind": "monthly", "period": "2199-01"}, 422),
        ({"kind": "daily", "period": "2026-01"}, 422),
        ({"kind": "nothing"}, 422),
        ({}, 422),
    ],
)
def test_a_draft_that_cannot_be_meant_is_said_so(
    made_up: MadeUpCounty, app: Starlette, fields: dict[str, str], status: int
) -> None:
    assert person(made_up, app, "operator").post("/reports/draft", fields).status_code == status


def test_every_page_reads_in_both_languages(made_up: MadeUpCounty, app: Starlette) -> None:
    supervisor = person(made_up, app, "supervisor")
    pages = {"figures": "Main figures", "warnings": "Warnings that stand", "scores": "What counts how much",
             "alarms": "Chattering sources"}  # fmt: skip
    for path, english in pages.items():
        assert supervisor.get(f"/reports/{path}").status_code == 200
        assert english in supervisor.get(f"/reports/{path}?lang=en").text
    assert "E-REP-01" in supervisor.get("/reports/figures?period=nonsense").text
    assert supervisor.get("/reports/figures?period=nonsense&town=nowhere").status_code == 200


def test_files_of_every_form(made_up: MadeUpCounty, app: Starlette, now_ms: int) -> None:
    viewer = person(made_up, app, "viewer")
    month = last_over("month", now_ms).name
    found = viewer.get(f"/reports/figures/file/csv?period={month}")
    assert found.headers["content-type"] == "text/csv; charset=utf-8"
    assert len(found.text.splitlines()) == 1 + len(VILLAGES)
    assert viewer.get("/reports/scores/file/xlsx").content.startswith(b"PK")
    assert viewer.get("/reports/alarms/file/pdf").content.startswith(b"%PDF")
    assert viewer.get("/reports/alarms/file/exe").status_code == 404
    assert viewer.get("/reports/alarms/file/pdf?period=x").status_code == 422
    assert viewer.get("/reports/99/file/pdf").status_code == 404


def test_weights_are_changed_by_who_may_and_stay_on_record(made_up: MadeUpCounty, app: Starlette) -> None:
    supervisor, operator = person(made_up, app, "supervisor"), person(made_up, app, "operator")
    fields = {
        f"{criterion}_{what}": value
        for criterion, points in (("online", "40"), ("intact", "10"), ("answered", "30"), ("satisfied", "20"))
        for what, value in (("points", points), ("floor", "80"), ("full", "98.5"))
    }
    assert operator.post("/reports/scores/weights", fields).status_code == 403
    refused = supervisor.post("/reports/scores/weights", fields | {"online_points": "50"})
    assert refused.status_code == 422
    assert "E-REP-05" in refused.text
    assert supervisor.post("/reports/scores/weights", fields | {"online_points": "nan"}).status_code == 422
    assert supervisor.post("/reports/scores/weights", fields).status_code == 303
    page = supervisor.get("/reports/scores").text
    assert 'value="98.5"' in page
    assert "测试督" in page


def test_a_warning_is_acknowledged_by_who_is_responsible(made_up: MadeUpCounty, app: Starlette, now_ms: int) -> None:
    look(ReportDesk(made_up.database), now_ms)
    viewer, local = person(made_up, app, "viewer"), person(made_up, app, "operator", "测试1镇")
    page = viewer.get("/reports/warnings").text
    assert "近7天房屋宅基地类事项9件" in page
    assert "待签收" in page
    assert "9 in the last 7 days" in viewer.get("/reports/warnings?lang=en").text
    assert viewer.post("/reports/warnings/1", {"note": ""}).status_code == 403
    assert person(made_up, app, "operator", "测试2镇").post("/reports/warnings/1", {"note": ""}).status_code == 403
    assert local.post("/reports/warnings/1", {"note": "已派人"}).status_code == 303
    assert "已派人" in viewer.get("/reports/warnings").text
    assert local.post("/reports/warnings/77", {"note": ""}).status_code == 404


def test_figures_say_that_nothing_was_kept(stranger: Caller) -> None:
    page = stranger.get("/reports/figures").text
    assert "没有采集到任何数据" in page
    assert "0.00%" not in page


def test_the_period_of_this_month_is_said_not_to_be_over(made_up: MadeUpCounty, app: Starlette, now_ms: int) -> None:
    name = read_period(time.strftime("%Y-%m", time.gmtime(now_ms / 1000 + 8 * 3600)), now_ms).name
    assert "尚未结束" in person(made_up, app, "viewer").get(f"/reports/figures?period={name}").text
