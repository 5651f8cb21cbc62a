"""The watch at work: what is known of every village goes in, incidents come out, are stored and then shown.

What the watch told and the database did not take waits and is written later, in its order; the wall shows it at once.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Final, Protocol

from hub.health.county import RETIRED, REVOKED, County, Member
from hub.health.lines import LegNow, Lines
from hub.health.seen import LegState, Probes, Seen, seen_of
from hub.health.station import silent_since_ms
from hub.health.video import cause_of
from hub.health.windows import Calendar
from hub.incidents.duty import Roster
from hub.incidents.incident import Incident, by_rank
from hub.incidents.lifecycle import opened, took
from hub.incidents.trouble import Began, Spread, Told
from hub.incidents.watch import Watch
from hub.store.engine import Database, writing
from hub.store.incidents import IncidentsReader, called, pass_time, take
from hub.store.patience import Patience
from hub.view import View

logger = logging.getLogger(__name__)

LOOK_EVERY_MS: Final = 250
TIME_EVERY_MS: Final = 1_000
RETRY_FIRST_MS, RETRY_MAX_MS = 250, 5_000
"""While the database takes nothing; each try may take as long as it waits for a lock (`hub/store/sqlite.py`)."""
HUB_AWAY_MS: Final = 30_000
"""A hub that was away no longer than this was restarted: no incident of its own."""


class TellsProbes(Protocol):
    """What knows whether a village's probes come."""

    def probes(self, station: str, now_ms: int) -> Probes:
        """Return whether they do."""
        ...


class Watching:
    """Has a turn in each of the writer's rounds; a database that takes nothing stops no watching."""

    def __init__(
        self,
        *,
        database: Database,
        county: County,
        county_name: str,
        ids: Mapping[str, int],
        lines: Lines,
        probes: TellsProbes,
        calendar: Callable[[], Calendar],
        roster: Callable[[], Roster],
        view: View,
        now_ms: int,
    ) -> None:
        """Take what is watched, where incidents stand, and what shows them.

        Raises StoreError when the open incidents of before cannot be read.
        """
        self._database, self._reader, self._ids = database, IncidentsReader(database.reader), ids
        self._county, self._lines, self._probes, self._calendar = county, lines, probes, calendar
        self._roster, self._view = roster, view
        self._names = {"": county_name} | {code: member.place.name for code, member in county.members.items()}
        self._towns = {code: member.place.town for code, member in county.members.items()}
        self._watch = Watch(self._towns, now_ms)
        standing = self._reader.open_troubles()
        self._watch.resume(standing)
        self._inputs: dict[str, tuple[object, ...]] = {}
        self._untold: list[Told] = []
        for trouble, _, stations in standing:
            unlisted = tuple(code for code in stations if code not in self._towns)
            if 0 < len(unlisted) < len(stations):  # where none is left the watch ends it
                self._untold.append(Spread(trouble, now_ms, left=unlisted))
        self._retired_ms: dict[str, int] = {}
        """Since when this hub knows that a station is not in service."""
        self._blind_since_ms: int | None = now_ms
        self._watch.blind("broker", now_ms, now_ms)  # until it is there: one that never comes is a trouble too
        self._looked_ms = self._timed_ms = -TIME_EVERY_MS
        self._shown: tuple[Incident, ...] = ()
        self._patience = Patience(logger)
        self._again_ms, self._retry_ms = now_ms, RETRY_FIRST_MS

    def was_away(self, from_ms: int, now_ms: int) -> None:
        """Have it known that no hub was there from `from_ms` until now."""
        if now_ms - from_ms > HUB_AWAY_MS:
            self._watch.blind("hub", from_ms, now_ms)
            self._untold += self._watch.tick(now_ms)
            self._watch.blind("hub", None, now_ms)

    def stepped(self, by_ms: int) -> None:
        """Move along with the hub's clock, which was set."""
        self._watch.stepped(by_ms)
        self._inputs.clear()

    def round(self, now_ms: int, *, connected: bool) -> None:
        """Look at what changed, decide, store and show, as often as it is due."""
        if 0 <= now_ms - self._looked_ms < LOOK_EVERY_MS:
            return
        self._looked_ms = now_ms
        self._blind(now_ms, connected=connected)
        for member in self._county.members.values():
            self._look(member, now_ms)
        self._untold += self._watch.tick(now_ms)
        due = not 0 <= now_ms - self._timed_ms < TIME_EVERY_MS
        if self._untold or due:
            self._timed_ms = now_ms
            self._keep(now_ms)

    def _blind(self, now_ms: int, *, connected: bool) -> None:
        if connected == (self._blind_since_ms is None):
            return
        self._blind_since_ms = None if connected else now_ms
        self._watch.blind("broker", self._blind_since_ms, now_ms)

    def _look(self, member: Member, now_ms: int) -> None:
        """Show the watch one village, if anything that it is judged by is other than before."""
        code = member.place.code
        if member.commissioned_ms is None:  # nothing can be wrong with it: what is open for it ends
            self._inputs.pop(code, None)
            since_ms = self._retired_ms.setdefault(code, now_ms)
            retired = Seen("online", since_ms, RETIRED, leg="ok", leg_since_ms=since_ms, excused=True)
            self._watch.see(code, retired, now_ms)
            return
        self._retired_ms.pop(code, None)
        leg = self._lines.leg(code)
        if leg is not None and not leg.is_fresh(now_ms):
            leg = None
        probes = self._probes.probes(code, now_ms)
        known, calendar = member.known, self._calendar()
        excused = not member.in_service(now_ms) or calendar.excuses(code, now_ms)
        excused = excused or member.maintenance_reason == REVOKED
        if not excused and (known.state == "offline" or probes == "silent"):
            # The time that its trouble begins is written down later than the trouble would be told.
            since_ms = silent_since_ms(known) if known.state == "offline" else now_ms
            excused = calendar.awaits(code, since_ms, now_ms)
        inputs = (known.state, known.since_ms, known.reason, probes, leg, excused, member.beat)
        if probes == "coming" and known.state == "online":
            was = self._inputs.get(code)
            if was is not None and was[:6] == inputs[:6] and was[6] is inputs[6]:
                return
        self._inputs[code] = inputs
        cause = None if member.beat is None else cause_of(known.state, member.beat.devices)
        self._watch.see(code, seen_of(known, probes=probes, leg=_leg(leg), cause=cause, excused=excused), now_ms)

    def _keep(self, now_ms: int) -> None:
        """Write what was told and what time does, then show what is open."""
        if not self._patience.tried or not 0 < self._again_ms - now_ms <= RETRY_MAX_MS:
            self._store(now_ms)
        self._view.show_incidents(self._as_told(now_ms))

    def _store(self, now_ms: int) -> None:
        with self._patience:
            roster = self._roster()
            with writing(self._database) as connection:
                take(connection, self._untold, self._ids, self._names, now_ms)
                pass_time(connection, roster, now_ms, self._calendar())
            self._untold.clear()
            self._shown = self._reader.open_incidents()
        if self._patience.tried:
            self._again_ms = now_ms + self._retry_ms
            self._retry_ms = min(self._retry_ms * 2, RETRY_MAX_MS)
        else:
            self._retry_ms = RETRY_FIRST_MS

    def _as_told(self, now_ms: int) -> tuple[Incident, ...]:
        """Return what is open as it will be once what was told is stored."""
        now = {one.trouble: one for one in self._shown}
        for told in self._untold:
            was, node = now.get(told.trouble), told.trouble.node
            if was is not None:
                change = took(was, told, "", now_ms)
                now[told.trouble] = was if change is None else change.incident
            elif isinstance(told, Began):
                town = node.place if node.scope == "town" else self._towns.get(node.place, "")
                now[told.trouble] = opened(told, called(node, self._names), town, "…", now_ms).incident
        return tuple(sorted((one for one in now.values() if one.state != "closed"), key=by_rank))


def _leg(leg: LegNow | None) -> tuple[LegState, int]:
    return ("unmeasured", 0) if leg is None else (leg.state, leg.since_ms)
