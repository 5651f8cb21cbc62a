"""Camera, reader, screen and disk of a simulated station: they age by chance, or as a script says. Pure, seeded."""

from random import Random
from typing import Final

from station.clock import Stamp
from station.devices.camera.codes import NO_FRAMES, SLOW
from wire.life import CAMERA, DeviceState, StateWord
from wire.records import Body, CameraChange, CameraFault
from wire.video import FAULTS, FaultKind

CHANGES_PER_HOUR: Final = 0.2
AT_FIRST: Final[dict[FaultKind | None, float]] = {
    None: 96.0, "no_frames": 1.0, "covered": 0.7, "black": 0.5, "frozen": 0.4, "blur": 0.4, "moved": 0.4, "dark": 0.3,
    "no_signal": 0.3,
}  # fmt: skip
"""In a hundred; a county in good order has 98 % of its cameras well (2015, no. 996)."""
SLOW_SHARE: Final = 0.1
"""Of cameras with a fault: not the picture, pictures come too slowly."""


class Devices:
    """What the beat says of them, with figures that look measured."""

    def __init__(self, random: Random) -> None:
        """Draw how the devices are at first: most are well."""
        self._random = random
        self._fault = random.choices(list(AT_FIRST), list(AT_FIRST.values()))[0]
        self._slow = self._fault is not None and random.random() < SLOW_SHARE
        self._told: tuple[StateWord, FaultKind | None] = ("unknown", None)
        self._began_mono_ms = 0
        self._since_ms: int | None = None
        self._next_change_ms: float | None = None
        self._severity = round(random.uniform(0.1, 1), 2)
        self._free_bytes = random.uniform(6e9, 20e9)

    def suffer(self, fault: FaultKind | None) -> None:
        """Have this fault from now on, or none; `changes` tells it."""
        self._fault, self._slow = fault, False

    def changes(self, now: Stamp) -> list[Body]:
        """Return what is to be recorded since the last time."""
        per_ms = CHANGES_PER_HOUR / 3_600_000
        if self._next_change_ms is None:
            self._since_ms = now.at_ms
            self._next_change_ms = now.mono_ms + self._random.expovariate(per_ms)
        if now.mono_ms >= self._next_change_ms:
            self._next_change_ms += self._random.expovariate(per_ms)
            self._drift()
        return self._tell(now)

    def states(self) -> list[DeviceState]:
        """Return every device for the beat."""
        self._free_bytes -= self._random.uniform(0, 20_000)
        return [
            DeviceState(f"{CAMERA}main", self._state(), self._since_ms, self._code(), self._measures()),
            DeviceState("reader", "ok", self._since_ms),
            DeviceState("screen", "ok", self._since_ms),
            DeviceState("disk", "ok", self._since_ms, None, {"free_bytes": round(self._free_bytes)}),
        ]

    def _drift(self) -> None:
        if self._fault is not None:
            self.suffer(None)
            return
        kinds = [kind for kind in AT_FIRST if kind is not None]
        self._fault = self._random.choices(kinds, [AT_FIRST[kind] for kind in kinds])[0]
        self._slow = self._random.random() < SLOW_SHARE
        self._severity = round(self._random.uniform(0.1, 1), 2)

    def _tell(self, now: Stamp) -> list[Body]:
        was_state, was_fault = self._told
        state, fault = self._state(), None if self._slow else self._fault
        self._told = (state, fault)
        bodies: list[Body] = []
        if (state, fault) != (was_state, was_fault):
            self._since_ms = now.at_ms
        if state != was_state:
            bodies.append(CameraChange("main", was_state, state, self._measures()))
        if fault != was_fault and was_fault is not None:
            lasted_ms = max(0, now.mono_ms - self._began_mono_ms)
            bodies.append(CameraFault("main", was_fault, "cleared", self._severity, 0.9, lasted_ms))
        if fault != was_fault and fault is not None:
            self._began_mono_ms = now.mono_ms
            bodies.append(CameraFault("main", fault, "raised", self._severity, 0.9, 0))
        return bodies

    def _state(self) -> StateWord:
        if self._fault is None:
            return "ok"
        return "failed" if FAULTS[self._fault].blind and not self._slow else "degraded"

    def _code(self) -> str | None:
        if self._fault is None:
            return None
        if self._slow:
            return SLOW
        return NO_FRAMES if self._fault == "no_frames" else FAULTS[self._fault].code

    def _measures(self) -> dict[str, float]:
        if self._fault == "no_frames" and not self._slow:
            return {"frames_per_s": 0.0, "reconnects": float(self._random.randint(1, 40))}
        frames_per_s = self._random.uniform(2, 6) if self._slow else self._random.gauss(14.9, 0.15)
        return {
            "frames_per_s": round(frames_per_s, 1),
            "width_px": 1280.0,
            "height_px": 720.0,
            "last_frame_age_ms": float(self._random.randint(5, 90)),
        }
