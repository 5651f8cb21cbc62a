"""What a certificate of ours is, and whether a chain of them leads to the county's authority (pure).

Every key is P-256, but a signer of archives has Ed25519, whose signature of one content is always the same bytes.
"""

import datetime as dt
import itertools
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from wire.errors import WireError

CLIENT: Final = ExtendedKeyUsageOID.CLIENT_AUTH
SERVER: Final = ExtendedKeyUsageOID.SERVER_AUTH
ARCHIVE_SIGNER: Final = ExtendedKeyUsageOID.CODE_SIGNING
MAX_CHAIN_BYTES: Final = 8 * 1024
BACK_DATED: Final = dt.timedelta(days=1)
"""A certificate begins so long before it was issued: a Pi has no clock battery."""
MAX_CHAIN: Final = 3
"""A leaf, one delegated authority, and the county's own when somebody sends that too."""

_ODD: Final = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
    x509.ExtensionNotFound,
)
"""What `cryptography` raises for certificates that are none of ours, some of it only when a part is looked at."""


class Chain(NamedTuple):
    """A certificate with the delegated authority that issued it, if one did."""

    leaf: x509.Certificate
    between: tuple[x509.Certificate, ...] = ()

    @property
    def pem(self) -> bytes:
        """The chain as a TLS client sends it: leaf first."""
        return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in (self.leaf, *self.between))


def read_chain(pem: bytes) -> Chain:
    """Read PEM certificates, leaf first.

    Raises WireError E-CERT-01 when they are none, too many, too large or cannot be read.
    """
    if len(pem) > MAX_CHAIN_BYTES:
        raise WireError("E-CERT-01", f"certificates of {len(pem)} bytes, {MAX_CHAIN_BYTES} allowed 证书过大")
    try:
        certificates = x509.load_pem_x509_certificates(pem)
    except _ODD:
        raise WireError("E-CERT-01", "not a PEM certificate 不是有效的证书") from None
    if not 0 < len(certificates) <= MAX_CHAIN:
        raise WireError("E-CERT-01", f"{len(certificates)} certificates, 1 to {MAX_CHAIN} allowed 证书数量不符")
    return Chain(certificates[0], tuple(certificates[1:]))


def verify_chain(chain: Chain, root: x509.Certificate, usage: x509.ObjectIdentifier, at: dt.datetime | None) -> None:
    """Return when `chain` leads to `root` and its leaf may be used for `usage`; RFC 5280, 6.1, as far as ours go.

    `at` None leaves out the dates: of a station without a clock, or of one that renews after expiry. A delegated
    authority issues for the uses it names itself, and to no signer of archives: the root alone makes those.

    Raises WireError E-CERT-02 (of another authority, or altered), E-CERT-03 (not for this use) or
    E-CERT-04 (not yet, or no longer valid).
    """
    path = [chain.leaf, *(one for one in chain.between if one != root), root]
    if not all(_may_issue_for(authority, usage) for authority in path[1:-1]):
        raise WireError("E-CERT-02", "issued by somebody who may not issue for this use 签发者无权签发此用途")
    # From the root down: a stranger's key, of whatever kind and size, verifies nothing here.
    for index, (issued, issuer) in reversed([*enumerate(itertools.pairwise(path))]):
        _issued_by(issued, issuer, below=index)
    try:
        usages = chain.leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        is_authority = _is_authority(chain.leaf)
    except _ODD:
        raise WireError("E-CERT-03", "the certificate does not say what it is for 证书未注明用途") from None
    if usage not in usages or is_authority:
        raise WireError("E-CERT-03", "the certificate is not for this use 证书用途不符")
    if at is not None:
        for one in path:
            if not one.not_valid_before_utc <= at <= one.not_valid_after_utc:
                until = f"{one.not_valid_before_utc:%Y-%m-%d} to {one.not_valid_after_utc:%Y-%m-%d}"
                raise WireError("E-CERT-04", f"'{common_name(one)}' is valid {until} only 证书不在有效期内")


def verify_authority(authority: x509.Certificate, root: x509.Certificate, at: dt.datetime | None) -> None:
    """Return when the county's authority `root` delegated to `authority`; `at` as in `verify_chain`.

    Raises WireError E-CERT-02 or E-CERT-04.
    """
    _issued_by(authority, root, below=1)
    if not _is_authority(authority):
        raise WireError("E-CERT-02", "issued to somebody who may not issue 该证书无签发权限")
    if at is not None and not authority.not_valid_before_utc <= at <= authority.not_valid_after_utc:
        raise WireError("E-CERT-04", f"'{common_name(authority)}' is not valid now 证书不在有效期内")


def common_name(certificate: x509.Certificate) -> str:
    """Return whose certificate it is, "" where it does not say."""
    try:
        names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    except _ODD:
        return ""
    return str(names[0].value) if len(names) == 1 else ""


def fingerprint(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of a certificate, 64 hex digits: what a label says of the county's authority."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def _issued_by(issued: x509.Certificate, issuer: x509.Certificate, *, below: int) -> None:
    """Raise unless `issuer` signed `issued` and may have `below` authorities under it."""
    try:
        issued.verify_directly_issued_by(issuer)
        limit = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value
    except (InvalidSignature, *_ODD):
        raise WireError("E-CERT-02", "not issued by this county's authority 不是本县证书机构签发的证书") from None
    may = limit.ca and (limit.path_length is None or limit.path_length >= below)
    if not may or not may_issue_to(issuer, issued.subject):
        raise WireError("E-CERT-02", "issued by somebody who may not issue 签发者无签发权限")


def _may_issue_for(authority: x509.Certificate, usage: x509.ObjectIdentifier) -> bool:
    """Say whether a delegated authority may issue for `usage`, as TLS libraries hold an authority's own usage too."""
    try:
        usages = authority.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return usage in {CLIENT, SERVER}
    except _ODD:
        return False
    return usage in usages and usage != ARCHIVE_SIGNER


def may_issue_to(authority: x509.Certificate, subject: x509.Name) -> bool:
    """Say whether an authority may issue to `subject`: one that was delegated for some names issues to no other.

    RFC 5280, 4.2.1.10, as far as ours go: permitted names that begin the subject's. What it does not know it refuses.
    """
    try:
        limits = authority.extensions.get_extension_for_class(x509.NameConstraints).value
    except x509.ExtensionNotFound:
        return True
    except _ODD:
        return False
    permitted = [one.value.rdns for one in limits.permitted_subtrees or () if isinstance(one, x509.DirectoryName)]
    return not limits.excluded_subtrees and any(subject.rdns[: len(rdns)] == rdns for rdns in permitted)


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False
