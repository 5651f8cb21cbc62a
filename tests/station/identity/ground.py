"""A county's authority for a station's tests, and certificates of it, without the code that issues."""

import datetime as dt
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from station.identity.keys import install_certificate, pending_key, request_pem
from tests.wire.authorities import certificate
from wire.certificates import CLIENT

STATION = "999999101001"
NOW = dt.datetime(2026, 11, 28, 9, 0, tzinfo=dt.UTC)


class County(NamedTuple):
    key: ec.EllipticCurvePrivateKey
    root: x509.Certificate
    laptop_key: ec.EllipticCurvePrivateKey
    laptop: x509.Certificate

    @property
    def root_pem(self) -> bytes:
        return pem(self.root)

    def issue(self, request: str, name: str = STATION, now: dt.datetime = NOW) -> bytes:
        key = x509.load_pem_x509_csr(request.encode()).public_key()
        return self.issue_for(key, name, now)

    def issue_for(self, key: object, name: str = STATION, now: dt.datetime = NOW) -> bytes:
        return pem(certificate(name, key, "laptop", self.laptop_key, now, usage=CLIENT)) + pem(self.laptop)


def pem(one: x509.Certificate) -> bytes:
    return one.public_bytes(serialization.Encoding.PEM)


def county(now: dt.datetime = NOW) -> County:
    key, laptop_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = certificate("county", key.public_key(), "county", key, now, path_length=1)
    laptop = certificate("laptop", laptop_key.public_key(), "county", key, now, path_length=0)
    return County(key, root, laptop_key, laptop)


def enrolled(folder: Path, of: County, station: str = STATION, issued: dt.datetime = NOW) -> Path:
    """Give the station in `folder` a pair of the county, and its authority."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ca.crt").write_bytes(of.root_pem)
    chain = of.issue(request_pem(pending_key(folder), station), station, issued)
    install_certificate(folder, chain, of.root_pem, station, NOW)
    return folder
