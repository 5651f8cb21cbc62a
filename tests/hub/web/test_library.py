"""The library's pages: who may change what where, what is wrong said at its field, two editors, how it stands."""

import html
import json
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from sqlalchemy import insert
from starlette.applications import Starlette

from demo.run import LIBRARY
from hub.health.station import never_seen
from hub.library.rules import Spot
from hub.store.documents import DocumentsReader, add_edition
from hub.store.engine import writing
from hub.store.history import Remembered, write_states
from hub.store.stations import Village, enrol
from hub.store.tables import document_refusal
from tests.hub.logged import logged
from tests.hub.web.conftest import FIRST, SECOND, THIRD, VILLAGES
from tests.hub.web.made_up import MadeUpCounty, now_ms
from tests.hub.web.signed_in import SignedIn, signed_in
from wire.life import Birth

COUNTY = "county:999999"
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def app(made_up: MadeUpCounty, tmp_path: Path) -> Starlette:
    return made_up.app(tmp_path)


@pytest.fixture
def keeper(made_up: MadeUpCounty, app: Starlette) -> SignedIn:
    return signed_in(made_up.database, app, "supervisor")


def published(made_up: MadeUpCounty, name: str, spot: Spot, text: str | None = None) -> int:
    content = text or json.dumps(json.loads((LIBRARY / f"{name}.json").read_text("utf-8")))
    with writing(made_up.database) as connection:
        return add_edition(connection, name, spot, content, "测试员", now_ms())


def at(path: str, spot: str = COUNTY, **more: str) -> str:
    return f"{path}?{urlencode({'spot': spot} | more)}"


def row(
    revision: int, title: str, *, act: str = "row", which: str = "new", was: str = "", **more: str
) -> dict[str, str]:
    fields = {"title_zh": title, "text_zh": "正文"} if act == "row" else {}
    control = {"spot": COUNTY, "revision": str(revision), "act": act, "row": which, "was": was}
    return control | fields | more


def test_a_notice_is_written_published_changed_brought_back_and_withdrawn(
    made_up: MadeUpCounty, keeper: SignedIn
) -> None:
    reader = DocumentsReader(made_up.database.reader)
    assert keeper.post("/library/notices/draft", {"spot": COUNTY}).status_code == 303
    assert keeper.post("/library/notices/edit", row(1, "停水\u3000通知", until="2026-12-31")).status_code == 303
    ready = keeper.get(at("/library/notices/preview", size="large"))
    assert "停水" in ready.text
    assert 'class="kiosk large"' in ready.text
    publish = {"spot": COUNTY, "revision": "2", "over": "0", "to": "same", "reason": "检修"}
    assert keeper.post("/library/notices/preview", publish).headers["location"].endswith("done=published")
    first = reader.newest_version()
    assert json.loads(reader.text(first) or "")["notices"][0]["until"] == "2026-12-31"

    keeper.post("/library/notices/draft", {"spot": COUNTY})
    keeper.post("/library/notices/edit", row(1, "来电", which="0", was="停水\u3000通知"))
    keeper.post("/library/notices/preview", publish | {"over": str(first)})
    second = reader.newest_version()
    change = html.unescape(keeper.get(at(f"/library/notices/versions/{second}")).text)
    assert "<del>停水\u3000通知</del>" in change
    assert "<ins>来电</ins>" in change

    again = {"spot": COUNTY, "version": str(first), "over": str(second)}
    assert f'name="over" value="{second}"' in keeper.get(at("/library/notices")).text
    assert keeper.post("/library/notices/restore", again).status_code == 303
    assert "E-DOC-08" in keeper.post("/library/notices/restore", again).text, "pressed twice, or by two people"
    late_withdrawal = keeper.post("/library/notices/withdraw", {"spot": COUNTY, "over": str(second)})
    assert late_withdrawal.status_code == 409, "nobody withdraws what they have not seen"
    assert reader.text(reader.newest_version()) == reader.text(first)
    assert keeper.post("/library/notices/withdraw", {"spot": COUNTY, "reason": "作废"}).status_code == 303
    assert reader.text(reader.newest_version()) is None
    assert keeper.post("/library/notices/withdraw", {"spot": COUNTY}).status_code == 409, "nothing is there any more"
    assert [act for act, _ in logged(made_up.database, "act", "subject")] == [
        "library.publish", "library.publish", "library.restore", "library.withdraw",
    ]  # fmt: skip


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(keeper: SignedIn) -> None:
    keeper.post("/library/roster/draft", {"spot": COUNTY})
    typed = {"spot": COUNTY, "revision": "1", "act": "row", "row": "new", "was": "", "name": HOSTILE, "phone": "none"}
    answer = keeper.post("/library/roster/edit", typed | {"role": "staff", "duties_1": "早上"})
    assert answer.status_code == 422
    assert 'id="wrong-phone"' in answer.text
    assert 'id="wrong-duties_1"' in answer.text
    assert 'id="wrong-name"' not in answer.text
    assert 'value="早上"' in answer.text
    assert HOSTILE not in answer.text
    assert f'value="{html.escape(HOSTILE)}"' in answer.text


def test_hostile_words_of_a_document_are_words_on_every_page(made_up: MadeUpCounty, keeper: SignedIn) -> None:
    text = json.dumps({"notices": [{"id": "x", "title": {"zh": HOSTILE}, "text": {"zh": HOSTILE}}]})
    published(made_up, "notices", Spot("county", "999999"), text)
    version = DocumentsReader(made_up.database.reader).newest_version()
    keeper.post("/library/notices/draft", {"spot": COUNTY})
    for path in (
        "/library",
        at("/library/notices"),
        at("/library/notices/edit", row="0"),
        at("/library/notices/preview"),
    ):
        assert HOSTILE not in keeper.get(path).text
    assert HOSTILE not in keeper.get(at(f"/library/notices/versions/{version}")).text


def test_the_second_of_two_editors_is_told_and_loses_nothing(made_up: MadeUpCounty, app: Starlette) -> None:
    one, other = (signed_in(made_up.database, app, role) for role in ("supervisor", "administrator"))
    one.post("/library/notices/draft", {"spot": COUNTY})
    assert one.post("/library/notices/edit", row(1, "先到")).status_code == 303
    late = other.post("/library/notices/edit", row(1, "后到"))
    assert late.status_code == 409
    assert "测试督 已先保存" in late.text
    assert 'value="后到"' in late.text
    assert 'name="revision" value="2"' in late.text, "saving once more is on top of what the first saved"
    assert other.post("/library/notices/edit", row(2, "后到")).status_code == 303
    assert all(title in one.get(at("/library/notices/edit")).text for title in ("先到", "后到"))

    before = published(made_up, "notices", Spot("county", "999999"))
    publish = {"spot": COUNTY, "revision": "3", "over": "0", "to": "same"}
    refused = one.post("/library/notices/preview", publish)
    assert refused.status_code == 409
    assert "E-DOC-08" in refused.text
    assert f'name="over" value="{before}"' in refused.text, "whoever has seen the changes may go over them"
    assert one.post("/library/notices/preview", publish | {"over": str(before)}).status_code == 303


def test_a_draft_that_is_not_whole_is_not_published(keeper: SignedIn) -> None:
    keeper.post("/library/papers/draft", {"spot": COUNTY})
    assert 'id="flaw"' in keeper.get(at("/library/papers/preview")).text
    refused = keeper.post("/library/papers/preview", {"spot": COUNTY, "revision": "1", "over": "0", "to": "same"})
    assert refused.status_code == 422


def test_a_document_is_published_for_chosen_towns_and_villages(made_up: MadeUpCounty, keeper: SignedIn) -> None:
    published(made_up, "notices", Spot("county", "999999"))
    keeper.post("/library/notices/draft", {"spot": COUNTY})
    version = str(DocumentsReader(made_up.database.reader).newest_version())
    publish = {"spot": COUNTY, "revision": "1", "over": version, "to": "chosen"}
    assert keeper.post("/library/notices/preview", publish).status_code == 422, "chosen, but nothing was"
    assert keeper.post("/library/notices/preview", publish | {"t1": "yes", f"s{FIRST}": "yes"}).status_code == 303
    spots = {one.spot for one in DocumentsReader(made_up.database.reader).latest()}
    assert spots == {Spot("county", "999999"), Spot("town", "测试2镇"), Spot("station", FIRST)}
    assert [subject for _, subject in logged(made_up.database, "act", "subject")] == [
        "notices town:测试2镇",
        f"notices station:{FIRST}",
    ]


def test_how_many_have_it_and_why_the_others_do_not(made_up: MadeUpCounty, keeper: SignedIn) -> None:
    version = published(made_up, "roster", Spot("county", "999999"))
    births = {FIRST: version, SECOND: 0, THIRD: 0, VILLAGES[3][0]: 0}
    with writing(made_up.database) as connection:
        ids = enrol(connection, [Village(*one) for one in VILLAGES])
        known = [
            (
                code,
                Remembered(never_seen(1), Birth(1, "a" * 16, "t", 30, 30.0, library={"roster": held} if held else {})),
            )
            for code, held in births.items()
        ]
        write_states(connection, known, ids)
        refused = {"station_id": ids[THIRD], "name": "roster", "version": version, "code": "E-LIB-06", "at_ms": 1}
        connection.execute(insert(document_refusal).values(refused))
    made_up.set(SECOND, "offline", reason="died")
    page = keeper.get(at("/library/roster")).text
    assert '<b id="has">1</b>/<span id="should">8</span>' in page
    assert "E-LIB-06" in page
    assert [page.count(f'data-why="{why}"') for why in ("refused", "offline", "on_its_way", "unseen")] == [1, 1, 1, 4]
    assert "<b>1</b>/8" in keeper.get("/library").text


def test_whoever_has_some_towns_changes_documents_of_those_only(made_up: MadeUpCounty, app: Starlette) -> None:
    mine = signed_in(made_up.database, app, "supervisor", "测试1镇")
    assert mine.post("/library/notices/draft", {"spot": COUNTY}).status_code == 403
    assert mine.post("/library/notices/draft", {"spot": "town:测试2镇"}).status_code == 403
    assert mine.post("/library/notices/draft", {"spot": "town:测试1镇"}).status_code == 303
    assert mine.get(at("/library/notices/edit", COUNTY)).status_code == 403
    published(made_up, "notices", Spot("county", "999999"))
    fields = {"spot": COUNTY, "version": "1"}
    assert mine.post("/library/notices/withdraw", {"spot": COUNTY}).status_code == 403
    assert mine.post("/library/notices/restore", fields).status_code == 403
    assert mine.get("/library/notices").status_code == 200, "to read is everybody's"
    elsewhere = {"spot": "town:测试1镇", "revision": "1", "over": "0", "to": "chosen", "t1": "yes"}
    assert mine.post("/library/notices/preview", elsewhere).status_code == 422, "other towns are no field of the form"
    assert signed_in(made_up.database, app, "operator").post("/library/notices/draft", fields).status_code == 403


def test_a_document_that_is_not_of_its_kind_is_shown_as_none(made_up: MadeUpCounty, keeper: SignedIn) -> None:
    for name, text in (("roster", '{"people": "nobody"}'), ("disclosure", '{"items": [7]}'), ("texts", "[]")):
        published(made_up, name, Spot("county", "999999"), text)
        assert keeper.get(at(f"/library/{name}")).status_code == 200
        assert keeper.post(f"/library/{name}/draft", {"spot": COUNTY}).status_code == 303
        assert keeper.get(at(f"/library/{name}/preview")).status_code == 200
    assert [keeper.get(path).status_code for path in ("/library", "/disclosure", "/coverage")] == [200] * 3


@pytest.mark.parametrize(
    "path", ["/library/nothing", "/library/roster?spot=town:Atlantis", "/library/roster/versions/7"]
)
def test_what_there_is_not_is_said(keeper: SignedIn, path: str) -> None:
    assert keeper.get(path).status_code == 404


def test_what_a_village_owes_is_made_public_reminded_of_and_closed(made_up: MadeUpCounty, keeper: SignedIn) -> None:
    noted = {"station": FIRST, "title": "征地补偿款到账", "happened": "2020-01-05", "days": "5"}
    assert keeper.post("/disclosure/happened", noted).status_code == 303
    assert "逾期未公开" in keeper.get("/disclosure?standing=late").text
    asked = {"station": FIRST, "duty": "e1", "title": noted["title"], "demand": "请公开", "deadline": "2020-02-01"}
    assert keeper.post("/disclosure/notices", asked).headers["location"] == "/disclosure/notices/1?done=saved"
    assert "超期" in keeper.get("/disclosure/notices/1").text

    edit = keeper.post("/disclosure/publish", {"station": FIRST, "duty": "e1"}).headers["location"]
    form = keeper.get(edit).text
    assert 'name="id" value="e1"' in form
    assert 'name="due" value="2020-01-10"' in form
    spot = f"station:{FIRST}"
    filled = row(1, "征地补偿款到账") | {"spot": spot, "id": "e1", "due": "2020-01-10", "published": "2020-01-20"}
    assert keeper.post("/library/disclosure/edit", filled).status_code == 303
    publish = {"spot": spot, "revision": "2", "over": "0", "to": "same"}
    assert keeper.post("/library/disclosure/preview", publish).status_code == 303
    assert "已于 2020-01-20 公开" in keeper.get("/disclosure/notices/1").text

    statuses = [step(keeper, act).status_code for act in ("close", "answer", "send_back", "answer", "close", "answer")]
    assert statuses == [409, 303, 303, 303, 303, 409]
    assert "逾期后公开" in keeper.get("/disclosure").text


def step(keeper: SignedIn, act: str) -> httpx.Response:
    return keeper.post("/disclosure/notices/1/step", {"act": act, "note": "看过"})


def test_rules_are_the_countys_and_a_bad_number_is_none(
    made_up: MadeUpCounty, app: Starlette, keeper: SignedIn
) -> None:
    rule = {"kind": "quarterly", "title_zh": "财务公开", "days": "15", "from_day": "2026-01-01"}
    assert keeper.post("/disclosure/rules", rule).status_code == 303
    assert "季度结束后 15 天内" in keeper.get("/disclosure").text
    for wrong in ({"days": "-1"}, {"days": "999"}, {"from_day": "2026-13-01"}, {"kind": "weekly"}):
        assert keeper.post("/disclosure/rules", rule | wrong).status_code == 422
    mine = signed_in(made_up.database, app, "supervisor", "测试1镇")
    assert mine.post("/disclosure/rules", rule).status_code == 403
    elsewhere = {"station": VILLAGES[5][0], "title": "事", "happened": "2020-01-05", "days": "5"}
    assert mine.post("/disclosure/happened", elsewhere).status_code == 403
