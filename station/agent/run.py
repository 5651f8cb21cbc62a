"""The agent's wiring."""

import importlib.metadata
import signal
import threading
from contextlib import ExitStack
from pathlib import Path
from random import SystemRandom

from station.agent.boot import next_boot
from station.agent.documents import Documents
from station.agent.guard import GuardedSpool
from station.agent.link import Link
from station.agent.loop import Loop, Parts
from station.agent.notify import Notifier
from station.agent.session import Session
from station.agent.watch import DeviceWatch
from station.clock import Clock
from station.devices.camera.port import Camera
from station.errors import StoreError
from station.settings import Settings
from station.store.presence import Presence
from station.store.spool import FILE_NAME
from wire.life import Birth, CameraInfo


def run_agent(settings: Settings) -> None:
    """Run the agent of one station until SIGTERM, SIGINT or a command to restart.

    Raises StationError when it cannot start: certificates, state folder.
    """
    with ExitStack() as stack:
        loop = Loop(_build(settings, stack))
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: loop.stop())
        loop.run()


def _build(settings: Settings, stack: ExitStack) -> Parts:
    """Open everything the agent owns; the stack closes it in reverse."""
    folder = Path(settings.state_dir)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            "E-AGENT-01", f"{folder}: cannot be made 无法建立数据目录，请检查磁盘: {error.strerror}"
        ) from None
    stack.callback(Presence(folder).close)
    boot = next_boot(folder / "boot")
    random = SystemRandom()
    link = Link(settings.station, boot, settings.broker, random)
    spool = GuardedSpool(folder / FILE_NAME, settings.spool_limit_bytes)
    stack.callback(spool.close)
    documents = Documents(folder / "library.json")
    stack.callback(documents.close)
    notifier = Notifier.from_environment()
    stack.callback(notifier.close)
    cameras, infos = _cameras(settings, stack)
    watch = DeviceWatch(cameras, spool, folder)
    birth = Birth(
        boot=boot,
        epoch=spool.epoch,
        software=f"cuncuntong {importlib.metadata.version('cuncuntong')}",
        keepalive_s=settings.broker.keepalive_s,
        beat_every_s=settings.broker.beat_every_s,
        cameras=infos,
        reader=None if settings.reader is None else "serial",
    )
    session = Session(birth, spool, watch.states, rebirth_spread_s=settings.broker.rebirth_spread_s, random=random)
    return Parts(Clock(), link, spool, session, watch, documents, notifier)


def _cameras(settings: Settings, stack: ExitStack) -> tuple[list[Camera], list[CameraInfo]]:
    if not settings.cameras:
        return [], []
    from station.devices.camera.sources import kind_of
    from station.devices.camera.supervisor import ProcessCamera

    cameras: list[Camera] = [ProcessCamera(camera) for camera in settings.cameras]
    stack.callback(_close_together, cameras)
    for camera in cameras:
        camera.start()
    return cameras, [CameraInfo(camera.name, kind_of(camera.source)) for camera in settings.cameras]


def _close_together(cameras: list[Camera]) -> None:
    # Each may take 2 s; together they must not take longer.
    closers = [threading.Thread(target=camera.close) for camera in cameras]
    for closer in closers:
        closer.start()
    for closer in closers:
        closer.join()
