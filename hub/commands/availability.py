"""`hub availability`: 在线率 and 完好率 of a period, by county, town, village or camera."""

from typing import Annotated, Final

import msgspec
import typer

from hub.clock import now_ms
from hub.csv_text import BOM, line
from hub.desks.availability import Answer, Row, answer, figures, read_question, shares, told
from hub.health.availability import Tally
from hub.listing import duration, print_table
from hub.local_time import written
from hub.options import AsJson, Config, opened
from hub.store.intervals import IntervalsReader

HEADS: Final = (
    "范围 of", "在线率 online", "覆盖 known", "上下限 bounds", "离线 down", "最长 longest", "次数 times",
    "完好率 intact", "覆盖 known", "上下限 bounds", "摄像机 cameras",
)  # fmt: skip
COLUMNS: Final = ("scope", "town", "station", "name", "camera", "villages", "cameras")


def availability(
    config: Config,
    month: Annotated[str | None, typer.Option("--month", help="e.g. 2026-11; the present one if not said 月份")] = None,
    begin: Annotated[str | None, typer.Option("--from", help="'2026-11-01' or '2026-11-01 08:00' 开始")] = None,
    until: Annotated[str | None, typer.Option("--until", help="likewise; now if not said 结束")] = None,
    last: Annotated[str | None, typer.Option("--last", help="or the last 24h, 7d 最近多久")] = None,
    by: Annotated[str, typer.Option("--by", help="county, town, village, camera 按何列出")] = "town",
    town: Annotated[str | None, typer.Option("--town", help="of this town only 只看这个乡镇")] = None,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV for a spreadsheet 输出 CSV")] = False,
) -> None:
    """Show 在线率 and 完好率, with how much is known and the bounds of what is not 在线率与完好率.

    Counted from intervals. Planned maintenance and what is not in service are left out; a time when the hub itself was
    away is unknown, never offline. Of many, each figure is a ratio of sums.
    """
    if as_json and as_csv:
        raise typer.BadParameter("--json or --csv, not both 两者只能选一个", param_hint="--csv")
    at_ms = now_ms()
    question = read_question(at_ms, month=month, begin=begin, until=until, last=last, by=by, town=town)
    with opened(config) as (_, database):
        answered = answer(IntervalsReader(database.reader), question, at_ms)
    if as_json:
        typer.echo(msgspec.json.encode(told(answered)))
    elif as_csv:
        typer.echo(_csv(answered), nl=False)
    else:
        typer.echo(f"{written(question.from_ms)} – {written(question.until_ms)}")
        rows = answered.rows if question.by == "county" else [*answered.rows, answered.whole]
        print_table(HEADS, [_line(row) for row in rows])


def _line(row: Row) -> tuple[str, ...]:
    name = " ".join(part for part in (row.town, row.station, row.name, row.camera) if part)
    main, cameras = row.main, str(row.cameras)
    outage = duration(main.longest_ms) if main.outages else "-"
    down, times = (f"{main.down_ms / 60_000:.1f} min", str(main.outages)) if main.known_ms else ("-", "-")
    return name or "全县 county", *_shown(row.online), down, outage, times, *_shown(row.intact), cameras


def _shown(tally: Tally) -> tuple[str, str, str]:
    said = shares(tally)
    bounds = said["lowest"] if said["lowest"] == said["highest"] else f"{said['lowest']} – {said['highest']}"
    return said["rate"], said["coverage"], bounds


def _csv(answered: Answer) -> str:
    """Return one line for each row; shares from 0 to 1 with all their figures."""
    names = list(figures(Tally()))
    lines = [line([*COLUMNS, *(f"{kind}_{name}" for kind in ("online", "intact") for name in names)])]
    for row in answered.rows:
        values = [figures(tally)[name] for tally in (row.online, row.intact) for name in names]
        lines.append(line([*(getattr(row, name) for name in COLUMNS), *values]))
    return BOM + "".join(lines)
