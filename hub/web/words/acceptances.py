"""Words of the pages of acceptance records."""

from typing import Final

from hub.web.words.said import Said

VERDICT: Final[dict[str, Said]] = {
    "accepted": Said("合格", "accepted"),
    "conditional": Said("有条件合格", "on conditions"),
    "refused": Said("不合格", "not accepted"),
    "none": Said("未验收", "no record"),
}

STATE: Final[dict[str, Said]] = {
    "ok": Said("正常", "well"),
    "warn": Said("注意", "look into it"),
    "bad": Said("故障", "not well"),
    "skipped": Said("未查", "not looked at"),
}

CHECK: Final[dict[str, Said]] = {
    "reader": Said("读卡器", "Card reader"),
    "camera": Said("摄像机", "Camera"),
    "sound": Said("声音", "Sound"),
    "printer": Said("打印机", "Printer"),
    "clock": Said("时钟", "Clock"),
    "rtc": Said("时钟模块", "Battery clock"),
    "watchdog": Said("看门狗", "Watchdog"),
    "disk": Said("磁盘", "Disk"),
    "card": Said("启动分区", "Boot partition"),
    "power": Said("供电", "Power"),
    "temperature": Said("温度", "Temperature"),
    "certificate": Said("证书", "Certificate"),
    "files": Said("密钥文件", "Key files"),
    "units": Said("服务", "Units"),
    "software": Said("软件", "Software"),
    "broker": Said("消息服务", "Broker"),
    "hub": Said("县中心", "Hub"),
    "line": Said("线路", "Line"),
}

ACCEPTANCE: Final[dict[str, Said]] = {
    "title": Said("站点验收", "Acceptance of stations"),
    "note": Said(
        "每站以最近一份验收单为准。验收单由安装人员用 station doctor --accept 在现场出具，站点签名，中心核对后归档。",
        "The last record of each station counts. A technician makes it on site with station doctor --accept; the"
        " station signs it, the hub verifies it.",
    ),
    "accepted": Said("已验收合格", "Accepted"),
    "of": Said("共 {} 站", "of {} stations"),
    "conditional": Said("有条件合格", "On conditions"),
    "refused": Said("不合格", "Not accepted"),
    "missing": Said("未验收", "No record yet"),
    "all": Said("全部", "All"),
    "station": Said("站点", "Station"),
    "town": Said("乡镇", "Town"),
    "verdict": Said("结论", "Verdict"),
    "when": Said("验收时间", "When"),
    "by": Said("安装人员", "Technician"),
    "witness": Said("现场见证", "Witness"),
    "verdict_of": Said("现场验收", "Acceptance on site"),
    "none": Said("没有符合的站点。", "No station fits."),
    "record": Said("验收单", "Acceptance record"),
    "made": Said("出具", "Made"),
    "undated": Said("出具时站点时钟未校准", "the station's clock was not set"),
    "filed": Said("归档", "Filed"),
    "took": Said("检查用时", "Took"),
    "seconds": Said("{} 秒", "{} s"),
    "software": Said("软件", "Software"),
    "certificate": Said("证书编号", "Certificate"),
    "digest": Said("摘要（与纸质二维码一致）", "Digest (as the paper's QR code)"),
    "paper": Said("下载 PDF", "PDF"),
    "findings": Said("检查结果", "What was found"),
    "check": Said("项目", "Check"),
    "result": Said("结果", "Result"),
    "found": Said("所见与下一步", "What was found, next step"),
    "next": Said("下一步", "Next step"),
    "pictures": Said(
        "摄像机画面（安装人员确认对准且无人）", "Cameras (the technician confirmed: aimed well, nobody in view)"
    ),
    "picture_of": Said("摄像机 {} 的画面", "What camera {} sees"),
    "no_pictures": Said("没有确认过的画面。", "No picture was confirmed."),
    "remarks": Said("备注", "Remarks"),
    "older": Said("此站其他验收单", "Other records of this station"),
    "newer_exists": Said("此站另有更新的验收单。", "There is a newer record of this station."),
}

TABLES: Final = {
    "acceptance": ACCEPTANCE,
    "acceptance_verdict": VERDICT,
    "acceptance_state": STATE,
    "acceptance_check": CHECK,
}
