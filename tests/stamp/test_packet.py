"""Every field stands where the RFCs' figures have it: packets are also put together here, byte by byte."""

import hmac
import os
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamp.clock import to_ntp
from stamp.packet import Reply, read_reply, signer
from stamp.reflector import Peer, SessionReflector
from stamp.sender import SessionSender

KEY = bytes(range(32))
T1_NS, T2_NS, T3_NS = (1_800_000_000_000_000_000 + each for each in (0, 5_000_000, 5_100_000))
SOURCE = ("192.0.2.1", 5000)
ERROR = bytes.fromhex("2001")


def word(value: int, size: int) -> bytes:
    return value.to_bytes(size, "big")


def signed(covered: bytes, key: bytes = KEY) -> bytes:
    """RFC 8762 section 4.4: HMAC-SHA-256 over six blocks of 16 bytes, its first 128 bits."""
    assert len(covered) == 96
    return covered + hmac.new(key, covered, sha256).digest()[:16]


def sender_open(seq: int, ssid: int) -> bytes:
    """RFC 8972 figure 1."""
    return word(seq, 4) + word(to_ntp(T1_NS), 8) + ERROR + word(ssid, 2) + bytes(28)


def sender_signed(seq: int, ssid: int) -> bytes:
    """RFC 8972 figure 3 (RFC 8762 figure 4 with the SSID in it)."""
    return signed(word(seq, 4) + bytes(12) + word(to_ntp(T1_NS), 8) + ERROR + word(ssid, 2) + bytes(68))


def reply_open(number: int, seq: int, ssid: int, ttl: int) -> bytes:
    """RFC 8972 figure 2."""
    own = word(number, 4) + word(to_ntp(T3_NS), 8) + ERROR + word(ssid, 2) + word(to_ntp(T2_NS), 8)
    return own + word(seq, 4) + word(to_ntp(T1_NS), 8) + ERROR + bytes(2) + word(ttl, 1) + bytes(3)


def reply_signed(number: int, seq: int, ssid: int, ttl: int) -> bytes:
    """RFC 8972 figure 4."""
    own = word(number, 4) + bytes(12) + word(to_ntp(T3_NS), 8) + ERROR + word(ssid, 2) + bytes(4)
    own += word(to_ntp(T2_NS), 8) + bytes(8)
    sender = word(seq, 4) + bytes(12) + word(to_ntp(T1_NS), 8) + ERROR + bytes(6)
    return signed(own + sender + word(ttl, 1) + bytes(15))


@pytest.mark.parametrize("ssid", [0, 1, 65535])
def test_both_ends_write_what_the_standard_draws(ssid: int) -> None:
    reflector = SessionReflector(open_to=("192.0.2.0/24",))
    reflector.admit(Peer(ssid, KEY, "station"))
    for key, test, reply in ((None, sender_open, reply_open), (KEY, sender_signed, reply_signed)):
        sender = SessionSender(ssid=ssid, key=key)
        for seq in range(3):
            packet = sender.packet(T1_NS)
            assert packet == test(seq, ssid)
            answer = reflector.reply(packet, SOURCE, T2_NS, 61, T3_NS)
            assert answer == reply(seq, seq, ssid, 61)


@pytest.mark.parametrize("size", [1, 31, 32, 64, 65, 200])
def test_the_signature_is_hmac_sha_256(size: int) -> None:
    key, covered = os.urandom(size), os.urandom(96)
    assert signer(key)(covered) == hmac.digest(key, covered, "sha256")[:16]


def test_a_reply_is_read_back() -> None:
    expected = Reply(7, to_ntp(T3_NS), 0x2001, 9, to_ntp(T2_NS), 5, to_ntp(T1_NS), 0x2001, 61)
    assert read_reply(reply_open(7, 5, 9, 61), None) == expected
    assert read_reply(reply_signed(7, 5, 9, 61), signer(KEY)) == expected
    assert read_reply(reply_open(7, 5, 9, 61) + b"extension of RFC 8972", None) == expected


@given(st.integers(0, 111), st.integers(1, 255))
def test_one_changed_byte_is_no_reply(place: int, change: int) -> None:
    reply = bytearray(reply_signed(7, 5, 9, 61))
    reply[place] ^= change
    assert read_reply(bytes(reply), signer(KEY)) is None


@given(st.binary(max_size=200))
def test_hostile_bytes_never_raise(payload: bytes) -> None:
    assert read_reply(payload, signer(KEY)) is None
    assert (read_reply(payload, None) is None) == (len(payload) < 44)
