"""Figures of a made-up county."""

from hub.health.availability import Tally
from hub.reports.figures import Counts, Figures, Incidents, Village, by_town, summed
from hub.reports.period import Period, read_period
from hub.reports.scores import DEFAULT
from hub.reports.told import Frozen, Warned

HOUR = 3_600_000
OCTOBER = read_period("2026-10", 2**42)


def counts(visits: int = 10, *, up: float | None = 0.99, **more: object) -> Counts:
    """Return a village's counts; `up` is its online rate, None where nothing is known."""
    known = 0 if up is None else 1_000 * HOUR
    tally = Tally(1_000 * HOUR, round(known * (up or 0)), known - round(known * (up or 0)), 1, HOUR)
    told: dict[str, object] = {
        "villages": 1, "active": int(visits > 0), "visits": visits, "services": {"legal_advice": visits},
        "matters": {"land": visits}, "who": {"card": visits}, "grades": (0, 1, 2, 3, 4), "in_time": 9, "late": 1,
        "pending": 2, "online": tally, "intact": tally,
    }  # fmt: skip
    return Counts(**(told | more))  # type: ignore[arg-type]


def figures(period: Period = OCTOBER, *every: tuple[str, str, Counts], **more: object) -> Figures:
    """Return figures of these villages: town, name, counts."""
    rows = every or (("测试1镇", "第1村", counts()), ("测试1镇", "第2村", counts(30)), ("测试2镇", "第3村", counts(5)))
    villages = [Village(f"9999991010{at:02d}", name, town, one) for at, (town, name, one) in enumerate(rows, 1)]
    told: dict[str, object] = {
        "period": period.name, "from_ms": period.from_ms, "until_ms": period.until_ms, "made_ms": period.until_ms,
        "over": True, "town": "", "whole": summed(one.counts for one in villages), "towns": by_town(villages),
        "villages": villages, "days": [1] * ((period.until_ms - period.from_ms) // (24 * HOUR)),
        "incidents": Incidents(), "since_ms": 0,
    }  # fmt: skip
    return Figures(**(told | more))  # type: ignore[arg-type]


def frozen(now: Figures | None = None, before: Figures | None = None, *warned: Warned) -> Frozen:
    """Return what a report is drafted from."""
    return Frozen(now or figures(), before, None, list(warned), DEFAULT)
