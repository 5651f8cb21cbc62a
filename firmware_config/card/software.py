"""Whether a system's image has the station's software in it: a plain system would start and do nothing.

Looked up in the image's second partition without mounting it (debugfs, of e2fsprogs); where that cannot tell, nothing
is said.
"""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from firmware_config.card.partitions import Partition
from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_VALIDATION

SOFTWARE: Final = "/opt/cuncuntong/current"
"""What the units start from (`station.layout`)."""


def refuse_plain_system(card: Path, found: Sequence[Partition]) -> None:
    """Refuse a card or image whose root partition surely has no station in it.

    Raises ProvisionError E-DISK-14.
    """
    answers = [_has_software(card, one) for one in found if not one.may_be_fat]
    if False in answers and True not in answers:
        raise ProvisionError(
            "E-DISK-14",
            f"the system has no {SOFTWARE}: a plain Raspberry Pi OS, not an image with the station's software "
            "镜像中没有站点软件，请使用含站点软件的系统镜像",
            EXIT_VALIDATION,
        )


def _has_software(card: Path, partition: Partition) -> bool | None:
    """Say whether the partition has it; None when it is no filesystem that can be looked into here."""
    try:
        ended = subprocess.run(
            ["debugfs", "-R", f"stat {SOFTWARE}", f"{card}?offset={partition.first_byte}"],
            capture_output=True,
            check=False,
            timeout=60,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    if b"Inode:" in ended.stdout:
        return True
    return False if b"File not found" in ended.stderr + ended.stdout else None
