"""Nine keys for 26 letters, as on a telephone: which spellings a row of keys may mean (pure).

Large keys cannot be 26 on a small screen; the nine-key pinyin of telephones is what most villagers know. A letter that
was typed on a keyboard stands for itself.
"""

from typing import Final

from station.kiosk.entry.spelling import SYLLABLES

KEYS: Final = {"2": "abc", "3": "def", "4": "ghi", "5": "jkl", "6": "mno", "7": "pqrs", "8": "tuv", "9": "wxyz"}
CHINESE_SIGNS: Final = {",": "，", ".": "。", "?": "？", "!": "！", ";": "；", ":": "：", "\\": "、"}
"""What a keyboard's signs mean in Chinese text."""

_BEGINNINGS: Final = frozenset(syllable[:end] for syllable in SYLLABLES for end in range(1, len(syllable) + 1))
FOLLOWED: Final = 60
"""So many spellings are followed at once."""
_Cut = tuple[int, str]
"""Whole syllables before, and what is begun."""


def spellings(keys: str) -> list[str]:
    """Return what `keys` (2-9 and letters) may spell: whole syllables first, few syllables before many."""
    found: dict[str, tuple[_Cut, ...]] = {"": ((0, ""),)}
    for key in keys:
        longer: dict[str, tuple[_Cut, ...]] = {}
        for spelt, cuts in found.items():
            for letter in KEYS.get(key, key):
                if grown := _grown(cuts, letter):
                    longer[spelt + letter] = grown
        found = dict(sorted(longer.items(), key=lambda one: _cost(one[1]))[:FOLLOWED])
    return [spelt for spelt in found if spelt]


def _grown(cuts: tuple[_Cut, ...], letter: str) -> tuple[_Cut, ...]:
    grown = set[_Cut]()
    for count, begun in cuts:
        if begun + letter in _BEGINNINGS:
            grown.add((count, begun + letter))
        if begun in SYLLABLES and letter in _BEGINNINGS:
            grown.add((count + 1, letter))
    return tuple(sorted(grown))


def _cost(cuts: tuple[_Cut, ...]) -> tuple[int, bool]:
    return min((count + (begun not in SYLLABLES), begun not in SYLLABLES) for count, begun in cuts)


def read_as(keys: str) -> str:
    """Return the letters that `keys` most likely mean, to be shown; the keys' letters where they spell nothing."""
    if not any(key in KEYS for key in keys):
        return keys
    found = spellings(keys)
    return found[0] if found else "".join(KEYS.get(key, key)[0] for key in keys)
