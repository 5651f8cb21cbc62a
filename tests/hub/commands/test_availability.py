"""`hub availability` as somebody who writes the monthly report uses it."""

import csv
import io
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert

from hub.desks.availability import read_question
from hub.local_time import month_ms, month_of, written
from hub.store import tables as t
from hub.store.engine import writing
from hub.store.service import change_service
from tests.hub.laid_out import VILLAGES, LaidOut

FIRST, SECOND, THIRD = (one.code for one in VILLAGES)
OCTOBER = month_ms("2026-10") or (0, 0)
HOUR, DAY = 3_600_000, 86_400_000


@pytest.fixture
def county(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[LaidOut]:
    """Two villages in service: one always up, one down for ten hours of October; the third was never born."""
    laid_out = LaidOut(tmp_path, capsys, monkeypatch)
    down_ms = OCTOBER[0] + 100 * HOUR
    said = [
        (FIRST, 0, "online"),
        (SECOND, 0, "online"),
        (SECOND, down_ms, "offline"),
        (SECOND, down_ms + 10 * HOUR, "online"),
    ]
    rows = [
        {"station_id": laid_out.ids[code], "at_ms": at_ms, "noticed_ms": at_ms, "state": state, "reason": "x"}
        for code, at_ms, state in said
    ]
    with writing(laid_out.database) as connection:
        connection.execute(insert(t.hub_life).values(started_ms=0, alive_ms=time.time_ns() // 1_000_000, orderly=False))
        connection.execute(insert(t.transition), rows)
        pairs = [(laid_out.ids[code], 0) for code in (FIRST, SECOND)]
        change_service(connection, pairs, starts=True, how="born", now_ms=0)
    yield laid_out
    laid_out.database.stop()


def test_a_table_for_people_with_the_county_at_its_end(county: LaidOut):
    county.hub("availability", "--month", "2026-10", "--by", "village")
    assert county.code == 0
    period, heads, *rows = county.out.splitlines()
    assert period == "2026-10-01 00:00 – 2026-11-01 00:00"
    assert "在线率 online" in heads
    assert "完好率 intact" in heads
    one, other, unborn, whole = rows
    assert "第1村" in one
    assert "100 %" in one
    assert "98.66 %" in other
    assert "600.0 min" in other
    assert "10 h 00 min" in other
    assert "100 %" not in unborn, "never in service: no rate at all"
    assert whole.startswith("全县 county")
    assert "99.33 %" in whole, "734 of 744 hours and all of 744: a ratio of sums"


def test_json_says_every_figure(county: LaidOut):
    told = county.json("availability", "--month", "2026-10", "--by", "county")
    (row,) = told["rows"]
    assert row["online"]["rate"] == pytest.approx(1478 / 1488)
    assert (row["online"]["down_ms"], row["online"]["outages"], row["online"]["longest_ms"]) == (
        10 * HOUR,
        1,
        10 * HOUR,
    )
    assert (row["villages"], told["from_ms"], told["until_ms"]) == (3, *OCTOBER)
    assert told["total"] == row


def test_csv_opens_in_a_spreadsheet(county: LaidOut):
    text = county.hub("availability", "--month", "2026-10", "--town", "甲镇", "--by", "village", "--csv")
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [row["station"] for row in rows] == [FIRST, SECOND]
    assert [row["online_outages"] for row in rows] == ["0", "1"]
    assert float(rows[1]["online_rate"]) == pytest.approx(734 / 744)
    assert rows[0]["intact_rate"] == "", "nothing is known"


def test_maintenance_takes_its_time_out(county: LaidOut):
    county.hub(
        "maintenance", "add", "--by", "测试员", "--reason", "换电源", "--station", SECOND, "--retroactive",
        "--from", written(OCTOBER[0] + 100 * HOUR), "--for", "5h",
    )  # fmt: skip
    told = county.json("availability", "--month", "2026-10", "--by", "village")
    second = next(row for row in told["rows"] if row["station"] == SECOND)["online"]
    assert (second["service_ms"], second["down_ms"]) == (739 * HOUR, 5 * HOUR)


def test_no_such_town_is_said(county: LaidOut):
    county.hub("availability", "--town", "丙镇")
    assert (county.code, county.err[:8]) == (3, "E-AVL-03")


class TestPeriods:
    """Months are China's, and a period that reaches into the future ends now."""

    NOW = OCTOBER[0] + 10 * DAY

    def test_the_present_month_ends_now(self):
        question = read_question(self.NOW)
        assert (question.from_ms, question.until_ms, question.by) == (OCTOBER[0], self.NOW, "town")

    @pytest.mark.parametrize(
        ("month", "begins", "days"),
        [
            pytest.param("2028-02", "2028-02-01 00:00", 29, id="a leap year's February"),
            pytest.param("2026-12", "2026-12-01 00:00", 31, id="to the next year"),
            pytest.param("2026-11", "2026-11-01 00:00", 30, id="thirty days"),
        ],
    )
    def test_a_month_is_from_midnight_to_midnight_in_china(self, month: str, begins: str, days: int):
        span = month_ms(month)
        assert span is not None
        assert (written(span[0]), span[1] - span[0]) == (begins, days * DAY)
        assert [month_of(at_ms) == month for at_ms in (span[0] - 1, span[0], span[1] - 1, span[1])] == [
            False, True, True, False,
        ]  # fmt: skip

    def test_the_last_days_and_from_until(self):
        assert read_question(self.NOW, last="7d").from_ms == self.NOW - 7 * DAY
        question = read_question(self.NOW, begin="2026-10-02 08:00", until="2026-12-01", by="camera", town="甲镇")
        assert (written(question.from_ms), question.until_ms) == ("2026-10-02 08:00", self.NOW)
        assert (question.by, question.town) == ("camera", "甲镇")
