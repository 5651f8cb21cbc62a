"""What every camera is to the rest of the station."""

from typing import NamedTuple, Protocol

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
        """Return the same as the beat carries it."""

    def close(self) -> None:
        """Stop within 2 s, killing the process if it must."""
