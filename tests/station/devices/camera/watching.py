"""Real cameras of tests: started, waited for, and gone without a trace."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from station.devices.camera.machine import Limits
from station.devices.camera.port import CameraStatus
from station.devices.camera.supervisor import ProcessCamera
from station.settings import CameraSettings

QUICK = Limits(
    open_within_s=1.0,
    no_frame_after_s=0.8,
    hang_after_s=1.0,
    late_after_s=0.4,
    judge_rate_after_s=1.0,
    retry_min_s=0.05,
    retry_max_s=0.2,
    memory_bytes=160_000_000,
    report_every_s=0.05,
    look_every_s=0.02,
)


def workers() -> set[int]:
    """Return our living descendants: as the first process of a container pytest is also given dead strangers."""
    return {child.pid for child in living()}


def living() -> list[psutil.Process]:
    return [c for c in psutil.Process().children(recursive=True) if c.status() != psutil.STATUS_ZOMBIE]


@contextmanager
def watched(
    source: str | Path,
    limits: Limits = QUICK,
    background_file: Path | None = None,
    *,
    substream: str = "off",
    alone: bool = True,
) -> Iterator[ProcessCamera]:
    """Watch, then close: within 2 s, leaving no process, unless others of other cameras come and go."""
    before = workers()
    camera = ProcessCamera(CameraSettings("main", str(source), substream=substream), limits, None, background_file)
    begun = time.monotonic()
    camera.start()
    assert time.monotonic() - begun < 0.5, "start() held the agent up"
    try:
        yield camera
    finally:
        begun = time.monotonic()
        camera.close()
        assert time.monotonic() - begun < 2.1
        assert not alone or workers() <= before, "a process was left"


def status_of(camera: ProcessCamera) -> CameraStatus:
    """Ask three times: what blocks does so each time, a busy machine does not."""
    took = []
    for _ in range(3):
        begun = time.monotonic()
        status = camera.status()
        camera.device_state()
        took.append(time.monotonic() - begun)
    assert min(took) < 0.05, "status() held the agent up"
    return status


def wait_until(camera: ProcessCamera, right: Callable[[CameraStatus], bool], within_s: float = 15.0) -> CameraStatus:
    deadline = time.monotonic() + within_s
    while not right(status := status_of(camera)):
        assert time.monotonic() < deadline, status
        time.sleep(0.01)
    return status


def is_ok(status: CameraStatus) -> bool:
    return status.state == "ok"


def is_failed(status: CameraStatus) -> bool:
    return status.state == "failed"
