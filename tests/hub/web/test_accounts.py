"""Other people's accounts: who may do what to them, at once and in the log; nobody raises themselves."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select, update

from hub.access.caller import Area, by_command
from hub.store import account_acts as acts
from hub.store.access_tables import account
from hub.store.accounts import Account, AccountError, AccountsReader
from hub.store.engine import reading, writing
from tests.hub.logged import logged
from tests.hub.web.made_up import MadeUpCounty, now_ms
from tests.hub.web.signed_in import SignedIn, a_session, signed_in

FORM = {"name": "Zhang.San", "full_name": "测试张", "unit": "测试司法所", "role": "operator", "town_0": "测试1镇"}
ONCE = re.compile(r'<code id="secret">([a-z2-9-]{19})</code>')


@pytest.fixture
def app(made_up: MadeUpCounty, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("hub.access.passwords.Cost.__new__.__defaults__", (1, 8, 1))
    return made_up.app(tmp_path)


@pytest.fixture
def administrator(made_up: MadeUpCounty, app) -> SignedIn:
    return signed_in(made_up.database, app, "administrator")


def of(made_up: MadeUpCounty, name: str) -> Account:
    found = AccountsReader(made_up.database.reader).named(name)
    assert found is not None
    return found


def page_of(made_up: MadeUpCounty, name: str, what: str = "") -> str:
    return f"/admin/accounts/{of(made_up, name).key}" + (f"/{what}" if what else "")


def deeds(made_up: MadeUpCounty) -> list[tuple[str, ...]]:
    return logged(made_up.database, "act", "subject")


def test_an_account_is_made_with_a_password_for_one_time(made_up: MadeUpCounty, administrator: SignedIn) -> None:
    answer = administrator.post("/admin/accounts", FORM)
    password = ONCE.search(answer.text)[1]
    one = of(made_up, "zhang.san")
    assert (one.full_name, one.role, one.area, one.must_change) == (
        "测试张",
        "operator",
        Area(frozenset({"测试1镇"})),
        True,
    )
    assert one.password.startswith("$argon2id$")
    assert password not in administrator.get("/admin/accounts").text
    assert deeds(made_up) == [("account.make", "Zhang.San 测试张: operator 测试1镇")]


@pytest.mark.parametrize(
    ("differently", "code"),
    [
        pytest.param({"name": "a b"}, "E-USER-01", id="no name"),
        pytest.param({"name": "test-administrator"}, "E-USER-02", id="somebody's name"),
        pytest.param({"full_name": "测试管"}, "E-USER-02", id="somebody's full name"),
        pytest.param({"role": "king"}, "E-USER-01", id="no role"),
        pytest.param({"town_0": "测试2镇", "town_1": "别处镇"}, "E-AREA-01", id="no town"),
    ],
)
def test_what_cannot_be_is_refused_beside_what_was_typed(
    made_up: MadeUpCounty, administrator: SignedIn, differently: dict[str, str], code: str
) -> None:
    answer = administrator.post("/admin/accounts", FORM | differently)
    assert (answer.status_code, code in answer.text) == (422, True)
    assert 'value="测试司法所"' in answer.text
    assert len(AccountsReader(made_up.database.reader).every()) == 1
    assert deeds(made_up) == []


def test_a_change_holds_from_the_next_request_on(made_up: MadeUpCounty, app, administrator: SignedIn) -> None:
    other = signed_in(made_up.database, app, "supervisor")
    assert other.get("/admin/audit").status_code == 200
    now = {"unit": "测试二所", "role": "viewer"}
    answer = administrator.post(page_of(made_up, "test-supervisor", "change"), now)
    assert answer.headers["location"].endswith("?done=saved")
    assert other.get("/admin/audit").status_code == 403
    changed = "test-supervisor: supervisor 全县 county → viewer 全县 county; 测试二所"
    assert deeds(made_up)[-1] == ("account.change", changed)


def test_an_ended_account_and_all_its_sessions_are_over_and_its_name_stays(
    made_up: MadeUpCounty, app, administrator: SignedIn
) -> None:
    other = signed_in(made_up.database, app, "operator")
    assert (
        administrator.post(page_of(made_up, "test-operator", "end")).headers["location"].startswith("/admin/accounts?")
    )
    assert other.get("/account").status_code == 303
    assert "已停用的账号 1" in administrator.get("/admin/accounts").text
    page = administrator.get(page_of(made_up, "test-operator")).text
    assert "已停用，不能再修改" in page
    assert "<form" not in page.partition('<main id="content">')[2].partition("</main>")[0]
    assert "E-USER-03" in administrator.post(page_of(made_up, "test-operator", "password")).text
    again = FORM | {"full_name": "测试值"}
    assert "E-USER-02" in administrator.post("/admin/accounts", again).text, "logs name people by it"


def test_a_reset_gives_a_password_for_one_time_and_ends_sessions(
    made_up: MadeUpCounty, app, administrator: SignedIn
) -> None:
    other, before = signed_in(made_up.database, app, "operator"), of(made_up, "test-operator").password
    with writing(made_up.database) as connection:
        locked = {"failures": 9, "locked_until_ms": now_ms() + 600_000}
        connection.execute(update(account).where(account.c.name == "test-operator").values(locked))
    assert "已锁定" in administrator.get("/admin/accounts").text
    assert ONCE.search(administrator.post(page_of(made_up, "test-operator", "password")).text)
    after = of(made_up, "test-operator")
    assert (after.must_change, after.password != before, after.tries.failures) == (True, True, 0)
    assert other.get("/account").status_code == 303


def test_locked_out_signed_in_elsewhere_or_without_the_telephone(
    made_up: MadeUpCounty, app, administrator: SignedIn
) -> None:
    other = signed_in(made_up.database, app, "operator")
    with writing(made_up.database) as connection:
        stuck = {"failures": 9, "locked_until_ms": now_ms() + 600_000, "totp_secret": b"sealed"}
        connection.execute(update(account).where(account.c.name == "test-operator").values(stuck))
    page = administrator.get(page_of(made_up, "test-operator")).text
    assert "解除锁定" in page
    assert "停用动态验证码" in page
    for what in ("unlock", "phone", "sessions"):
        assert administrator.post(page_of(made_up, "test-operator", what)).status_code == 303
    one = of(made_up, "test-operator")
    assert (one.tries.until_ms, one.totp) == (None, None)
    assert other.get("/account").status_code == 303
    assert [act for act, _ in deeds(made_up)] == ["account.unlock", "account.phone", "account.sessions"]


@pytest.mark.parametrize("what", ["change", "password", "unlock", "phone", "sessions", "end"])
def test_nobody_does_anything_to_their_own_account(made_up: MadeUpCounty, administrator: SignedIn, what: str) -> None:
    before = of(made_up, "test-administrator")
    fields = {"unit": "x", "role": "supervisor"} if what == "change" else {}
    answer = administrator.post(page_of(made_up, "test-administrator", what), fields)
    assert (answer.status_code, "E-USER-05" in answer.text) == (422, True)
    assert of(made_up, "test-administrator") == before
    assert deeds(made_up) == []


def test_the_last_administrator_of_the_whole_county_stays(made_up: MadeUpCounty, app) -> None:
    a_session(made_up.database, "administrator")
    local = signed_in(made_up.database, app, "administrator", "测试1镇")
    last, towns = of(made_up, "test-administrator"), Area(frozenset({"测试1镇"}))
    with writing(made_up.database) as connection:
        for wanted in (acts.Wanted("所", "supervisor", Area()), acts.Wanted("所", "administrator", towns)):
            with pytest.raises(AccountError, match="E-USER-06"):
                acts.change(connection, by_command("测试"), last.key, wanted)
        with pytest.raises(AccountError, match="E-USER-06"):
            acts.end(connection, by_command("测试"), last.key, now_ms())
        acts.change(connection, by_command("测试"), last.key, acts.Wanted("所", "administrator", Area()))
    answer = local.post(page_of(made_up, "test-administrator", "end"))
    assert "E-AREA-01" in answer.text, "and one of a town does nothing to one of the county"


def test_an_administrator_of_a_town_raises_nobody_beyond_it(made_up: MadeUpCounty, app) -> None:
    local = signed_in(made_up.database, app, "administrator", "测试1镇")
    for ticked in ({"town_0": ""}, {"town_0": "", "town_1": "测试2镇"}):
        assert "E-AREA-01" in local.post("/admin/accounts", FORM | ticked).text
    assert ONCE.search(local.post("/admin/accounts", FORM).text)
    wider = {"unit": "所", "role": "operator"}
    assert "E-AREA-01" in local.post(page_of(made_up, "zhang.san", "change"), wider).text
    assert of(made_up, "zhang.san").area == Area(frozenset({"测试1镇"}))


@pytest.mark.parametrize("role", ["viewer", "operator", "supervisor", "technician"])
def test_nobody_else_comes_near(made_up: MadeUpCounty, app, role: str) -> None:
    somebody = signed_in(made_up.database, app, role)
    assert somebody.get("/admin/accounts").status_code == 403
    assert somebody.post("/admin/accounts", FORM).status_code == 403
    with reading(made_up.database.reader) as connection:
        assert len(connection.execute(select(account.c.id)).all()) == 1
