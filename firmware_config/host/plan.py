"""What `hub init` would change: files wanted beside files there, each step with its reason and its lines (pure)."""

import difflib
import hashlib
import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Final, Literal, NamedTuple

Kind = Literal["make", "change", "merge", "clash", "kept"]
"""Of a file changed by hand since it was rendered: `kept` where nothing else changed, `merge` where what changed are
other lines than the hand's, `clash` where they are the same, or what was rendered is not known any more."""
WORDS: Final[dict[Kind, str]] = {
    "make": "新建 new",
    "change": "更改 changed",
    "merge": "更改，手工改动保留 changed, what was changed by hand stays",
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


def compare(
    wanted: Sequence[Wanted],
    there: Mapping[str, bytes],
    rendered: Mapping[str, str],
    before: Mapping[str, bytes] | None = None,
) -> list[Step]:
    """Return a step for each file that is not as wanted, in that order.

    `there` is what stands now, by path; `rendered` are the digests of what was last rendered, `before` what would be
    rendered of the choices of then: the same, unless a newer version renders otherwise. A file without a digest may be
    anybody's and counts as made by hand.
    """
    steps = []
    for one in wanted:
        now, known = there.get(one.path), rendered.get(one.path)
        if now != one.content:
            steps.append(_step(one, now, known, (before or {}).get(one.path)))
    return steps


def _step(wanted: Wanted, now: bytes | None, rendered: str | None, base: bytes | None) -> Step:
    kind: Kind = "clash"
    if now is None:
        kind = "make"
    elif digest_of(now) == rendered:
        kind = "change"
    elif digest_of(wanted.content) == rendered:
        kind = "kept"
    elif base is not None and digest_of(base) == rendered:
        merged = merge(base, now, wanted.content)
        if merged is None and merge(wanted.content, now, base) is not None:
            merged = now  # a run that was cut has made the change already
        if merged is not None:
            kind, wanted = "merge", wanted._replace(content=merged)
    return Step(kind, wanted, diff(wanted.path, now or b"", wanted.content))


def merge(base: bytes, mine: bytes, theirs: bytes) -> bytes | None:
    """Return `mine` with every change from `base` to `theirs`, None where one touches lines that `mine` changed.

    All are text of whole lines, UTF-8.
    """
    old, ours, new = (
        text.decode("utf-8", "surrogateescape").splitlines(keepends=True) for text in (base, mine, theirs)
    )
    stands = {
        block.a + offset: block.b + offset
        for block in difflib.SequenceMatcher(None, old, ours, autojunk=False).get_matching_blocks()
        for offset in range(block.size)
    }
    edits = []
    for tag, begin, end, new_begin, new_end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        around = range(max(begin - 1, 0), min(end + 1, len(old)))  # the lines beside it hold its place
        places = [stands.get(line) for line in around]
        if None in places or any(b != a + 1 for a, b in itertools.pairwise(places)):  # type: ignore[operator]
            return None
        at = stands[begin] if begin < end else (stands[begin - 1] + 1 if begin else 0)
        edits.append((at, at + end - begin, new[new_begin:new_end]))
    for begin, end, lines in reversed(edits):
        ours[begin:end] = lines
    return "".join(ours).encode("utf-8", "surrogateescape")


def _lines(text: bytes) -> list[str]:
    return text.decode("utf-8", "surrogateescape").splitlines(keepends=True)


def diff(path: str, before: bytes, after: bytes) -> tuple[str, ...]:
    """Return the lines of a unified diff, with no secret and nothing that commands a terminal in them."""
    old, new = (text.decode("utf-8", "replace").splitlines() for text in (before, after))
    return tuple(_plain(line) for line in difflib.unified_diff(old, new, path, path, lineterm="", n=2))


def _plain(line: str) -> str:
    masked = _SECRET.sub(lambda found: f"{found[1]}{_MASK}", line)
    masked = _IN_ADDRESS.sub(lambda found: f"{found[1] or found[3]}{_MASK}{found[2] or ''}", masked)
    return "".join(character if character.isprintable() else "�" for character in masked)
