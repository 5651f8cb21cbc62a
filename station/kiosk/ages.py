"""How old somebody is (pure)."""

from datetime import date
from typing import Final

MINOR_BELOW_YEARS: Final = 14
"""PIPL 31: below this age the guardian consents."""


def years_old(birth: str, today: date) -> int | None:
    """Return the age of someone born on `birth` (YYYY-MM-DD), or None for a date that cannot be read."""
    try:
        born = date.fromisoformat(birth)
    except ValueError:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def is_minor(birth: str, today: date) -> bool:
    """Say whether someone born on `birth` is under 14; a date that cannot be read says no."""
    years = years_old(birth, today)
    return years is not None and years < MINOR_BELOW_YEARS
