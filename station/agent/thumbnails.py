"""One sealed picture of each camera's last fault, on this disk until the county asks for it or its time is up."""

import logging
from contextlib import suppress
from pathlib import Path
from typing import Final
from urllib.parse import quote

from msgspec import Struct
from msgspec.structs import replace

from station.clock import Stamp
from wire.codec import decode, encode
from wire.durable import write_atomically
from wire.errors import WireError
from wire.orders import SealedPicture
from wire.scalars import Key

KEPT_MS: Final = 7 * 86_400_000
CANNOT_KEEP: Final = "E-AGENT-04"
ENDING: Final = ".sealed"

logger = logging.getLogger(__name__)


class Thumbnail(Struct, frozen=True):
    """A picture that only the hub can read, and when it was taken."""

    picture: SealedPicture
    taken_mono_ms: int
    """On the running count of `kernel_boot`: it is dated by it once the time is known."""
    kernel_boot: Key


def reviewed(kept: Thumbnail, now: Stamp) -> Thumbnail | None:
    """Return it, dated if it can be; None when its time is up, or nobody can say any more when it was taken. Pure."""
    taken_ms = kept.picture.taken_ms
    if kept.kernel_boot == now.kernel_boot:
        age_ms = now.mono_ms - kept.taken_mono_ms
        if age_ms >= KEPT_MS:
            return None
        if taken_ms is None and now.at_ms is not None:
            return replace(kept, picture=replace(kept.picture, taken_ms=max(0, now.at_ms - age_ms)))
        return kept
    if taken_ms is None:
        return None
    return kept if now.at_ms is None or now.at_ms - taken_ms < KEPT_MS else None


def file_name(camera: str, ending: str) -> str:
    """Return a file's name for a camera of any name: no two the same, none that leads out of its folder."""
    return quote(camera, safe="").replace(".", "%2E") + ending


class Thumbnails:
    """The folder of them; used by one thread."""

    def __init__(self, folder: Path) -> None:
        """Take the folder; it is made with the first picture."""
        self._folder = folder
        self._in_trouble = False

    def keep(self, thumbnail: Thumbnail) -> None:
        """Put it in the place of the camera's one before; a disk that does not take it is told once."""
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            write_atomically(self._path(thumbnail.picture.camera), encode(thumbnail), mode=0o600)
        except OSError as error:
            if not self._in_trouble:
                logger.warning("%s no picture kept of a fault 故障画面无法保存: %s", CANNOT_KEEP, error.strerror)
            self._in_trouble = True
        else:
            self._in_trouble = False

    def get(self, camera: str, now: Stamp) -> SealedPicture | None:
        """Return what is kept of this camera."""
        kept = _read(self._path(camera))
        right = None if kept is None else reviewed(kept, now)
        return None if right is None else right.picture

    def review(self, now: Stamp) -> None:
        """Date what can be dated; delete what has lain here for its time, and what is no thumbnail or half of one."""
        for path in list(self._folder.glob("*")):
            kept = _read(path) if path.suffix == ENDING else None
            right = None if kept is None else reviewed(kept, now)
            if right is None:
                with suppress(OSError):
                    path.unlink()
            elif right != kept:
                self.keep(right)

    def _path(self, camera: str) -> Path:
        return self._folder / file_name(camera, ENDING)


def _read(path: Path) -> Thumbnail | None:
    try:
        return decode(path.read_bytes(), Thumbnail)
    except (OSError, WireError):
        return None
