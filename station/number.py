"""受理编号: what a villager keeps of a visit, short enough to read out on the telephone."""

from typing import Final

NUMBER_SERIES: Final = 90
"""A number begins with its epoch modulo this, from 10 upwards."""


def visit_number(epoch: str, seq: int) -> str:
    """Return `NN-SSSSS-C`: NN from the spool's `epoch`, the record's `seq`, and a Luhn check digit over both."""
    series, count = f"{int(epoch, 16) % NUMBER_SERIES + 10}", f"{seq:05d}"
    return f"{series}-{count}-{_luhn(series + count)}"


def _luhn(digits: str) -> int:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return -total % 10
