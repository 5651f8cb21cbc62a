"""Who speaks in a SignedMessage (pure)."""

import datetime as dt
from collections.abc import Collection

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from firmware_config.identity.errors import IdentityError
from wire.certificates import CLIENT, Chain, common_name, read_chain, verify_authority, verify_chain
from wire.enrolment import SignedMessage, signed_bytes
from wire.errors import WireError
from wire.topics import is_station_id


def speaker(message: SignedMessage, root: x509.Certificate, at: dt.datetime | None, gone: Collection[int] = ()) -> str:
    """Return the id of the station whose certificate signed `message`.

    `at` None lets an expired certificate speak: for `renew` alone, and then `still_vouched` is for the caller to ask.
    `gone` are serials that the root revoked. Whether the station was, what the purpose is and how old the message is
    are for the caller to judge.

    Raises WireError E-CERT-01 to -04 as `wire.certificates` does, IdentityError E-ID-06 when the signature is not by
    the certificate's key or the certificate is no station's, E-ID-13 when its authority was revoked.
    """
    chain = read_chain(message.certificate.encode("utf-8", "replace"))
    verify_chain(chain, root, CLIENT, at)
    if not {one.serial_number for one in (chain.leaf, *chain.between)}.isdisjoint(gone):
        raise IdentityError(
            "E-ID-13", "its authority was revoked: enrol with a new label 签发机构已吊销，请用新标签登记"
        )
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


def still_vouched(chain: Chain, root: x509.Certificate, at: dt.datetime) -> None:
    """Return when the authorities that issued a certificate may sign now: asked of one that nobody ever reported.

    Whoever has the key of an authority that is over can date a certificate back to any day of its time.

    Raises IdentityError E-ID-13 when they may not.
    """
    try:
        for authority in (one for one in chain.between if one != root):
            verify_authority(authority, root, at)
    except WireError:
        raise IdentityError(
            "E-ID-13",
            "its authority is over: its laptop's export has to be taken in 签发机构已到期，请先导入笔记本的签发记录",
        ) from None
