"""Who speaks in a SignedMessage, and what the county knows of its certificate; how stations are answered.

Whatever a station sends, it is answered: with what it asked for, or a `StationRefusal` with a code.
"""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Generic, NamedTuple, TypeVar

from msgspec import Struct

from firmware_config.identity.errors import IdentityError
from firmware_config.identity.lists import revoked_by_root
from firmware_config.identity.messages import speaker
from hub.enrolment.rules import SUPERSEDED, Issued, certificate_of, time_of, why_not_renew
from hub.errors import HubError
from hub.settings import Settings
from hub.store.engine import Database, reading
from hub.store.enrolment import Certificate, Standing, certificates_of, standing
from wire.certificates import Chain, common_name, read_chain
from wire.enrolment import SignedMessage, StationRefusal
from wire.errors import WireError

logger = logging.getLogger(__name__)

_OF_A_STATION: Final = frozenset({"E-ID-05", "E-ID-06", "E-ID-13"})
"""Of what a station sent, as whatever the wire refuses; any other is the hub's own."""


Given = TypeVar("Given", bound=Struct)


class Answer(NamedTuple, Generic[Given]):
    """What a station is answered."""

    status: int
    said: Given | StationRefusal

    @property
    def code(self) -> str:
        """Why not, "" where it gets what it asked for."""
        return self.said.code if isinstance(self.said, StationRefusal) else ""


class Heard(NamedTuple):
    """A station that spoke, and all that the county knows of its certificates."""

    station: str
    chain: Chain
    root: Chain
    shown: Certificate
    """What it signed with, as it would be kept."""
    spoke: Certificate | None
    """The same as it is kept; None where nobody ever reported it (a laptop's)."""
    known: Sequence[Certificate]
    standing: Standing

    def why_not(self) -> StationRefusal | None:
        """Return why it is not listened to: not listed, revoked, or by a certificate that no longer counts."""
        if self.spoke is not None and self.spoke.key != self.shown.key:  # its authority signed twice under one serial
            return SUPERSEDED
        return why_not_renew(self.standing, self.spoke, self.known, self.shown.from_ms)


def hear(settings: Settings, database: Database, message: SignedMessage, now_ms: int, *, expired_too: bool) -> Heard:
    """Return who speaks; `expired_too` lets a certificate that is over do it (`identity.messages.speaker`).

    Raises WireError, IdentityError and HubError as `speaker` and `county_root`, StoreError, OSError.
    """
    root, enrolment = county_root(settings), settings.enrolment
    gone = frozenset() if enrolment is None else revoked_by_root(Path(enrolment.issuers_dir))
    station = speaker(message, root.leaf, None if expired_too else time_of(now_ms), gone)
    chain = read_chain(message.certificate.encode("ascii", "replace"))
    by = common_name(chain.between[0] if chain.between else root.leaf)
    shown = certificate_of(chain, root, Issued(station, "shown", by, now_ms))
    with reading(database.reader) as connection:
        known, stands = certificates_of(connection, station), standing(connection, station)
    spoke = next((one for one in known if (one.issuer, one.serial) == (shown.issuer, shown.serial)), None)
    return Heard(station, chain, root, shown, spoke, known, stands)


def refused(error: Exception, not_now: Answer[Given]) -> Answer[Given]:
    """Return the refusal of what a station sent; for trouble of the hub's own `not_now`, and a line in the log."""
    if isinstance(error, WireError) or (isinstance(error, IdentityError) and error.code in _OF_A_STATION):
        return Answer(403, StationRefusal(error.code, error.what[:200]))
    logger.error("%s a station cannot be served now 暂时无法答复站点: %s", not_now.code, error)
    return not_now


def county_root(settings: Settings) -> Chain:
    """Return the county's authority, whom everybody trusts.

    Raises HubError E-ENR-44 when there is none that can be read.
    """
    try:
        return read_chain(Path(settings.broker.ca_file).read_bytes())
    except (OSError, WireError) as error:
        raise HubError("E-ENR-44", f"{settings.broker.ca_file}: no county authority 没有县级证书: {error}") from None
