"""Every word of the pages of stations, in Chinese and English."""

from typing import Final

from hub.web.words.said import Said

STATION: Final[dict[str, Said]] = {
    "title": Said("站点", "Stations"),
    "find": Said("查找村、镇或编码", "Find a village, town or code"),
    "search": Said("查找", "Find"),
    "found": Said("{} 个站点", "{} stations"),
    "none": Said("没有符合的站点", "No station fits"),
    "past": Said("在线历史", "Past"),
    "cameras": Said("摄像机", "Cameras"),
    "no_cameras": Said("该站未上报摄像机", "This station reports no camera"),
    "faults": Said("画面异常记录", "Faults of the picture"),
    "no_faults": Said("没有画面异常记录", "No fault of a picture is known"),
    "camera": Said("摄像机", "Camera"),
    "kind": Said("异常", "Fault"),
    "began": Said("开始", "Began"),
    "ended": Said("结束", "Ended"),
    "open": Said("仍在持续", "still"),
    "severity": Said("程度", "Severity"),
    "station_state": Said("现在", "Now"),
    "code": Said("编码", "Code"),
    "town": Said("乡镇", "Town"),
    "heard": Said("最近收到", "Last heard"),
    "visits": Said("今日来访", "Visits today"),
    "outbox": Said("待上报", "Outbox"),
    "oldest": Said("最早一条", "oldest"),
    "software": Said("软件版本", "Software"),
    "boot": Said("开机次数", "Boots"),
    "skew": Said("时钟偏差", "Clock off by"),
    "stored_to": Said("已签收至", "Receipted up to"),
    "devices": Said("设备", "Devices"),
    "line": Said("线路", "Line"),
    "not_measured": Said("尚未测量", "not measured"),
    "incidents": Said("事件", "Incidents"),
    "no_incidents": Said("没有事件", "No incident"),
    "orders": Said("指令", "Orders"),
    "give": Said("下达指令", "Give an order"),
    "which": Said("指令", "Order"),
    "reason": Said("事由（留档）", "Reason (kept)"),
    "seconds": Said("加密探测时长（秒）", "Burst for (s)"),
    "send": Said("下达", "Send"),
    "no_orders": Said("没有下达过指令", "No order was given"),
    "by": Said("下达人", "By"),
    "offline_note": Said(
        "站点现在不在线：指令 30 秒内送不到就作废", "Not online now: an order that does not arrive within 30 s is void"
    ),
    "relearn_note": Said(
        "“重新学习”把摄像机现在的画面当作正常画面，之后不再与原来的画面比较；请先抓图确认",
        "“Learn anew” takes what the camera sees now as right; look at a still first",
    ),
    "look": Said("查看画面", "See the picture"),
    "kept": Said("保存至 {}", "kept until {}"),
    "gone": Said("画面已到期删除", "picture deleted in time"),
    "unreadable": Said("暂时无法读取数据库，历史与指令不全", "The database cannot be read now: past and orders lack"),
    "more_troubles": Said("逐段查看异常（{}）", "The times that were not well ({})"),
    "out_of_service": Said("已停用或尚未启用", "out of service"),
    "picture_title": Said("现场画面", "Picture"),
    "close": Said("关闭", "Close"),
    "opening": Said("正在打开…", "opening …"),
}

ORDER: Final[dict[str, Said]] = {
    "still": Said("抓图", "Take a still"),
    "thumbnail": Said("调取异常开始时的缩略图", "Fetch the fault's first picture"),
    "burst": Said("加密探测线路", "Probe the line closely"),
    "ping": Said("查询运行状况", "Ask how it is"),
    "relearn": Said("重新学习画面", "Learn the view anew"),
    "restart": Said("重启后台服务", "Restart the agent"),
    "line.pair": Said("村对村实测", "Test a pair"),
}

OUTCOME: Final[dict[str, Said]] = {
    "waits": Said("等待发出（{} 秒内有效）", "waits to be sent ({} s left)"),
    "sent": Said("已发出，等待应答（{} 秒）", "sent, waiting ({} s)"),
    "done": Said("已完成", "done"),
    "unsent": Said("未发出：中心与消息服务器断开", "not sent: the hub had no line to the broker"),
    "expired": Said("没有应答", "no answer"),
    "failed": Said("站点未能执行", "the station could not"),
    "repeated": Said("重复的指令", "repeated"),
    "unknown_command": Said("站点软件版本过旧", "its software is too old"),
}

MEASURE: Final[dict[str, Said]] = {
    "up_s": Said("已运行（秒）", "up (s)"),
    "load_1m": Said("负载", "load"),
    "resident_peak_bytes": Said("内存峰值（字节）", "memory peak (B)"),
    "disk_free_bytes": Said("磁盘剩余（字节）", "disk free (B)"),
    "outbox_records": Said("待上报（条）", "outbox (records)"),
    "outbox_bytes": Said("待上报（字节）", "outbox (B)"),
}

HEARTBEAT: Final[dict[str, Said]] = {
    "day": Said("近 24 小时", "24 hours"),
    "month": Said("近 30 天", "30 days"),
    "year": Said("近一年", "One year"),
    "rate": Said("在线率", "online"),
    "coverage": Said("已知", "known"),
    "outages": Said("中断 {} 次", "{} outages"),
    "longest": Said("最长 {}", "longest {}"),
    "up": Said("在线", "online"),
    "partly": Said("部分时间离线", "offline in part"),
    "down": Said("离线", "offline"),
    "unknown": Said("未知", "unknown"),
    "maintenance": Said("维护", "maintenance"),
    "none": Said("未启用", "not in service"),
}

TABLES: Final = {"station": STATION, "order": ORDER, "outcome": OUTCOME, "measure": MEASURE, "heartbeat": HEARTBEAT}
