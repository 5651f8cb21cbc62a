"""Measuring reader, cameras, sound and printer; what agent or kiosk have open is asked of them."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final, Literal

from station.agent.thumbnails import file_name
from station.clock import Clock
from station.devices.camera.sources import kind_of
from station.devices.camera.supervisor import ProcessCamera
from station.devices.reader.port import CardPlaced, Reader, ReaderReady, ReaderTrouble, Trouble
from station.devices.reader.serial_port import SerialReader
from station.doctor import device_rules as rules
from station.doctor.ground import PROGRAM_S, WATCH_S, Ground
from station.errors import StoreError
from station.kiosk.ports.cups import is_ready
from station.kiosk.ports.espeak import EspeakVoice
from station.kiosk.ports.voice import Utterance
from station.settings import CameraSettings
from station.store.presence import agent_runs, kiosk_runs
from station.store.spool import FILE_NAME, Spool
from station.vision.background import Backgrounds
from station.vision.doctor import LEARN_S
from station.vision.focus import focus_of
from wire.acceptance import PICTURE_BYTES, Finding
from wire.life import CAMERA, DeviceState
from wire.owner import as_owner

READER_S: Final = 8.0
"""A module that is silent at all five rates is one after twice that many probes."""
STILL_PX: Final = 1280
STILL_S: Final = 4.0
VOICE_S: Final = 2.0
LOOK_EVERY_S: Final = 0.05
SAMPLE: Final = Utterance("这是村村通终端的声音测试。", "staff.sound.sample")


@contextmanager
def spool_of(ground: Ground) -> Iterator[Spool | None]:
    """Give the spool while agent or kiosk run; None else: with neither it is nobody's to open."""
    if not (agent_runs(ground.state) or kiosk_runs(ground.state)):
        yield None
        return
    try:
        with as_owner(ground.folder):
            spool = Spool.open(ground.state / FILE_NAME, limit_bytes=ground.settings.spool_limit_bytes)
    except (StoreError, OSError):
        yield None
        return
    try:
        yield spool
    finally:
        spool.close()


def clock_of(ground: Ground) -> Clock:
    """Return a clock that knows the hub's time too, where the agent of this boot was told it."""
    clock = Clock()
    with spool_of(ground) as spool:
        try:
            note = None if spool is None else spool.note("clock")
        except StoreError:
            note = None
    boot, _, ahead_ms = (note or "").partition(" ")
    if boot == clock.kernel_boot and ahead_ms.isdigit():
        clock.learn(int(ahead_ms))
    return clock


def told_of(ground: Ground, device: str) -> DeviceState | None:
    """Return what agent or kiosk last said of a device, None when nobody did."""
    with spool_of(ground) as spool:
        try:
            known = [] if spool is None else spool.devices()
        except StoreError:
            known = []
    return next((state for state in known if state.device == device), None)


def reader(ground: Ground) -> list[Finding]:
    """Ask the reader's security module whether it is well (11 FF) and who it is (12 FF), then for a card."""
    settings = ground.settings.reader
    if settings is None:
        return rules.reader(None)
    if kiosk_runs(ground.state):
        told = told_of(ground, "reader")
        state = None if told is None else told.state
        return rules.reader(rules.ReaderSeen(used_by_kiosk=True, kiosk_state=state))
    port = SerialReader(settings.port, settings.baud)
    port.start()
    try:
        return rules.reader(_asked(ground, port))
    finally:
        port.close()


def _asked(ground: Ground, port: Reader) -> rules.ReaderSeen:
    """Return what the reader says; a card's content is dropped in the moment it is told."""
    seen = _answered(port, rules.ReaderSeen())
    if seen.baud is None or seen.trouble is not None or not ground.interactive:
        return seen
    ground.talk.tell("请在读卡器上放一张身份证", "lay an ID card on the reader")
    port.look(wanted=True)
    until = time.monotonic() + ground.card_s
    while (left := until - time.monotonic()) > 0:
        ground.talk.left(left)
        if any(isinstance(event, CardPlaced) for event in port.events()):
            return seen._replace(card="read")
        time.sleep(LOOK_EVERY_S)
    return seen._replace(card="not read")


def _answered(port: Reader, seen: rules.ReaderSeen) -> rules.ReaderSeen:
    until = time.monotonic() + READER_S
    while time.monotonic() < until:
        for event in port.events():
            match event:
                case ReaderReady(module_id, baud) if baud:
                    return seen._replace(module_id=module_id, baud=baud, trouble=None)
                case ReaderTrouble(trouble):
                    seen = seen._replace(trouble=trouble.value)
                    if trouble in {Trouble.MODULE_FAULT, Trouble.NOT_LICENSED}:
                        return seen._replace(baud=0)
        if seen.trouble is not None:
            return seen
        time.sleep(LOOK_EVERY_S)
    return seen


def cameras(ground: Ground) -> list[Finding]:
    """Look through every camera at once, each in a process of its own, against what it was learnt to see."""
    if not ground.settings.cameras:
        return [rules.no_camera()]
    held = agent_runs(ground.state)
    free = [one for one in ground.settings.cameras if not (held and kind_of(one.source) == "v4l2")]
    seen = _watched(ground, free)
    for one in ground.settings.cameras:
        if one not in free:
            seen[one.name] = _of_agent(ground, one)
    found = [finding for one in ground.settings.cameras for finding in rules.camera(seen[one.name])]
    return found + ([rules.watched_less(ground.watch_s)] if free and ground.watch_s < WATCH_S else [])


def _of_agent(ground: Ground, camera: CameraSettings) -> rules.CameraSeen:
    told = told_of(ground, f"{CAMERA}{camera.name}")
    saved = aim_saved(_background(ground, camera.name))
    if told is None:
        return rules.CameraSeen(camera.name, "unknown", "E-CAM-08", aim_saved=saved, used_by_agent=True)
    return rules.CameraSeen(camera.name, told.state, told.code, aim_saved=saved, used_by_agent=True)


def _watched(ground: Ground, settings: list[CameraSettings]) -> dict[str, rules.CameraSeen]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="doctor-")))
        watched: list[ProcessCamera] = []
        for number, one in enumerate(settings):
            copy = folder / f"{number}.bin"  # the agent's own file stays as it is
            if (kept := _background(ground, one.name)).is_file():
                shutil.copyfile(kept, copy)
            camera = ProcessCamera(one, background_file=copy)
            stack.callback(camera.close)
            camera.start()
            watched.append(camera)
        _wait(ground, lambda: all(one.status().state == "failed" for one in watched), ground.watch_s)
        return {one.name: _seen(ground, one) for one in watched}


def _wait(ground: Ground, enough: Callable[[], bool], seconds: float) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0 and not enough():
        ground.talk.left(left)
        time.sleep(LOOK_EVERY_S)


def _seen(ground: Ground, camera: ProcessCamera) -> rules.CameraSeen:
    status = camera.status()
    still = camera.still(STILL_PX, PICTURE_BYTES, STILL_S) if status.frames else None
    if still is not None:
        ground.keep_picture(camera.name, still.jpeg)
    return rules.CameraSeen(
        camera.name,
        status.state if still is not None else "failed",
        status.code,
        frames_per_s=status.frames_per_s,
        width_px=status.width_px,
        height_px=status.height_px,
        focus=None if still is None else focus_of(still.jpeg),
        faults=tuple(fault.kind for fault in camera.faults() if fault.kind != "no_frames"),
        aim_saved=aim_saved(_background(ground, camera.name)),
    )


def _background(ground: Ground, camera: str) -> Path:
    return ground.state / "backgrounds" / file_name(camera, ".bin")


def aim_saved(file: Path) -> bool:
    """Say whether what a camera should see was learnt for long enough."""
    try:
        learnt = Backgrounds.from_bytes(file.read_bytes())
    except (OSError, ValueError):
        return False
    return any(base.known and base.learnt_s >= LEARN_S for base in learnt.lights.values())


def sound(ground: Ground) -> list[Finding]:
    """Say a sentence through the kiosk's own voice, and ask whether it was heard."""
    prompts = ground.settings.kiosk.prompts_dir
    voice = EspeakVoice(None if prompts is None else Path(prompts), ground.layout.root / "proc/asound/cards")
    try:
        until = time.monotonic() + VOICE_S
        while not voice.available and voice.trouble is None and time.monotonic() < until:
            time.sleep(LOOK_EVERY_S)
        heard = None
        if voice.available and ground.interactive:
            voice.say([SAMPLE], "zh")
            heard = ground.talk.ask("听到一句“声音测试”了吗？", "did you hear a sentence?")
        return [rules.sound(voice.available, voice.trouble, heard)]
    finally:
        voice.close()


def printer(ground: Ground) -> list[Finding]:
    """Ask CUPS how the printer's queue is."""
    name = ground.settings.kiosk.printer
    if name is None:
        return [rules.printer(None, "none")]
    began = time.monotonic()
    said = ground.program("lpstat", "-a", name, "-p", name)
    state: Literal["ready", "none", "silent"] = "ready" if said is not None and is_ready(said, name) else "none"
    if said is None and time.monotonic() - began >= PROGRAM_S:
        state = "silent"
    return [rules.printer(name, state)]
