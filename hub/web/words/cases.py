"""Words of villagers' matters: the inbox, one matter, call-backs (回访), and a person's own data."""

from typing import Final

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
    "elsewhere": Said("移交", "Handed over"),
}
PERSON_FIELD: Final[dict[str, Said]] = {
    "name": Said("姓名", "Name"),
    "id_number": Said("证号", "Id number"),
    "card": Said("证件", "Card"),
    "sex": Said("性别", "Sex"),
    "nation": Said("民族", "Nation"),
    "birth": Said("出生", "Born"),
    "address": Said("住址", "Address"),
    "phone": Said("电话", "Telephone"),
    "verified": Said("已核验", "Verified"),
    "service_card": Said("便民服务卡", "Service card"),
    "guardian_name": Said("监护人", "Guardian"),
    "guardian_id_number": Said("监护人证号", "Guardian's id number"),
    "guardian_verified": Said("监护人已核验", "Guardian verified"),
    "yes": Said("是", "yes"),
    "no": Said("否，未核验", "no, not verified"),
    "resident": Said("居民身份证", "resident identity card"),
    "hmt": Said("港澳台居民居住证", "residence permit of Hong Kong, Macao and Taiwan residents"),
    "foreign_2017": Said("外国人永久居留身份证（2017 版）", "foreigner's permanent residence card (2017)"),
    "foreign_2023": Said("外国人永久居留身份证（2023 版）", "foreigner's permanent residence card (2023)"),
}
CALLING: Final[dict[str, Said]] = {
    "title": Said("回访", "Call-backs"),
    "open": Said("待回访与待整改", "To call and to put right"),
    "fixed": Said("已整改", "Put right"),
    "to_call": Said("待回访", "to call"),
    "to_fix": Said("待整改", "to put right"),
    "asked": Said("来由", "Because"),
    "by_rating": Said("评价：{}", "Rated: {}"),
    "by_hand": Said("{} 要求", "asked by {}"),
    "calls": Said("通话", "Calls"),
    "no_calls": Said("还没有回访。", "Not called yet."),
    "reached": Said("已联系上", "spoken with them"),
    "no_answer": Said("无人接听", "nobody answered"),
    "no_way": Said("无法联系（匿名或没有电话）", "no way to reach them"),
    "satisfied": Said("现在满意吗", "Satisfied now?"),
    "said_yes": Said("满意", "satisfied"),
    "said_no": Said("仍不满意", "still not satisfied"),
    "not_said": Said("没有说", "did not say"),
    "result": Said("结果", "Result"),
    "note": Said("记录（加密保存）", "Note (kept sealed)"),
    "do_call": Said("登记通话", "Write down a call"),
    "do_fix": Said("登记已整改", "Write down that it is put right"),
    "how_fixed": Said("怎样整改的（加密保存）", "How (kept sealed)"),
    "fixed_by": Said("{} 由 {} 整改", "put right {} by {}"),
    "none": Said("没有。", "None."),
    "phone_note": Said(
        "电话号码在来访里，打开来访（留档）后可见。",
        "The telephone number is in the visit: open it, which is logged.",
    ),
}
RIGHTS: Final[dict[str, Said]] = {
    "title": Said("个人信息权利", "A Person's Own Data"),
    "intro": Said(
        "本人可以查阅、复制（个人信息保护法 45）和要求删除（47）自己的来访。请先核对本人证件。",
        "A person may have a copy of their visits (PIPL 45) and have them deleted (47). Check their card first.",
    ),
    "id_number": Said("证件号码", "Id number"),
    "reason": Said("事由（如：本人到窗口申请）", "Reason (e.g. asked in person)"),
    "find": Said("查找", "Find"),
    "found": Said("找到 {} 次来访", "{} visits found"),
    "nothing": Said("没有找到此人的来访。", "No visit of this person was found."),
    "elsewhere": Said(
        "另有 {} 次在您负责的乡镇之外，请全县督导员办理。",
        "{} more in towns you are not responsible for: a supervisor of the whole county can act on them.",
    ),
    "not_indexed": Said(
        "还有 {} 次来访尚未编入索引，稍后请再查一次。", "{} visits are not indexed yet; search again later."
    ),
    "limits": Said(
        "找不到的：匿名来访、便民服务卡来访、仅作为监护人出现的、终端尚未传来的、以及备份里的副本。手工填写的证号未经核验。",
        "Not found: anonymous visits, those by service card, where somebody is named as guardian only, what a kiosk has"
        " not sent yet, and copies in backups. Numbers that were typed are not verified.",
    ),
    "tickets": Said("其他平台转来的工单 {} 件", "{} tickets of other platforms"),
    "decision": Said("如要求删除", "When deletion is asked"),
    "erase": Said("将删除", "will be erased"),
    "why_open": Said("暂不能删：仍在办理，办结后再申请", "not now: it is still worked on"),
    "why_held": Said("暂不能删：{}", "not now: {}"),
    "a_copy": Said("复制（下载）", "A copy (download)"),
    "as_json": Said("下载 JSON", "Download JSON"),
    "as_csv": Said("下载 CSV（表格）", "Download CSV (table)"),
    "delete": Said("删除", "Deletion"),
    "delete_note": Said(
        "删除身份、自述、答复内容和索引，只余不含个人的计数，无法恢复。终端重传也不会恢复。",
        "Identity, words, answers and index are erased; a count without a person stays. It cannot be undone, and"
        " nothing a kiosk sends again brings it back.",
    ),
    "sure": Said("我已核对本人身份，确认删除 {} 次来访", "I have checked who asks; erase {} visits"),
    "do_delete": Said("永久删除", "Erase for good"),
    "not_sure": Said("请先勾选确认。", "Tick the confirmation first."),
    "old": Said("查找结果已过期，请重新查找。", "That search is over; search again."),
    "done": Said("已删除 {} 次来访的个人信息。", "Personal data of {} visits was erased."),
    "kept": Said("{} 次暂时保留。", "{} are kept for now."),
    "again": Said("再查一人", "Another person"),
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

TABLES: Final = {
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
    "person_field": PERSON_FIELD,
    "calling": CALLING,
    "rights": RIGHTS,
    "phrase": PHRASE,
}
