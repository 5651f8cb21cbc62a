"""`station update …`: staged, tried, kept or taken back; run by root from `updater`, which has proven itself."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
import typer

from station.errors import StationError, StoreError
from station.layout import Layout
from station.settings import Settings
from station.store.handover import ORDER_NAME
from wire.release import KEPT
from wire.settings import load_settings

if TYPE_CHECKING:
    from station.update.run import Updater

app = typer.Typer(help="the software of this station 软件更新", no_args_is_help=True)

EXIT_TAKEN_BACK: Final = 1
WITHOUT_HUB: Final = "; judged without the hub 未经县级中心核验"
Root = Annotated[Path, typer.Option("--root", help="folder that stands for / 根目录（制作镜像用）", hidden=True)]


@app.command()
def apply(
    file: Annotated[Path | None, typer.Argument(help="a release somebody brought 版本文件 (.ccr)")] = None,
    stick: Annotated[bool, typer.Option("--stick", help="the newest on a USB stick 优盘上最新的")] = False,
    order: Annotated[bool, typer.Option("--order", help="what the hub ordered, or was put off 县级中心下达的")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="judge without the hub 不经县级中心试运行")] = False,
    rate_kbit: Annotated[int, typer.Option(min=8, max=1_000_000, help="kbit/s to fetch with 下载限速")] = 1_000,
    root: Root = Path("/"),
) -> None:
    """Take a release: verify it, lay it out, try it when nobody is at the kiosk, keep it or go back 安装新版本."""
    if [file is not None, stick, order].count(True) != 1:
        raise typer.BadParameter("name one of FILE, --stick, --order 请指定文件、--stick 或 --order 之一")
    from station.update.run import only_one

    layout = Layout(root)
    with _disk_errors(), only_one(layout), ExitStack() as stack:
        updater = _updater(layout, stack, rate_kbit)
        if order:
            ended = updater.go_on()
        else:
            place = file if file is not None else _newest_on_a_stick(layout)
            try:
                source = stack.enter_context(place.open("rb"))
            except OSError as error:
                raise StationError("E-UPD-19", f"{place}: {error.strerror} 无法读取版本文件") from None
            ended = updater.bring(source, offline=offline)
    match ended:
        case None:
            typer.echo("nothing to do 没有要安装的版本")
        case one if one == KEPT:
            typer.echo(f"the release runs 新版本已在运行{WITHOUT_HUB if offline else ''}")
        case _:
            typer.echo(f"{ended}: not taken, what ran before runs on 未采用，仍运行原版本", err=True)
            raise SystemExit(EXIT_TAKEN_BACK)


@app.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object")] = False, root: Root = Path("/")
) -> None:
    """Say what runs, what waits, and what became of the last updates 查看软件版本."""
    from station.store.handover import read_outcomes
    from station.update.kept import AllFailed, Floor, Trial, Wanted, kept
    from station.update.slots import CURRENT, PREVIOUS, linked, release_of, slots

    layout = Layout(root)
    current, previous = linked(layout, CURRENT), linked(layout, PREVIOUS)
    wanted, trial, floor, failed = (kept(layout, kind) for kind in (Wanted, Trial, Floor, AllFailed))
    facts: dict[str, Any] = {
        "format": 1,
        "current": None if current is None else release_of(slots(layout) / current),
        "previous": None if previous is None else release_of(slots(layout) / previous),
        "wanted": wanted,
        "trial": trial,
        "floor": floor,
        "failed": failed.failed if isinstance(failed, AllFailed) else [],
        "outcomes": read_outcomes(layout.software),
    }
    if as_json:
        typer.echo(msgspec.json.encode(facts).decode())
        return
    typer.echo(f"runs 现用: {current or 'not from a release 非版本文件安装'}")
    typer.echo(f"before it 上一版本: {previous or '—'}")
    if isinstance(wanted, Wanted):
        typer.echo(f"waits 待装: {wanted.release} ({'staged 已暂存' if wanted.staged else 'to be fetched 待下载'})")
    if isinstance(trial, Trial):
        typer.echo(f"on trial 试运行: {trial.release}, {trial.boots} boots")
    for one in facts["outcomes"][-3:]:
        typer.echo(f"{one.release}: {one.code}")


@app.command()
def rollback(root: Root = Path("/")) -> None:
    """Go back to the release before; this one is then not taken by order again 退回上一版本."""
    from station.update.run import only_one
    from station.update.trying import go_back

    layout = Layout(root)
    with _disk_errors(), only_one(layout), ExitStack() as stack:
        typer.echo(go_back(_updater(layout, stack, 1_000).site))


@app.command()
def resume(root: Root = Path("/")) -> None:
    """Before agent and kiosk of each boot: have them start what shall run 开机时恢复."""
    from station.update.kept import Trial, Wanted, kept
    from station.update.run import only_one
    from station.update.trying import resume as resumed
    from station.update.watching import Systemd

    layout = Layout(root)
    with _disk_errors(), only_one(layout):
        typer.echo(resumed(layout))
    waits = kept(layout, Trial) is not None or kept(layout, Wanted) is not None
    if layout.root == Path("/") and (waits or (layout.station / "state" / ORDER_NAME).exists()):
        Systemd().go_on_after_boot()


def _updater(layout: Layout, stack: ExitStack, rate_kbit: int) -> "Updater":
    """Return the updater of the station set up on this machine, or of a machine that is none yet."""
    from station.update.run import Told, Updater
    from station.update.trying import Site
    from station.update.watching import Systemd

    config = layout.station / "station.toml"
    settings = load_settings(config, Settings) if config.exists() else None
    state = layout.station / "state" if settings is None else Path(settings.state_dir)
    updater = Updater(
        Site(layout, state, Systemd()),
        None if settings is None else settings.station[:6],
        None if settings is None or settings.hub is None else settings.hub.url,
        Told(lambda text: typer.echo(text, err=True), _progress(stack)),
    )
    updater.bytes_s = rate_kbit * 125
    return updater


def _progress(stack: ExitStack) -> Callable[[int], None]:
    if not sys.stderr.isatty():
        return lambda _: None
    from rich.console import Console
    from rich.progress import DownloadColumn, Progress, TextColumn

    columns = TextColumn("{task.description}"), DownloadColumn()
    bar = stack.enter_context(Progress(*columns, console=Console(stderr=True)))
    task = bar.add_task("读取 reading", total=None)
    return lambda count: bar.advance(task, count)


def _newest_on_a_stick(layout: Layout) -> Path:
    """Return the release with the highest sequence; which one is taken is verified when it is read."""
    from station.update.archive import sequence_of

    found = [
        (sequence, place)
        for pattern in ("*/*.ccr", "*/*/*.ccr")
        for place in sorted(layout.media.glob(pattern))
        if (sequence := sequence_of(place)) is not None
    ]
    if not found:
        raise StationError("E-UPD-19", f"{layout.media}: no release on a stick 优盘上没有版本文件 (.ccr)")
    return max(found)[1]


@contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = error.filename or "disk"
        raise StoreError("E-UPD-18", f"{where}: {error.strerror}; run it again: it goes on 无法写入，请重试") from None
