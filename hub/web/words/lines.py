"""Every word of lines between villages on the pages, in Chinese and English."""

from typing import Final

from hub.web.words.said import Said

LINE: Final[dict[str, Said]] = {
    "share": Said("村村通率", "Linked rate"),
    "coverage": Said("已测", "measured"),
    "line": Said("线路", "Line"),
    "up": Said("上行丢包", "Loss up"),
    "down": Said("下行丢包", "Loss down"),
    "rtt": Said("往返时延", "Round trip"),
    "jitter": Said("抖动", "Jitter"),
}
"""What the wall says of lines too."""

PAGE: Final[dict[str, Said]] = {
    "title": Said("村村通 · 村与村通话质量", "Villages Linked · Line Quality"),
    "rule": Said(
        "一对村能视频通话：两村在线，视频质量（ITU-T G.1070 估算，1-5 分）双向不低于 {}，往返时延不超过 {} 毫秒",
        "A pair can hold a video call when both are online, the video score (estimated by ITU-T G.1070, 1-5) is at"
        " least {} both ways and the round trip takes {} ms at most",
    ),
    "can_call": Said("能通话的村对", "Pairs that can call"),
    "unknown_pairs": Said("未知的村对", "Pairs not known"),
    "matrix": Said("镇与镇", "Town by town"),
    "matrix_note": Said(
        "大字：能视频通话的村对占比（%）；小字：视频质量中位数（估算）。点开一格看村与村。",
        "Large: share of pairs that can hold a video call, in percent; small: their median video score (estimated)."
        " Open a cell for village by village.",
    ),
    "between_note": Said(
        "每格：两村之间较差方向的视频质量（估算，1-5 分）",
        "In each cell: the estimated score (1-5) of the worse direction",
    ),
    "back": Said("返回全县", "Back to the county"),
    "legend_score": Said("视频质量（估算）", "Video score (estimated)"),
    "legend_share": Said("可通话占比 %", "Share that can call, %"),
    "best": Said("好", "good"),
    "fair": Said("可通话", "can call"),
    "slow": Said("慢", "slow"),
    "poor": Said("差，不可通话", "poor, no call"),
    "bad": Said("很差", "bad"),
    "off": Said("离线", "offline"),
    "unknown": Said("未知", "unknown"),
    "excused": Said("维护", "maintenance"),
    "worst": Said("最差线路", "Worst lines"),
    "no_worst": Said("已测线路均无丢包", "No measured line loses anything"),
    "not_yet": Said("尚无线路数据", "No line was measured yet"),
    "village": Said("村", "Village"),
    "differing": Said("实测与预测不符的村对", "Measured pairs that part from prediction"),
    "no_differing": Said("没有不符的村对", "None parts from its prediction"),
    "tested": Said(
        "近一小时实测 {} 对，其中 {} 对无法直达；列出相差超过 3 个标准误的",
        "{} pairs tested within the hour, {} not reachable directly; listed: apart by over 3 standard errors",
    ),
    "pair": Said("村对", "Pair"),
    "what": Said("不符之处", "What differs"),
    "there": Said("去程丢包 实测/预测", "Loss there, measured/predicted"),
    "way_back": Said("回程丢包 实测/预测", "Loss back, measured/predicted"),
    "when": Said("时刻", "When"),
    "reason_more_loss_there": Said("去程丢包更多", "more loss there"),
    "reason_more_loss_back": Said("回程丢包更多", "more loss back"),
    "reason_slower": Said("更慢", "slower"),
    "reason_less_loss_there": Said("去程丢包更少", "less loss there"),
    "reason_less_loss_back": Said("回程丢包更少", "less loss back"),
    "reason_faster": Said("更快", "faster"),
    "gone": Said("没有这个镇", "There is no such town"),
}
"""What only their own page says."""

LEG_STATES: Final[dict[str, Said]] = {
    "ok": Said("正常", "ok"),
    "degraded": Said("欠佳", "poor"),
    "lost": Said("中断", "lost"),
    "unmeasured": Said("未测", "not measured"),
}

TABLES: Final = {"line": LINE, "matrix": PAGE, "leg": LEG_STATES}
