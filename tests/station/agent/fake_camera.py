"""A camera that is what it is told to be."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

from station.devices.camera.port import CameraStatus
from station.devices.camera.reports import FaultNow, Picture
from wire.life import DeviceState
from wire.video import FaultKind

# No picture of anything: only what begins and ends like one.
JPEG = b"\xff\xd8\xff" + b"drawn by nobody" + b"\xff\xd9"


def fault(kind: FaultKind, since_mono_s: float = 0.0, severity: float = 0.5) -> FaultNow:
    return FaultNow(kind, since_mono_s, severity, 0.9)


class FakeCamera:
    """What it answers is set from outside."""

    def __init__(self, name: str = "main") -> None:
        self.name = name
        self.state = "unknown"
        self.frames = 9
        self.now: list[FaultNow] = []
        self.kept: Picture | None = None
        self.seen: Picture | None = None
        self.reachable = True
        self.relearnt = 0
        self.asked: list[tuple[int, int, float]] = []
        self.code: str | None = None
        self.card: bytes | None = None
        self.looked_for: list[tuple[bytes, float]] = []
        self._go = Event()
        self._go.set()

    @contextmanager
    def slow(self) -> Iterator[None]:
        """Have stills wait until the end of this."""
        self._go.clear()
        try:
            yield
        finally:
            self._go.set()

    def start(self) -> None: ...

    def close(self) -> None: ...

    def status(self) -> CameraStatus:
        return CameraStatus(self.name, self.state, self.code, 15.0, 1280, 720, 20, 0, self.frames)

    def device_state(self) -> DeviceState:
        return DeviceState(f"camera/{self.name}", self.state, None, None, {"frames_per_s": 15.0})

    def faults(self) -> list[FaultNow]:
        return list(self.now)

    def thumbnail(self) -> Picture | None:
        kept, self.kept = self.kept, None
        return kept

    def relearn(self) -> bool:
        self.relearnt += 1
        return self.reachable

    def still(self, max_width_px: int, max_bytes: int, within_s: float) -> Picture | None:
        self.asked.append((max_width_px, max_bytes, within_s))
        assert self._go.wait(10)
        return self.seen

    def find_card(self, reply_to: bytes, within_s: float) -> bytes | None:
        self.looked_for.append((reply_to, within_s))
        assert self._go.wait(10)
        return self.card
