"""What a word is: one thing in both languages (pure)."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

Language = Literal["zh", "en"]


class Said(NamedTuple):
    """One thing in both languages."""

    zh: str
    en: str


Tables = dict[str, dict[str, Said]]
"""Words by table and key, as a file of words gives them."""


def words(language: Language, tables: Mapping[str, Mapping[str, Said]]) -> dict[str, dict[str, str]]:
    """Return tables in one language, for a template and the page's script."""
    return {table: {key: getattr(said, language) for key, said in rows.items()} for table, rows in tables.items()}
