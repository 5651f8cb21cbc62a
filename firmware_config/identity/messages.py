"""Who speaks in a SignedMessage (pure)."""

import datetime as dt

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from firmware_config.identity.errors import IdentityError
from wire.certificates import CLIENT, common_name, read_chain, verify_chain
from wire.enrolment import SignedMessage, signed_bytes
from wire.topics import is_station_id


def speaker(message: SignedMessage, root: x509.Certificate, at: dt.datetime | None) -> str:
    """Return the id of the station whose certificate signed `message`.

    `at` None lets an expired certificate speak: for `renew` alone. Whether it was revoked, what the purpose is and
    how old the message is are for the caller to judge.

    Raises WireError E-CERT-01 to -04 as `wire.certificates` does, IdentityError E-ID-06 when the signature is not by
    the certificate's key or the certificate is no station's.
    """
    chain = read_chain(message.certificate.encode("utf-8", "replace"))
    verify_chain(chain, root, CLIENT, at)
    key = chain.leaf.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise IdentityError("E-ID-06", "not signed by the certificate's key 签名与证书不符")
    said = signed_bytes(message.purpose, message.made_ms, message.payload)
    try:
        key.verify(message.signature, said, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise IdentityError("E-ID-06", "not signed by the certificate's key 签名与证书不符") from None
    station = common_name(chain.leaf)
    if not is_station_id(station):
        raise IdentityError("E-ID-06", "the certificate is no station's 不是站点的证书")
    return station
