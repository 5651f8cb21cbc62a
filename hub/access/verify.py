"""Verifying the audit log: does every entry hold, is none missing or moved, and does it end where it did (pure)."""

import hmac
import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from hub.access.chain import FIRST, Entry, fingerprint_of, link

DIGESTS: Final = ("sha256", "sm3")
Why = Literal["changed", "missing", "moved", "cut", "more", "head", "digest", "rewritten"]
_EXPECTED: Final = re.compile(r"([1-9][0-9]{0,17}):([0-9a-f]{16})")


class Linked(NamedTuple):
    """An entry as it is stored: by which digest it is chained, and what joins it to the one before."""

    entry: Entry
    digest: str
    link: bytes


class Head(NamedTuple):
    """What the log says of its own end."""

    last: int
    link: bytes


class Wrong(NamedTuple):
    """The first entry that does not hold."""

    number: int
    why: Why
    """`changed`: it, or its link, is not as it was written. `missing`: it is gone. `moved`: another's place, `other`.
    `cut`: the log ended later. `more`: entries after the end it tells of. `head`: what it says of its end is not so.
    `digest`: no digest of ours. `rewritten`: not the one that was written down outside.
    """
    other: int = 0


class Verdict(NamedTuple):
    """What was found."""

    held: int
    """Entries that hold, from the first on."""
    link: bytes
    """Of the last that holds."""
    wrong: Wrong | None

    @property
    def fingerprint(self) -> str:
        """Return the short form of the last link, for `--expect`."""
        return fingerprint_of(self.link)


def expected(written: str) -> tuple[int, str] | None:
    """Return number and fingerprint of `NUMBER:FINGERPRINT` as somebody wrote it down; None when it is neither."""
    number, colon, rest = written.strip().partition(":")
    plain = re.sub(r"[\s-]", "", rest).lower()
    found = _EXPECTED.fullmatch(f"{number.strip()}{colon}{plain}")
    return None if found is None else (int(found[1]), fingerprint_of(bytes.fromhex(found[2])))


def verify(key: bytes, rows: Iterable[Linked], head: Head | None, wanted: Mapping[int, str] | None = None) -> Verdict:
    """Walk the whole chain, oldest first, and say how far it holds.

    `wanted` are fingerprints by number that were written down outside: without one, whoever has the database and the
    key (or cuts off the end and the head with it) makes a shorter chain that holds.
    """
    before, count, left = FIRST, 0, dict(wanted or {})
    walk = iter(rows)
    for row in walk:
        wrong = _wrong(key, before, count + 1, row)
        if wrong is None and row.digest in DIGESTS and left.get(count + 1) not in {None, fingerprint_of(row.link)}:
            wrong = Wrong(count + 1, "rewritten")
        if wrong is not None:
            return Verdict(count, before, _where_from(key, before, wrong, row, walk))
        before, count = row.link, count + 1
        left.pop(count, None)
    return Verdict(count, before, _end(count, before, head, left))


def _wrong(key: bytes, before: bytes, number: int, row: Linked) -> Wrong | None:
    if row.entry.number != number:
        return Wrong(number, "missing" if row.entry.number > number else "changed")
    if row.digest not in DIGESTS:
        return Wrong(number, "digest")
    if not hmac.compare_digest(row.link, link(key, before, row.entry, row.digest)):
        return Wrong(number, "changed")
    return None


def _where_from(key: bytes, before: bytes, wrong: Wrong, first: Linked, rest: Iterable[Linked]) -> Wrong:
    """Tell an entry that was moved here from one that was changed: at another place its link holds."""
    if wrong.why != "changed":
        return wrong
    # Two that changed places: it holds where the other one stood, after the link that stands there before it.
    for earlier, later in pairwise([first._replace(link=before), first, *rest]):
        number = later.entry.number
        if number == wrong.number:
            continue
        for joined_to in (earlier.link, later.link):
            there = link(key, joined_to, first.entry._replace(number=number), first.digest)
            if there in {first.link, later.link}:
                return Wrong(wrong.number, "moved", number)
    return wrong


def _end(count: int, before: bytes, head: Head | None, left: Mapping[int, str]) -> Wrong | None:
    if head is None:
        return Wrong(count, "head")
    if head.last > count:
        return Wrong(count + 1, "cut")
    if head.last < count:
        return Wrong(head.last + 1, "more")
    if not hmac.compare_digest(head.link, before):
        return Wrong(count, "head")
    if left:
        return Wrong(count + 1, "cut")
    return None
