"""The county's leg over a line in memory: whiles without a gap, true figures, bursts when they are due."""

import msgspec
import pytest

from station.probe.leg import CLOSER_LOOK, Burst, Measured
from tests.station.probe.simulated_line import SESSION, S, SimulatedLine


def summaries(measured: list[Measured]) -> list[tuple[int, int, int, int]]:
    return [(one.summary.lasted_ms, one.summary.sent, one.summary.reached, one.summary.received) for one in measured]


def test_every_thirty_seconds_a_summary_and_no_packet_in_none_or_two_of_them() -> None:
    line = SimulatedLine()
    measured = line.run(152.5)
    assert summaries(measured) == [(30_000, 30, 30, 30)] * 5
    assert {one.summary.leg for one in measured} == {"county"}
    first = measured[0].summary.measures
    assert 20.0 <= first["rtt_min_ms"] <= first["rtt_p50_ms"] <= first["rtt_p95_ms"] <= first["rtt_max_ms"] <= 22.0
    assert first["duplicated"] == first["reordered"] == 0


def test_an_outage_leaves_no_hole() -> None:
    line = SimulatedLine()
    line.run(44.5)
    line.there = 1.0
    line.run(75)
    line.there = 0.0
    line.run(93)
    counted = summaries(line.measured)
    assert [lasted for lasted, *_ in counted] == [30_000] * 7
    assert [sent for _, sent, *_ in counted] == [30] * 7
    assert [received for *_, received in counted] == [30, 15, 0, 0, 30, 30, 30]
    assert sum(reached for _, _, reached, _ in counted) == line_total(line) - 75


def line_total(line: SimulatedLine) -> int:
    return sum(one.summary.sent for one in line.measured)


def test_the_direction_of_a_loss_is_told() -> None:
    line = SimulatedLine(3)
    line.there, line.back = 0.1, 0.02
    line.run(40 * 60 + 2.5)
    sent = line_total(line)
    reached = sum(one.summary.reached for one in line.measured)
    received = sum(one.summary.received for one in line.measured)
    assert sent == len(line.sent_at_ns) - 3  # those that are still being waited for
    assert sent - reached == line.lost_there
    assert reached - received == line.lost_back


def test_loss_beyond_chance_is_looked_at_closely_by_itself_at_most_once_in_ten_minutes() -> None:
    line = SimulatedLine()
    line.run(200)
    assert line.leg.suspicion is None
    line.there = 0.35
    measured = line.run(1500)
    bursts = [one for one in measured if "packets_per_s" in one.summary.measures]
    assert line.leg.suspicion is not None
    assert line.leg.suspicion.reason == "loss"
    assert {one.summary.sent for one in bursts} == {CLOSER_LOOK.packets_per_s * CLOSER_LOOK.seconds}
    assert {one.summary.lasted_ms for one in bursts} == {60_000}
    assert 1 <= len(bursts) <= 3
    assert bursts[0].order is None
    lossy = bursts[0].summary
    assert lossy.reached / lossy.sent == pytest.approx(0.65, abs=0.05)
    assert sum(one.summary.lasted_ms for one in line.measured) <= 1700 * 1000
    assert sum(one.summary.lasted_ms for one in line.measured) > 1660 * 1000


def test_delay_beyond_chance_is_looked_at_closely_and_a_little_is_not() -> None:
    line = SimulatedLine()
    line.run(200)
    line.rtt_ms += 4
    line.run(100)
    assert line.leg.suspicion is None
    line.rtt_ms += 30
    line.run(60)
    assert line.leg.suspicion is not None
    assert line.leg.suspicion.reason == "delay"


def test_a_line_that_is_dead_is_not_probed_faster_nor_is_one_that_just_came_back() -> None:
    line = SimulatedLine()
    line.run(300)
    line.there = 1.0
    line.run(300)
    line.there = 0.0
    line.run(599.5)
    assert len(line.sent_at_ns) == 1200


def test_an_ordered_burst_is_a_while_of_its_own_and_answers_its_order() -> None:
    line = SimulatedLine()
    line.run(39.5)
    assert line.leg.burst(Burst(10, 20), line.now_ns, "order-1")
    assert not line.leg.burst(Burst(10, 20), line.now_ns, "order-2"), "one is under way"
    measured = line.run(60)
    (ordered,) = [one for one in measured if one.order is not None]
    assert ordered.order == "order-1"
    assert (ordered.summary.sent, ordered.summary.lasted_ms) == (200, 20_000)
    assert summaries(line.measured)[:3] == [(30_000, 30, 30, 30), (9_500, 10, 10, 10), (20_000, 200, 200, 200)]
    assert summaries(line.measured)[3][0] == 30_000


def test_whoever_was_asleep_sends_no_faster_afterwards() -> None:
    line = SimulatedLine()
    line.run(10)
    line.now_ns += 25 * S
    line.run(10)
    gaps = [later - earlier for earlier, later in zip(line.sent_at_ns, line.sent_at_ns[1:], strict=False)]
    assert min(gaps) >= S * 0.999
    assert 20 <= len(line.sent_at_ns) <= 23


def test_the_same_session_again_goes_on_and_another_begins_anew() -> None:
    line = SimulatedLine()
    line.run(9.5)
    slower = msgspec.structs.replace(SESSION, interval_ms=2_000)
    assert line.leg.goes_on(slower)
    line.run(23)
    assert summaries(line.measured) == [(30_000, 20, 20, 20)]
    assert not line.leg.goes_on(msgspec.structs.replace(SESSION, key=b"x" * 32))
    assert not line.leg.goes_on(msgspec.structs.replace(SESSION, ssid=8))
    (last,) = line.leg.finish(line.now_ns)
    assert last.summary.lasted_ms == 500
    assert line.leg.finish(line.now_ns) == []


def test_an_ordered_burst_that_ends_with_its_session_is_answered_with_what_it_saw() -> None:
    line = SimulatedLine()
    line.leg.burst(Burst(10, 60), line.now_ns, "order-1")
    line.run(10)
    (ended,) = line.leg.finish(line.now_ns)
    assert ended.order == "order-1"
    assert 75 <= ended.summary.sent == ended.summary.received <= 85
