"""When a station's certificate is to be renewed, and how it is."""

import datetime as dt
from pathlib import Path
from typing import Final

import msgspec

from station.identity.enrol import read_reply, take_reply
from station.identity.hub_http import post
from station.identity.keys import load_identity, pending_key, request_pem
from station.identity.signing import signed_message
from wire.certificates import BACK_DATED, Chain
from wire.enrolment import RENEW_PATH, RenewRequest, SignedMessage

LENT: Final = dt.timedelta(days=100)
"""A laptop may sign for 90 days at the most, the hub for years."""
PURPOSE: Final = "renew"


def half_life(chain: Chain) -> dt.datetime:
    """Return when a certificate is to be renewed: half-way between its issue and its end (pure)."""
    begins = chain.leaf.not_valid_before_utc + BACK_DATED
    return begins + (chain.leaf.not_valid_after_utc - begins) / 2


def is_lent(chain: Chain) -> bool:
    """Say whether a laptop issued it, for days: then the hub's own is asked for as soon as the hub is reached (pure).

    So a stolen laptop can be revoked without sending those stations for new labels that met the hub meanwhile.
    """
    return any(one.not_valid_after_utc - one.not_valid_before_utc <= LENT for one in chain.between)


def renewal(folder: Path, station: str, made_ms: int | None) -> SignedMessage:
    """Return the request for the next certificate, with a key of its own, signed under the one in use.

    Raises TrustError E-IDENT-01 (there is none in use), E-IDENT-02.
    """
    load_identity(folder)  # before a key is drawn for nothing
    request = RenewRequest(request_pem(pending_key(folder), station))
    return signed_message(folder, PURPOSE, msgspec.json.encode(request), made_ms)


def renew(folder: Path, station: str, url: str, ca_file: Path, at_ms: int | None) -> None:
    """Have the hub at `url` renew the certificate in `folder`, and take it into use.

    `at_ms` is UTC, None while it is not known. Cut short and done again it is the same request.

    Raises HubRefusedError, HubAwayError, TrustError, WireError E-CERT-01 to -04.
    """
    message = renewal(folder, station, at_ms)
    reply = read_reply(post(url, RENEW_PATH, msgspec.json.encode(message), ca_file))
    at = None if at_ms is None else dt.datetime.fromtimestamp(at_ms / 1000, dt.UTC)
    take_reply(folder, reply, ca_file, station, at)
