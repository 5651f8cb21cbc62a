"""A true test of a pair: so many packets, and a result also where nothing came back."""

from stamp.reflector import Peer, SessionReflector
from station.probe.pair import PairOrder, PairTest
from wire.records import LinkSummary

S = 1_000_000_000
UTC_NS = 1_800_000_000 * S
ORDER = PairOrder("999999101001", "192.0.2.7", 8620, 9, b"p" * 32, 20, 50)


def run(there: bool, lose_back: int = 0, seconds: float = 10) -> list[LinkSummary]:
    """Run the test against a reflector that hears it or not, and loses the first few answers."""
    test, now_ns = PairTest(ORDER, UTC_NS), UTC_NS
    reflector = SessionReflector()
    if there:
        reflector.admit(Peer(ORDER.ssid, ORDER.key, "b"))
    found = []
    answered = 0
    while now_ns < UTC_NS + seconds * S and not found:
        packet, summary = test.step(now_ns)
        if packet is not None:
            reply = reflector.reply(packet, ("192.0.2.1", 5), now_ns + 5_000_000, 64, now_ns + 5_000_000)
            answered += 1
            if reply is not None and answered > lose_back:
                assert test.take(reply, now_ns + 12_000_000)
        found += [] if summary is None else [summary]
        now_ns = test.due_ns
    return found


def test_what_it_saw() -> None:
    (summary,) = run(there=True, lose_back=3)
    assert (summary.leg, summary.sent, summary.reached, summary.received) == ("pair/999999101001", 20, 20, 17)
    assert summary.measures["rtt_p50_ms"] == 12.0
    assert summary.lasted_ms == 1_000


def test_that_nothing_came_back_is_a_result() -> None:
    (summary,) = run(there=False)
    assert (summary.sent, summary.reached, summary.received) == (20, 0, 0)
    assert "rtt_p50_ms" not in summary.measures


def test_it_waits_for_late_answers_and_then_no_longer() -> None:
    assert run(there=True, seconds=19 * 0.05 + 1.9) == []


def test_no_key_and_no_address_is_shown() -> None:
    assert repr(ORDER) == "PairOrder(999999101001)"
