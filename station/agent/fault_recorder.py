"""Records what is raised and cleared of the cameras' faults, and keeps over restarts what was recorded."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from station.agent.fault_history import CameraHistory, Kept, Standing, View, after
from station.agent.guard import GuardedSpool
from station.clock import Stamp
from station.devices.camera.port import Camera
from station.errors import StoreError
from station.store.spool import Spool
from wire.codec import decode, encode
from wire.errors import WireError
from wire.life import CAMERA
from wire.records import CameraFault, DeviceEvent, RawRecord

NOTE: Final = "camera_faults"
CHATTERS: Final = "E-VQD-20"
"""A camera's faults come and go so often that not each is recorded."""
READ_AT_ONCE, READ_BYTES = 500, 500_000

logger = logging.getLogger(__name__)


class FaultRecorder:
    """Compares, each time it looks, what stands with what the outbox says."""

    def __init__(
        self, cameras: Sequence[Camera], spool: GuardedSpool, mono_s: Callable[[], float] = time.monotonic
    ) -> None:
        """Take cameras already started, and the clock they date their faults by."""
        self._cameras = {camera.name: camera for camera in cameras}
        self._spool = spool
        self._mono_s = mono_s
        self._histories: dict[str, CameraHistory] | None = None
        self._kept: Kept | None = None
        self._kept_epoch = ""
        self._read_to = ("", 0)

    def begin(self) -> None:
        """Take over what an agent before this one recorded; also of cameras that are no longer set up.

        Before anything is sent: a note may lack the last records before a kill, but those are in the outbox until then.
        A spool that cannot be read is tried again with each look.
        """
        try:
            seq, found = taken_over(self._spool.spool)
        except StoreError:
            return
        self._read_to = (self._spool.epoch, seq)
        self._histories = {name: CameraHistory(name, found.get(name, ())) for name in {**self._cameras, **found}}

    def look(self, stamp: Stamp) -> bool:
        """Record what changed; say whether anything was."""
        if self._histories is None:
            self.begin()
        if self._histories is None:
            return False
        recorded = False
        for name, history in self._histories.items():
            recorded = self._record(history, self._cameras.get(name), stamp) or recorded
        self._keep(self._histories)
        return recorded

    def _record(self, history: CameraHistory, camera: Camera | None, stamp: Stamp) -> bool:
        bodies = history.over(stamp) if camera is None else history.due(self._view(camera), stamp)
        recorded = False
        for body in bodies:
            if not self._spool.append(body, stamp):
                return recorded
            history.recorded(body, stamp)
            logger.info("camera %s: %s %s, severity %.2f", body.camera, body.fault, body.change, body.severity)
            recorded = True
        if history.chatters(stamp):
            logger.warning("%s camera %s: its faults come and go 摄像机故障反复出现", CHATTERS, history.camera)
            if self._spool.append(DeviceEvent(f"{CAMERA}{history.camera}"[:40], CHATTERS), stamp):
                history.chatter_told()
                recorded = True
        return recorded

    def _view(self, camera: Camera) -> View:
        faults, status = camera.faults(), camera.status()
        frames_come = status.frames > 0 and all(fault.kind != "no_frames" for fault in faults)
        return View(faults, frames_come, self._mono_s())

    def _keep(self, histories: dict[str, CameraHistory]) -> None:
        """Write the note when another record than that it names was the last."""
        epoch = self._spool.epoch
        seq = max(self._spool.last_seq, self._read_to[1] if epoch == self._read_to[0] else 0)
        if self._kept is not None and (epoch, seq) == (self._kept_epoch, self._kept.seq):
            return
        standing = {name: history.standing for name, history in histories.items() if history.standing}
        kept = Kept(seq, standing)
        same = self._kept is not None and epoch == self._kept_epoch and _kinds(self._kept) == _kinds(kept)
        if same or self._spool.put_note(NOTE, encode(kept).decode()):
            self._kept, self._kept_epoch = kept, epoch


def taken_over(spool: Spool) -> tuple[int, dict[str, list[Standing]]]:
    """Return by camera what the spool says stands, and as of which place.

    Raises StoreError when it cannot be read.
    """
    kept = _kept(spool.note(NOTE))
    seq, standing = kept.seq, dict(kept.cameras)
    for record in _records(spool, kept.seq):
        seq = record.seq
        if (body := _fault(record)) is None:
            continue
        standing[body.camera] = after(standing.get(body.camera, ()), body, _stamp(record))
    return seq, {name: faults for name, faults in standing.items() if faults}


def _kept(text: str | None) -> Kept:
    try:
        return Kept(0, {}) if text is None else decode(text.encode(), Kept)
    except WireError:
        # Of a later version of this software; what is still in the outbox tells the most.
        return Kept(0, {})


def _records(spool: Spool, seq: int) -> Iterator[RawRecord]:
    while records := spool.pending(seq, most=READ_AT_ONCE, most_bytes=READ_BYTES):
        yield from records
        seq = records[-1].seq


def _fault(record: RawRecord) -> CameraFault | None:
    raw = bytes(record.body)
    if b"camera_fault" not in raw:
        return None
    try:
        return decode(raw, CameraFault)
    except WireError:
        return None


def _stamp(record: RawRecord) -> Stamp:
    if record.undated is not None:
        return Stamp(None, record.undated.mono_ms, record.undated.kernel_boot)
    return Stamp(record.at_ms, 0, "0" * 16)


def _kinds(kept: Kept) -> dict[str, set[str]]:
    return {name: {one.fault for one in faults} for name, faults in kept.cameras.items()}
