"""The pages beside the wall, as they are served."""

import re
from pathlib import Path

import pytest

from hub.store.engine import StoreError
from hub.web.console import incidents as incident_pages
from hub.web.pages import within
from tests.hub.web.caller import Caller
from tests.hub.web.conftest import FIRST, SECOND, THIRD, VILLAGES
from tests.hub.web.made_up import MadeUpCounty, large_county, now_ms
from tests.hub.web.signed_in import signed_in

FAR_ONE = VILLAGES[-1][0]
HOUR_MS = 3_600_000


def rows(page: str, group: str = "") -> list[str]:
    """Return the ids of the incidents that a page lists, or one of its groups."""
    part = page.partition(f'<section id="{group}">')[2].partition("</section>")[0] if group else page
    return re.findall(r'href="/incidents/([a-z0-9]+)"', part)


@pytest.fixture
def told(made_up: MadeUpCounty) -> MadeUpCounty:
    """A county with three open incidents, one closed an hour ago, one closed two days ago."""
    made_up.trouble("down", "town", "测试1镇", FIRST, SECOND, id="town")
    made_up.trouble("line", "station", FAR_ONE, FAR_ONE, id="line", priority=3, state="dispatched", owner="王某")
    made_up.trouble("down", "county", "", THIRD, FAR_ONE, id="county", priority=1, name="测试县")
    for key, ago_ms in (("hour", HOUR_MS), ("days", 48 * HOUR_MS)):
        over_ms = now_ms() - ago_ms
        closed = {"state": "closed", "closed_ms": over_ms, "recovered_ms": over_ms, "noticed_ms": over_ms}
        made_up.trouble("video", "station", FIRST, id=key, cause="dirt", **closed)
    return made_up


def test_the_list_holds_what_is_open_and_what_was_closed_within_a_day(stranger: Caller, told: MadeUpCounty) -> None:
    page = stranger.get("/incidents").text
    assert rows(page, "open") == ["county", "town", "line"], "the most important first"
    assert rows(page, "closed_lately") == ["hour"]
    assert "2/4 村" in page
    assert "王某 已派单" in page
    assert "state=closed" in page


@pytest.mark.parametrize(
    ("query", "listed"),
    [
        pytest.param("state=dispatched", ["line"], id="a state"),
        pytest.param("kind=line", ["line"], id="a kind"),
        pytest.param("kind=video", ["hour"], id="a kind that is over"),
        pytest.param("town=测试1镇", ["county", "town", "hour"], id="a town, with what affects a village of it"),
        pytest.param("town=测试2镇&kind=down", ["county"], id="both"),
        pytest.param("state=closed", ["hour", "days"], id="everything that is closed"),
        pytest.param(
            "state=nonsense&town=那里", ["county", "town", "line", "hour"], id="what is misspelt is not asked"
        ),
    ],
)
def test_the_list_is_filtered(stranger: Caller, told: MadeUpCounty, query: str, listed: list[str]) -> None:
    assert rows(stranger.get(f"/incidents?{query}").text) == listed


def test_what_is_closed_is_paged_to_its_end(
    stranger: Caller, told: MadeUpCounty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incident_pages, "PAGE", 1)
    address, seen = "/incidents?state=closed&kind=video", []
    while address:
        page = stranger.get(address).text
        seen += rows(page)
        older = re.search(r'class="button" href="(/incidents\?[^"]*before=[^"]+)"', page)
        address = older[1].replace("&amp;", "&") if older else ""
    assert seen == ["hour", "days"]


def test_one_incident_tells_everything_of_it(stranger: Caller, told: MadeUpCounty) -> None:
    told.trouble("down", "town", "测试1镇", FIRST, id="town", state="acknowledged", owner="王某")
    told.stored.step("town", "opened", note="cut_together 2/4", ago_ms=HOUR_MS)
    told.stored.step("town", "acknowledged", "王某", "<b>已电话核实</b>")
    page = stranger.get("/incidents/town").text
    for said in (
        "较大",
        "测试1镇",
        "1/4 村",
        "王某 已签收",
        "多村同时中断，疑似断电/断网",
        "现受影响 1 村",
        "曾受影响、已恢复 1 村",
    ):
        assert said in page, said
    assert "已电话核实" not in page, "what people wrote is not for a screen on a wall"
    written = signed_in(told.database, stranger._app, "viewer").get("/incidents/town").text
    assert "&lt;b&gt;已电话核实&lt;/b&gt;" in written
    assert re.findall(r'data-standing="(\w+)"', page) == ["done", "here", "to_come", "to_come"]
    assert f'href="/stations/{FIRST}"' in page
    english = stranger.get("/incidents/town?lang=en").text
    assert "many villages together" in english
    assert not re.search(r"[\u4e00-\u9fff]", re.sub(r"测试\w*|第\d村|王某|已电话核实|中文", "", english))


def test_an_incident_that_is_not_there_is_said_to_be_none(stranger: Caller, told: MadeUpCounty) -> None:
    answer = stranger.get("/incidents/none")
    assert answer.status_code == 404
    assert "没有这个事件" in answer.text


def test_when_the_records_cannot_be_read_what_is_open_still_shows(stranger: Caller, told: MadeUpCounty) -> None:
    told.stored.trouble = StoreError("E-STORE-05", "a test")
    page = stranger.get("/incidents")
    assert page.status_code == 200
    assert rows(page.text) == ["county", "town", "line"]
    assert "暂时无法读取记录" in page.text
    assert "现受影响 2 村" in stranger.get("/incidents/town").text


def test_the_matrix_of_towns_leads_to_that_of_their_villages(stranger: Caller, made_up: MadeUpCounty) -> None:
    for code, _, _ in VILLAGES:
        made_up.line(code)
    made_up.line(SECOND, "degraded", reached=150, received=150)
    made_up.set(THIRD, "offline")
    page = stranger.get("/lines").text
    assert re.findall(r'<td class="(\w+)"><a [^>]+>(\d+)<', page) == [
        ("bad", "16"), ("poor", "50"), ("poor", "50"), ("good", "100"),
    ]  # fmt: skip
    assert "▲" not in page, "signs stand in the style, not in the text"
    assert re.search(r"测试1镇 第2村.*16\.7%", page)
    two = stranger.get("/lines?a=测试1镇&b=测试2镇").text
    assert re.findall(r'<td class="(\w+)">([\d.]+|×)</td>', two)[:12:4] == [
        ("good", "3.5"), ("bad", "1.1"), ("off", "×"),
    ]  # fmt: skip
    assert stranger.get("/lines?a=nowhere").status_code == 404


def test_a_county_without_a_single_measurement_says_so(stranger: Caller) -> None:
    page = stranger.get("/lines").text
    assert "尚无线路数据" in page
    assert "—" in page


def test_five_hundred_villages_make_no_heavy_page(tmp_path: Path) -> None:
    county = large_county(496)
    for code in county.villages:
        county.line(code)
    caller = Caller(county.app(tmp_path))
    assert len(caller.get("/lines").content) < 150_000
    assert len(caller.get("/lines?a=上冈镇").content) < 90_000, "45 by 45 villages"


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("E-WEB-05 open it again 请重新打开", "E-WEB-05 请重新打开", "E-WEB-05 open it again"),
        ("not reached by this name; see [web] names 不使用此主机名，见 [web] names", "不使用此主机名，见 [web] names",
         "not reached by this name; see [web] names"),
        ("没有这个镇", "没有这个镇", "没有这个镇"),
        *[("上冈镇 is not yours 上冈镇不归您管",) * 3, ("the town 上冈镇 is not one of yours 不归您管",) * 3],
    ],
)  # fmt: skip
def test_a_refusal_is_said_in_the_reader_s_language(text: str, zh: str, en: str) -> None:
    assert (within(text, "zh"), within(text, "en")) == (zh, en)


def test_a_page_that_is_not_there_leads_home_and_not_to_signing_in(stranger: Caller) -> None:
    page = stranger.get("/no-such-page", headers={"Accept": "text/html"})
    assert page.status_code == 404
    assert 'class="button act" href="/"' in page.text
    assert "没有这个地址" in page.text
    assert "no such address" not in page.text
