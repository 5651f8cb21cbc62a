"""A session's key as people keep it: hexadecimal digits in a file."""

from typing import Final

LEAST_BYTES: Final = 16


def read_key(text: str) -> bytes:
    """Return the key of 16 bytes or more that stands there as hexadecimal digits.

    Raises ValueError for anything else.
    """
    key = bytes.fromhex(text)
    if len(key) < LEAST_BYTES:
        raise ValueError(f"a key of {len(key)} bytes is too short")
    return key
