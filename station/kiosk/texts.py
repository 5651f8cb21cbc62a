"""What the screens say: one catalogue a language, read once; code holds ids only."""

from pathlib import Path
from typing import Final

from babel.messages.pofile import read_po

from wire.records import Language

LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")
FOLDER: Final = Path(__file__).parent / "texts"


class Texts:
    """The words of one language."""

    def __init__(self, words: dict[str, str]) -> None:
        """Take the words by id."""
        self._words = words

    def __call__(self, text_id: str, **values: object) -> str:
        """Return the words of `text_id` with `values` put in; KeyError when there are none."""
        words = self._words[text_id]
        return words.format_map(values) if values else words

    @property
    def ids(self) -> frozenset[str]:
        """Return every id there are words for."""
        return frozenset(self._words)


def read_texts(language: Language) -> Texts:
    """Read the catalogue of `language`, which is part of this program."""
    with (FOLDER / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    return Texts({str(message.id): str(message.string) for message in catalogue if message.id and message.string})
