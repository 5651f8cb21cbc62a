"""Words of the interface's own page, of the exchange with other platforms, and of the public status page."""

from typing import Final

from hub.web.words.said import Said

API: Final[dict[str, Said]] = {
    "title": Said("接口", "Interface"),
    "about": Said(
        "供其他程序读取本县数据。令牌由管理员建立，有权限、区域与期限；机器可读的说明见",
        "The county for other programs. An administrator makes tokens, with permissions, area and end; for machines:",
    ),
    "needs": Said("所需权限：", "Permission:"),
    "parameter": Said("参数", "Parameter"),
    "meaning": Said("含义", "Meaning"),
    "example": Said("示例", "Example"),
    "refusals": Said("被拒绝时", "Refusals"),
}

EXCHANGE: Final[dict[str, Said]] = {
    "title": Said("数据交换", "Exchange"),
    "in": Said("导入工单", "Import tickets"),
    "in_note": Said(
        "12348热线与省平台导出的 CSV 或 JSON，UTF-8 或 GBK，最大 8 MB、5000 条。先检查，再确认导入；"
        "个人信息在内存中加密后才入库。",
        "CSV or JSON of the hotline or the province's platform, UTF-8 or GBK, at most 8 MB and 5,000 records. It is"
        " checked first, then you confirm; what is personal is sealed in memory before anything is stored.",
    ),
    "platform": Said("来源平台", "Platform"),
    "hotline": Said("12348热线平台", "Hotline 12348"),
    "provincial": Said("省一体化智能平台", "The province's platform"),
    "file": Said("文件", "File"),
    "check": Said("检查", "Check"),
    "checked": Said("检查结果", "Checked"),
    "rows": Said("条记录", "records"),
    "good": Said("可导入", "can be taken"),
    "bad": Said("有误", "wrong"),
    "line": Said("行", "Line"),
    "why": Said("原因", "Why"),
    "more": Said("其余有误的行未列出", "more wrong lines are not listed"),
    "take": Said("导入", "Import"),
    "take_good": Said("跳过有误的行，导入其余", "Skip the wrong ones, import the others"),
    "mend": Said("请更正文件后重新检查。", "Mend the file and check again."),
    "before": Said("此文件曾经导入过；同一工单只保存一份。", "This file came before; a ticket is kept once."),
    "gone": Said("这次检查已过期，请重新选择文件。", "This check is over; choose the file again."),
    "out": Said("导出到省平台", "Export for the province"),
    "out_note": Said(
        "姓名与证件号只含掩码；公式样的内容按文字处理。「只含新增」自上次这样导出算起。",
        "Names and numbers only masked; what looks like a formula is text. 'Only what is new' counts from the last such"
        " export.",
    ),
    "what": Said("内容", "What"),
    "visits": Said("来访与办理", "Visits and cases"),
    "incidents": Said("事件", "Incidents"),
    "form": Said("格式", "Format"),
    "from": Said("起（含）", "From (day)"),
    "until": Said("止（不含）", "Until (day, not itself)"),
    "since_last": Said("只含新增与变化", "Only what is new"),
    "export": Said("导出", "Export"),
    "quality": Said("完整性与及时性（近30天录入）", "Completeness and delay (entered in 30 days)"),
    "source": Said("来源", "Source"),
    "kiosk": Said("村居终端", "Kiosks"),
    "complete": Said("完整率", "Complete"),
    "median": Said("中位延迟", "Median delay"),
    "within_day": Said("24小时内", "Within 24 h"),
    "runs": Said("最近的交换", "Lately"),
    "at": Said("时间", "At"),
    "who": Said("经办", "By"),
    "way_in": Said("导入", "in"),
    "way_out": Said("导出", "out"),
    "stored": Said("新增", "new"),
    "updated": Said("更新", "updated"),
    "refused": Said("拒收", "refused"),
    "fields": Said("字段说明", "Field dictionary"),
    "field": Said("字段", "Field"),
    "heading": Said("列名", "Heading"),
    "needed": Said("必填", "Needed"),
    "personal": Said("个人信息", "Personal"),
    "yes": Said("是", "yes"),
    "none": Said("还没有。", "None yet."),
}

STATUS: Final[dict[str, Said]] = {
    "title": Said("运行状态", "Status"),
    "ok": Said("运行正常", "Working"),
    "trouble": Said("部分异常", "In part"),
    "blind": Said("中心暂时看不到各村", "The centre cannot see the villages now"),
    "online": Said("在线", "Online"),
    "video": Said("画面正常", "Picture fine"),
    "known": Said("状态已知", "Known"),
    "maintenance": Said("检修", "Maintenance"),
    "villages": Said("村居", "villages"),
    "since": Said("自", "since"),
    "incidents": Said("未办结的事件", "Open incidents"),
    "no_incident": Said("没有未办结的事件。", "No open incident."),
    "away": Said("目前离线的村居", "Villages offline now"),
    "note": Said("本页每 5 秒更新一次，不含任何个人信息。", "Brought up to date every 5 s; nothing personal."),
}

TABLES: Final = {"api": API, "exchange": EXCHANGE, "status": STATUS}
