"""What interface and command line tell of lines and pairs, as JSON has it: shares 0 to 1, times in ms, dates UTC ms."""

from collections.abc import Mapping
from typing import Any

from hub.health.lines import LegNow, Lines, Measured, shown_state
from hub.health.matrix import Rate, TownCell, Village, cell_of
from hub.health.pairs import Pair, compare, direct_of, is_odd, predict
from hub.store.lines import Summary
from wire.health import StationHealth

Told = dict[str, Any]


def leg_told(health: StationHealth, leg: LegNow | None, now_ms: int) -> Told:
    """Return one village's line; one that was not measured lately is `unmeasured`, its figures are the last known."""
    state = shown_state(leg, health.state, now_ms)
    known = leg if state != "unmeasured" else None
    told: Told = {
        "station": health.station,
        "name": health.name,
        "town": health.town,
        "station_state": health.state,
        "state": state,
        "since_ms": None if known is None else known.since_ms,
        "reason": "not_measured" if known is None else known.reason,
    }
    figures = ("at_ms", "sent", "reached", "received", "loss_up", "loss_down", "rtt_p50_ms", "jitter_ms")
    return told | {name: None if leg is None else getattr(leg, name) for name in figures}


def summary_told(summary: Summary) -> Told:
    """Return one summary of a line's history."""
    said = summary.said
    return {
        "id": summary.id,
        "ended_ms": summary.ended_ms,
        "dated": summary.dated,
        "lasted_ms": said.lasted_ms,
        "sent": said.sent,
        "reached": said.reached,
        "received": said.received,
        **said.measures,
    }


def rate_told(rate: Rate) -> Told:
    """Return 村村通率 with what it is made of."""
    return {**rate._asdict(), "share": rate.share, "coverage": rate.coverage}


def town_told(towns: tuple[str, str], cell: TownCell) -> Told:
    """Return what two towns are to each other; the scores are estimated (ITU-T G.1070)."""
    return {
        "from": towns[0],
        "to": towns[1],
        **rate_told(cell.rate),
        "estimated_mos_median": cell.mos_median,
        "estimated_mos_worst": cell.mos_worst,
        "worst": None if cell.worst is None else list(cell.worst),
        "rtt_median_ms": cell.rtt_median_ms,
    }


def each_once(towns: Mapping[tuple[str, str], TownCell]) -> dict[tuple[str, str], TownCell]:
    """Return the cells of a matrix of towns, each two towns once."""
    once: dict[tuple[str, str], TownCell] = {}
    for pair, cell in towns.items():
        if pair[::-1] not in once:
            once[pair] = cell
    return once


def pair_told(a: Village, b: Village, lines: Lines, now_ms: int) -> Told:
    """Return two villages: what they are to each other, as their legs have it, and as true tests measured it."""
    cell = cell_of(a, b)
    predicted = _predicted(lines, a.code, b.code, now_ms)
    back = None if predicted is None else predicted._replace(there=predicted.back, back=predicted.there)
    tests = [
        _test_told(by, measured, expected, turned=by != a.code)
        for by, measured, expected in (
            (a.code, lines.measured_pair(a.code, b.code), predicted),
            (b.code, lines.measured_pair(b.code, a.code), back),
        )
        if measured is not None
    ]
    return {
        "from": a.code,
        "to": b.code,
        "word": cell.word,
        "why": cell.why,
        "estimated_mos": cell.mos,
        "predicted": None if predicted is None else _pair_told(predicted),
        "measured": tests,
        "odd": any(test["odd"] for test in tests),
    }


def odd_pairs(lines: Lines, villages: Mapping[str, Village], now_ms: int) -> list[tuple[Village, Village]]:
    """Return the measured pairs that are worse than their legs say, those measured last first."""
    found = []
    for (a, b), measured in reversed(lines.measured().items()):
        predicted = _predicted(lines, a, b, now_ms)
        if a in villages and b in villages and predicted is not None and is_odd(measured, predicted):
            found.append((villages[a], villages[b]))
    return found


def _predicted(lines: Lines, a: str, b: str, now_ms: int) -> Pair | None:
    """Return what both legs say of a pair; None unless both were measured lately."""
    legs = [leg for code in (a, b) if (leg := lines.leg(code)) is not None and leg.is_fresh(now_ms)]
    return predict(*legs) if len(legs) == 2 else None


def _pair_told(pair: Pair) -> Told:
    return {
        "loss_there": pair.there.loss,
        "loss_there_error": pair.there.error,
        "loss_back": pair.back.loss,
        "loss_back_error": pair.back.error,
        "rtt_ms": pair.rtt_ms,
        "rtt_error_ms": pair.rtt_error_ms,
        "estimated_mos_there": pair.there.mos,
        "estimated_mos_back": pair.back.mos,
    }


def _test_told(by: str, measured: Measured, expected: Pair | None, *, turned: bool) -> Told:
    """Return one test; `turned` is one that B made: its way there is the pair's way back."""
    there = (measured.sent - measured.reached) / measured.sent
    back = None if measured.reached == 0 else (measured.reached - measured.received) / measured.reached
    comparison = None if expected is None else compare(measured, expected)
    reasons = [] if comparison is None else [_turn(reason) if turned else reason for reason in comparison.reasons]
    return {
        "by": by,
        "at_ms": measured.at_ms,
        "sent": measured.sent,
        "reached": measured.reached,
        "received": measured.received,
        "loss_there": back if turned else there,
        "loss_back": there if turned else back,
        "rtt_ms": measured.rtt_p50_ms,
        "jitter_ms": measured.jitter_ms,
        "direct": direct_of(measured),
        "unreachable_since_ms": measured.unreachable_since_ms,
        "reached_ms": measured.reached_ms,
        "parts": None if comparison is None else comparison.parts,
        "odd": expected is not None and is_odd(measured, expected),
        "reasons": reasons,
    }


def _turn(reason: str) -> str:
    word, _, way = reason.rpartition("_")
    return {"there": f"{word}_back", "back": f"{word}_there"}.get(way, reason)
