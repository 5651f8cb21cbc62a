"""The audit log as a chain: each entry's link holds the one before; none can be changed, left out or moved (pure)."""

import hashlib
import hmac
import json
from typing import Final, NamedTuple

from hub.access.caller import Caller

FIRST: Final = bytes(32)
"""What the first entry's link holds in the place of one before."""


class Deed(NamedTuple):
    """What somebody did that is kept for good; never anything personal in it."""

    act: str
    """What was done, as `visit.open`: a row of `hub/web/words/audit.py`."""
    subject: str
    """To what: a visit's station and number, an incident's id, an account's name."""
    reason: str = ""
    """Why, in the words of whoever did it."""


class Entry(NamedTuple):
    """One deed, by whom, from where and when."""

    number: int
    """From 1, without a gap."""
    at_ms: int
    who: str
    unit: str
    role: str
    act: str
    subject: str
    reason: str
    address: str
    """Where they asked from; `command` at the hub's own machine."""


def entry_of(number: int, at_ms: int, caller: Caller, deed: Deed, address: str) -> Entry:
    """Return the entry of a deed."""
    role = caller.role or caller.kind
    return Entry(number, at_ms, caller.who, caller.unit, role, deed.act, deed.subject, deed.reason, address)


def link(key: bytes, before: bytes, entry: Entry, digest: str = "sha256") -> bytes:
    """Return what joins an entry to the one before: HMAC over both with the hub's own key.

    Without the key nobody who has the database alone can make a chain that holds. `digest` is `sha256` or `sm3`.
    """
    said = json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode()
    return hmac.new(key, before + hashlib.new(digest, said).digest(), digest).digest()
