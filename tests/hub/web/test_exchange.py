"""The page of exchanges and the interface of tickets: checked, confirmed, kept once, sealed, audited."""

import csv
import io
import json
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from hub.exchange.reading import MOST_BYTES
from hub.store.engine import reading
from hub.web.console import exchange
from hub.web.forms import TOKEN
from tests.browser import faults_of
from tests.hub.web.caller import BASE, Caller
from tests.hub.web.conftest import FIRST, VILLAGES
from tests.hub.web.looking import Operator
from tests.hub.web.made_up import MadeUpCounty
from tests.hub.web.serving import Served
from tests.hub.web.signed_in import SignedIn, signed_in
from tests.hub.web.tokens import a_token

HEAD = "工单编号,受理时间,来源渠道,服务类型,村居编码,姓名,诉求内容"
GOOD = f"T-1,2026-11-01 09:30,电话,法律咨询,{FIRST},测试甲,<script>alert(1)</script>\n"
BAD = "T-2,昨天,电话,法律咨询,,=cmd|calc,x\n"


@pytest.fixture
def supervisor(made_up: MadeUpCounty, tmp_path: Path) -> SignedIn:
    return signed_in(made_up.app(tmp_path) and made_up.database, made_up.app(tmp_path), "supervisor")


def checks(person: SignedIn, data: bytes, platform: str = "hotline", token: str | None = None, origin: str = BASE):
    boundary = "b0undary"
    parts = {TOKEN: person.form_token if token is None else token, "platform": platform}
    body = b"".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in parts.items()
    )
    body += f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="../x.csv"\r\n\r\n'.encode()
    body += data + f"\r\n--{boundary}--\r\n".encode()
    headers = person.headers | {"Origin": origin, "Content-Type": f"multipart/form-data; boundary={boundary}"}
    answer = person.request("POST", "/exchange/check", headers, body)
    return person.get(answer.headers["location"]) if answer.status_code == 303 else answer


def key_of(page: str) -> str:
    return page.partition('name="check" value="')[2].partition('"')[0]


def count(county: MadeUpCounty, query: str = "SELECT count(*) FROM ticket") -> int:
    with reading(county.database.reader) as connection:
        return int(connection.execute(text(query)).scalar_one())


def test_a_file_is_checked_then_taken_and_the_log_says_by_whom(supervisor: SignedIn, made_up: MadeUpCounty) -> None:
    page = checks(supervisor, (HEAD + "\n" + GOOD).encode("gbk"))
    assert page.status_code == 200
    assert count(made_up) == 0, "only checked"
    assert "alert(1)" not in page.text, "nothing of what villagers said stands on the page"
    answer = supervisor.post("/exchange/take", {"check": key_of(page.text)})
    assert (answer.status_code, answer.headers["location"]) == (303, "/exchange?done=imported")
    assert count(made_up) == 1
    assert "已导入" in supervisor.get("/exchange?done=imported").text
    again = supervisor.post("/exchange/take", {"check": key_of(page.text)})
    assert again.status_code == 409, "it is confirmed once"
    assert count(made_up, "SELECT count(*) FROM audit WHERE act = 'ticket.import'") == 1


def test_wrong_rows_are_named_and_skipped_only_by_saying_so(supervisor: SignedIn, made_up: MadeUpCounty) -> None:
    page = checks(supervisor, (HEAD + "\n" + GOOD + BAD).encode())
    assert "2026-11-28 09:30" in page.text, "how a time is written"
    assert "calc" not in page.text
    key = key_of(page.text)
    refused = supervisor.post("/exchange/take", {"check": key})
    assert (refused.status_code, count(made_up)) == (422, 0)
    assert "E-EXC-05" in refused.text
    assert supervisor.post("/exchange/take", {"check": key, "skip": "yes"}).status_code == 303
    assert count(made_up) == 1


def test_only_whoever_checked_a_file_takes_it_and_not_for_ever(
    supervisor: SignedIn, made_up: MadeUpCounty, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = key_of(checks(supervisor, (HEAD + "\n" + GOOD).encode()).text)
    other = SignedIn(supervisor._app, "x")
    other.headers, other.form_token = supervisor.headers, supervisor.form_token
    stranger = signed_in(made_up.database, supervisor._app, "administrator")
    assert stranger.post("/exchange/take", {"check": key}).status_code == 409
    monkeypatch.setattr(exchange, "KEPT_MS", 0)
    assert supervisor.post("/exchange/take", {"check": key}).status_code == 409
    for _ in range(exchange.MOST_WAITING + 3):
        checks(supervisor, (HEAD + "\n" + GOOD).encode())
    assert count(made_up) == 0


def test_a_file_comes_only_from_our_own_page_and_no_larger_than_it_may(
    supervisor: SignedIn, made_up: MadeUpCounty
) -> None:
    data = (HEAD + "\n" + GOOD).encode()
    assert checks(supervisor, data, token="another").status_code == 403
    assert checks(supervisor, data, origin="http://elsewhere.test").status_code == 403
    assert checks(supervisor, b"x" * (MOST_BYTES + 1)).status_code in {413, 422}
    assert checks(supervisor, b"x" * (MOST_BYTES + 40_000)).status_code == 413
    assert checks(supervisor, data, platform="elsewhere").status_code == 422
    assert checks(supervisor, b"PK\x03\x04\0\xff").status_code == 422
    assert supervisor.get("/exchange/check").status_code == 200, "a refusal's page can be brought up to date"
    for role in ("viewer", "operator", "technician"):
        person = signed_in(made_up.database, supervisor._app, role)
        assert person.get("/exchange").status_code == 403
        assert checks(person, data).status_code == 403
    of_a_town = signed_in(made_up.database, supervisor._app, "supervisor", VILLAGES[0][2])
    assert checks(of_a_town, data).status_code == 403, "a file holds tickets of any town"


def test_an_export_is_a_file_of_its_own_type_and_stands_in_the_log(supervisor: SignedIn, made_up: MadeUpCounty) -> None:
    answer = supervisor.post("/exchange/export", {"what": "visits", "form": "csv", "since_last": "yes"})
    assert answer.headers["content-disposition"].startswith('attachment; filename="cuncuntong-visits-')
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert next(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))[0] == "记录编号"
    told = supervisor.post("/exchange/export", {"what": "incidents", "form": "json", "from": "2026-11-01"})
    assert told.json()["what"] == "incidents"
    assert count(made_up, "SELECT count(*) FROM audit WHERE act = 'record.export'") == 2
    assert count(made_up, "SELECT count(*) FROM exchange WHERE way = 'out'") == 1, "a period is no 'last export'"
    for wrong in ({"what": "users", "form": "csv"}, {"what": "visits", "form": "exe"}):
        assert supervisor.post("/exchange/export", wrong).status_code == 422


def test_a_program_sends_tickets_and_lists_them_masked_in_its_towns(made_up: MadeUpCounty, tmp_path: Path) -> None:
    app = made_up.app(tmp_path)
    program = Caller(app)
    program.headers = {"Authorization": f"Bearer {a_token(made_up.database, 'exchange', 'visit')}"}
    record = {"external_id": "T-1", "at": "2026-11-01 09:30", "channel": "phone", "service": "legal_advice"}
    records = [record | {"village": FIRST, "name": "测试甲", "id_number": "999999190002300021"}]
    body, address = json.dumps(records).encode(), "/api/v1/tickets/import?platform=hotline"
    tried = program.request("POST", address + "&dry_run=true", None, body).json()
    assert (tried["taken"], tried["stored"], count(made_up)) == (1, 0, 0)
    assert program.request("POST", address, None, body).json()["stored"] == 1
    assert program.request("POST", address, None, body).json()["unchanged"] == 1
    (ticket,) = program.get("/api/v1/tickets").json()["tickets"]
    assert ticket["identity"] == {"name": "测**", "id_number": "999999********0021"}
    bad = json.dumps([*records, record | {"external_id": "T-2", "channel": "鸽子"}]).encode()
    refused = program.request("POST", address, None, bad)
    assert (refused.status_code, refused.json()["refused"][0]["line"]) == (422, 2)
    assert program.request("POST", address + "&skip_bad=true", None, bad).status_code == 200
    assert program.request("POST", address, None, b"no json").json()["code"] == "E-EXC-03"
    elsewhere = Caller(app)
    token = a_token(made_up.database, "visit", "exchange", towns=frozenset({VILLAGES[4][2]}))
    elsewhere.headers = {"Authorization": f"Bearer {token}"}
    assert elsewhere.get("/api/v1/tickets").json()["tickets"] == []
    assert elsewhere.request("POST", address, None, body).status_code == 403


@pytest.mark.slow
@pytest.mark.parametrize(("language", "scheme", "width"), [("zh", "light", 1920), ("en", "dark", 360)])
def test_the_pages_hold_at_every_size_in_both_languages_and_themes(
    served: Served, operator: Operator, made_up: MadeUpCounty, tmp_path: Path, language: str, scheme: str, width: int
) -> None:
    made_up.set(FIRST, "offline", reason="died")
    look = {"as_": "supervisor", "width": width, "color_scheme": scheme, "bypass_csp": True}
    page = operator.look(served, f"exchange?lang={language}", **look)
    wrong = faults_of(page)
    sheet = tmp_path / "tickets.csv"
    sheet.write_text(HEAD + "\n" + GOOD + BAD, "utf-8")
    page.locator("input[type=file]").set_input_files(sheet)
    page.locator("#in button").click()
    expect(page.locator("#checked")).to_contain_text("2026-11-28 09:30")
    wrong += faults_of(page)
    page.locator("#checked button").click()
    expect(page.locator(".done")).to_be_visible()
    expect(page.locator("#runs tbody tr")).to_have_count(1)
    with page.expect_download() as download:
        page.locator("#out button").click()
    assert download.value.suggested_filename.endswith(".csv")
    for path in ("status", "api"):
        page.goto(f"{served.url}{path}?lang={language}")
        expect(page.locator("main h2").first).to_be_visible()
        wrong += faults_of(page)
    assert wrong == []
