"""Who comes in at the door, and who does not."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from starlette.applications import Starlette

from hub.access.lockout import FREE
from hub.access.passwords import Cost, Passwords
from hub.store.access import IDLE_MS, SEEN_EVERY_MS
from hub.store.access import LONGEST_MS as SHIFT_MS
from hub.store.access_tables import account, session
from hub.store.accounts import end_account
from hub.store.engine import reading, writing
from hub.web.console.signin import inside
from hub.web.entrance import BURST
from tests.hub.logged import logged
from tests.hub.web.made_up import CHEAP, MadeUpCounty
from tests.hub.web.visitor import PASSWORD, Visitor, an_account

SESSION = "cuncuntong_session"


class Clock:
    """The centre's time, which a test alone moves on: a slow machine lets nobody in earlier."""

    def __init__(self) -> None:
        self._begun_ms = time.time_ns() // 1_000_000
        self.ahead_ms = 0

    def __call__(self) -> int:
        return self._begun_ms + self.ahead_ms


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("hub.web.centre.now_ms", clock)
    return clock


@pytest.fixture
def app(made_up: MadeUpCounty, clock: Clock, tmp_path: Path) -> Starlette:
    return made_up.app(tmp_path)


@pytest.fixture
def visitor(app: Starlette) -> Visitor:
    return Visitor(app)


@pytest.fixture
def zhang(made_up: MadeUpCounty, app: Starlette) -> int:
    return an_account(made_up.database)


@pytest.fixture
def looks() -> Iterator[Callable[[], int]]:
    """Return how many hashes were looked at since the last time it was asked."""
    seen = CHEAP.passwords.looks

    def since() -> int:
        nonlocal seen
        before, seen = seen, CHEAP.passwords.looks
        return seen - before

    return since


def acts(county: MadeUpCounty) -> list[tuple[str, ...]]:
    return logged(county.database, "act", "who")


def is_in(visitor: Visitor) -> bool:
    return visitor.get("/account").status_code == 200


def test_the_way_in_leads_to_where_somebody_wanted_to_go(visitor: Visitor, made_up: MadeUpCounty, zhang: int) -> None:
    answer = visitor.get("/incidents?kind=down")
    assert answer.status_code == 303
    page = visitor.get(answer.headers["location"])
    assert 'value="/incidents?kind=down"' in page.text
    answer = visitor.signs_in("Zhang ", there="/incidents?kind=down")
    assert (answer.status_code, answer.headers["location"]) == (303, "/incidents?kind=down")
    assert "测试zhang" in visitor.get("/incidents").text
    assert visitor.get("/signin?next=/lines").headers["location"] == "/lines", "who is in, goes on"
    visitor.post("/signout")
    assert not is_in(visitor)
    assert SESSION not in visitor.cookies
    assert acts(made_up) == [("signin.open", "测试zhang"), ("signin.out", "测试zhang")]


def test_a_session_that_was_ended_is_nobodys_even_if_its_cookie_was_kept(visitor: Visitor, zhang: int) -> None:
    visitor.signs_in("zhang")
    kept = dict(visitor.cookies)
    visitor.post("/signout")
    visitor.cookies = kept
    assert not is_in(visitor)


@pytest.mark.parametrize(
    ("name", "password"),
    [
        pytest.param("zhang", "another password", id="a wrong password"),
        pytest.param("nobody", PASSWORD, id="a name that is nobody's"),
        pytest.param("li", PASSWORD, id="an account that ended"),
        pytest.param("", PASSWORD, id="no name"),
        pytest.param("zhang' OR '1'='1", PASSWORD, id="no name at all"),
        pytest.param("zhang", f"{PASSWORD} ", id="a space more"),
        pytest.param("zhang", PASSWORD.upper(), id="in other letters"),
        pytest.param("zhang", "", id="no password"),
    ],
)
def test_whatever_is_wrong_gets_the_same_answer_at_the_same_price(
    visitor: Visitor, made_up: MadeUpCounty, zhang: int, looks: Callable[[], int], name: str, password: str
) -> None:
    li = an_account(made_up.database, "li")
    with writing(made_up.database) as connection:
        end_account(connection, li, 1)
    looks()
    answer = visitor.signs_in(name, password)
    assert answer.status_code == 401
    assert re.findall(r'id="refused">([^<]*)<', answer.text) == ["用户名或密码不正确。"]
    assert looks() == 1, "a hash was looked at, whether there is such an account or not"
    assert SESSION not in visitor.cookies
    assert not password or password not in answer.text


def test_refused_answers_all_come_after_the_same_time(
    visitor: Visitor, zhang: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []

    async def sleep(s: float) -> None:
        slept.append(s)

    monkeypatch.setattr("hub.web.entrance.asyncio.sleep", sleep)
    monkeypatch.setattr(CHEAP, "refused_after_s", 30.0)
    for name in ("zhang", "nobody"):
        visitor.signs_in(name, "wrong")
    assert [29 < s <= 30 for s in slept] == [True, True]


def test_whoever_guesses_waits_and_is_not_told_whether_there_is_such_an_account(
    app: Starlette, zhang: int, clock: Clock, looks: Callable[[], int]
) -> None:
    told: dict[str, list[tuple[int, str]]] = {"zhang": [], "nobody": []}
    for number in range(FREE + 4):
        for name, answers in told.items():
            answer = Visitor(app, f"198.51.100.{number}").signs_in(name, "wrong")
            answers.append((answer.status_code, re.findall(r'id="refused">([^<]*)<', answer.text)[0]))
        if answers[-1][0] == 429:
            assert looks() == 0, "what waits costs the hub nothing"
            clock.ahead_ms += 30_000
        looks()
    assert told["zhang"] == told["nobody"]
    assert [code for code, _ in told["zhang"]] == [401] * FREE + [429, 401, 429, 429]
    assert told["zhang"][FREE][1] == "尝试次数过多，请 30 秒 后再试。"


def test_the_right_password_opens_again_once_the_time_is_over(app: Starlette, zhang: int, clock: Clock) -> None:
    for number in range(FREE):
        assert Visitor(app, f"198.51.100.{number}").signs_in("zhang", "wrong").status_code == 401
    own = Visitor(app)
    assert own.signs_in("zhang").status_code == 429
    clock.ahead_ms += 30_001
    assert own.signs_in("zhang").status_code == 303
    assert Visitor(app).signs_in("zhang", "wrong").status_code == 401, "counted anew"


def test_nobody_elsewhere_locks_somebody_out_of_the_browser_they_use(app: Starlette, zhang: int, clock: Clock) -> None:
    own = Visitor(app)
    own.signs_in("zhang")
    own.post("/signout")
    for number in range(FREE + 3):
        Visitor(app, f"198.51.100.{number}").signs_in("zhang", "wrong")
    assert Visitor(app, "198.51.100.99").signs_in("zhang").status_code == 429
    assert own.signs_in("zhang").status_code == 303
    guesser = Visitor(app, "198.51.100.98")
    guesser.cookies = {name: value[:-1] + "x" for name, value in own.cookies.items() if "known" in name}
    assert guesser.signs_in("zhang").status_code == 429, "who only says so is a stranger"


def test_a_known_browser_is_counted_too(app: Starlette, zhang: int, clock: Clock) -> None:
    own = Visitor(app)
    own.signs_in("zhang")
    own.post("/signout")
    assert [own.signs_in("zhang", "wrong").status_code for _ in range(FREE)] == [401] * FREE
    assert own.signs_in("zhang").status_code == 429


def test_one_address_tries_only_so_often_whatever_the_names(app: Starlette, zhang: int, clock: Clock) -> None:
    guesser = Visitor(app, "198.51.100.1")
    codes = [guesser.signs_in(f"name{number}", "wrong").status_code for number in range(BURST + 1)]
    assert codes == [401] * BURST + [429]
    assert Visitor(app, "198.51.100.2").signs_in("zhang").status_code == 303
    clock.ahead_ms += 7_000
    assert guesser.signs_in("zhang").status_code == 303
    guesser.cookies.clear()
    assert [guesser.signs_in("name", "wrong").status_code for _ in range(2)] == [401, 429], "a right one is free"


def test_a_session_cannot_be_fixed_beforehand(app: Starlette, zhang: int) -> None:
    visitor = Visitor(app)
    visitor.cookies[SESSION] = planted = "planted-by-somebody-else-000000000000000000"
    visitor.signs_in("zhang")
    first = visitor.cookies[SESSION]
    assert first != planted
    other = Visitor(app)
    other.cookies[SESSION] = planted
    assert not is_in(other)
    other.cookies[SESSION] = first
    assert is_in(other)
    visitor.send(
        "POST",
        "/signin",
        {"name": "zhang", "password": PASSWORD, "form_token": token(visitor)},
        {"Origin": visitor.base},
    )
    assert visitor.cookies[SESSION] != first, "a fresh secret at each sign-in"
    assert not is_in(other), "and the one before has ended"


def token(visitor: Visitor) -> str:
    found = re.search(r'name="form_token" value="([0-9a-f]+)"', visitor.get("/account").text)
    assert found is not None
    return found.group(1)


@pytest.mark.parametrize("base", ["http://hub.test", "https://hub.test"])
def test_cookies_are_out_of_reach_of_scripts_and_of_plain_lines(app: Starlette, zhang: int, base: str) -> None:
    visitor = Visitor(app, base=base)
    visitor.signs_in("zhang")
    private = base.startswith("https")
    name = f"__Host-{SESSION}" if private else SESSION
    flags = visitor.flags[name]
    assert flags["httponly"] == "True"
    assert flags["samesite"] == "lax"
    assert flags["path"] == "/"
    assert ("secure" in flags) == private
    assert "domain" not in flags
    assert "max-age" not in flags, "gone when the browser is closed"
    assert {bool(one["httponly"]) for one in visitor.flags.values()} == {True}
    assert is_in(visitor)
    if private:
        visitor.cookies = {SESSION: visitor.cookies[name]}
        assert not is_in(visitor), "one that any neighbour could have set is none"


def test_a_page_left_open_keeps_nobody_signed_in(visitor: Visitor, zhang: int, clock: Clock) -> None:
    visitor.signs_in("zhang")
    for _ in range(3):
        clock.ahead_ms += IDLE_MS // 3
        visitor.get("/incidents", **{"X-Refresh": "1"})
        visitor.get("/incidents?refresh=1")
        visitor.get("/api/v1/summary")
    assert visitor.get("/incidents").status_code == 303


def test_work_keeps_somebody_signed_in_up_to_a_shift(visitor: Visitor, zhang: int, clock: Clock) -> None:
    visitor.signs_in("zhang")
    worked_ms = 0
    while is_in(visitor):
        clock.ahead_ms += IDLE_MS - SEEN_EVERY_MS
        worked_ms += IDLE_MS - SEEN_EVERY_MS
    assert SHIFT_MS <= worked_ms < SHIFT_MS + IDLE_MS


def test_a_password_somebody_else_chose_opens_only_the_page_to_choose_another(
    visitor: Visitor, made_up: MadeUpCounty, app: Starlette
) -> None:
    an_account(made_up.database, "li", must_change=True)
    visitor.signs_in("li")
    for path in ("/", "/incidents", "/account", "/account/totp"):
        assert visitor.get(path).headers["location"] == "/account/password", path
    assert visitor.get("/api/v1/summary").status_code == 403
    page = visitor.get("/account/password").text
    assert "只能用一次" in page
    hidden = re.search(r'name="form_token" value="([0-9a-f]+)"', page)
    assert hidden is not None
    fields = {"old": PASSWORD, "new": "a heron stood there", "again": "a heron stood there", "form_token": hidden[1]}
    answer = visitor.send("POST", "/account/password", fields, {"Origin": visitor.base})
    assert answer.status_code == 303
    assert is_in(visitor)


ELSEWHERE = [
    "//elsewhere.example", "https://elsewhere.example/", "http:elsewhere.example", "/\\elsewhere.example",
    "\\\\elsewhere.example", "javascript:alert(1)", "///elsewhere.example", "elsewhere", "", " //elsewhere.example",
    "/\t/elsewhere.example", "/%0d%0a\r\nSet-Cookie: a=b", "/signin?next=/signin", "/signout", "http://[::1",
]  # fmt: skip


def test_signing_in_leads_nowhere_else(visitor: Visitor, zhang: int) -> None:
    assert {address: inside(address) for address in ELSEWHERE} == dict.fromkeys(ELSEWHERE, "/")
    for address in ELSEWHERE[:4]:
        visitor.cookies.clear()
        assert visitor.signs_in("zhang", there=address).headers["location"] == "/"


@given(st.text(max_size=40))
def test_wherever_it_leads_is_on_this_host(address: str) -> None:
    there = inside(address)
    assert there.startswith("/")
    assert not there.startswith(("//", "/\\"))
    assert not re.search(r"[\x00-\x20\\]", there)


def test_a_code_of_a_telephone_is_asked_for_and_opens_once(
    visitor: Visitor, app: Starlette, zhang: int, clock: Clock, made_up: MadeUpCounty
) -> None:
    visitor.signs_in("zhang")
    page = visitor.get("/account/totp").text
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert secret is not None
    machine = pyotp.TOTP(secret[1].replace(" ", ""))
    picture = visitor.get("/account/totp/code.svg")
    assert picture.headers["content-type"] == "image/svg+xml"

    def code(ahead: int = 0) -> str:
        return machine.at(clock() // 1000 + 30 * ahead)

    assert visitor.post("/account/totp", {"password": "wrong", "code": code()}).status_code == 422
    assert visitor.post("/account/totp", {"password": PASSWORD, "code": "000000"}).status_code == 422
    done = visitor.post("/account/totp", {"password": PASSWORD, "code": code()})
    recovery = re.findall(r"<code>([a-z0-9-]{14})</code>", done.text)
    assert len(recovery) == 10
    assert "恢复码还剩 10 个" in visitor.get("/account").text

    other = Visitor(app, "192.0.2.8")
    assert other.signs_in("zhang", there="/lines").headers["location"] == "/signin/code"
    assert not is_in(other), "the password alone opens nothing"
    assert other.flags["cuncuntong_step"]["samesite"] == "strict"
    assert other.post("/signin/code", {"code": code()}).status_code == 401, "the code that turned it on was used"
    clock.ahead_ms += 30_000
    opens = code()
    assert other.post("/signin/code", {"code": opens}).headers["location"] == "/lines"
    assert is_in(other)

    again = Visitor(app, "192.0.2.9")
    again.signs_in("zhang")
    assert again.post("/signin/code", {"code": opens}).status_code == 401, "no code opens twice"
    assert again.post("/signin/code", {"code": code(-1)}).status_code == 401, "nor does an earlier one"
    assert again.post("/signin/code", {"code": recovery[3].upper().replace("-", " ")}).status_code == 303
    assert is_in(again)
    third = Visitor(app, "192.0.2.10")
    third.signs_in("zhang")
    assert third.post("/signin/code", {"code": recovery[3]}).status_code == 401, "nor does a recovery code"
    assert "恢复码还剩 9 个" in again.get("/account").text
    assert ("signin.recovery", "测试zhang") in acts(made_up)

    assert again.post("/account/totp/off", {"password": "wrong"}).status_code == 422
    assert again.post("/account/totp/off", {"password": PASSWORD}).status_code == 303
    assert Visitor(app, "192.0.2.11").signs_in("zhang").headers["location"] == "/"


def test_codes_cannot_be_guessed_either(visitor: Visitor, app: Starlette, zhang: int, made_up: MadeUpCounty) -> None:
    visitor.signs_in("zhang")
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", visitor.get("/account/totp").text)
    assert secret is not None
    now = pyotp.TOTP(secret[1].replace(" ", "")).now()
    visitor.post("/account/totp", {"password": PASSWORD, "code": now})
    guesser = Visitor(app, "198.51.100.1")
    guesser.signs_in("zhang")
    codes = [guesser.post("/signin/code", {"code": f"{number:06}"}).status_code for number in range(FREE + 1)]
    assert codes == [401] * FREE + [429]
    assert guesser.signs_in("zhang").status_code == 429, "the right password does not begin the count anew"
    assert Visitor(app).get("/signin/code").headers["location"] == "/signin", "without a password there is no code"


def test_the_telephones_secret_and_codes_are_unreadable_in_the_database(
    visitor: Visitor, zhang: int, made_up: MadeUpCounty
) -> None:
    visitor.signs_in("zhang")
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", visitor.get("/account/totp").text)
    assert secret is not None
    plain = secret[1].replace(" ", "")
    done = visitor.post("/account/totp", {"password": PASSWORD, "code": pyotp.TOTP(plain).now()})
    codes = re.findall(r"<code>([a-z0-9-]{14})</code>", done.text)
    with reading(made_up.database.reader) as connection:
        kept = connection.execute(select(account.c.totp_secret)).scalar_one()
    assert plain.encode() not in kept
    file = made_up.database.reader.url.database
    assert file is not None
    whole = b"".join(path.read_bytes() for path in Path(file).parent.glob("hub.sqlite3*"))
    for hidden in (plain, *codes, PASSWORD, visitor.cookies[SESSION]):
        assert hidden.encode() not in whole


def test_sessions_are_listed_and_ended(visitor: Visitor, app: Starlette, zhang: int, made_up: MadeUpCounty) -> None:
    an_account(made_up.database, "li")
    stranger = Visitor(app, "192.0.2.50")
    stranger.signs_in("li")
    visitor.signs_in("zhang")
    others = [Visitor(app, f"192.0.2.{number}") for number in (21, 22)]
    for other in others:
        other.signs_in("zhang")
    page = visitor.get("/account").text
    assert all(address in page for address in ("192.0.2.7", "192.0.2.21", "192.0.2.22"))
    assert "192.0.2.50" not in page
    with reading(made_up.database.reader) as connection:
        keys = {row.address: row.id for row in connection.execute(select(session))}
    visitor.post("/account/sessions/end", {"session": str(keys["192.0.2.50"])})
    assert is_in(stranger), "nobody ends another's session"
    visitor.post("/account/sessions/end", {"session": str(keys["192.0.2.21"])})
    assert [is_in(other) for other in others] == [False, True]
    visitor.post("/account/sessions/end", {"session": "others"})
    assert (is_in(others[1]), is_in(visitor)) == (False, True)


def test_another_password_ends_every_other_session_and_refuses_what_is_guessed(
    visitor: Visitor, app: Starlette, zhang: int
) -> None:
    visitor.signs_in("zhang")
    other = Visitor(app, "192.0.2.8")
    other.signs_in("zhang")
    before = visitor.cookies[SESSION]

    def change(new: str, again: str = "", old: str = PASSWORD) -> str:
        answer = visitor.post("/account/password", {"old": old, "new": new, "again": again or new})
        return "" if answer.status_code == 303 else re.findall(r'id="refused">([^<]*)<', answer.text)[0]

    assert "不正确" in change("a heron stood there", old="wrong")
    assert "不一样" in change("a heron stood there", "a heron stood here")
    assert "12" in change("short")
    assert "最常见" in change("password1234")
    assert "太像" in change("测试司法所 2026!!")
    assert "相同" in change(PASSWORD)
    assert is_in(other)
    assert change("a heron stood there") == ""
    assert is_in(visitor)
    assert visitor.cookies[SESSION] != before
    assert not is_in(other)
    assert Visitor(app, "192.0.2.9").signs_in("zhang").status_code == 401
    assert Visitor(app, "192.0.2.9").signs_in("zhang", "a heron stood there").status_code == 303


def test_an_account_has_a_language_wherever_it_signs_in(visitor: Visitor, app: Starlette, zhang: int) -> None:
    visitor.signs_in("zhang")
    visitor.post("/account/language", {"language": "en"})
    assert "My account" in visitor.get("/account").text
    other = Visitor(app, "192.0.2.8")
    other.signs_in("zhang")
    assert "My account" in other.get("/account").text
    assert visitor.post("/account/language", {"language": "xx"}).status_code == 422


def test_an_account_that_ends_is_out_at_once(visitor: Visitor, made_up: MadeUpCounty, zhang: int) -> None:
    visitor.signs_in("zhang")
    with writing(made_up.database) as connection:
        end_account(connection, zhang, 1)
    assert visitor.get("/incidents").status_code == 303


def test_a_password_kept_at_another_cost_is_kept_anew(visitor: Visitor, made_up: MadeUpCounty, zhang: int) -> None:
    with writing(made_up.database) as connection:
        connection.execute(update(account).values(password=Passwords(Cost(1, 16, 1)).kept(PASSWORD)))
    assert visitor.signs_in("zhang").status_code == 303
    with reading(made_up.database.reader) as connection:
        assert "m=8,t=1" in connection.execute(select(account.c.password)).scalar_one()


def test_names_are_only_ever_text(visitor: Visitor, made_up: MadeUpCounty, app: Starlette) -> None:
    hostile = '"><script>alert(1)</script>'
    an_account(made_up.database, "evil", full_name=hostile)
    visitor.signs_in("evil")
    for path in ("/account", "/account/password", "/incidents"):
        assert "<script>alert" not in visitor.get(path).text
    stranger = Visitor(app, "192.0.2.8")
    page = stranger.get("/signin?next=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>alert" not in page.text
    assert "<script>alert" not in stranger.signs_in(hostile, hostile).text


def test_whoever_is_refused_reads_why_and_how_to_go_on(visitor: Visitor, made_up: MadeUpCounty, zhang: int) -> None:
    page = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}
    for path, status, said in (("/nothing", 404, "没有这个页面"), ("/admin/accounts", 403, "没有权限")):
        visitor.signs_in("zhang")
        answer = visitor.get(path, **page)
        assert answer.status_code == status
        assert answer.headers["content-type"].startswith("text/html")
        assert said in answer.text
        assert "E-WEB-04" in answer.text or status == 404
        assert "测试zhang" in answer.text or status == 404, "still with the way to everything else"
    visitor.signs_in("zhang")
    refused = visitor.send("POST", "/signout", {}, {"Origin": "https://evil.test"} | page)
    assert "E-WEB-05" in refused.text
    made_up.visits.trouble = RuntimeError("测试甲 110105194912310021")
    assert "测试甲" not in visitor.get("/api/v1/visits", **page).text
