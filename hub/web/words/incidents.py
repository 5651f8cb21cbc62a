"""Every word of incidents, in Chinese and English."""

from typing import Final

from hub.incidents.incident import CAUSES, STATES, STEPS
from hub.incidents.reasons import MOVED, REASONS
from hub.incidents.trouble import KINDS
from hub.web.words.said import Said

INCIDENT: Final[dict[str, Said]] = {
    "title": Said("事件", "Incidents"),
    "to_lines": Said("村村通", "Lines"),
    "by": Said("限 {}", "by {}"),
    "overdue": Said("超期 {}", "{} overdue"),
    "supervised": Said("督办", "Supervised"),
    "recovered": Said("已恢复", "Recovered"),
    "still_bad": Said("仍异常", "Still bad"),
    "returned": Said("第 {} 次", "time {}"),
    "in_incident": Said("属事件", "In an incident"),
    "waiting": Said("{} 村离线，尚无事件", "{} offline, no incident yet"),
    "of": Said("{}/{} 村", "{}/{}"),
    "whole_county": Said("全县", "The whole county"),
    "centre": Said("县级中心", "County centre"),
}
"""What the wall says of incidents too."""

PAGE: Final[dict[str, Said]] = {
    "pages": Said("页面", "Pages"),
    "to_wall": Said("墙屏", "Wall"),
    "to_list": Said("全部事件", "All incidents"),
    "priority": Said("级别", "Priority"),
    "what": Said("事件", "What"),
    "where": Said("地点", "Where"),
    "villages": Said("受影响村", "Villages"),
    "since": Said("开始", "Since"),
    "lasts": Said("历时", "Lasts"),
    "who": Said("责任人与状态", "Who has it"),
    "state": Said("状态", "State"),
    "deadline": Said("修复时限", "Repair by"),
    "open": Said("未办结", "Open"),
    "closed_lately": Said("近 24 小时办结", "Closed in the last 24 h"),
    "closed": Said("已办结", "Closed"),
    "older": Said("更早的事件", "Older incidents"),
    "newest": Said("回到最新", "Back to the newest"),
    "none": Said("没有事件", "None"),
    "all": Said("全部", "All"),
    "town": Said("镇", "Town"),
    "kind": Said("类别", "Kind"),
    "number": Said("编号", "Number"),
    "why": Said("研判依据", "Why it was decided"),
    "now_villages": Said("现受影响 {} 村", "{} villages affected now"),
    "before_villages": Said("曾受影响、已恢复 {} 村", "{} villages affected before, well again"),
    "steps": Said("经过", "What happened"),
    "no_steps": Said("暂无记录", "Nothing recorded yet"),
    "stages": Said("处理进度", "Where it stands"),
    "done": Said("已完成", "done"),
    "here": Said("当前", "now here"),
    "to_come": Said("未到", "to come"),
    "act": Said("办理", "To act on it"),
    "act_note": Said(
        "在县级中心主机上执行，姓名会留档；用 hub incident undo 可撤回自己最近一步",
        "Run on the county's machine; the name is kept; hub incident undo takes back one's own last act",
    ),
    "acknowledged_until": Said("签收有效至", "Acknowledged until"),
    "noticed": Said("发现", "Noticed"),
    "first": Said("首次", "First"),
    "cause": Said("原因", "Cause"),
    "dispatched_to": Said("派给", "Sent"),
    "owner": Said("责任人", "With"),
    "level": Said("已升级至第 {} 级", "escalated to level {}"),
    "gone": Said("没有这个事件", "There is no such incident"),
    "unreadable": Said(
        "暂时无法读取记录，只显示未办结事件", "The records cannot be read now: only what is open is shown"
    ),
    "machine": Said("系统", "the hub"),
    "withdrawn": Said("已撤回", "taken back"),
    "no_return": Said("未再发生，自动办结", "did not return, closed by itself"),
    "name_here": Said("姓名", "NAME"),
    "whom_here": Said("维修人员", "WHOM"),
    "why_here": Said("说明", "TEXT"),
}
"""What only their own pages say."""

PRIORITIES: Final[dict[str, Said]] = {
    "1": Said("重大", "Major"),
    "2": Said("较大", "Serious"),
    "3": Said("一般", "Minor"),
}
"""Each with a shape of its own besides its colour (pages.css, wall.css)."""

SCOPES: Final[dict[str, Said]] = {
    "hub": Said("中心", "Centre"),
    "county": Said("全县", "County"),
    "town": Said("全镇", "Town"),
    "station": Said("单村", "Village"),
}

STAGES: Final[dict[str, Said]] = {
    "collected": Said("采集", "Collected"),
    "judged": Said("研判", "Judged"),
    "handled": Said("处置", "Handled"),
    "checked": Said("督导", "Checked"),
}
"""采集 → 研判 → 处置 → 督导, as the county centre calls them."""

KIND_WORDS: Final[dict[str, Said]] = {kind: Said(*said) for kind, said in KINDS.items()}
ACTS: Final[dict[str, Said]] = {
    "ack": Said("签收", "acknowledge"),
    "dispatch": Said("派单", "dispatch"),
    "resolve": Said("处置完毕", "resolve"),
    "close": Said("复查销号", "close"),
    "reopen": Said("退回", "reopen"),
    "note": Said("备注", "note"),
}
"""What people may do, as `hub incident` calls it."""

STATE_WORDS: Final[dict[str, Said]] = {state: Said(*said) for state, said in STATES.items()}
STEP_WORDS: Final[dict[str, Said]] = {step: Said(*said) for step, said in STEPS.items()}
REASON_WORDS: Final[dict[str, Said]] = {reason: Said(*said) for reason, said in REASONS.items()}
MOVED_WORDS: Final[dict[str, Said]] = {name: Said(*said) for name, said in MOVED.items()}
CAUSE_WORDS: Final[dict[str, Said]] = {cause: Said(*said) for cause, said in CAUSES.items()}

TABLES: Final = {
    "incident": INCIDENT,
    "page": PAGE,
    "incident_state": STATE_WORDS,
    "priority": PRIORITIES,
    "scope": SCOPES,
    "stage": STAGES,
    "step": STEP_WORDS,
    "kind": KIND_WORDS,
    "cause": CAUSE_WORDS,
    "act": ACTS,
    "why_incident": REASON_WORDS,
    "moved": MOVED_WORDS,
}
