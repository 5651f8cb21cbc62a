"""NTP timestamps (RFC 5905) of STAMP packets."""

from typing import Final

NTP_EPOCH_S: Final = 2_208_988_800
"""From 1900-01-01 to 1970-01-01."""
_SECOND_NS: Final = 1_000_000_000
_OFFSET: Final = NTP_EPOCH_S << 32
_MASK: Final = 2**64 - 1


def to_ntp(utc_ns: int) -> int:
    """Return 64 bits: seconds since 1900, modulo 2³², and their fraction."""
    return ((utc_ns << 32) // _SECOND_NS + _OFFSET) & _MASK


def ntp_span_ns(begin: int, end: int) -> int:
    """Return nanoseconds from one NTP timestamp to another at most 68 years away."""
    span = (end - begin) & _MASK
    return ((span - 2**64 if span >= 2**63 else span) * _SECOND_NS + 2**31) >> 32


def ptp_span_ns(begin: int, end: int) -> int:
    """Return nanoseconds between two times in PTPv2's truncated form (RFC 8186): 32 bits seconds, 32 bits ns."""
    seconds = ((end >> 32) - (begin >> 32)) & 0xFFFFFFFF
    seconds = seconds - 2**32 if seconds >= 2**31 else seconds
    return seconds * _SECOND_NS + (end & 0xFFFFFFFF) - (begin & 0xFFFFFFFF)
