"""Made-up lines: seeded, mostly good, and as bad as a script says."""

import pytest

from station.fleet.lines import LineFault, VillageLine

STATIONS = [f"99999910{town}{unit:03d}" for town in range(1, 6) for unit in range(1, 60)]


def share(line: VillageLine, way: str, of: int = 20_000) -> float:
    return sum(getattr(line, f"loses_{way}")() for _ in range(of)) / of


def test_the_same_seed_is_the_same_county_and_some_villages_are_worse() -> None:
    lines = [VillageLine(f"1 {station}") for station in STATIONS]
    again = [VillageLine(f"1 {station}") for station in STATIONS]
    assert [(one.rtt_ms, one.loss_up, one.loss_down) for one in lines] == [
        (one.rtt_ms, one.loss_up, one.loss_down) for one in again
    ]
    worse = [one for one in lines if one.rtt_ms > 60]
    assert 0.01 < len(worse) / len(lines) < 0.08
    assert all(one.loss_up >= 0.01 for one in worse)
    others = [one for one in lines if one.rtt_ms <= 60]
    assert all(one.rtt_ms >= 5 and one.loss_up <= 0.003 and one.loss_down <= 0.003 for one in others)


def test_a_fault_adds_to_what_is_usual_and_each_way_by_itself() -> None:
    line = VillageLine("a village")
    line.loss_up, line.loss_down, line.rtt_ms = 0.1, 0.0, 30.0
    line.fault = LineFault(0.2, 0.05, 150.0)
    assert share(line, "up") == pytest.approx(1 - 0.9 * 0.8, abs=0.012)
    assert share(line, "down") == pytest.approx(0.05, abs=0.006)
    delays_ms = [line.delay_ns() / 1e6 for _ in range(2_000)]
    assert min(delays_ms) >= 180.0
    assert sum(delays_ms) / len(delays_ms) == pytest.approx(182.4, abs=0.4)


def test_without_power_nothing_comes_through() -> None:
    line = VillageLine("a village")
    line.has_power = False
    assert share(line, "up", 50) == share(line, "down", 50) == 1.0
