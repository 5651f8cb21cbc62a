"""The spool: kiosk and agent meet here and nowhere else. SQLite, WAL, synchronous=FULL."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Self

from station.clock import Stamp
from wire.life import DeviceState, OutboxDepth
from wire.records import Body, RawRecord


class SetAside(NamedTuple):
    """A spool that could not be used: where it was moved, and why."""

    path: Path
    code: str


class Spool:
    """The ordered outbox, device states and small notes of one station, shared by its processes."""

    epoch: str
    """Drawn when this spool was made; 16 hex digits."""
    set_aside: SetAside | None
    """Set when opening found a cut or corrupted file and began a new epoch."""

    @classmethod
    def open(cls, path: Path, *, limit_bytes: int = 512_000_000) -> Self:
        """Open or make the spool at `path`.

        A cut or corrupted file is moved aside (never deleted), a new epoch begins, and an outbox record of it
        (DeviceEvent device="spool") is the new spool's first. Raises StoreError when the disk cannot be used.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Close the connection; the file stays complete."""
        raise NotImplementedError

    def append(self, make: Callable[[int], Body], stamp: Stamp) -> int:
        """Commit the record `make(seq)` durably and return its seq: 1, 2, 3, … without a gap.

        Raises SpoolFullError (spool limit or disk full; nothing was taken) or StoreError.
        """
        raise NotImplementedError

    def pending(self, after: int, *, most: int, most_bytes: int) -> list[RawRecord]:
        """Return records with seq > `after` in order, within both limits, but at least one if there is one."""
        raise NotImplementedError

    def urgent(self, after: int) -> list[RawRecord]:
        """Return the emergencies among the records with seq > `after`."""
        raise NotImplementedError

    def trim(self, seq: int) -> int:
        """Forget records up to and including `seq` (the hub has a receipt for them); return how many."""
        raise NotImplementedError

    def trimmed_to(self) -> int:
        """Return the highest seq ever receipted, 0 at first. The kiosk compares it with a visit's seq."""
        raise NotImplementedError

    def changed(self) -> bool:
        """Say whether another process committed since the last call (PRAGMA data_version): cheap, for polling."""
        raise NotImplementedError

    def depth(self) -> OutboxDepth:
        """Return what is held."""
        raise NotImplementedError

    def has_room(self) -> bool:
        """Say whether a visit begun now could be saved (spool limit and free disk)."""
        raise NotImplementedError

    def date_records(self, kernel_boot: str, mono_to_utc_ms: int) -> int:
        """Date the undated records of this kernel boot; return how many."""
        raise NotImplementedError

    def put_device(self, state: DeviceState) -> None:
        """Store how a device is, for the beat and the staff page."""
        raise NotImplementedError

    def devices(self) -> list[DeviceState]:
        """Return the last state of every device, by name."""
        raise NotImplementedError

    def put_note(self, name: str, value: str) -> None:
        """Keep one small value by name (e.g. whether the hub is reachable, the clock's offset)."""
        raise NotImplementedError

    def note(self, name: str) -> str | None:
        """Return a kept value, or None."""
        raise NotImplementedError

    def claim_command(self, command_id: str, expires_ms: int) -> bool:
        """Remember a command durably before it is executed; False when it was claimed before."""
        raise NotImplementedError
