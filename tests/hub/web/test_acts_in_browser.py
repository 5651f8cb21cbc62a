"""Incidents and calls for help acted on by somebody at a browser, step by step, with keyboard and by touch."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import faults_of
from tests.hub.web.acting import down, nobody_came, press, real, well_again
from tests.hub.web.conftest import FIRST, SECOND, VILLAGES
from tests.hub.web.looking import LOOKS, Operator
from tests.hub.web.made_up import MadeUpCounty
from tests.hub.web.serving import Served

FAR = VILLAGES[-1][0]


@pytest.fixture
def centre(made_up: MadeUpCounty, tmp_path: Path) -> Iterator[Served]:
    real(made_up, tmp_path)
    served = Served(made_up, tmp_path)
    served.start()
    yield served
    served.end()


def refresh(page: Page) -> None:
    """Have the page ask for itself anew, as it does every few seconds."""
    with page.expect_response(
        lambda answer: answer.request.resource_type == "fetch" and "/calls/now" not in answer.url
    ):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def ask(page: Page) -> None:
    """Have the page ask who calls for help, as it does every two seconds."""
    with page.expect_response(lambda answer: answer.url.endswith("/calls/now")):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_from_the_list_to_closed_with_the_keyboard_alone(
    operator: Operator, centre: Served, made_up: MadeUpCounty
) -> None:
    town, far = down(made_up, FIRST, SECOND), down(made_up, FAR)
    page = operator.look(centre, "incidents", as_="supervisor", **LOOKS["zh"])
    expect(page.locator("#bulk")).to_be_hidden()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("处置完毕")
    page.keyboard.press("Escape")
    for key in ("j", "x", "j", "x", "k"):
        page.keyboard.press(key)
    expect(page.locator("#bulk output")).to_have_text("已选 2 起")
    refresh(page)
    expect(page.locator("#bulk output")).to_have_text("已选 2 起")
    expect(page.locator(f"tr[data-id='{town}']")).to_have_class("at")
    page.keyboard.press("a")
    expect(page.locator("#bulk select[name=lasts]")).to_be_focused()
    page.keyboard.press("Enter")
    page.locator("#bulk button.act").press("Enter")
    expect(page.locator("section h2")).to_contain_text("签收 · 2 起已办，0 起未办")
    page.locator("a.button.act").press("Enter")
    expect(page.locator(f"tr[data-id='{far}'] .who")).to_have_text("测试督 已签收")

    page.wait_for_load_state()  # its keys work from then on
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/incidents/{town}$"))
    page.wait_for_load_state()
    page.keyboard.press("d")
    page.keyboard.type("供电所")
    page.keyboard.press("Enter")
    expect(page.locator(".done")).to_have_text("已派单")
    expect(page.locator(".stands")).to_contain_text("供电所 已派单")
    page.locator("form button", has_text="撤回我的上一步").press("Enter")
    expect(page.locator(".stands")).to_contain_text("测试督 已签收")
    well_again(made_up, FIRST, SECOND)
    page.reload()
    page.keyboard.press("r")
    page.locator("#act-resolve select").select_option("power")
    page.locator("#act-resolve button").press("Enter")
    expect(page.locator(".done")).to_have_text("已记为处置完毕")
    page.locator("#act-close summary").press("Enter")
    page.locator("#act-close button").press("Enter")
    expect(page.locator(".stages [data-standing=done]")).to_have_count(4)
    expect(page.locator(".steps")).to_contain_text("撤回")


def test_by_touch_on_a_phone_the_second_is_told_and_what_is_typed_is_never_taken_away(
    operator: Operator, centre: Served, made_up: MadeUpCounty
) -> None:
    key = down(made_up, FIRST, SECOND)
    operator.may_be_cut = True  # what is refused is answered 409, and the browser notes that
    look = LOOKS["en"] | {"has_touch": True}
    first = operator.look(centre, f"incidents/{key}?lang=en", as_="operator", **look)
    second = operator.look(centre, f"incidents/{key}?lang=en", as_="technician", **look)
    second.locator("#act-ack summary").tap()
    second.locator("#act-ack select").select_option("8h")
    second.locator("#act-ack input[name=note]").fill("I know that transformer")
    first.locator("#act-ack summary").tap()
    first.locator("#act-ack button").tap()
    expect(first.locator(".done")).to_have_text("Acknowledged")
    refresh(second)
    expect(second.locator("#act-ack input[name=note]")).to_have_value("I know that transformer")
    second.locator("#act-ack button").tap()
    expect(second.locator("#act-ack .wrong")).to_contain_text("测试值 was first (acknowledged)")
    expect(second.locator("#act-ack select")).to_have_value("8h")
    refresh(second)
    second.locator("#act-ack input[name=force]").tap()
    second.locator("#act-ack button").tap()
    expect(second.locator(".stands")).to_contain_text("测试修 acknowledged")
    expect(first.locator(".stands")).to_contain_text("测试值 acknowledged")
    refresh(first)
    expect(first.locator(".stands")).to_contain_text("测试修 acknowledged")


def test_a_call_lies_over_every_page_until_somebody_has_it(
    operator: Operator, centre: Served, made_up: MadeUpCounty
) -> None:
    key = down(made_up, FIRST)
    page = operator.look(centre, f"incidents/{key}", as_="operator", **LOOKS["zh"])
    other = operator.look(centre, "windows?lang=en", as_="viewer", **LOOKS["en"])
    page.keyboard.press("d")
    page.keyboard.type("供电所")
    press(made_up, SECOND, ago_ms=61_000)
    nobody_came(made_up, 0)
    ask(page)
    ask(other)
    alert = page.locator("#call-alert")
    expect(alert).to_be_visible()
    expect(alert.locator("h2")).to_have_text("紧急求助 · 1 起求助待签收")
    expect(alert.locator("li")).to_contain_text("测试1镇 第2村")
    expect(alert.locator("li")).to_contain_text("已升级 1 次")
    box = alert.bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (1920, 1080), "all of the screen"
    expect(other.locator("#call-strip")).to_contain_text("1 waiting")
    expect(other.locator("#call-alert")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator("#call-strip")).to_be_visible()
    expect(page.locator("#act-dispatch input[name=to]")).to_have_value("供电所")
    page.locator("#call-strip [data-do=open]").click()
    alert.locator("button", has_text="签收").click()
    expect(alert).to_be_hidden()
    expect(page.locator("#act-dispatch input[name=to]")).to_have_value("供电所")
    ask(other)
    expect(other.locator("#call-strip")).to_be_hidden()


def test_from_the_alert_to_the_outcome_in_english_on_a_phone(
    operator: Operator, centre: Served, made_up: MadeUpCounty
) -> None:
    press(made_up, FIRST)
    operator.may_be_cut = True  # what is refused is answered 409, and the browser notes that
    page = operator.look(centre, "incidents?lang=en", as_="operator", **LOOKS["en"])
    page.locator("#call-alert button", has_text="Acknowledge").click(timeout=8_000)
    expect(page.locator(".rank")).to_have_text("in hand")
    page.locator("#dispatch input[name=to]").fill("police station")
    page.locator("#dispatch button").click()
    expect(page.locator(".stands")).to_contain_text("→ police station")
    page.locator("#close select[name=outcome]").select_option("handled")
    page.locator("#close input[name=note]").fill("calm again")
    page.locator("#close button").click()
    expect(page.locator("#close .wrong")).to_contain_text("E-CALL-05")
    expect(page.locator("#close input[name=note]")).to_have_value("calm again")
    page.locator("#close select[name=matter]").select_option("dispute")
    page.locator("#close button").click()
    expect(page.locator(".stands")).to_have_text("handled · major dispute")
    page.goto(f"{centre.url}calls?lang=en")
    expect(page.locator("#months tbody")).to_contain_text("1")


@pytest.mark.parametrize("language", LOOKS)
def test_axe_finds_nothing_wrong(operator: Operator, centre: Served, made_up: MadeUpCounty, language: str) -> None:
    key = down(made_up, FIRST, SECOND)
    down(made_up, FAR)
    look = LOOKS[language] | {"bypass_csp": True, "as_": "supervisor"}
    page = operator.look(centre, f"incidents?lang={language}", **look)
    page.locator(".pick input").first.check()
    wrong = faults_of(page)
    page.goto(f"{centre.url}incidents/{key}")
    for act in ("ack", "dispatch", "resolve", "note", "supervise"):
        page.locator(f"#act-{act} summary").click()
    wrong += faults_of(page)
    page.goto(f"{centre.url}windows")
    wrong += faults_of(page)
    press(made_up, FIRST)
    page.goto(f"{centre.url}calls/1")
    expect(page.locator("#call-strip")).to_be_visible()
    wrong += faults_of(page)
    press(made_up, FAR)
    page.goto(f"{centre.url}calls")
    expect(page.locator("#call-alert")).to_be_visible()
    wrong += faults_of(page)
    page.keyboard.press("Escape")
    wrong += faults_of(page)
    assert wrong == []
