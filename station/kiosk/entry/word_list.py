"""Words and signs with their readings and how likely they are, from two kept libraries and our own lists.

pypinyin (MIT) gives readings, wordfreq (data: CC BY-SA 4.0) gives frequencies. Only the builder imports this: both
libraries together take over 100 MB of memory, which the kiosk never spends.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final, NamedTuple

import wordfreq
from pypinyin import lazy_pinyin
from pypinyin.contrib.tone_convert import to_normal
from pypinyin.phrases_dict import phrases_dict
from pypinyin.pinyin_dict import pinyin_dict

from station.kiosk.entry.names import DOUBLE, SURNAME_READINGS, SURNAMES
from station.kiosk.entry.spelling import MOST_SLOTS, SYLLABLES
from station.kiosk.entry.village_words import READINGS, WORDS

RAREST_WORD: Final = 720
"""Rank of the rarest word taken from wordfreq (once in 16 million); beyond stand mostly far names and numbers."""
UNCOUNTED_WORD: Final = 760
"""Rank of a phrase that pypinyin knows and wordfreq does not count."""
VILLAGE_WORD: Final = 560
"""Rank of a word of our own list, unless it is counted as likelier: here it is said more than in newspapers."""
PLACE: Final = 450
"""Rank of the names of the places around this station."""
UNCOUNTED_SIGN: Final = 900
RARE_SIGN: Final = 1000
"""Ranks of signs that wordfreq does not count: those of GB 2312, and all others."""
SECOND_READING: Final = 80
"""How much less likely a word is under a reading that only its signs, not the phrase list, speak for."""
BY_WORDS: Final = 0.1
"""The part of a word's frequency that counts for each of its signs: who wants it may type it alone."""
FIRST_READING: Final = 0.3
"""The part of a sign's own frequency that counts for the reading named first, whatever its words say."""
ODD: Final = {"ê": "ei", "m": "mu", "n": "en", "ng": "en", "hm": "hen", "hng": "heng"}
"""Readings without a vowel to type, and what they are typed as."""
RARE_NAME_SIGNS: Final = "䶮㛃㻏㛓㬎㕮㧑㵐䜣䴖"
"""Signs of names outside the main block of Unicode."""


class Word(NamedTuple):
    """A word as the index holds it."""

    text: str
    syllables: tuple[str, ...]
    rank: int


def is_han(text: str) -> bool:
    """Say whether all signs are of the main block of Chinese signs."""
    return all("\u4e00" <= sign <= "\u9fff" for sign in text)


def in_gb2312(text: str) -> bool:
    """Say whether all signs are of GB 2312, the everyday signs of the mainland."""
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def counted(rarest: int) -> dict[str, int]:
    """Return words of wordfreq's Chinese list and their ranks, the rarest of which is `rarest`."""
    ranks = enumerate(wordfreq.get_frequency_list("zh", "large")[: rarest + 1])
    return {word: rank for rank, words in ranks for word in words if len(word) <= MOST_SLOTS and is_han(word)}


def readings_of(sign: str) -> list[str]:
    """Return how a sign may be read, without tones, the usual reading first."""
    known = pinyin_dict.get(ord(sign), "")
    plain = (to_normal(reading, v_to_u=False) for reading in known.split(",") if reading)
    usual = (ODD.get(reading, reading) for reading in plain)
    return list(dict.fromkeys(reading for reading in usual if reading in SYLLABLES))


def reading_of(word: str) -> tuple[str, ...]:
    """Return the syllables of a word, () when not every sign has one."""
    if word in READINGS:
        return tuple(READINGS[word].split("'"))
    raw = [ODD.get(syllable, syllable) for syllable in lazy_pinyin(word, v_to_u=False)]
    return tuple(raw) if len(raw) == len(word) and SYLLABLES.issuperset(raw) else ()


def word_list(rarest: int = RAREST_WORD, places: Sequence[str] = ()) -> Iterator[Word]:
    """Yield every word and sign of the index, under each of its readings; `places` are those around this station."""
    ranks = counted(rarest)
    texts = {word: rank for word, rank in ranks.items() if len(word) > 1}
    if rarest >= RAREST_WORD:
        phrases = (word for word in phrases_dict if 1 < len(word) <= MOST_SLOTS and is_han(word) and in_gb2312(word))
        texts |= {word: UNCOUNTED_WORD for word in phrases if word not in texts}
    texts |= {word: min(VILLAGE_WORD, texts.get(word, VILLAGE_WORD)) for word in chain(WORDS, DOUBLE)}
    texts |= {place: PLACE for place in places if 1 < len(place) <= MOST_SLOTS and is_han(place)}
    words = [Word(text, syllables, rank) for text, rank in texts.items() if (syllables := reading_of(text))]
    signs = _Signs(ranks, words)
    yield from words
    yield from _second_readings(words, signs)
    yield from signs.all()
    yield from (name._replace(rank=VILLAGE_WORD) for name in surnames() if name.text in SURNAME_READINGS)


def surnames() -> Iterator[Word]:
    """Yield every surname with its reading as a surname; the rank is its place among surnames."""
    for place, name in enumerate(SURNAMES):
        if name in SURNAME_READINGS:
            yield Word(name, tuple(SURNAME_READINGS[name].split("'")), place)
        elif syllables := (reading_of(name) if len(name) > 1 else tuple(readings_of(name)[:1])):
            yield Word(name, syllables, place)


def _second_readings(words: list[Word], signs: "_Signs") -> Iterator[Word]:
    for word in words:
        if word.text in phrases_dict or len(word.text) > 3:
            continue
        for at, (sign, usual) in enumerate(zip(word.text, word.syllables, strict=True)):
            for other in signs.common_readings(sign):
                if other != usual:
                    syllables = (*word.syllables[:at], other, *word.syllables[at + 1 :])
                    yield Word(word.text, syllables, word.rank + SECOND_READING)


class _Signs:
    """Single signs: how often each stands, and how often it is read one way or another."""

    def __init__(self, ranks: dict[str, int], words: list[Word]) -> None:
        self._alone = {word: 10 ** (-rank / 100) for word, rank in ranks.items() if len(word) == 1}
        self._read: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
        for word in words:
            for sign, syllable in zip(word.text, word.syllables, strict=True):
                self._read[sign][syllable] += 10 ** (-word.rank / 100)
        self._common: dict[str, tuple[str, ...]] = {}

    def share(self, sign: str, reading: str, readings: list[str]) -> float:
        """Return how much of the time `sign` is read so, from its words and from which reading is named first."""
        known = {one: self._read[sign][one] for one in readings}
        first = FIRST_READING * self._alone.get(sign, 1e-9)
        return (known[reading] + first * (reading == readings[0])) / (sum(known.values()) + first)

    def common_readings(self, sign: str) -> tuple[str, ...]:
        """Return the readings of a sign that are met in one of five of its words."""
        if sign not in self._common:
            readings = readings_of(sign)
            few = readings if len(readings) > 1 else []
            self._common[sign] = tuple(one for one in few if self.share(sign, one, readings) > 0.2)
        return self._common[sign]

    def all(self) -> Iterator[Word]:
        """Yield every sign of the main block, and rare ones of names, under each reading."""
        for sign in chain(map(chr, range(0x4E00, 0xA000)), RARE_NAME_SIGNS):
            readings = readings_of(sign)
            often = self._alone.get(sign, 0.0) + BY_WORDS * sum(self._read[sign].values())
            for place, reading in enumerate(readings):
                if often:
                    weight = often * max(self.share(sign, reading, readings), 0.001)
                    rank = min(UNCOUNTED_SIGN - 1, round(-100 * math.log10(weight)))
                else:
                    rank = (UNCOUNTED_SIGN if in_gb2312(sign) else RARE_SIGN) + 20 * place
                yield Word(sign, (reading,), rank)
