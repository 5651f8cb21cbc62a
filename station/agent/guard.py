"""The spool as the agent uses it: a trouble becomes a state of the disk, never the end of the main loop."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from station.clock import Stamp
from station.errors import SpoolFullError, StoreError
from station.store.questions import OpenAsk
from station.store.spool import Spool
from station.store.spool_file import identity
from wire.life import DeviceState, OutboxDepth, StateWord
from wire.orders import Reply
from wire.records import Body, RawRecord

LOW_DISK_BYTES = 256_000_000
VILLAGERS_SHARE = 10
"""A tenth of the spool is for visits alone: cameras and devices that chatter cannot fill it."""

T = TypeVar("T")
D = TypeVar("D")
logger = logging.getLogger(__name__)


class GuardedSpool:
    """Passes on to the spool at `path`; where that fails it answers harmlessly and remembers why."""

    def __init__(self, path: Path, limit_bytes: int) -> None:
        """Open the spool.

        Raises StoreError when the disk cannot be used at all.
        """
        self._path = path
        self._limit_bytes = limit_bytes
        self.spool = Spool.open(path, limit_bytes=limit_bytes)
        self._file = identity(path)
        self._trouble: str | None = None
        self._broken = False
        self._disk = DeviceState("disk", "unknown")
        self._depth = OutboxDepth(0, 0)
        self._trimmed_to = self.spool.trimmed_to()
        self._asked: set[str] = set()
        self.last_seq = 0
        """Place of the last record appended here, 0 before the first of this epoch."""

    def close(self) -> None:
        """Close the spool."""
        self.spool.close()

    @property
    def epoch(self) -> str:
        """The epoch of the spool in use."""
        return self.spool.epoch

    def pending(self, after: int, *, most: int, most_bytes: int) -> list[RawRecord]:
        """Return what is to be sent; nothing while it cannot be read."""
        return self._try(lambda: self.spool.pending(after, most=most, most_bytes=most_bytes), [])

    def urgent(self, after: int) -> list[RawRecord]:
        """Return the emergencies; none while they cannot be read."""
        return self._try(lambda: self.spool.urgent(after), [])

    def trimmed_to(self) -> int:
        """Return the highest seq receipted, as last known."""
        self._trimmed_to = self._try(self.spool.trimmed_to, self._trimmed_to)
        return self._trimmed_to

    def depth(self) -> OutboxDepth:
        """Return what is held, as last known."""
        self._depth = self._try(self.spool.depth, self._depth)
        return self._depth

    def trim(self, seq: int) -> None:
        """Forget what the hub has; what is not forgotten now is with the next receipt."""
        self._try(lambda: self.spool.trim(seq), 0)

    def changed(self) -> bool:
        """Say whether another process committed."""
        return self._try(self.spool.changed, False)

    def append(self, body: Body, stamp: Stamp) -> bool:
        """Commit a record of the agent's own; False when it was not taken, so that villagers' visits still can be."""
        leave_bytes = self._limit_bytes // VILLAGERS_SHARE
        try:
            self.last_seq = self.spool.append(lambda _seq: body, stamp, leave_bytes=leave_bytes)
        except SpoolFullError as error:
            if not self._try(self.spool.has_room, False):
                self._in_trouble(error.code, str(error))
        except StoreError as error:
            self._fails(error)
        else:
            return True
        return False

    def date_records(self, kernel_boot: str, mono_to_utc_ms: int) -> None:
        """Date the undated records of this kernel boot."""
        self._try(lambda: self.spool.date_records(kernel_boot, mono_to_utc_ms), 0)

    def put_note(self, name: str, value: str) -> bool:
        """Keep a small value for the kiosk or the next agent; False when it was not taken."""

        def put() -> bool:
            self.spool.put_note(name, value)
            return True

        return self._try(put, False)

    def note_urgent(self, seqs: list[int]) -> None:
        """Tell the kiosk which emergencies the hub has ahead of their turn."""
        self._try(lambda: self.spool.note_urgent(seqs), None)

    def open_asks(self, stamp: Stamp) -> list[OpenAsk]:
        """Return the kiosk's new questions, each once while this agent runs."""
        found = self._try(lambda: self.spool.open_asks(stamp), None)
        if found is None:
            return []
        fresh = [one for one in found if one.ask.id not in self._asked]
        self._asked = {one.ask.id for one in found}
        return fresh

    def put_reply(self, reply: Reply) -> None:
        """Give the kiosk what became of its question."""
        self._try(lambda: self.spool.put_reply(reply), False)

    def put_device(self, state: DeviceState) -> None:
        """Keep how a device is for the kiosk."""
        self._try(lambda: self.spool.put_device(state), None)

    def devices(self) -> list[DeviceState]:
        """Return the device states that the kiosk keeps here."""
        return self._try(self.spool.devices, [])

    def reopen_if_needed(self) -> bool:
        """Open the spool anew after an error, or when another process set the file aside; say whether it is another.

        Called about once a second: opening is where a cut file is found and set aside.
        """
        if not self._broken and identity(self._path) == self._file:
            return False
        epoch = self.spool.epoch
        try:
            fresh = Spool.open(self._path, limit_bytes=self._limit_bytes)
        except StoreError as error:
            self._in_trouble(error.code, str(error))
            return False
        self.spool.close()
        self.spool = fresh
        self._file = identity(self._path)
        self._broken = False
        self._trimmed_to = 0
        self.last_seq = self.last_seq if fresh.epoch == epoch else 0
        return fresh.epoch != epoch

    def disk_state(self, stamp: Stamp, free_bytes: int) -> DeviceState:
        """Return how the disk is; called about once a second."""
        if not self._broken:
            has_room = self._try(self.spool.has_room, None)
            if has_room:
                self._trouble = None
            elif has_room is not None:
                self._in_trouble("E-SPOOL-10", "no room for another visit 存储已满，暂停受理")
        word: StateWord = "ok"
        code = self._trouble
        if code is not None:
            word = "failed"
        elif free_bytes < LOW_DISK_BYTES:
            word, code = "degraded", "E-AGENT-02"
        changed = (word, code) != (self._disk.state, self._disk.code)
        since_ms = stamp.at_ms if changed or self._disk.since_ms is None else self._disk.since_ms
        self._disk = DeviceState("disk", word, since_ms, code, {"free_bytes": float(free_bytes)})
        return self._disk

    def _try(self, call: Callable[[], T], otherwise: D) -> T | D:
        try:
            return call()
        except SpoolFullError as error:
            self._in_trouble(error.code, str(error))
        except StoreError as error:
            self._fails(error)
        return otherwise

    def _fails(self, error: StoreError) -> None:
        self._broken = True
        self._in_trouble(error.code, str(error))

    def _in_trouble(self, code: str, what: str) -> None:
        if code != self._trouble:
            self._trouble = code
            logger.error("the spool is in trouble 本地存储故障: %s", what)
