"""What waits for somebody today, from what the county knows: each source turns facts into items of the list (pure).

An item is there as long as its cause is: it goes when what it asks for is done, wherever that was done.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from hub.access.roles import Permission
from hub.incidents.incident import Incident
from hub.local_time import day_ms, day_of
from wire.health import StationHealth

HOUR_MS: Final = 3_600_000
LONG_OFFLINE_MS: Final = 24 * HOUR_MS
MOST_KEY: Final = 90
ROUND_DAYS: Final = 30
"""Every camera's picture is looked at by a person once in so many days (月度巡查)."""


class Waiting(NamedTuple):
    """Something of another room that waits: a call, a matter, a call-back, a disclosure, a document, a warning."""

    key: str
    """Names it among its kind."""
    what: str
    """A word of its own kind: a clock, a document, a rule; for the page's sentence."""
    place: str
    town: str
    since_ms: int | None = None
    due_ms: int | None = None
    who: str | None = None
    """Who has taken it."""
    more: str = ""
    """A code or number for the sentence; nothing personal."""


class Facts(NamedTuple):
    """The county as the list needs it."""

    incidents: Sequence[Incident] = ()
    calls: Sequence[Waiting] = ()
    matters: Sequence[Waiting] = ()
    tickets: Sequence[Waiting] = ()
    call_backs: Sequence[Waiting] = ()
    disclosures: Sequence[Waiting] = ()
    notices: Sequence[Waiting] = ()
    documents: Sequence[Waiting] = ()
    warnings: Sequence[Waiting] = ()
    stations: Sequence[StationHealth] = ()
    """Those in service."""
    inspected: frozenset[str] = frozenset()
    """Stations whose picture somebody opened today."""


class Item(NamedTuple):
    """One line of the list."""

    key: str
    source: str
    what: str
    place: str
    town: str
    address: str
    """Where it is done."""
    since_ms: int | None = None
    due_ms: int | None = None
    who: str | None = None
    more: str = ""


class Source(NamedTuple):
    """Where items come from, and who has to do with them."""

    name: str
    needs: Permission
    items: Callable[[Facts, int], Iterator[Item]]


def _incidents(facts: Facts, now_ms: int) -> Iterator[Item]:
    """Give incidents nobody took, and those past their deadline or put right and not yet closed."""
    for one in facts.incidents:
        late = one.deadline_ms is not None and one.deadline_ms < now_ms
        what = "overdue" if late or one.supervised else {"new": "new", "resolved": "to_close"}.get(one.state, "")
        if what:
            place, since = one.name or one.place, one.waiting_ms or one.since_ms
            yield Item(
                f"incident:{one.id}", "incident", what, place, one.town, f"/incidents/{one.id}", since, one.deadline_ms,
                one.owner, one.kind,
            )  # fmt: skip


def _given(name: str, address: str) -> Callable[[Sequence[Waiting]], Iterator[Item]]:
    """Return what makes items of what waits elsewhere; `address` may hold its key."""

    def items(waiting: Sequence[Waiting]) -> Iterator[Item]:
        for one in waiting:
            yield Item(
                bounded(f"{name}:{one.key}"), name, one.what, one.place, one.town, address.format(one.key),
                one.since_ms, one.due_ms, one.who, one.more,
            )  # fmt: skip

    return items


def bounded(key: str) -> str:
    """Return a key that a mark has room for: a long one is named by its digest."""
    return key if len(key) <= MOST_KEY else f"{key[:16]}:{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def _offline(facts: Facts, now_ms: int) -> Iterator[Item]:
    for one in facts.stations:
        if one.state == "offline" and now_ms - one.since_ms >= LONG_OFFLINE_MS:
            yield Item(
                f"offline:{one.station}",
                "offline",
                "long",
                one.name,
                one.town,
                f"/stations/{one.station}",
                one.since_ms,
            )


def _cameras(facts: Facts, now_ms: int) -> Iterator[Item]:
    """Give pictures at fault of which there is no incident, and those that a person is to look at today."""
    today = day_of(now_ms)
    held = {station for incident in facts.incidents if incident.kind == "video" for station in incident.stations}
    for one in facts.stations:
        turn = is_turn(one.station, today) and one.station not in facts.inspected
        fault = one.video == "fault" and one.station not in held
        if one.state == "online" and (turn or fault):
            what = "fault" if fault else "turn"
            key = f"camera:{one.station}:{what}"
            yield Item(key, "camera", what, one.name, one.town, f"/stations/{one.station}", None, day_ms(today + 1))


def is_turn(station: str, day: int) -> bool:
    """Say whether a station's picture is to be looked at on a day: each once in ROUND_DAYS, evenly spread."""
    drawn = int.from_bytes(hashlib.sha256(station.encode()).digest()[:4], "big")
    return drawn % ROUND_DAYS == day % ROUND_DAYS


SOURCES: Final[tuple[Source, ...]] = (
    Source("call", "incident", lambda facts, _: _given("call", "/calls/{}")(facts.calls)),
    Source("incident", "incident", _incidents),
    Source("matter", "visit", lambda facts, _: _given("matter", "/visits/{}")(facts.matters)),
    Source("ticket", "visit", lambda facts, _: _given("ticket", "/tickets/{}")(facts.tickets)),
    Source("call_back", "visit", lambda facts, _: _given("call_back", "/visits/callbacks#c{}")(facts.call_backs)),
    Source("warning", "report", lambda facts, _: _given("warning", "/reports/warnings")(facts.warnings)),
    Source("notice", "supervise", lambda facts, _: _given("notice", "/disclosure/notices/{}")(facts.notices)),
    Source("disclosure", "library", lambda facts, _: _given("disclosure", "/disclosure?{}")(facts.disclosures)),
    Source("document", "library", lambda facts, _: _given("document", "/library/{}")(facts.documents)),
    Source("offline", "incident", _offline),
    Source("camera", "still", _cameras),
)
"""Every source, in the order the list has them among what is equally urgent."""
