"""What the updater sees of agent and kiosk, and how it has them start anew."""

import contextlib
import subprocess
from pathlib import Path
from typing import Final

from station.clock import Clock
from station.errors import StationError
from station.store.handover import Told, read_told
from station.store.presence import agent_runs, kiosk_runs, somebody_is_there
from station.update.rules import Seen

AGENT_UNIT: Final = "cuncuntong-agent.service"
KIOSK_UNIT: Final = "cuncuntong-kiosk.service"
UPDATE_UNIT: Final = "cuncuntong-update.service"
SYSTEMCTL_WITHIN_S: Final = 60


class Systemd:
    """Starts agent and kiosk: the units of `systemd/`."""

    def restart(self) -> None:
        """Have both start anew, in one transaction: the screen is dark for one start, not two; returns before that.

        Raises StationError E-UPD-22 when nobody does.
        """
        try:
            _systemctl("reset-failed", AGENT_UNIT, KIOSK_UNIT)
            ran = _systemctl("restart", "--no-block", AGENT_UNIT, KIOSK_UNIT)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise StationError("E-UPD-22", f"systemctl: {error} 无法重启服务") from None
        if ran.returncode:
            raise StationError("E-UPD-22", f"systemctl: {ran.stderr.strip()[:200]} 无法重启服务")

    def go_on_after_boot(self) -> None:
        """Have what waits gone on with once the machine is up; without a systemd the next run does."""
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            _systemctl("start", "--no-block", UPDATE_UNIT)

    def agent(self) -> int | None:
        """Return the process id of an agent that has said it is ready (Type=notify), None while there is none."""
        return _main_pid(AGENT_UNIT)

    def kiosk(self) -> int | None:
        """Return that of the kiosk's service: the screen with the kiosk in it."""
        return _main_pid(KIOSK_UNIT)

    def starts(self) -> tuple[int, int]:
        """Return how often agent and kiosk ended by themselves and were started anew, counted up from anything."""
        return _number(AGENT_UNIT, "NRestarts"), _number(KIOSK_UNIT, "NRestarts")


def _main_pid(unit: str) -> int | None:
    return _number(unit, "MainPID") or None if _property(unit, "ActiveState") == "active" else None


def _number(unit: str, name: str) -> int:
    value = _property(unit, name)
    return int(value) if value.isdigit() else 0


def _property(unit: str, name: str) -> str:
    try:
        return _systemctl("show", f"--property={name}", "--value", unit).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return ""


def _systemctl(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemctl", *arguments], capture_output=True, text=True, check=False, timeout=SYSTEMCTL_WITHIN_S
    )


def busy(state: Path) -> bool:
    """Say whether somebody is at the kiosk, or a running agent has a call for help to send."""
    told = read_told(state)
    return somebody_is_there(state) or (agent_runs(state) and told is not None and told.calls)


def hub_answers(state: Path) -> bool:
    """Say whether a running agent has the hub's answer."""
    told = read_told(state)
    return agent_runs(state) and told is not None and told.online and told.kernel_boot == Clock().kernel_boot


def look(services: Systemd, state: Path, sequence: int | None) -> Seen:
    """Return how agent and kiosk stand; `sequence` is the release they should run, None one that does not say."""
    told = read_told(state) if agent_runs(state) else None
    agent_starts, kiosk_starts = services.starts()
    says = told is not None and told.release == sequence and told.kernel_boot == Clock().kernel_boot
    return Seen(
        agent=services.agent() if agent_runs(state) else None,
        kiosk=services.kiosk() if kiosk_runs(state) else None,
        says=says or sequence is None,
        welcomed=says and _welcomed(told),
        agent_starts=agent_starts,
        kiosk_starts=kiosk_starts,
    )


def _welcomed(told: Told | None) -> bool:
    return told is not None and told.online and told.welcomed_ms is not None
