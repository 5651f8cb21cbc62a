"""What `hub camera` prints of pictures and faults: rows, words and times."""

from collections.abc import Iterable, Sequence
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from hub.local_time import china
from hub.store.faults import StationFault
from hub.store.orders import Order, Viewing
from wire.video import FAULTS

PICTURE_HEADS: Final = (
    "单号 id", "站点 station", "摄像机 camera", "抓取 taken", "申请人 by", "事由 reason", "保存至 kept", "调阅 seen",
)  # fmt: skip
FAULT_HEADS: Final = (
    "站点 station", "摄像机 camera", "异常 fault", "开始 raised", "结束 cleared", "持续 lasted", "程度 severity",
)  # fmt: skip


def kept_until(order: Order, keep_ms: int) -> int | None:
    """Return when a picture's box will be deleted, or None when it is already, or never came."""
    return None if order.deleted_ms is not None or order.answered_ms is None else order.answered_ms + keep_ms


def picture_row(order: Order, viewings: list[Viewing], keep_ms: int) -> tuple[str, ...]:
    """Return one picture as a row of `PICTURE_HEADS`."""
    until_ms = kept_until(order, keep_ms)
    kept = f"已删除 deleted {moment(order.deleted_ms)}" if until_ms is None else moment(until_ms)
    seen = "\n".join(f"{viewing.who} {moment(viewing.at_ms)} {viewing.reason}" for viewing in viewings)
    what = f"{order.camera or ''} {fault_words(order.fault)}".strip()
    taken = moment(order.answered_ms if order.taken_ms is None else order.taken_ms)
    return order.id, order.station, what, taken, order.asked_by, order.reason, kept, seen


def fault_object(fault: StationFault, state: str) -> dict[str, object]:
    """Return one fault as JSON has it."""
    interval = fault.interval
    words = FAULTS.get(interval.fault)  # type: ignore[call-overload]
    return {
        "station": fault.station,
        "name": fault.name,
        "camera": interval.camera,
        "kind": interval.fault,
        "code": words and words.code,
        "chinese": words and words.chinese,
        "english": words and words.english,
        "state": state,
        "raised_ms": interval.raised_ms,
        "cleared_ms": interval.cleared_ms,
        "severity": interval.severity,
        "confidence": interval.confidence,
    }


def fault_row(fault: StationFault, state: str, at_ms: int) -> tuple[str, ...]:
    """Return one fault as a row of `FAULT_HEADS`."""
    interval = fault.interval
    end_ms = interval.cleared_ms
    cleared = {"open": "仍在 still", "outlived": "不详 not told"}.get(state) or moment(end_ms)
    lasted = "" if state == "outlived" else duration((at_ms if end_ms is None else end_ms) - interval.raised_ms)
    what = fault_words(interval.fault).strip()
    severity = f"{interval.severity:.0%}"
    return f"{fault.station} {fault.name}", interval.camera, what, moment(interval.raised_ms), cleared, lasted, severity


def fault_words(kind: str | None) -> str:
    """Return what people call a kind of fault, with a space after it; nothing for none."""
    words = FAULTS.get(kind)  # type: ignore[call-overload]
    return f"{words.chinese} {words.english} " if words else f"{kind or ''} ".lstrip()


def moment(at_ms: int | None) -> str:
    """Return month, day and time of the county."""
    if at_ms is None:
        return "-"
    return f"{china(at_ms):%m-%d %H:%M:%S}"


def duration(ms: int) -> str:
    """Return a length of time in its two largest units."""
    seconds = max(0, ms // 1000)
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60:02d} s"
    if seconds < 86_400:
        return f"{seconds // 3600} h {seconds // 60 % 60:02d} min"
    return f"{seconds // 86_400} d {seconds // 3600 % 24:02d} h"


def plain(text: str) -> str:
    """Return a text without what a screen would obey: it may come from a station."""
    return "".join(sign if sign.isprintable() or sign == "\n" else "?" for sign in text)


def print_table(heads: Sequence[str], rows: Iterable[Sequence[str]], styles: Sequence[str] = ()) -> None:
    """Print rows under their heads; as wide as it needs where nobody's screen limits it.

    `styles` colour a row each, on a terminal only.
    """
    shown = Table(*heads, box=None, header_style="bold", padding=(0, 1, 0, 0))
    for number, row in enumerate(rows):
        shown.add_row(*(Text(plain(cell)) for cell in row), style=styles[number] if styles else None)
    screen = Console()
    (screen if screen.is_terminal else Console(width=240)).print(shown)
