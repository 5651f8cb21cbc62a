"""便民服务卡: a printed card whose QR code names its holder by a number that only the county can look up (pure).

The code reads `CCT1:<number>:<check>`: 8 to 16 digits and a Luhn digit over them, so that a torn or foreign code is
told apart from a card. It proves nothing about who holds it: such a visit is 未核验.
"""

import re
from typing import Final

from wire.luhn import luhn_digit

_FORM: Final = re.compile(r"CCT1:([0-9]{8,16}):([0-9])")


def card_text(number: str) -> str:
    """Return what the QR code of card `number` (8 to 16 digits) reads.

    Raises ValueError for another form.
    """
    if not re.fullmatch(r"[0-9]{8,16}", number):
        raise ValueError("a card number has 8 to 16 digits")
    return f"CCT1:{number}:{luhn_digit(number)}"


def read_card(text: str) -> str | None:
    """Return the number of the card whose code reads `text`, or None when it is no such card."""
    match = _FORM.fullmatch(text.strip())
    if match is None or luhn_digit(match[1]) != int(match[2]):
        return None
    return match[1]
