"""`hub duty …`: who is on duty when, and which leader answers for which town: from a CSV, and back into one."""

from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer

from hub.access.chain import Deed
from hub.clock import now_ms
from hub.desks.auditing import audit_log, note_by_command
from hub.incidents.duty import COUNTY, LEADER, Duty, Roster
from hub.incidents.roster_file import COLUMNS, Place, clock, read_roster, written_days, written_roster
from hub.listing import print_table
from hub.local_time import moment_ms, written
from hub.options import AsJson, By, Config, opened
from hub.settings import Settings
from hub.store.duty import Difference, DutyReader, replace_roster
from hub.store.engine import writing
from hub.store.stations import read_villages

HEADS: Final = (
    "级别 level", "范围 scope", "地点 place", "姓名 who", "邮箱 mail", "星期 days", "时间 hours", "当值 on duty",
)  # fmt: skip
SCOPES: Final = {"county": "全县 county", "town": "乡镇 town", "station": "站点 station"}
CHANGES: Final = {"added": "新增 added", "ended": "停用 ended"}

app = typer.Typer(help="duty roster, and leaders of areas 值班表与领导分片包挂", no_args_is_help=True)

At = Annotated[
    str | None, typer.Option("--at", help="a time, e.g. '2026-11-28 02:00' or 02:00 (the next) 时间，缺省为现在")
]


@app.command()
def show(config: Config, at: At = None, as_json: AsJson = False) -> None:
    """Show the roster, and who is on duty now or at a time 值班表，及当值人员."""
    at_ms = now_ms() if at is None else moment_ms(at, now_ms())
    with opened(config) as (settings, database):
        places, roster = _places(settings), DutyReader(database.reader).roster(at_ms)
    if as_json:
        typer.echo(msgspec.json.encode([_object(duty) | {"on_duty": duty.holds(at_ms)} for duty in roster.duties]))
        return
    typer.echo(f"{written(at_ms)}:")
    rows = [(*_row(duty), "● 当值 yes" if duty.holds(at_ms) else "") for duty in roster.duties]
    print_table(HEADS, rows, ["bold" if duty.holds(at_ms) else "dim" for duty in roster.duties])
    _warn(roster, at_ms)
    for node in dict.fromkeys(duty.node for duty in roster.duties if not places.has(duty.node)):
        typer.echo(
            f"{node.place}: not of the county any more, so nobody is told by it 本县已无此地，该行不起作用", err=True
        )


@app.command("import")
def import_roster(
    config: Config,
    path: Annotated[Path, typer.Argument(help=f"CSV {','.join(COLUMNS)} 值班表文件")],
    by: By,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what changes 只检查和比较")] = False,
    as_json: AsJson = False,
) -> None:
    """Take a roster in place of the one that stands: all of the file or nothing 导入值班表，整份替换.

    level: 1 is told first, 2 when nobody of 1 acknowledged, …; leader is the last. scope: county, town or station, and
    place the town's name or the station's code. days: mon-fri, sat sun, 周一至周五; from and until: 08:00, 18:00, over
    midnight too; what is left empty means always. `hub duty export --at` gives an older one back.
    """
    at_ms = now_ms()
    with opened(config) as (settings, database):
        duties = read_roster(path, _places(settings))
        with writing(database, keep=not dry_run) as connection:
            difference = replace_roster(connection, duties, by, at_ms)
            counts = f"+{len(difference.added)} -{len(difference.ended)} ={difference.kept}"
            note_by_command(audit_log(settings, database), connection, by, Deed("duty.import", counts), at_ms)
    if as_json:
        told = {
            "added": [_object(one) for one in difference.added],
            "ended": [_object(one) for one in difference.ended],
        }
        typer.echo(msgspec.json.encode(told | {"kept": difference.kept, "stored": not dry_run}))
        return
    _print_difference(difference)
    if dry_run:
        typer.echo("nothing was stored 未导入", err=True)
    _warn(Roster(duties), at_ms)


@app.command()
def export(config: Config, at: At = None) -> None:
    """Print the roster that stands, or that stood at a time, as `import` takes it 导出值班表."""
    at_ms = None if at is None else moment_ms(at, now_ms())
    with opened(config) as (_, database):
        roster = DutyReader(database.reader).roster(at_ms)
    typer.echo(written_roster(roster.duties), nl=False)


def _places(settings: Settings) -> Place:
    villages = read_villages(Path(settings.stations_file), settings.county)
    return Place({one.town for one in villages}, {one.code for one in villages})


def _print_difference(difference: Difference) -> None:
    rows = [(CHANGES["added"], *_row(one)) for one in difference.added]
    rows += [(CHANGES["ended"], *_row(one)) for one in difference.ended]
    if rows:
        print_table(("变化 change", *HEADS[:-1]), rows)
    typer.echo(f"新增 added {len(difference.added)}, 停用 ended {len(difference.ended)}, 不变 kept {difference.kept}")


def _warn(roster: Roster, at_ms: int) -> None:
    """Say when nobody would be told, and where nobody answers in the end."""
    gap_ms = roster.gap_ms(at_ms)
    if gap_ms is not None:
        typer.echo(f"nobody is on duty for the county at {written(gap_ms)} 该时刻全县无人值班", err=True)
    if not roster.leaders((COUNTY,), at_ms):
        typer.echo("no leader answers for the county 没有全县的包挂领导", err=True)


def _row(duty: Duty) -> tuple[str, ...]:
    level = "领导 leader" if duty.level == LEADER else str(duty.level)
    hours = f"{clock(duty.from_minute)}-{clock(duty.until_minute)}"
    return level, SCOPES[duty.node.scope], duty.node.place, duty.who, duty.mail or "", written_days(duty.days), hours


def _object(duty: Duty) -> dict[str, object]:
    return {
        "level": "leader" if duty.level == LEADER else duty.level,
        "scope": duty.node.scope,
        "place": duty.node.place,
        "who": duty.who,
        "mail": duty.mail,
        "days": duty.days.split(","),
        "from": clock(duty.from_minute),
        "until": clock(duty.until_minute),
    }
