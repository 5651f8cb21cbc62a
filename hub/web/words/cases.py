"""Words of villagers' matters: the inbox, and one matter."""

from typing import Final

from hub.exchange.sources import CHANNEL, PLATFORM
from hub.reports import names
from hub.web.words.said import Said

SERVICE: Final = {key: Said(*pair) for key, pair in names.SERVICES.items()}
CAUSE: Final[dict[str, Said]] = {
    **{key: Said(*pair) for key, pair in names.MATTERS.items()},
    "wages": Said("讨薪", "wages"),
    "injury": Said("工伤", "injury at work"),
    "support": Said("赡养扶养", "support of parents or spouse"),
    "child_support": Said("抚养费", "child support"),
    "marriage": Said("婚姻", "marriage"),
}
COME_AS: Final = {key: Said(*pair) for key, pair in names.WHO.items()}
GRADE: Final = {str(grade): Said(*pair) for grade, pair in enumerate(names.GRADES, 1)}

STATE: Final[dict[str, Said]] = {
    "received": Said("已收到", "Received"),
    "assigned": Said("已指派", "Assigned"),
    "accepted": Said("已受理（予以援助）", "Accepted"),
    "need_papers": Said("一次性告知补材料", "Told once what papers are missing"),
    "papers_in": Said("材料已补齐", "Papers came"),
    "answered": Said("已答复", "Answered"),
    "refused": Said("不予受理", "Refused"),
    "closed": Said("已办结", "Closed"),
}
ROLE: Final[dict[str, Said]] = {
    "legal_adviser": Said("法律顾问", "legal adviser"),
    "mediator": Said("人民调解员", "mediator"),
    "law_helper": Said("法律明白人", "law helper"),
    "staff": Said("工作人员", "staff"),
    "self": Said("中心人员", "of the centre"),
    "other": Said("其他", "other"),
}

CLOCK: Final[dict[str, Said]] = {
    "answer": Said("答复", "Answer"),
    "decide": Said("审查决定", "Decision"),
    "wages": Said("讨薪当日决定", "Wages: same day"),
    "assign": Said("指派", "Assignment"),
    "call_back": Said("回访", "Call"),
    "put_right": Said("整改", "Putting right"),
    "left": Said("还剩 {}", "{} left"),
    "over": Said("超期 {}", "overdue {}"),
    "met": Said("已按时", "in time"),
    "met_late": Said("已办，但超期", "done late"),
    "stopped": Said("中止计时，待补材料", "stopped, waiting for papers"),
}
CLOCK_SOURCE: Final[dict[str, Said]] = {
    "answer": Said("留言 24 小时内答复", "a message is answered within 24 hours"),
    "decide": Said(
        "法律援助法第 43 条：自申请之日起 7 日内决定；首次一次性告知后补材料的天数不计入",
        "Legal Aid Law 43: decided within 7 days; days of waiting for papers after the one notice do not count",
    ),
    "wages": Said("农民工讨薪：当日决定，免经济状况审查", "wage claims of migrant workers: the same day"),
    "assign": Said("法律援助法第 43 条：决定援助后 3 日内指派", "Legal Aid Law 43: within 3 days of the decision"),
    "call_back": Said("差评 1 日内回访", "a bad rating is called back within 1 day"),
    "put_right": Said("差评 15 日内整改", "and put right within 15 days"),
    "days": Said(
        "日按自然日计，自次日起算，至末日 24 时止（民法典 201）；不作节假日顺延",
        "Days are calendar days, from the next day to midnight of the last; holidays do not move them",
    ),
}

INBOX: Final[dict[str, Said]] = {
    "title": Said("来访与办理", "Visits"),
    "which": Said("范围", "Which"),
    "open": Said("待办", "Waiting"),
    "ended": Said("已办结", "Through"),
    "all": Said("全部来访", "All visits"),
    "any": Said("不限", "any"),
    "state": Said("状态", "State"),
    "service": Said("服务", "Service"),
    "town": Said("乡镇", "Town"),
    "who": Said("来访方式", "Came as"),
    "mine": Said("我的", "Mine"),
    "overdue": Said("超期", "Overdue"),
    "near": Said("即将到期", "Due soon"),
    "unassigned": Said("未指派", "Nobody's"),
    "call_backs": Said("待回访", "To call back"),
    "order": Said("排序", "Order"),
    "urgent": Said("最急在前", "most urgent first"),
    "newest": Said("最新在前", "newest first"),
    "clock": Said("时限", "Clock"),
    "number": Said("受理编号", "Number"),
    "place": Said("村", "Village"),
    "matter": Said("事项", "About"),
    "person": Said("来访人", "Who"),
    "works": Said("承办", "Works on it"),
    "made": Said("来访时间", "Made"),
    "grade": Said("评价", "Rating"),
    "none": Said("没有符合的来访。", "No visit fits."),
    "older": Said("更早的", "Older"),
    "first": Said("回到第一页", "First page"),
    "erased": Said("个人信息已清除", "personal data erased"),
    "unreadable": Said("暂时无法读取，请稍后再看。", "It cannot be read now; look again later."),
    "persons": Said("个人信息权利（查阅、复制、删除）", "A person's own data (copy, deletion)"),
    "station": Said("只看站点 {}", "Only station {}"),
    "source": Said("来源", "Source"),
}
MATTER: Final[dict[str, Said]] = {
    "title": Said("来访 {}", "Visit {}"),
    "back": Said("返回清单", "Back to the list"),
    "facts": Said("登记情况", "What is known"),
    "language": Said("语言", "Language"),
    "zh": Said("中文", "Chinese"),
    "en": Said("英文", "English"),
    "clocks": Said("时限", "Clocks"),
    "no_clock": Said("终端当场办完，没有时限。", "Served at the kiosk; no clock runs."),
    "open": Said("打开身份与自述", "Open who came and what they said"),
    "open_note": Said(
        "先记下谁、为何打开，再显示一次；页面不留存。",
        "Who opens it and why is written down first; it is shown once and kept nowhere.",
    ),
    "reason": Said("事由", "Reason"),
    "do_open": Said("打开", "Open"),
    "nothing_sealed": Said("匿名且没有留言，没有可打开的内容。", "Anonymous and without words: nothing to open."),
    "looked": Said("谁打开过", "Who opened it"),
    "nobody_looked": Said("还没有人打开过。", "Nobody has."),
    "steps": Said("办理记录", "What was done"),
    "by_itself": Said("终端登记", "at the kiosk"),
    "withdrawn": Said("已撤回", "taken back"),
    "note_sealed": Said("有内容，打开后可见", "says something; open the visit to read it"),
    "assign": Said("指派与移交", "Assign or hand over"),
    "take": Said("由我承办", "I take it"),
    "whom": Said("承办人", "To whom"),
    "other_name": Said("或其他人姓名", "or another name"),
    "why_hand_over": Said("移交说明（只在中心可见）", "Why (seen at the centre only)"),
    "do_assign": Said("指派", "Assign"),
    "nobody": Said("尚未指派", "Nobody works on it yet"),
    "works": Said("{}（{}），{} 由 {} 指派", "{} ({}), assigned {} by {}"),
    "no_roster": Said("本村资料库没有通讯录，请填写姓名。", "The library has no directory of this village: type one."),
    "step": Said("登记办理", "Write down a step"),
    "again": Said("已办结；如需再办，登记新的一步", "It is through; write down a step to work on it again"),
    "state": Said("办到哪一步", "Step"),
    "phrase": Said("常用答复", "Frequent answer"),
    "no_phrase": Said("不用", "none"),
    "text": Said("告知来访人的话（本人在终端刷卡可见）", "What its person is told (with their card, at the kiosk)"),
    "not_named": Said("来访未留身份，终端上查不到答复。", "The visit names nobody: nobody can look the answer up."),
    "do_step": Said("登记", "Write down"),
    "undo": Said("撤回我的最近一步", "Take back my last step"),
    "undo_note": Said("记录保留并标明已撤回，终端不再显示。", "It stays on record, marked; kiosks show it no more."),
    "say_something": Said("这一步要写明告知来访人的话。", "This step needs words for the villager."),
    "too_long": Said("与常用答复合计最多 {} 字。", "At most {} characters, with the frequent answer."),
    "name_somebody": Said("请选择承办人或填写姓名。", "Choose somebody, or type a name."),
    "changed": Said(
        "此期间 {} 登记了“{}”，您的内容尚未存入：请先看办理记录，再决定是否提交。",
        "{} wrote down “{}” meanwhile; yours is not in it yet: look at the steps, then send it if it still holds.",
    ),
    "nothing_to_undo": Said("没有您可以撤回的一步。", "There is no step of yours to take back."),
    "one_notice": Said(
        "材料只能一次性告知：再次告知不再中止计时。", "Papers are asked for once: a second notice stops no clock."
    ),
    "call_back": Said("列入回访", "Have them called back"),
    "call_backs": Said("回访", "Call-backs"),
    "hold": Said("留存（不得清除）", "Keep from being erased"),
    "held": Said("{} 起由 {} 要求留存：{}", "Kept since {} by {}: {}"),
    "do_hold": Said("要求留存", "Keep"),
    "end_hold": Said("解除留存", "Let go"),
    "erased": Said("个人信息已清除，只余不含个人的记录。", "Personal data was erased; what is left names nobody."),
    "gone": Said("没有这次来访。", "There is no such visit."),
    "identity": Said("身份", "Identity"),
    "words": Said("自述与表格", "Words and form"),
    "notes": Said("办理内容", "What the county wrote"),
    "no_identity": Said("没有留下身份。", "No identity was left."),
    "no_words": Said("没有留言。", "No words were left."),
    "damaged": Said(
        "有内容不是用本中心公钥加密，或已损坏。", "Something is sealed to another key than this hub's, or damaged."
    ),
    "close": Said("看完了，关闭", "Done, close"),
    "once": Said(
        "本页只显示这一次：刷新、返回都不会再显示，再看需重新说明事由。",
        "Shown this once: neither reload nor back shows it again; another look needs another reason.",
    ),
    "internal": Said("只在中心可见的记录", "Notes for the centre only"),
    "about_assigned": Said("移交说明", "Handed over"),
    "about_call": Said("回访", "Call"),
    "about_put_right": Said("整改", "Put right"),
}
PHRASE: Final[dict[str, Said]] = {
    "office": Said(
        "请携带身份证和有关材料，工作日到乡镇司法所面谈。",
        "Please come to the town's judicial office on a working day with your ID card and papers.",
    ),
    "adviser": Said(
        "已请村法律顾问与您联系，请保持电话畅通。", "The village's legal adviser will call you; keep your telephone on."
    ),
    "mediator": Said(
        "人民调解员将联系双方，约定调解时间。调解免费、自愿。",
        "A mediator will call both sides and agree on a time. Mediation is free and voluntary.",
    ),
    "hotline": Said("您也可拨打 12348，免费咨询律师。", "You can also call 12348 for free legal advice."),
    "evidence": Said(
        "请保存好合同、欠条、转账记录、照片等证据。", "Keep contracts, notes of debt, payment records and photographs."
    ),
    "aid": Said("您的法律援助申请已通过，将指派法律援助人员。", "Your application for legal aid is granted."),
    "court": Said("此事可向人民法院起诉，注意诉讼时效。", "You can sue in court; mind the period of limitation."),
}
"""Answers that are given often: their words go to the villager in the language they chose."""

SOURCE: Final = (
    {"kiosk": Said("本县终端来访", "visits of this county's kiosks")}
    | {key: Said(f"{one.code} {one.zh}", f"{one.code} {one.en}") for key, one in PLATFORM.items()}
    | {f"by_{key}": Said(f"{one.code} {one.zh}", f"{one.code} {one.en}") for key, one in CHANNEL.items()}
)
"""The 2+6 of 信息采集: platforms, and channels (`by_…`)."""
TICKET: Final[dict[str, Said]] = {
    "title": Said("工单 {}", "Ticket {}"),
    "handled_by": Said("平台承办单位", "Handled by (there)"),
    "text": Said(
        "答复内容（密封留存，由承办人告知来电来访人）", "The answer (kept sealed; whoever works on it tells it)"
    ),
    "way": Said(
        "此工单来自其他平台，终端上查不到；请同时在原平台办结。",
        "This came from another platform: no kiosk shows it; close it there as well.",
    ),
}

TABLES: Final = {
    "source": SOURCE,
    "ticket": TICKET,
    "service": SERVICE,
    "case_matter": CAUSE,
    "come_as": COME_AS,
    "grade": GRADE,
    "case_state": STATE,
    "case_role": ROLE,
    "clock": CLOCK,
    "clock_source": CLOCK_SOURCE,
    "inbox": INBOX,
    "matter": MATTER,
    "phrase": PHRASE,
}
