"""The likeliest row of words that letters spell, where no single word does: pure."""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from station.kiosk.entry.spelling import pieces

MOST_SIGNS_A_WORD: Final = 4
"""Longer words are found as words; within a row they are too rare to look for."""
CUTS_A_SYLLABLE: Final = 2
"""`fangan` starts with fang or fan; a third way (fa) is never the likeliest."""
A_WORD_MORE: Final = 40
"""What each further word costs beside its own rank: long words are meant more often than their frequencies say."""


class Best(NamedTuple):
    """The likeliest word of one spelling, and its rank."""

    text: str
    rank: int


def sentence(letters: str, best: Callable[[str], Best | None]) -> str | None:
    """Return the likeliest words that spell all `letters` in whole syllables, None when nothing does.

    `best` finds the likeliest word of a spelling (`jie'qian`). The sum of ranks is least (words taken as independent).
    """
    known: dict[str, Best | None] = {}
    at: dict[int, tuple[int, str]] = {0: (0, "")}
    for start in range(len(letters)):
        if start not in at:
            continue
        cost, text = at[start]
        for spelling, end in _spellings(letters, start, MOST_SIGNS_A_WORD):
            if spelling not in known:
                known[spelling] = best(spelling)
            if (word := known[spelling]) is None:
                continue
            total = cost + word.rank + A_WORD_MORE
            if end not in at or total < at[end][0]:
                at[end] = (total, text + word.text)
    return at[len(letters)][1] if letters and len(letters) in at else None


def _spellings(letters: str, start: int, signs: int) -> Iterator[tuple[str, int]]:
    """Yield spellings of up to `signs` syllables from `start` on, and where each ends."""
    for piece in pieces(letters[start : start + 6])[:CUTS_A_SYLLABLE]:
        end = start + len(piece)
        yield piece, end
        if signs > 1:
            yield from ((f"{piece}'{rest}", last) for rest, last in _spellings(letters, end, signs - 1))
