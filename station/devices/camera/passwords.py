"""The address by which a camera is opened: the one place where its password is put in.

Whoever is given it neither logs it nor makes it an argument of a process.
"""

from pathlib import Path
from typing import Final

from station.devices.camera.codes import MEANINGS, NO_PASSWORD
from station.devices.camera.sources import with_password
from station.errors import DeviceError
from station.settings import CameraSettings

MAX_BYTES: Final = 256


def address_to_open(camera: CameraSettings, source: str) -> str:
    """Return `source`, one of the camera's addresses, with the password from its file where it has one.

    Raises DeviceError E-CAM-09 when the file cannot be read or is empty, or the address names no user.
    """
    if camera.password_file is None:
        return source
    try:
        with Path(camera.password_file).open("rb") as file:
            password = file.read(MAX_BYTES).decode("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        password = ""
    address = with_password(source, password) if password else None
    if address is None:
        raise DeviceError(NO_PASSWORD, MEANINGS[NO_PASSWORD])
    return address
