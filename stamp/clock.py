"""NTP timestamps (RFC 5905) of STAMP packets, and the error estimate beside them (RFC 8762 section 4.2.1)."""

from typing import Final

NTP_EPOCH_S: Final = 2_208_988_800
"""From 1900-01-01 to 1970-01-01."""


def to_ntp(utc_ns: int) -> int:
    """Return 64 bits: seconds since 1900, modulo 2³², and their fraction."""
    seconds, rest_ns = divmod(utc_ns, 1_000_000_000)
    return ((seconds + NTP_EPOCH_S) % 2**32 << 32) | (rest_ns << 32) // 1_000_000_000


def from_ntp(ntp: int) -> int:
    """Return nanoseconds since 1970 of a time between 1970 and 2106."""
    seconds = ((ntp >> 32) - NTP_EPOCH_S) % 2**32
    return seconds * 1_000_000_000 + ((ntp & 0xFFFFFFFF) * 1_000_000_000 + 2**31 >> 32)
