"""Enrolment without a line: a USB stick carries the request to a technician's laptop and the certificate back.

The laptop signs its invitation with an authority that the county delegated to it, so no token is sealed to a stranger.
"""

import datetime as dt
from http import HTTPStatus
from pathlib import Path
from typing import Final

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from station.errors import TrustError
from station.identity.enrol import enrol_request, read_reply, take_reply
from station.identity.hub_http import HubRefusedError
from station.identity.keys import read_root
from wire.certificates import read_chain, verify_authority
from wire.codec import decode_trusted_size, decoded
from wire.durable import write_atomically
from wire.enrolment import (
    INVITATION_FILE,
    INVITED,
    MAX_REQUEST_BYTES,
    REPLY_FILE,
    REQUEST_FILE,
    EnrolReply,
    StationRefusal,
    StickInvitation,
)
from wire.errors import WireError

MAX_REPLY_BYTES: Final = 64 * 1024


def ask(stick: Path, folder: Path, station: str, token: str, ca_file: Path, at: dt.datetime | None) -> Path:
    """Write this station's request onto the stick; return its file. Done again it is a request for the same key.

    `folder` holds the station's key and certificate, `ca_file` the county's authority; `at` None where the clock
    cannot be trusted.

    Raises TrustError E-IDENT-08 (no invitation of this county's on the stick, or expired), E-IDENT-09 (the stick takes
    nothing), E-IDENT-02; WireError E-ENR-01 when `token` is none.
    """
    request = enrol_request(folder, station, token, invited(stick, ca_file, at))
    path = stick / REQUEST_FILE.format(station=station)
    try:
        write_atomically(path, msgspec.json.encode(request))
    except OSError as error:
        raise TrustError(
            "E-IDENT-09", f"{path}: the stick cannot be written 优盘无法写入，请换一个: {error.strerror}"
        ) from None
    return path


def invited(stick: Path, ca_file: Path, at: dt.datetime | None) -> bytes:
    """Return the key to seal a token to: of a laptop that this county's authority lets sign.

    Raises TrustError E-IDENT-08 when there is no such invitation, E-IDENT-07.
    """
    root = read_chain(read_root(ca_file)).leaf
    content = _read(stick / INVITATION_FILE, MAX_REQUEST_BYTES)
    if content is None:
        raise TrustError(
            "E-IDENT-08",
            f"{stick}: no invitation: make this stick with 'firmware-config stick' first"
            " 优盘上没有邀请文件，请先在笔记本上制作优盘",
        )
    try:
        invitation = decode_trusted_size(content, StickInvitation)
        _verify(invitation, root, at)
    except WireError as error:
        raise TrustError(
            "E-IDENT-08", f"the stick's invitation is not of this county 优盘邀请不受本县信任: {error}"
        ) from None
    return invitation.seal_key


def _verify(invitation: StickInvitation, root: x509.Certificate, at: dt.datetime | None) -> None:
    """Raise WireError unless whoever invites may sign for the county, and wrote this invitation."""
    authority = read_chain(invitation.certificate.encode("ascii", "replace")).leaf
    verify_authority(authority, root, at)
    key = authority.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise WireError("E-CERT-03", "another kind of key 密钥种类不符")
    try:
        key.verify(invitation.signature, INVITED + invitation.seal_key, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise WireError("E-CERT-02", "altered after it was signed 签名后被改动") from None


def reply(stick: Path, station: str) -> EnrolReply | None:
    """Return what the laptop answered this station, None while there is no answer on the stick.

    Raises HubRefusedError with the laptop's reason when it refused, HubAwayError E-IDENT-06 for what is no answer.
    """
    content = _read(stick / REPLY_FILE.format(station=station), MAX_REPLY_BYTES)
    if content is None:
        return None
    if (refusal := decoded(content, StationRefusal)) is not None:
        raise HubRefusedError(HTTPStatus.FORBIDDEN, refusal)
    return read_reply(content)


def take(stick: Path, folder: Path, station: str, ca_file: Path, at: dt.datetime | None) -> bool:
    """Take the certificate on the stick into use; return False while there is none for this station.

    Raises what `reply` and `take_reply` raise.
    """
    answer = reply(stick, station)
    if answer is None:
        return False
    take_reply(folder, answer, ca_file, station, at)
    return True


def _read(path: Path, most_bytes: int) -> bytes | None:
    """Return a file of the stick, None where it is not; what is larger than it may be is cut, and so refused."""
    try:
        with path.open("rb") as file:
            return file.read(most_bytes)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise TrustError("E-IDENT-09", f"{path}: the stick cannot be read 优盘无法读取: {error.strerror}") from None
