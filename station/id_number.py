"""Citizen identity numbers (GB 11643-1999): the check a card and a typed number share. Pure.

The region is never a reason to refuse: older codes are true, and 81, 82, 83 and 9 begin numbers of people from
Hong Kong, Macao, Taiwan and abroad.
"""

import re
import unicodedata
from datetime import date
from enum import Enum
from typing import NamedTuple

_FORM = re.compile(r"[1-9][0-9]{16}[0-9X]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_EARLIEST_YEAR = 1900


class Flaw(Enum):
    """Why a number cannot be one; the value is the stable code."""

    FORM = "number_form"
    """Not 17 digits and a digit or X."""
    CHECKSUM = "number_checksum"
    BIRTH = "number_birth"
    """No real date, before 1900, or in the future."""


class IdNumber(NamedTuple):
    """A sound number and what it says. Personal data: its repr tells nothing."""

    number: str
    birth: date
    sex: str
    """`male` or `female`."""

    def __repr__(self) -> str:
        return "IdNumber(…)"


def normalise(typed: str) -> str:
    """Return `typed` with full-width characters made narrow, without surrounding space, x as X."""
    return unicodedata.normalize("NFKC", typed).strip().upper()


def check_digit(first17: str) -> str:
    """Return the check digit of 17 ASCII digits (ISO 7064, MOD 11-2)."""
    return _CHECKS[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first17, strict=True)) % 11]


def read_id_number(typed: str, today: date | None) -> IdNumber | Flaw:
    """Return the sound number in `typed`, or what is wrong with it.

    `today` is None while the clock is not trusted: then no birth is called future.
    """
    number = normalise(typed)
    if not _FORM.fullmatch(number):
        return Flaw.FORM
    if check_digit(number[:17]) != number[17]:
        return Flaw.CHECKSUM
    try:
        birth = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return Flaw.BIRTH
    if birth.year < _EARLIEST_YEAR or (today is not None and birth > today):
        return Flaw.BIRTH
    return IdNumber(number, birth, "male" if int(number[16]) % 2 else "female")
