"""Acceptance records (验收单) as they come in: who signed is verified, then each is filed once.

Whatever comes, the answer says that the hub has it, or why not: nothing here raises on what a station sends.
"""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from firmware_config.identity.errors import IdentityError
from firmware_config.identity.lists import revoked_by_root
from firmware_config.identity.messages import speaker
from hub.access.caller import Caller, by_station
from hub.access.chain import Deed
from hub.enrolment.rules import Issued, certificate_of, time_of, why_not_renew
from hub.settings import Settings
from hub.store.acceptances import New, file_record
from hub.store.audit import AuditLog
from hub.store.engine import Database, StoreError, reading, writing
from hub.store.enrolment import certificates_of, standing
from wire.acceptance import MAX_BYTES, FiledReply, Read, read_filed
from wire.certificates import Chain, read_chain
from wire.codec import decoded
from wire.enrolment import SignedMessage, StationRefusal
from wire.errors import WireError

logger = logging.getLogger(__name__)

PURPOSE: Final = "acceptance"


class Answer(NamedTuple):
    """What whoever brings a record is answered."""

    status: int
    said: FiledReply | StationRefusal


class AcceptanceDesk:
    """Files records; may be called from any thread."""

    def __init__(self, settings: Settings, database: Database, audit: AuditLog, now_ms: Callable[[], int]) -> None:
        """Take what it works with."""
        self._settings, self._database, self._audit, self._now_ms = settings, database, audit, now_ms

    def file(self, body: bytes, address: str, caller: Caller | None = None) -> Answer:
        """File a SignedMessage (JSON); `caller` is who brought it on a stick, None when the station sent it itself."""
        if len(body) > MAX_BYTES:
            return TOO_LARGE
        message = decoded(body, SignedMessage)
        if message is None or message.purpose != PURPOSE:
            return UNREADABLE
        try:
            return self._looked_at(message, body, address, caller)
        except (StoreError, OSError) as error:
            return _not_now(error)
        except (WireError, IdentityError) as error:
            return Answer(403, StationRefusal(error.code, error.what[:200]))

    def _looked_at(self, message: SignedMessage, body: bytes, address: str, caller: Caller | None) -> Answer:
        root = read_chain(Path(self._settings.broker.ca_file).read_bytes())
        enrolment = self._settings.enrolment
        gone = frozenset() if enrolment is None else revoked_by_root(Path(enrolment.issuers_dir))
        station = speaker(message, root.leaf, time_of(self._now_ms()), gone)
        read = read_filed(message.payload)
        if read.record.station != station:
            return OF_ANOTHER
        if (refusal := self._why_not(station, message, root)) is not None:
            logger.warning("%s: acceptance refused 验收单被拒绝: %s from %s", station, refusal.code, address)
            return Answer(403, refusal)
        return self._filed(read, body, caller or by_station(station), address)

    def _why_not(self, station: str, message: SignedMessage, root: Chain) -> StationRefusal | None:
        """Return why a station is not listened to: not listed, revoked, or by a certificate that no longer counts.

        One that was followed by the next is good for what was signed with it, as a record that came by stick.
        """
        chain = read_chain(message.certificate.encode("ascii", "replace"))
        shown = certificate_of(chain, root, Issued(station, "shown", "", self._now_ms()))
        with reading(self._database.reader) as connection:
            known, stands = certificates_of(connection, station), standing(connection, station)
        spoke = next((one for one in known if (one.issuer, one.serial) == (shown.issuer, shown.serial)), None)
        if spoke is not None and spoke.ended_why == "followed":
            spoke = spoke._replace(ended_ms=None, ended_why=None)
        return why_not_renew(stands, spoke, known, shown.from_ms)

    def _filed(self, read: Read, body: bytes, caller: Caller, address: str) -> Answer:
        record, now_ms = read.record, self._now_ms()
        new = New(
            record.station, read.digest, record.made_ms, now_ms, record.verdict, record.by, record.witness, body
        )  # fmt: skip
        with writing(self._database) as connection:
            if file_record(connection, new):
                deed = Deed("acceptance.file", f"{record.station} {read.digest[:12]}", record.verdict)
                self._audit.note(connection, caller, deed, now_ms, address)
        return Answer(200, FiledReply(record.station, read.digest))


def _not_now(error: Exception) -> Answer:
    logger.error("an acceptance record cannot be filed now 暂时无法归档验收单: %s", error)
    return Answer(
        503, StationRefusal("E-FILED-03", "the hub cannot file it now: it is sent again 暂时无法归档，请稍后再发")
    )


UNREADABLE: Final = Answer(
    400, StationRefusal("E-FILED-01", "not a signed acceptance record 不是签名的验收单，请重新出具")
)
TOO_LARGE: Final = Answer(413, StationRefusal("E-FILED-02", "too large for an acceptance record 文件过大，不是验收单"))
OF_ANOTHER: Final = Answer(
    403, StationRefusal("E-FILED-04", "the record is of another station than who signed it 验收单与签名站点不符")
)
