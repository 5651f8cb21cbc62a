"""The county's audit log, as commands and the web open it; what a command does stands in it, or is not done."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

from hub.access.caller import by_command
from hub.access.chain import Deed
from hub.clock import now_ms
from hub.settings import Settings
from hub.store.audit import AuditLog
from hub.store.engine import Database, Transaction, writing
from hub.visits.opening import Unsealer

COMMAND: Final = "command"
"""Where a deed was done from, at the hub's own machine; the web writes an address of the network."""
Result = TypeVar("Result")


class Doing(NamedTuple):
    """What is to be done in one transaction, and how the log says it: for `change_by_command`, or `Centre.change`."""

    change: Callable[[Transaction], Any]
    deed: Deed


def audit_log(settings: Settings, database: Database, unsealer: Unsealer | None = None) -> AuditLog:
    """Return the county's log, with the hub's own key, which `unsealer` has or the settings name, and their digest.

    Raises HubError E-SEAL-02 when there is no such key.
    """
    known = unsealer or Unsealer.from_file(Path(settings.unseal_key_file))
    return AuditLog(database.reader, known.secret_for(b"audit"), settings.audit.digest)


def note_by_command(audit: AuditLog, connection: Transaction, who: str, deed: Deed, at_ms: int) -> None:
    """Write a deed of a command into the log, in the transaction of what was done."""
    audit.note(connection, by_command(who), deed, at_ms, COMMAND)


def change_by_command(
    settings: Settings, database: Database, who: str, work: Callable[[Transaction], Result], *deeds: Deed
) -> Result:
    """Do `work` and write `deeds` in one transaction, as `Centre.change` does for the web; return its result.

    Raises what `work` raises, StoreError, and HubError E-SEAL-02; then nothing of it stands.
    """
    audit = audit_log(settings, database)
    with writing(database) as connection:
        result = work(connection)
        for deed in deeds:
            note_by_command(audit, connection, who, deed, now_ms())
    return result
