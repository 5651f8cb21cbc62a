"""The agent's part in an update: hands the hub's order to root's updater, tells it of the hub, and the hub of it."""

import logging
import sys
from pathlib import Path
from typing import Final

import msgspec

from station.agent.camera_orders import NOT_UNDERSTOOD
from station.agent.guard import GuardedSpool
from station.clock import Stamp
from station.errors import StoreError
from station.store.handover import OUTCOMES_NAME, Outcome, Told, put_order, put_told, read_outcomes
from station.store.spool_file import identity
from station.update.slots import running_release
from wire.orders import Answer, Command
from wire.records import DeviceEvent
from wire.release import SOFTWARE, UPDATE, UpdateOrder

UPDATE_COMMANDS: Final = frozenset({UPDATE})
NOTE: Final = "outcome"
"""In the spool: number of the last outcome that was recorded."""
NO_HUB: Final = "E-UPD-07"
DISK: Final = "E-UPD-18"

logger = logging.getLogger(__name__)


class UpdateDesk:
    """One for the agent; every method is called from its main loop."""

    def __init__(self, state: Path, hub_url: str | None, prefix: Path | None = None) -> None:
        """Serve the station whose files lie in `state`; `prefix` is the slot this software runs from."""
        self._state = state
        self._hub_url = None if hub_url is None else hub_url.rstrip("/")
        slot = Path(sys.prefix) if prefix is None else prefix
        self.release = running_release(slot)
        self._software = slot.resolve().parents[1] if self.release is not None else None
        self._told: Told | None = None
        self._online = False
        self._welcomed_ms: int | None = None
        self._seen: tuple[int, int] | None = None

    def carry_out(self, command: Command) -> Answer:
        """Hand the order on, and say only that: what becomes of it is told by records."""
        try:
            order = msgspec.convert(command.arguments, UpdateOrder, strict=True)
        except msgspec.ValidationError:
            return Answer(command.id, "failed", note=NOT_UNDERSTOOD)
        at_another = order.url is not None and order.url.rstrip("/") != self._hub_url
        if self._hub_url is None or self._software is None or at_another:
            return Answer(command.id, "failed", note=NO_HUB)
        try:
            put_order(self._state, order)
        except OSError:
            return Answer(command.id, "failed", note=DISK)
        return Answer(command.id, "done", note=order.release)

    def hub(self, online: bool, now: Stamp) -> None:
        """Take whether the hub answers, and since when."""
        self._online = online
        self._welcomed_ms = now.mono_ms if online else self._welcomed_ms

    def look(self, spool: GuardedSpool, now: Stamp) -> bool:
        """Tell the updater how things stand, and record what it told; say whether something was recorded."""
        if self._software is None or self.release is None:
            return False
        calls, release = _calls_wait(spool), self.release.sequence
        self._tell(Told(now.kernel_boot, self._online, self._welcomed_ms, calls, release))
        found = identity(self._software / OUTCOMES_NAME)
        if found is None or found == self._seen:
            return False
        outcomes = self._untold(spool)
        if outcomes is None:
            return False
        for one in outcomes:
            if not spool.append(DeviceEvent(SOFTWARE, one.code, note=one.release), now):
                return False  # no room: at the next look
            spool.put_note(NOTE, str(one.number))
        self._seen = found
        return bool(outcomes)

    def _tell(self, told: Told) -> None:
        if told == self._told:
            return
        try:
            put_told(self._state, told)
        except OSError as error:
            if self._told is not None:
                logger.warning("E-UPD-18 the updater cannot be told 无法告知更新程序: %s", error.strerror)
            return
        self._told = told

    def _untold(self, spool: GuardedSpool) -> list[Outcome] | None:
        assert self._software is not None
        outcomes = read_outcomes(self._software)
        try:
            last = spool.spool.note(NOTE)
        except StoreError:
            return None
        if last is None or not last.isdigit():
            return outcomes[-1:]  # a new spool: what it was told before it, the county knows
        # A number below the last is of a file that was begun anew.
        begun_anew = bool(outcomes) and outcomes[-1].number < int(last)
        return outcomes if begun_anew else [one for one in outcomes if one.number > int(last)]


def _calls_wait(spool: GuardedSpool) -> bool:
    waiting = spool.urgent(spool.trimmed_to())
    if not waiting:
        return False
    try:
        return bool({one.seq for one in waiting} - spool.spool.urgent_receipted())
    except StoreError:
        return True
