"""Words of the pages of reports. A bulletin's own text is Chinese; what stands around it is in both languages."""

from typing import Final

from hub.reports.lifecycle import STATES
from hub.reports.names import KINDS, MATTERS
from hub.reports.scores import NAMES
from hub.reports.warnings import LEVELS, RULES
from hub.web.words.report_terms import TERMS
from hub.web.words.said import Said

PAGE: Final[dict[str, Said]] = {
    "pages": Said("研判与报告", "Analysis and reports"),
    "title": Said("报告", "Reports"),
    "figures": Said("指标", "Figures"),
    "warnings": Said("预警", "Warnings"),
    "scores": Said("考核得分", "Scores"),
    "alarms": Said("告警质量", "Alarm quality"),
    "new": Said("起草新报告", "A new report"),
    "kind": Said("种类", "Kind"),
    "period": Said("时间段", "Period"),
    "period_note": Said(
        "日 2026-11-27，周 2026-W48，月 2026-11", "A day 2026-11-27, a week 2026-W48 or a month 2026-11"
    ),
    "last_one": Said("最近一期", "the last one"),
    "town": Said("范围", "Of"),
    "county": Said("全县", "the county"),
    "draft": Said("起草", "Draft"),
    "show": Said("查看", "Show"),
    "name": Said("名称", "Report"),
    "version": Said("版本", "Version"),
    "versions": Said("各版本", "Versions"),
    "author": Said("起草", "Drafted by"),
    "approved": Said("批准", "Approved by"),
    "none": Said(
        "还没有报告。先起草，由另一人批准，再分发。",
        "No report yet. One is drafted, approved by another person, then distributed.",
    ),
    "older": Said("更早的", "Older"),
    "export": Said("导出", "Export"),
    "pdf": Said("PDF", "PDF"),
    "docx": Said("Word", "Word"),
    "xlsx": Said("Excel", "Excel"),
    "csv": Said("CSV", "CSV"),
    "edit": Said("修改本节", "Edit this section"),
    "section_title": Said("标题", "Title"),
    "section_text": Said("正文（每行一段）", "Text (a paragraph a line)"),
    "save": Said("保存本节", "Save this section"),
    "note": Said("备注", "Note"),
    "submit": Said("送审", "Submit for approval"),
    "approve": Said("批准", "Approve"),
    "withdraw": Said("退回草稿", "Back to draft"),
    "distribute": Said("分发", "Distribute"),
    "correct": Said("更正：起草新版本", "Correct it: a new version"),
    "correct_why": Said("更正原因", "Why it is corrected"),
    "addressees": Said("收件人（每行一个）", "Addressees, a line each"),
    "by_mail": Said(
        "邮箱地址由邮件发送正文；单位或姓名记为人工送达，请导出文件送去。",
        "A mail address is sent the text by mail; a name is noted as handed over: export the file and take it there.",
    ),
    "by_hand": Said(
        "未设置邮件：只作登记，请导出文件送达。",
        "No mail is set up: this is noted only; export the file and hand it over.",
    ),
    "port_mail": Said("邮件", "by mail"),
    "port_hand": Said("人工送达", "by hand"),
    "copies": Said("分发记录", "Distributed to"),
    "history": Said("经过", "History"),
    "barred": Said(
        "您起草或修改过这份报告，须由他人批准。", "You wrote a part of this report: another person approves it."
    ),
    "broken": Said(
        "E-REP-12 内容与批准时不一致：不要使用，请更正重发并查明原因。",
        "E-REP-12 This is not what was approved: do not use it; make a new version and find out why.",
    ),
    "did_draft": Said("起草", "Drafted"),
    "did_edit": Said("修改", "Edited"),
    "did_submit": Said("送审", "Submitted"),
    "did_approve": Said("批准", "Approved"),
    "did_withdraw": Said("退回", "Back to draft"),
    "did_distribute": Said("分发", "Distributed"),
    "in_words": Said("图中数字", "The figures in words"),
    "more_rows": Said("另有 {} 行，见导出文件", "{} more rows in the exported file"),
    "nothing": Said("该时间段没有采集到任何数据。", "Nothing was kept of this period."),
    "partial": Said(
        "该时间段前段没有数据，以下为不完整统计。", "Nothing was kept of its beginning: these figures are not complete."
    ),
    "not_over": Said("尚未结束，数据截至 {}", "Not over yet: figures until {}"),
    "standing": Said("当前预警", "Warnings that stand"),
    "ended": Said("近 30 天已解除", "Ended in the last 30 days"),
    "no_warnings": Said("没有预警。", "No warning."),
    "warnings_note": Said(
        "每小时按规则研判一次：红、橙、黄三级，写明依据；趋势恢复后自动解除。",
        "The rules look at the trends every hour: red, orange, yellow, with the figures behind each; a warning ends by"
        " itself when its trend does.",
    ),
    "acknowledge": Said("签收", "Acknowledge"),
    "acknowledged": Said("{} 已签收", "acknowledged by {}"),
    "not_acknowledged": Said("待签收", "not acknowledged"),
    "scores_note": Said(
        "乡镇（街道）与全县按所辖各村之和的比率计分；没有数据的项目不计好坏，其余按比例折算。",
        "Of a town and the county the rates are of sums over their villages; what is not known is neither good nor bad:"
        " the rest is taken for the whole.",
    ),
    "scope_county": Said("全县", "County"),
    "scope_town": Said("乡镇（街道）", "Town"),
    "scope_village": Said("村（社区）", "Village"),
    "rank": Said("名次", "Rank"),
    "score": Said("得分", "Score"),
    "known": Said("已知分值", "Points known"),
    "how": Said("依据", "By"),
    "arithmetic": Said("计算过程", "Arithmetic"),
    "weights": Said("评分标准", "What counts how much"),
    "criterion": Said("指标", "Criterion"),
    "points": Said("分值", "Points"),
    "floor": Said("起点 %（得 0）", "Nothing at %"),
    "full": Said("满分 %", "All at %"),
    "save_weights": Said("保存为新标准", "Save as the new standard"),
    "weights_note": Said(
        "分值之和应为 100；旧标准留档。", "The points add up to 100; what counted before stays on record."
    ),
    "alarms_note": Said("按 ISA-18.2／IEC 62682 的常用指标。", "By the usual figures of ISA-18.2 / IEC 62682."),
    "figure": Said("指标", "Figure"),
    "value": Said("本期", "Value"),
    "wanted": Said("目标", "Wanted"),
    "met": Said("结论", "Met"),
    "met_yes": Said("达标", "met"),
    "met_no": Said("未达标", "not met"),
    "met_none": Said("数据太少", "too few to tell"),
    "chattering": Said("抖动来源", "Chattering"),
    "operators": Said("各值班员", "Each operator"),
    "operator": Said("收件人", "Recipient"),
    "count": Said("条数", "Alarms"),
    "per_hour": Said("每小时", "An hour"),
    "busiest": Said("最忙 10 分钟", "Busiest 10 minutes"),
}


def _said(table: dict[str, tuple[str, str]]) -> dict[str, Said]:
    return {key: Said(chinese, english) for key, (chinese, english) in table.items()}


TABLES: Final = {
    "report": PAGE,
    "report_kind": _said(dict(KINDS.items())),
    "report_state": _said(dict(STATES.items())),
    "report_level": _said(dict(LEVELS.items())),
    "report_rule": _said(dict(RULES.items())),
    "report_matter": _said(MATTERS),
    "report_criterion": _said(dict(NAMES.items())),
    "report_term": {chinese: Said(chinese, english) for chinese, english in TERMS.items()},
}
