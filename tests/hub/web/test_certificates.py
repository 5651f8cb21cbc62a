"""The pages of certificates: who stands how, what looks wrong, revoking and restoring by a form."""

import datetime as dt
import secrets
from pathlib import Path
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from firmware_config.identity.authority import CountyCa
from hub.clock import now_ms
from hub.enrolment.rules import Issued, certificate_of
from hub.store.engine import Database, writing
from hub.store.enrolment import EnrolmentReader, How, Token, add_certificate, add_tokens, burn
from hub.store.enrolment_doubts import DoubtsReader, add_doubt
from tests.browser import unsound
from tests.hub.web.conftest import FIRST, SECOND, THIRD
from tests.hub.web.looking import LOOKS, Operator
from tests.hub.web.made_up import MadeUpCounty
from tests.hub.web.serving import Served
from tests.hub.web.signed_in import signed_in
from wire.certificates import CLIENT, Chain

DAY_MS: Final = 86_400_000


def issue(database: Database, station: str, how: How = "online", age_days: int = 10) -> None:
    """Have the hub know a certificate of a station, issued so long ago, and the label it was burnt for."""
    now = dt.datetime.now(dt.UTC) - dt.timedelta(days=age_days)
    ca = CountyCa.create("999999", now)
    hub = ca.delegate("hub", now, dt.timedelta(days=1000))
    chain = hub.certify(ec.generate_private_key(ec.SECP256R1()).public_key(), station, CLIENT, now)
    at_ms, digest = now_ms() - age_days * DAY_MS, secrets.token_hex(32)
    with writing(database) as connection:
        add_tokens(connection, [Token(station, digest, at_ms - DAY_MS, at_ms + 90 * DAY_MS)])
        burn(connection, digest, how, at_ms)
        issued = Issued(station, how, "hub" if how == "online" else "laptop 王", at_ms, digest)
        add_certificate(connection, certificate_of(chain, Chain(ca.issuer.certificate), issued))


def filled(made_up: MadeUpCounty) -> None:
    """Have something of everything."""
    issue(made_up.database, FIRST)
    issue(made_up.database, SECOND, "stick", age_days=400)
    with writing(made_up.database) as connection:
        add_tokens(connection, [Token(THIRD, secrets.token_hex(32), now_ms() - DAY_MS, now_ms() + 80 * DAY_MS)])
        add_doubt(connection, FIRST, "E-ENR-37", "10.32.7.9", now_ms() - 5_000)


def test_each_station_stands_there_as_it_is_and_can_be_found(made_up: MadeUpCounty, tmp_path: Path) -> None:
    app = made_up.app(tmp_path)
    person = signed_in(made_up.database, app, "technician")
    filled(made_up)
    page = person.get("/certificates").text
    assert all(
        word in page for word in ("有效 1", "待续证 1", "标签待用 1", "未登记 5", "已用过的标签又被另一台机器出示")
    )
    due = person.get("/certificates?state=due").text
    assert f"/certificates/{SECOND}" in due
    assert f"/certificates/{THIRD}" not in due
    assert f"/certificates/{THIRD}" in person.get(f"/certificates?q={THIRD}").text
    assert "没有符合的站点" in person.get("/certificates?q=nowhere&state=bad").text
    assert person.get("/certificates/999999109999").status_code == 404


def test_a_station_is_revoked_with_a_reason_and_a_tick_and_restored_and_both_are_logged(
    made_up: MadeUpCounty, tmp_path: Path
) -> None:
    app = made_up.app(tmp_path)
    person, reader = signed_in(made_up.database, app, "administrator"), EnrolmentReader(made_up.database.reader)
    filled(made_up)
    address = f"/certificates/{FIRST}"
    unsure = person.post(f"{address}/revoke", {"reason": "被盗", "sure": ""})
    assert (unsure.status_code, "请先勾选确认" in unsure.text, "被盗" in unsure.text) == (422, True, True)
    assert person.post(f"{address}/revoke", {"reason": "", "sure": "yes"}).status_code == 422
    assert reader.revoked()[1] == {}
    told = person.post(f"{address}/revoke", {"reason": "被盗", "sure": "yes"})
    assert (told.status_code, told.headers["location"]) == (303, f"{address}?done=certificate_revoke")
    assert list(reader.revoked()[1]) == [FIRST]
    assert "撤销吊销" in person.get(address).text
    again = person.post(f"{address}/revoke", {"reason": "又", "sure": "yes"})
    assert (again.status_code, "E-ENR-32" in again.text) == (409, True)
    assert person.post(f"{address}/restore", {"reason": "找到了", "sure": ""}).status_code == 303
    assert reader.revoked()[1] == {}
    assert person.post(f"{address}/explode", {"reason": "x", "sure": ""}).status_code == 422
    log = signed_in(made_up.database, app, "supervisor").get("/admin/audit").text
    assert "吊销站点证书" in log
    assert "恢复站点证书" in log


def test_what_looks_wrong_goes_once_somebody_looked_into_it_and_comes_back_when_it_happens_again(
    made_up: MadeUpCounty, tmp_path: Path
) -> None:
    app = made_up.app(tmp_path)
    person = signed_in(made_up.database, app, "technician")
    filled(made_up)
    (doubt,) = DoubtsReader(made_up.database.reader).unseen()
    for _ in range(2):
        assert person.post(f"/certificates/doubts/{doubt.id}").headers["location"] == "/certificates?done=doubt_seen"
    assert "请核查" not in person.get("/certificates").text
    with writing(made_up.database) as connection:
        add_doubt(connection, FIRST, "E-ENR-37", "10.32.7.9", now_ms())
    (doubt,) = DoubtsReader(made_up.database.reader).unseen()
    assert doubt.times == 2


def test_whoever_has_one_town_sees_and_revokes_its_stations_only(made_up: MadeUpCounty, tmp_path: Path) -> None:
    app = made_up.app(tmp_path)
    person = signed_in(made_up.database, app, "technician", "测试2镇")
    filled(made_up)
    assert FIRST not in person.get("/certificates").text
    assert "请核查" not in person.get("/certificates").text
    assert person.get(f"/certificates/{FIRST}").status_code == 403
    assert person.post(f"/certificates/{FIRST}/revoke", {"reason": "x", "sure": "yes"}).status_code == 403
    (doubt,) = DoubtsReader(made_up.database.reader).unseen()
    assert person.post(f"/certificates/doubts/{doubt.id}").status_code == 403


@pytest.mark.slow
@pytest.mark.parametrize("language", LOOKS)
def test_axe_finds_nothing_wrong(operator: Operator, served: Served, made_up: MadeUpCounty, language: str) -> None:
    filled(made_up)
    look = LOOKS[language] | {"bypass_csp": True, "as_": "administrator"}
    page = operator.look(served, f"certificates?lang={language}", **look)
    wrong = list(unsound(page))
    page.goto(f"{served.url}certificates/{FIRST}")
    assert wrong + list(unsound(page)) == []
