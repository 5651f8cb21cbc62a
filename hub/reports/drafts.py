"""The text of a report, drafted from its figures by rules: each sentence says the figure it is about (pure).

In the form of the published bulletins: 服务概况, 各平台运行, 业务类型统计, 突发与故障处置, 评价与答复, 预警, 特点,
下一步. A draft is a beginning: people edit it section by section.
"""

from collections.abc import Callable
from typing import Final

from hub.exchange.sources import CHANNEL, PLATFORM
from hub.health.availability import percent
from hub.incidents.incident import CAUSES
from hub.incidents.trouble import KINDS as TROUBLES
from hub.local_time import written
from hub.reports.figures import ranked
from hub.reports.lifecycle import Part
from hub.reports.names import CALLS, MATTERS, SERVICES, WHO, ReportKind, named
from hub.reports.period import Period
from hub.reports.told import (
    Frozen,
    Told,
    availability_words,
    clear_changes,
    day_words,
    low_towns,
    share_words,
    since_words,
)
from hub.reports.warnings import LEVELS, RULES

TROUBLE_WORDS: Final[dict[str, tuple[str, str]]] = dict(TROUBLES.items())
TITLES: Final[dict[str, str]] = {
    "overview": "服务概况",
    "platforms": "各平台运行情况",
    "matters": "业务类型统计",
    "safety": "突发事件与故障处置",
    "ratings": "群众评价与答复时效",
    "warnings": "预警情况",
    "features": "主要特点",
    "next": "下一步工作",
    "annex": "附表",
}
SECTIONS: Final[dict[ReportKind, tuple[str, ...]]] = {
    "daily": ("overview", "platforms", "safety", "warnings", "next"),
    "weekly": ("overview", "platforms", "matters", "safety", "ratings", "warnings", "features", "next"),
    "monthly": ("overview", "platforms", "matters", "safety", "ratings", "warnings", "features", "next", "annex"),
    "opinion": ("overview", "matters", "ratings", "warnings", "features", "next"),
    "brief": ("features", "warnings", "next"),
}


def draft(kind: ReportKind, frozen: Frozen, period: Period, county: str) -> list[Part]:
    """Return the sections of a report, each with its text."""
    figures = frozen.figures
    told = Told(frozen, period, figures.whole, figures.town or "全县")
    make: dict[str, Callable[[Told], list[str]]] = {
        "overview": _overview, "platforms": _platforms, "matters": _matters, "safety": _safety, "ratings": _ratings,
        "warnings": _warnings, "features": _features, "next": _next, "annex": _annex,
    }  # fmt: skip
    if figures.nothing:
        nothing = f"{period.title}没有采集到任何数据（{county}中心的数据自{since_words(figures)}起）。"
        return [Part("overview", TITLES["overview"], nothing)]
    return [Part(key, TITLES[key], "\n".join(make[key](told))) for key in SECTIONS[kind]]


def _overview(told: Told) -> list[str]:
    whole, figures = told.whole, told.frozen.figures
    said = [
        f"{told.period.title}，{told.place}{whole.villages}个村（社区）司法行政服务站共接待群众{whole.visits:,}人次，"
        f"{told.number(whole.visits, 'visits')}。有群众来访的村（社区）{whole.active}个，"
        f"占{percent((whole.active, whole.villages))}。".replace(" %", "%")
    ]
    if whole.visits:
        ways = "、".join(f"{named(WHO, key)}{number:,}人次" for key, number in ranked(whole.who))
        said.append(f"按办理方式：{ways}。")
    if figures.partial:
        said.append(f"说明：中心数据自{since_words(figures)}起，{told.period.this_word}前段无数据，以上为不完整统计。")
    if not figures.over:
        said.append(
            f"说明：{told.period.this_word}尚未结束，数据截至{written(figures.until_ms)}，同比、环比均取相同时长。"
        )
    return said


def _platforms(told: Told) -> list[str]:
    whole, linked = told.whole, told.frozen.figures.linked
    said = [
        f"村（社区）站点在线率{availability_words(whole.online)}，{told.rate('online_share', sampled=False)}。"
        f"离线{whole.online.outages}次，累计{whole.online.down_ms / 3_600_000:.1f}小时，"
        f"最长一次{whole.online.longest_ms / 3_600_000:.1f}小时。",
        f"摄像机完好率{availability_words(whole.intact)}，{told.rate('intact_share', sampled=False)}。",
    ]
    low = low_towns(told.frozen.figures)
    if low:
        named_towns = "、".join(f"{town}{share_words(share)}" for town, share in low[:5])
        said.append(f"在线率低于95%的乡镇（街道）{len(low)}个：{named_towns}{'等' if len(low) > 5 else ''}。")
    if linked is None or linked.can + linked.cannot == 0:
        said.append("村村通率：无数据。")
    else:
        known = linked.can + linked.cannot
        covered = share_words((known, known + linked.unknown))
        said.append(
            f"截至{written(linked.at_ms)}，村村通率{share_words((linked.can, known))}"
            f"（已知村对占{covered}；时点值，不作比较）。"
        )
    effective = told.frozen.figures.effective
    if effective is not None:
        there, served, every = effective.there, effective.effective, effective.villages
        said.append(
            f"截至{written(effective.at_ms)}，{every}个村（社区）中，"
            f"有形覆盖{there}个（{share_words((there, every))}），"
            f"有效覆盖{served}个（{share_words((served, every))}；时点值，不作比较）。"
        )
    said.append(_sources(told))
    return said


def _sources(told: Told) -> str:
    """Return what came by which platform and channel (2+6): kiosks' visits, and the tickets of other platforms."""
    tickets = told.frozen.figures.tickets
    if not tickets:
        return "12348热线、省一体化智能平台本期没有导入工单，其数据不在本统计之内。"
    rows = "、".join(f"{_source_words(key)}{number:,}件" for key, number in ranked(tickets))
    total = sum(tickets.values())
    return f"信息来源：村居终端{told.whole.visits:,}件；其他平台导入工单{total:,}件，其中{rows}。"


def _source_words(key: str) -> str:
    platform, _, channel = key.partition(" ")
    names: dict[str, str] = {code: one.zh for code, one in (*PLATFORM.items(), *CHANNEL.items())}
    return f"{names.get(platform, platform)}·{names.get(channel, channel)}"


def _matters(told: Told) -> list[str]:
    whole = told.whole
    if not whole.visits:
        return [f"{told.period.this_word}无来访。"]
    services = "；".join(
        f"{named(SERVICES, key)}{number:,}件，占{share_words((number, whole.visits))}"
        for key, number in ranked(whole.services)
    )
    said = [f"按服务类型：{services}。"]
    total = sum(whole.matters.values())
    if total:
        first = "、".join(
            f"{named(MATTERS, key)}{number:,}件（占{share_words((number, total))}）"
            for key, number in ranked(whole.matters)[:5]
        )
        said.append(f"群众选定事项类别的{total:,}件中，居前的是：{first}。")
        changes = clear_changes(told)
        said.append(
            "与" + told.period.last_word + "相比变化明显的：" + "；".join(changes) + "。"
            if changes
            else f"与{told.period.last_word}相比，各类事项数量没有超出正常波动的变化，或无可比数据。"
        )
    else:
        said.append("群众未选定事项类别。")
    return said


def _safety(told: Told) -> list[str]:
    whole, broke = told.whole, told.frozen.figures.incidents
    said = [
        f"紧急求助{whole.emergencies}起（其中在终端撤回{whole.withdrawn}起），"
        f"{told.number(whole.emergencies, 'emergencies')}。"
    ]
    if whole.calls:
        sorts = "、".join(f"{named(CALLS, key)}{number}起" for key, number in ranked(whole.calls))
        said.append(f"求助情况：{sorts}。")
    if not broke.opened:
        return [*said, f"{told.period.this_word}没有新发现的设备、线路事件。"]
    kinds = "、".join(f"{named(TROUBLE_WORDS, key)}{number}起" for key, number in ranked(broke.kinds))
    said.append(f"新发现设备、线路事件{broke.opened}起：{kinds}。已恢复{broke.recovered}起。")
    if broke.median_ms is not None and broke.longest_ms is not None:
        said.append(
            f"从发生到恢复，时长中位数{broke.median_ms / 3_600_000:.1f}小时，"
            f"最长{broke.longest_ms / 3_600_000:.1f}小时；"
            f"超期督办{broke.overdue}起。"
        )
    if broke.causes:
        causes = "、".join(f"{named(CAUSES, key)}{number}起" for key, number in ranked(broke.causes))
        said.append(f"已查明原因：{causes}。")
    return said


def _ratings(told: Told) -> list[str]:
    whole, (good, rated) = told.whole, told.whole.satisfied
    said = [f"{told.period.this_word}没有群众评价，满意率无数据。"]
    if rated:
        bad = whole.grades[0] + whole.grades[1]
        said = [
            f"收到群众评价{rated:,}件，满意率{share_words((good, rated))}，{told.rate('satisfied', sampled=True)}；"
            f"不满意和非常不满意{bad}件。"
        ]
    met, asked = whole.answered
    if asked:
        said.append(
            f"到期应答复{asked:,}件，按时答复{met:,}件，答复及时率{share_words((met, asked))}，"
            f"{told.rate('answered', sampled=True)}；逾期{whole.late}件，未到期{whole.pending}件。"
        )
    else:
        said.append(f"{told.period.this_word}没有到期应答复的事项；未到期{whole.pending}件。")
    return said


def _warnings(told: Told) -> list[str]:
    warned = told.frozen.warnings
    if not warned:
        return [f"{told.period.this_word}未触发红、橙、黄预警。"]
    levels = "、".join(
        f"{LEVELS[level][0]}{sum(one.level == level for one in warned)}条"
        for level in LEVELS
        if any(one.level == level for one in warned)
    )
    return [
        f"{told.period.this_word}触发预警{len(warned)}条：{levels}。",
        *(
            f"{LEVELS[one.level][0]}（{one.town or '全县'}，{RULES[one.rule][0]}"
            f"{'，已解除' if one.ended else ''}）：{one.figures}"
            for one in warned[:12]
        ),
    ]


def _features(told: Told) -> list[str]:
    whole, figures = told.whole, told.frozen.figures
    said = [f"来访{whole.visits:,}人次，{told.number(whole.visits, 'visits')}。"]
    if figures.towns and whole.visits and not figures.town:
        town, most = max(figures.towns.items(), key=lambda one: one[1].visits)
        said.append(f"来访最多的是{town}，{most.visits:,}人次，占{share_words((most.visits, whole.visits))}。")
    if len(figures.days) > 1 and whole.visits:
        at = max(range(len(figures.days)), key=lambda day: figures.days[day])
        said.append(f"来访最多的一天是{day_words(figures, at)}，{figures.days[at]:,}人次。")
    said += [f"{change}。" for change in clear_changes(told)]
    if whole.online_share[1]:
        said.append(f"站点在线率{share_words(whole.online_share)}，{told.rate('online_share', sampled=False)}。")
    if whole.satisfied[1]:
        said.append(f"满意率{share_words(whole.satisfied)}，{told.rate('satisfied', sampled=True)}。")
    return [f"{number}. {one}" for number, one in enumerate(said, 1)]


def _next(told: Told) -> list[str]:
    whole, figures, said = told.whole, told.frozen.figures, []
    for one in told.frozen.warnings:
        if one.rule == "matter" and not one.ended:
            said.append(
                f"对{one.town or '全县'}{named(MATTERS, one.subject)}类矛盾纠纷开展专题研判和排查，落实专人跟进。"
            )
    if low := low_towns(figures):
        towns = "、".join(town for town, _ in low[:5])
        said.append(
            f"对在线率低于95%的{len(low)}个乡镇（街道）（{towns}{'等' if len(low) > 5 else ''}）组织巡检，"
            f"查明离线原因。"
        )
    if figures.incidents.overdue:
        said.append(f"对超期的{figures.incidents.overdue}起设备、线路事件继续督办，限期修复。")
    if whole.late:
        pending = f"，未到期的{whole.pending}件按时答复" if whole.pending else ""
        said.append(f"督促各承办人补办逾期答复的{whole.late}件{pending}。")
    bad = whole.grades[0] + whole.grades[1]
    if bad:
        said.append(f"对不满意评价{bad}件逐一回访，并在规定期限内整改。")
    quiet = whole.villages - whole.active
    if figures.over and quiet:
        said.append(f"了解{quiet}个无来访村（社区）的使用情况，加强宣传引导。")
    if not said:
        said.append("继续做好日常值守、巡检和信息采集工作。")
    return [f"{number}. {one}" for number, one in enumerate(said, 1)]


def _annex(_told: Told) -> list[str]:
    return ["各村（社区）明细见附表。空缺或“无数据”表示没有采集到，不等于零。"]
