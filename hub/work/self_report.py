"""每周微述职: a week drafted from what somebody did, in figures and sentences; they go on from there (pure)."""

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from hub.local_time import day_ms, day_of, weekday_of

Language = Literal["zh", "en"]
INCIDENT_WORDS: Final = {
    "acknowledged": ("签收", "acknowledged"),
    "dispatched": ("派单", "dispatched"),
    "resolved": ("处置完毕", "put right"),
    "closed": ("复查销号", "closed"),
    "reopened": ("退回", "sent back"),
    "noted": ("备注", "noted"),
}
CASE_WORDS: Final = {
    "answered": ("答复", "answered"), "accepted": ("受理", "accepted"), "refused": ("不予受理", "refused"),
    "assigned": ("指派", "assigned"), "need_papers": ("通知补材料", "asked for papers"), "closed": ("办结", "closed"),
}  # fmt: skip


class Did(NamedTuple):
    """What somebody did in a week, counted."""

    incidents: Mapping[str, int] = {}
    """By step."""
    cases: Mapping[str, int] = {}
    """By step; those taken back do not count."""
    calls: int = 0
    """Steps with calls for help."""
    called_back: int = 0
    documents: int = 0
    """Published or withdrawn."""
    orders: int = 0
    pictures: int = 0
    """Opened."""
    acts: Mapping[str, int] = {}
    """Every entry of the audit log, by act."""


def monday_of(at_ms: int) -> int:
    """Return the county's day that begins the week which holds a time."""
    day = day_of(at_ms)
    return day - weekday_of(day)


def span_of(monday: int) -> tuple[int, int]:
    """Return from when until when a week is, UTC ms."""
    return day_ms(monday), day_ms(monday + 7)


def drafted(did: Did, waiting: int, language: Language) -> str:
    """Return the draft: what was done, what still waits on their list, and what only they can write."""
    place = 0 if language == "zh" else 1
    lines = [("一、本周完成", "1. Done this week")[place]]
    lines += [f"  - {sentence}" for sentence in _sentences(did, place)] or [
        ("  - 系统中没有本周的办理记录。", "  - The system has no record of this week.")[place]
    ]
    lines += ["", ("二、仍在办理", "2. Still open")[place]]
    lines.append((f"  - 工作清单上还有 {waiting} 项待办。", f"  - {waiting} items wait on the work list.")[place])
    lines += [
        "",
        ("三、存在的问题和下周打算（请填写）", "3. What is difficult, and next week (please write)")[place],
        "  - ",
    ]
    return "\n".join(lines)


def _sentences(did: Did, place: int) -> list[str]:
    told = [
        _counted(("处理事件", "Incidents: ")[place], did.incidents, INCIDENT_WORDS, place),
        _counted(("办理来访", "Visits: ")[place], did.cases, CASE_WORDS, place),
    ]
    plain = (
        (did.calls, "处理紧急求助 {} 次", "Calls for help: {} steps"),
        (did.called_back, "回访群众 {} 次", "People called back: {}"),
        (did.documents, "下发或撤回资料 {} 份", "Documents published or withdrawn: {}"),
        (did.orders, "向站点下达指令 {} 条", "Orders to stations: {}"),
        (did.pictures, "调阅画面 {} 次", "Pictures opened: {}"),
    )
    told += [(zh, en)[place].format(count) + ("。" if place == 0 else ".") for count, zh, en in plain if count]
    return [sentence for sentence in told if sentence]


def _counted(begin: str, counts: Mapping[str, int], words: Mapping[str, tuple[str, str]], place: int) -> str:
    parts = [(words[step][place], count) for step, count in sorted(counts.items()) if step in words and count]
    if not parts:
        return ""
    if place == 0:
        return f"{begin} {sum(count for _, count in parts)} 次：" + "，".join(f"{word} {n}" for word, n in parts) + "。"
    return begin + ", ".join(f"{word} {n}" for word, n in parts) + "."
