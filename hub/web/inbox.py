"""The inbox as a list: which of the visits that wait are asked for, in which order, and how late they are (pure)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple
from urllib.parse import urlencode

from hub.exchange.sources import PLATFORMS
from hub.reports.names import WHO
from hub.store.casework import Work
from hub.store.ticket_work import TicketWork
from hub.visits.clocks import Clock, clocks_of, most_urgent
from hub.visits.matters import CASES, RECEIVED, STATES
from wire.topics import is_station_id

WHICH: Final = ("open", "ended", "all")
ORDERS: Final = ("urgent", "newest")
CARES: Final = ("mine", "overdue", "near", "unassigned")
"""What somebody looks for among those that wait."""
ADDRESS: Final = "/visits"
SOURCES: Final = ("kiosk", *PLATFORMS)


class Asked(NamedTuple):
    """What the address asks for; what it misspells is not asked."""

    which: str = "open"
    care: str = ""
    state: str = ""
    service: str = ""
    town: str = ""
    who: str = ""
    station: str = ""
    source: str = ""
    """`kiosk`, or the platform whose tickets."""
    order: str = "urgent"
    before: int | None = None
    """Row that the page before ended with; of those that wait, how many were before."""

    def address(self, **other: object) -> str:
        """Return the address of the list with some of it otherwise, from its beginning."""
        changed = self._replace(**({"before": None} | other))  # type: ignore[arg-type]
        usual = Asked()
        told = {
            name: value
            for name, value in changed._asdict().items()
            if value not in ("", None) and value != getattr(usual, name)
        }
        return ADDRESS + ("?" + urlencode(told) if told else "")


class Line(NamedTuple):
    """A visit that waits, with its clocks."""

    work: Work
    clocks: Sequence[Clock]
    urgent: Clock | None
    state: str = RECEIVED


class Counts(NamedTuple):
    """How many wait, in all that somebody may see."""

    open: int
    overdue: int
    near: int
    unassigned: int
    mine: int


def asked_of(query: Mapping[str, str], towns: Iterable[str]) -> Asked:
    """Return what an address asks for."""

    def one_of(name: str, allowed: Iterable[str], usual: str = "") -> str:
        value = query.get(name, "")
        return value if value in set(allowed) else usual

    station = query.get("station", "")
    return Asked(
        one_of("which", WHICH, "open"),
        one_of("care", CARES),
        one_of("state", (RECEIVED, *STATES)),
        one_of("service", CASES),
        one_of("town", towns),
        one_of("who", WHO),
        station if is_station_id(station) else "",
        one_of("source", SOURCES),
        one_of("order", ORDERS, "urgent"),
        before_of(query),
    )


def before_of(query: Mapping[str, str]) -> int | None:
    """Return the row that the page before ended with; None where the address names none."""
    text = query.get("before", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def state_of(work: Work) -> str:
    """Return what the county did last."""
    standing = [step.state for step in work.steps if step.withdrawn_ms is None]
    return standing[-1] if standing else RECEIVED


def line_of(work: Work, now_ms: int) -> Line:
    """Return a visit with its clocks."""
    clocks = clocks_of(work.row.service, work.row.matter, work.row.shown_ms, work.steps, now_ms)
    return Line(work, clocks, most_urgent(clocks), state_of(work))


def line_of_ticket(one: TicketWork, now_ms: int) -> Line:
    """Return a ticket of another platform with its clocks: they run from when it was taken there."""
    return line_of(one.work, now_ms)._replace(state=one.state)


def counted(lines: Sequence[Line], who: str, now_ms: int) -> Counts:
    """Count what waits."""
    standings = [None if line.urgent is None else line.urgent.standing(now_ms) for line in lines]
    return Counts(
        len(lines),
        standings.count("overdue"),
        standings.count("near"),
        sum(line.work.assigned is None for line in lines),
        sum(_is_of(line, who) for line in lines),
    )


def chosen(lines: Sequence[Line], asked: Asked, who: str, now_ms: int) -> list[Line]:
    """Return those asked for in the order asked for; those whose clock ran out longest ago are the most urgent."""
    fitting = [line for line in lines if _fits(line, asked, who, now_ms)]
    if asked.order == "newest":
        return sorted(fitting, key=lambda line: (line.work.row.shown_ms, line.work.row.id), reverse=True)
    return sorted(fitting, key=_urgency)


def _urgency(line: Line) -> tuple[int, int, int]:
    """Clocks that run come first, then those that stand still, then visits none of whose clocks is open."""
    clock, row = line.urgent, line.work.row
    if clock is None:
        return 2, row.shown_ms, row.id
    return int(clock.stopped_ms is not None), clock.due_ms, row.id


def _fits(line: Line, asked: Asked, who: str, now_ms: int) -> bool:
    row = line.work.row
    plain = (
        asked.state in {"", line.state}
        and asked.source in {"", row.platform or "kiosk"}
        and asked.service in {"", row.service}
        and asked.town in {"", row.town}
        and asked.who in {"", row.who}
        and asked.station in {"", row.station}
    )
    if not plain or not asked.care:
        return plain
    if asked.care == "mine":
        return _is_of(line, who)
    if asked.care == "unassigned":
        return line.work.assigned is None
    return line.urgent is not None and line.urgent.standing(now_ms) == asked.care


def _is_of(line: Line, who: str) -> bool:
    return line.work.assigned is not None and line.work.assigned.whom == who
