"""STAMP test packets (RFC 8762 sections 4.2 and 4.3, with the session identifier of RFC 8972 section 3). Pure.

Unauthenticated packets have 44 bytes, authenticated ones 112, of which the last 16 are HMAC-SHA-256 over the first
96, cut short (RFC 8762 section 4.4). Sender and reflector use packets of one size.
"""

from collections.abc import Callable
from hashlib import sha256
from hmac import compare_digest
from struct import Struct
from typing import Final, NamedTuple

OPEN_BYTES: Final = 44
"""Unauthenticated, either way."""
SIGNED_BYTES: Final = 112
"""Authenticated, either way."""
COVERED: Final = 96
"""How many bytes the HMAC of an authenticated packet covers."""
ERROR_ESTIMATE: Final = 0x2001
"""RFC 4656 section 4.1.2: no outside clock is vouched for (S = 0), NTP format (Z = 0), within 1·2³²·2⁻³² = 1 s."""
PTP_BIT: Final = 0x4000
"""Z of the error estimate (RFC 8186): the times beside it are PTPv2's."""

OPEN_TEST: Final = Struct("!IQHH28x")
"""Sender, unauthenticated: sequence number, T1, error estimate, SSID."""
SIGNED_TEST: Final = Struct("!I12xQHH68x")
"""The same, authenticated, without its HMAC."""
OPEN_REPLY: Final = Struct("!IQHHQIQH2xB3x")
"""Reflector, unauthenticated: its number, T3, its error estimate, SSID, T2, then the sender's sequence number, T1 and
error estimate, and the TTL it came with."""
SIGNED_REPLY: Final = Struct("!I12xQHH4xQ8xI12xQH6xB15x")
"""The same, authenticated, without its HMAC."""

SIGNED_GAP: Final = bytes(12)
"""Bytes 4 to 16 of an authenticated packet; in an unauthenticated one they hold T1, which is never 0."""
SIGNED_T2: Final = slice(32, 40)
"""Where a signed reply has T2, which is never 0, a test packet has zeros: with one key and one layout for both, by this
alone a reply that somebody sends back to its reflector is told from a test."""
NO_TIME: Final = bytes(8)
_LONG_NTP: Final = 86_400 << 32
"""A day."""
_MASK: Final = 2**64 - 1


def is_open_reply(payload: bytes) -> bool:
    """Say whether an unauthenticated packet is a reply: two times within a day, where a test has zeros or padding."""
    reply = Reply._make(OPEN_REPLY.unpack_from(payload))
    return reply.t2 != 0 and (reply.t3 - reply.t2 + _LONG_NTP & _MASK) <= 2 * _LONG_NTP


def signer(key: bytes) -> Callable[[bytes], bytes]:
    """Return what signs the first 96 bytes of a packet: HMAC-SHA-256 (RFC 2104) cut to 16 bytes.

    The two hashes of the padded key are made once: this is a third of the time of `hmac.digest`.
    """
    padded = (sha256(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
    inner, outer = (sha256(bytes(byte ^ pad for byte in padded)).copy for pad in (0x36, 0x5C))

    def sign(covered: bytes) -> bytes:
        one, two = inner(), outer()
        one.update(covered)
        two.update(one.digest())
        return two.digest()[:16]

    return sign


class Reply(NamedTuple):
    """What a session-reflector answered; times are 64-bit timestamps as they stood there."""

    number: int
    """The reflector's own count (stateful) of packets it answered in this session, from 0, modulo 2³²."""
    t3: int
    error: int
    ssid: int
    t2: int
    sequence: int
    """Of the packet it answers."""
    t1: int
    sender_error: int
    ttl: int
    """That packet's, as it arrived there."""


def read_reply(payload: bytes, sign: Callable[[bytes], bytes] | None) -> Reply | None:
    """Return the reply, of an authenticated session where there is `sign`; None for whatever else it is."""
    if sign is None:
        return Reply._make(OPEN_REPLY.unpack_from(payload)) if len(payload) >= OPEN_BYTES else None
    if len(payload) < SIGNED_BYTES or not compare_digest(sign(payload[:COVERED]), payload[COVERED:SIGNED_BYTES]):
        return None
    return Reply._make(SIGNED_REPLY.unpack_from(payload))
