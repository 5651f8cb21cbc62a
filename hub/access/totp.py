"""Codes of a telephone (RFC 6238): six digits of 30 seconds; each opens once. And codes for when the telephone is lost.

Source of the rules: RFC 6238 5.2 (a code is taken once; one step of delay is allowed for).
"""

import hmac
import secrets
from collections.abc import Sequence
from typing import Final

import pyotp

STEP_S: Final = 30
AROUND: Final = (0, -1, 1)
"""Steps beside the present one that are taken: a telephone's clock is not the hub's."""
DIGITS: Final = 6
CODES: Final = 10
"""So many recovery codes are given out."""
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_CODE_LETTERS: Final = 12


def fresh_secret() -> str:
    """Return a secret for a telephone: 160 random bits as Base32."""
    return pyotp.random_base32()


def step_of(secret: str, code: str, now_ms: int, last: int | None) -> int | None:
    """Return the time step that a code is of; None when it is wrong, or not of a later step than the `last` taken."""
    digits = "".join(code.split())
    if len(digits) != DIGITS or not digits.isascii() or not digits.isdigit():
        return None
    machine, now = pyotp.TOTP(secret), now_ms // 1000 // STEP_S
    for step in (now + beside for beside in AROUND):
        if hmac.compare_digest(machine.generate_otp(step), digits):
            return step if last is None or step > last else None
    return None


def address_of(secret: str, name: str, issuer: str) -> str:
    """Return what a telephone reads from the picture: `otpauth://totp/…`."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)


def fresh_codes() -> Sequence[str]:
    """Return recovery codes, each of 12 letters and digits in fours (59 bits), none that look alike."""
    return [_grouped("".join(secrets.choice(_LETTERS) for _ in range(_CODE_LETTERS))) for _ in range(CODES)]


def plain_code(text: str) -> str | None:
    """Return a recovery code as it is counted, however it was typed; None when it cannot be one."""
    letters = "".join(text.split()).replace("-", "").lower()
    return letters if len(letters) == _CODE_LETTERS and set(letters) <= set(_LETTERS) else None


def digest_of_code(key: bytes, account: int, code: str) -> bytes:
    """Return what the database keeps of a recovery code: an HMAC by the hub's own key, of this account."""
    return hmac.digest(key, f"{account} {plain_code(code)}".encode(), "sha256")


def _grouped(letters: str) -> str:
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))
