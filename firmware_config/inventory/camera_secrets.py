"""The passwords of the county's cameras: one for a user name in the whole county or a town, exceptions for one camera.

<county>/secrets/cameras/all/<user>                  whoever signs in by this name, anywhere
<county>/secrets/cameras/towns/<town>/<user>         in one town
<county>/secrets/cameras/stations/<code>/<camera>    this camera alone

Of those that fit a camera the narrowest counts.
"""

import re
from pathlib import Path
from typing import Final, NamedTuple

from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_VALIDATION
from firmware_config.inventory import secret_files
from firmware_config.inventory.entry import Entry
from station.devices.camera.sources import user_of
from station.settings import CameraSettings

_PASSWORD: Final = re.compile(r"[!-~](?:[ -~]{0,30}[!-~])?")
"""In ASCII, as cameras are typed on. FFmpeg takes 127 letters of name and password as they stand in an address, where
one may be three."""


class Scope(NamedTuple):
    """For which cameras a password is meant."""

    names: tuple[str, ...]

    @classmethod
    def of_county(cls, user: str) -> "Scope":
        """Return that of a user name, wherever it stands."""
        return cls(("cameras", "all", user))

    @classmethod
    def of_town(cls, town: str, user: str) -> "Scope":
        """Return that of a user name in one town."""
        return cls(("cameras", "towns", town, user))

    @classmethod
    def of_camera(cls, code: str, camera: str) -> "Scope":
        """Return that of one camera."""
        return cls(("cameras", "stations", code, camera))


def keep_password(folder: Path, scope: Scope, password: str) -> bool:
    """Keep a password, for its owner alone; say whether it is another than before.

    Raises ProvisionError E-PASS-01 when it is none; it is not repeated.
    """
    if _PASSWORD.fullmatch(password) is None:
        raise ProvisionError(
            "E-PASS-01",
            "a camera's password has 1 to 32 letters of ASCII 摄像机口令应为 1 至 32 个英文字符",
            EXIT_VALIDATION,
        )
    return secret_files.keep(folder, scope.names, password)


def scope_of(folder: Path, entry: Entry, camera: CameraSettings) -> Scope | None:
    """Return the narrowest scope of a camera of which a password is kept here; None while there is none."""
    user = user_of(camera.source) or ""
    scopes = (Scope.of_camera(entry.code, camera.name), Scope.of_town(entry.town, user), Scope.of_county(user))
    return next((scope for scope in scopes if secret_files.kept(folder, scope.names) is not None), None)


def password_of(folder: Path, entry: Entry, camera: CameraSettings) -> bytes:
    """Return a camera's password, as its file on the station has it.

    Raises ProvisionError E-PASS-02 when none is kept here.
    """
    scope = scope_of(folder, entry, camera)
    password = None if scope is None else secret_files.kept(folder, scope.names)
    if password is None:
        raise ProvisionError(
            "E-PASS-02",
            f"{entry.code}: the password of camera '{camera.name}' is not kept here; give it by 'firmware-config "
            "station camera-secret' 本机没有该摄像机的口令，请先用 station camera-secret 录入",
            EXIT_VALIDATION,
        )
    return f"{password}\n".encode()
