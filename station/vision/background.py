"""How a camera's picture is when all is well, learnt from its own looks; one for day, one for infrared."""

from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from station.vision.features import ACROSS, DOWN, HALF, HEIGHT, WIDTH, Blocks, Features
from station.vision.limits import FORGET_S
from wire.video import Light

VERSION: Final = 2
SHAPES: Final[dict[str, tuple[int, ...]]] = {
    "half": (HALF[1], HALF[0]),
    "dx": (HALF[1], HALF[0]),
    "dy": (HALF[1], HALF[0]),
    "luma": (DOWN, ACROSS),
    "energy": (DOWN, ACROSS),
    "fine": (DOWN, ACROSS),
    "grain": (DOWN, ACROSS),
    "red": (DOWN, ACROSS),
    "blue": (DOWN, ACROSS),
    "rows": (2, HEIGHT),
    "columns": (2, WIDTH),
}


class _Stored(msgspec.Struct, frozen=True):
    learnt_s: float
    worst: dict[str, float]
    stillest: float
    planes: dict[str, bytes]


class _File(msgspec.Struct, frozen=True):
    version: int
    lights: dict[Light, _Stored]


class Base:
    """The background under one light."""

    def __init__(self) -> None:
        """Know nothing."""
        self.planes: dict[str, NDArray[np.float32]] = {}
        self.learnt_s = 0.0
        self.looks = 0
        self.worst: dict[str, float] = {}
        """Worst score of each kind while learning."""
        self.stillest = 255.0

    def take(self, seen: Features, grain: Blocks, passed_s: float) -> None:
        """Learn from one good look and the grain since the last, after this much time."""
        self.looks += 1
        self.learnt_s += passed_s
        weight = max(1 / self.looks, min(0.2, passed_s / FORGET_S))
        # A darker evening has weaker gradients of the same shape: they are learnt at the strength of the first.
        for name in SHAPES:
            value: NDArray[np.float32] = grain if name == "grain" else getattr(seen, name)
            known = self.planes.get(name)
            self.planes[name] = value.copy() if known is None else known + np.float32(weight) * (value - known)

    def plane(self, name: str) -> NDArray[np.float32]:
        """Return one learnt plane."""
        return self.planes[name]

    @property
    def known(self) -> bool:
        """Say whether anything was learnt."""
        return bool(self.planes)


class Backgrounds:
    """What was learnt of one camera under both lights."""

    def __init__(self) -> None:
        """Know nothing."""
        self.lights: dict[Light, Base] = {"day": Base(), "infrared": Base()}

    def to_bytes(self) -> bytes:
        """Return all that was learnt, some 200 kB."""
        stored = {
            light: _Stored(
                base.learnt_s,
                base.worst,
                base.stillest,
                {name: plane.astype("<f2").tobytes() for name, plane in base.planes.items()},
            )
            for light, base in self.lights.items()
            if base.known
        }
        return msgspec.msgpack.encode(_File(VERSION, stored))

    @classmethod
    def from_bytes(cls, data: bytes) -> "Backgrounds":
        """Return what was stored.

        Raises ValueError when it is damaged or of another version: learn anew.
        """
        try:
            file = msgspec.msgpack.decode(data, type=_File)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ValueError("not a background") from error
        if file.version != VERSION:
            raise ValueError(f"a background of version {file.version}")
        found = cls()
        for light, stored in file.lights.items():
            base = found.lights[light]
            for name, shape in SHAPES.items():
                plane = np.frombuffer(stored.planes.get(name, b""), "<f2").astype(np.float32)
                if plane.size != np.prod(shape) or not np.isfinite(plane).all():
                    raise ValueError("a damaged background")
                base.planes[name] = plane.reshape(shape)
            base.learnt_s, base.worst, base.stillest = stored.learnt_s, dict(stored.worst), stored.stillest
            base.looks = 1000
        return found
