"""Every word of incidents, in Chinese and English."""

from typing import Final

from hub.incidents.incident import CAUSES, STATES, STEPS
from hub.incidents.reasons import EVIDENCE, MOVED, REASONS
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
    "now_villages": Said("现受影响 {} 村", "Villages affected now: {}"),
    "before_villages": Said("曾受影响、已恢复 {} 村", "Affected before, well again: {}"),
    "steps": Said("经过", "What happened"),
    "no_steps": Said("暂无记录", "Nothing recorded yet"),
    "stages": Said("处理进度", "Where it stands"),
    "done": Said("已完成", "done"),
    "here": Said("当前", "now here"),
    "to_come": Said("未到", "to come"),
    "act": Said("办理", "To act on it"),
    "may_not": Said("当前账号不能办理本镇的事件", "This account cannot act on incidents of this town"),
    "text": Said("查找", "Find"),
    "search": Said("编号、地点、人员、说明", "Number, place, person, note"),
    "mine": Said("我的", "Mine"),
    "anybody": Said("全部人员", "Anybody's"),
    "keyboard": Said("键盘", "Keys"),
    "rank": Said("级别", "Priority"),
    "pick": Said("选中 {}", "Choose {}"),
    "pick_all": Said("选中本页全部", "Choose all of this page"),
    "picked": Said("已选 {} 起", "{} chosen"),
    "bulk": Said("批量办理", "Act on those chosen"),
    "do": Said("办理", "Do it"),
    "bulk_act": Said("操作", "What"),
    "whole": Said("{} 的全部未办结事件（不止本页）", "Everything open of {}, also on other pages"),
    "outcomes": Said("办理结果", "What became of each"),
    "fine": Said("{} 起已办，{} 起未办", "{} done, {} not"),
    "fine_one": Said("已办", "done"),
    "unknown": Said("没有这个事件", "no such incident"),
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
    "supervise": Said("督办", "supervise"),
    "undo": Said("撤回我的上一步", "take back my last step"),
}
"""What people may do, as `hub incident` calls it."""

FORM: Final[dict[str, Said]] = {
    "lasts": Said("签收有效时间（到期未处理即回到待签收）", "Valid for (then it counts as new again)"),
    "to": Said("派给谁（姓名、单位）", "Whom (name, firm)"),
    "deadline": Said("修复时限", "Repair within"),
    "usual": Said("按规定（{}）", "as usual ({})"),
    "usual_each": Said("按规定（单村 24 小时，全镇以上 48 小时）", "as usual (a village 24 h, a town or more 48 h)"),
    "cause": Said("原因", "Cause"),
    "note": Said("说明", "Note"),
    "note_needed": Said("说明（必填）", "Note (needed)"),
    "choose": Said("请选择", "choose"),
    "over_other": Said("仍要办理，覆盖 {} 的处理（须写明理由）", "Go over what {} did (a reason is needed)"),
    "over_bad": Said(
        "故障仍在，仍记为处置完毕（须写明理由）", "Still bad: resolve it all the same (a reason is needed)"
    ),
}

LENGTHS: Final[dict[str, Said]] = {
    "30m": Said("30 分钟", "30 min"),
    "1h": Said("1 小时", "1 h"),
    "2h": Said("2 小时", "2 h"),
    "4h": Said("4 小时", "4 h"),
    "8h": Said("8 小时", "8 h"),
    "24h": Said("24 小时", "24 h"),
    "48h": Said("48 小时", "48 h"),
    "1d": Said("1 天", "1 day"),
    "2d": Said("48 小时", "48 h"),
    "3d": Said("3 天", "3 days"),
    "7d": Said("7 天", "7 days"),
}

REFUSED: Final[dict[str, Said]] = {
    "E-INC-01": Said("没有这个事件", "There is no such incident"),
    "E-INC-02": Said(
        "事件状态已变，现在不能这样办理；请看最新状态", "It is in another state by now; see how it stands"
    ),
    "E-INC-03": Said(
        "故障仍在：办结后会立即重开。确需记为处置完毕，请勾选并写明理由",
        "It is still bad, and would open at once again. To resolve it all the same, tick the box and say why",
    ),
    "E-INC-04": Said("已办结超过 1 小时；再次发生会另立事件", "Closed for good; what comes again is one of its own"),
    "E-INC-05": Said("没有可撤回的操作，或其后已有变化", "Nothing to take back, or more happened since"),
    "E-INC-06": Said(
        "{} 已先办理（{}）。您填写的内容仍在，确需覆盖请勾选", "{} was first ({}). What you typed is still here"
    ),
    "first": Said("{} 已先办理（{}），请打开该事件查看", "{} was first ({}): open it to see"),
    "E-INC-07": Said(
        "同一问题已另立事件，请在该事件上办理", "A newer incident of the same trouble is open: go on there"
    ),
    "E-INC-08": Said("原因或时间有误", "A cause or a time that cannot be"),
    "E-STORE-03": Said("暂时无法入库，请稍后再试", "Nothing can be stored now; try again"),
    "E-WEB-04": Said("当前账号不管该镇", "This account is not for that town"),
}
"""Why an act was refused (docs/errors.md), as a page says it."""

KEYS: Final[dict[str, Said]] = {
    "j": Said("下一条", "next"),
    "k": Said("上一条", "the one before"),
    "x": Said("选中 / 取消", "choose, or not"),
    "a": Said("签收", "acknowledge"),
    "d": Said("派单", "dispatch"),
    "r": Said("处置完毕", "resolve"),
    "Enter": Said("打开", "open"),
    "Esc": Said("取消选择", "choose none"),
    "?": Said("显示本表", "show this"),
}
"""What the keyboard does on the list (`static/acts.js`); a, d and r on an incident's own page too."""

STATE_WORDS: Final[dict[str, Said]] = {state: Said(*said) for state, said in STATES.items()}
STEP_WORDS: Final[dict[str, Said]] = {step: Said(*said) for step, said in STEPS.items()}
REASON_WORDS: Final[dict[str, Said]] = {reason: Said(*said) for reason, said in REASONS.items()}
MOVED_WORDS: Final[dict[str, Said]] = {name: Said(*said) for name, said in MOVED.items()}
EVIDENCE_WORDS: Final[dict[str, Said]] = {name: Said(*said) for name, said in EVIDENCE.items()}
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
    "act_form": FORM,
    "act_refused": REFUSED,
    "length": LENGTHS,
    "key": KEYS,
    "why_incident": REASON_WORDS,
    "moved": MOVED_WORDS,
    "evidence": EVIDENCE_WORDS,
}
