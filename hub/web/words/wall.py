"""Every word of the wall, in Chinese and English."""

from typing import Final

from hub.web.words.said import Said
from wire.video import FAULTS

TEXTS: Final[dict[str, Said]] = {
    "title": Said("综合指挥中心 · 村村通", "Command Centre · Villages Linked"),
    "rate": Said("在线率", "Online rate"),
    "coverage": Said("状态已知", "known"),
    "view_ok": Said("画面正常", "Picture good"),
    "visits": Said("今日来访", "Visits today"),
    "quarantined": Said("待查记录", "Quarantined"),
    "broker": Said("消息服务器", "Broker"),
    "connected": Said("已连接", "connected"),
    "away": Said("断开", "away"),
    "since": Said("自", "since"),
    "data": Said("数据", "Data"),
    "ago": Said("{}前", "{} ago"),
    "live": Said("实时", "live"),
    "connecting": Said("正在连接", "connecting"),
    "legend": Said("图例", "Legend"),
    "attention": Said("需要关注", "Needs attention"),
    "calm": Said("各村均无异常", "Nothing needs attention"),
    "more": Said("另有 {} 处", "{} more"),
    "towns": Said("各镇各村", "Villages by town"),
    "cut": Said("数据已中断 {} 秒", "Data cut off for {} s"),
    "cut_note": Said("以下为中断前的状态，正在自动恢复", "what is shown is from before; reconnecting by itself"),
    "blind": Said(
        "中心与消息服务器断开，各村状态未知，并非村里故障", "The hub lost the broker: states are unknown, not down"
    ),
    "storage": Said(
        "暂时无法入库，各站点会保留全部数据；请检查磁盘",
        "Nothing can be stored, stations keep everything; check the disk",
    ),
    "emergency": Said("紧急求助", "Emergency"),
    "staff_called": Said("叫工作人员", "Staff called"),
    "language": Said("English", "中文"),
    "theme": Said("明暗", "Theme"),
    "fullscreen": Said("全屏", "Full screen"),
    "close": Said("关闭", "Close"),
    "code": Said("编码", "Code"),
    "state": Said("状态", "State"),
    "reason": Said("原因", "Reason"),
    "heard": Said("最近收到", "Last heard"),
    "never": Said("从未", "never"),
    "cameras": Said("摄像机", "Cameras"),
    "devices": Said("设备", "Devices"),
    "no_cameras": Said("未上报", "none reported"),
    "picture": Said("画面", "Picture"),
    "learning": Said("学习画面中", "learning the view"),
    "last_faults": Said("近期画面异常", "Last faults"),
    "lasted": Said("持续 {}", "for {}"),
    "goes_on": Said("仍在持续 {}", "still, {}"),
    "end_untold": Said("已恢复，时刻不详", "over, end not told"),
    "frame_age": Said("{}前的画面", "frame {} old"),
    "outbox": Said("待上报", "Outbox"),
    "outbox_empty": Said("无", "empty"),
    "records": Said("{} 条", "{} records"),
    "outbox_full": Said("已满", "full"),
    "software": Said("软件", "Software"),
    "skew": Said("时钟偏差", "Clock off by"),
    "gone": Said("暂时无法读取", "cannot be read now"),
    "no_script": Said("未启用脚本，每 15 秒刷新一次", "Without scripts the page reloads every 15 s"),
    "d": Said("天", "d"),
    "h": Said("小时", "h"),
    "min": Said("分", "min"),
    "s": Said("秒", "s"),
}

STATES: Final[dict[str, Said]] = {
    "online": Said("在线", "Online"),
    "offline": Said("离线", "Offline"),
    "unknown": Said("未知", "Unknown"),
    "maintenance": Said("维护", "Maintenance"),
    "fault": Said("画面异常", "Picture fault"),
    "noview": Said("画面未知", "Picture unknown"),
}

REASONS: Final[dict[str, Said]] = {
    "born": Said("已上线", "came up"),
    "heard": Said("收到消息", "was heard"),
    "died": Said("连接中断", "connection lost"),
    "stopped": Said("正常关机", "stopped orderly"),
    "silent": Said("超时未收到消息", "silent past its limit"),
    "never_seen": Said("从未上线", "never seen"),
    "not_heard_yet": Said("中心启动后尚未收到消息", "not heard since the hub started"),
    "hub_restart": Said("中心重启，正在等待", "the hub restarted; waiting"),
    "hub_blind": Said("中心与消息服务器断开", "the hub lost the broker"),
    "maintenance": Said("计划维护", "planned"),
    "not_in_service": Said("已停用", "out of service"),
    "revoked": Said("证书已吊销", "certificate revoked"),
}

DEVICE_STATES: Final[dict[str, Said]] = {
    "ok": Said("正常", "ok"),
    "degraded": Said("欠佳", "degraded"),
    "failed": Said("故障", "failed"),
    "absent": Said("未接入", "absent"),
    "unknown": Said("未知", "unknown"),
}

WHY: Final[dict[str, Said]] = {
    **{kind: Said(words.chinese, words.english) for kind, words in FAULTS.items()},
    "absent": Said("未接入", "no camera"),
    "failed": Said("无画面", "no picture"),
    "degraded": Said("画面欠佳", "poor picture"),
}
"""Why a picture is a fault, in the fewest words."""

TABLES: Final = {"text": TEXTS, "state": STATES, "reason": REASONS, "device": DEVICE_STATES, "why": WHY}
