"""Words of what villages must make public, and of the notices they are sent."""

from typing import Final

from hub.web.words.said import Said

STANDING: Final[dict[str, Said]] = {
    "late": Said("逾期未公开", "late"),
    "near": Said("即将到期", "due soon"),
    "coming": Said("未到期", "not due yet"),
    "published_late": Said("逾期后公开", "made public late"),
    "published": Said("按期公开", "made public in time"),
}

STATE: Final[dict[str, Said]] = {
    "open": Said("限期整改中", "to be put right"),
    "answered": Said("已整改，待复查", "said to be put right, to be looked at"),
    "closed": Said("已销号", "closed"),
    "withdrawn": Said("已撤销", "withdrawn"),
}

STEP: Final[dict[str, Said]] = {
    "issue": Said("下达", "Issued"),
    "answer": Said("村里答复已整改", "The village says it is put right"),
    "send_back": Said("复查不合格，退回", "Looked at: not put right"),
    "close": Said("复查合格，销号", "Looked at: put right, closed"),
    "withdraw": Said("撤销", "Withdrawn"),
    "remark": Said("备注", "Remark"),
}

DISCLOSURE: Final[dict[str, Said]] = {
    "title": Said("村务公开进度", "What villages owe to make public"),
    "note": Said(
        "一般事项每季度至少公布一次，重大事项随时公布（村民委员会组织法第三十条）。法律没有写明哪一天，期限由本县规定，见下方。",
        "General matters at least once a quarter, matters of weight as they happen (Organic Law of Village Committees,"
        " art. 30). The law names no day: the county's own rules below do.",
    ),
    "rules": Said("公开期限", "The county's rules"),
    "quarterly": Said("季度公开", "Each quarter"),
    "event": Said("随时公开", "As it happens"),
    "quarterly_days": Said("季度结束后 {} 天内", "within {} days of the quarter's end"),
    "event_days": Said("发生后 {} 天内", "within {} days of what happened"),
    "since": Said("自 {} 起", "since {}"),
    "ended": Said("{} 停用", "ended {}"),
    "end": Said("停用", "End"),
    "add_rule": Said("新增期限", "Add a rule"),
    "kind": Said("种类", "Kind"),
    "what": Said("事项", "What"),
    "what_en": Said("事项（英文）", "What (English)"),
    "days": Said("天数", "Days"),
    "from_day": Said("自哪天起", "From"),
    "add": Said("新增", "Add"),
    "add_event": Said("登记随时公开事项", "Something happened that must be made public"),
    "village": Said("村", "Village"),
    "happened": Said("发生日期", "Happened on"),
    "all": Said("全部", "All"),
    "town": Said("乡镇", "Town"),
    "standing": Said("情况", "How it stands"),
    "due": Said("应公开", "Due"),
    "late_days": Said("逾期 {} 天", "{} days late"),
    "publish": Said("去公开", "Make it public"),
    "none": Said("没有符合的事项。", "Nothing fits."),
    "remind": Said("下达整改通知书", "Issue a notice"),
    "notices": Said("限期整改通知书", "Notices"),
    "notice_no": Said("第 {} 号", "No. {}"),
    "to_village": Said("{}：", "To {}:"),
    "demand": Said("整改要求", "What to put right"),
    "demand_default": Said("请按规定公开「{}」，并在终端上公布。", "Please make public on the kiosk: {}."),
    "deadline": Said("整改期限", "Deadline"),
    "new_deadline": Said("新的期限", "New deadline"),
    "overdue": Said("超期 {} 天", "{} days overdue"),
    "issued_by": Said("{} {} 下达", "issued by {} on {}"),
    "times": Said("第 {} 次", "time {}"),
    "steps": Said("经过", "What was done"),
    "act": Said("处理", "Act"),
    "remark": Said("说明", "Remark"),
    "print": Said("此页可直接打印。", "This page prints as it is."),
    "public_now": Said("该事项已于 {} 公开，可以复查。", "It was made public on {}: it can be looked at."),
    "still": Said("该事项尚未公开。", "It is not public yet."),
    "back": Said("返回", "Back"),
    "unreadable": Said("暂时无法读取，请稍后再看。", "It cannot be read now; look again later."),
    "more": Said("还有 {} 项，请按乡镇或情况筛选。", "{} more; choose a town or how they stand."),
    "sign": Said("（盖章）", "(seal)"),
}

TABLES: Final = {"disclosure": DISCLOSURE, "owed": STANDING, "rectify": STATE, "rectify_step": STEP}
