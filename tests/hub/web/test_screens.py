"""A screen on a wall is paired by the code it shows, looks, and is revoked."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from hub.access.codes import ALPHABET, grouped
from hub.store.access_tables import screen
from hub.store.engine import reading, writing
from hub.store.screens import MOST_WAITING, WAITS_MS
from hub.web.console.screens import CODES_EACH, TRIES_EACH
from hub.web.who import SCREEN_COOKIE
from tests.hub.logged import logged
from tests.hub.web.caller import Caller
from tests.hub.web.made_up import MadeUpCounty
from tests.hub.web.made_up_database import SCREEN
from tests.hub.web.signed_in import SignedIn, signed_in

SHOWN = re.compile(r'data-code="([0-9A-Z]{4}-[0-9A-Z]{4})"')


class Browser(Caller):
    """A browser that nobody signed in at; it keeps its cookie."""

    def __init__(self, app) -> None:
        super().__init__(app)
        self.headers = {"User-Agent": "a television"}

    def opens(self, path: str = "/pair"):
        answer = self.get(path)
        kept = answer.headers.get("set-cookie", "")
        if kept.startswith(SCREEN_COOKIE):
            self.cookie = kept
            self.headers = self.headers | {"Cookie": kept.partition(";")[0]}
        return answer

    def code(self) -> str:
        return SHOWN.search(self.opens().text)[1]

    def state(self) -> str:
        return self.get("/pair/state").json()["state"]


@pytest.fixture
def app(made_up: MadeUpCounty, tmp_path: Path):
    return made_up.app(tmp_path)


@pytest.fixture
def television(app) -> Browser:
    return Browser(app)


@pytest.fixture
def technician(made_up: MadeUpCounty, app) -> SignedIn:
    return signed_in(made_up.database, app, "technician")


def paired(technician: SignedIn, code: str, name: str = "指挥大厅"):
    return technician.post("/admin/screens", {"code": code, "name": name})


def key_of(made_up: MadeUpCounty, name: str) -> int:
    with reading(made_up.database.reader) as connection:
        return connection.execute(select(screen.c.id).where(screen.c.name == name)).scalar_one()


def test_a_screen_shows_a_code_is_confirmed_and_becomes_the_wall(
    made_up: MadeUpCounty, television: Browser, technician: SignedIn
) -> None:
    code = television.code()
    assert television.code() == code, "it stays while it is good"
    assert (television.state(), television.get("/").headers["location"]) == ("waiting", "/pair")
    assert television.get("/live").status_code == 401
    assert technician.get(f"/admin/screens?code={code.replace('-', '')}").text.count(code) == 1, "the QR code's address"
    answer = paired(technician, code.lower().replace("-", " "))
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/screens?done=screen_paired")
    assert television.state() == "paired"
    assert television.opens().headers["location"] == "/"
    wall = television.get("/")
    assert wall.status_code == 200
    assert "Max-Age=34560000" in wall.headers["set-cookie"], "a wall that is looked at is never forgotten"
    listed = technician.get("/admin/screens").text
    assert "指挥大厅" in listed
    assert "测试修" in listed
    assert logged(made_up.database, "who", "role", "act", "subject") == [
        ("测试修", "technician", "screen.pair", "指挥大厅")
    ]


def test_its_secret_is_out_of_reach_of_scripts_and_stands_nowhere_in_the_clear(
    made_up: MadeUpCounty, television: Browser
) -> None:
    television.code()
    assert {"HttpOnly", "SameSite=lax", "Max-Age=34560000"} <= set(television.cookie.split("; "))
    secret = television.cookie.partition("=")[2].partition(";")[0]
    assert len(secret) >= 43
    with reading(made_up.database.reader) as connection:
        rows = str(connection.execute(select(screen)).all())
    assert secret not in rows
    assert "a television" in rows, "as what it asked"


def test_a_paired_screen_sees_figures_and_nothing_else(television: Browser, technician: SignedIn) -> None:
    paired(technician, television.code())
    statuses = {path: television.get(path).status_code for path in ("/", "/incidents", "/lines", "/api/v1/summary")}
    assert set(statuses.values()) == {200}
    for path in ("/api/v1/visits", "/admin/screens", "/admin/audit", "/admin/accounts"):
        assert television.get(path).status_code == 403, path


def test_a_revoked_screen_is_a_stranger_that_asks_for_a_code(
    made_up: MadeUpCounty, television: Browser, technician: SignedIn
) -> None:
    paired(technician, television.code())
    answer = technician.post(f"/admin/screens/{key_of(made_up, '指挥大厅')}/end")
    assert answer.headers["location"] == "/admin/screens?done=screen_ended"
    assert television.get("/live").status_code == 401
    assert television.get("/").headers["location"] == "/pair"
    before = television.headers["Cookie"]
    code = television.code()
    assert television.headers["Cookie"] != before, "a secret that was revoked never lets in again"
    assert paired(technician, code).status_code == 303, "its name is free again"
    assert television.get("/").status_code == 200


def test_a_code_is_good_for_ten_minutes_and_then_another_stands_there(
    made_up: MadeUpCounty, television: Browser, technician: SignedIn
) -> None:
    code, cookie = television.code(), television.headers["Cookie"]
    with writing(made_up.database) as connection:
        connection.execute(
            update(screen).where(screen.c.code.is_not(None)).values(asked_ms=screen.c.asked_ms - WAITS_MS)
        )
    refused = paired(technician, code)
    assert refused.status_code == 422
    assert "E-SCREEN-01" in refused.text
    assert f'value="{code}"' in refused.text, "what was typed stands there still"
    assert television.state() == "none"
    assert television.code() != code
    assert television.headers["Cookie"] == cookie, "the browser is the same"


def test_a_code_opens_for_the_browser_that_shows_it_alone(app, television: Browser, technician: SignedIn) -> None:
    other = Browser(app)
    assert other.code() != television.code()
    paired(technician, television.code())
    assert (television.state(), other.state()) == ("paired", "waiting")
    assert other.get("/").headers["location"] == "/pair"
    assert other.get("/live").status_code == 401


def test_codes_cannot_be_guessed(app, made_up: MadeUpCounty, television: Browser, technician: SignedIn) -> None:
    code = television.code()
    for number in range(TRIES_EACH):
        guess = grouped("".join(ALPHABET[(number + place) % len(ALPHABET)] for place in range(8)))
        assert paired(technician, guess).status_code == 422
    refused = paired(technician, code)
    assert (refused.status_code, "E-SCREEN-04" in refused.text) == (429, True)
    assert television.state() == "waiting"
    other = signed_in(made_up.database, app, "administrator")
    assert paired(other, code).status_code == 303, "another's tries are their own"


def test_what_is_right_or_only_misnamed_costs_no_try(app, technician: SignedIn) -> None:
    for number in range(TRIES_EACH + 5):
        assert paired(technician, Browser(app).code(), f"屏{number}").status_code == 303
    code = Browser(app).code()
    for _ in range(TRIES_EACH + 5):
        refused = paired(technician, code, "屏1")
        assert (refused.status_code, "E-SCREEN-02" in refused.text) == (422, True)
    assert paired(technician, code, "屏又一").status_code == 303


def test_codes_are_not_had_without_end(app, made_up: MadeUpCounty) -> None:
    for _ in range(CODES_EACH):
        assert Browser(app).opens().status_code == 200
    refused = Browser(app).opens()
    assert (refused.status_code, "set-cookie" in refused.headers) == (429, False)
    assert "半分钟后" in refused.text
    with writing(made_up.database) as connection:
        waiting = connection.execute(text("SELECT count(*) FROM screen WHERE code IS NOT NULL")).scalar_one()
    assert waiting == CODES_EACH < MOST_WAITING


def test_the_qr_code_is_of_this_browser_alone_and_says_where_to_confirm(television: Browser, app) -> None:
    assert Browser(app).get("/pair/code.svg").status_code == 404
    television.code()
    picture = television.get("/pair/code.svg")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert picture.text.startswith("<?xml") or picture.text.startswith("<svg")
    assert "style=" not in picture.text
    assert "script" not in picture.text


@pytest.mark.parametrize("role", ["viewer", "operator", "supervisor"])
def test_only_who_may_pairs(app, made_up: MadeUpCounty, television: Browser, role: str) -> None:
    code = television.code()
    assert paired(signed_in(made_up.database, app, role), code).status_code == 403
    assert television.state() == "waiting"


def test_a_name_is_text_wherever_it_is_shown(app, television: Browser, technician: SignedIn) -> None:
    paired(technician, television.code(), "<script>alert(1)</script>")
    page = technician.get("/admin/screens").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_wall_shows_no_note_that_somebody_wrote(
    made_up: MadeUpCounty, television: Browser, technician: SignedIn
) -> None:
    made_up.trouble("down", "town", "测试1镇", "999999101001")
    made_up.stored.step("i1", "noted", "测试值", "村民张某电话 13800000000")
    paired(technician, television.code())
    for path in ("/incidents/i1", "/api/v1/incidents/i1"):
        assert "13800000000" not in television.get(path).text
        assert "测试值" in television.get(path).text, "who did what and when is shown"
        assert "13800000000" in technician.get(path).text


def test_the_paired_screen_of_other_tests_is_a_screen(stranger: Caller) -> None:
    assert SCREEN in stranger.headers["Cookie"]
    assert stranger.get("/pair").headers["location"] == "/"
