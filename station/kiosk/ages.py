"""How old somebody is (pure)."""

from datetime import date
from typing import Final

from station.id_number import IdNumber, read_id_number

MINOR_BELOW_YEARS: Final = 14
"""PIPL 31: below this age the guardian consents."""


def years_old(birth: str, today: date) -> int | None:
    """Return the age of someone born on `birth` (YYYY-MM-DD), or None for a date that cannot be read."""
    try:
        born = date.fromisoformat(birth)
    except ValueError:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def birth_of(birth: str, id_number: str) -> str:
    """Return the birth as YYYY-MM-DD: as the card says it, or else as its number does; empty when neither can."""
    read = read_id_number(id_number, None)
    if years_old(birth, date.max) is None and isinstance(read, IdNumber):
        return read.birth.isoformat()
    return birth


def is_minor(birth: str, today: date) -> bool:
    """Say whether someone born on `birth` is under 14; a date that cannot be read says no."""
    years = years_old(birth, today)
    return years is not None and years < MINOR_BELOW_YEARS
