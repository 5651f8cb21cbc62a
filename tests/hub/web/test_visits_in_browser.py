"""A matter from the list to its end as somebody at the centre does it, in the real browser; axe looks at every page."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import faults_of
from tests.hub.people import ANNA, BERT
from tests.hub.web.a_window import ATTACK, Window
from tests.hub.web.conftest import VILLAGES
from tests.hub.web.looking import Operator
from tests.hub.web.made_up import PRIVATE, MadeUpCounty
from tests.hub.web.serving import Served


def send(page: Page, action: str, **fields: str) -> None:
    """Fill in the form of this action and send it, as a person does."""
    form = page.locator(f'form[action$="{action}"]').last
    for name, value in fields.items():
        field = form.locator(f"[name={name}]")
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    with page.expect_navigation():
        form.locator("button").first.click()


@pytest.mark.parametrize(
    ("language", "theme", "width"),
    [("zh", "light", 1920), ("en", "dark", 360)],
)
def test_a_matter_goes_from_the_list_to_its_end(
    made_up: MadeUpCounty, served: Served, operator: Operator, language: str, theme: str, width: int
) -> None:
    window = Window(made_up.database, PRIVATE)
    window.busy_day(VILLAGES[0][0], VILLAGES[4][0])
    page = operator.look(served, f"visits?lang={language}&theme={theme}", width=width, height=900, as_="supervisor")
    expect(page.locator("table.visits tbody tr")).to_have_count(5)
    assert faults_of(page) == []
    page.locator("text=12-00002-1").click()
    assert faults_of(page) == []
    assert BERT.name not in page.content()
    send(page, "/visits/2/open", reason="与来访人通话")
    expect(page.locator("main")).to_contain_text(BERT.id_number)
    expect(page.locator(".villager").first).to_have_text(ATTACK)
    assert faults_of(page) == []
    page.reload()  # a browser would send the form again; here it is asked for by address, and shows nothing
    page.goto(f"{served.url}visits/2/open")
    expect(page).to_have_url(f"{served.url}visits/2")
    assert BERT.id_number not in page.content()
    send(page, "/assign", whom="测试律师", why="劳动争议")
    expect(page.locator(".note.done")).to_be_visible()
    expect(page.locator(".clocks")).to_contain_text("测试律师")
    operator.may_be_cut = True  # the browser says of a page with 422 that something failed
    send(page, "/visits/2/step", state="answered")
    expect(page.get_by_role("alert")).to_be_visible()
    assert faults_of(page) == []
    send(page, "/visits/2/step", state="answered", phrase="evidence", text="周三上午来")
    expect(page.locator("#steps li")).to_have_count(3)
    expect(page.locator(".clock")).to_have_attribute("data-standing", "met")
    send(page, "/undo")
    expect(page.locator("#steps li.withdrawn")).to_have_count(1)
    send(page, "/visits/2/step", state="refused", text="请向劳动仲裁委申请")
    send(page, "/hold", reason="诉讼中")
    assert faults_of(page) == []
    page.goto(f"{served.url}visits/callbacks")
    assert faults_of(page) == []
    send(page, "/callbacks/1/call", result="reached", satisfied="no", note="等得太久")
    expect(page.locator("#c1 .steps li")).to_have_count(1)
    send(page, "/callbacks/1/fixed", note="已道歉")
    expect(page.locator("#c1")).to_have_count(0)
    page.goto(f"{served.url}visits?which=ended")
    expect(page.locator("table.visits tbody tr")).to_have_count(2)
    assert faults_of(page) == []


@pytest.mark.parametrize(("language", "width"), [("zh", 1920), ("en", 360)])
def test_a_person_s_data_is_copied_and_deleted(
    made_up: MadeUpCounty, served: Served, operator: Operator, language: str, width: int
) -> None:
    window = Window(made_up.database, PRIVATE)
    window.busy_day(VILLAGES[0][0], VILLAGES[4][0])
    page = operator.look(served, f"persons?lang={language}", width=width, height=900, as_="supervisor")
    assert faults_of(page) == []
    send(page, "/persons/found", id_number=ANNA.id_number, reason="本人申请")
    expect(page.locator("tbody tr")).to_have_count(3)
    assert ANNA.id_number not in page.content() + page.url
    assert faults_of(page) == []
    with page.expect_download() as downloading:
        page.locator("[value=csv]").click()
    assert ANNA.id_number in downloading.value.path().read_text("utf-8-sig")
    operator.may_be_cut = True  # the browser says of a page with 422 that something failed
    send(page, "/persons/erased")
    expect(page.get_by_role("alert")).to_be_visible()
    page.locator("[name=sure]").check()
    send(page, "/persons/erased")
    expect(page.locator(".note.done")).to_have_count(2)  # what went, and what stays for now
    assert faults_of(page) == []
