"""What was chosen for a county's host, and what was rendered of it: kept beside the county, so it is asked once."""

import ipaddress
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct, field

from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_VALIDATION
from firmware_config.identity.issuing import HOST_NAME
from hub.settings import Settings
from wire.durable import write_atomically
from wire.settings import load_settings

FILE: Final = "host.json"
Port = Annotated[int, Meta(ge=1, le=65535)]


class Choices(Struct, frozen=True):
    """What makes one county's host another than the next."""

    county_name: str
    hosts: Annotated[list[str], Meta(min_length=1)]
    """Names and addresses by which stations reach broker and hub; the first is what their settings say."""
    mqtt_port: Port = 8883
    web_port: Port = 8080
    web_listen: str = "127.0.0.1"
    probe_port: Port = 8620
    backup: str | None = None
    """Folder of the nightly backups."""


def checked(choices: Choices) -> Choices:
    """Return `choices` when a centre can be reached and run so: nothing was made yet that would have to go again.

    A name whose last part is a number would be an address (RFC 3696, 2). Raises ProvisionError E-HOST-07.
    """
    wrong = [f"--host {host!r}" for host in choices.hosts if not _reaches(host)]
    if not _reaches(choices.web_listen):
        wrong.append(f"--web-listen {choices.web_listen!r}")
    if choices.mqtt_port == choices.web_port:
        wrong.append(f"--mqtt-port --web-port {choices.web_port}")
    if wrong:
        what = f"{', '.join(wrong)}: no name or address, or one port for two; nothing was changed"
        raise ProvisionError("E-HOST-07", f"{what} 不是名称或地址，或端口重复；未作任何更改", EXIT_VALIDATION)
    return choices


def _reaches(host: str) -> bool:
    return _is_address(host) or (HOST_NAME.fullmatch(host) is not None and not host.rpartition(".")[2].isdigit())


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


class Record(Struct, frozen=True):
    """Choices, and the digest of each file as it was last rendered."""

    choices: Choices
    rendered: dict[str, str] = field(default_factory=dict)


def read_record(folder: Path) -> Record | None:
    """Return what is remembered of the county in `folder`; of one made before this file, what its settings say.

    None where there is no county. Raises ProvisionError E-HOST-06 when the record cannot be read, SettingsError.
    """
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=Record)
    except (FileNotFoundError, NotADirectoryError):
        pass
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ProvisionError(
            "E-HOST-06",
            f"{folder / FILE}: cannot be read; remove it and run this again 无法读取，删去后重新运行: {error}",
            EXIT_VALIDATION,
        ) from None
    if not (folder / "hub" / "hub.toml").exists():
        return None
    settings = load_settings(folder / "hub" / "hub.toml", Settings)
    return Record(
        Choices(
            settings.county_name,
            [settings.broker.host],
            settings.broker.port,
            settings.web.port,
            settings.web.host,
            settings.probe.port,
            settings.backup.folder,
        )
    )


def write_record(folder: Path, record: Record) -> None:
    """Remember it. Raises OSError."""
    write_atomically(folder / FILE, msgspec.json.format(msgspec.json.encode(record)) + b"\n", mode=0o600)
