"""cloud-init's NoCloud seed for Raspberry Pi OS Trixie: user-data, network-config, meta-data (pure).

They are JSON, which is YAML: every string is quoted, so nothing can be misread (`no`, `2026-01-01`, a leading zero),
and no library is needed to write it. Form: docs.cloud-init.io, modules and network-config version 2.
"""

import json
from typing import Final

from firmware_config.boot.model import FIRST_BOOT_UNIT, BootModel
from firmware_config.boot.root_partition import FILES, FSTAB, MAY

MARK: Final = "# cuncuntong: rendered by firmware-config 由配置工具生成"


def user_data(model: BootModel) -> bytes:
    """Return `user-data`: host, locale, the technician's user, what the root partition needs, our first-boot unit.

    `user` in the singular changes the image's own first user instead of adding one. It has no password; with a key it
    may run `station` as root, without one nobody but the units is root.
    """
    settings = model.settings
    user: dict[str, object] = {
        "name": settings.user,
        "gecos": "station technician",
        "shell": "/bin/bash",
        "lock_passwd": True,
        "sudo": None,
    }
    if settings.ssh_keys:
        user |= {"ssh_authorized_keys": list(settings.ssh_keys), "sudo": MAY}
    content: dict[str, object] = {
        "hostname": model.hostname,
        "manage_etc_hosts": True,
        "locale": settings.locale,
        "timezone": settings.timezone,
        "user": user,
        "ssh_pwauth": False,
        "disable_root": True,
        "package_update": bool(settings.packages),
        "write_files": [
            {"path": path, "content": text, "owner": "root:root", "permissions": "0644"} for path, text in FILES.items()
        ],
        "runcmd": _commands(model),
    }
    if settings.packages:
        content["packages"] = list(settings.packages)
    return _yaml(content, first="#cloud-config")


def network_config(model: BootModel) -> bytes:
    """Return `network-config`, version 2: the cable. Wi-Fi is not in it, for its secret would lie open on the card."""
    cable: dict[str, object] = {"optional": True, "dhcp4": model.network is None}
    if model.network is not None:
        cable["addresses"] = [model.network.address]
        cable["routes"] = [{"to": "default", "via": model.network.gateway}]
        if model.network.dns:
            cable["nameservers"] = {"addresses": list(model.network.dns)}
    return _yaml({"network": {"version": 2, "ethernets": {"eth0": cable}}})


def meta_data(model: BootModel) -> bytes:
    """Return `meta-data`; the kernel's `ds=nocloud;i=…` says the same instance and has the last word."""
    return _yaml({"instance-id": model.instance, "local-hostname": model.hostname, "dsmode": "local"})


def _commands(model: BootModel) -> list[list[str]]:
    """Return what root runs at the end of first boot, each without a shell of its own to misread it."""
    commands = [["sed", "-i", "-E", FSTAB, "/etc/fstab"], ["systemctl", "restart", "systemd-journald.service"]]
    # The wizard that asks for a first user would stand before the kiosk; where there is none, nothing is lost.
    commands.append(["systemctl", "disable", "--now", "userconfig.service"])
    if model.wifi:
        commands.append(["rfkill", "unblock", "wifi"])
    if model.settings.ssh_keys:
        commands.append(["systemctl", "enable", "--now", "ssh.service"])
    return [*commands, ["systemctl", "enable", "--now", "--no-block", FIRST_BOOT_UNIT]]


def _yaml(content: dict[str, object], *, first: str = "") -> bytes:
    head = f"{first}\n{MARK}\n" if first else f"{MARK}\n"
    return (head + json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()
