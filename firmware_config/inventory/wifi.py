"""The county's Wi-Fi secrets, `<county>/secrets/wifi/<network>`, opened only to be sealed into a bundle."""

import re
import uuid
from pathlib import Path

from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_VALIDATION
from firmware_config.inventory import secret_files

_SECRET = re.compile(r"[ -~]{8,63}|[0-9A-Fa-f]{64}")
"""IEEE 802.11, M.4: a pass phrase of 8 to 63 ASCII letters, or the 256-bit key in hex."""


def keep_secret(folder: Path, ssid: str, secret: str) -> bool:
    """Keep the secret of the network `ssid`, for its owner alone; say whether it is another than before.

    Raises ProvisionError E-WIFI-01 (no name of a network) or E-WIFI-02 (no secret); neither repeats the secret.
    """
    if not 0 < len(ssid.encode()) <= 32 or not ssid.isprintable():
        raise ProvisionError("E-WIFI-01", "a network name has 1 to 32 bytes 无线名称为 1-32 字节", EXIT_VALIDATION)
    if _SECRET.fullmatch(secret) is None:
        raise ProvisionError(
            "E-WIFI-02", f"'{ssid}': a secret has 8 to 63 letters 无线口令应为 8 至 63 个字符", EXIT_VALIDATION
        )
    return secret_files.keep(folder, ("wifi", ssid), secret)


def connection_of(folder: Path, code: str, ssid: str) -> bytes:
    """Return NetworkManager's keyfile for the station `code` in the network `ssid`.

    Raises ProvisionError E-WIFI-03 when the network's secret is not kept here.
    """
    secret = secret_files.kept(folder, ("wifi", ssid))
    if secret is None:
        raise ProvisionError(
            "E-WIFI-03",
            f"{code}: the secret of '{ssid}' is not kept here; give it by 'firmware-config station wifi' "
            "本机没有该无线网络的口令，请先用 station wifi 录入",
            EXIT_VALIDATION,
        )
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
    return secret_files.kept(folder, ("wifi", ssid)) is not None
