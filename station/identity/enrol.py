"""A station's first certificate, or the one after it was set up anew, from the hub."""

import datetime as dt
import hashlib
from pathlib import Path

import msgspec

from station.identity.hub_http import HubAwayError, post
from station.identity.keys import install_certificate, pending_key, read_root, request_pem
from station.sealing import seal_to
from wire.codec import decoded
from wire.enrolment import ENROL_PATH, EnrolReply, EnrolRequest, proof_of, read_token


def enrol_request(folder: Path, station: str, token: str, seal_key: bytes) -> EnrolRequest:
    """Return the request for the pending key in `folder` (drawn if there is none), its token sealed to `seal_key`.

    `seal_key` is the X25519 public key, 32 bytes, of whoever is to sign: the hub's `seal.pub`, or an invitation's.

    Raises WireError E-ENR-01 when `token` is none, TrustError E-IDENT-02 when the key cannot be kept.
    """
    letters = read_token(token)
    request = request_pem(pending_key(folder), station)
    return EnrolRequest(
        station,
        request,
        hashlib.sha256(seal_key).hexdigest()[:16],
        seal_to(seal_key, letters.encode("ascii")),
        proof_of(letters, station, request),
    )


def enrol_online(url: str, request: EnrolRequest, ca_file: Path) -> EnrolReply:
    """Return the certificate that the hub at `url` gives for `request`; asked again for the same key it is the same.

    Raises HubRefusedError (the hub's own code: to ask again changes nothing), HubAwayError E-IDENT-04 or -06.
    """
    answer = post(url, ENROL_PATH, msgspec.json.encode(request), ca_file)
    return read_reply(answer)


def read_reply(answer: bytes) -> EnrolReply:
    """Return what whoever signs answered.

    Raises HubAwayError E-IDENT-06 when it is no such answer.
    """
    reply = decoded(answer, EnrolReply)
    if reply is None:
        raise HubAwayError("E-IDENT-06", "the answer is no certificate 回答中没有证书")
    return reply


def take_reply(folder: Path, reply: EnrolReply, ca_file: Path, station: str, at: dt.datetime | None) -> None:
    """Take the certificate of a reply into use; `at` None where the clock cannot be trusted.

    Raises what `install_certificate` and `read_root` raise.
    """
    install_certificate(folder, reply.certificate.encode("ascii", "replace"), read_root(ca_file), station, at)
