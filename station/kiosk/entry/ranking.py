"""In which order candidates come: pure but for the questions it puts to the index.

The order: words that all letters spell; the likeliest row of words, where no word does; words that all letters spell when
sounds are mixed up or the last syllable is still growing; then the same for ever fewer letters, down to single signs.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from station.kiosk.entry.names import GIVEN_PLACE, SURNAME_PLACE
from station.kiosk.entry.sentence import Best, sentence
from station.kiosk.entry.spelling import (
    SYLLABLES,
    Cut,
    clean,
    glob_of,
    initials_of,
    loosened,
    short_cuts,
    whole_cuts,
)

GUESSES: Final = 24
"""Words offered for mixed-up sounds or unfinished syllables."""
SHORTER_WORDS: Final = 6
"""Words of each shorter length: single signs must not be pages away."""
MIXED_UP: Final = 60
"""How much less likely a mixed-up sound is than a syllable still growing."""
SHORT_CUTS: Final = 8
NAMES: Final = 6


class Found(NamedTuple):
    """A candidate, as text and how many letters it takes."""

    text: str
    letters: int


class Row(NamedTuple):
    """A word of the index."""

    text: str
    rank: int
    spelling: str


class Words:
    """Questions to the index, each asked once while one set of letters is looked up."""

    def __init__(self, execute: Callable[[str, tuple[str | int, ...]], sqlite3.Cursor]) -> None:
        """Take what asks SQLite."""
        self._execute = execute
        self._like: dict[str, list[Row]] = {}

    def like(self, cut: Cut) -> list[Row]:
        """Return all words that `cut` may mean with sounds mixed up, the likeliest first."""
        key = loosened(cut.slots)
        if key not in self._like:
            found = self._execute("SELECT text, rank, spelling FROM word WHERE loose = ? ORDER BY rank", (key,))
            self._like[key] = [Row(*row) for row in found]
        return self._like[key]

    def best(self, spelling: str) -> Best | None:
        """Return the likeliest word of exactly this spelling."""
        found = self._execute(
            "SELECT text, rank FROM word WHERE loose = ? AND spelling = ? ORDER BY rank LIMIT 1",
            (loosened(spelling.split("'")), spelling),
        ).fetchone()
        return None if found is None else Best(*found)

    def beginning(self, cut: Cut, most: int) -> list[Row]:
        """Return the likeliest words that a short cut may become."""
        found = self._execute(
            "SELECT text, rank, spelling FROM word INDEXED BY by_initials"
            " WHERE initials = ? AND spelling GLOB ? ORDER BY rank LIMIT ?",
            (initials_of(cut.slots), glob_of(cut), most),
        )
        return [Row(*row) for row in found]


def ranked(words: Words, typed: str, most: int) -> list[Found]:
    """Return at most `most` candidates for what was typed, in order."""
    return _first(most, _in_order(words, clean(typed), most))


def of_names(words: Words, typed: str, most: int) -> list[Found]:
    """Return at most `most` candidates for the name that was typed, or for what is left of one, in order."""
    letters = clean(typed)
    return _first(most, _names(words, letters), _in_order(words, letters, most, of_a_name=True))


def _first(most: int, *found: Iterable[Found]) -> list[Found]:
    texts: dict[str, Found] = {}
    for candidates in found:
        for candidate in candidates:
            if len(texts) >= most:
                break
            texts.setdefault(candidate.text, candidate)
    return list(texts.values())


def _in_order(words: Words, letters: str, most: int, *, of_a_name: bool = False) -> Iterator[Found]:
    wholes: dict[int, list[Cut]] = {}
    for cut in whole_cuts(letters):
        wholes.setdefault(cut.letters, []).append(cut)
    shorts: dict[int, list[Cut]] = {}
    for cut in short_cuts(letters)[:SHORT_CUTS]:
        shorts.setdefault(cut.letters, []).append(cut)
    exact = any(_exact(words, cut) for cut in wholes.get(len(letters), ()))
    if not exact and (text := sentence(letters, words.best)):
        yield Found(text, len(letters))
    unspelt: list[Found] = []
    for count in sorted({*wholes, *shorts}, reverse=True):
        cuts = wholes.get(count, [])
        full = count == len(letters)
        limit = most if full else SHORTER_WORDS
        yield from _words(words, cuts, count, limit)
        yield from _guesses(words, cuts, shorts.get(count, []), count, min(limit, GUESSES))
        single = [cut for cut in cuts if len(cut.slots) == 1]
        yield from _signs(words, single, count, of_a_name=of_a_name)
        unspelt += _mixed_signs(words, single, count)
        growing = [cut for cut in shorts.get(count, []) if len(cut.slots) == 1]
        unspelt += [Found(row.text, count) for cut in growing for row in words.beginning(cut, most)]
    yield from unspelt


def _exact(words: Words, cut: Cut) -> list[Row]:
    return [row for row in words.like(cut) if row.spelling == cut.spelling]


def _words(words: Words, cuts: list[Cut], count: int, limit: int) -> list[Found]:
    rows = [row for cut in cuts if len(cut.slots) > 1 for row in _exact(words, cut)]
    return [Found(row.text, count) for row in sorted(rows, key=_rank)[:limit]]


def _guesses(words: Words, cuts: list[Cut], shorts: list[Cut], count: int, limit: int) -> list[Found]:
    """Return words of several signs that are not spelt exactly so: by mixed-up sounds, or still growing."""
    mixed = [
        row._replace(rank=row.rank + MIXED_UP)
        for cut in cuts
        if len(cut.slots) > 1
        for row in words.like(cut)
        if row.spelling != cut.spelling
    ]
    growing = [row for cut in shorts if len(cut.slots) > 1 for row in words.beginning(cut, limit)]
    return [Found(row.text, count) for row in sorted([*mixed, *growing], key=_rank)[:limit]]


def _signs(words: Words, cuts: list[Cut], count: int, *, of_a_name: bool) -> list[Found]:
    rows = [row for cut in cuts for row in _exact(words, cut)]
    if of_a_name:
        rows.sort(key=lambda row: (SURNAME_PLACE.get(row.text, 999), GIVEN_PLACE.get(row.text, 999), row.rank))
    return [Found(row.text, count) for row in rows]


def _mixed_signs(words: Words, cuts: list[Cut], count: int) -> list[Found]:
    return [Found(row.text, count) for cut in cuts for row in words.like(cut) if row.spelling != cut.spelling]


def _rank(row: Row) -> int:
    return row.rank


def _names(words: Words, letters: str) -> list[Found]:
    """Return whole names of a surname and one or two signs, the likeliest surnames first."""
    names: list[tuple[int, str]] = []
    for cut in whole_cuts(letters, SYLLABLES):
        if cut.letters < len(letters):
            break
        for size in (1, 2):
            surnames = [row for row in _exact(words, _part(cut, 0, size)) if len(row.text) == size]
            for row in surnames:
                place = SURNAME_PLACE.get(row.text)
                if place is not None and size < len(cut.slots) <= size + 2:
                    names += [(place + 40 * n, row.text + given) for n, given in enumerate(_given(words, _part(cut, size)))]
    return [Found(text, len(letters)) for _, text in sorted(names)[:NAMES]]


def _part(cut: Cut, start: int, end: int | None = None) -> Cut:
    slots = cut.slots[start:end]
    return Cut(slots, sum(map(len, slots)))


def _given(words: Words, cut: Cut) -> list[str]:
    """Return given names of one or two signs, the likeliest first."""
    each = [
        sorted(_exact(words, _part(cut, n, n + 1)), key=lambda row: (GIVEN_PLACE.get(row.text, 999), row.rank))[:4]
        for n in range(len(cut.slots))
    ]
    if len(each) == 1:
        return [row.text for row in each[0]]
    known = [row.text for row in _exact(words, cut) if all(sign in GIVEN_PLACE for sign in row.text)]
    return list(dict.fromkeys([*known[:2], *(a.text + b.text for a in each[0][:2] for b in each[1][:2])]))
