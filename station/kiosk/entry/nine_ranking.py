"""In which order candidates come when nine keys were pressed: what is likeliest of all spellings the keys may mean."""

from collections.abc import Callable, Iterator
from itertools import zip_longest
from typing import Final

from station.kiosk.entry.names import GIVEN_PLACE
from station.kiosk.entry.nine_keys import KEYS, spellings
from station.kiosk.entry.ranking import Found, Row, Words, of_names
from station.kiosk.entry.spelling import SYLLABLES, Cut, short_cuts, whole_cuts

Ranking = Callable[[Words, str, int], list[Found]]

LOOKED_UP: Final = 32
"""So many spellings are looked up; each takes less than a millisecond."""
WHOLE: Final = 6
"""So many are ranked as if they had been typed, for sentences, names, and words of fewer keys."""
EACH: Final = 24
GROWING: Final = 150
"""How much less likely a word still growing is than one that is spelt."""
GROWN: Final = 8
GIVEN: Final = 100
"""Where signs of given names begin among surnames."""
NO_NAME: Final = 1000


def by_keys(ranking: Ranking) -> Ranking:
    """Return `ranking` for letters and keys mixed; letters alone are ranked as ever."""

    def ranked(words: Words, typed: str, most: int) -> list[Found]:
        if not any(sign in KEYS for sign in typed):
            return ranking(words, typed, most)
        spelt = spellings(typed)
        best: dict[str, Found] = {}
        for found in (
            *_spelt(words, spelt[:LOOKED_UP], of_a_name=ranking is of_names),
            *_in_turn(words, spelt, ranking),
        ):
            best.setdefault(found.text, found)
        return sorted(best.values(), key=lambda found: -found.letters)[:most]

    return ranked


def _spelt(words: Words, spelt: list[str], *, of_a_name: bool) -> list[Found]:
    """Return every word that takes all keys, the likeliest first."""
    places: dict[str, int] = {}
    for one in spelt:
        for cut in whole_cuts(one, SYLLABLES):
            if cut.letters == len(one):
                _put(places, _exact(words, cut), 0, of_a_name=of_a_name)
                if of_a_name:
                    for place, text in words.surnames(cut):
                        places[text] = min(place, places.get(text, place))
        for cut in short_cuts(one)[:2]:
            if cut.letters == len(one):
                _put(places, words.beginning(cut, GROWN), GROWING, of_a_name=of_a_name)
    return [Found(text, len(spelt[0])) for text in sorted(places, key=lambda text: places[text])]


def _put(places: dict[str, int], rows: list[Row], more: int, *, of_a_name: bool) -> None:
    for row in rows:
        place = row.rank + more
        if of_a_name:
            place = GIVEN + GIVEN_PLACE[row.text] if row.text in GIVEN_PLACE else NO_NAME + place
        places[row.text] = min(place, places.get(row.text, place))


def _exact(words: Words, cut: Cut) -> list[Row]:
    return [row for row in words.like(cut) if row.spelling == cut.spelling]


def _in_turn(words: Words, spelt: list[str], ranking: Ranking) -> Iterator[Found]:
    """Yield the candidates of each spelling in turn."""
    for row in zip_longest(*(ranking(words, one, EACH) for one in spelt[:WHOLE])):
        yield from (found for found in row if found is not None)
