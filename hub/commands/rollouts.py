"""`hub rollout …`: a release in waves, that stops on failures."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import typer

from hub.clock import now_ms
from hub.desks import rolling_out
from hub.desks.auditing import Doing, change_by_command
from hub.desks.rolling_out import DEFAULT_SOAK, DEFAULT_WAVES
from hub.listing import moment, print_table
from hub.local_time import length_words
from hub.options import AsJson, By, Config, Reason, opened, span_ms
from hub.store.orders import OrdersReader
from hub.store.rollouts import Part, Rollout, RolloutsReader
from hub.store.stations import read_villages

HEADS: Final = (
    "编号 id", "版本 release", "状态 state", "批次 wave", "正常 well", "失败 failed", "总数 all", "经办 by",
    "开始 began",
)  # fmt: skip
PART_HEADS: Final = (
    "批 wave", "站点 station", "村 village", "下达 ordered", "运行 running", "结果 outcome", "代码 code",
)  # fmt: skip
STATES: Final = {"running": "进行中", "paused": "已暂停", "done": "已完成", "cancelled": "已终止"}
OUTCOMES: Final = {"settled": "正常", "failed": "失败", "already": "原已是", "left_out": "不参加", None: ""}
Number = Annotated[int, typer.Argument(help="number of the roll-out 批次编号")]

app = typer.Typer(help="fleet roll-outs 分批升级", no_args_is_help=True)


@app.command()
def start(
    config: Config,
    release: Annotated[str, typer.Argument(help="name of a release (hub release list) 版本名称")],
    by: By,
    reason: Reason,
    waves: Annotated[str, typer.Option("--waves", help="counts or shares that grow 各批的站数或比例")] = DEFAULT_WAVES,
    soak: Annotated[str, typer.Option("--soak", help="how long each must run it well 每站观察时长")] = DEFAULT_SOAK,
    most_failed: Annotated[int, typer.Option("--most-failed", min=0, help="one more pauses all 允许失败数")] = 0,
    town: Annotated[str | None, typer.Option("--town", help="this town only 只升级本镇")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say who would be in which wave 只看批次")] = False,
) -> None:
    """Begin to bring a release to the stations, in waves that stop on failures 开始分批升级."""
    with opened(config) as (settings, database):
        listed = read_villages(Path(settings.stations_file), settings.county)
        keys = OrdersReader(database.reader).station_ids()
        stations = [
            (one.code, one.town, keys[one.code]) for one in listed if town in {None, one.town} and one.code in keys
        ]
        one, doing = rolling_out.start(
            RolloutsReader(database.reader).release(release), stations, waves=waves, soak_ms=span_ms(soak),
            most_failed=most_failed, by=by, reason=reason, now_ms=now_ms(),
        )  # fmt: skip
        ends = ", ".join(f"{number}: {end - begin}" for number, (begin, end) in enumerate(_waves(one), 1))
        typer.echo(f"{release}: 批次 waves {ends}; 每站观察 soak {length_words(one.plan.soak_ms)}", err=True)
        if not dry_run:
            number = change_by_command(settings, database, by, *doing)
            typer.echo(f"{number}")


@app.command("list")
def list_rollouts(config: Config, as_json: AsJson = False) -> None:
    """List roll-outs, the newest first 升级批次清单."""
    with opened(config) as (_, database):
        reader = RolloutsReader(database.reader)
        found = [(one, reader.parts(one.id)) for one in reader.rollouts()]
    if as_json:
        typer.echo(msgspec.json.encode([_object(one, parts) for one, parts in found]))
        return
    print_table(HEADS, [_row(one, parts) for one, parts in found])


@app.command()
def show(config: Config, number: Number, as_json: AsJson = False) -> None:
    """Show each station's part in a roll-out, and what was done 查看一批升级."""
    with opened(config) as (_, database):
        reader = RolloutsReader(database.reader)
        one, parts, steps = reader.rollout(number), reader.parts(number), reader.steps(number)
    if as_json:
        told = _object(one, parts) | {
            "stations": [part._asdict() for part in parts],
            "steps": [s._asdict() for s in steps],
        }
        typer.echo(msgspec.json.encode(told))
        return
    print_table(HEADS, [_row(one, parts)])
    print_table(PART_HEADS, [_part_row(one, part) for part in parts])
    for step in steps:
        typer.echo(f"{moment(step.at_ms)} {step.what} {step.who} {step.note}")


@app.command()
def pause(config: Config, number: Number, by: By, reason: Reason) -> None:
    """Order nobody else until it is resumed 暂停."""
    _act(config, number, by, lambda _, one: rolling_out.pause(one, by, reason, now_ms()))


@app.command()
def resume(config: Config, number: Number, by: By, reason: Reason) -> None:
    """Go on; the failures so far are accepted 继续，已有失败不再计."""
    _act(config, number, by, lambda reader, one: rolling_out.resume(one, reader.parts(one.id), by, reason, now_ms()))


@app.command()
def cancel(config: Config, number: Number, by: By, reason: Reason) -> None:
    """End it here; stations that run the release keep it 终止，已升级的不退回."""
    _act(config, number, by, lambda _, one: rolling_out.cancel(one, by, reason, now_ms()))


@app.command()
def ahead(config: Config, number: Number, by: By, reason: Reason) -> None:
    """Begin the next wave before the rules would 提前进入下一批."""
    _act(config, number, by, lambda _, one: rolling_out.ahead(one, by, reason, now_ms()))


@app.command("leave-out")
def leave_out(
    config: Config,
    number: Number,
    station: Annotated[str, typer.Argument(help="station id 站点编码")],
    by: By,
    reason: Reason,
) -> None:
    """Leave a station out of a roll-out 某站不参加本批升级."""
    _act(config, number, by, lambda _, one: rolling_out.without(one, station, by, reason, now_ms()))


def _act(config: Path, number: int, by: str, doing: Callable[[RolloutsReader, Rollout], Doing]) -> None:
    with opened(config) as (settings, database):
        reader = RolloutsReader(database.reader)
        change_by_command(settings, database, by, *doing(reader, reader.rollout(number)))
        one = reader.rollout(number)
    typer.echo(f"{number} {one.release.name}: {STATES[one.state]} {one.state}")


def _waves(one: Rollout) -> list[tuple[int, int]]:
    return list(zip((0, *one.plan.ends), one.plan.ends, strict=False))


def _row(one: Rollout, parts: list[Part]) -> tuple[str, ...]:
    counts = Counter(part.outcome for part in parts)
    well = counts["settled"] + counts["already"]
    wave = f"{one.wave + 1}/{len(one.plan.ends)}"
    state = f"{STATES[one.state]} {one.state}"
    figures = (str(well), str(counts["failed"]), str(len(parts)))
    return str(one.id), one.release.name, state, wave, *figures, one.made_by, moment(one.made_ms)


def _part_row(one: Rollout, part: Part) -> tuple[str, ...]:
    ordered, running = (("" if at is None else moment(at)) for at in (part.ordered_ms, part.running_ms))
    outcome = f"{OUTCOMES[part.outcome]} {part.outcome or ''}".strip()
    return str(one.plan.wave_of(part.place)), part.station, part.name, ordered, running, outcome, part.code


def _object(one: Rollout, parts: list[Part]) -> dict[str, Any]:
    counts = Counter(part.outcome or "open" for part in parts)
    told = one._asdict() | {"release": one.release._asdict(), "plan": one.plan._asdict()}
    return told | {"stations_by_outcome": dict(counts)}
