"""受理编号: what a villager keeps of a visit, short enough to read out on the telephone."""

import re
from typing import Final

from wire.luhn import luhn_digit

NUMBER_SERIES: Final = 90
"""A number begins with its epoch modulo this, from 10 upwards."""


_FORM: Final = re.compile(r"([0-9]{2})-([0-9]{5,9})-([0-9])")


def visit_number(epoch: str, seq: int) -> str:
    """Return `NN-SSSSS-C`: NN from the spool's `epoch`, the record's `seq`, and a Luhn check digit over both."""
    series, count = f"{int(epoch, 16) % NUMBER_SERIES + 10}", f"{seq:05d}"
    return f"{series}-{count}-{luhn_digit(series + count)}"


def seq_of(number: str, epoch: str) -> int | None:
    """Return the place of the visit whose number is `number`, if it is one of the spool with `epoch`."""
    match = _FORM.fullmatch(number.strip())
    if match is None:
        return None
    seq = int(match[2])
    return seq if visit_number(epoch, seq) == number.strip() else None
