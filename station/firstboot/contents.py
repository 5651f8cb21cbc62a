"""Where each file of a station's bundle goes: the one rule, asked by whoever builds a bundle and by who installs it."""

import re
from pathlib import Path
from typing import Final

from station.layout import Layout

BUNDLE_FILE: Final = "station.ccb"
"""In the card's folder, and in `cuncuntong/` of a USB stick (there as `<station>.ccb`)."""
STATION: Final = "station/"
CA_FILE: Final = "station/ca.crt"
"""The county's authority: it must be the one that the bundle's signer leads to."""
SETTINGS_FILE: Final = "station/station.toml"
SEAL_FILE: Final = "station/seal.pub"
SEALED: Final = "sealed/"
"""Sealed by the label's token; opened on the station only."""
SECRETS: Final = "secrets/"
"""In the station's folder: what was opened, but for the Wi-Fi's, which NetworkManager has."""
WIFI_FILE: Final = "sealed/wifi.nmconnection"
_OPENED: Final = (
    (r"sealed/wifi\.nmconnection", "etc/NetworkManager/system-connections/cuncuntong.nmconnection"),
    (r"sealed/(camera-[A-Za-z0-9_.-]{1,32})", rf"{Layout(Path()).station}/{SECRETS}\1"),
)
"""Where what is sealed goes under the root, once it was opened; its owner's alone."""
_ETC: Final = "etc/"
_ETC_FOLDERS: Final = (
    "systemd/system/",
    "systemd/timesyncd.conf.d/",
    "systemd/journald.conf.d/",
    "systemd/system.conf.d/",
    "udev/rules.d/",
    "sysusers.d/",
    "tmpfiles.d/",
    "cuncuntong/",
)
_MADE_HERE: Final = ("state", "secrets", "station.crt", "station.key")
"""In the station's folder: what a station draws, learns or opens itself, no bundle brings."""


def target_of(path: str, layout: Layout) -> Path | None:
    """Return where a bundle's file `path` belongs, None when a bundle may not bring it.

    `path` is an archive's (`wire.archive.Path`: relative, without `.` and `..`).
    """
    if path.startswith(SEALED):
        places = (found.expand(to) for shape, to in _OPENED if (found := re.fullmatch(shape, path)))
        place = next(places, None)
        return None if place is None else layout.root / place
    if path.startswith(STATION):
        rest = path.removeprefix(STATION)
        return None if _hidden(rest) or rest.partition("/")[0] in _MADE_HERE else layout.station / rest
    rest = path.removeprefix(_ETC)
    if path.startswith(_ETC) and rest.startswith(_ETC_FOLDERS) and not _hidden(rest):
        target = layout.root / "etc" / rest
        return None if target == layout.etc / "ca.crt" else target  # trust is given once, by the label
    return None


def camera_file(name: str) -> str:
    """Return what the sealed password of the camera `name` is called in a bundle; opened it lies in SECRETS."""
    return f"{SEALED}camera-{name}"


def _hidden(path: str) -> bool:
    """Say whether a part of it begins with a dot: those are names of files half written."""
    return any(part.startswith(".") for part in path.split("/"))
