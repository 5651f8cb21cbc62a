"""What the screens say: one catalogue a language, read once; code holds ids only."""

import logging
from pathlib import Path
from string import Formatter
from typing import Final

from babel.messages.pofile import read_po

from station.kiosk.content import showable
from wire.content import Wording
from wire.records import Language

logger = logging.getLogger(__name__)

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

    def with_wording(self, wording: Wording, language: Language) -> "Texts":
        """Return these words with those that the county says in its own way.

        An id that is not here, or whose placeholders are others, keeps its words; so does one without an English text.
        """
        words = dict(self._words)
        for text_id, text in wording.texts.items():
            own = text.zh if language == "zh" else text.en
            if not own:
                continue
            if text_id not in words or _gaps(own) != _gaps(words[text_id]):
                logger.warning("the county's text %s is not taken 县里的文字未采用", text_id)
                continue
            words[text_id] = showable(own, language)
        return Texts(words)

    def id_of(self, text: str) -> str | None:
        """Return the id whose words are exactly `text`, where there is one: a recorded prompt goes by it."""
        return next((text_id for text_id, words in self._words.items() if words == text), None)

    @property
    def ids(self) -> frozenset[str]:
        """Return every id there are words for."""
        return frozenset(self._words)


def read_texts(language: Language) -> Texts:
    """Read the catalogue of `language`, which is part of this program."""
    with (FOLDER / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    return Texts({str(message.id): str(message.string) for message in catalogue if message.id and message.string})


def _gaps(words: str) -> set[tuple[str, str | None, str | None]] | None:
    """Return the placeholders of `words`; None when they cannot be filled in."""
    try:
        return {(name, spec, how) for _, name, spec, how in Formatter().parse(words) if name is not None}
    except ValueError:
        return None
