"""Every word of lines between villages on the pages, in Chinese and English."""

from typing import Final

from hub.web.words import Said

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
    "title": Said("村村通 · 村与村通话质量", "Villages linked · line quality"),
    "share_note": Said("能进行视频通话的村对", "pairs of villages that can hold a video call"),
    "unmeasured": Said("未测", "not measured"),
    "matrix": Said("镇与镇", "Town by town"),
    "matrix_note": Said(
        "每格：能视频通话的村对占比，下方为视频质量中位数（估算，1-5 分）。点开一格看村与村。",
        "In each cell: share of pairs that can hold a video call; below it the median video score (estimated, 1-5)."
        " Open a cell for village by village.",
    ),
    "villages_of": Said("{} 的村", "villages of {}"),
    "between": Said("{} → {}", "{} → {}"),
    "between_note": Said(
        "每格：行的村发出的画面，在列的村看到的视频质量（估算，1-5 分）。",
        "In each cell: the estimated score (1-5) of the row's picture as seen in the column's village.",
    ),
    "back": Said("返回全县", "Back to the county"),
    "other_way": Said("看反方向", "The other way"),
    "from": Said("发", "from"),
    "to": Said("收", "to"),
    "legend": Said("图例", "Legend"),
    "legend_score": Said("视频质量（估算）", "Video score (estimated)"),
    "legend_share": Said("可通话占比", "Share that can call"),
    "estimated": Said("估算", "estimated"),
    "worst": Said("最差线路", "Worst lines"),
    "no_worst": Said("已测线路均正常", "Every measured line is well"),
    "village": Said("村", "Village"),
    "since": Said("自", "since"),
    "incident": Said("事件", "Incident"),
    "differing": Said("实测与预测不符", "Measured pairs that part from prediction"),
    "no_differing": Said("没有不符的村对", "None parts from its prediction"),
    "pair": Said("村对", "Pair"),
    "measured": Said("实测丢包", "Measured loss"),
    "predicted": Said("预测丢包", "Predicted loss"),
    "errors": Said("相差（标准误）", "Apart (standard errors)"),
    "when": Said("时刻", "When"),
    "not_yet": Said("尚无线路数据", "No line was measured yet"),
    "as_of": Said("数据 {}", "data of {}"),
    "best": Said("优", "good"),
    "fair": Said("可通话", "can call"),
    "poor": Said("差", "poor"),
    "bad": Said("不可通话", "cannot call"),
    "none": Said("未测", "not measured"),
    "gone": Said("没有这个镇", "There is no such town"),
    "legs": Said("线路：正常 {} · 欠佳 {} · 中断 {} · 未测 {}", "Lines: {} ok · {} poor · {} lost · {} not measured"),
    "same": Said("本村", "itself"),
}
"""What only their own page says."""

LEG_STATES: Final[dict[str, Said]] = {
    "ok": Said("正常", "ok"),
    "degraded": Said("欠佳", "poor"),
    "lost": Said("中断", "lost"),
    "unmeasured": Said("未测", "not measured"),
}

TABLES: Final = {"line": LINE, "matrix": PAGE, "leg": LEG_STATES}
