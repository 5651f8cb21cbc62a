"""What a station's card must say to the operating system on it, whatever the system's format for that is (pure)."""

import hashlib
import re
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct, field

from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_VALIDATION
from firmware_config.inventory.entry import Os, StaticNetwork
from wire.scalars import StationId

OUR_FOLDER: Final = "cuncuntong"
"""On the card's FAT partition."""
FIRST_BOOT_UNIT: Final = "cuncuntong-firstboot.service"
SSH_KEY: Final = r"^(?:ssh-ed25519|ecdsa-sha2-nistp(?:256|384|521)|ssh-rsa|sk-ssh-ed25519@openssh\.com) [A-Za-z0-9+/=]+(?: [ -~]{0,120})?\Z"  # noqa: E501

UserName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]{0,30}\Z")]
SshKey = Annotated[str, Meta(pattern=SSH_KEY, max_length=2048)]
Package = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9.+-]{1,80}\Z")]


class CardSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """`<county>/card.toml`, if there is one: what holds for every card of the county."""

    user: UserName = "technician"
    """Logs in by key only; without a key nobody logs in."""
    ssh_keys: Annotated[list[SshKey], Meta(max_length=16)] = field(default_factory=list)
    """Public keys of whoever maintains the stations; with none the station has no SSH."""
    locale: Annotated[str, Meta(pattern=r"^[A-Za-z]{2,3}_[A-Z]{2}\.UTF-8\Z")] = "zh_CN.UTF-8"
    timezone: Annotated[str, Meta(pattern=r"^[A-Za-z_]{1,32}(?:/[A-Za-z0-9_+-]{1,32}){0,2}\Z")] = "Asia/Shanghai"
    wifi_country: Annotated[str, Meta(pattern=r"^[A-Z]{2}\Z")] = "CN"
    packages: Annotated[list[Package], Meta(max_length=64)] = field(default_factory=list)
    """To be fetched at first boot (Trixie only): for an image that lacks them, where the village has a line."""


class BootModel(Struct, frozen=True):
    """One station's card. It holds no secret: the FAT partition is open to whoever has the card."""

    station: StationId
    os: Os
    settings: CardSettings = field(default_factory=CardSettings)
    network: StaticNetwork | None = None
    """Of the cable; None asks by DHCP."""
    wifi: bool = False
    """Whether the radio is needed; the network's secret comes sealed in the bundle."""

    @property
    def hostname(self) -> str:
        """Return the machine's name in its network."""
        return f"cct-{self.station}"

    @property
    def instance(self) -> str:
        """Return cloud-init's name for this set-up: another set-up is another name, so that it is done again."""
        digest = hashlib.sha256(msgspec.json.encode(self, order="sorted")).hexdigest()
        return f"cuncuntong-{self.station}-{digest[:12]}"


def checked(model: BootModel) -> BootModel:
    """Return `model` when everything in it is of its kind: what goes into files that root reads is never free text.

    Raises ProvisionError E-BOOT-01.
    """
    try:
        return msgspec.convert(msgspec.to_builtins(model), BootModel, strict=True)
    except msgspec.ValidationError as error:
        raise ProvisionError(
            "E-BOOT-01", f"{model.station[:20]}: no card can be made of this 无法生成启动文件: {error}", EXIT_VALIDATION
        ) from None


_ISSUE = re.compile(r"reference (20[0-9]{2}-[0-9]{2}-[0-9]{2})")
_FIRST_TRIXIE = "2025-10-01"


def system_of(names: frozenset[str], cmdline: str, issue: str) -> Os | None:
    """Return which system's boot partition it is, by the names of its files, cmdline.txt and issue.txt; None: unknown.

    Raspberry Pi OS has cloud-init's seed files on it since Trixie, first given out on 2025-10-01.
    """
    if {"meta-data", "user-data"} & names or "ds=nocloud" in cmdline:
        return "trixie"
    dated = _ISSUE.search(issue)
    if dated is not None:
        return "trixie" if dated[1] >= _FIRST_TRIXIE else "bookworm"
    return None
