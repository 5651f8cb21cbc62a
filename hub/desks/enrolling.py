"""Stations that ask for their first certificate, or for the next: decided, signed and written down in one transaction.

Whatever a station sends, the answer is a certificate or a `StationRefusal` with a code; nothing of a token is kept or
logged but its digest.
"""

import datetime as dt
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final

from firmware_config.identity.enrolling import USED, MayEnrol, key_digest, why_not_enrol
from firmware_config.identity.errors import IdentityError
from firmware_config.identity.issuing import Issuer, read_request
from firmware_config.identity.messages import still_vouched
from hub.access.caller import by_station
from hub.access.chain import Deed
from hub.desks.speaking import Answer, county_root, hear, refused
from hub.enrolment.rules import (
    REVOKED,
    SUPERSEDED,
    UNREPORTED,
    Issued,
    certificate_of,
    time_of,
    why_not_renew,
    why_not_station,
)
from hub.errors import HubError
from hub.settings import Settings
from hub.store.audit import AuditLog
from hub.store.engine import Database, StoreError, Transaction, reading, writing
from hub.store.enrolment import (
    Certificate,
    Step,
    add_certificate,
    add_step,
    burn,
    certificates_of,
    end_certificates,
    standing,
    tokens_of,
)
from hub.store.enrolment_doubts import add_doubt
from hub.visits.opening import Unsealer
from wire.codec import decoded
from wire.enrolment import EnrolReply, EnrolRequest, RenewRequest, SignedMessage, StationRefusal
from wire.errors import WireError

logger = logging.getLogger(__name__)

ISSUER: Final = "hub"
BY: Final = "hub"
SUSPICIOUS: Final = {USED: "E-ENR-37", **{one.code: one.code for one in (REVOKED, SUPERSEDED, UNREPORTED)}}
"""Refusals that somebody should look at, and as what: a used label shown again, a key no longer to be trusted."""


Signed = Answer[EnrolReply]


class EnrolDesk:
    """Signs for the county's stations; every method may be called from any thread, one at a time."""

    def __init__(
        self, settings: Settings, database: Database, audit: AuditLog, unsealer: Unsealer, now_ms: Callable[[], int]
    ) -> None:
        """Take what it works with; the key that signs is read when it is needed, so a new one needs no restart."""
        self._settings, self._database, self._audit, self._now_ms = settings, database, audit, now_ms
        self._unseal = unsealer.token

    def enrol(self, body: bytes, address: str) -> Signed:
        """Return what an EnrolRequest (JSON) is answered."""
        request = decoded(body, EnrolRequest)
        return _UNREADABLE if request is None else self._answer(lambda: self._enrol(request, address))

    def renew(self, body: bytes, address: str) -> Signed:
        """Return what a SignedMessage `renew` (JSON) is answered."""
        message = decoded(body, SignedMessage)
        asked = None if message is None or message.purpose != "renew" else decoded(message.payload, RenewRequest)
        if message is None or asked is None:
            return _UNREADABLE
        return self._answer(lambda: self._renew(message, asked, address))

    def _answer(self, work: Callable[[], EnrolReply | StationRefusal]) -> Signed:
        if self._settings.enrolment is None:
            return _NO_ENROLMENT
        try:
            said = work()
        except (StoreError, HubError, OSError, WireError, IdentityError) as error:
            return refused(error, _NOT_NOW)
        if isinstance(said, EnrolReply):
            return Signed(200, said)
        return _NOT_NOW if said == _NOT_NOW.said else Answer(403, said)

    def _enrol(self, request: EnrolRequest, address: str) -> EnrolReply | StationRefusal:
        now_ms = self._now_ms()
        for _ in range(2):  # again when another request burnt the token between reading and writing
            with reading(self._database.reader) as connection:
                refusal = why_not_station(standing(connection, request.station))
                tokens = [token for token in tokens_of(connection, request.station) if _counts(token.burnt_why)]
            if refusal is not None:
                return refusal
            decided = why_not_enrol(
                request,
                county=self._settings.county,
                tokens=[token.kept for token in tokens],
                unseal=self._unseal,
                now_ms=now_ms,
            )
            if isinstance(decided, StationRefusal):
                return self._refused(
                    request.station, decided, address, request.proof if decided.code == "E-ENR-16" else ""
                )
            if decided.again:
                return self._given_again(request.station, decided, address)
            given = self._give(request.station, decided, address, now_ms)
            if given is not None:
                return given
        return _NOT_NOW.said

    def _give(self, station: str, may: MayEnrol, address: str, now_ms: int) -> EnrolReply | StationRefusal | None:
        root, (issuer, lifetime) = county_root(self._settings), self._issuer()
        chain = issuer.issue(may.request, station, time_of(now_ms), lifetime)
        new = certificate_of(chain, root, Issued(station, "online", BY, now_ms, may.token))
        with writing(self._database) as connection:
            stands = standing(connection, station)
            if (refusal := why_not_station(stands)) is not None:
                return refusal
            if not burn(connection, may.token, "online", now_ms, may.key):
                return None
            ended = end_certificates(connection, station, "replaced", now_ms, also="revoked")
            add_certificate(connection, new)
            if ended or stands.revoked_ms is not None:
                add_step(connection, Step(station, now_ms, "replaced", BY, f"{ended}"))
            self._note(connection, station, "certificate.enrol", new, address)
        logger.info("%s enrolled 已登记: certificate %s", station, new.serial)
        return EnrolReply(station, new.pem)

    def _given_again(self, station: str, may: MayEnrol, address: str) -> EnrolReply | StationRefusal:
        with reading(self._database.reader) as connection:
            known = [one for one in certificates_of(connection, station) if one.key == may.key]
        if not known:
            return _NOT_NOW.said
        if known[0].ended_ms is not None:
            return self._refused(station, REVOKED if known[0].ended_why == "revoked" else SUPERSEDED, address, may.key)
        return EnrolReply(station, known[0].pem)

    def _renew(self, message: SignedMessage, asked: RenewRequest, address: str) -> EnrolReply | StationRefusal:
        now_ms = self._now_ms()
        heard = hear(self._settings, self._database, message, now_ms, expired_too=True)
        station, spoke, request = heard.station, heard.spoke, read_request(asked.request)
        if spoke is None:
            still_vouched(heard.chain, heard.root.leaf, time_of(now_ms))
        if (refusal := heard.why_not()) is not None:
            return self._refused(station, refusal, address, heard.shown.key)
        key = key_digest(request)
        if key == heard.shown.key:
            return StationRefusal("E-ENR-28", "the next certificate needs a key of its own 续证须使用新密钥")
        again = next((one for one in heard.known if one.key == key and one.ended_ms is None), None)
        if again is not None:
            return EnrolReply(station, again.pem)
        issuer, lifetime = self._issuer()
        signed = issuer.issue(request, station, time_of(now_ms), lifetime)
        new = certificate_of(signed, heard.root, Issued(station, "renewal", BY, now_ms))
        with writing(self._database) as connection:
            refusal = why_not_renew(standing(connection, station), spoke, heard.known, heard.shown.from_ms)
            if refusal is not None:
                return refusal
            row = add_certificate(connection, heard.shown) if spoke is None else spoke.id
            # Whoever speaks by this one no longer needs those before it.
            if end_certificates(connection, station, "followed", now_ms, below=row):
                add_step(connection, Step(station, now_ms, "followed", BY, ""))
            add_certificate(connection, new)
            self._note(connection, station, "certificate.renew", new, address)
        logger.info("%s renewed 已续证: certificate %s", station, new.serial)
        return EnrolReply(station, new.pem)

    def _refused(self, station: str, refusal: StationRefusal, address: str, *more: str) -> StationRefusal:
        """Have somebody look at a refusal that looks wrong, and return it."""
        if refusal.code in SUSPICIOUS:
            logger.warning("%s refused 登记被拒绝，请核查: %s from %s", station, refusal.code, address)
            with writing(self._database) as connection:
                add_doubt(connection, station, SUSPICIOUS[refusal.code], address, self._now_ms(), *more)
        return refusal

    def _note(self, connection: Transaction, station: str, act: str, new: Certificate, address: str) -> None:
        self._audit.note(connection, by_station(station), Deed(act, f"{station} {new.serial}"), self._now_ms(), address)

    def _issuer(self) -> tuple[Issuer, dt.timedelta]:
        """Return who signs here, and for how long."""
        enrolment = self._settings.enrolment
        if enrolment is None:
            raise IdentityError("E-ENR-23", "this centre signs no certificates 本中心未开启证书签发")
        return Issuer.load(Path(enrolment.issuers_dir), ISSUER), dt.timedelta(days=enrolment.days)


def _counts(burnt_why: str | None) -> bool:
    """Say whether a token may be asked with: a replaced label's, or a revoked station's, is as if never printed."""
    return burnt_why not in {"replaced", "revoked"}


_UNREADABLE: Final = Signed(
    400, StationRefusal("E-ENR-25", "not a request of a station: update its software 申请无法识别，请更新本站软件")
)
_NOT_NOW: Final = Signed(
    503, StationRefusal("E-ENR-26", "the centre cannot sign now: it is tried again 县级中心暂时无法签发，将自动重试")
)
_NO_ENROLMENT: Final = Signed(404, StationRefusal("E-ENR-23", "this centre signs no certificates 本中心未开启证书签发"))
