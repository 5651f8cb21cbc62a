"""Where the files of `systemd/` lie: beside the packages in a checkout, under `share/` of an installation."""

import sys
from pathlib import Path


def shipped_units() -> Path:
    """Return the folder of units, terminal file, sysusers, tmpfiles and udev rules."""
    beside = Path(__file__).parents[1] / "systemd"
    return beside if beside.is_dir() else Path(sys.prefix) / "share" / "cuncuntong" / "systemd"
