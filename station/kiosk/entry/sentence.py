"""The likeliest row of words that letters spell, where no single word does: pure."""

from collections.abc import Callable
from typing import Final, NamedTuple

from station.kiosk.entry.spelling import SYLLABLES, whole_cuts

MOST_SIGNS_A_WORD: Final = 5
LOOK_AHEAD_LETTERS: Final = MOST_SIGNS_A_WORD * 6
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
    at: dict[int, tuple[int, str]] = {0: (0, "")}
    for start in range(len(letters)):
        if start not in at:
            continue
        cost, text = at[start]
        for cut in whole_cuts(letters[start : start + LOOK_AHEAD_LETTERS], SYLLABLES):
            end = start + cut.letters
            if len(cut.slots) > MOST_SIGNS_A_WORD or (word := best(cut.spelling)) is None:
                continue
            total = cost + word.rank + A_WORD_MORE
            if end not in at or total < at[end][0]:
                at[end] = (total, text + word.text)
    return at[len(letters)][1] if letters and len(letters) in at else None
