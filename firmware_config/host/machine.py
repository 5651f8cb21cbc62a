"""The centre's own machine: users and folders, its first administrator; each by the program whose task that is."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final, NamedTuple

from firmware_config.errors import ProvisionError
from firmware_config.host.laying import Host
from firmware_config.host.rendering import ENABLED, TIMERS

USER: Final = "cuncuntong-hub"
BY: Final = "firmware-config hub init"


class Administrator(NamedTuple):
    """The first account; all others are made on the administration's pages."""

    name: str
    full_name: str
    unit: str
    ask: bool
    """The person types a password; else one is made, printed once, and good for one sign-in."""


def settling(host: Host) -> list[list[str]]:
    """Return the commands that give users, owners and units to the files of the centre's own machine."""
    if host.root is None:
        return []
    return [
        ["systemd-sysusers", "/etc/sysusers.d/cuncuntong-hub.conf"],
        ["systemd-tmpfiles", "--create", "/etc/tmpfiles.d/cuncuntong-hub.conf"],
        ["systemctl", "daemon-reload"],
    ]


def enabling() -> list[str]:
    """Return what a person runs to have everything start, now and with the machine.

    Debian starts its broker as soon as that is installed; what runs already, `enable --now` would leave as it is.
    """
    return [
        "systemctl restart mosquitto.service",
        f"systemctl enable --now {' '.join(ENABLED)}",
        f"systemctl enable --now {' '.join(TIMERS)}",
    ]


def is_here(host: Host) -> bool:
    """Say whether this is that machine, and we may change it."""
    return host.root == Path("/") and os.geteuid() == 0


def settle(host: Host) -> list[str]:
    """Run `settling` where this is that machine; return what failed, as lines."""
    failed = []
    for command in settling(host) if is_here(host) else []:
        if shutil.which(command[0]) is None:
            failed.append(f"{command[0]}: not installed 未安装")
            continue
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        if run.returncode:
            failed.append(f"{' '.join(command)}: {(run.stderr.strip().splitlines() or ['?'])[-1][:200]}")
    return failed


def make_administrator(host: Host, who: Administrator) -> bool:
    """Have `hub user add` make the account, unless there is one; say whether it was made.

    The password goes from that command straight to the terminal: it is in no argument, no variable of ours and no log.

    Raises ProvisionError E-HOST-04 when the hub's command refuses.
    """
    listed = _hub(host, ["user", "list", "--json"], capture=True)
    if listed.returncode == 0 and json.loads(listed.stdout):
        return False
    command = ["user", "add", who.name, "--full-name", who.full_name, "--unit", who.unit, "--role", "administrator"]
    made = _hub(host, [*command, "--by", BY, *(["--ask"] if who.ask else [])], capture=False)
    if made.returncode:
        raise ProvisionError("E-HOST-04", "the administrator was not made; see above 未能新建管理员，原因见上", 1)
    return True


def _hub(host: Host, words: list[str], *, capture: bool) -> subprocess.CompletedProcess[str]:
    """Run one of the hub's commands; on the centre's own machine as the hub's user, who then owns what it writes."""
    command = [str(Path(sys.executable).parent / "hub"), *words, "--config", str(host.folder / "hub" / "hub.toml")]
    if is_here(host):
        command = ["runuser", "-u", USER, "--", *command]
    sys.stdout.flush()
    return subprocess.run(command, stdout=subprocess.PIPE if capture else None, text=True, check=False)
