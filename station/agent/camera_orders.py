"""What an order to a camera asks for: a command in, the work to be done or the reason why not out. Pure."""

from collections.abc import Collection
from typing import Final, NamedTuple

from wire.orders import Command

NO_SUCH_CAMERA: Final = "E-CMD-01"
NO_PICTURE: Final = "E-CMD-02"
NONE_KEPT: Final = "E-CMD-03"
BUSY: Final = "E-CMD-04"
NOT_UNDERSTOOD: Final = "E-CMD-05"

CAMERA_COMMANDS: Final = frozenset({"relearn", "still", "thumbnail"})
DEFAULT_WIDTH_PX: Final = 1280
WIDTH_PX: Final = (64, 3840)


class RelearnView(NamedTuple):
    """What this camera sees is right from now on."""

    camera: str


class SendStill(NamedTuple):
    """A picture of what is seen now, at most so wide."""

    camera: str
    max_width_px: int


class SendThumbnail(NamedTuple):
    """The picture that was kept of this camera's last fault."""

    camera: str


class Refused(NamedTuple):
    """It cannot be done, and why."""

    code: str


Wanted = RelearnView | SendStill | SendThumbnail | Refused


def wanted(command: Command, cameras: Collection[str]) -> Wanted:
    """Return what `command` asks of this station's cameras; the only camera need not be named."""
    camera = command.arguments.get("camera", next(iter(cameras)) if len(cameras) == 1 else None)
    if not isinstance(camera, str) or camera not in cameras:
        return Refused(NO_SUCH_CAMERA)
    match command.name:
        case "relearn":
            return RelearnView(camera)
        case "thumbnail":
            return SendThumbnail(camera)
    width_px = command.arguments.get("max_width_px", DEFAULT_WIDTH_PX)
    if isinstance(width_px, bool) or not isinstance(width_px, int):
        return Refused(NOT_UNDERSTOOD)
    return SendStill(camera, min(max(width_px, WIDTH_PX[0]), WIDTH_PX[1]))
