"""Whether this machine's clock can be right: what is dated by a wrong one is dead when a station sees it."""

import datetime as dt
from pathlib import Path

from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_VALIDATION
from wire.certificates import read_chain
from wire.errors import WireError


def refuse_wrong(folder: Path, now: dt.datetime) -> None:
    """Raise ProvisionError E-PRO-11 when the authority in `folder` does not count at `now`; without one, never.

    A laptop whose battery went flat says a year before its county was made: its labels and bundles would be over before
    anybody saw them.
    """
    try:
        root = read_chain((folder / "ca.crt").read_bytes()).leaf
    except (OSError, WireError):
        return
    since, until = root.not_valid_before_utc, root.not_valid_after_utc
    if not since <= now < until:
        raise ProvisionError(
            "E-PRO-11",
            f"this machine's clock says {now:%Y-%m-%d %H:%M}; the county's authority counts from {since:%Y-%m-%d} to "
            f"{until:%Y-%m-%d}: set the clock, then run it again 本机时间不对，请校准时间后再运行",
            EXIT_VALIDATION,
        )
