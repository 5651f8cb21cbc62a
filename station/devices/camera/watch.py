"""`station camera watch`: the picture, the scores and the verdict in a terminal, so that a technician sees why."""

import contextlib
import logging
import os
import select
import sys
import termios
import threading
import time
import tty
from collections.abc import Iterator
from typing import Annotated, Final

import typer

from station.devices.camera.codes import no_picture
from station.devices.camera.diagnose import until_stopped
from station.devices.camera.sources import kind_of
from station.devices.camera.typed import LEARN_MAX_S, Source, read_source
from station.devices.camera.watch_words import Language

LEARN_S: Final = 30.0
DRAW_EVERY_S: Final = 0.25
PREVIEW_PX: Final = 96


def watch(
    source: Source,
    learn_s: Annotated[
        float, typer.Option("--learn", min=0, max=LEARN_MAX_S, help="seconds taken as good 学习秒数")
    ] = LEARN_S,
    language: Annotated[Language, typer.Option(help="语言 language")] = "zh",
) -> None:
    """Show a camera's picture and what the doctor thinks of it in this terminal, until q or Ctrl-C 在终端中观察摄像机.

    With `-` the source comes from standard input, so that a password is in no list of processes. Exit code 4, with one
    line that says why, when there was no picture.
    """
    from rich.console import Console
    from rich.live import Live

    from station.devices.camera.watch_screen import screen
    from station.devices.camera.watch_view import Gathered
    from station.devices.camera.watched import WatchedCamera

    console = Console()
    if not console.is_terminal:
        raise typer.BadParameter("不是终端，请用 diagnose this is no terminal: use `station camera diagnose`")
    source = read_source(source)
    logging.getLogger().addHandler(logging.NullHandler())  # the screen says it all
    camera, gathered = WatchedCamera(source, learn_s, PREVIEW_PX), Gathered(kind_of(source), learn_s)
    with until_stopped() as stopped, keys() as keyboard, Live(console=console, screen=True, auto_refresh=False) as live:
        camera.start()
        try:
            while (key := _key(keyboard, stopped)) != "q":
                if key == "r" and camera.relearn():
                    gathered.relearn()
                view = gathered.view(
                    camera.status(), camera.faults(), camera.newest, camera.decoder_errors, time.monotonic()
                )
                live.update(screen(view, *console.size, language), refresh=True)
            status = camera.status()
        finally:
            camera.close()
    if status.frames == 0:
        raise no_picture(status.code)


def _key(keyboard: int | None, stopped: threading.Event) -> str:
    """Return the key pressed before the next drawing; `q` also when it is to end."""
    if keyboard is None:
        return "q" if stopped.wait(DRAW_EVERY_S) else ""
    ready, _, _ = select.select([keyboard], [], [], DRAW_EVERY_S)
    if stopped.is_set():
        return "q"
    if not ready:
        return ""
    return os.read(keyboard, 1).decode("ascii", "replace").lower() or "q"


@contextlib.contextmanager
def keys() -> Iterator[int | None]:
    """Give the terminal's keyboard, key by key, and restore it; None where there is none."""
    try:
        keyboard = os.dup(sys.stdin.fileno()) if sys.stdin.isatty() else os.open("/dev/tty", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        yield None
        return
    before = termios.tcgetattr(keyboard)
    try:
        tty.setcbreak(keyboard)
        yield keyboard
    finally:
        termios.tcsetattr(keyboard, termios.TCSADRAIN, before)
        os.close(keyboard)
