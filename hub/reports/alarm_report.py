"""The alarm report: each figure of ISA-18.2 / IEC 62682 with what is wanted, what was, and whether that is met (pure).

`hub/incidents/alarm_figures.py` counts; the targets are those of `link.md`, second-hand from the standards.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from hub.incidents.alarm_figures import HOUR_MS, Figures, Load, Notice
from hub.incidents.trouble import KINDS
from hub.local_time import written
from hub.reports.charts import Bar, Limit, bars, columns
from hub.reports.document import Chart, Document, Section, Table, percent

ACCEPTABLE: Final = 6.0
MOST: Final = 12.0
"""Alarms an hour for one operator."""
FLOODED: Final = 0.01
BUSIEST: Final = 10
TOP_SHARE: Final = 0.05
FEW_STALE: Final = 5
WANTED: Final = (0.05, 0.15, 0.80)
SLACK: Final = 0.05
"""How far a share of priorities may be from what is wanted."""
FEW: Final = 20
"""Of fewer alarms shares say nothing."""
ACK_WITHIN_MS: Final = 15 * 60_000
ACK_WANTED: Final = 0.95


class Taken(NamedTuple):
    """One incident that waited for somebody."""

    opened_ms: int
    acknowledged_ms: int | None
    """None: nobody yet, or it was over before."""
    recovered_ms: int | None


class Row(NamedTuple):
    """One figure."""

    key: str
    """Of `words.alarm_figure`."""
    name: str
    value: float | None
    shown: str
    wanted: str
    met: bool | None
    """None where too little happened to tell."""


class AlarmReport(NamedTuple):
    """All of a period."""

    from_ms: int
    until_ms: int
    rows: tuple[Row, ...]
    charts: tuple[Chart, ...]
    top: tuple[tuple[str, int], ...]
    chattering: tuple[str, ...]
    operators: tuple[Load, ...]


def alarm_report(
    figures: Figures, raised: Iterable[Notice], taken: Sequence[Taken], *, known: bool = True
) -> AlarmReport:
    """Return the report on alarms; `taken` are the incidents that were opened in the period.

    `known` False is that no hub ran in all of it: then no alarm is no merit.
    """
    all_ = figures.raised
    loads = figures.operators or (all_,)
    worst = max(loads, key=lambda one: one.per_hour)
    few = all_.alarms < FEW
    times = [one.at_ms for one in raised if figures.from_ms <= one.at_ms < figures.until_ms]
    rows = (
        Row(
            "per_hour",
            "每名值班员每小时告警数",
            worst.per_hour,
            f"{worst.per_hour:.2f}",
            "≤6（最多12）",
            worst.per_hour <= ACCEPTABLE,
        ),
        Row(
            "flooded", "超过10条的10分钟时段占比", worst.flooded, percent(worst.flooded), "<1%", worst.flooded < FLOODED
        ),
        Row("busiest", "最忙10分钟内的告警数", worst.busiest, str(worst.busiest), "≤10", worst.busiest <= BUSIEST),
        _top(all_, few=few),
        Row(
            "chattering",
            "抖动来源数（1分钟3条以上）",
            len(all_.chattering),
            str(len(all_.chattering)),
            "0",
            not all_.chattering,
        ),
        Row("stale", "持续超过24小时的事件数", figures.stale, str(figures.stale), "<5", figures.stale < FEW_STALE),
        _priorities(figures, few=few),
        _acknowledged(taken),
    )
    if not known:
        rows = tuple(row._replace(value=None, shown="无数据", met=None) for row in rows)  # type: ignore[assignment]
    return AlarmReport(
        figures.from_ms,
        figures.until_ms,
        rows,
        tuple(_charts(figures, times)),
        all_.top,
        all_.chattering,
        figures.operators,
    )


def document(report: AlarmReport, county: str, title: str) -> Document:
    """Return it as a document."""
    met = {True: "达标", False: "未达标", None: "数据太少"}
    rows = [[row.name, row.shown, row.wanted, met[row.met]] for row in report.rows]
    figures = Table("指标", ["指标", "本期", "目标", "结论"], ["text"] * 4, list(map(list, rows)))
    top = Table(
        "告警最多的来源",
        ["来源", "条数"],
        ["text", "count"],
        [[source_words(name), number] for name, number in report.top],
    )
    loads = Table(
        "各值班员",
        ["收件人", "条数", "每小时", "最忙10分钟", "超10条时段"],
        ["text", "count", "number", "count", "percent"],
        [[one.operator, one.alarms, one.per_hour, one.busiest, one.flooded] for one in report.operators],
        "" if report.operators else "本期没有经邮件告知任何人；每小时告警数按全部告警由一人承担计。",
    )
    unmet = [row.name for row in report.rows if row.met is False]
    text = f"未达标{len(unmet)}项：{'、'.join(unmet)}。" if unmet else "没有未达标的指标。"
    chatter = [f"抖动来源：{'、'.join(map(source_words, report.chattering))}。"] if report.chattering else []
    return Document(
        title,
        county,
        f"{written(report.from_ms)}—{written(report.until_ms)}",
        "",
        [
            Section("结论", [text, *chatter], list(report.charts), [figures]),
            Section("来源与负荷", [], [], [top, loads]),
        ],
        "依据 ISA-18.2／IEC 62682 的常用指标（二手资料）。告警指事件的发现与再次发生；同一原因只计一条。",
    )


def source_words(source: str) -> str:
    """Return a source of alarms with its kind in Chinese."""
    kind, _, place = source.partition(" ")
    words: dict[str, tuple[str, str]] = dict(KINDS.items())
    return f"{words[kind][0] if kind in words else kind} {place}".strip()


def _top(all_: Load, *, few: bool) -> Row:
    shares = f"≤{TOP_SHARE:.0%}"
    met = None if few else all_.top_share <= TOP_SHARE
    return Row(
        "top", "前十来源占全部告警", all_.top_share, percent(all_.top_share) if all_.alarms else "—", shares, met
    )


def _priorities(figures: Figures, *, few: bool) -> Row:
    told = "/".join(f"{share:.0%}" for share in figures.priorities)
    near = all(abs(is_ - want) <= SLACK for is_, want in zip(figures.priorities, WANTED, strict=True))
    return Row(
        "priorities", "1/2/3级占比", None, told if figures.raised.alarms else "—", "约5/15/80%", None if few else near
    )


def _acknowledged(taken: Sequence[Taken]) -> Row:
    """Return how many were acknowledged in time, of those that did not end by themselves before."""
    asked = [
        one
        for one in taken
        if one.acknowledged_ms is not None
        or one.recovered_ms is None
        or one.recovered_ms - one.opened_ms > ACK_WITHIN_MS
    ]
    met = sum(one.acknowledged_ms is not None and one.acknowledged_ms - one.opened_ms <= ACK_WITHIN_MS for one in asked)
    share = met / len(asked) if asked else None
    return Row(
        "acknowledged",
        "15分钟内签收的占比",
        share,
        "—" if share is None else f"{percent(share)}（{met}/{len(asked)}）",
        "≥95%",
        None if share is None else share >= ACK_WANTED,
    )


def _charts(figures: Figures, times: Sequence[int]) -> list[Chart]:
    hours = -(-(figures.until_ms - figures.from_ms) // HOUR_MS)
    if hours <= 48:
        counted = Counter((at_ms - figures.from_ms) // HOUR_MS for at_ms in times)
        labels = [written(figures.from_ms + at * HOUR_MS)[11:13] for at in range(hours)]
        over_time = columns("每小时告警数", labels, [counted[at] for at in range(hours)], names=("告警", ""))
    else:
        days = -(-hours // 24)
        counted = Counter((at_ms - figures.from_ms) // (24 * HOUR_MS) for at_ms in times)
        labels = [str(int(written(figures.from_ms + at * 24 * HOUR_MS)[8:10])) for at in range(days)]
        over_time = columns("每日告警数", labels, [counted[at] for at in range(days)], names=("告警", ""))
    found = [over_time]
    if figures.operators:
        rows = [Bar(one.operator, one.per_hour, f"{one.per_hour:.2f}") for one in figures.operators]
        found.append(bars("每名值班员每小时告警数", rows, limit=Limit(ACCEPTABLE, "可接受 6"), most=MOST))
    if figures.raised.top:
        found.append(
            bars(
                "告警最多的来源", [Bar(source_words(name), number, str(number)) for name, number in figures.raised.top]
            )
        )
    return found
