"""Every word of calls for help: their pages, and the alert on every page and on the wall."""

from typing import Final

from hub.incidents.calls import MATTERS, OUTCOMES, STATES, STEPS
from hub.web.words.said import Said, Tables

CALLS: Final[dict[str, Said]] = {
    "title": Said("紧急求助", "Calls for help"),
    "number": Said("编号", "Number"),
    "where": Said("地点", "Where"),
    "at": Said("求助时间", "Called"),
    "received": Said("县里收到", "Reached the centre"),
    "waited": Said("等了", "Waited"),
    "state": Said("状态", "State"),
    "who": Said("签收人", "Taken by"),
    "outcome": Said("结果", "Outcome"),
    "matter": Said("事项", "What it was"),
    "closed_by": Said("办结", "Closed"),
    "dispatched_to": Said("派往", "Sent"),
    "times": Said("{} 次", "×{}"),
    "none": Said(
        "没有求助。村民在终端求助时，本页与大屏立即响铃。",
        "None. When a villager calls, this page and the wall ring at once.",
    ),
    "all": Said("全部", "All"),
    "town": Said("镇", "Town"),
    "older": Said("更早的求助", "Older calls"),
    "newest": Said("回到最新", "Back to the newest"),
    "months": Said("应急指挥统计", "Counted by month"),
    "month": Said("月份", "Month"),
    "calls": Said("求助", "Calls"),
    "open": Said("未办结", "Open"),
    "to_list": Said("全部求助", "All calls"),
    "gone": Said("没有这个求助", "There is no such call"),
    "unreadable": Said("暂时无法读取记录，请稍后再看", "The records cannot be read now; look again later"),
    "steps": Said("经过", "What happened"),
    "village": Said("该村", "The village"),
    "machine": Said("系统", "the hub"),
    "nobody": Said("无人值班", "nobody on duty"),
    "kiosk": Said("终端", "the kiosk"),
    "withdrawn": Said("求助人已取消", "Taken back at the kiosk"),
    "withdrawn_note": Said(
        "取消的可能不是求助人本人：仍请联系该村核实，再签收",
        "Whoever took it back may not be who called: reach the village all the same, then acknowledge",
    ),
    "waits": Said("已等 {}，无人签收", "waited {}, nobody has taken it"),
    "level": Said("已升级 {} 次", "escalated ×{}"),
    "act": Said("办理", "To act on it"),
    "may_not": Said("当前账号不能办理本镇的求助", "This account cannot act on calls of this town"),
    "ack_note": Said("签收即表示由您负责，铃声随即停止", "It is yours from then on, and the sound stops everywhere"),
    "to": Said("派谁去（姓名、单位）", "Whom (name, unit)"),
    "note": Said("说明", "Note"),
    "note_needed": Said("说明（必填）", "Note (needed)"),
    "note_hint": Said("请勿写求助人姓名、证件号", "Not the name or number of whoever called"),
    "matter_hint": Said("已处置的须选事项", "Needed of what was handled"),
    "choose": Said("请选择", "choose"),
}

ACTS: Final[dict[str, Said]] = {
    "ack": Said("签收", "Acknowledge"),
    "dispatch": Said("派人", "Send somebody"),
    "close": Said("办结", "Close"),
    "note": Said("备注", "Add a note"),
}

ALERT: Final[dict[str, Said]] = {
    "title": Said("紧急求助", "Call for help"),
    "waiting": Said("{} 起求助待签收", "{} waiting"),
    "called": Said("求助于 {}", "called at {}"),
    "waited": Said("已等 {}", "waited {}"),
    "level": Said("已升级 {} 次", "escalated ×{}"),
    "times": Said("共 {} 次", "×{}"),
    "withdrawn": Said("求助人已取消，仍需核实", "taken back at the kiosk; still to be looked into"),
    "unstored": Said("尚未入库，请先联系该村", "not stored yet: reach the village"),
    "ack": Said("签收", "Acknowledge"),
    "look": Said("查看", "Look"),
    "later": Said("暂时收起", "Put aside"),
    "open": Said("展开", "Show"),
    "mute": Said("静音", "Mute"),
    "unmute": Said("打开声音", "Sound on"),
    "silent": Said("浏览器尚未允许声音：请点一下页面", "The browser allows no sound yet: click anywhere"),
    "not_yours": Said("由管该镇的值班员签收", "For whoever is responsible for that town"),
    "taken": Said("您已签收", "You have it now"),
    "failed": Said("签收未成功：{}", "Not acknowledged: {}"),
    "away": Said("连不上县级中心", "the centre cannot be reached"),
}
"""What the alert on every page, and on the wall, says."""

OVERLAY: Final[dict[str, Said]] = {key: ALERT[key] for key in ("waited", "level", "times", "withdrawn", "later")}
"""What the wall's overlay says (`static/alarms.js`): the wall is sent no more words than it needs."""

TABLES: Final[Tables] = {
    "call_overlay": OVERLAY,
    "calls": CALLS,
    "call_act": ACTS,
    "call_alert": ALERT,
    "call_state": {key: Said(*said) for key, said in STATES.items()},
    "call_step": {key: Said(*said) for key, said in STEPS.items()},
    "call_outcome": {key: Said(*said) for key, said in OUTCOMES.items()},
    "call_matter": {key: Said(*said) for key, said in MATTERS.items()},
}
