"""In which order candidates come: pure but for the questions it puts to the index.

The order: words that all letters spell (the likeliest row of words, where no word does); words that all letters spell
when sounds are mixed up or the last syllable is still growing; the same for ever fewer letters, down to single signs
that all know; last, signs that few can read.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from station.kiosk.entry.names import GIVEN_PLACE
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
USUAL_SIGN: Final = 620
"""Signs up to this rank are known to all: mixed-up ones among them come before exact ones that few can read."""
FIRST_SIGNS: Final = 8
"""Signs of a syllable still growing that come before words of its letters: a page."""
SHORT_CUTS: Final = 4
"""Short cuts of one length that are looked up."""
GIVEN_ALONE: Final = 60
"""Where a given name without a surname stands among names, as a surname's place."""
NAMES: Final = 6
NOWHERE: Final = 999
"""The place of what is in no list."""


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

    def surnames(self, cut: Cut) -> list[tuple[int, str]]:
        """Return the surnames of exactly this spelling with their places, the most borne first."""
        return self._execute(
            "SELECT place, text FROM surname WHERE spelling = ? ORDER BY place", (cut.spelling,)
        ).fetchall()

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
    for cut in short_cuts(letters):
        shorts.setdefault(cut.letters, []).append(cut)
    exact = any(_exact(words, cut) for cut in wholes.get(len(letters), ()))
    if not exact and (text := sentence(letters, words.best)):
        yield Found(text, len(letters))
    rare: list[Found] = []
    for count in sorted({*wholes, *shorts}, reverse=True):
        cuts, growing = wholes.get(count, []), shorts.get(count, [])[:SHORT_CUTS]
        limit = most if count == len(letters) else SHORTER_WORDS
        yield from _words(words, cuts, count, limit)
        usual, others = _signs(words, cuts, count, of_a_name=of_a_name)
        yield from usual
        still = [Found(row.text, count) for cut in growing if len(cut.slots) == 1 for row in words.beginning(cut, most)]
        yield from still[:FIRST_SIGNS]
        yield from _guesses(words, cuts, growing, count, min(limit, GUESSES))
        rare += others + still
    yield from rare


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


def _signs(words: Words, cuts: list[Cut], count: int, *, of_a_name: bool) -> tuple[list[Found], list[Found]]:
    """Return single signs: first those known to all, exact ones before mixed-up ones; then the others likewise."""
    single = [cut for cut in cuts if len(cut.slots) == 1]
    exact = [row for cut in single for row in _exact(words, cut)]
    mixed = [row for cut in single for row in words.like(cut) if row.spelling != cut.spelling]
    named = {text: place for cut in single for place, text in words.surnames(cut)} if of_a_name else {}
    if of_a_name:
        exact.sort(key=lambda row: (named.get(row.text, NOWHERE), _given_place(row), row.rank))
    rows = [*exact, *mixed]
    usual = [row for row in rows if row.rank <= USUAL_SIGN or row.text in named]
    return [Found(row.text, count) for row in usual], [Found(row.text, count) for row in rows]


def _given_place(row: Row) -> int:
    return GIVEN_PLACE.get(row.text, NOWHERE) if row.rank <= USUAL_SIGN else NOWHERE


def _rank(row: Row) -> int:
    return row.rank


def _names(words: Words, letters: str) -> list[Found]:
    """Return whole names of a surname and one or two signs, and given names, the likeliest first."""
    names: list[tuple[int, str]] = []
    cuts = [cut for cut in whole_cuts(letters, SYLLABLES) if cut.letters == len(letters)]
    if any(len(cut.slots) == 1 for cut in cuts):
        return []
    for cut in cuts:
        names += words.surnames(cut)
        if len(cut.slots) == 2:
            names += [(GIVEN_ALONE + 40 * n, given) for n, given in enumerate(_given(words, cut))]
        for size in (1, 2):
            given = _given(words, _part(cut, size)) if size < len(cut.slots) <= size + 2 else []
            surnames = words.surnames(_part(cut, 0, size))
            names += [(place + 40 * n, name + rest) for place, name in surnames for n, rest in enumerate(given)]
    return [Found(text, len(letters)) for _, text in sorted(names)[:NAMES]]


def _part(cut: Cut, start: int, end: int | None = None) -> Cut:
    slots = cut.slots[start:end]
    return Cut(slots, sum(map(len, slots)))


def _given(words: Words, cut: Cut) -> list[str]:
    """Return given names of one or two signs, the likeliest first."""
    each = [_given_signs(words, _part(cut, n, n + 1)) for n in range(len(cut.slots))]
    if len(each) == 1:
        return [row.text for row in each[0]]
    known = [row.text for row in _exact(words, cut) if all(sign in GIVEN_PLACE for sign in row.text)]
    return list(dict.fromkeys([*known[:2], *(a.text + b.text for a in each[0][:2] for b in each[1][:2])]))


def _given_signs(words: Words, cut: Cut) -> list[Row]:
    return sorted((row for row in _exact(words, cut) if _given_place(row) < NOWHERE), key=_given_place)[:4]
