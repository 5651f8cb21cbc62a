"""The audit log as people read it, and take it away."""

import csv
import io
from pathlib import Path

import pytest

from hub.access.caller import Caller as Asker
from hub.access.caller import by_command
from hub.access.chain import Deed
from hub.store.audit import AuditLog
from hub.store.engine import writing
from hub.visits.opening import Unsealer
from tests.hub.web.made_up import PRIVATE, MadeUpCounty
from tests.hub.web.signed_in import SignedIn, signed_in

NOON_MS = 1_795_665_600_000  # 2026-11-26 12:00 in China
DAY_MS = 86_400_000
ANNA = Asker("account", 1, "anna", "测试值", "测试司法所", "operator", frozenset())
HOSTILE = '=HYPERLINK("http://x")<script>alert(1)</script>'


@pytest.fixture
def supervisor(made_up: MadeUpCounty, tmp_path: Path) -> SignedIn:
    app = made_up.app(tmp_path)
    log = AuditLog(made_up.database.reader, Unsealer(bytes(PRIVATE)).secret_for(b"audit"))
    told = [(ANNA, "visit.open", "999999101001 12-00001-1", "回访", "10.0.0.7"),
            (by_command("测试乙"), "still.open", "999999101002 abc", HOSTILE, "command"),
            (ANNA, "token.make", "dispatch", "", "10.0.0.7")]  # fmt: skip
    with writing(made_up.database) as connection:
        for index, (who, act, subject, reason, address) in enumerate(told):
            log.note(connection, who, Deed(act, subject, reason), NOON_MS + index * DAY_MS, address)
    return signed_in(made_up.database, app, "supervisor")


def shown(page: str) -> list[str]:
    """Return the numbers of the entries on a page."""
    return [part.partition("<")[0] for part in page.split('<td class="number" data-label="编号">')[1:]]


def test_it_is_read_newest_first_in_words(supervisor: SignedIn) -> None:
    page = supervisor.get("/admin/audit").text
    assert shown(page) == ["3", "2", "1"]
    for words in (
        "打开来访",
        "调阅画面",
        "值班员",
        "命令",
        "中心主机",
        "10.0.0.7",
        "2026-11-26 12:00:00",
        "测试司法所",
    ):
        assert words in page
    assert "<script>alert" not in page
    assert "Opened a visit" in supervisor.get("/admin/audit?lang=en").text


@pytest.mark.parametrize(
    ("asked", "numbers"),
    [
        ("who=测试值", ["3", "1"]),
        ("act=still.open", ["2"]),
        ("subject=12-00001", ["1"]),
        ("since=2026-11-27", ["3", "2"]),
        ("since=2026-11-26&until=2026-11-27", ["2", "1"]),
        ("who=测试值&until=2026-11-26", ["1"]),
        ("who=nobody", []),
        ("act=nonsense&since=yesterday&before=x", ["3", "2", "1"]),
        ("before=3", ["2", "1"]),
    ],
)
def test_it_is_filtered(supervisor: SignedIn, asked: str, numbers: list[str]) -> None:
    page = supervisor.get(f"/admin/audit?{asked}").text
    assert shown(page) == numbers
    assert ("没有符合的记录" in page) is not bool(numbers)


def test_page_by_page(supervisor: SignedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.web.console.audit_pages.PAGE", 2)
    page = supervisor.get("/admin/audit?who=&act=").text
    assert shown(page) == ["3", "2"]
    assert "/admin/audit?before=2" in page
    assert shown(supervisor.get("/admin/audit?before=2").text) == ["1"]


def test_what_is_to_be_written_down_stands_on_the_page(supervisor: SignedIn, made_up: MadeUpCounty) -> None:
    log = AuditLog(made_up.database.reader, Unsealer(bytes(PRIVATE)).secret_for(b"audit"))
    verdict = log.verdict()
    assert (verdict.wrong, f"{verdict.held}:{verdict.fingerprint}" in supervisor.get("/admin/audit").text) == (
        None,
        True,
    )


def test_it_is_taken_away_as_a_table_no_spreadsheet_carries_out_and_that_is_logged(supervisor: SignedIn) -> None:
    answer = supervisor.post("/admin/audit.csv?since=2026-11-26&until=2026-11-27")
    assert answer.headers["content-disposition"] == 'attachment; filename="audit.csv"'
    head, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert head[:3] == ["编号", "时间", "谁"]
    assert [row[0] for row in rows] == ["1", "2"]
    assert rows[1][7] == "'" + HOSTILE
    page = supervisor.get("/admin/audit").text
    assert "导出审计日志" in page
    assert "since=2026-11-26 until=2026-11-27" in page


@pytest.mark.parametrize(
    ("role", "towns"), [("viewer", ()), ("operator", ()), ("technician", ()), ("supervisor", ("测试1镇",))]
)
def test_who_may_not_read_it(made_up: MadeUpCounty, tmp_path: Path, role: str, towns: tuple[str, ...]) -> None:
    app = made_up.app(tmp_path)
    somebody = signed_in(made_up.database, app, role, *towns)
    assert [somebody.get("/admin/audit").status_code, somebody.post("/admin/audit.csv").status_code] == [403, 403]
