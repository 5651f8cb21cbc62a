"""How letters may be cut into syllables: pure, knows no words.

Pinyin is the standard 汉语拼音方案 (ISO 7098) without tones, ü typed as v. A cut is a tuple of slots; a slot is a whole
syllable or, in a short cut, the beginning of one (`zl`, `zhaol`).
"""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

MOST_SLOTS: Final = 8
"""A word has at most so many signs; the index holds none longer."""
MOST_LETTERS: Final = 48
"""What is typed beyond is left for later: nobody looks at candidates for a whole letter."""
CUTS_A_LENGTH: Final = 16
"""At most so many cuts of one length are followed: `nananana` has hundreds, and nobody means them."""

_FINALS: Final = {
    "": "a ai an ang ao e ei en eng er o ou",
    "b": "a ai an ang ao ei en eng i ian iao ie in ing o u",
    "c": "a ai an ang ao e en eng i ong ou u uan ui un uo",
    "ch": "a ai an ang ao e en eng i ong ou u ua uai uan uang ui un uo",
    "d": "a ai an ang ao e ei en eng i ia ian iao ie ing iu ong ou u uan ui un uo",
    "f": "a an ang ei en eng iao o ou u",
    "g": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "h": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "j": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "k": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "l": "a ai an ang ao e ei en eng i ia ian iang iao ie in ing iu o ong ou u uan un uo v ve",
    "m": "a ai an ang ao e ei en eng i ian iao ie in ing iu o ou u",
    "n": "a ai an ang ao e ei en eng i ian iang iao ie in ing iu ong ou u uan un uo v ve",
    "p": "a ai an ang ao ei en eng i ian iao ie in ing o ou u",
    "q": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "r": "an ang ao e en eng i ong ou u ua uan ui un uo",
    "s": "a ai an ang ao e en eng i ong ou u uan ui un uo",
    "sh": "a ai an ang ao e ei en eng i ou u ua uai uan uang ui un uo",
    "t": "a ai an ang ao e ei eng i ian iao ie ing ong ou u uan ui un uo",
    "w": "a ai an ang ei en eng o u",
    "x": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "y": "a an ang ao e i in ing o ong ou u uan ue un",
    "z": "a ai an ang ao e ei en eng i ong ou u uan ui un uo",
    "zh": "a ai an ang ao e ei en eng i ong ou u ua uai uan uang ui un uo",
}
SYLLABLES: Final = frozenset(initial + final for initial, finals in _FINALS.items() for final in finals.split())
"""Every syllable a sign is read by."""
_INITIALS: Final = tuple(sorted((initial for initial in _FINALS if initial), key=len, reverse=True))
_BEGINNINGS: Final = frozenset(s[:n] for s in SYLLABLES for n in range(1, len(s)))
_LONGEST: Final = max(map(len, SYLLABLES))

_ALIKE_FIRST: Final = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("h", "f"))
_ALIKE_LAST: Final = (("ang", "an"), ("eng", "en"), ("ing", "in"))
"""What northern Jiangsu speech does not tell apart. The second of each pair stands for both."""


class Cut(NamedTuple):
    """The first `letters` letters as slots; in a whole cut `short` is 0, else it counts slots that are beginnings."""

    slots: tuple[str, ...]
    letters: int
    short: int = 0

    @property
    def spelling(self) -> str:
        """The slots as the index spells them."""
        return "'".join(self.slots)


def clean(typed: str) -> str:
    """Return the letters `typed` begins with, small, with ü where only ü can stand written u; never longer than it."""
    letters = ""
    for sign in typed[:MOST_LETTERS]:
        if not (sign.isascii() and sign.isalpha()):
            break
        letters += sign.lower()
        if letters[-1] == "v" and letters[-2:-1] in set("jqxy"):
            letters = letters[:-1] + "u"
    return letters


def loose(syllable: str) -> str:
    """Return what `syllable` has in common with those it is mixed up with."""
    for full, short in _ALIKE_FIRST:
        if syllable.startswith(full):
            syllable = short + syllable[len(full) :]
            break
    for full, short in _ALIKE_LAST:
        if syllable.endswith(full):
            syllable = syllable[: -len(full)] + short
            break
    return syllable.replace("v", "u")


def _mixed_up(syllable: str) -> Iterator[str]:
    """Yield every way somebody may write `syllable` who mixes sounds up: `shong` for song, `lu` for lü."""
    firsts = {syllable}
    for pair in _ALIKE_FIRST:
        for one, other in (pair, pair[::-1]):
            if syllable.startswith(one) and not (len(one) == 1 and syllable[1:2] == "h"):
                firsts.add(other + syllable[len(one) :])
    for first in firsts:
        yield first
        yield first.replace("v", "u")
        for pair in _ALIKE_LAST:
            for one, other in (pair, pair[::-1]):
                if first.endswith(one):
                    yield first[: -len(one)] + other


TYPED: Final = frozenset(way for syllable in SYLLABLES for way in _mixed_up(syllable))
"""Every syllable somebody may type, right or mixed up."""
_LOOSE: Final = {way: loose(way) for way in TYPED}


def whole_cuts(letters: str, syllables: frozenset[str] = TYPED) -> list[Cut]:
    """Return the cuts of every beginning of `letters` into whole syllables, the longest beginning first."""
    found: list[Cut] = []
    row = [Cut((), 0)]
    for _ in range(MOST_SLOTS):
        longer = (
            Cut((*cut.slots, piece), cut.letters + len(piece))
            for cut in row
            for piece in pieces(letters[cut.letters :], syllables)
        )
        row = sorted(longer, key=lambda cut: (-cut.letters, _strangers(cut)))[:CUTS_A_LENGTH]
        found += row
    return sorted(found, key=lambda cut: (-cut.letters, _strangers(cut), len(cut.slots)))


def pieces(letters: str, syllables: frozenset[str] = SYLLABLES) -> list[str]:
    """Return the syllables that `letters` may start with, the longest first."""
    return [letters[:n] for n in range(min(_LONGEST, len(letters)), 0, -1) if letters[:n] in syllables]


def _strangers(cut: Cut) -> int:
    return sum(slot not in SYLLABLES for slot in cut.slots)


def short_cuts(letters: str) -> list[Cut]:
    """Return cuts of beginnings of `letters` that hold a slot that is no whole syllable, the longest first.

    A beginning is taken where no syllable starts (`zl`, `zhaol`), and for the last letters, which may still become a
    longer syllable (`zha`).
    """
    found: list[Cut] = []
    row = [Cut((), 0)]
    for _ in range(MOST_SLOTS):
        longer = [step for cut in row for step in _short_steps(cut, letters)]
        row = sorted(longer, key=_by_use)[:CUTS_A_LENGTH]
        found += (cut for cut in row if cut.short)
        row = [cut for cut in row if cut.letters < len(letters)]
    return sorted(found, key=_by_use)


def _by_use(cut: Cut) -> tuple[int, int, int]:
    return -cut.letters, cut.short, len(cut.slots)


def _short_steps(cut: Cut, letters: str) -> Iterator[Cut]:
    rest = letters[cut.letters :]
    wholes = pieces(rest)
    initials = () if wholes else tuple(initial for initial in _INITIALS if rest.startswith(initial))
    for piece in wholes:
        yield Cut((*cut.slots, piece), cut.letters + len(piece), cut.short)
    for piece in initials:
        yield Cut((*cut.slots, piece), cut.letters + len(piece), cut.short + 1)
    if rest in _BEGINNINGS and rest not in initials:
        yield Cut((*cut.slots, rest), len(letters), cut.short + 1)


def loosened(slots: Iterable[str]) -> str:
    """Return the key under which the index keeps all words that `slots` may mean."""
    return "'".join(_LOOSE[slot] for slot in slots)


def initials_of(slots: Iterable[str]) -> str:
    """Return the first letter of every slot."""
    return "".join(slot[0] for slot in slots)


def glob_of(cut: Cut) -> str:
    """Return the pattern of spellings (SQLite's GLOB) that a short cut may become.

    A `*` cannot run over the mark between two syllables: words of one row of initials have the same number of marks.
    """
    pattern = "'".join(slot if slot in SYLLABLES else slot + "*" for slot in cut.slots)
    return pattern if pattern.endswith("*") else pattern + "*"
