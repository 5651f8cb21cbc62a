"""`hub maintenance`, `hub commission`, `hub decommission` as somebody at the county uses them."""

import datetime as dt
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.desks.maintenance import Asked, understood
from hub.errors import HubError
from hub.incidents.trouble import Node
from hub.store.service import ServiceReader
from hub.store.windows import WindowsReader
from tests.hub.laid_out import VILLAGES, LaidOut
from tests.hub.logged import logged

CHINA = dt.timezone(dt.timedelta(hours=8))
FIRST, SECOND, THIRD = (one.code for one in VILLAGES)
WHO = ("--by", "测试员", "--reason", "换电源")
HOUR = 3_600_000


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def local(at_ms: int) -> str:
    return f"{dt.datetime.fromtimestamp(at_ms // 1000, CHINA):%Y-%m-%d %H:%M}"


def tomorrow(clock: str) -> str:
    return f"{dt.datetime.now(CHINA) + dt.timedelta(days=1):%Y-%m-%d} {clock}"


@pytest.fixture
def county(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[LaidOut]:
    laid_out = LaidOut(tmp_path, capsys, monkeypatch)
    laid_out.hub_lives()
    yield laid_out
    laid_out.database.stop()


def add(county: LaidOut, *words: object) -> str:
    return county.hub("maintenance", "add", *WHO, *words)


def test_what_was_understood_is_said_back(county: LaidOut):
    begin, end = tomorrow("02:00"), tomorrow("04:00")
    said = add(county, "--town", "甲镇", "--from", begin, "--for", "2h")
    assert county.code == 0
    assert "维护 maintenance · 乡镇 town 甲镇 (2 站 stations) · 未开始 to come" in said
    assert f"{begin} – {end} (2h)" in said
    (row,) = county.json("maintenance", "list")
    assert (row["scope"], row["place"], row["state"], row["by"], row["reason"]) == (
        "town", "甲镇", "coming", "测试员", "换电源",
    )  # fmt: skip
    assert local(row["from_ms"]) == begin


def test_now_if_no_beginning_is_said(county: LaidOut):
    said = add(county, "--station", FIRST, "--for", "90m", "--effect", "no-alerts")
    assert f"不告警 nobody is alerted · 站点 station {FIRST} · 生效中 holds now" in said
    assert "90m" in said


def test_a_recurring_one_says_its_next_times(county: LaidOut):
    until = f"{dt.datetime.now(CHINA) + dt.timedelta(days=100):%Y-%m-%d}"
    said = add(county, "--county", "--every", "monthly 31 02:00", "--for", "2h", "--until", until)
    assert "全县 county (3 站 stations)" in said
    assert "每月31日 02:00 monthly on 31（当月没有这一天时为月末" in said
    assert "每次 each time 2h" in said
    following = said.partition("接下来 next: ")[2]
    assert following.count("02:00 –") == 3


def test_a_flexible_one_waits(county: LaidOut):
    said = add(county, "--station", FIRST, "--for", "6h", "--flexible", "30m")
    assert "待故障触发 waits for a trouble" in said
    assert "内首次故障起 from the first trouble within, 30m" in said


def test_the_past_must_be_meant(county: LaidOut):
    begin = local(now_ms() - 3 * HOUR)
    add(county, "--county", "--from", begin, "--for", "2h")
    assert (county.code, county.err[:8]) == (3, "E-WIN-06")
    said = add(county, "--county", "--from", begin, "--for", "2h", "--retroactive")
    assert "已结束 over" in said
    assert county.json("maintenance", "list") == []
    listed = county.hub("maintenance", "list", "--all")
    assert "补登 retroactive" in listed
    begin = f"{dt.datetime.fromtimestamp(now_ms() / 1000 - 3600, CHINA):%H:%M}"
    said = add(county, "--county", "--from", begin, "--for", "30m", "--retroactive")
    assert local(now_ms() - HOUR)[:13] in said, "the last such time, not tomorrow's"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        pytest.param({}, "E-WIN-03", id="no end"),
        pytest.param({"lasts": "2h", "until": "+2h"}, "E-WIN-03", id="two ends"),
        pytest.param({"every": "daily 02:00", "lasts": "2h"}, "E-WIN-03", id="it would recur for ever"),
        pytest.param({"every": "daily 02:00", "lasts": "2h", "until": "+9d", "flexible": "1h"}, "E-WIN-03",
                     id="recurring and flexible"),
        pytest.param({"begin": "-2h", "lasts": "9h", "flexible": "1h", "retroactive": True}, "E-WIN-03",
                     id="what waits for a trouble cannot have waited"),
        pytest.param({"every": "often", "lasts": "2h", "until": "+9d"}, "E-WIN-01", id="no rule"),
        pytest.param({"begin": "tomorrow", "lasts": "2h"}, "E-WIN-02", id="no time"),
        pytest.param({"begin": "2026-02-30", "lasts": "2h"}, "E-WIN-02", id="no date"),
        pytest.param({"lasts": "two hours"}, "E-WIN-02", id="no length"),
        pytest.param({"begin": "+2h", "until": "-1h"}, "E-WIN-04", id="it ends before it begins"),
        pytest.param({"lasts": "367d"}, "E-WIN-04", id="longer than a year"),
        pytest.param({"lasts": "0h"}, "E-WIN-04", id="no time at all"),
        pytest.param({"lasts": "2h", "flexible": "8d"}, "E-WIN-04", id="a time too long"),
        pytest.param({"every": "weekly mon 02:00", "lasts": "8d", "until": "+20d"}, "E-WIN-04",
                     id="each time too long"),
        pytest.param({"every": "monthly 15 02:00", "lasts": "1h", "until": "+1s"}, "E-WIN-04",
                     id="never within its ends"),
    ],
)  # fmt: skip
def test_what_cannot_be_planned_is_refused(asked: dict, code: str):
    with pytest.raises(HubError) as error:
        understood(Asked("maintenance", Node("county"), **asked), "key", 1_795_000_000_000)
    assert (error.value.code, error.value.exit_code) == (code, 3)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        pytest.param([], "E-WIN-03", id="no place"),
        pytest.param(["--county", "--town", "甲镇"], "E-WIN-03", id="two places"),
        pytest.param(["--town", "丙镇"], "E-WIN-05", id="no such town"),
        pytest.param(["--station", "999999109999"], "E-WIN-05", id="no such station"),
    ],
)
def test_of_no_place_nothing_is_kept(county: LaidOut, words: list[str], code: str):
    add(county, *words, "--for", "2h")
    assert (county.code, county.err[:8]) == (3, code)
    assert county.json("maintenance", "list", "--all") == []


def test_one_to_come_is_withdrawn_and_a_running_one_ends_now(county: LaidOut):
    add(county, "--county", "--from", "+2h", "--for", "2h")
    add(county, "--station", FIRST, "--for", "2h")
    running, coming = county.json("maintenance", "list")
    for row, state in ((running, "over"), (coming, "withdrawn")):
        told = county.json("maintenance", "end", row["id"], "--by", "值班员", "--reason", "提前完成")
        assert (told["state"], told["ended_by"], told["ended_reason"]) == (state, "值班员", "提前完成")
    assert county.json("maintenance", "list") == []
    assert len(county.json("maintenance", "list", "--all")) == 2, "rows stay"
    assert [act for _, act in logged(county.database, "who", "act")] == ["window.add"] * 2 + ["window.end"] * 2
    county.hub("maintenance", "end", coming["id"], *WHO)
    assert (county.code, county.err[:8]) == (3, "E-WIN-07")
    county.hub("maintenance", "end", "nosuch", *WHO)
    assert county.err.startswith("E-WIN-07")


def test_one_that_was_wrong_is_taken_back_also_when_it_is_over_and_both_names_are_kept(county: LaidOut):
    add(county, "--county", "--from", "-3h", "--until", "+8h", "--retroactive")
    (row,) = county.json("maintenance", "list")
    county.hub("maintenance", "end", row["id"], "--by", "甲", "--reason", "完成")
    county.hub("maintenance", "end", row["id"], "--by", "乙", "--reason", "误登记")
    assert "--withdraw" in county.err
    told = county.json("maintenance", "end", row["id"], "--by", "乙", "--reason", "误登记", "--withdraw")
    assert (told["state"], told["withdrawn"], told["ended_by"]) == ("withdrawn", True, "乙")
    assert told["ended_reason"].startswith("误登记 (甲, ")
    planned = WindowsReader(county.database.reader).find(row["id"])
    assert planned is not None
    assert planned.window.holds(0, 2**60) == []


def test_without_a_hub_it_is_said_that_it_waits_for_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    laid_out = LaidOut(tmp_path, capsys, monkeypatch)
    add(laid_out, "--county", "--for", "2h")
    laid_out.database.stop()
    assert laid_out.code == 0
    assert "no hub is running" in laid_out.err


class TestService:
    """Into service, out of it, and put right; who and why is kept."""

    def since(self, county: LaidOut) -> dict[str, int | None]:
        return {one.station: one.commissioned_ms for one in ServiceReader(county.database.reader).all()}

    def test_several_at_once_and_all_or_none(self, county: LaidOut):
        county.hub("commission", FIRST, SECOND, "--by", "测试员")
        assert county.code == 0
        assert county.out.count("在役 in service since") == 2
        county.hub("commission", THIRD, FIRST, "--by", "测试员")
        assert (county.code, county.err[:8]) == (3, "E-WIN-08")
        assert [since is None for since in self.since(county).values()] == [False, False, True]

    def test_its_beginning_is_corrected(self, county: LaidOut):
        county.hub("commission", FIRST, "--by", "测试员")
        at = local(now_ms() - 50 * HOUR)
        county.hub("commission", FIRST, "--by", "测试员", "--at", at)
        assert local(self.since(county)[FIRST] or 0) == at
        county.hub("commission", FIRST, "--by", "测试员", "--at", "2099-01-01")
        assert county.err.startswith("E-WIN-06")

    def test_taken_out_it_waits_for_no_birth(self, county: LaidOut):
        county.hub("decommission", FIRST, *WHO)
        assert county.code == 0, "also one that was never born"
        (one,) = [one for one in ServiceReader(county.database.reader).all() if one.station == FIRST]
        assert (one.commissioned_ms, one.waits_for_birth) == (None, False)
        county.hub("decommission", FIRST, *WHO)
        assert county.err.startswith("E-WIN-08")
        county.hub("commission", FIRST, "--by", "测试员")
        last, before = ServiceReader(county.database.reader).history(FIRST)
        assert (before.starts, before.who, before.reason) == (False, "测试员", "换电源")
        assert (last.starts, last.who) == (True, "测试员")

    def test_no_such_station(self, county: LaidOut):
        county.hub("decommission", "999999109999", *WHO)
        assert county.err.startswith("E-WIN-05")
