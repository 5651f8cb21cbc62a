"""Codes that stand on a screen and are typed by hand (pure)."""

import secrets
from typing import Final

ALPHABET: Final = "34679ACDEFGHJKMNPQRTWXY"
"""Signs that nobody takes for another across a room: no 0 O, 1 I L, 2 Z, 5 S, 8 B, U V."""
LENGTH: Final = 8
"""23^8 codes, 36 bits: with at most a hundred tries in ten minutes nobody finds one of a few that wait."""
_BETWEEN: Final = str.maketrans("", "", " -_\t·—–")


def fresh_code() -> str:
    """Return a new code."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def read_code(typed: str) -> str | None:
    """Return a code as somebody typed it, small letters and groups or not; None when it cannot be one."""
    code = typed.translate(_BETWEEN).upper()
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def grouped(code: str) -> str:
    """Return a code as it is shown: in two groups."""
    return f"{code[:4]}-{code[4:]}"
