"""Words of work lists, weekly reports, and which villages are served in earnest."""

from typing import Final

from hub.web.words.said import Said

SOURCE: Final[dict[str, Said]] = {
    "call": Said("紧急求助", "Call for help"),
    "incident": Said("事件", "Incident"),
    "matter": Said("来访", "Visit"),
    "ticket": Said("工单", "Ticket"),
    "call_back": Said("回访", "Call-back"),
    "warning": Said("预警", "Warning"),
    "notice": Said("整改通知书", "Notice"),
    "disclosure": Said("村务公开", "Public affairs"),
    "document": Said("资料", "Document"),
    "offline": Said("离线", "Offline"),
    "camera": Said("巡检", "Inspection"),
}
"""One row for each source (`hub/work/sources.py`)."""

WHAT: Final[dict[str, Said]] = {
    "call.waiting": Said("有人求助，尚未签收", "somebody calls; nobody has taken it"),
    "call": Said("求助待办结", "to be closed"),
    "incident.new": Said("待签收", "to be acknowledged"),
    "incident.overdue": Said("已超期，请督办", "overdue"),
    "incident.to_close": Said("已处置，待复查销号", "put right, to be looked at and closed"),
    "matter": Said("临近时限，请办理", "near its time"),
    "matter.answer": Said("留言须在 24 小时内答复", "to be answered within 24 h"),
    "matter.decide": Said("法援申请须在 7 日内决定", "legal aid: to be decided in 7 days"),
    "matter.wages": Said("讨薪申请须当日决定", "wages: to be decided today"),
    "matter.assign": Said("须在 3 日内指派", "to be assigned in 3 days"),
    "ticket": Said("其他平台工单临近时限，请办理", "of another platform, near its time"),
    "call_back": Said("待回访", "to be called back"),
    "call_back.call_back": Said("差评须在次日前回访", "bad rating: to be called back by tomorrow"),
    "call_back.put_right": Said("差评须在 15 日内整改", "bad rating: to be put right in 15 days"),
    "warning": Said("预警待签收", "to be acknowledged"),
    "notice": Said("整改通知书", "notice"),
    "notice.open": Said("限期整改中", "to be put right"),
    "notice.answered": Said("村里已整改，待复查", "the village says it is put right: look at it"),
    "disclosure": Said("待公开", "to be made public"),
    "disclosure.late": Said("逾期未公开", "late"),
    "disclosure.near": Said("即将到期", "due soon"),
    "document": Said("站点拒收", "refused by the station"),
    "document.ahead": Said("站点版本超前，须重新下发", "the station holds a later one: publish anew"),
    "offline": Said("离线超过 24 小时", "offline for more than 24 h"),
    "camera.fault": Said("画面异常，请查看", "its picture is at fault"),
    "camera.turn": Said("本月轮到人工查看画面", "its picture's turn to be looked at this month"),
    "camera": Said("请查看画面", "look at its picture"),
}
"""What is to be done: `source.what`, else `source`."""

WORK: Final[dict[str, Said]] = {
    "title": Said("每日工作清单", "Work list of the day"),
    "open": Said("待办 {}", "To do {}"),
    "ticked": Said("今日已标记 {}", "Ticked off today {}"),
    "none": Said("没有待办事项。", "Nothing to do."),
    "partly": Said("有一部分暂时无法读取，清单不全。", "A part cannot be read now: the list is not whole."),
    "due": Said("时限 {}", "by {}"),
    "overdue": Said("已超期", "overdue"),
    "since": Said("自 {}", "since {}"),
    "go": Said("去办理", "Go there"),
    "tick": Said("今日已看 / 已另行处理", "Seen, or done elsewhere"),
    "note": Said("说明", "Note"),
    "mark": Said("标记", "Tick off"),
    "unmark": Said("撤销标记", "Put it back"),
    "done_itself": Said("办完后自动从清单消失；标记只管今天。", "What is done goes by itself; a tick is for today."),
    "own": Said("自己记的事", "My own"),
    "own_text": Said("要做的事", "What to do"),
    "own_note": Said("请勿写群众的姓名和电话。", "Please write no villager's name or telephone."),
    "own_due": Said("哪天前（可空）", "By (may be empty)"),
    "add": Said("加上", "Add"),
    "done": Said("做完了", "Done"),
    "undone": Said("没做完", "Not done"),
    "more": Said("还有 {} 项", "{} more"),
    "to_week": Said("每周微述职", "Weekly self-report"),
    "to_coverage": Said("有效覆盖", "Served in earnest"),
    "for_whom": Said("{} {}", "{} {}"),
    "signed": Said("签名", "Signed"),
}

WEEK: Final[dict[str, Said]] = {
    "title": Said("每周微述职", "Weekly self-report"),
    "of": Said("{} 至 {}", "{} to {}"),
    "before": Said("上一周", "The week before"),
    "after": Said("下一周", "The week after"),
    "text": Said("述职内容", "Report"),
    "save": Said("保存", "Save"),
    "hand_in": Said("上报", "Hand in"),
    "hand_note": Said("上报后不能再改，本单位的督导员可以看到。", "Once handed in it stays; your supervisors see it."),
    "drafted": Said("以下由系统按本周的办理记录草拟，请核对、补充。", "Drafted from what you did; check it and go on."),
    "saved": Said("{} 保存", "saved {}"),
    "handed": Said("{} 已上报", "handed in {}"),
    "seen": Said("{} {} 已阅", "read by {} {}"),
    "remark": Said("批示", "Remark"),
    "mark_seen": Said("已阅", "I have read it"),
    "unit": Said("本单位上报", "Handed in by the unit"),
    "mine": Said("我的述职", "My reports"),
    "none": Said("还没有。", "None yet."),
    "figures": Said("本周办理", "What the system has of the week"),
    "act": Said("操作", "Act"),
    "times": Said("次数", "Times"),
    "draft": Said("草稿", "draft"),
    "back": Said("工作清单", "Work list"),
}

COVERED: Final[dict[str, Said]] = {
    "title": Said("有效覆盖", "Served in earnest"),
    "rule": Said(
        "有形覆盖：有终端上过线，且值班表里有法律顾问。有效覆盖：法律顾问最近 {} 天为该村办过事，且在线、画面正常。",
        "There: a kiosk that was heard, and a legal adviser by name. In earnest: the adviser did something for the"
        " village in the last {} days, and it is online with a picture that is well.",
    ),
    "there": Said("有形覆盖", "There"),
    "effective": Said("有效覆盖", "In earnest"),
    "not": Said("未有效覆盖 {}", "Not served in earnest {}"),
    "village": Said("村", "Village"),
    "advisers": Said("法律顾问", "Legal adviser"),
    "last": Said("最近一次", "Last time"),
    "why": Said("原因", "Why"),
    "within": Said("最近天数", "Within days"),
    "all": Said("所有村都已有效覆盖。", "Every village is served in earnest."),
    "by_town": Said("各镇", "Town by town"),
    "town": Said("乡镇", "Town"),
    "resting": Said("未投入使用的站点 {} 个不计。", "{} stations that are not in service do not count."),
}

UNCOVERED: Final[dict[str, Said]] = {
    "no_adviser": Said("值班表里没有法律顾问", "no legal adviser on its roster"),
    "never_active": Said("顾问在此期间没有办过事", "the adviser did nothing in this time"),
    "not_lately": Said("顾问很久没有办事", "the adviser was not active lately"),
    "offline": Said("离线", "offline"),
    "unknown": Said("状态未知", "unknown"),
    "maintenance": Said("检修", "maintenance"),
    "fault": Said("画面异常", "picture at fault"),
    "no_picture": Said("没有画面", "no picture"),
}

TABLES: Final = {
    "work_source": SOURCE,
    "work_what": WHAT,
    "work": WORK,
    "week": WEEK,
    "covered": COVERED,
    "uncovered": UNCOVERED,
}
