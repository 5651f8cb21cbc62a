"""What a station says under its certificate, by HTTP or on a stick."""

from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from station.identity.keys import load_identity
from wire.enrolment import SignedMessage, signed_bytes


def signed_message(folder: Path, purpose: str, payload: bytes, made_ms: int | None) -> SignedMessage:
    """Return `payload` signed with the key in `folder`, for `purpose` alone.

    `made_ms` is None while the station's clock cannot be trusted.

    Raises TrustError E-IDENT-01 when the station has no certificate with its key.
    """
    identity = load_identity(folder)
    signature = identity.key.sign(signed_bytes(purpose, made_ms, payload), ec.ECDSA(hashes.SHA256()))
    return SignedMessage(purpose, identity.chain.pem.decode("ascii"), made_ms, payload, signature)
