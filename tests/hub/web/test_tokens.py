"""Tokens of programs: made, shown once, used, ended; nobody gives by one what they may not do."""

import contextlib
import re
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from hub.access.caller import Area
from hub.access.roles import MAY
from hub.errors import HubError
from hub.store.access_tables import token
from hub.store.engine import reading, writing
from hub.store.tokens import MAY_BE_GIVEN, SECRET, NewToken, TokensReader, add_token, end_token
from hub.visits.day import DAY_MS
from tests.hub.web.caller import Caller
from tests.hub.web.made_up import MadeUpCounty, now_ms
from tests.hub.web.signed_in import SignedIn, signed_in

FORM = {"name": "dispatch", "days": "90", "may_see": "1"}


@pytest.fixture
def app(made_up: MadeUpCounty, tmp_path: Path):
    return made_up.app(tmp_path)


@pytest.fixture
def administrator(made_up: MadeUpCounty, app) -> SignedIn:
    return signed_in(made_up.database, app, "administrator")


def program(app, secret: str) -> Caller:
    caller = Caller(app)
    caller.headers = {"Authorization": f"Bearer {secret}"}
    return caller


def made(administrator: SignedIn, **differently: str) -> str:
    answer = administrator.post("/admin/tokens", FORM | differently)
    assert answer.status_code == 200, answer.text
    return SECRET.search(answer.text)[0]


def test_a_token_is_shown_once_and_lets_a_program_in(made_up: MadeUpCounty, app, administrator: SignedIn) -> None:
    secret = made(administrator)
    assert secret not in administrator.get("/admin/tokens").text
    with reading(made_up.database.reader) as connection:
        stored = str(connection.execute(select(token)).all()) + str(
            connection.execute(text("SELECT * FROM audit")).all()
        )
    assert secret not in stored
    assert "token.make" in stored
    assert "dispatch: see; 全县 county; 90 d" in stored
    caller = program(app, secret)
    assert caller.get("/api/v1/summary").status_code == 200
    assert caller.get("/metrics").status_code == 200
    assert caller.get("/api/v1/visits").status_code == 403, "only what it was made for"
    assert re.search(r"(最近使用).*\d\d:\d\d", administrator.get("/admin/tokens").text, re.DOTALL)


def test_a_token_that_ended_or_expired_lets_nobody_in(made_up: MadeUpCounty, app, administrator: SignedIn) -> None:
    ended, expired = program(app, made(administrator)), program(app, made(administrator, name="other"))
    keys = {one.name: one.key for one in TokensReader(made_up.database.reader).every(0)}
    answer = administrator.post(f"/admin/tokens/{keys['dispatch']}/end")
    assert answer.headers["location"] == "/admin/tokens?done=token_ended"
    with writing(made_up.database) as connection:
        connection.execute(update(token).where(token.c.name == "other").values(expires_ms=now_ms()))
    assert (ended.get("/api/v1/summary").status_code, expired.get("/api/v1/summary").status_code) == (401, 401)
    listed = administrator.get("/admin/tokens").text
    assert "已停用" in listed
    assert "没有有效的令牌" in listed
    assert made(administrator), "its name is free again"


@pytest.mark.parametrize(("days", "warned"), [(14, True), (15, False)])
def test_one_that_expires_within_14_days_is_warned_of(administrator: SignedIn, days: int, warned: bool) -> None:
    made(administrator, days=str(days))
    assert ("14 天内到期" in administrator.get("/admin/tokens").text) is warned


@pytest.mark.parametrize(
    ("differently", "code"),
    [
        pytest.param({"name": "Dispatch"}, "E-TOKEN-01", id="a name with capitals"),
        pytest.param({"name": "x"}, "E-TOKEN-01", id="a name too short"),
        pytest.param({"name": "test-administrator"}, "E-TOKEN-02", id="the name of an account"),
        pytest.param({"days": "0"}, "E-TOKEN-03", id="no days"),
        pytest.param({"days": "401"}, "E-TOKEN-03", id="more than 400 days"),
        pytest.param({"days": "９"}, "", id="digits of another script are days too"),
        pytest.param({"may_see": ""}, "E-TOKEN-03", id="nothing it may do"),
        pytest.param({"may_visit": "1"}, "E-WEB-06", id="what an administrator may not do either"),
        pytest.param({"may_identity": "1"}, "E-WEB-06", id="who came"),
        pytest.param({"may_account": "1"}, "E-WEB-06", id="accounts"),
        pytest.param({"town_0": "别处镇"}, "E-AREA-01", id="a town that is none"),
    ],
)
def test_what_cannot_be_is_refused_beside_what_was_typed(
    made_up: MadeUpCounty, administrator: SignedIn, differently: dict[str, str], code: str
) -> None:
    answer = administrator.post("/admin/tokens", FORM | differently)
    assert answer.status_code == (422 if code else 200)
    assert code in answer.text
    assert bool(TokensReader(made_up.database.reader).every(0)) is not bool(code)


def test_an_administrator_of_one_town_gives_no_more_than_it(made_up: MadeUpCounty, app) -> None:
    local = signed_in(made_up.database, app, "administrator", "测试2镇")
    page = local.get("/admin/tokens").text
    assert 'value="测试2镇"' in page
    assert 'value="测试1镇"' not in page
    for ticked in ({}, {"town_0": "测试1镇"}, {"town_0": "测试1镇", "town_1": "测试2镇"}):
        assert "E-AREA-01" in local.post("/admin/tokens", FORM | ticked).text
    assert local.post("/admin/tokens", FORM | {"town_1": "测试2镇"}).status_code == 200
    (one,) = TokensReader(made_up.database.reader).every(0)
    assert one.area == Area(frozenset({"测试2镇"}))

    for towns, stands in ((frozenset[str](), True), (frozenset({"测试1镇", "测试2镇"}), True), (one.area.towns, False)):
        with writing(made_up.database) as connection:
            add_token(connection, NewToken("other", frozenset({"see"}), Area(towns), 90, "测试"), now_ms())
        key = TokensReader(made_up.database.reader).named("other", now_ms()).key
        assert (f"/admin/tokens/{key}/end" in local.get("/admin/tokens").text) is not stands
        assert local.post(f"/admin/tokens/{key}/end").status_code == (403 if stands else 303), "beyond its own area"
        with writing(made_up.database) as connection, contextlib.suppress(HubError):
            end_token(connection, key, now_ms())


@pytest.mark.usefixtures("app")
def test_no_token_opens_what_only_a_named_person_may(made_up: MadeUpCounty) -> None:
    assert set(MAY_BE_GIVEN).isdisjoint({"identity", "person", "still", "account", "screen"})
    assert not MAY["administrator"] & {"identity", "person", "still"}
    with writing(made_up.database) as connection, pytest.raises(HubError, match="E-TOKEN-03"):
        add_token(connection, NewToken("x1", frozenset({"identity"}), Area(), 90, "测试"), now_ms())


def test_who_looks_for_secrets_finds_ours_by_one_rule(made_up: MadeUpCounty, administrator: SignedIn) -> None:
    secret = made(administrator)
    assert SECRET.fullmatch(secret)
    assert SECRET.search(f"token = '{secret}'  # in some file")
    assert len({made(administrator, name=f"p-{number}") for number in range(5)}) == 5
    (one, *_) = TokensReader(made_up.database.reader).every(0)
    assert one.expires_ms - one.made_ms == 90 * DAY_MS
