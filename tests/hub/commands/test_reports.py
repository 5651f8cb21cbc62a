"""`hub report` as somebody at the county's machine uses it."""

import base64
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from hub.reports.period import last_over
from hub.store.access_tables import audit
from hub.store.engine import reading
from tests.hub.laid_out import LaidOut
from tests.hub.reports.stored import DAY, HOUR, Stored


@pytest.fixture
def county(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[LaidOut]:
    laid_out = LaidOut(tmp_path, capsys, monkeypatch)
    key = tmp_path / "unseal.key"
    key.write_bytes(base64.b64encode(bytes(range(32))))
    laid_out.config.write_text(
        laid_out.config.read_text().replace('unseal_key_file = "x"', f'unseal_key_file = "{key}"')
    )
    monkeypatch.chdir(tmp_path)
    now_ms = time.time_ns() // 1_000_000
    stored = Stored(laid_out.database, list(laid_out.ids.values()), now_ms - 200 * DAY, now_ms)
    month = last_over("month", now_ms)
    with stored.together():
        for at in range(12):
            stored.visit(1 + at % 3, month.from_ms + at * DAY, matter="land", grades=(4,))
        for _ in range(9):
            stored.visit(1, now_ms - HOUR, "learning", matter="house")
    yield laid_out
    laid_out.database.stop()


def test_a_report_from_its_figures_to_its_addressees(county: LaidOut, tmp_path: Path) -> None:
    figures = county.json("report", "figures")["figures"]
    assert figures["whole"]["visits"] == 12
    assert "来访（人次）" in county.hub("report", "figures")
    head = county.json("report", "draft", "monthly", "--by", "起草人")
    assert (head["id"], head["state"], head["version"]) == (1, "draft", 1)
    assert county.json("report", "submit", 1, "--by", "起草人")["state"] == "submitted"
    county.hub("report", "approve", 1, "--by", "起草人")
    assert county.code == 3
    assert "E-REP-03" in county.err
    assert county.json("report", "approve", 1, "--by", "督导")["state"] == "approved"
    sent = county.json("report", "distribute", 1, "--by", "督导", "--addressee", "局领导", "--addressee", "a@b.test")
    assert [one["port"] for one in sent] == ["hand", "hand"], "no mail is set up"
    county.hub("report", "withdraw", 1, "--by", "督导")
    assert "E-REP-02" in county.err
    assert county.json("report", "correct", 1, "--by", "起草人", "--note", "更正")["version"] == 2
    told = county.json("report", "show", 1)
    assert told["intact"]
    assert [one["step"] for one in told["steps"]] == ["draft", "submit", "approve", "distribute"]
    assert [one["id"] for one in county.json("report", "list")] == [2, 1]
    with reading(county.database.reader) as connection:
        acts = connection.execute(select(audit.c.act, audit.c.address)).all()
    assert [row.act for row in acts] == [
        "report.draft", "report.submit", "report.approve", "report.distribute", "report.correct",
    ]  # fmt: skip
    assert {row.address for row in acts} == {"command"}


def test_files_are_written_and_none_is_written_over(county: LaidOut, tmp_path: Path) -> None:
    county.hub("report", "draft", "brief", "--by", "起草人")
    county.hub("report", "export", 1, "--form", "docx", "--to", tmp_path / "a.docx")
    assert (tmp_path / "a.docx").read_bytes().startswith(b"PK")
    county.hub("report", "export", 1, "--to", tmp_path / "a.docx")
    assert "E-REP-15" in county.err
    county.hub("report", "villages", "--form", "csv")
    assert [path.read_text("utf-8-sig").count("\n") for path in tmp_path.glob("各村明细_*.csv")] == [4]
    county.hub("report", "export", 9)
    assert "E-REP-06" in county.err


def test_scores_warnings_and_alarms(county: LaidOut) -> None:
    scores = county.json("report", "scores")
    assert [one["scope"] for one in scores].count("village") == 3
    assert all(len(one["lines"]) == 4 for one in scores)
    assert "全县" in county.hub("report", "scores") or "测试县" in county.out
    warnings = county.json("report", "warnings", "--look")
    assert [(one["rule"], one["subject"], one["acknowledged_by"]) for one in warnings] == [("matter", "house", None)]
    key = str(warnings[0]["id"])
    county.hub("report", "warnings", "--acknowledge", key)
    assert county.code == 2
    assert county.json("report", "warnings", "--acknowledge", key, "--by", "值班")[0]["acknowledged_by"] == "值班"
    county.hub("report", "warnings", "--acknowledge", key, "--by", "值班")
    assert "E-REP-14" in county.err
    assert {row["key"] for row in county.json("report", "alarms")["rows"]} >= {"per_hour", "flooded", "stale", "top"}
    assert "持续超过24小时" in county.hub("report", "alarms")


def test_a_period_that_cannot_be_meant(county: LaidOut) -> None:
    county.hub("report", "figures", "--period", "2026-99")
    assert (county.code, "E-REP-01" in county.err) == (3, True)
    county.hub("report", "figures", "--town", "别的镇")
    assert "E-REP-10" in county.err
