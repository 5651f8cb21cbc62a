"""Words of the wall's views, of its rotation and sound, and of a town's page, in Chinese and English."""

from typing import Final

from hub.web.words.said import Said

VIEWS: Final[dict[str, Said]] = {
    "views": Said("视图", "Views"),
    "grid": Said("网格", "Grid"),
    "map": Said("地图", "Map"),
    "matrix": Said("互通", "Links"),
    "today": Said("态势", "Today"),
    "figures": Said("全县数字", "The county in figures"),
    "help": Said("设置与按键", "Settings and keys"),
}

WALL: Final[dict[str, Said]] = {
    "failed": Said("暂时无法读取，正在重试", "Cannot be read now; trying again"),
    "rotate": Said("轮播", "Rotate"),
    "rotating": Said("轮播中", "Rotating"),
    "paused": Said("已暂停", "Paused"),
    "sound": Said("声音", "Sound"),
    "sound_touch": Said("点一下开启声音", "Touch once to enable sound"),
    "sound_on": Said("声音开", "Sound on"),
    "muted_until": Said("静音至 {}", "Muted until {}"),
    "no_sound": Said("本机无法发声", "No sound here"),
    "held": Said("轮播已中断：{}", "Rotation interrupted: {}"),
    "held_until": Said("签收后或 {} 秒后继续", "goes on when acknowledged, or in {} s"),
    "seen": Said("知道了", "Seen"),
    "next": Said("下一组", "Next"),
    "gone": Said("本屏已停用，或登录已失效", "This screen was revoked, or the session is over"),
    "gone_note": Said(
        "以下是停用前的状态。请技术员重新配对本屏，或重新登录，稍后自动转到该页",
        "what is shown is from before. Have a technician pair this screen again, or sign in; it soon goes there",
    ),
    "gone_link": Said("配对或登录", "Pair or sign in"),
    "long_cut": Said(
        "已中断较久：请检查本屏网络和中心主机；若中心已换主机，请技术员改用新地址打开本屏",
        "cut off for long: check this screen's line and the hub; if the hub has a new address, open the screen there",
    ),
    "canvas": Said("全县各村，方向键移动，回车查看", "All villages: move by arrow keys, Enter to look"),
}
"""What the wall's scripts say."""

SETTINGS: Final[dict[str, Said]] = {
    "every": Said("轮播间隔", "Change views every"),
    "never": Said("不轮播", "never"),
    "seconds": Said("{} 秒", "{} s"),
    "which": Said("参加轮播的视图", "Views that take part"),
    "mute": Said("静音 30 分钟", "Mute for 30 min"),
    "unmute": Said("取消静音", "Unmute"),
    "sound_note": Said(
        "浏览器要求先点一下页面才能发声；紧急求助、重大事件、较大事件各有声音",
        "A browser needs one touch before it may sound. Calls for help, critical and major incidents sound differently",
    ),
    "try": Said("试听", "Try"),
    "call": Said("紧急求助", "Call for help"),
    "critical": Said("重大事件", "Critical"),
    "warning": Said("较大事件", "Major"),
    "kept": Said("以上设置只保存在本屏的浏览器里", "Kept in this screen's browser only"),
    "key_list": Said("按键", "Keys"),
    "key_views": Said("切换视图", "choose a view"),
    "key_space": Said("开始或暂停轮播", "start or pause the rotation"),
    "key_mute": Said("静音 30 分钟或取消", "mute for 30 min, or not"),
    "key_full": Said("全屏", "full screen"),
    "key_theme": Said("明暗", "theme"),
    "key_help": Said("本页", "this page"),
    "key_arrows": Said("在各村间移动", "move between villages"),
    "key_escape": Said("关闭卡片或本页", "close card or page"),
    "arrows": Said("方向键", "Arrows"),
    "space": Said("空格", "Space"),
    "close": Said("关闭", "Close"),
}

MAP: Final[dict[str, Said]] = {
    "title": Said("全县地图", "Map of the county"),
    "ok": Said("全部正常", "all well"),
    "fault": Said("有画面异常", "picture faults"),
    "some": Said("有离线", "some offline"),
    "many": Said("在线率低于 90%", "online rate below 90 %"),
    "down": Said("整镇中断", "whole town cut"),
    "unknown": Said("多数未知", "mostly unknown"),
    "maintenance": Said("维护", "maintenance"),
    "table": Said("以表格查看各镇", "The towns as a table"),
    "town": Said("乡镇", "Town"),
    "missing": Said("不在图上的村：{}", "Not on the map: {}"),
    "and_more": Said("等 {} 村", "and more, {} in all"),
    "unplaced": Said("{} 个村无坐标，标在本镇范围内", "{} villages without coordinates stand within their town"),
    "strange": Said("图中不是本县乡镇的区域：{}", "Areas that are no town here: {}"),
    "none": Said("尚无村居", "No villages yet"),
    "dots": Said("村多，只标出未在线的村", "Too many villages: only those not online are dots"),
}

TODAY: Final[dict[str, Said]] = {
    "title": Said("今日态势", "Today"),
    "coverage": Said("状态已知", "States known"),
    "online": Said("在线率", "Online rate"),
    "intact": Said("完好率", "Intact rate"),
    "recording": Said("录像完整率", "Recording rate"),
    "recording_note": Said("本系统不录像", "nothing is recorded here"),
    "now": Said("此刻", "now"),
    "today": Said("今日", "today"),
    "known": Said("已知", "known"),
    "linked": Said("村村通率", "Villages linked"),
    "open": Said("未恢复事件", "Open incidents"),
    "unclaimed": Said("待签收", "Unacknowledged"),
    "late": Said("超期", "Overdue"),
    "visits": Said("今日来访", "Visits today"),
    "other": Said("其他", "Other"),
    "emergencies": Said("今日紧急求助", "Calls for help today"),
    "withdrawn": Said("误触撤回", "withdrawn"),
    "waiting": Said("等待处置", "waiting"),
    "satisfied": Said("满意率", "Satisfied"),
    "graded": Said("{} 人评价", "{} grades"),
    "trend": Said("近 24 小时在线率", "Online rate, last 24 h"),
    "lowest": Said("最低 {} 于 {}", "lowest {} at {}"),
    "no_trend": Said("还没有可用的记录", "Nothing on record yet"),
    "gaps": Said("断开处为状态未知", "Gaps: not known"),
    "none": Said("暂无", "none yet"),
    "unread": Said("暂时无法读取", "cannot be read now"),
}

TOWN: Final[dict[str, Said]] = {
    "county": Said("全县", "County"),
    "title": Said("{} 各村", "Villages of {}"),
    "path": Said("位置", "Place"),
    "villages": Said("各村", "Villages"),
    "incidents": Said("本镇事件", "Incidents of this town"),
    "no_incidents": Said("本镇没有未关闭的事件", "No open incident in this town"),
    "since": Said("自", "since"),
    "none": Said("本县没有这个乡镇", "The county has no such town"),
    "line": Said("线路", "Line"),
    "others": Said("其他乡镇", "Other towns"),
}

TABLES: Final = {
    "view": VIEWS, "wall": WALL, "wall_settings": SETTINGS, "map": MAP, "today": TODAY, "town": TOWN,
}  # fmt: skip
