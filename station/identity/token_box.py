"""A box that the token on a station's label opens: the village's Wi-Fi, sealed when the label is minted.

The token is 80 random bits, out of reach of trying them all. One content under one token is the same bytes each time,
so a bundle stays reproducible; the nonce is of the content, so two contents never share one.
"""

import hashlib
import hmac
from typing import Final

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from station.errors import TrustError
from wire.enrolment import read_token

_KEY: Final = b"cuncuntong box 1"
_NONCE: Final = b"cuncuntong non 1"


def seal_with_token(token: str, content: bytes) -> bytes:
    """Return the box of `content` that only this token opens.

    Raises WireError E-ENR-01 when `token` is none.
    """
    key = _key_of(token)
    nonce = hashlib.blake2b(content, digest_size=SecretBox.NONCE_SIZE, key=key, person=_NONCE).digest()
    return bytes(SecretBox(key).encrypt(content, nonce))


def open_with_token(token: str, box: bytes) -> bytes:
    """Return what is in the box.

    Raises WireError E-ENR-01 when `token` is none, TrustError E-IDENT-03 when the box is of another token or altered.
    """
    key = _key_of(token)
    try:
        content = SecretBox(key).decrypt(box)
    except (CryptoError, ValueError):  # ValueError: too short to be a box
        content = None
    if content is None or not hmac.compare_digest(seal_with_token(token, content), box):
        raise TrustError(
            "E-IDENT-03", "sealed for another label's token, or altered 标签码不符或内容被改动：请用本站最新的标签"
        )
    return content


def _key_of(token: str) -> bytes:
    return hashlib.blake2b(read_token(token).encode("ascii"), digest_size=SecretBox.KEY_SIZE, person=_KEY).digest()
