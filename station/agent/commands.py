"""What a command of the hub does here."""

import os
import resource
import shutil
import time
from typing import NamedTuple

from station.agent.camera_desk import CameraDesk
from station.agent.camera_orders import CAMERA_COMMANDS
from station.agent.line_desk import LineDesk
from station.agent.line_orders import LINE_COMMANDS
from station.agent.updates import UPDATE_COMMANDS, UpdateDesk
from station.errors import StationError
from station.store.spool import Spool
from wire.orders import Answer, Command


class Executed(NamedTuple):
    """The answer, None while it is still to come, and whether the agent must end once it is on its way."""

    answer: Answer | None
    stop: bool = False


def execute(command: Command, spool: Spool, cameras: CameraDesk, line: LineDesk, updates: UpdateDesk) -> Executed:
    """Claim `command` durably, then do it: at most once, whatever dies in between."""
    try:
        if not spool.claim_command(command.id, command.expires_ms):
            return Executed(Answer(command.id, "repeated"))
    except StationError as error:
        # Not claimed is not executed: a restart must not execute it a second time.
        return Executed(Answer(command.id, "failed", note=error.code))
    match command.name:
        case "ping":
            return Executed(Answer(command.id, "done", measures=_measures(spool)))
        case "restart":
            return Executed(Answer(command.id, "done"), stop=True)
        case name if name in CAMERA_COMMANDS | LINE_COMMANDS | UPDATE_COMMANDS:
            line_or_software = line if name in LINE_COMMANDS else updates
            desk = cameras if name in CAMERA_COMMANDS else line_or_software
            return Executed(desk.carry_out(command))
    return Executed(Answer(command.id, "unknown_command"))


def _measures(spool: Spool) -> dict[str, float]:
    depth = spool.depth()
    return {
        "up_s": round(time.clock_gettime(time.CLOCK_BOOTTIME), 1),
        "load_1m": round(os.getloadavg()[0], 2),
        "resident_peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024.0,
        "disk_free_bytes": float(shutil.disk_usage(spool.path.parent).free),
        "outbox_records": float(depth.records),
        "outbox_bytes": float(depth.bytes),
    }
