"""Calls for help and for staff: in the interface, in metrics, and on the wall within a second."""

import time

import pytest
from playwright.sync_api import Browser, expect

from hub.store.engine import StoreError
from tests.hub.web.caller import Caller
from tests.hub.web.conftest import FIRST, SECOND, THIRD, VILLAGES
from tests.hub.web.looking import Operator, without_scripts
from tests.hub.web.made_up import MadeUpCounty, now_ms
from tests.hub.web.serving import Served
from tests.hub.web.test_metrics import value

HOUR_MS = 3_600_000


def test_calls_are_listed_newest_first_with_those_taken_back(script: Caller, made_up: MadeUpCounty) -> None:
    made_up.call(FIRST, ago_ms=2_000)
    made_up.call(SECOND, withdrawn=True)
    answer = script.get("/api/v1/emergencies").json()
    assert answer["more"] is False
    assert [(one["station"], one["withdrawn"]) for one in answer["emergencies"]] == [(SECOND, True), (FIRST, False)]
    newest = answer["emergencies"][0]
    assert (newest["state"], newest["acknowledged_by"], newest["outcome"]) == ("waiting", None, None)


def test_since_when_and_how_many_can_be_asked(script: Caller, made_up: MadeUpCounty) -> None:
    for hours in (30, 3, 2, 1):
        made_up.call(FIRST, ago_ms=hours * HOUR_MS)

    def told(query: str) -> tuple[int, bool]:
        answer = script.get(f"/api/v1/emergencies{query}").json()
        return len(answer["emergencies"]), answer["more"]

    assert told("") == (3, False), "of the last day, unless asked otherwise"
    assert told("?since=1") == (4, False)
    assert told(f"?since={now_ms() - 2 * HOUR_MS - 60_000}") == (2, False)
    assert told("?limit=2") == (2, True)


@pytest.mark.parametrize("query", ["since=yesterday", "since=-1", "limit=501", "limit=0", "before=1"])
def test_a_query_that_cannot_be_meant_is_refused(script: Caller, query: str) -> None:
    answer = script.get(f"/api/v1/emergencies?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "E-API-03")


def test_without_the_token_nothing_is_told(stranger: Caller, made_up: MadeUpCounty) -> None:
    made_up.call(FIRST)
    answer = stranger.get("/api/v1/emergencies", headers={})
    assert answer.status_code == 401
    assert FIRST not in answer.text


def test_a_database_that_cannot_be_read_is_said(script: Caller, made_up: MadeUpCounty) -> None:
    made_up.alarms.trouble = StoreError("E-STORE-05", "made up")
    answer = script.get("/api/v1/emergencies")
    assert (answer.status_code, answer.json()["code"]) == (503, "E-STORE-05")


def test_calls_and_questions_are_measured(stranger: Caller, made_up: MadeUpCounty) -> None:
    made_up.counters = made_up.counters._replace(emergencies=3)
    made_up.tell()
    made_up.call(FIRST)
    made_up.call(SECOND, staff=True)
    made_up.call(THIRD, staff=True)
    made_up.view.count_asks("found", 4)
    made_up.view.count_asks("too_many")
    assert value(stranger, "hub_emergencies_total") == 3
    assert [value(stranger, "calls_shown", kind=kind) for kind in ("emergency", "staff")] == [1, 2]
    assert [value(stranger, "asks_total", outcome=word) for word in ("found", "too_many", "busy")] == [4, 1, 0]


def test_a_call_for_help_reaches_every_wall_within_a_second_and_stays(
    operator: Operator, served: Served, made_up: MadeUpCounty
) -> None:
    wall, phone = operator.look(served), operator.look(served, "?lang=en", width=360, height=740)
    expect(wall.locator("#emergencies")).to_be_hidden()
    begun = time.monotonic()
    made_up.call(FIRST)
    wall.wait_for_selector("#emergencies:visible", timeout=5_000)
    assert time.monotonic() - begun < 1.0
    expect(wall.locator("#emergencies h2")).to_have_text("紧急求助 1")
    expect(wall.locator("#emergencies button")).to_contain_text("测试1镇 第1村 自 ")
    glyph = wall.evaluate('getComputedStyle(document.querySelector("#emergencies h2"), "::before").content')
    assert '"!"' in glyph
    expect(phone.locator("#emergencies h2")).to_have_text("Emergency 1")
    expect(phone.locator("#emergencies")).to_be_in_viewport(ratio=1.0)
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    made_up.set(SECOND, "offline")
    expect(wall.locator("#n-offline")).to_have_text("1")
    expect(wall.locator("#emergencies")).to_be_visible()


def test_since_when_grows_and_nothing_is_said_aloud_again(
    operator: Operator, served: Served, made_up: MadeUpCounty
) -> None:
    page = operator.look(served)
    made_up.call(FIRST, ago_ms=57_000)
    expect(page.locator("#emergencies button")).to_contain_text("57 秒")
    page.evaluate(
        """() => {
            window.said = 0;
            const all = { childList: true, characterData: true, subtree: true };
            new MutationObserver(() => window.said++).observe(document.querySelector("#emergencies h2"), all);
        }"""
    )
    expect(page.locator("#emergencies button")).to_contain_text("1 分", timeout=8_000)
    assert page.evaluate("window.said") == 0
    expect(page.locator("#emergencies [role=alert] h2")).to_have_count(1)


def test_what_was_taken_back_goes_from_the_wall(operator: Operator, served: Served, made_up: MadeUpCounty) -> None:
    page = operator.look(served)
    made_up.call(FIRST)
    made_up.call(SECOND)
    expect(page.locator("#emergencies h2")).to_have_text("紧急求助 2")
    told = made_up.alarms.emergencies_told
    told[:] = [call._replace(withdrawn=True) for call in told]
    made_up.show_alarms()
    expect(page.locator("#emergencies")).to_be_hidden()


def test_a_call_for_staff_is_calmer_and_both_fit_the_screen(
    operator: Operator, served: Served, made_up: MadeUpCounty
) -> None:
    page = operator.look(served)
    made_up.call(FIRST)
    made_up.call(SECOND, staff=True)
    made_up.call(THIRD, staff=True)
    expect(page.locator("#staff h2")).to_have_text("叫工作人员 2")
    sizes = [page.locator(f"#{kind}").bounding_box() for kind in ("emergencies", "staff")]
    assert sizes[0] is not None
    assert sizes[1] is not None
    assert sizes[0]["height"] > sizes[1]["height"]
    assert sizes[0]["y"] < sizes[1]["y"]
    colours = [
        page.evaluate(f'getComputedStyle(document.getElementById("{kind}")).backgroundColor')
        for kind in ("emergencies", "staff")
    ]
    assert colours[0] == "rgb(127, 0, 0)"
    assert colours[1] != colours[0]
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_many_calls_are_counted_and_the_newest_named(operator: Operator, served: Served, made_up: MadeUpCounty) -> None:
    for code, _, _ in VILLAGES:
        made_up.call(code)
    page = operator.look(served)
    expect(page.locator("#emergencies h2")).to_have_text("紧急求助 8")
    expect(page.locator("#emergencies button")).to_have_count(6)
    expect(page.locator("#emergencies li").last).to_have_text("另有 2 处")
    expect(page.locator("#emergencies button").first).to_contain_text("测试2镇 第4村")


def test_its_button_shows_the_village(operator: Operator, served: Served, made_up: MadeUpCounty) -> None:
    made_up.call(THIRD)
    page = operator.look(served)
    page.keyboard.press("Escape")
    page.locator("#emergencies button").click()
    expect(page.locator("#card")).to_be_visible()
    expect(page.locator("#card")).to_contain_text(THIRD)


def test_it_lies_over_the_whole_wall_until_somebody_took_it_and_comes_back_when_put_aside(
    operator: Operator, served: Served, made_up: MadeUpCounty
) -> None:
    page = operator.look(served, width=1920, height=1080)
    made_up.call(FIRST)
    overlay = page.locator("#call-overlay")
    expect(overlay).to_contain_text("测试1镇 第1村")
    assert overlay.bounding_box() == {"x": 0, "y": 0, "width": 1920, "height": 1080}
    expect(overlay.locator("button")).to_be_focused()
    page.keyboard.press("Escape")
    expect(overlay).to_have_count(0)
    expect(page.locator("#emergencies")).to_be_visible()
    made_up.call(SECOND)
    expect(overlay.locator("li")).to_have_count(2)
    page.keyboard.press("Escape")
    told = made_up.alarms.emergencies_told
    told[1] = told[1]._replace(level=1)
    made_up.show_alarms()
    expect(overlay).to_contain_text("已升级 1 次")
    told.clear()
    made_up.show_alarms()
    expect(overlay).to_have_count(0)


def test_without_scripts_the_first_paint_says_it(browser: Browser, served: Served, made_up: MadeUpCounty) -> None:
    made_up.call(FIRST)
    with without_scripts(browser, served) as page:
        expect(page.locator("#emergencies")).to_contain_text("紧急求助 1")
        expect(page.locator("#emergencies")).to_contain_text("测试1镇 第1村")
        expect(page.locator("#staff")).to_be_hidden()
