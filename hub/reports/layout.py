"""Which tables and charts stand with which section of a report, and the document they make together (pure)."""

from collections.abc import Callable, Sequence
from typing import Final

from hub.local_time import written
from hub.reports import compare
from hub.reports.charts import Bar, Limit, bars, columns
from hub.reports.compare import Compared
from hub.reports.document import Cell, Chart, Column, Document, Section, Table, percent, shown
from hub.reports.figures import Counts, Figures, ranked, share_of
from hub.reports.lifecycle import Part
from hub.reports.names import GRADES, MATTERS, SERVICES, named
from hub.reports.period import Period
from hub.reports.told import LOW_ONLINE, Frozen
from hub.visits.day import DAY_MS

FOOT: Final = (
    "口径：在线率、完好率＝正常时间÷已知时间（计划检修、未投用时间除外），有据＝已知时间÷应计时间；"
    "满意率＝（非常满意＋满意＋基本满意）÷评价数；答复及时率＝按时答复÷（按时＋逾期），未到期不计；"
    "“无数据”表示没有采集到，不等于零；“正常波动”指变化没有超出偶然范围（95%）。"
)
Blocks = tuple[list[Chart], list[Table]]
_INDICATORS: Final[tuple[tuple[str, str, Column], ...]] = (
    ("来访（人次）", "visits", "count"),
    ("有来访的村（社区）", "active", "count"),
    ("紧急求助（起）", "emergencies", "count"),
    ("站点在线率", "online_share", "percent"),
    ("摄像机完好率", "intact_share", "percent"),
    ("满意率", "satisfied", "percent"),
    ("答复及时率", "answered", "percent"),
)
_MEASURED: Final = frozenset({"online_share", "intact_share"})


def document(title: str, county: str, period: Period, stamp: str, parts: Sequence[Part], frozen: Frozen) -> Document:
    """Return a report as a document: the sections as they are written, each with what belongs to it."""
    sections = []
    for part in parts:
        charts, tables = blocks(part.key, frozen, period)
        sections.append(Section(part.title, [line for line in part.text.split("\n") if line.strip()], charts, tables))
    return Document(title, county, period.title, stamp, sections, FOOT)


def blocks(key: str, frozen: Frozen, period: Period) -> Blocks:
    """Return the charts and tables of a section; none where there is nothing to show."""
    if frozen.figures.nothing:
        return [], []
    make: dict[str, Callable[[Frozen, Period], Blocks]] = {
        "overview": _overview, "platforms": _platforms, "matters": _matters, "ratings": _ratings, "annex": _annex,
    }  # fmt: skip
    return make[key](frozen, period) if key in make else ([], [])


def indicators(frozen: Frozen, period: Period) -> Table:
    """Return the figures of a period beside those before (环比) and those of last year (同比)."""
    rows: list[list[Cell]] = []
    for name, what, column in _INDICATORS:
        now = _figure(frozen.figures, what)
        row: list[Cell] = [name, "无数据" if now is None else shown(now, column)]
        for past in (frozen.before, frozen.last_year):
            compared = _compared(frozen.figures.whole, past, what)
            then = "无数据" if compared.then is None else shown(_cell(compared.then, column), column)
            row += [then, _change(compared, column)]
        rows.append(row)
    heads = ["指标", period.this_word, period.last_word, "环比", "去年同期", "同比"]
    columns_: list[Column] = ["text"] * 6
    note = "百分率的变化为百分点。" + ("＊样本少。" if any("＊" in str(row) for row in rows) else "")
    return Table("主要指标", heads, columns_, rows, note)


def _overview(frozen: Frozen, period: Period) -> Blocks:
    figures, before = frozen.figures, frozen.before
    charts = []
    if len(figures.days) > 1 and figures.whole.visits:
        then = [] if before is None or before.partial else before.days[: len(figures.days)]
        first = figures.from_ms
        labels = [_day(first + at * DAY_MS) for at in range(len(figures.days))]
        charts.append(columns("每日来访人次", labels, figures.days, then, names=(period.this_word, period.last_word)))
    return charts, [indicators(frozen, period)]


def _platforms(frozen: Frozen, _period: Period) -> Blocks:
    towns = frozen.figures.towns
    rows: list[list[Cell]] = [
        [
            town,
            one.villages,
            share_of(one.online_share),
            share_of((one.online.known_ms, one.online.service_ms)),
            one.online.outages if one.online.known_ms else None,
            one.online.down_ms if one.online.known_ms else None,
            share_of(one.intact_share),
        ]
        for town, one in towns.items()
    ]
    heads = ["乡镇（街道）", "村数", "在线率", "有据", "离线次数", "离线小时", "完好率"]
    kinds: list[Column] = ["text", "count", "percent", "percent", "count", "hours", "percent"]
    table = Table("各乡镇（街道）站点运行", heads, kinds, rows)
    if frozen.figures.town:
        return [], [table]
    return [rate_bars("各乡镇（街道）站点在线率", [(town, one.online_share) for town, one in towns.items()])], [table]


def rate_bars(title: str, rows: Sequence[tuple[str, tuple[int, int]]]) -> Chart:
    """Return rates as bars, beside the limit under which a town is named."""
    every = []
    for name, share in rows:
        rate = share_of(share)
        every.append(Bar(name, rate, "无数据" if rate is None else percent(rate)))
    return bars(title, every, limit=Limit(LOW_ONLINE, "95%"), most=1.0)


def _matters(frozen: Frozen, _period: Period) -> Blocks:
    figures, charts = frozen.figures, []
    if not figures.whole.visits:
        return [], []
    for title, counted, names in (
        ("按服务类型（件）", figures.whole.services, SERVICES),
        ("按事项类别（件）", figures.whole.matters, MATTERS),
    ):
        if counted:
            charts.append(bars(title, [Bar(named(names, key), n, f"{n:,}") for key, n in ranked(counted)]))
    first = [key for key, _ in ranked(figures.whole.matters)[:6]]
    rows: list[list[Cell]] = [
        [town, one.visits, *(one.matters.get(key, 0) for key in first)] for town, one in figures.towns.items()
    ]
    heads = ["乡镇（街道）", "来访", *(named(MATTERS, key) for key in first)]
    kinds: list[Column] = ["text", *(["count"] * (1 + len(first)))]  # type: ignore[list-item]
    return charts, [Table("各乡镇（街道）来访与居前事项", heads, kinds, rows)]


def _ratings(frozen: Frozen, _period: Period) -> Blocks:
    whole, charts = frozen.figures.whole, []
    if sum(whole.grades):
        rows = [Bar(GRADES[at][0], whole.grades[at], f"{whole.grades[at]:,}") for at in range(4, -1, -1)]
        charts.append(bars("群众评价（件）", rows))
    table: list[list[Cell]] = [
        [town, sum(one.grades), share_of(one.satisfied), sum(one.answered[1:]), share_of(one.answered), one.late]
        for town, one in frozen.figures.towns.items()
    ]
    heads = ["乡镇（街道）", "评价", "满意率", "到期应答复", "答复及时率", "逾期"]
    kinds: list[Column] = ["text", "count", "percent", "count", "percent", "count"]
    return charts, [Table("各乡镇（街道）评价与答复", heads, kinds, table)]


def _annex(frozen: Frozen, _period: Period) -> Blocks:
    return [], [village_table(frozen.figures)]


def village_table(figures: Figures) -> Table:
    """Return a row for each village."""
    rows: list[list[Cell]] = [
        [
            one.town,
            one.name,
            one.counts.visits,
            share_of(one.counts.online_share),
            share_of((one.counts.online.known_ms, one.counts.online.service_ms)),
            share_of(one.counts.intact_share),
            share_of(one.counts.satisfied),
            share_of(one.counts.answered),
            one.counts.emergencies,
        ]
        for one in figures.villages
    ]
    heads = ["乡镇（街道）", "村（社区）", "来访", "在线率", "有据", "完好率", "满意率", "及时率", "求助"]
    kinds: list[Column] = [
        "text", "text", "count", "percent", "percent", "percent", "percent", "percent", "count",
    ]  # fmt: skip
    return Table("各村（社区）明细", heads, kinds, rows)


def _compared(now: Counts, past: Figures | None, what: str) -> Compared:
    gone = past is None or past.nothing
    partial = past is not None and past.partial
    here = getattr(now, what)
    then = None if gone or past is None else getattr(past.whole, what)
    if isinstance(here, int):
        return compare.counts(here, then, partial=partial)
    return compare.rates(here, then, partial=partial, sampled=what not in _MEASURED)


def _figure(figures: Figures, what: str) -> float | None:
    figure = getattr(figures.whole, what)
    return figure if isinstance(figure, int) else share_of(figure)


def _cell(value: float, column: Column) -> Cell:
    return int(value) if column == "count" else value


def _change(compared: Compared, column: Column) -> str:
    if compared.change is None:
        return {"nothing": "—", "partial": "数据不全", "nought": "上期为0", "": "—"}[compared.why]
    few = "＊" if compared.few else ""
    if compared.change == 0:
        return "持平"
    return (f"{compared.change:+.1%}" if column == "count" else f"{compared.change:+.2f}") + few


def _day(at_ms: int) -> str:
    return str(int(written(at_ms)[8:10]))
