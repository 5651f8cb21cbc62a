"""What every camera is to the rest of the station."""

from typing import NamedTuple, Protocol

from station.devices.camera.reports import FaultNow, Picture
from wire.life import DeviceState


class CameraStatus(NamedTuple):
    """The stream as last seen. Its age is that at the moment of asking; None before the first frame."""

    name: str
    state: str
    """`ok`, `degraded` (slow), `failed` (no frames) or `unknown` (still opening for the first time)."""
    code: str | None
    frames_per_s: float
    width_px: int
    height_px: int
    last_frame_age_ms: int | None
    reconnects: int
    frames: int


class Camera(Protocol):
    """Watches one source in a process of its own: it may crash, hang or swell without harm."""

    name: str

    def start(self) -> None:
        """Begin watching; returns at once."""

    def status(self) -> CameraStatus:
        """Return how the stream is now; never blocks."""

    def device_state(self) -> DeviceState:
        """Return the same as the beat carries it; its code is that of the first fault."""

    def faults(self) -> list[FaultNow]:
        """Return what is wrong with the picture, the cause first; never blocks."""

    def thumbnail(self) -> Picture | None:
        """Return the newest picture of at most 20 kB of a fault's beginning, once: the caller keeps it."""

    def relearn(self) -> bool:
        """Take what is seen from now on as right; False when no process is there to be told."""

    def still(self, max_width_px: int, max_bytes: int, within_s: float) -> Picture | None:
        """Return what is seen now; blocks up to `within_s`, None when no picture can be had."""

    def find_card(self, reply_to: bytes, within_s: float) -> bytes | None:
        """Look for a 便民服务卡 and return its number sealed to this public key; blocks up to `within_s`.

        None when none is seen, when no process is there to look, or as soon as another one is asked for.
        """

    def close(self) -> None:
        """Stop within 2 s, killing the process if it must."""
