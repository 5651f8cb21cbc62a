"""Scapy's STAMP packets and ours are the same. It has the unauthenticated form; the other is in test_packet.py."""

import warnings
from typing import Any

import pytest

from stamp.clock import to_ntp
from stamp.packet import OPEN_REPLY
from stamp.reflector import SessionReflector
from stamp.sender import SessionSender

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from scapy.contrib.stamp import (
        ErrorEstimate,
        STAMPSessionReflectorTestUnauthenticated,
        STAMPSessionSenderTestUnauthenticated,
    )

NOW_NS = 1_800_000_000_123_456_789
SOURCE = ("192.0.2.1", 5000)


@pytest.fixture
def reflector() -> SessionReflector:
    return SessionReflector(open_to=("192.0.2.0/24",))


def test_scapy_reads_our_test_packet() -> None:
    ours = SessionSender(ssid=77)
    ours.packet(NOW_NS)
    read = STAMPSessionSenderTestUnauthenticated(ours.packet(NOW_NS))
    assert (read.seq, read.ssid, read.mbz, read.tlv_objects) == (1, 77, 0, [])
    assert (read.err_estimate.S, read.err_estimate.Z, read.err_estimate.multiplier) == (0, 0, 1)
    assert len(bytes(STAMPSessionSenderTestUnauthenticated(seq=1, ssid=77))) == 44


def test_scapy_reads_our_reply(reflector: SessionReflector) -> None:
    answer = reflector.reply(SessionSender(ssid=77).packet(NOW_NS), SOURCE, NOW_NS + 10, 61, NOW_NS + 20)
    assert answer is not None
    read = STAMPSessionReflectorTestUnauthenticated(answer)
    assert (read.seq, read.ssid, read.seq_sender, read.ttl_sender) == (0, 77, 0, 61)
    assert (read.mbz1, read.mbz2, read.tlv_objects) == (0, 0, [])
    assert (read.err_estimate.Z, read.err_estimate_sender.multiplier) == (0, 1)
    assert len(bytes(STAMPSessionReflectorTestUnauthenticated())) == len(answer)
    times = OPEN_REPLY.unpack(answer)
    assert (times[1], times[4], times[6]) == (to_ntp(NOW_NS + 20), to_ntp(NOW_NS + 10), to_ntp(NOW_NS))


@pytest.mark.parametrize("extension", [b"", b"\x00\x01\x00\x04abcd"], ids=["base", "with a TLV of RFC 8972"])
def test_we_answer_scapys_test_packet(reflector: SessionReflector, extension: bytes) -> None:
    error = ErrorEstimate(S=1, Z=0, scale=5, multiplier=9)
    sent = bytes(STAMPSessionSenderTestUnauthenticated(seq=3, ts=4e9, err_estimate=error, ssid=5)) + extension
    answer = reflector.reply(sent, SOURCE, NOW_NS, 61, NOW_NS)
    assert answer is not None
    assert len(answer) <= len(sent)
    read = STAMPSessionReflectorTestUnauthenticated(answer)
    assert (read.seq, read.seq_sender, read.ssid) == (0, 3, 5)
    assert bytes(read.err_estimate_sender) == bytes(error)
    assert answer[28:36] == sent[4:12]


@pytest.mark.parametrize(
    ("changes", "taken"),
    [
        pytest.param({}, True, id="of our packet"),
        pytest.param({"seq_sender": 1}, False, id="of a packet never sent"),
        pytest.param({"ssid": 6}, False, id="of another session"),
    ],
)
def test_we_take_scapys_reply(changes: dict[str, Any], taken: bool) -> None:
    sender = SessionSender(ssid=5)
    sent = sender.packet(NOW_NS)
    fields: dict[str, Any] = {"seq": 0, "ssid": 5, "seq_sender": 0, "ttl_sender": 61} | changes
    built = bytearray(bytes(STAMPSessionReflectorTestUnauthenticated(**fields)))
    # Scapy holds times as floats, which have not 64 bits: T1 is copied as a reflector copies it.
    built[28:36] = sent[4:12]
    assert (sender.take(bytes(built), NOW_NS + 1_000_000) is not None) is taken
    assert sender.close_window(NOW_NS + 2_000_000, 0).received == int(taken)
