"""Time on a machine without a clock battery: a count that always runs, and a date only when it can be trusted."""

import ctypes
import os
import time
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Final, NamedTuple

CHINA: Final = timezone(timedelta(hours=8))
BOOT_ID: Final = "CUNCUNTONG_BOOT_ID"
"""By it the agent's unit hands in what systemd calls %b: there the kernel's own file is hidden (ProcSubset=pid)."""
TIMESYNC: Final = Path("/run/systemd/timesync/synchronized")
"""systemd-timesyncd makes it once it has set the clock; gone with the power (systemd-timesyncd.service(8))."""
TIME_ERROR = 5
"""adjtimex(2): the kernel's clock is not synchronised."""


class Stamp(NamedTuple):
    """When something happened: always on the running count, dated only while the clock is trusted."""

    at_ms: int | None
    mono_ms: int
    kernel_boot: str


class Clock:
    """Dates by the kernel's clock once that is synchronised, else by what the hub said its time was."""

    def __init__(self) -> None:
        """Start undated."""
        self.kernel_boot = kernel_boot_id()
        self.mono_to_utc_ms: int | None = None

    def learn(self, mono_to_utc_ms: int) -> None:
        """Take the hub's time: UTC minus the running count, in ms."""
        self.mono_to_utc_ms = mono_to_utc_ms

    def now(self) -> Stamp:
        """Return this instant."""
        mono_ms = time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
        if _kernel_clock_synchronised():
            return Stamp(time.time_ns() // 1_000_000, mono_ms, self.kernel_boot)
        if self.mono_to_utc_ms is not None:
            return Stamp(mono_ms + self.mono_to_utc_ms, mono_ms, self.kernel_boot)
        return Stamp(None, mono_ms, self.kernel_boot)

    def today(self) -> date | None:
        """Return the day in China; None while the time is not trusted."""
        at_ms = self.now().at_ms
        return None if at_ms is None else datetime.fromtimestamp(at_ms / 1000, CHINA).date()


def kernel_boot_id() -> str:
    """Return 16 hex digits that name this life of the kernel."""
    given = os.environ.get(BOOT_ID) or Path("/proc/sys/kernel/random/boot_id").read_text("ascii")
    return given.replace("-", "")[:16]


def _kernel_clock_synchronised() -> bool:
    timex = ctypes.create_string_buffer(512)  # struct timex, modes = 0: read only
    state = int(_libc.adjtimex(timex))
    if state < 0:  # the agent's unit forbids whatever could set a clock, and this with it (ProtectClock=)
        return TIMESYNC.exists()
    return state < TIME_ERROR


_libc = ctypes.CDLL(None)
