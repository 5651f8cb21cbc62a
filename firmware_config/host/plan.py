"""What `hub init` would change: files wanted beside files there, each step with its reason and its lines (pure)."""

import difflib
import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Final, Literal, NamedTuple

Kind = Literal["make", "change", "clash", "kept"]
"""`clash`: changed by hand since it was rendered, and what is wanted changed too; `kept`: changed by hand alone."""
WORDS: Final[dict[Kind, str]] = {
    "make": "新建 new",
    "change": "更改 changed",
    "clash": "手工改过 changed by hand",
    "kept": "手工改过，保留 changed by hand, stays",
}
_SECRET: Final = re.compile(r"(?i)(\b\w*(?:password|passwd|secret|token|psk|private_key)\s*[=:]\s*)(\"[^\"]*\"|\S+)")
_IN_ADDRESS: Final = re.compile(r"(://)[^/@\s\"]+(@)|(\?)[^\s\"]+")
_MASK: Final = "…"


class Wanted(NamedTuple):
    """A file as it should be; `path` is relative, `etc/…` below the machine's root, else below the county's folder."""

    path: str
    content: bytes
    mode: int = 0o644


class Step(NamedTuple):
    """One file that is not as it should be."""

    kind: Kind
    wanted: Wanted
    lines: tuple[str, ...]
    """A unified diff of what would change, secrets masked."""


def digest_of(content: bytes) -> str:
    """Return what a rendered file is remembered by."""
    return hashlib.sha256(content).hexdigest()


def compare(wanted: Sequence[Wanted], there: Mapping[str, bytes], rendered: Mapping[str, str]) -> list[Step]:
    """Return a step for each file that is not as wanted, in that order.

    `there` is what stands now, by path; `rendered` are the digests of what was last rendered. A file without one may be
    anybody's and counts as made by hand.
    """
    steps = []
    for one in wanted:
        now = there.get(one.path)
        if now != one.content:
            steps.append(Step(_kind(one, now, rendered.get(one.path)), one, diff(one.path, now or b"", one.content)))
    return steps


def _kind(wanted: Wanted, now: bytes | None, rendered: str | None) -> Kind:
    if now is None:
        return "make"
    if digest_of(now) == rendered:
        return "change"
    return "kept" if digest_of(wanted.content) == rendered else "clash"


def diff(path: str, before: bytes, after: bytes) -> tuple[str, ...]:
    """Return the lines of a unified diff, with no secret and nothing that commands a terminal in them."""
    old, new = (text.decode("utf-8", "replace").splitlines() for text in (before, after))
    return tuple(_plain(line) for line in difflib.unified_diff(old, new, path, path, lineterm="", n=2))


def _plain(line: str) -> str:
    masked = _SECRET.sub(lambda found: f"{found[1]}{_MASK}", line)
    masked = _IN_ADDRESS.sub(lambda found: f"{found[1] or found[3]}{_MASK}{found[2] or ''}", masked)
    return "".join(character if character.isprintable() else "�" for character in masked)
