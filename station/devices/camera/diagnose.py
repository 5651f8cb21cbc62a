"""`station camera diagnose`: a line per change, of a file as fast as it goes or of a camera until stopped."""

import logging
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import typer

from station.devices.camera.codes import CANNOT_OPEN, NO_DEVICE, no_picture
from station.devices.camera.live import Changes, LiveSummary
from station.devices.camera.sources import file_of, kind_of
from station.devices.camera.typed import LEARN_MAX_S, Source, read_source
from station.output import print_out
from wire.video import FAULTS, FaultKind

LEARN_FROM_FILE_S: Final = 30.0
LEARN_FROM_CAMERA_S: Final = 60.0
LOOK_EVERY_S: Final = 0.1


def diagnose(
    source: Source,
    learn_s: Annotated[
        float | None,
        typer.Option(
            "--learn", min=0, max=LEARN_MAX_S, help="seconds taken as good: 30 of a file, 60 of a camera 学习秒数"
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of lines 输出 JSON")] = False,
) -> None:
    """Judge a recording as fast as it goes, in its own time, or a camera until stopped 诊断录像或摄像机.

    JSON: one object per change (t, kind, state, severity, since, confidence), last {"summary": …} with frames,
    analysed, decoder_errors, cpu_s and more. Exit code 4, with one line that says why, when it cannot be read. With
    `-` the source comes from standard input, so that a password is in no list of processes.
    """
    source = read_source(source)
    say = _say_json if as_json else _say_line
    if kind_of(source) == "file":
        _of_file(file_of(source), LEARN_FROM_FILE_S if learn_s is None else learn_s, say)
    else:
        _of_camera(source, LEARN_FROM_CAMERA_S if learn_s is None else learn_s, say)


Say = Callable[[dict[str, Any]], None]


def _of_file(file: Path, learn_s: float, say: Say) -> None:
    from station.devices.camera.examination import ExaminationError, Examined, examine_file, order_for

    if not file.is_file():
        raise ExaminationError(CANNOT_OPEN if file.exists() else NO_DEVICE)
    progress = ProgressLine()
    try:
        for word in examine_file(order_for(file, learn_s), on_progress=lambda now: progress.show(now.t, now.share)):
            shown = msgspec.to_builtins(word)
            del shown["word"]
            progress.clear()
            if isinstance(word, Examined):
                del shown["background"]
                say({"summary": shown})
            else:
                say(shown)
    finally:
        progress.clear()


def _of_camera(source: str, learn_s: float, say: Say) -> None:
    from station.devices.camera.watched import WatchedCamera

    logging.getLogger().addHandler(logging.NullHandler())  # what is printed says it all
    camera = WatchedCamera(source, learn_s)
    begun_s = time.monotonic()
    changes = Changes(begun_s)
    with until_stopped() as stopped:
        camera.start()
        try:
            while not stopped.wait(LOOK_EVERY_S):
                for change in changes.take(camera.faults(), camera.status(), time.monotonic()):
                    say(msgspec.to_builtins(change))
                if camera.status().frames == 0 and camera.status().state == "failed":
                    break
            status, looked = camera.status(), camera.newest.looked
        finally:
            camera.close()
    if status.frames == 0:
        raise no_picture(status.code)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    summary = LiveSummary(
        frames=status.frames,
        analysed=camera.looks,
        decoder_errors=camera.decoder_errors,
        watched_s=round(time.monotonic() - begun_s, 3),
        cpu_s=round(used.ru_utime + used.ru_stime, 3),
        reconnects=status.reconnects,
        raised=changes.raised,
        learning=looked is None or looked.learning,
    )
    say({"summary": msgspec.to_builtins(summary)})


@contextmanager
def until_stopped() -> Iterator[threading.Event]:
    """Give an event that Ctrl-C and SIGTERM set."""
    stopped = threading.Event()
    before = {sign: signal.signal(sign, lambda *_: stopped.set()) for sign in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)


class ProgressLine:
    """How far a file is, on one line of standard error when that is a terminal."""

    def __init__(self) -> None:
        """Begin the clock."""
        self._on_terminal = sys.stderr.isatty()
        self._begun_s = time.monotonic()

    def show(self, at_s: float, share: float) -> None:
        """Show the time of the file, its share, and how much faster than time it goes."""
        if self._on_terminal:
            speed = at_s / max(0.001, time.monotonic() - self._begun_s)
            sys.stderr.write(f"\r\033[K  {share:4.0%}  {at_s:.0f} s  {speed:.0f} x")
            sys.stderr.flush()

    def clear(self) -> None:
        """Leave the line empty."""
        if self._on_terminal:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()


def _say_json(shown: dict[str, Any]) -> None:
    print_out(msgspec.json.encode(shown).decode())


def _say_line(shown: dict[str, Any]) -> None:
    if (summary := shown.get("summary")) is None:
        print_out(
            f"{shown['t']:8.1f} s  {_words(shown['kind'])}  {STATES[shown['state']]}  since 起始 {shown['since']:.1f} s"
            f"  severity 严重度 {shown['severity']:.0%}"
        )
        return
    long_s = summary.get("media_s", summary.get("watched_s"))
    now = ", ".join(map(_words, summary["raised"])) or "正常 well"
    print_out(
        f"{long_s:.1f} s, {summary['frames']} frames 帧, {summary['analysed']} analysed 分析, "
        f"{summary['decoder_errors']} decoder errors 解码错误, {summary['cpu_s']:.1f} s CPU; now 现在: {now}"
    )
    if summary["learning"]:
        print_out("仍在学习，与背景比较的故障尚未判断 still learning: faults told by comparison were not looked for")
    if summary.get("truncated"):
        print_out("文件不完整 the file ends earlier than it says it does")


STATES: Final = {"raised": "出现 raised", "cleared": "消除 cleared"}


def _words(kind: FaultKind) -> str:
    return f"{FAULTS[kind].chinese} {kind}"
