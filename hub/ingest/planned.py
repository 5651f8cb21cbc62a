"""What people planned, and which stations are in service, brought to the county in memory as it is written down."""

import logging
from collections.abc import Callable, Mapping
from typing import Final

from hub.health.county import RETIRED, REVOKED, County, Member
from hub.health.station import silent_since_ms
from hub.health.video import cause_of
from hub.health.windows import Calendar, Window
from hub.store.engine import Database, writing
from hub.store.patience import Patience
from hub.store.service import ServiceReader, change_service
from hub.store.windows import WindowsReader, begin_window

logger = logging.getLogger(__name__)

LOOK_EVERY_MS: Final = 3_000
AWAIT_EVERY_MS: Final = 250
"""How often troubles are looked for while a flexible window waits for one: a bad picture is told after a second."""


class Planned:
    """Called in each of the writer's rounds; never raises for a database that gives or takes nothing.

    `calendar` is what holds for whom: watching and alerting ask it. A station's first live birth puts it into service.
    """

    def __init__(
        self,
        database: Database,
        county: County,
        ids: dict[str, int],
        now_ms: int,
        revoked: Callable[[], Mapping[str, int]] = dict,
    ) -> None:
        """Look once, so that a hub that starts within a maintenance shows it from the beginning.

        `revoked` is whose certificates were, and since when: nothing is expected of them, and it is no fault of theirs.
        """
        self._revoked, self._applied_revoked = revoked, revoked()
        self._database, self._county, self._ids = database, county, ids
        self._windows_reader, self._service_reader = WindowsReader(database.reader), ServiceReader(database.reader)
        self._towns = {code: member.place.town for code, member in county.members.items()}
        self._windows: list[Window] = []
        self.calendar = Calendar((), self._towns)
        self._newest_service = -1
        self._unborn: set[str] = set()
        self._retired: dict[str, int | None] = {}
        """Since when those are out of service that somebody took out."""
        self._changes_ms: int | None = None
        self._applied_ms = now_ms
        self._bad: dict[str, set[str]] = {}
        self._looked_ms = self._awaited_ms = now_ms - LOOK_EVERY_MS
        self._patience = Patience(logger)
        self.round(now_ms, connected=False)

    def round(self, now_ms: int, *, connected: bool) -> None:
        """Take up what is new, begin what begins now, end what ends."""
        with self._patience:
            if not 0 <= now_ms - self._looked_ms < LOOK_EVERY_MS:
                self._looked_ms = now_ms
                self._look(now_ms)
                self._commission_born(now_ms)
            if not 0 <= now_ms - self._awaited_ms < AWAIT_EVERY_MS:
                self._awaited_ms = now_ms
                self._begin_flexible(now_ms)
        if now_ms < self._applied_ms or (self._changes_ms is not None and now_ms >= self._changes_ms):
            self._apply(now_ms)

    def _look(self, now_ms: int) -> None:
        windows = self._windows_reader.current(now_ms)
        if windows != self._windows:
            self._windows = windows
            self.calendar = Calendar(windows, self._towns)
            self._apply(now_ms)
        newest = self._service_reader.newest()
        if newest != self._newest_service:
            for service in self._service_reader.all():
                if service.station in self._county.members:
                    self._county.commission(service.station, service.commissioned_ms)
                    (self._unborn.add if service.waits_for_birth else self._unborn.discard)(service.station)
                    self._retired[service.station] = service.retired_since_ms
            self._newest_service = newest
            self._apply(now_ms)
        if self._revoked() != self._applied_revoked:
            self._apply(now_ms)

    def _apply(self, now_ms: int) -> None:
        revoked = self._applied_revoked = self._revoked()
        for code in self._county.members:
            retired_ms = self._retired.get(code)
            if retired_ms is not None and retired_ms <= now_ms:
                self._county.maintain(code, retired_ms, RETIRED)
            elif code in revoked:
                self._county.maintain(code, revoked[code], REVOKED)
            else:
                self._county.maintain(code, self.calendar.maintenance_since_ms(code, now_ms))
        self._applied_ms, self._changes_ms = now_ms, self.calendar.next_change_ms(now_ms)

    def _commission_born(self, now_ms: int) -> None:
        """Put those into service that are heard for the first time: as of when they came online."""
        born = [code for code in self._unborn if _is_there(self._county.members[code])]
        if not born:
            return
        since = [(self._ids[code], self._county.members[code].known.since_ms) for code in sorted(born)]
        with writing(self._database) as connection:
            change_service(connection, since, starts=True, how="born", now_ms=now_ms)
        for code in born:
            self._county.commission(code, self._county.members[code].known.since_ms)
        self._unborn.difference_update(born)

    def _begin_flexible(self, now_ms: int) -> None:
        """Begin those windows that wait for a trouble when one of their stations in service has one that began in them.

        One already in trouble when a window opens does not begin it: a village long dead would use up its town's.
        """
        before, self._bad = self._bad, {}
        members = self._county.members
        for window, every in self.calendar.awaiting(now_ms):
            stations = [code for code in every if members[code].commissioned_ms is not None]
            bad = self._bad[window.id] = {code for code in stations if _picture_is_bad(members[code])}
            began = [silent_since_ms(members[code].known) for code in stations if self._is_down(code, window)]
            if bad - before.get(window.id, bad):
                began.append(now_ms)
            if began:
                with writing(self._database) as connection:
                    begin_window(connection, window.id, min(began))
                logger.info("flexible window %s begins 弹性时段开始", window.id)
                self._looked_ms -= LOOK_EVERY_MS  # the calendar has it in the coming round

    def _is_down(self, code: str, window: Window) -> bool:
        known = self._county.members[code].known
        return known.state == "offline" and window.awaits(silent_since_ms(known))


def _is_there(member: Member) -> bool:
    """Say whether it is heard now, and its birth known: what was retained of it before does not count."""
    return member.known.state == "online" and member.birth is not None


def _picture_is_bad(member: Member) -> bool:
    devices = [] if member.beat is None else member.beat.devices
    return cause_of(member.known.state, devices) is not None
