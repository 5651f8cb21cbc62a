"""What the technician's screen says, in both languages (pure data)."""

from typing import Final, Literal

from wire.video import FAULTS, FaultKind, Light

Language = Literal["zh", "en"]

WORDS: Final[dict[Language, dict[str, str]]] = {
    "zh": {
        "opening": "正在打开",
        "well": "正常",
        "learning": "学习中",
        "since": "起于 {} 前",
        "severity": "严重度 {:.0%}",
        "also": "另有",
        "judged_later": "与背景比较的故障学完才判断",
        "frames": "帧/秒",
        "keyframe": "关键帧",
        "errors": "解码错误",
        "age": "最近一帧",
        "reconnects": "重连",
        "limit": "分数，┃为限值",
        "keys": "q 退出  r 以当前画面为准重新学习",
        "day": "彩色",
        "infrared": "红外",
        "no_picture": "暂无画面",
    },
    "en": {
        "opening": "opening",
        "well": "in order",
        "learning": "learning",
        "since": "since {}",
        "severity": "severity {:.0%}",
        "also": "also",
        "judged_later": "faults told by comparison are judged afterwards",
        "frames": "frames/s",
        "keyframe": "keyframe",
        "errors": "decoder errors",
        "age": "last frame",
        "reconnects": "reconnects",
        "limit": "scores, ┃ is the limit",
        "keys": "q quit  r relearn: this is the right view",
        "day": "colour",
        "infrared": "infrared",
        "no_picture": "no picture yet",
    },
}


def fault_word(kind: FaultKind, language: Language) -> str:
    """Return the name of a fault."""
    return FAULTS[kind].chinese if language == "zh" else FAULTS[kind].english


def light_word(light: Light, language: Language) -> str:
    """Return the name of the background that is judged against."""
    return WORDS[language][light]


def duration(seconds: float) -> str:
    """Return it as people read it."""
    minutes, seconds = divmod(max(0, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {seconds:02} s" if minutes else f"{seconds} s"
