"""Pausing kiosk and agent while the doctor needs their devices; they always come back."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from station.doctor.ground import Ground
from station.doctor.trust import UNITS
from station.store.presence import somebody_is_there

RESCUE: Final = "cuncuntong-doctor-rescue"
RESCUE_S: Final = 900
"""Should this process be killed outright, systemd starts them again after so long."""
STOP_S: Final = 60.0
_ENDINGS: Final = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def paused(ground: Ground) -> Iterator[bool]:
    """Stop those units that run, give whether they are stopped, start them again whatever happens.

    Nobody is driven from the kiosk: while somebody is at it nothing is stopped.
    """
    if somebody_is_there(ground.state):
        ground.talk.tell("有人正在使用终端，不暂停界面", "somebody is at the kiosk: it is not paused")
        yield False
        return
    running = [unit for unit in UNITS if ground.program("systemctl", "is-active", unit) == "active"]
    if not running:
        yield True
        return
    names = " ".join(running)
    ground.talk.tell(f"暂停 {names}，查完自动恢复", f"pausing {names}; they come back by themselves")
    ground.program("systemd-run", f"--on-active={RESCUE_S}", f"--unit={RESCUE}", "systemctl", "start", *running)
    before = {sign: signal.signal(sign, _end) for sign in _ENDINGS}
    try:
        ground.program("systemctl", "stop", *running, within_s=STOP_S)
        yield True
    finally:
        ground.program("systemctl", "start", *running, within_s=STOP_S)
        ground.program("systemctl", "stop", f"{RESCUE}.timer")
        for sign, handler in before.items():
            signal.signal(sign, handler)
        ground.talk.tell(f"已恢复 {names}", f"{names} run again")


def _end(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
