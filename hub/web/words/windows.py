"""Every word of planned times."""

from typing import Final

from hub.web.words.said import Said, Tables

WINDOWS: Final[dict[str, Said]] = {
    "title": Said("计划时段", "Planned times"),
    "add": Said("登记计划时段", "Plan a time"),
    "effect": Said("作用", "Effect"),
    "where": Said("范围", "For"),
    "when": Said("时间", "When"),
    "state": Said("状态", "State"),
    "by": Said("经办", "By"),
    "reason": Said("事由", "Why"),
    "reason_needed": Said("事由（必填，留档）", "Why (needed, kept)"),
    "county": Said("全县", "The whole county"),
    "town": Said("乡镇", "Town"),
    "station": Said("站点（12 位编码）", "Station (12 digits)"),
    "one_station": Said("单个站点", "One station"),
    "whole_town": Said("乡镇", "A town"),
    "stations": Said("{} 站", "{} stations"),
    "comma": Said("、", ", "),
    "kind": Said("方式", "Kind"),
    "begin": Said("开始（空为现在）", "Begins (empty: now)"),
    "until": Said("结束", "Ends"),
    "lasts": Said("或时长", "or lasts"),
    "lasts_each": Said("每次时长", "each lasts"),
    "flexible": Said("弹性时长（自首次故障起）", "lasts from the first trouble on"),
    "repeat": Said("周期", "Recurs"),
    "clock": Said("几点开始", "at"),
    "weekdays": Said("每周", "on"),
    "day": Said("每月几日", "day of the month"),
    "retroactive": Said("补登：开始时间已过", "Retroactive: it began in the past"),
    "is_retroactive": Said("补登", "retroactive"),
    "ends": Said("结束", "End"),
    "withdraw": Said("误登记：全部撤回，视同从未生效", "It was wrong: as if it never held"),
    "ended": Said("{} {} 结束：{}", "ended by {} {}: {}"),
    "early": Said("提前结束于 {}", "ended early {}"),
    "began": Said("始于 {}", "began {}"),
    "first_trouble": Said("其间首次故障起 {}", "{} from the first trouble within"),
    "each": Said("每次 {}", "{} each time"),
    "none": Said(
        "没有计划时段。检修或停电前登记，届时不算离线。",
        "None. Plan it before work or a power cut: then it is no outage.",
    ),
    "show_all": Said("含已结束和已撤回", "Also what is over or withdrawn"),
    "show_current": Said("只看未结束", "Only what is not over"),
    "unreadable": Said("暂时无法读取记录，请稍后再看", "The records cannot be read now; look again later"),
    "note": Said(
        "时间为北京时间。计划时段内照常监测，已有事件照常结束",
        "Times are China's. Watching goes on, and what is open still ends",
    ),
    "service": Said("站点启用与停用", "Stations in and out of service"),
    "codes": Said("站点编码（可多个，空格分开）", "Station codes (several: with spaces)"),
    "since": Said("启用时间（空为现在）", "In service since (empty: now)"),
    "commission": Said("启用", "Put into service"),
    "decommission": Said("停用", "Take out of service"),
    "daily": Said("每天 {}", "daily at {}"),
    "weekly": Said("每周{} {}", "weekly on {} at {}"),
    "monthly": Said("每月 {} 日 {}", "monthly on {} at {}"),
    "month_end": Said("当月无此日时为月末", "a month without that day: its last"),
}

EFFECTS: Final[dict[str, Said]] = {
    "maintenance": Said(
        "维护（不计在线率，不立事件，不告警）", "Maintenance (no service time, no incidents, no alerts)"
    ),
    "no_incidents": Said("不立新事件", "No new incidents"),
    "no_alerts": Said("不告警", "Nobody is alerted"),
}
KINDS: Final[dict[str, Said]] = {
    "fixed": Said("固定", "Fixed"),
    "flexible": Said("弹性（等首次故障）", "Flexible (from the first trouble)"),
    "recurring": Said("周期", "Recurring"),
}
STATES: Final[dict[str, Said]] = {
    "coming": Said("未开始", "to come"),
    "waiting": Said("待故障触发", "waits for a trouble"),
    "holds": Said("生效中", "holds now"),
    "between": Said("下次再生效", "will hold again"),
    "over": Said("已结束", "over"),
    "withdrawn": Said("已撤回", "withdrawn"),
}
REPEATS: Final[dict[str, Said]] = {
    "daily": Said("每天", "daily"),
    "weekly": Said("每周", "weekly"),
    "monthly": Said("每月", "monthly"),
}
WEEKDAYS: Final[dict[str, Said]] = {
    "mon": Said("一", "Mon"),
    "tue": Said("二", "Tue"),
    "wed": Said("三", "Wed"),
    "thu": Said("四", "Thu"),
    "fri": Said("五", "Fri"),
    "sat": Said("六", "Sat"),
    "sun": Said("日", "Sun"),
}
REFUSED: Final[dict[str, Said]] = {
    "E-WIN-01": Said(
        "周期填写有误：每周请选星期，每月请填日期，并填几点开始", "When it recurs: choose days, and a time"
    ),
    "E-WIN-02": Said("时间或时长有误", "A time or a length is not understood"),
    "E-WIN-03": Said("请写明结束时间或时长（周期的两者都要）", "Say until when or how long (both of a recurring one)"),
    "E-WIN-04": Said("结束不晚于开始，或时间过长", "It ends before it begins, or is too long"),
    "E-WIN-05": Said("本县没有此乡镇或站点", "The county has no such town or station"),
    "E-WIN-06": Said("开始时间已过：补登请勾选“补登”", "It begins in the past: tick 'retroactive' if that is meant"),
    "E-WIN-07": Said("没有这个计划时段，或已结束、已撤回", "No such planned time, or nothing of it is left to end"),
    "E-WIN-08": Said(
        "站点已在役，或已停用；更正启用时间请填时间", "In service already, or out of it; give a time to correct it"
    ),
}

TABLES: Final[Tables] = {
    "windows": WINDOWS,
    "window_effect": EFFECTS,
    "window_kind": KINDS,
    "window_state": STATES,
    "window_repeat": REPEATS,
    "window_weekday": WEEKDAYS,
    "window_refused": REFUSED,
}
