"""Words of who came, of calling people back (回访), and of a person's own data."""

from typing import Final

from hub.web.words.said import Said

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
    "none": Said("没有待回访或待整改的评价。", "No rating waits for a call or to be put right."),
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

TABLES: Final = {"person_field": PERSON_FIELD, "calling": CALLING, "rights": RIGHTS}
