"""Taking a station's certificates back, giving them again, and telling the broker: `crl.pem` and `acl`.

The hub itself goes by its database, at once; the files are for the broker (`firmware-config hub apply-trust`).
"""

import datetime as dt
import logging
from pathlib import Path

from firmware_config.identity.errors import IdentityError
from firmware_config.identity.issuing import Revoked
from firmware_config.identity.lists import write_trust_files
from hub.access.chain import Deed
from hub.desks.auditing import Doing
from hub.enrolment.rules import time_of
from hub.errors import HubError
from hub.settings import EnrolmentSettings
from hub.store.engine import Database, Transaction, reading
from hub.store.enrolment import (
    Step,
    add_step,
    burn_open,
    certificates_of,
    end_certificates,
    ended_certificates,
    newest_step,
    restore_certificates,
    revoked_stations,
    standing,
)

logger = logging.getLogger(__name__)


def revoke(station: str, who: str, reason: str, now_ms: int) -> Doing:
    """Return what revokes all certificates of a station, and its unused label.

    Its change raises HubError E-ENR-31 (no such station) or E-ENR-32 (revoked already).
    """

    def change(connection: Transaction) -> int:
        stands = standing(connection, station)
        if not stands.listed and not certificates_of(connection, station):
            raise HubError("E-ENR-31", f"{station}: no such station 没有这个站点")
        if stands.revoked_ms is not None:
            raise HubError("E-ENR-32", f"{station}: revoked already 已经吊销")
        burn_open(connection, station, "revoked", now_ms)
        add_step(connection, Step(station, now_ms, "revoked", who, reason))
        return end_certificates(connection, station, "revoked", now_ms)

    return Doing(change, Deed("certificate.revoke", station, reason))


def restore(station: str, who: str, reason: str, now_ms: int) -> Doing:
    """Return what takes a revocation back.

    Its change raises HubError E-ENR-33 when the station is not revoked, or was set up anew since.
    """

    def change(connection: Transaction) -> int:
        if standing(connection, station).revoked_ms is None:
            raise HubError(
                "E-ENR-33", f"{station}: not revoked, or set up anew since 本站未被吊销，或已重新登记，无需恢复"
            )
        add_step(connection, Step(station, now_ms, "restored", who, reason))
        return restore_certificates(connection, station)

    return Doing(change, Deed("certificate.restore", station, reason))


def write_trust(settings: EnrolmentSettings, database: Database, now_ms: int) -> bool:
    """Write the broker's lists as the database has it now; return whether anything changed.

    Whoever writes looks once more afterwards: of two processes at it the last word is that of the database.

    Raises StoreError; IdentityError when the issuers' folder is not whole; OSError.
    """
    changed = False
    while True:
        with reading(database.reader) as connection:
            newest, revoked = newest_step(connection), revoked_stations(connection)
            ended = ended_certificates(connection, now_ms)
        gone = {Revoked(int(one.serial, 16), _second(one.ended_ms or now_ms)) for one in ended}
        issuers, trust = Path(settings.issuers_dir), Path(settings.trust_dir)
        written = write_trust_files(issuers, trust, gone, list(revoked), time_of(now_ms))
        changed = written or changed
        with reading(database.reader) as connection:
            if newest_step(connection) == newest:
                return changed


def tell_broker(settings: EnrolmentSettings | None, database: Database, now_ms: int) -> str:
    """Do `write_trust` after a change that stands; return what went wrong, "" when nothing did."""
    if settings is None:
        return ""
    try:
        write_trust(settings, database, now_ms)
    except (IdentityError, OSError) as error:
        return (
            "E-ENR-34 the broker's lists cannot be written; the hub itself goes by the change"
            f" 吊销列表无法写入，中心已按新规定处理: {error}"
        )
    return ""


def _second(at_ms: int) -> dt.datetime:
    """Return a time as a list has it: without parts of a second."""
    return time_of(at_ms - at_ms % 1000)
