"""The station's own key and certificate, in one folder; the key is drawn here and never leaves.

<folder>/station.key station.crt            the pair in use
<folder>/station.key.next                   a key whose certificate was asked for
<folder>/station.crt.next                   its certificate, verified: now the pair is whole and takes the other's place

Two names cannot be exchanged in one step. So `station.crt.next` is the word that the new pair stands: `finish_install`
goes through with it at every start, wherever it was cut.
"""

import datetime as dt
from pathlib import Path
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from station.errors import TrustError
from wire.certificates import CLIENT, Chain, common_name, read_chain, verify_chain
from wire.durable import sync_folder, write_atomically
from wire.errors import WireError

KEY: Final = "station.key"
CERTIFICATE: Final = "station.crt"
NEXT: Final = ".next"


class Identity(NamedTuple):
    """A station's pair, as it lies in its folder."""

    key: ec.EllipticCurvePrivateKey
    chain: Chain

    @property
    def station(self) -> str:
        """Whose certificate it is."""
        return common_name(self.chain.leaf)


def load_identity(folder: Path) -> Identity:
    """Return the pair in use.

    Raises TrustError E-IDENT-01 when there is none, or it does not belong together.
    """
    key = _read_key(folder / KEY)
    try:
        chain = read_chain((folder / CERTIFICATE).read_bytes())
    except (OSError, WireError):
        chain = None
    if key is None or chain is None or chain.leaf.public_key() != key.public_key():
        raise TrustError(
            "E-IDENT-01",
            f"{folder}: no certificate with its key 没有可用的证书与密钥，请重新登记本站 (station identity)",
        )
    return Identity(key, chain)


def read_root(ca_file: Path) -> bytes:
    """Return the county's authority, PEM.

    Raises TrustError E-IDENT-07 when it cannot be read.
    """
    try:
        return ca_file.read_bytes()
    except OSError as error:
        raise TrustError(
            "E-IDENT-07", f"{ca_file}: the county's authority cannot be read 无法读取县级证书: {error.strerror}"
        ) from None


def pending_key(folder: Path) -> ec.EllipticCurvePrivateKey:
    """Return the key whose certificate is being asked for; drawn and kept if there is none yet.

    It stays the same until its certificate is installed, so that a request cut short is made again for the same key.

    Raises TrustError E-IDENT-02 when it cannot be kept.
    """
    path = folder / (KEY + NEXT)
    key = _read_key(path)
    if key is None:
        key = ec.generate_private_key(ec.SECP256R1())
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        try:
            write_atomically(path, pem, mode=0o600)
        except OSError as error:
            raise _not_kept(folder, error) from None
    return key


def request_pem(key: ec.EllipticCurvePrivateKey, station: str) -> str:
    """Return the signing request (PKCS#10, PEM) of `station` for its key."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, station)])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    return request.public_bytes(serialization.Encoding.PEM).decode("ascii")


def install_certificate(folder: Path, chain_pem: bytes, root_pem: bytes, station: str, at: dt.datetime | None) -> None:
    """Take the certificate of the pending key into use, together with that key.

    `at` None leaves out the dates: of a station whose clock cannot be trusted. Done again with the certificate that
    is in use it changes nothing.

    Raises WireError E-CERT-01 to -04 when it is none that the county's authority `root_pem` issued; TrustError
    E-IDENT-05 when it is another station's or of another key, E-IDENT-02 when it cannot be kept.
    """
    chain = read_chain(chain_pem)
    verify_chain(chain, read_chain(root_pem).leaf, CLIENT, at)
    if common_name(chain.leaf) != station:
        raise TrustError(
            "E-IDENT-05", f"the certificate is of {common_name(chain.leaf)[:20]!r}, not of {station} 证书属于另一站点"
        )
    finish_install(folder)
    public = chain.leaf.public_key()
    pending, current = _read_key(folder / (KEY + NEXT)), _read_key(folder / KEY)
    if pending is not None and pending.public_key() == public:
        pass
    elif current is None or current.public_key() != public:
        raise TrustError("E-IDENT-05", "the certificate is not of this station's key 证书与本站密钥不符")
    try:
        write_atomically(folder / (CERTIFICATE + NEXT), chain.pem)
    except OSError as error:
        raise _not_kept(folder, error) from None
    finish_install(folder)


def finish_install(folder: Path) -> None:
    """Complete or drop what a cut left of `install_certificate`; at every start, and harmless at any other time.

    Raises TrustError E-IDENT-02 when the disk does not take it.
    """
    certificate, key = folder / (CERTIFICATE + NEXT), folder / (KEY + NEXT)
    public = _public_key_of(certificate)
    if public is None:
        return
    try:
        if (pending := _read_key(key)) is not None and pending.public_key() == public:
            key.replace(folder / KEY)
            sync_folder(folder)
        if (current := _read_key(folder / KEY)) is not None and current.public_key() == public:
            certificate.replace(folder / CERTIFICATE)
        else:
            certificate.unlink()
        sync_folder(folder)
    except FileNotFoundError:  # another process of this station was faster
        pass
    except OSError as error:
        raise _not_kept(folder, error) from None


def _read_key(path: Path) -> ec.EllipticCurvePrivateKey | None:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError):
        return None
    return key if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1) else None


def _public_key_of(certificate: Path) -> object | None:
    try:
        return read_chain(certificate.read_bytes()).leaf.public_key()
    except OSError:
        return None
    except WireError:
        return b"no certificate"  # of no key: dropped


def _not_kept(folder: Path, error: OSError) -> TrustError:
    return TrustError("E-IDENT-02", f"{folder}: cannot be written 无法保存密钥或证书，请检查磁盘: {error.strerror}")
