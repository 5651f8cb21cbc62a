"""`station camera …`: look at what the cameras of this station deliver."""

import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer

from station.devices.camera.bench_command import bench
from station.devices.camera.codes import MEANINGS, no_picture
from station.devices.camera.diagnose import diagnose
from station.devices.camera.port import CameraStatus
from station.devices.camera.sources import kind_of
from station.devices.camera.typed import Source, exactly, read_source
from station.devices.camera.watch import watch
from station.output import print_out
from station.settings import CameraSettings, Settings
from wire.settings import load_settings

LIST_WITHIN_S: Final = 5.0
RATE_KNOWN_AFTER_FRAMES: Final = 10

app = typer.Typer(help="the cameras 摄像机", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of lines 输出 JSON")]


@app.command("list")
def list_cameras(
    config: Annotated[Path, typer.Option("--config", help="settings file of this station 本站设置文件 (TOML)")],
    as_json: AsJson = False,
) -> None:
    """Show how each camera of a station is, after 5 s at most 列出本站摄像机的状态.

    JSON: a list of objects with name, kind, state, code, frames_per_s, width_px, height_px, last_frame_age_ms,
    reconnects, frames.
    """
    cameras = load_settings(config, Settings).cameras
    seen = look_at(cameras, LIST_WITHIN_S, _is_settled)
    shown = [_shown(camera, status) for camera, status in zip(cameras, seen, strict=True)]
    if as_json:
        print_out(msgspec.json.encode(shown).decode())
    elif not shown:
        print_out("no camera is set up 未设置摄像机")
    else:
        print_out("\n".join(_line(camera, status) for camera, status in zip(cameras, seen, strict=True)))


@app.command()
def check(
    source: Source,
    for_s: Annotated[float, typer.Option("--for", min=0.5, help="seconds to look 观察秒数")] = 5.0,
    as_json: AsJson = False,
) -> None:
    """Open one source and show what it delivers 检查一个视频源.

    Exit code 4, with one line that says why and what to do, when there is no picture. With `-` the source comes from
    standard input, so that a password is in no list of processes. JSON: one object with the keys of `list`.
    """
    camera = exactly(read_source(source), "check")
    (status,) = look_at([camera], for_s, lambda status: status.state == "failed")
    print_out(msgspec.json.encode(_shown(camera, status)).decode() if as_json else _facts(camera, status))
    if status.state in {"failed", "unknown"}:
        raise no_picture(status.code)


app.command()(diagnose)
app.command()(watch)
app.command()(bench)


def look_at(
    cameras: Sequence[CameraSettings], within_s: float, is_enough: Callable[[CameraStatus], bool]
) -> list[CameraStatus]:
    """Watch all cameras until each `is_enough` or the time is over, and return how they were."""
    from station.devices.camera.supervisor import ProcessCamera

    logging.getLogger().addHandler(logging.NullHandler())  # what is printed at the end says it all
    watched = [ProcessCamera(camera) for camera in cameras]
    deadline = time.monotonic() + within_s
    try:
        for camera in watched:
            camera.start()
        while True:
            seen = [camera.status() for camera in watched]
            if time.monotonic() >= deadline or all(map(is_enough, seen)):
                return seen
            time.sleep(0.05)
    finally:
        for camera in watched:
            camera.close()


def _is_settled(status: CameraStatus) -> bool:
    return status.state == "failed" or (status.frames >= RATE_KNOWN_AFTER_FRAMES and status.width_px > 0)


def _shown(camera: CameraSettings, status: CameraStatus) -> dict[str, object]:
    return {"name": status.name, "kind": kind_of(camera.source)} | {
        key: round(value, 1) if isinstance(value, float) else value for key, value in status._asdict().items()
    }


def _line(camera: CameraSettings, status: CameraStatus) -> str:
    facts = _facts(camera, status)
    return facts if status.code is None else f"{facts}\n  {status.code} {MEANINGS[status.code]}"


def _facts(camera: CameraSettings, status: CameraStatus) -> str:
    age = "-" if status.last_frame_age_ms is None else f"{status.last_frame_age_ms} ms"
    return (
        f"{status.name} ({kind_of(camera.source)}): {status.state}  {status.width_px}x{status.height_px}  "
        f"{status.frames_per_s:.1f} frames/s  last frame 最近一帧 {age}  reconnects 重连 {status.reconnects}"
    )
