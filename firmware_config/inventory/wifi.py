"""The county's Wi-Fi secrets: owner-only files outside the inventory, opened only to be sealed into a bundle."""

import re
import uuid
from pathlib import Path
from urllib.parse import quote

from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_VALIDATION
from wire.durable import write_atomically

_SECRET = re.compile(r"[ -~]{8,63}|[0-9A-Fa-f]{64}")
"""IEEE 802.11, M.4: a pass phrase of 8 to 63 ASCII letters, or the 256-bit key in hex."""


def keep_secret(folder: Path, ssid: str, secret: str) -> bool:
    """Keep the secret of the network `ssid` in `<county>/secrets/wifi/`, for its owner alone; say whether it is new.

    Raises ProvisionError E-WIFI-01 (no name of a network) or E-WIFI-02 (no secret); neither repeats the secret.
    """
    if not 0 < len(ssid.encode()) <= 32 or not ssid.isprintable():
        raise ProvisionError("E-WIFI-01", "a network name has 1 to 32 bytes 无线名称为 1-32 字节", EXIT_VALIDATION)
    if _SECRET.fullmatch(secret) is None:
        raise ProvisionError(
            "E-WIFI-02", f"'{ssid}': a secret has 8 to 63 letters 无线口令应为 8 至 63 个字符", EXIT_VALIDATION
        )
    place = _file(folder, ssid)
    for made in (place.parent.parent, place.parent):
        made.mkdir(mode=0o700, parents=True, exist_ok=True)
    content = secret.encode("ascii") + b"\n"
    if place.is_file() and place.read_bytes() == content:
        return False
    write_atomically(place, content, mode=0o600)
    return True


def connection_of(folder: Path, code: str, ssid: str) -> bytes:
    """Return NetworkManager's keyfile for the station `code` in the network `ssid`.

    Raises ProvisionError E-WIFI-03 when the network's secret is not kept here.
    """
    try:
        secret = _file(folder, ssid).read_text("ascii").rstrip("\n")
    except (OSError, UnicodeDecodeError):
        raise ProvisionError(
            "E-WIFI-03",
            f"{code}: the secret of '{ssid}' is not kept here; give it by 'firmware-config station wifi' "
            "本机没有该无线网络的口令，请先用 station wifi 录入",
            EXIT_VALIDATION,
        ) from None
    # As a list of bytes a name needs no escaping, whatever stands in it; a secret's backslashes and first blank do.
    listed = "".join(f"{byte};" for byte in ssid.encode())
    escaped = re.sub(r"^ ", r"\\s", secret.replace("\\", "\\\\"))
    return f"""[connection]
id=cuncuntong
uuid={uuid.uuid5(uuid.NAMESPACE_DNS, f"{code}.cuncuntong")}
type=wifi
autoconnect-retries=0

[wifi]
mode=infrastructure
ssid={listed}

[wifi-security]
key-mgmt=wpa-psk
psk={escaped}

[ipv4]
method=auto

[ipv6]
method=auto
""".encode()


def is_kept(folder: Path, ssid: str) -> bool:
    """Say whether the secret of a network is kept here."""
    return _file(folder, ssid).is_file()


def _file(folder: Path, ssid: str) -> Path:
    return folder / "secrets" / "wifi" / quote(ssid, safe="").replace(".", "%2E")
