"""What is in a station's bundle: every file by its path, from the entry, the county's settings and what we ship."""

import re
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from firmware_config.bundle.settings import Addresses
from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_VALIDATION
from firmware_config.inventory.entry import Entry, Os, Panel
from firmware_config.toml import to_toml
from station.devices.camera.sources import user_of
from station.firstboot.contents import CA_FILE, SEAL_FILE, SEALED, SECRETS, SETTINGS_FILE, camera_file, target_of
from station.layout import Layout
from station.settings import BrokerSettings, CameraSettings, HubSettings, KioskSettings, Settings
from wire.settings import parse_settings

FOOT_FILE: Final = "station/foot.ini"
STATIONS_UNITS: Final = ("agent", "kiosk", "firstboot", "setup", "stick@", "update")
"""What the names of a station's units begin with after `cuncuntong-`; the other units are the county centre's."""
_SHIPPED_FOOT: Final = "/opt/cuncuntong/current/share/cuncuntong/systemd/foot.ini"
_FONT_PX: Final[dict[Panel, tuple[int, int]]] = {
    "1024x600": (24, 30),
    "800x480": (18, 24),
    "1280x800": (30, 40),
    "1920x1080": (44, 54),
}
"""Size of signs and of lines: each panel shows the kiosk's 85 by 20 cells at least; a cell is half a sign wide."""
_WATCHDOG_S: Final[dict[Os, int]] = {"bookworm": 15, "trixie": 60}
"""The Pi's watchdog counts to 15 s at most below kernel 6.8; from it on the driver goes further."""


class Shipped:
    """The files of `systemd/`, read once for all bundles."""

    def __init__(self, folder: Path) -> None:
        """Read what a station needs from `folder` (`firmware_config.shipped`).

        Raises ProvisionError E-BUN-02 when it is not all there.
        """
        try:
            self.foot = (folder / "foot.ini").read_text("utf-8")
            self.files = {
                f"etc/{target}/{path.name}": path.read_bytes()
                for place, target in (
                    ("sysusers.d", "sysusers.d"),
                    ("tmpfiles.d", "tmpfiles.d"),
                    ("udev", "udev/rules.d"),
                )
                for path in sorted((folder / place).iterdir())
                if "-hub" not in path.name
            }
            units = [path for path in sorted(folder.glob("cuncuntong-*.*")) if _is_stations(path.name)]
            self.files |= {f"etc/systemd/system/{path.name}": path.read_bytes() for path in units}
        except OSError as error:
            raise ProvisionError(
                "E-BUN-02", f"{folder}: what a bundle is made of is missing 缺少随软件提供的文件: {error.strerror}"
            ) from None
        if not units:
            raise ProvisionError("E-BUN-02", f"{folder}: no units 缺少随软件提供的服务文件")
        foot = Layout().station / "foot.ini"
        for name in ("cuncuntong-kiosk.service", "cuncuntong-setup.service"):
            unit = f"etc/systemd/system/{name}"
            if unit in self.files:  # the terminal file of its own panel, not the one for all
                self.files[unit] = self.files[unit].replace(_SHIPPED_FOOT.encode(), str(foot).encode())


def files_of(entry: Entry, addresses: Addresses, shipped: Shipped, ca: bytes, seal_key: bytes) -> dict[str, bytes]:
    """Return the bundle's files by path: settings that the station's own parser has read, and nothing secret in clear.

    Raises SettingsError for a value that the station would refuse, ProvisionError E-BUN-03 when a secret of it is not
    sealed yet, E-BUN-04 for a file that no station would take.
    """
    if entry.lacks_secrets:
        raise ProvisionError(
            "E-BUN-03",
            f"{entry.code}: a password of its Wi-Fi or cameras is not sealed yet: mint its label first "
            "无线或摄像机口令尚未封装，请先制作标签",
            EXIT_VALIDATION,
        )
    files = {
        **shipped.files,
        SETTINGS_FILE: settings_of(entry, addresses).encode(),
        CA_FILE: ca,
        SEAL_FILE: seal_key,
        FOOT_FILE: foot_for(shipped.foot, entry.panel).encode(),
        "etc/systemd/timesyncd.conf.d/cuncuntong.conf": _time(addresses).encode(),
        "etc/systemd/journald.conf.d/cuncuntong.conf": _JOURNAL.encode(),
        "etc/systemd/system.conf.d/cuncuntong.conf": _manager(entry).encode(),
    }
    files |= {one.path: one.box for one in entry.sealed if one.path in entry.secrets}
    foreign = [path for path in files if target_of(path, Layout()) is None]
    if foreign:
        raise ProvisionError("E-BUN-04", f"{foreign[0]}: no station takes such a file 站点不接受此文件")
    return files


def settings_of(entry: Entry, addresses: Addresses) -> str:
    """Return `station.toml`. Raises SettingsError for a value that the station would refuse."""
    settings = Settings(
        station=entry.code,
        name=entry.name,
        town=entry.town,
        state_dir="state",
        seal_key_file="seal.pub",
        broker=BrokerSettings(addresses.broker, "ca.crt", "station.crt", "station.key", addresses.mqtt_port),
        hub=HubSettings(addresses.hub_url),
        cameras=[_with_password_file(one) for one in entry.cameras],
        reader=entry.reader,
        kiosk=KioskSettings(language=addresses.language, printer=entry.printer, staff_pin_file="staff.pin"),
    )
    text = to_toml(settings)
    parse_settings(text, Settings, Layout().station / "station.toml")
    return text


def _with_password_file(camera: CameraSettings) -> CameraSettings:
    if user_of(camera.source) is None:
        return camera
    return replace(camera, password_file=SECRETS + camera_file(camera.name).removeprefix(SEALED))


def foot_for(shipped: str, panel: Panel) -> str:
    """Return the terminal's file for the size of a panel."""
    font, line = _FONT_PX[panel]
    text = re.sub(r"(?<=:pixelsize=)\d+", str(font), shipped)
    text = re.sub(r"(?m)^line-height=\d+px$", f"line-height={line}px", text)
    return re.sub(r"(?m)^vertical-letter-offset=-\d+px$", f"vertical-letter-offset=-{round(font / 8)}px", text)


_JOURNAL: Final = """# In memory only: a card does not last if every line is written to it.
[Journal]
Storage=volatile
RuntimeMaxUse=32M
"""


def _time(addresses: Addresses) -> str:
    return f"[Time]\nNTP={' '.join(addresses.time_servers)}\nFallbackNTP={' '.join(addresses.fallback_time_servers)}\n"


def _manager(entry: Entry) -> str:
    return f"[Manager]\nRuntimeWatchdogSec={_WATCHDOG_S[entry.os]}s\n"


def _is_stations(name: str) -> bool:
    return name.removeprefix("cuncuntong-").startswith(STATIONS_UNITS)
