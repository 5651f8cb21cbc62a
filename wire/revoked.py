"""What a county's root revoked, as every archive carries it: whoever opens archives keeps the newest list (pure).

A list counts when the root signed it, whatever brought it; its dates do not, for what was revoked once stays so.
"""

from typing import Final, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

MAX_LIST_BYTES: Final = 64 * 1024
"""Of the root's own: some hundred laptops and signers, 50 bytes each."""


class RootList(NamedTuple):
    """The root's list, read."""

    number: int
    """Counts up."""
    serials: frozenset[int]


def read_root_list(pem: bytes, root: x509.Certificate) -> RootList | None:
    """Return the list (PEM) of the county's authority `root`, None where it is none, or somebody else's."""
    key = root.public_key()
    try:
        one = x509.load_pem_x509_crl(pem[:MAX_LIST_BYTES])
        if not isinstance(key, ec.EllipticCurvePublicKey) or not one.is_signature_valid(key):
            return None
        number = one.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
        return RootList(number, frozenset(entry.serial_number for entry in one))
    except (ValueError, TypeError, x509.ExtensionNotFound, x509.DuplicateExtension):
        return None


def is_newer(told: bytes, kept: bytes, root: x509.Certificate) -> bool:
    """Say whether the list `told` is to be kept in place of `kept`."""
    new, old = read_root_list(told, root), read_root_list(kept, root)
    return new is not None and (old is None or new.number > old.number)
