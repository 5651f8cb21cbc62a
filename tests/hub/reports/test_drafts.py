from hub.incidents.alarm_figures import Notice
from hub.incidents.alarm_figures import figures as alarm_figures
from hub.reports.alarm_report import Taken, alarm_report
from hub.reports.drafts import SECTIONS, draft
from hub.reports.figures import Effective, Repair, incidents_of
from hub.reports.layout import document, indicators
from hub.reports.period import read_period
from hub.reports.told import Warned
from tests.hub.reports.made_up import HOUR, OCTOBER, counts, figures, frozen

SEPTEMBER = OCTOBER.before


def text_of(*args: object, kind: str = "monthly") -> str:
    parts = draft(kind, frozen(*args), OCTOBER, "测试县")  # type: ignore[arg-type]
    return "\n".join(f"{part.title}\n{part.text}" for part in parts)


def test_each_sentence_says_the_figure_it_is_about() -> None:
    before = figures(SEPTEMBER, ("测试1镇", "第1村", counts(20)), ("测试2镇", "第3村", counts(1)))
    repairs = [
        Repair("down", "测试1镇", "power", 3, 2 * HOUR, True),
        Repair("video", "测试1镇", None, 1, None, False),
    ]
    warned = Warned("matter", "测试1镇", "land", "orange", "近7天山林土地类事项14件。", ended=False)
    said = text_of(figures(incidents=incidents_of(repairs)), before, warned)
    for sentence in (
        "2026年10月，全县3个村（社区）司法行政服务站共接待群众45人次，比上月增长114.3%，去年同期无数据。",
        "有群众来访的村（社区）3个，占100%。",
        "站点在线率99.00%（有据时间占100%）",
        "村村通率：无数据。",
        "山林土地45件（占100%）",
        "新发现设备、线路事件2起：离线1起、画面异常1起。已恢复1起。",
        "时长中位数2.0小时，最长2.0小时；超期督办1起。",
        "已查明原因：停电1起。",
        "收到群众评价30件，满意率90.00%",
        "到期应答复30件，按时答复27件，答复及时率90.00%",
        "触发预警1条：橙色预警1条。",
        "对测试1镇山林土地类矛盾纠纷开展专题研判和排查",
    ):
        assert sentence in said


def test_other_platforms_and_effective_coverage_are_told() -> None:
    tickets, covered = {"hotline phone": 3, "provincial app": 1}, Effective(3, 1, 3, OCTOBER.until_ms)
    said = text_of(figures(tickets=tickets, effective=covered))
    assert "村居终端45件；其他平台导入工单4件，其中12348热线平台·电话3件、省一体化智能平台·客户端1件" in said
    assert "有形覆盖3个（100%），有效覆盖1个（33.33%" in said
    assert "本期没有导入工单" in text_of()


def test_no_data_is_said_and_no_rate_made_up() -> None:
    said = text_of(figures(since_ms=OCTOBER.until_ms))
    assert "没有采集到任何数据" in said
    assert "%" not in said
    nothing = counts(0, up=None, grades=(0,) * 5, in_time=0, late=0, pending=0)
    said = text_of(figures(OCTOBER, ("测试1镇", "第1村", nothing)))
    assert "站点在线率无数据" in said
    assert "满意率无数据" in said
    assert "没有到期应答复的事项" in said


def test_what_is_not_whole_says_so() -> None:
    assert "前段无数据" in text_of(figures(since_ms=OCTOBER.from_ms + HOUR))
    partial = figures(SEPTEMBER, since_ms=SEPTEMBER.from_ms + HOUR)
    assert "上月数据不全，不作比较" in text_of(figures(), partial)
    assert "尚未结束，数据截至" in text_of(figures(over=False))


def test_every_kind_has_its_sections_in_order() -> None:
    for kind, keys in SECTIONS.items():
        assert tuple(part.key for part in draft(kind, frozen(), OCTOBER, "测试县")) == keys


def test_figures_stand_beside_those_before() -> None:
    table = indicators(frozen(figures(), figures(SEPTEMBER, ("测试1镇", "第1村", counts(100)))), OCTOBER)
    assert table.heads == ["指标", "本月", "上月", "环比", "去年同期", "同比"]
    assert table.rows[0] == ["来访（人次）", "45", "100", "-55.0%", "无数据", "—"]


def test_a_document_has_a_chart_and_a_table_where_there_are_figures() -> None:
    parts = draft("monthly", frozen(), OCTOBER, "测试县")
    made = document("月研判", "测试县", OCTOBER, "草稿", parts, frozen())
    by_title = {section.title: section for section in made.sections}
    assert [chart.title for chart in by_title["服务概况"].charts] == ["每日来访人次"]
    assert len(by_title["附表"].tables[0].rows) == 3


def test_each_figure_of_alarms_beside_what_is_wanted() -> None:
    day = read_period("2026-10-01", 2**42)
    raised = [Notice(day.from_ms + at * 5_000, "down 测试1镇", priority=1) for at in range(24)]
    told = [one._replace(operator="duty@example.test") for one in raised]
    taken = [Taken(day.from_ms, day.from_ms + 60_000, None), Taken(day.from_ms, None, day.from_ms + HOUR)]
    taken.append(Taken(day.from_ms, None, day.from_ms + 60_000))
    found = alarm_figures(raised, told, [day.from_ms - 25 * HOUR], day.from_ms, day.until_ms)
    rows = {row.key: row for row in alarm_report(found, raised, taken).rows}
    assert (rows["per_hour"].shown, rows["per_hour"].met) == ("1.00", True)
    assert (rows["busiest"].shown, rows["busiest"].met) == ("24", False)
    assert rows["flooded"].met, "one of 144 periods is 0.69 %"
    assert rows["chattering"].met is False
    assert rows["priorities"].met is False
    assert rows["acknowledged"].shown == "50.00%（1/2）", "what was over within the quarter asked nobody"
    assert all(row.met is None for row in alarm_report(found, raised, taken, known=False).rows)
