"""The registry of lines: what is news of now, what is history, and which pairs were measured."""

import pytest

from hub.health import lines as lines_module
from hub.health.lines import FRESH_MS, NEWS_MS, Lines
from wire.records import LinkSummary

A, B, C = "999999101001", "999999101002", "999999101003"
NOW = 1_795_000_000_000
EVERY = 30_000


def summary(
    leg: str = "county", sent: int = 30, reached: int = 30, received: int = 30, rtt_ms: float = 20.0
) -> LinkSummary:
    return LinkSummary(leg, EVERY, sent, reached, received, {"rtt_p50_ms": rtt_ms, "jitter_ms": 1.0})


def test_a_leg_is_what_its_last_minutes_say() -> None:
    lines = Lines()
    assert lines.leg(A) is None
    for minute in range(4):
        lines.take(A, summary(reached=29, received=28), NOW + minute * EVERY, NOW + minute * EVERY)
    leg = lines.leg(A)
    assert leg is not None
    assert (leg.state, leg.at_ms, leg.sent, leg.reached, leg.received) == ("ok", NOW + 3 * EVERY, 120, 116, 112)
    assert (leg.loss_up, leg.loss_down) == (pytest.approx(1 / 30), pytest.approx(1 / 29))
    assert leg.rtt_p50_ms == 20.0
    assert lines.legs() == {A: leg}
    assert leg.is_fresh(leg.at_ms + FRESH_MS)
    assert not leg.is_fresh(leg.at_ms + FRESH_MS + 1)


def test_what_waited_in_an_outbox_and_what_comes_late_is_no_news() -> None:
    lines = Lines()
    lines.take(A, summary(received=0), NOW - NEWS_MS - 1, NOW)
    assert lines.leg(A) is None
    lines.take(A, summary(), NOW, NOW)
    version = lines.version()
    lines.take(A, summary(received=0), NOW - EVERY, NOW)
    lines.take(A, summary(received=0), NOW, NOW)
    assert (lines.leg(A).received, lines.version()) == (30, version)


def test_a_station_whose_clock_is_ahead_is_measured_now() -> None:
    lines = Lines()
    lines.take(A, summary(), NOW + 200_000, NOW)
    assert lines.leg(A).at_ms == NOW
    lines.take(A, summary(), NOW + 230_000, NOW + EVERY)
    assert lines.leg(A).sent == 60


def test_a_clock_that_is_set_back_stops_no_line() -> None:
    lines, before = Lines(), NOW - 86_400_000
    for minute in range(3):
        lines.take(A, summary(), NOW + minute * EVERY, NOW + minute * EVERY)
        lines.take(A, summary(f"pair/{B}"), NOW + minute * EVERY, NOW + minute * EVERY)
    assert not lines.leg(A).is_fresh(before), "of a time to come nothing is known"
    for minute in range(3):
        lines.take(A, summary(received=0), before + minute * EVERY, before + minute * EVERY)
    leg = lines.leg(A)
    assert (leg.state, leg.since_ms, leg.at_ms) == ("lost", before - EVERY, before + 2 * EVERY)
    lines.take(A, summary(f"pair/{B}", received=0), before, before)
    measured = lines.measured_pair(A, B)
    assert (measured.at_ms, measured.unreachable_since_ms) == (before, before - EVERY)


def test_counts_that_cannot_be_are_cut_to_what_can() -> None:
    lines = Lines()
    lines.take(A, summary(sent=30, reached=90, received=95), NOW, NOW)
    assert (lines.leg(A).loss_up, lines.leg(A).loss_down) == (0, 0)


def test_a_true_test_says_since_when_the_other_is_unreachable() -> None:
    lines = Lines()
    silent = summary(f"pair/{B}", reached=0, received=0)
    lines.take(A, silent, NOW, NOW)
    first = lines.measured_pair(A, B)
    assert (first.unreachable_since_ms, first.reached_ms) == (NOW - EVERY, None)
    lines.take(A, silent, NOW + 600_000, NOW + 600_000)
    assert lines.measured_pair(A, B).unreachable_since_ms == NOW - EVERY, "since the first"
    lines.take(A, summary(f"pair/{B}"), NOW + 900_000, NOW + 900_000)
    reached = lines.measured_pair(A, B)
    assert (reached.unreachable_since_ms, reached.reached_ms) == (None, NOW + 900_000)
    lines.take(A, silent, NOW + 990_000, NOW + 990_000)
    assert lines.measured_pair(A, B).unreachable_since_ms == NOW + 960_000, "anew"
    assert lines.measured_pair(B, A) is None
    assert lines.leg(A) is None, "a pair is no leg"


def test_only_stations_are_measured_and_only_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines_module, "MOST_PAIRS", 2)
    lines = Lines()
    for number, other in enumerate(("nobody", B, C, "999999101004")):
        lines.take(A, summary(f"pair/{other}"), NOW + number, NOW + number)
    lines.take(A, summary(f"pair/{C}", received=29), NOW + 9, NOW + 9)
    assert list(lines.measured()) == [(A, "999999101004"), (A, C)], "those measured last, in that order"
    lines.take(A, summary(f"pair/{C}", sent=0, reached=0, received=0), NOW + 10, NOW + 10)
    assert lines.measured()[A, C].sent == 30


def test_what_is_handed_out_is_a_copy() -> None:
    lines = Lines()
    lines.take(A, summary(), NOW, NOW)
    before = lines.legs()
    lines.take(B, summary(), NOW, NOW)
    assert list(before) == [A]


@pytest.mark.parametrize(
    "said",
    [
        LinkSummary("county", EVERY, 2**53 - 1, 2**53 - 2**45, 2**52),
        LinkSummary("county", EVERY, 2**53 - 1, 2**53 - 1, 1),
        LinkSummary("county", 2**53 - 1, 30, 0, 0),
        LinkSummary(f"pair/{B}", EVERY, 2**53 - 1, 2**40, 2**40),
        LinkSummary(f"pair/{B}", 2**53 - 1, 30, 0, 0),
    ],
)
def test_what_no_sender_can_have_made_is_not_believed_and_costs_nothing(said: LinkSummary) -> None:
    lines = Lines()
    for place in range(3):
        lines.take(A, said, NOW + place, NOW + place)
    assert (lines.leg(A), lines.measured_pair(A, B), lines.version()) == (None, None, 0)


@pytest.mark.parametrize("absurd", [-1.0, 1e308])
def test_times_that_cannot_be_are_no_times(absurd: float) -> None:
    lines = Lines()
    lines.take(A, LinkSummary("county", EVERY, 30, 30, 30, {"rtt_p50_ms": absurd, "jitter_ms": absurd}), NOW, NOW)
    assert (lines.leg(A).state, lines.leg(A).rtt_p50_ms, lines.leg(A).jitter_ms) == ("ok", None, None)


def test_a_test_dated_by_a_clock_all_wrong_is_none() -> None:
    lines = Lines()
    lines.take(A, summary(f"pair/{B}"), -(2**53), NOW)
    assert lines.measured_pair(A, B) is None
