"""The audit log as a chain: each entry's link holds the one before; none can be changed, left out or moved (pure)."""

import hashlib
import hmac
import json
from typing import Final, NamedTuple

from hub.access.caller import Caller
from hub.errors import HubError

FIRST: Final = bytes(32)
"""What the first entry's link holds in the place of one before."""
MOST: Final = 200
"""Characters of a subject or a reason; what is longer is kept to here, and says so by an ellipsis."""


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
    subject, reason = _kept(deed.subject), _kept(deed.reason)
    return Entry(number, at_ms, caller.who, caller.unit, role, deed.act, subject, reason, address)


def check_digest(digest: str) -> None:
    """Raise HubError E-AUDIT-02 when this machine's OpenSSL cannot make such a digest."""
    try:
        hashlib.new(digest)
    except ValueError:
        what = (
            f'{digest}: this machine\'s OpenSSL has no such digest; set [audit] digest = "sha256", or install an'
            " OpenSSL that has it 本机 OpenSSL 不支持该摘要算法，请改用 sha256 或更换 OpenSSL"
        )
        raise HubError("E-AUDIT-02", what) from None


def link(key: bytes, before: bytes, entry: Entry, digest: str = "sha256") -> bytes:
    """Return what joins an entry to the one before: HMAC over both with the hub's own key.

    Without the key nobody who has the database alone can make a chain that holds. `digest` is `sha256` or `sm3`.
    """
    said = json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode()
    return hmac.new(key, before + hashlib.new(digest, said).digest(), digest).digest()


def fingerprint_of(joined: bytes) -> str:
    """Return the beginning of a link as people write it down: 16 hexadecimal digits in fours.

    64 bits: whoever would have another chain end in the same ones needs the key, and then 2^64 tries.
    """
    digits = joined.hex()[:16]
    return "-".join(digits[start : start + 4] for start in range(0, 16, 4))


def _kept(text: str) -> str:
    return text if len(text) <= MOST else text[: MOST - 1] + "…"
