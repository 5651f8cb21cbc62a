"""Which stations get a certificate, and what is told of the one each has (pure)."""

import datetime as dt
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from firmware_config.identity.enrolling import key_digest
from hub.store.enrolment import Certificate, How, Standing, Token
from wire.certificates import BACK_DATED, Chain
from wire.enrolment import StationRefusal

BACK_DATED_MS: Final = int(BACK_DATED.total_seconds() * 1000)
State = Literal["revoked", "expired", "due", "live", "open", "lapsed", "none"]
"""`due`: past half its life and not renewed; `open`: a label was printed and not used; `lapsed`: nor can it be."""

UNLISTED: Final = StationRefusal(
    "E-ENR-21", "the county's list has no such station in service: ask the centre 本县在用名单中没有此站，请联系县里"
)
REVOKED: Final = StationRefusal(
    "E-ENR-22", "the centre revoked this station: a new label is needed 县里已吊销本站证书，需用新标签重新登记"
)
SUPERSEDED: Final = StationRefusal(
    "E-ENR-27", "another certificate took this one's place: a new label is needed 此证书已被更新的证书取代，需用新标签"
)

UNREPORTED: Final = StationRefusal(
    "E-ENR-38",
    "the centre knows another of this station's: its laptop's export first 中心另有本站证书，请先导入笔记本的签发记录",
)


def why_not_station(standing: Standing) -> StationRefusal | None:
    """Return why a station gets no certificate whatever it shows: not listed, or taken out of service."""
    return UNLISTED if not standing.listed or standing.retired else None


def why_not_renew(
    standing: Standing, shown: Certificate | None, known: Sequence[Certificate], from_ms: int
) -> StationRefusal | None:
    """Return why a station may not renew, None when it may.

    `shown` is the certificate it signed with as the hub has it, None where the hub never heard of it (a laptop's): such
    a one counts unless the station was enrolled anew after it began (`from_ms`), or has another that counts: whoever
    stole the laptop takes no place of a station that is enrolled.
    """
    if (refusal := why_not_station(standing)) is not None:
        return refusal
    if standing.revoked_ms is not None:
        return REVOKED
    if shown is None:
        anew = [one.issued_ms for one in known if one.how in {"online", "stick"}]
        if any(at_ms > from_ms + BACK_DATED_MS for at_ms in anew):
            return SUPERSEDED
        return UNREPORTED if any(one.ended_ms is None for one in known) else None
    if shown.ended_ms is None:
        return None
    return REVOKED if shown.ended_why == "revoked" else SUPERSEDED


class Issued(NamedTuple):
    """How a certificate came to be."""

    station: str
    how: How
    by: str
    at_ms: int
    token: str | None = None


def certificate_of(chain: Chain, root: Chain, issued: Issued) -> Certificate:
    """Return a certificate as it is kept; `root`, the county's authority, issued it where nobody between did."""
    issuer = chain.between[0] if chain.between else root.leaf
    return Certificate(
        station=issued.station,
        serial=f"{chain.leaf.serial_number:x}",
        issuer=key_digest(issuer),
        key=key_digest(chain.leaf),
        from_ms=ms_of(chain.leaf.not_valid_before_utc),
        until_ms=ms_of(chain.leaf.not_valid_after_utc),
        issued_ms=issued.at_ms,
        how=issued.how,
        issued_by=issued.by,
        token=issued.token,
        pem=chain.pem.decode("ascii"),
    )


def half_ms(certificate: Certificate) -> int:
    """Return when it is to be renewed: at half its life."""
    begins = certificate.from_ms + BACK_DATED_MS
    return begins + (certificate.until_ms - begins) // 2


def state_of(tokens: Sequence[Token], newest: Certificate | None, revoked_ms: int | None, now_ms: int) -> State:
    """Return how a station stands with its newest certificate; `tokens` newest first."""
    if revoked_ms is not None:
        return "revoked"
    if newest is not None and newest.ended_ms is None:
        if now_ms > newest.until_ms:
            return "expired"
        return "due" if now_ms > half_ms(newest) else "live"
    if any(token.burnt_ms is None and now_ms <= token.expires_ms for token in tokens):
        return "open"
    return "lapsed" if tokens else "none"


def ms_of(at: dt.datetime) -> int:
    """Return a time as UTC ms."""
    return int(at.timestamp() * 1000)


def time_of(at_ms: int) -> dt.datetime:
    """Return UTC ms as a time."""
    return dt.datetime.fromtimestamp(at_ms / 1000, dt.UTC)
