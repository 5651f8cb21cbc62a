"""Words of releases and roll-outs."""

from typing import Final

from hub.web.words.said import Said

ROLLOUTS: Final[dict[str, Said]] = {
    "title": Said("软件升级", "Software updates"),
    "one": Said("第 {} 批升级", "Roll-out {}"),
    "under_way": Said("正在升级", "On its way"),
    "before": Said("以往", "Before"),
    "none": Said("还没有分批升级过。", "Nothing was rolled out yet."),
    "begin": Said("开始分批升级", "Begin a roll-out"),
    "busy": Said("上一批升级结束后才能开始新的。", "Another one can begin when the one above has ended."),
    "no_release": Said(
        "还没有版本。在中心主机上登记：hub release add 文件 --by 姓名",
        "There is no release yet. On the hub's machine: hub release add FILE --by NAME",
    ),
    "release": Said("版本", "Release"),
    "releases": Said("版本清单", "Releases"),
    "number": Said("序号", "Number"),
    "size": Said("大小", "Size"),
    "added": Said("登记", "Added"),
    "withdrawn": Said("已撤回", "withdrawn"),
    "waves": Said("批次（站数或比例，逐批增大）", "Waves (counts or shares that grow)"),
    "soak": Said("每站观察", "Each must run it well for"),
    "most_failed": Said("允许失败站数（超过即自动暂停）", "Failures allowed (one more pauses all)"),
    "town": Said("范围", "For"),
    "county": Said("全县", "The whole county"),
    "reason": Said("事由（必填，留档）", "Why (needed, kept)"),
    "start": Said("开始第一批", "Begin the first wave"),
    "wave": Said("批", "Wave"),
    "stations": Said("站数", "Stations"),
    "well": Said("正常", "Well"),
    "failed": Said("失败", "Failed"),
    "ordered": Said("进行中", "Under way"),
    "waits": Said("等待", "Waiting"),
    "state": Said("状态", "State"),
    "by": Said("经办", "By"),
    "station": Said("站点", "Station"),
    "village": Said("村居", "Village"),
    "ordered_at": Said("下达", "Ordered"),
    "running_at": Said("开始运行", "Runs it since"),
    "outcome": Said("结果", "Outcome"),
    "code": Said("代码", "Code"),
    "code_note": Said("代码含义与下一步见 docs/errors.md。", "docs/errors.md has what a code means and what to do."),
    "more": Said("另有 {} 站等待，未列出。", "{} more stations wait and are not listed."),
    "steps": Said("经过", "What was done"),
    "act": Said("处置", "Act"),
    "pause": Said("暂停", "Pause"),
    "resume": Said("继续（已有失败不再计）", "Go on (the failures so far are accepted)"),
    "cancel": Said("终止", "End it here"),
    "ahead": Said("提前进入下一批", "Begin the next wave now"),
    "leave_out": Said("某站不参加", "Leave a station out"),
    "paused_note": Said(
        "失败站数超过允许值，或有人暂停：不再下达。已下达的继续，结果照常登记。",
        "More stations failed than allowed, or somebody paused it: nobody else is ordered. Who was ordered goes on.",
    ),
}

STATE: Final[dict[str, Said]] = {
    "running": Said("进行中", "running"),
    "paused": Said("已暂停", "paused"),
    "done": Said("已完成", "done"),
    "cancelled": Said("已终止", "ended early"),
}

OUTCOME: Final[dict[str, Said]] = {
    "settled": Said("正常", "well"),
    "failed": Said("失败", "failed"),
    "already": Said("原已是此版本", "had it already"),
    "left_out": Said("不参加", "left out"),
}

WAIT: Final[dict[str, Said]] = {
    "order": Said("已下达，等回音", "ordered, no answer yet"),
    "update": Said("站点正在升级", "the station is at it"),
    "soak": Said("观察中", "runs it, being watched"),
    "waits": Said("等待", "waits"),
}

STEP: Final[dict[str, Said]] = {
    "begin": Said("开始", "begun"),
    "wave": Said("进入第 {} 批", "wave {} begins"),
    "paused": Said("自动暂停：失败 {} 站", "paused by itself: {} failed"),
    "done": Said("全部完成", "all through"),
    "running": Said("继续", "going on"),
    "pause": Said("暂停：{}", "paused: {}"),
    "resume": Said("继续：{}", "resumed: {}"),
    "cancel": Said("终止：{}", "ended: {}"),
    "ahead": Said("提前进入下一批：{}", "next wave by hand: {}"),
    "leave_out": Said("不参加：{}", "left out: {}"),
}

TABLES: Final[dict[str, dict[str, Said]]] = {
    "rollouts": ROLLOUTS,
    "rollout_state": STATE,
    "rollout_outcome": OUTCOME,
    "rollout_wait": WAIT,
    "rollout_step": STEP,
}
