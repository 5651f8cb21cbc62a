"""The county's audit log, as commands and the web open it: with the hub's own key and the digest of its settings."""

from typing import Final

from hub.settings import Settings
from hub.store.audit import AuditLog
from hub.store.engine import Database
from hub.visits.opening import Unsealer

COMMAND: Final = "command"
"""Where a deed was done from, at the hub's own machine; the web writes an address of the network."""


def audit_log(settings: Settings, database: Database, unsealer: Unsealer) -> AuditLog:
    """Return the county's log; what a command writes into it is by `hub.access.caller.by_command`, from `COMMAND`."""
    return AuditLog(database.reader, unsealer.secret_for(b"audit"), settings.audit.digest)
