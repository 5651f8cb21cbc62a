"""The session-sender tells the truth about whatever the line does, each way by itself."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stamp.clock import to_ntp
from stamp.packet import OPEN_REPLY, OPEN_TEST
from stamp.reflector import SessionReflector
from stamp.sender import MOST_KEPT, SessionSender
from tests.stamp.simulated_line import (
    CLEAN,
    KEY,
    LOST_BACK,
    LOST_THERE,
    MS,
    SSID,
    START_NS,
    Fate,
    SimulatedLine,
)

DELAYS = st.lists(st.integers(1, 45), max_size=2).map(tuple)
FATES = st.lists(st.builds(Fate, DELAYS, DELAYS), max_size=60)
STEADY = st.lists(st.sampled_from([CLEAN, CLEAN, LOST_THERE, LOST_BACK]), max_size=60)


@given(FATES)
@settings(max_examples=300)
def test_any_loss_reordering_and_duplication_gives_exactly_the_truth(fates: list[Fate]) -> None:
    line = SimulatedLine()
    line.send(fates)
    line.settle()
    line.send([CLEAN])
    line.settle()
    figures = line.close()
    assert (figures.sent, figures.reached) == (len(fates) + 1, len(line.reached))
    assert figures.received == len(line.received)
    assert figures.duplicated == line.replies - len(line.received)


@given(st.lists(STEADY, min_size=1, max_size=6))
@settings(max_examples=300)
def test_windows_add_up_to_the_truth_and_each_is_possible(parts: list[list[Fate]]) -> None:
    line = SimulatedLine()
    windows = []
    for part in parts:
        line.send(part)
        windows.append(line.close(wait_ms=40))
    line.settle()
    line.send([CLEAN])
    line.settle()
    windows.append(line.close())
    assert all(0 <= each.received <= each.reached <= each.sent for each in windows)
    assert sum(each.sent for each in windows) == sum(map(len, parts)) + 1
    assert sum(each.received for each in windows) == len(line.received)
    if longest_silence(parts) <= 8:
        assert sum(each.reached for each in windows) == len(line.reached)


@given(st.lists(st.tuples(st.integers(0, 2), st.booleans()), max_size=40))
def test_a_reflector_that_numbers_repeated_packets_anew_is_seen_through(arrivals: list[tuple[int, bool]]) -> None:
    sender, number = SessionSender(), 0
    for place, (copies, swapped) in enumerate(arrivals):
        at_ns = START_NS + place * 100 * MS
        seq, t1, error, ssid = OPEN_TEST.unpack(sender.packet(at_ns))
        replies = []
        for copy in range(copies):
            t2 = to_ntp(at_ns + (5 + copy) * MS)
            replies.append(OPEN_REPLY.pack(number, t2, 1, ssid, t2, seq, t1, error, 60))
            number += 1
        for reply in reversed(replies) if swapped else replies:
            assert sender.take(reply, at_ns + 20 * MS)
    figures = sender.close_window(START_NS + len(arrivals) * 100 * MS, 0)
    reached = sum(copies > 0 for copies, _ in arrivals)
    assert (figures.reached, figures.received) == (reached, reached)
    assert figures.duplicated == number - reached


def longest_silence(parts: list[list[Fate]]) -> int:
    longest = run = 0
    for fate in (fate for part in parts for fate in part):
        run = 0 if fate == CLEAN else run + 1
        longest = max(longest, run)
    return longest


def test_a_window_whose_edges_were_answered_is_exact_by_itself() -> None:
    line = SimulatedLine()
    first = [CLEAN, LOST_THERE, LOST_BACK, LOST_BACK, CLEAN]
    second = [CLEAN, LOST_BACK, LOST_THERE, LOST_THERE, LOST_THERE, CLEAN]
    line.send(first)
    line.settle()
    one = line.close(wait_ms=50)
    line.send(second)
    line.settle()
    two = line.close(wait_ms=50)
    assert (one.sent, one.reached, one.received) == (5, 4, 2)
    assert (two.sent, two.reached, two.received) == (6, 3, 2)


def test_packets_on_their_way_count_in_the_next_window() -> None:
    line = SimulatedLine()
    line.send([CLEAN] * 10)  # the last was sent 10 ms ago, its reply is there just now
    figures = line.close(wait_ms=25)
    assert (figures.sent, figures.received) == (8, 8)
    line.settle()
    assert line.close(wait_ms=25).sent == 2


def test_a_few_lost_at_the_end_wait_for_the_reply_that_tells_where() -> None:
    line = SimulatedLine()
    line.send([CLEAN] * 5 + [LOST_BACK] * 3)
    line.settle()
    assert line.close(wait_ms=50).sent == 5
    line.send([CLEAN])
    line.settle()
    figures = line.close(wait_ms=50)
    assert (figures.sent, figures.reached, figures.received) == (4, 4, 1)


def test_an_outage_is_told_in_its_own_window_as_lost_there() -> None:
    line = SimulatedLine()
    line.send([CLEAN] * 5 + [LOST_BACK] * 20)
    line.settle()
    figures = line.close(wait_ms=50)
    assert (figures.sent, figures.reached, figures.received) == (25, 5, 5)
    line.send([CLEAN] * 5 + [LOST_THERE, CLEAN])
    line.settle()
    after = line.close(wait_ms=50)  # those 20 are told already; this loss is not hidden by them
    assert (after.sent, after.reached, after.received) == (7, 6, 6)


def test_a_reply_too_late_for_its_window_is_lost_once_and_for_all() -> None:
    line = SimulatedLine()
    line.send([CLEAN, Fate(back=(500,)), CLEAN])
    assert line.close(wait_ms=5).received == 2
    line.settle()
    figures = line.close(wait_ms=5)
    assert (figures.sent, figures.received, figures.duplicated) == (0, 0, 0)


@pytest.mark.parametrize("answered_before", [0, 1, 50])
def test_a_reflector_that_began_anew_counts_on(answered_before: int) -> None:
    line = SimulatedLine()
    line.send([CLEAN] * answered_before)
    line.restart_reflector()
    line.send([CLEAN, LOST_THERE, LOST_BACK, CLEAN] * 5)
    line.settle()
    figures = line.close()
    assert (figures.reached, figures.received) == (answered_before + 15, answered_before + 10)


@given(STEADY, STEADY)
def test_a_restart_never_makes_an_impossible_figure(before: list[Fate], after: list[Fate]) -> None:
    line = SimulatedLine()
    line.send(before)
    line.restart_reflector()
    line.send(after)
    line.settle()
    figures = line.close()
    assert figures.received == len(line.received)
    assert figures.received <= figures.reached <= figures.sent


def test_numbers_wrap_at_32_bits_without_a_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    line = SimulatedLine()
    line.send([CLEAN])
    near = 2**32 - 6
    # As after 136 years at one a second: both sides are a few packets before the wrap.
    line.sender._first = line.sender._window = near - 1
    line.sender._reached._top = line.sender._reached._top_seq = near - 1
    line.sender._reached._top_raw = near - 1
    [session] = line.reflector._sessions.values()
    [track] = session.tracks.values()
    track._newest, track._count = near - 1, near
    line.settle()
    line.sender._reached._accounted = near - 1
    line.sender._reached._settled_top = near - 2
    line.send([CLEAN, LOST_THERE, LOST_BACK, CLEAN] * 5)
    line.settle()
    figures = line.close()
    assert figures.reached - figures.received == 5
    assert figures.sent - figures.reached == 5


def test_rtt_leaves_out_the_time_the_reflector_took() -> None:
    sender = SessionSender()
    test = sender.packet(START_NS)
    seq, t1, error, ssid = OPEN_TEST.unpack(test)
    far = START_NS + 3_600_000 * MS  # its clock is an hour ahead
    reply = OPEN_REPLY.pack(0, to_ntp(far + 30 * MS), 1, ssid, to_ntp(far), seq, t1, error, 61)
    heard = sender.take(reply, START_NS + 50 * MS)
    figures = sender.close_window(START_NS + 100 * MS, 0)
    assert figures.rtt_p50_ms == pytest.approx(20, abs=1e-6)
    assert heard is not None
    assert heard.ttl == 61


def test_jitter_follows_rfc_3550() -> None:
    line = SimulatedLine(interval_ms=100)
    line.send([Fate(back=(5,)), Fate(back=(21,)), Fate(back=(5,))])
    line.settle()
    expected = 0.0
    for difference in (16.0, 16.0):
        expected += (difference - expected) / 16
    assert line.close().jitter_ms == pytest.approx(expected, abs=1e-6)


def test_percentiles_by_nearest_rank() -> None:
    line = SimulatedLine(interval_ms=1000)
    line.send([Fate(back=(ms,)) for ms in range(1, 101)])
    line.settle()
    figures = line.close()
    times = (figures.rtt_min_ms, figures.rtt_p50_ms, figures.rtt_p95_ms, figures.rtt_max_ms)
    assert times == pytest.approx((6, 55.5, 100, 105), abs=0.002)


def test_reordered_replies_are_counted() -> None:
    line = SimulatedLine()
    line.send([CLEAN, Fate(back=(40,)), CLEAN, CLEAN])
    line.settle()
    assert line.close().reordered == 1


def test_nothing_sent_says_nothing() -> None:
    figures = SessionSender().close_window(START_NS, 0)
    assert (figures.sent, figures.loss_there, figures.rtt_p50_ms, figures.jitter_ms) == (0, None, None, None)


@pytest.mark.parametrize("step_ms", [-3_600_000, 3_600_000])
def test_a_clock_that_is_set_spoils_no_count(step_ms: int) -> None:
    line = SimulatedLine()
    line.send([CLEAN] * 10)
    line.settle(100)
    line.now_ns += step_ms * MS
    line.send([CLEAN] * 10)
    line.settle(100)
    figures = line.close(wait_ms=50)
    assert (figures.sent, figures.reached, figures.received) == (20, 20, 20)
    assert figures.rtt_max_ms is not None
    assert figures.rtt_max_ms < 1000


def test_a_reply_whose_clock_was_set_on_the_way_has_no_rtt() -> None:
    sender = SessionSender(ssid=SSID, key=KEY)
    line = SimulatedLine()
    answer = line.reflector.reply(sender.packet(START_NS), ("192.0.2.1", 1), START_NS, 64, START_NS)
    assert answer is not None
    assert sender.take(answer, START_NS - 5 * MS)
    figures = sender.close_window(START_NS, 0)
    assert (figures.received, figures.rtt_p50_ms) == (1, None)


@given(st.binary(max_size=200))
def test_hostile_bytes_change_nothing(payload: bytes) -> None:
    for key in (None, KEY):
        sender = SessionSender(ssid=SSID, key=key)
        sender.packet(START_NS)
        assert not sender.take(payload, START_NS)
        assert sender.close_window(START_NS, 0).received == 0


REPLY: dict[str, Any] = {
    "number": 0, "t3": 2, "error": 1, "ssid": SSID, "t2": 1, "seq": 0, "t1": to_ntp(START_NS), "sender": 1, "ttl": 9,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "taken"),
    [
        pytest.param({}, True, id="as it should be"),
        pytest.param({"ssid": 0}, True, id="a reflector that knows no SSID"),
        pytest.param({"ssid": 8}, False, id="of another session"),
        pytest.param({"seq": 1}, False, id="to a packet not sent yet"),
        pytest.param({"seq": 2**32 - 1}, False, id="to one before the first"),
        pytest.param({"t1": to_ntp(START_NS) + 1}, False, id="by somebody who never saw the packet"),
        pytest.param({"number": 2**32 - 1}, True, id="with an impossible number"),
    ],
)
def test_only_replies_of_this_session_are_taken(changed: dict[str, int], taken: bool) -> None:
    sender = SessionSender(ssid=SSID)
    sender.packet(START_NS)
    heard = sender.take(OPEN_REPLY.pack(*(REPLY | changed).values()), START_NS + MS)
    assert (heard is not None) is taken
    figures = sender.close_window(START_NS + MS, 0)
    assert (figures.reached, figures.received) == (int(taken), int(taken))


def test_memory_stays_bounded_without_a_single_close() -> None:
    sender = SessionSender()
    reflector = SessionReflector(packets_per_s=1e9, burst=10**9, open_to=("192.0.2.0/24",))
    chance = random.Random(1)
    count = 2 * MOST_KEPT + 100
    for number in range(count):
        at_ns = START_NS + number * MS
        test = sender.packet(at_ns)
        if chance.random() < 0.1:
            answer = reflector.reply(test, ("192.0.2.1", 9), at_ns, 64, at_ns)
            assert answer is not None
            sender.take(answer, at_ns)
    assert len(sender._sent) <= MOST_KEPT
    figures = sender.close_window(START_NS + count * MS, 0)
    assert (figures.sent, figures.reached) == (count, reflector.counts["answered"])
