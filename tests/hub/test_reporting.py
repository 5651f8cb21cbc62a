"""A county's figures and reports from a real database."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import func, select, update

from hub.desks.alarm_reporting import alarms_of
from hub.desks.reporting import (
    Copy,
    ReportDesk,
    act,
    add,
    addressees,
    distribute,
    document_of,
    edit,
    intact,
    stamp,
)
from hub.desks.warning_watch import look
from hub.incidents.incident import Incident
from hub.reports.lifecycle import Part
from hub.reports.period import Period, ReportError, read_period
from hub.store.alarm_log import read_taken
from hub.store.engine import writing
from hub.store.incident_tables import delivery, incident, incident_step
from hub.store.reports import keep_figures
from hub.store.reports_tables import report as report_table
from hub.store.warnings import acknowledge
from tests.hub.reports.stored import DAY, HOUR, Stored
from tests.hub.web.conftest import VILLAGES
from tests.hub.web.made_up_database import a_database

OCTOBER = read_period("2026-10", 2**42)
NOW = OCTOBER.until_ms + 10 * DAY
SINCE = OCTOBER.from_ms - 100 * DAY


@pytest.fixture
def stored(tmp_path: Path) -> Iterator[Stored]:
    database = a_database(tmp_path, VILLAGES)
    yield Stored(database, list(range(1, len(VILLAGES) + 1)), SINCE, NOW)
    database.stop()


@pytest.fixture
def desk(stored: Stored) -> ReportDesk:
    return ReportDesk(stored.database)


def test_the_figures_of_a_month(stored: Stored, desk: ReportDesk) -> None:
    begin, end = OCTOBER.from_ms, OCTOBER.until_ms
    stored.visit(1, begin, matter="land", grades=(1, 5), answered_ms=begin + 23 * HOUR)
    stored.visit(1, begin + DAY, answered_ms=begin + DAY + 25 * HOUR)
    stored.visit(5, end - 1, "learning", grades=(2,))
    stored.visit(5, end - HOUR, "legal_aid")
    stored.visit(2, begin - 1)
    stored.visit(2, end)
    stored.call(1, begin + HOUR, withdrawn_ms=begin + HOUR + 1)
    stored.call(2, end - 1, withdrawn_ms=end + 1)
    stored.call(3, begin - 1, withdrawn_ms=begin + 1)
    stored.call(5, end - 2)
    stored.call(5, end - 1)
    stored.close(4, "drill")
    stored.states((1, begin + 10 * DAY, "offline"), (1, begin + 11 * DAY, "online"))
    figures = desk.figures_reader.figures(OCTOBER, end + DAY)
    whole = figures.whole
    assert (whole.visits, whole.active, whole.villages) == (4, 2, 8)
    assert whole.services == {"legal_advice": 2, "learning": 1, "legal_aid": 1}
    assert whole.matters == {"land": 1}
    assert whole.grades == (0, 1, 0, 0, 1), "whoever thinks again counts once, by the last grade"
    assert (whole.in_time, whole.late, whole.pending) == (1, 1, 1), "what is not due yet is neither"
    assert (whole.emergencies, whole.withdrawn) == (3, 2), "each call once, however often it was pressed"
    assert (whole.calls, whole.earnest) == ({"withdrawn": 2, "drill": 1}, 0)
    assert whole.online.down_ms == DAY
    assert whole.online_share == (8 * 31 * DAY - DAY, 8 * 31 * DAY)
    assert whole.intact_share == (0, 0), "no camera: no rate"
    assert (figures.days[0], figures.days[1], figures.days[-1]) == (1, 1, 2)
    assert figures.towns["测试2镇"].visits == 2
    assert desk.figures_reader.figures(OCTOBER, NOW, "测试2镇").whole.visits == 2
    assert desk.figures_reader.figures(OCTOBER, begin + DAY).whole.visits == 1, "cut at now"


def test_incidents_are_counted_with_how_long_they_lasted(stored: Stored, desk: ReportDesk) -> None:
    at = OCTOBER.from_ms + DAY
    one = Incident("i1", "down", "town", "测试1镇", "测试1镇", "closed", 1, at, at, (), town="测试1镇", cause="power",
                   recovered_ms=at + 2 * HOUR)  # fmt: skip
    rows = {"kind": "down", "scope": "town", "place": "测试1镇", "state": "closed", "since_ms": at, "opened_ms": at}
    with writing(stored.database) as connection:
        connection.execute(incident.insert().values(id="i1", body=msgspec.json.encode(one), **rows))
        steps = [(1, "", "opened"), (2, "", "resolved"), (3, "", "closed"), (4, "督导", "closed")]
        rows_ = [{"incident_id": "i1", "at_ms": at + n, "who": who, "step": step, "note": ""} for n, who, step in steps]
        connection.execute(incident_step.insert(), rows_)
    [taken] = read_taken(stored.database.reader, OCTOBER.from_ms, OCTOBER.until_ms)
    assert taken.acknowledged_ms == at + 4, "what time did nobody has seen"
    broke = desk.figures_reader.figures(OCTOBER, NOW).incidents
    assert (broke.opened, broke.kinds, broke.causes, broke.median_ms) == (1, {"down": 1}, {"power": 1}, 2 * HOUR)
    assert desk.figures_reader.figures(OCTOBER, NOW, "测试2镇").incidents.opened == 0
    first = alarms_of(stored.database, read_period("2026-06", NOW))
    assert 0 <= SINCE - first.from_ms < DAY, "before the hub was there nothing could be raised"


def test_months_before_anything_was_kept_are_no_nought(desk: ReportDesk) -> None:
    frozen = desk.frozen(OCTOBER, "", NOW)
    assert frozen.before is not None
    assert not frozen.before.partial
    assert frozen.last_year is None
    summer = read_period("2026-06", NOW)
    assert desk.frozen(summer, "", NOW).figures.partial
    assert desk.figures_reader.figures(read_period("2026-01", NOW), NOW).nothing


def test_a_period_not_over_is_compared_with_as_much_of_the_one_before(stored: Stored, desk: ReportDesk) -> None:
    for day in (1, 20):
        stored.visit(1, OCTOBER.before.from_ms + day * DAY)
    frozen = desk.frozen(OCTOBER, "", OCTOBER.from_ms + 5 * DAY)
    assert frozen.before is not None
    assert frozen.before.whole.visits == 1


def test_kept_figures_are_used_and_not_made_again(stored: Stored, desk: ReportDesk) -> None:
    september = OCTOBER.before
    assert desk.to_keep(september, september.until_ms + DAY) is None, "stations may still have some of it"
    kept = desk.to_keep(september, NOW)
    assert kept is not None
    with writing(stored.database) as connection:
        keep_figures(connection, kept)
    stored.visit(1, september.from_ms)
    assert desk.to_keep(september, NOW) is None
    frozen = desk.frozen(OCTOBER, "", NOW)
    assert frozen.before == kept


def drafted(desk: ReportDesk, period: Period = OCTOBER) -> int:
    new = desk.drafted("monthly", period, "", "测试县", NOW)
    with writing(desk.database) as connection:
        return add(connection, new, "起草人", NOW)


def test_a_report_is_written_approved_by_another_and_handed_on(stored: Stored, desk: ReportDesk) -> None:
    key = drafted(desk)
    report = desk.find(key)
    parts = [Part("overview", "概况", "人写的话"), *report.parts[1:]]
    with writing(stored.database) as connection:
        edit(connection, key, report.head.edits, "月研判", parts, "修改人", NOW)
        act(connection, key, "submit", "起草人", NOW)
    for who in ("起草人", "修改人"):
        with pytest.raises(ReportError, match="E-REP-03"), writing(stored.database) as connection:
            act(connection, key, "approve", who, NOW)
    stored.visit(1, OCTOBER.from_ms)
    with writing(stored.database) as connection:
        act(connection, key, "approve", "督导", NOW, "同意")
        distribute(connection, key, [Copy("a@example.test", "mail"), Copy("局领导", "hand")], "督导", "测试县", NOW)
    report = desk.find(key)
    assert intact(report)
    assert report.frozen.figures.whole.visits == 0, "figures stay as they were"
    assert "人写的话" in document_of(report, "测试县").sections[0].paragraphs
    assert stamp(report.head).startswith("督导 2026-11-11 00:00 批准 校验 ")
    assert [(one.addressee, one.port) for one in desk.reports.copies(key)] == [
        ("a@example.test", "mail"),
        ("局领导", "hand"),
    ]
    with writing(stored.database) as connection:
        row = connection.execute(select(delivery.c.recipient, delivery.c.subject, delivery.c.body)).one()
    assert row[0] == "a@example.test"
    assert "月研判（2026年10月）" in row[1]
    assert "人写的话" in row[2]
    assert [one.step for one in desk.reports.steps(key)] == ["draft", "edit", "submit", "approve", "distribute"]


def test_what_was_approved_is_corrected_by_another_version(stored: Stored, desk: ReportDesk) -> None:
    key = drafted(desk)
    with writing(stored.database) as connection:
        act(connection, key, "submit", "起草人", NOW)
        act(connection, key, "approve", "督导", NOW)
        fresh = add(connection, desk.corrected(desk.find(key)), "起草人", NOW, "更正")
    assert [one.version for one in desk.reports.versions(desk.find(fresh).head)] == [2, 1]
    assert desk.find(key).head.state == "approved"
    with pytest.raises(ReportError, match="E-REP-02"), writing(stored.database) as connection:
        edit(connection, key, desk.find(key).head.edits, "x", desk.find(key).parts, "起草人", NOW)


def test_an_approval_may_be_taken_back_until_it_is_distributed(stored: Stored, desk: ReportDesk) -> None:
    key = drafted(desk)
    with writing(stored.database) as connection:
        act(connection, key, "submit", "起草人", NOW)
        act(connection, key, "approve", "督导", NOW)
        act(connection, key, "withdraw", "督导", NOW, "再核")
    assert (desk.find(key).head.state, desk.find(key).head.hash) == ("draft", None)


def test_what_was_changed_behind_its_back_is_noticed_and_not_handed_on(stored: Stored, desk: ReportDesk) -> None:
    key = drafted(desk)
    with writing(stored.database) as connection:
        act(connection, key, "submit", "起草人", NOW)
        act(connection, key, "approve", "督导", NOW)
        connection.execute(update(report_table).values(sections=func.replace(report_table.c.sections, "服务", "服侍")))
    assert not intact(desk.find(key))
    assert "请勿使用" in document_of(desk.find(key), "测试县").stamp
    with pytest.raises(ReportError, match="E-REP-12"), writing(stored.database) as connection:
        distribute(connection, key, [Copy("局领导", "hand")], "督导", "测试县", NOW)


def test_two_who_edit_at_once_lose_nothing_unseen(stored: Stored, desk: ReportDesk) -> None:
    key = drafted(desk)
    parts = desk.find(key).parts
    with writing(stored.database) as connection:
        edit(connection, key, 0, "月研判", parts, "甲", NOW)
    with pytest.raises(ReportError, match="E-REP-11"), writing(stored.database) as connection:
        edit(connection, key, 0, "月研判", parts, "乙", NOW)


def test_addressees_are_read_a_line_each() -> None:
    assert addressees("a@example.test\n局领导；县委办\n局领导", mail=True) == [
        Copy("a@example.test", "mail"), Copy("局领导", "hand"), Copy("县委办", "hand"),
    ]  # fmt: skip
    assert addressees("a@example.test", mail=False) == [Copy("a@example.test", "hand")]
    for text in ("", "\n", "长" * 200, "\n".join(map(str, range(60)))):
        with pytest.raises(ReportError, match="E-REP-13"):
            addressees(text, mail=True)


@pytest.mark.parametrize(("kind", "name"), [("daily", "2026-10"), ("monthly", "2026-10-01")])
def test_a_kind_of_report_has_its_length_of_time(desk: ReportDesk, kind: str, name: str) -> None:
    with pytest.raises(ReportError, match="E-REP-01"):
        desk.drafted(kind, read_period(name, NOW), "", "测试县", NOW)  # type: ignore[arg-type]
    with pytest.raises(ReportError, match="E-REP-10"):
        desk.drafted("monthly", OCTOBER, "别的镇", "测试县", NOW)


def test_a_warning_opens_is_acknowledged_grows_worse_and_ends(stored: Stored, desk: ReportDesk) -> None:
    week = 7 * DAY
    for ago in range(2, 9):
        stored.visit(1, NOW - ago * week + HOUR, matter="land")
    for _ in range(9):
        stored.visit(1, NOW - DAY, "learning", matter="land")
    assert look(desk, NOW) == 1
    [one] = desk.warnings.of(NOW, NOW + 1)
    assert (one.rule, one.town, one.subject, one.level) == ("matter", "测试1镇", "land", "orange")
    assert "近7天山林土地类事项9件" in one.figures
    with writing(stored.database) as connection:
        assert acknowledge(connection, one.id, "值班", "已知", NOW)
    look(desk, NOW)
    assert desk.warnings.of(NOW, NOW + 1)[0].acknowledged_by == "值班"
    for _ in range(9):
        stored.visit(1, NOW - DAY, "learning", matter="land")
    look(desk, NOW + HOUR)
    [worse] = desk.warnings.of(NOW, NOW + HOUR + 1)
    assert (worse.level, worse.acknowledged_by) == ("red", None), "worse is to be acknowledged again"
    assert look(desk, NOW + week) == 0
    [over] = desk.warnings.of(NOW, NOW + week + 1)
    assert over.ended_ms == NOW + week
