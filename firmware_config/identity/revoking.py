"""What the county's root may revoke, and how it is named."""

from pathlib import Path
from typing import Final, Literal, NamedTuple, get_args

from cryptography import x509

from firmware_config.identity.errors import IdentityError
from firmware_config.identity.issuing import Issuer
from wire.certificates import common_name, read_chain
from wire.errors import WireError

Reason = Literal["key-compromise", "superseded", "cessation", "unspecified"]
REASONS: Final[dict[str, x509.ReasonFlags]] = {
    "key-compromise": x509.ReasonFlags.key_compromise,
    "superseded": x509.ReasonFlags.superseded,
    "cessation": x509.ReasonFlags.cessation_of_operation,
    "unspecified": x509.ReasonFlags.unspecified,
}
assert set(REASONS) == set(get_args(Reason))


class Target(NamedTuple):
    """One certificate of the root's."""

    name: str
    serial: int
    means: str
    """What will be refused, for whoever is asked."""


def what_to_revoke(root: Issuer, folder: Path, said: str) -> Target:
    """Return what `said` names: a delegated authority of `folder`, a file with a certificate, or a serial in hex.

    Raises IdentityError E-ID-12 when it names nothing, or what another authority issued and the hub revokes.
    """
    for path in (folder / "issuers" / f"{said}.crt", Path(said)):
        if path.is_file():
            try:
                leaf = read_chain(path.read_bytes()).leaf
            except WireError:
                raise IdentityError("E-ID-12", f"{path}: no certificate 不是证书文件") from None
            if leaf.issuer != root.certificate.subject or leaf == root.certificate:
                raise IdentityError(
                    "E-ID-12",
                    f"{path}: not issued by this authority; a station is revoked with 'hub enrolment revoke'"
                    " 不是县级机构直接签发；站点请用 hub enrolment revoke 吊销",
                )
            return Target(common_name(leaf), leaf.serial_number, _means(leaf))
    try:
        serial = int(said.replace(":", ""), 16)
    except ValueError:
        serial = 0
    if not 0 < serial < 1 << 159:
        raise IdentityError(
            "E-ID-12", f"{said[:40]!r}: no such laptop, certificate file or serial 没有此机构、证书文件或序列号"
        )
    return Target("serial", serial, "")


def in_one_line(certificate: x509.Certificate) -> str:
    """Return a certificate in one line: whose it is, and until when."""
    return f"{common_name(certificate)}, {certificate.not_valid_after_utc:%Y-%m-%d}"


def named_in(certificate: x509.Certificate) -> int | None:
    """Return for how many stations an authority may sign, None when for all."""
    try:
        limits = certificate.extensions.get_extension_for_class(x509.NameConstraints).value
    except x509.ExtensionNotFound:
        return None
    return len(limits.permitted_subtrees or ())


def _means(certificate: x509.Certificate) -> str:
    try:
        is_authority = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        is_authority = False
    return "whatever it signed is refused 其签发的证书全部失效" if is_authority else ""
