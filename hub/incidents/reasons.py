"""Why a trouble was called one, and why it is over: each stable code of the watch in both languages (values only)."""

import re
from collections.abc import Mapping
from typing import Final

from hub.incidents.trouble import Kind
from wire.video import FAULTS, STREAM_FAULTS

REASONS: Final[dict[str, tuple[str, str]]] = {
    "died": ("连接突然中断", "its connection broke off"),
    "silent": ("不再有消息", "it fell silent"),
    "stopped": ("有序关机或停止", "it was stopped in good order"),
    "cut_together": ("多村同时中断，疑似断电/断网", "many villages together: power or line suspected"),
    "stopped_together": ("多村一起有序停止", "many villages were stopped together"),
    "leg_degraded": ("丢包或时延过高", "too much is lost or too late"),
    "leg_lost": ("探测全部丢失", "all probes are lost"),
    "legs_together": ("多村线路同时变差，疑似上级线路", "many lines together: the uplink is suspected"),
    "spread": ("范围扩大", "it affects more than before"),
    "steady": ("不再反复", "no longer down and up again"),
    "gone": ("已不在名单", "no longer on the county's list"),
    "changes": ("反复离线又恢复", "down and up again, over and over"),
    "broker_away": ("县级中心连不上消息服务器", "the hub cannot reach the broker"),
    "hub_away": ("县级中心没有运行", "the hub was not running"),
    "camera_absent": ("摄像机不存在", "a camera is absent"),
    "camera_failed": ("摄像机故障", "a camera failed"),
    "camera_degraded": ("画面质量下降", "a camera's picture is poor"),
    **STREAM_FAULTS,
    **{fault.code: (fault.chinese, fault.english) for fault in FAULTS.values()},
}
"""Of a camera: what docs/errors.md says of its code, in a word or two; a code that is not here is shown as it is."""

TOGETHER: Final[dict[Kind, str]] = {"down": "cut_together", "line": "legs_together"}

MOVED: Final[dict[str, tuple[str, str]]] = {
    "joined": ("新增 {} 村", "{} more"),
    "left": ("减少 {} 村", "{} fewer"),
    "now": ("现 {} 村", "{} now"),
}
"""Villages that an incident took in, that are well again, and that it has left."""
_MOVED: Final = re.compile(r"\+(\d+) -(\d+) = (\d+)")


def moved(note: str, words: Mapping[str, str]) -> str:
    """Return the note of a step that changed an incident's extent (`lifecycle.spread`) in words; any other as it is."""
    found = _MOVED.fullmatch(note)
    if found is None:
        return note
    numbers = zip(("joined", "left", "now"), found.groups(), strict=True)
    return " · ".join(words[name].format(number) for name, number in numbers if name == "now" or number != "0")


EVIDENCE: Final[dict[str, tuple[str, str]]] = {
    "of_town": ("本镇已知 {1} 村中 {0} 村如此（全镇证据 {2}）", "{0} of {1} villages known in its town (town: {2})"),
    "of_place": ("已知 {1} 处中 {0} 处如此（证据 {2}）", "{0} of {1} that are known (evidence {2})"),
}
"""Of how many it is so, and the logarithm of how much likelier one cause above them is (`health.tree.Finding.note`)."""
_EVIDENCE: Final = re.compile(r"(town )?(\d+)/(\d+) \(([-+]\d+\.\d)\)")


def evidence(note: str, words: Mapping[str, str]) -> str:
    """Return the figures that an incident was decided by in words; any other note as it is."""
    found = _EVIDENCE.fullmatch(note)
    return note if found is None else words["of_town" if found[1] else "of_place"].format(*found.groups()[1:])
