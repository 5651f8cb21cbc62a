"""The earliest the time can be, on a machine whose clock begins anywhere: nothing expired is taken for valid by it."""

import datetime as dt
from pathlib import Path
from typing import Final

import station

_KEPT: Final = ("var/lib/systemd/timesync/clock", "usr/lib/clock-epoch")
"""Files whose time systemd keeps: when the clock was last right, and when it was built (systemd-timesyncd(8))."""


def earliest(root: Path, clock: dt.datetime) -> dt.datetime:
    """Return the later of `clock` and the newest file of this software and of what systemd keeps below `root`."""
    ours = Path(station.__file__).parent.glob("*.py")
    times = (_changed(path) for path in (*ours, *(root / one for one in _KEPT)))
    return max(clock, dt.datetime.fromtimestamp(max(times), dt.UTC))


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
