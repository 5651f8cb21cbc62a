"""The agent's wiring."""

import importlib.metadata
import logging
import signal
import threading
from contextlib import ExitStack
from pathlib import Path
from random import SystemRandom

from station.agent.boot import next_boot
from station.agent.camera_desk import CameraDesk
from station.agent.card_desk import CardDesk
from station.agent.documents import Documents
from station.agent.guard import GuardedSpool
from station.agent.line_desk import LineDesk, rtsp_addresses
from station.agent.link import Link
from station.agent.loop import Loop, Parts
from station.agent.own_address import reflector_at
from station.agent.renewing import Renewing
from station.agent.session import Session
from station.agent.thumbnails import Thumbnails, file_name
from station.agent.updates import UpdateDesk
from station.agent.watch import DeviceWatch
from station.clock import Clock
from station.devices.camera.port import Camera
from station.errors import StoreError
from station.identity.keys import finish_install
from station.sealing import Seal
from station.settings import ProbeSettings, Settings
from station.store.presence import Presence
from station.store.spool import FILE_NAME
from wire.life import Birth, CameraInfo
from wire.notify import Notifier

logger = logging.getLogger(__name__)


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
    finish_install(Path(settings.broker.cert_file).parent)
    link = Link(settings.station, boot, settings.broker, random)
    spool = GuardedSpool(folder / FILE_NAME, settings.spool_limit_bytes)
    stack.callback(spool.close)
    documents = Documents(folder / "library.json")
    stack.callback(documents.close)
    notifier = Notifier.from_environment()
    stack.callback(notifier.close)
    clock = Clock()
    cameras, infos = _cameras(settings, clock, stack)
    desk = CameraDesk(cameras, _seal(settings), Thumbnails(folder / "thumbnails"), clock)
    cards = CardDesk(_card_camera(cameras, settings.kiosk.card_camera))
    line = LineDesk(settings.probe, settings.broker.host, cameras, rtsp_addresses(settings.cameras))
    stack.callback(line.close)
    watch = DeviceWatch(cameras, spool, folder, line.explained)
    updates = UpdateDesk(folder, None if settings.hub is None else settings.hub.url)
    birth = Birth(
        boot=boot,
        epoch=spool.epoch,
        software=f"cuncuntong {importlib.metadata.version('cuncuntong')}",
        keepalive_s=settings.broker.keepalive_s,
        beat_every_s=settings.broker.beat_every_s,
        cameras=infos,
        reader=None if settings.reader is None else "serial",
        library=documents.versions(),
        reflector=_reflector(settings.probe),
        release=None if updates.release is None else updates.release.sequence,
    )
    session = Session(birth, spool, watch.states, rebirth_spread_s=settings.broker.rebirth_spread_s, random=random)
    renewing = Renewing(settings, random)
    return Parts(clock, link, spool, session, watch, desk, cards, line, documents, updates, renewing, notifier)


def _reflector(settings: ProbeSettings) -> str | None:
    """Return where other villages reach this one's reflector, None where it has none."""
    has_one = settings.enabled and settings.reflect_port != 0
    return reflector_at(settings.reflect_address, settings.reflect_port) if has_one else None


def _seal(settings: Settings) -> Seal | None:
    """Return what seals pictures; without it the agent does everything else."""
    try:
        return Seal.from_file(Path(settings.seal_key_file))
    except StoreError as error:
        logger.warning("%s; nor is any picture kept or sent 也不能保存或发送画面", error)
        return None


def _card_camera(cameras: list[Camera], name: str | None) -> Camera | None:
    """Return the camera before which a 便民服务卡 is held: the one of that name, the first when none is named."""
    found = next((camera for camera in cameras if name in {None, camera.name}), None)
    if found is None and name is not None:
        logger.warning("E-AGENT-05 kiosk.card_camera: no camera is named %s 没有这个摄像机，不能读便民服务卡", name)
    return found


def _cameras(settings: Settings, clock: Clock, stack: ExitStack) -> tuple[list[Camera], list[CameraInfo]]:
    if not settings.cameras:
        return [], []
    from station.devices.camera.sources import kind_of
    from station.devices.camera.supervisor import DEFAULT_LIMITS, ProcessCamera

    backgrounds = _backgrounds(Path(settings.state_dir))
    cameras: list[Camera] = [
        ProcessCamera(
            camera, DEFAULT_LIMITS, clock, None if backgrounds is None else backgrounds / file_name(camera.name, ".bin")
        )
        for camera in settings.cameras
    ]
    stack.callback(_close_together, cameras)
    for camera in cameras:
        camera.start()
    return cameras, [CameraInfo(camera.name, kind_of(camera.source)) for camera in settings.cameras]


def _backgrounds(state: Path) -> Path | None:
    """Return the folder of what the cameras learnt; None when there can be none: then they learn at each start."""
    folder = state / "backgrounds"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        logger.warning("E-AGENT-04 cameras' backgrounds cannot be kept 背景无法保存: %s", error.strerror)
        return None
    return folder


def _close_together(cameras: list[Camera]) -> None:
    # Each may take 2 s; together they must not take longer.
    closers = [threading.Thread(target=camera.close) for camera in cameras]
    for closer in closers:
        closer.start()
    for closer in closers:
        closer.join()
