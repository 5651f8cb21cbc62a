"""Acceptance records (验收单) as they come in: who signed is verified, then each is filed once.

Whatever comes, the answer says that the hub has it, or why not: nothing here raises on what a station sends.
"""

import logging
from collections.abc import Callable
from typing import Final

from firmware_config.identity.errors import IdentityError
from hub.access.caller import Caller, by_station
from hub.access.chain import Deed
from hub.desks.speaking import Answer, hear, refused
from hub.errors import HubError
from hub.settings import Settings
from hub.store.acceptances import New, file_record, filed_since, is_filed
from hub.store.audit import AuditLog
from hub.store.engine import Database, StoreError, writing
from wire.acceptance import MAX_BYTES, FiledReply, Read, read_filed
from wire.codec import decoded
from wire.enrolment import SignedMessage, StationRefusal
from wire.errors import WireError

logger = logging.getLogger(__name__)

PURPOSE: Final = "acceptance"
MOST_A_DAY: Final = 20
"""Of one station by itself: a technician makes a few, and whoever stole its key is not to fill the hub's disk."""
DAY_MS: Final = 86_400_000


Filing = Answer[FiledReply]


class AcceptanceDesk:
    """Files records; may be called from any thread."""

    def __init__(self, settings: Settings, database: Database, audit: AuditLog, now_ms: Callable[[], int]) -> None:
        """Take what it works with."""
        self._settings, self._database, self._audit, self._now_ms = settings, database, audit, now_ms

    def file(self, body: bytes, address: str, caller: Caller | None = None) -> Filing:
        """File a SignedMessage (JSON); `caller` is who brought it on a stick, None when the station sent it itself."""
        if len(body) > MAX_BYTES:
            return TOO_LARGE
        message = decoded(body, SignedMessage)
        if message is None or message.purpose != PURPOSE:
            return UNREADABLE
        try:
            return self._looked_at(message, body, address, caller)
        except (StoreError, HubError, OSError, WireError, IdentityError) as error:
            return refused(error, NOT_NOW)

    def _looked_at(self, message: SignedMessage, body: bytes, address: str, caller: Caller | None) -> Filing:
        heard = hear(self._settings, self._database, message, self._now_ms(), expired_too=False)
        read = read_filed(message.payload)
        if read.record.station != heard.station:
            return OF_ANOTHER
        if heard.spoke is not None and heard.spoke.ended_why == "followed":
            # Followed by the next one it is good for what was signed with it, as a record that came by stick.
            heard = heard._replace(spoke=heard.spoke._replace(ended_ms=None, ended_why=None))
        if (refusal := heard.why_not()) is not None:
            logger.warning("%s: acceptance refused 验收单被拒绝: %s from %s", heard.station, refusal.code, address)
            return Filing(403, refusal)
        return self._filed(read, body, caller, address)

    def _filed(self, read: Read, body: bytes, caller: Caller | None, address: str) -> Filing:
        record, now_ms = read.record, self._now_ms()
        new = New(
            record.station, read.digest, record.made_ms, now_ms, record.verdict, record.by, record.witness, body
        )  # fmt: skip
        with writing(self._database) as connection:
            by_itself = caller is None and not is_filed(connection, read.digest)
            if by_itself and filed_since(connection, record.station, now_ms - DAY_MS) >= MOST_A_DAY:
                return TOO_MANY
            if file_record(connection, new):
                deed = Deed("acceptance.file", f"{record.station} {read.digest[:12]}", record.verdict)
                self._audit.note(connection, caller or by_station(record.station), deed, now_ms, address)
        return Filing(200, FiledReply(record.station, read.digest))


NOT_NOW: Final = Filing(
    503, StationRefusal("E-FILED-03", "the hub cannot file it now: it is sent again 暂时无法归档，请稍后再发")
)
UNREADABLE: Final = Filing(
    400, StationRefusal("E-FILED-01", "not a signed acceptance record 不是签名的验收单，请重新出具")
)
TOO_LARGE: Final = Filing(413, StationRefusal("E-FILED-02", "too large for an acceptance record 文件过大，不是验收单"))
BUSY: Final = StationRefusal("E-FILED-08", "too many at once: it is sent again 请求过多，请稍后再发")
TOO_MANY: Final = Filing(429, BUSY)
OF_ANOTHER: Final = Filing(
    403, StationRefusal("E-FILED-04", "the record is of another station than who signed it 验收单与签名站点不符")
)
