"""The bench's table, for people and as JSON: pure."""

from typing import Any

from station.devices.camera.bench.run import Measured
from station.devices.camera.bench.score import TARGETS, false_alarms, met, score

MS_PER_LOOK_MAX = 5.0


def as_json(measured: Measured) -> dict[str, Any]:
    """Return the table and every outcome."""
    lines = {target.name: (score(measured.outcomes, target), target) for target in TARGETS}
    return {
        "kinds": [
            {
                "name": name,
                "events": line.events,
                "hits": line.hits,
                "false_alarms": line.false_alarms,
                "recall": round(line.recall, 3),
                "f1": round(line.f1, 3),
                "delay_median_s": line.delay_median_s,
                "delay_p90_s": line.delay_p90_s,
                "target": ("recall" if target.recall_only else "F1", target.f1, target.delay_s),
                "met": met(line, target),
            }
            for name, (line, target) in lines.items()
        ],
        "negatives": sum(one.kind is None for one in measured.outcomes),
        "false_alarms": false_alarms(measured.outcomes),
        "costs": measured.costs._asdict(),
        "outcomes": [
            {"material": one.material, "case": one.case, "kind": one.kind, "told": [[*told] for told in one.told]}
            for one in measured.outcomes
        ],
    }


def as_text(measured: Measured) -> str:
    """Return the table for a terminal."""
    lines = [f"{'kind 故障':24}{'found':>9}{'wrong':>7}{'F1':>7}{'recall':>8}{'median':>9}{'p90':>8}   target 目标"]
    for target in TARGETS:
        line = score(measured.outcomes, target)
        goal = f"{'recall' if target.recall_only else 'F1'} {target.f1:.2f} in {target.delay_s:g} s"
        word = "met 达到" if met(line, target) else "missed 未达到"
        lines.append(
            f"{line.name:24}{f'{line.hits}/{line.events}':>9}{line.false_alarms:>7}{line.f1:>7.2f}{line.recall:>8.2f}"
            f"{_seconds(line.delay_median_s):>9}{_seconds(line.delay_p90_s):>8}   {goal}: {word}"
        )
    alarms = false_alarms(measured.outcomes)
    silent = sum(one.kind is None for one in measured.outcomes)
    lines.append(
        f"false alarms in {silent} negatives 误报: {len(alarms)}" + "".join(f"\n  {alarm}" for alarm in alarms)
    )
    missed = [one for one in measured.outcomes if one.kind is not None and (one.delay_s is None or one.wrong)]
    lines += [f"  {one.material}, {one.case}: told {_told(one.told)}" for one in missed]
    cheap = "met 达到" if measured.costs.ms_per_look <= MS_PER_LOOK_MAX else "missed 未达到"
    lines.append(
        f"{measured.costs.looks} looks, {measured.costs.ms_per_look:.2f} ms each "
        f"(target {MS_PER_LOOK_MAX:g} ms: {cheap}), {measured.costs.memory_mb:.0f} MB"
    )
    return "\n".join(lines)


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f} s"


def _told(told: tuple[tuple[str, float], ...]) -> str:
    return ", ".join(f"{kind} after {after_s:.1f} s" for kind, after_s in told) or "nothing"
