"""What stands in the ledger in the place of a record that was erased: proof of what it was, and nothing of it (pure).

A station may send a record again long after it was erased. Without a trace it would look like another record that
claims the same place, and be kept whole in quarantine; with its digest it is known, and nothing is stored.
"""

import hashlib
from typing import Final

import msgspec

MARK: Final = b"\0"
"""No record begins so: records are JSON."""


def tomb_of(body: bytes) -> bytes:
    """Return what replaces a record's body; of what was replaced already, itself."""
    return body if is_tomb(body) else MARK + _digest(body)


def is_tomb(stored: bytes) -> bool:
    """Say whether a stored body is only the mark of one that was erased."""
    return stored[:1] == MARK


def was(tomb: bytes, body: bytes) -> bool:
    """Say whether `body`, however it is written as JSON, is what was erased there."""
    return tomb == MARK + _digest(body)


def _digest(body: bytes) -> bytes:
    """Return a digest of what a body says; its boxes were sealed with a key drawn for each, so nobody can guess it."""
    try:
        said = msgspec.json.encode(msgspec.json.decode(body), order="sorted")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        said = body
    return hashlib.sha256(said).digest()
