"""The Luhn check digit (ISO/IEC 7812-1), of visit numbers and service cards (pure)."""


def luhn_digit(digits: str) -> int:
    """Return the check digit of `digits`."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return -total % 10
