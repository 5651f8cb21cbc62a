"""What somebody may ask of the county about their own data (pure): a copy (PIPL 45), and its deletion (PIPL 47)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

from hub.csv_text import file_of
from hub.visits.matters import CASES

Refusal = Literal["open", "held"]
"""Why something is not erased though its person asks: the matter is open, so its purpose is not reached (PIPL 47); or
somebody had it kept, as evidence or by order, with a reason."""

COLUMNS: Final = (
    ("number", "受理编号 number"),
    ("station", "站点 station"),
    ("village", "村 village"),
    ("town", "乡镇 town"),
    ("at", "时间（北京）time (China)"),
    ("service", "服务 service"),
    ("matter", "事项 matter"),
    ("who", "身份方式 identified by"),
    ("name", "姓名 name"),
    ("id_number", "证号 id number"),
    ("person", "其他身份信息 other identity data"),
    ("words", "本人所述 own words"),
    ("steps", "办理记录 what the county did"),
    ("ratings", "评价与回访 ratings and calls"),
    ("viewings", "谁打开过 who opened it"),
)
"""Key and heading of each column of a copy as a table."""


class Decision(NamedTuple):
    """What becomes of somebody's visits when they ask for deletion."""

    erased: tuple[int, ...]
    kept: Mapping[int, Refusal]
    """Those that stay for now, each with the reason they are told."""


def refusal(service: str, ended_ms: int | None, *, held: bool) -> Refusal | None:
    """Return why a visit is not erased now; None when it is."""
    if held:
        return "held"
    return "open" if service in CASES and ended_ms is None else None


def decide(visits: Iterable[tuple[int, str, int | None, bool]]) -> Decision:
    """Return what is erased of these visits (key, service, when it ended, whether it is held)."""
    told = [(key, refusal(service, ended_ms, held=held)) for key, service, ended_ms, held in visits]
    return Decision(tuple(key for key, why in told if why is None), {key: why for key, why in told if why is not None})


def as_table(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Return a copy as CSV (UTF-8 with BOM, as Excel of China's offices opens it), one line a visit."""
    heads = [heading for _, heading in COLUMNS]
    return file_of([heads, *([row.get(key) for key, _ in COLUMNS] for row in rows)], digits=True)
