"""Chinese text by pinyin letters: candidates from kept dictionaries."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Candidate(NamedTuple):
    """A word or a sign that the first `letters` letters spell."""

    text: str
    letters: int


class Pinyin(Protocol):
    """Looks candidates up. Never raises; a dictionary that is not ready yet has none."""

    def candidates(self, letters: str, most: int = 40) -> Sequence[Candidate]:
        """Return candidates for `letters` (a-z, no tones, ü as v), the likeliest first, longest spelling first.

        2-9 among them are the keys of a telephone: any of their letters.
        """
