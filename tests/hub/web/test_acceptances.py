"""The pages of acceptance records, and the door by which stations send theirs."""

from pathlib import Path

import msgspec
import pytest

from hub.store.acceptances import New, file_record
from hub.store.engine import writing
from hub.web.by_station import RECORD_BURST
from tests.browser import faults_of
from tests.hub.web.caller import Caller
from tests.hub.web.conftest import FIRST, SECOND, THIRD, VILLAGES
from tests.hub.web.looking import LOOKS, Operator
from tests.hub.web.made_up import MadeUpCounty, now_ms
from tests.hub.web.serving import Served
from tests.hub.web.signed_in import SignedIn, a_session
from wire.acceptance import CHECKS, MAX_BYTES, Acceptance, CameraPicture, Finding, digest_of, packed, verdict_of
from wire.enrolment import SignedMessage

JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")
PAPER = b"%PDF-1.7 made up"


def file_for(county: MadeUpCounty, station: str, *states: Finding, by: str = "李测试") -> None:
    """File a record with these findings beside all that is well."""
    findings = [*(Finding(name, "ok", "正常", "well") for name in CHECKS), *states]
    picture = [CameraPicture("hall", JPEG, aim_confirmed=True)]
    record = Acceptance(
        station, "村", "镇", now_ms(), "cuncuntong 1", "1f", by, "王测试", "<b>试装</b>", verdict_of(findings),
        findings, picture,
    )  # fmt: skip
    encoded = msgspec.json.encode(record)
    message = msgspec.json.encode(SignedMessage("acceptance", "", None, packed(encoded, PAPER), b""))
    with writing(county.database) as connection:
        file_record(
            connection, New(station, digest_of(encoded), now_ms(), now_ms(), record.verdict, by, "王测试", message)
        )


BAD = Finding("line", "bad", "线路差：丢包 9%", "a bad line", "E-SITE-32", "检查网线", "check cables")


@pytest.fixture
def stocked(made_up: MadeUpCounty, tmp_path: Path) -> MadeUpCounty:
    made_up.app(tmp_path)
    file_for(made_up, FIRST)
    file_for(made_up, SECOND, msgspec.structs.replace(BAD, state="warn"))
    file_for(made_up, THIRD)
    file_for(made_up, THIRD, BAD)
    return made_up


def viewer(county: MadeUpCounty, folder: Path) -> SignedIn:
    return SignedIn(county.app(folder), a_session(county.database, "viewer"))


def test_the_last_record_of_each_station_counts(stocked: MadeUpCounty, tmp_path: Path) -> None:
    page = viewer(stocked, tmp_path).get("/acceptances")
    assert page.status_code == 200
    assert f"共 {len(VILLAGES)} 站" in page.text
    figures = page.text.split('<dl class="figures')[1].split("</dl>")[0]
    assert [part.split("<")[0].split()[0] for part in figures.split("<dd>")[1:]] == [
        "1",
        "1",
        "1",
        str(len(VILLAGES) - 3),
    ]
    only = viewer(stocked, tmp_path).get("/acceptances?verdict=refused").text
    assert [code in only for code in (FIRST, SECOND, THIRD)] == [False, False, True]
    assert "12.5%" in viewer(stocked, tmp_path).get("/coverage").text  # one of eight


def test_a_record_tells_what_was_found_and_what_to_do(stocked: MadeUpCounty, tmp_path: Path) -> None:
    looks = viewer(stocked, tmp_path)
    page = looks.get("/acceptances/4").text
    assert [word in page for word in ("不合格", "线路差：丢包 9%", "检查网线", "E-SITE-32", "李测试", "王测试")] == [
        True
    ] * 6
    assert "<b>试装</b>" not in page
    assert looks.get("/acceptances/4/paper.pdf").content == PAPER
    picture = looks.get("/acceptances/4/pictures/0")
    assert (picture.content, picture.headers["content-type"]) == (JPEG, "image/jpeg")
    assert [looks.get(f"/acceptances/{path}").status_code for path in ("9", "9/paper.pdf", "4/pictures/1")] == [404] * 3
    assert "另有更新" in looks.get("/acceptances/3").text
    assert 'href="/acceptances/4"' in looks.get(f"/stations/{THIRD}").text


def test_a_screen_on_a_wall_reads_no_record(stocked: MadeUpCounty, tmp_path: Path) -> None:
    screen = Caller(stocked.app(tmp_path))
    assert {screen.get(path).status_code for path in ("/acceptances", "/acceptances/4/pictures/0")} == {403}


def test_the_door_answers_garbage_with_a_code_and_a_flood_with_patience(made_up: MadeUpCounty, tmp_path: Path) -> None:
    station = Caller(made_up.app(tmp_path))
    answers = [station.request("POST", "/station/acceptance", {}, body) for body in (b"{}", bytes(MAX_BYTES + 1))]
    assert [(one.status_code, one.json()["code"]) for one in answers] == [(400, "E-FILED-01"), (413, "E-FILED-02")]
    flood = [station.request("POST", "/station/acceptance", {}, b"{}").status_code for _ in range(RECORD_BURST)]
    assert (flood[0], flood[-1]) == (400, 429)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_in_a_browser(operator: Operator, served: Served, made_up: MadeUpCounty, language: str) -> None:
    file_for(made_up, FIRST, BAD)
    for path in ("acceptances", "acceptances/1"):
        page = operator.look(served, f"{path}?lang={language}", as_="supervisor", bypass_csp=True, **LOOKS[language])  # type: ignore[arg-type]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert faults_of(page) == []
