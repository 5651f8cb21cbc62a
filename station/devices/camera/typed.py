"""What a technician types after `station camera check`, `diagnose` or `watch`."""

import sys
from typing import Annotated, Final

import typer

from station.settings import CameraSettings

LEARN_MAX_S: Final = 86_400.0

Source = Annotated[
    str, typer.Argument(help="a file, /dev/video0, rtsp://…, http://…, simulated: or - (read from stdin) 视频源")
]


def read_source(typed: str) -> str:
    """Return the source; `-` takes it from standard input, so that a password is in no list of processes."""
    source = (sys.stdin.readline() if typed == "-" else typed).strip()
    if not source:
        raise typer.BadParameter("没有给出视频源，请写出文件或地址 no source was given: name a file or an address")
    return source


def exactly(source: str, name: str) -> CameraSettings:
    """Return a camera that is this address and no other: the small stream is not derived from it."""
    return CameraSettings(name, source, substream="off")
