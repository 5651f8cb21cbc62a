"""`hub camera …`: order pictures and relearning from a station, open pictures, and read what was wrong when."""

from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer

from hub.clock import now_ms
from hub.commands.placing import carried_out, print_order
from hub.desks.auditing import audit_log
from hub.desks.ordering import EXIT_FAILED, Desk, OrderError, Wanted, new_file, open_picture
from hub.listing import (
    FAULT_HEADS,
    PICTURE_HEADS,
    fault_object,
    fault_row,
    fault_words,
    kept_until,
    picture_row,
    print_table,
)
from hub.options import AsJson, By, Config, Reason, Since, Station, code, opened, span_ms
from hub.store.faults import FaultsReader, StationFault, state_of
from hub.store.orders import Viewing
from hub.visits.day import DAY_MS
from hub.visits.opening import Unsealer

RELEARN: Final = (
    "摄像机将把现在的画面当作正常画面重新学习：之后不再与原来的画面比较。请先抓图确认现在的画面正是应有的画面。\n"
    "The camera will learn what it sees now as its right view, and is no longer compared with the old one.\n"
    "Look at a still first: what is wrong now (moved, covered, blurred) would be taken as right."
)

app = typer.Typer(help="cameras of the villages 各村摄像机", no_args_is_help=True)


Camera = Annotated[
    str | None,
    typer.Argument(help="name of the camera, where there are several 摄像机名称，只有一个时可省略", callback=code),
]
Out = Annotated[
    Path | None, typer.Option("--out", help="open it into this new file; else it stays sealed 存为文件，缺省不解密")
]


@app.command()
def still(
    config: Config, station: Station, by: By, reason: Reason, camera: Camera = None, out: Out = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Take a picture at a station now 向站点抓图.

    Waits up to 30 s. Exit code 4: the station could not, 7: no answer, 8: not sent. The picture is kept sealed for
    `pictures_keep_days`; opening it with --out is logged with name and reason.
    """
    _picture(Wanted("still", station, camera, by, reason), config, out, as_json=as_json)


@app.command()
def thumbnail(
    config: Config, station: Station, by: By, reason: Reason, camera: Camera = None, out: Out = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Fetch the small picture taken when the last fault began 调取最近一次异常开始时的缩略图.

    Otherwise as `still`.
    """
    _picture(Wanted("thumbnail", station, camera, by, reason), config, out, as_json=as_json)


@app.command()
def relearn(
    config: Config, station: Station, by: By, reason: Reason, camera: Camera = None,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask 不再询问")] = False,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Have a camera learn its view anew: this is what it should see 让摄像机重新学习画面.

    Exit codes as `still`.
    """
    if not yes:
        typer.echo(RELEARN, err=True)
        typer.confirm("继续 go on?", abort=True, err=True)
    with opened(config) as (settings, database):
        wanted = Wanted("relearn", station, camera, by, reason)
        order = carried_out(Desk(database), wanted, audit_log(settings, database), as_json=as_json)
        print_order(order, {}, as_json=as_json, text="已开始重新学习 learning anew")


@app.command("open")
def open_kept(
    config: Config,
    order: Annotated[str, typer.Argument(help="id of the order, see `pictures` 单号", callback=code)],
    by: By,
    reason: Reason,
    out: Annotated[Path, typer.Option("--out", help="new file for the picture 存为新文件")],
) -> None:
    """Open a kept picture; who and why is logged first 调阅保存的画面，先留档后解密."""
    with opened(config) as (settings, database), new_file(out) as door:
        assert door is not None
        unsealer = Unsealer.from_file(Path(settings.unseal_key_file))
        audit = audit_log(settings, database, unsealer)
        open_picture(database, unsealer, audit, Viewing(order, by, reason, now_ms()), door)
    typer.echo(f"{out}")


@app.command()
def pictures(config: Config, as_json: AsJson = False) -> None:
    """List pictures: which are kept and until when, who took and who looked 画面清单：保存到何时、谁抓取、谁调阅."""
    with opened(config) as (settings, database):
        found = Desk(database).reader.pictures()
    keep_ms = settings.pictures_keep_days * DAY_MS
    if as_json:
        rows = [
            {**order._asdict(), "kept_until_ms": kept_until(order, keep_ms)}
            | {"viewings": [viewing._asdict() for viewing in viewings]}
            for order, viewings in found
        ]
        typer.echo(msgspec.json.encode(rows))
        return
    print_table(PICTURE_HEADS, [picture_row(order, viewings, keep_ms) for order, viewings in found])


@app.command()
def faults(
    config: Config,
    station: Annotated[str | None, typer.Argument(help="code of a station; else all 站点编码", callback=code)] = None,
    since: Since = "24h",
    as_json: AsJson = False,
) -> None:
    """List what was wrong with the cameras' pictures, newest first 画面异常历史，最新在前."""
    at_ms = now_ms()
    with opened(config) as (_, database):
        desk = Desk(database)
        if station is not None:
            desk.key_of(station)
        found = FaultsReader(database.reader).since(at_ms - span_ms(since), station)
        states = _states(desk, found)
    if as_json:
        rows = [fault_object(fault, state) for fault, state in zip(found, states, strict=True)]
        typer.echo(msgspec.json.encode(rows))
        return
    print_table(FAULT_HEADS, [fault_row(*row, at_ms) for row in zip(found, states, strict=True)])


def _picture(wanted: Wanted, config: Path, out: Path | None, *, as_json: bool) -> None:
    with opened(config) as (settings, database), new_file(out) as door:
        unsealer = Unsealer.from_file(Path(settings.unseal_key_file))
        audit = audit_log(settings, database, unsealer)
        order = carried_out(Desk(database), wanted, audit, as_json=as_json)
        if order.camera is None:
            raise OrderError("E-ORD-05", "the station sent no picture 站点没有发来画面", EXIT_FAILED)
        until_ms = kept_until(order, settings.pictures_keep_days * DAY_MS)
        if door is not None:
            viewing = Viewing(order.id, wanted.by, wanted.reason, now_ms())
            open_picture(database, unsealer, audit, viewing, door)
            text = f"{out}"
        else:
            text = f"已加密保存 kept sealed; hub camera open {order.id} --by … --reason … --out FILE.jpg"
        more: dict[str, object] = {"kept_until_ms": until_ms, "file": None if out is None else str(out)}
        size = f"{order.width_px}×{order.height_px}"
        print_order(order, more, as_json=as_json, text=f"{order.camera} {size} {fault_words(order.fault)}{text}")


def _states(desk: Desk, found: list[StationFault]) -> list[str]:
    remembered = desk.remembered({fault.station for fault in found})
    states = []
    for fault in found:
        one = remembered.get(fault.station)
        devices = () if one is None or one.beat is None else one.beat.devices
        states.append(state_of(fault, "unknown" if one is None else one.known.state, devices))
    return states
