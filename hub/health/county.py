"""All stations of a county in memory: events go in, changes come out to be stored and then shown (no I/O)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from hub.health.station import Event, Flip, Known, after_restart, never_seen, step
from hub.health.video import cause_of, video_of
from hub.view import StationDetail
from wire.health import CountyHealth, State, StationHealth
from wire.life import Beat, Birth

PLANNED: Final = "maintenance"
RETIRED: Final = "not_in_service"
REVOKED: Final = "revoked"
"""Why nothing is expected of a station."""


class Place(NamedTuple):
    """Which village a station stands in."""

    code: str
    name: str
    town: str


class Change(NamedTuple):
    """A change of one station's state."""

    station: str
    flip: Flip


class Member:
    """One station of the county."""

    def __init__(self, place: Place, known: Known) -> None:
        self.place = place
        self.known = known
        self.maintenance_since_ms: int | None = None
        """Since when nothing is expected of it: planned, or out of service. What is known goes on below."""
        self.maintenance_reason = PLANNED
        self.commissioned_ms: int | None = None
        """Since when it is in service; None while it is not: nothing new is opened for it."""
        self.birth: Birth | None = None
        self.beat: Beat | None = None
        self.stored_to = 0
        self.visits_today = 0

    @property
    def state(self) -> State:
        """Return the state that is shown."""
        return self.known.state if self.maintenance_since_ms is None else "maintenance"

    def in_service(self, at_ms: int) -> bool:
        """Say whether it is in service at this time."""
        return self.commissioned_ms is not None and self.commissioned_ms <= at_ms

    def health(self) -> StationHealth:
        """Return what monitoring devices are told."""
        since_ms = self.maintenance_since_ms
        devices = [] if self.beat is None else self.beat.devices
        cameras = [] if self.birth is None else self.birth.cameras
        return StationHealth(
            station=self.place.code,
            name=self.place.name,
            town=self.place.town,
            state=self.state,
            since_ms=self.known.since_ms if since_ms is None else since_ms,
            reason=self.known.reason if since_ms is None else self.maintenance_reason,
            video=video_of(self.state, cameras, devices),
            last_heard_ms=self.known.heard_ms,
            devices=devices,
        )

    def detail(self, health: StationHealth) -> StationDetail:
        """Return what the station's page shows."""
        birth, beat = self.birth, self.beat
        return StationDetail(
            health=health,
            software=birth.software if birth else None,
            boot=self.known.boot or None,
            epoch=birth.epoch if birth else None,
            outbox=beat.outbox if beat else None,
            skew_ms=beat.skew_ms if beat else None,
            keepalive_s=birth.keepalive_s if birth else None,
            visits_today=self.visits_today,
            stored_to=self.stored_to,
            cause=cause_of(health.state, health.devices),
            in_service=self.commissioned_ms is not None,
        )


class County:
    """The stations, what changed of them, and the county's figures."""

    def __init__(self, code: str, places: Iterable[Place], now_ms: int) -> None:
        """Begin with stations of which nothing was ever seen."""
        self.code = code
        self.members = {place.code: Member(place, never_seen(now_ms)) for place in places}
        self.quarantined = 0
        self._touched: set[str] = set(self.members)
        self._video_ok: set[str] = set()
        self._counts = {"online": 0, "offline": 0, "unknown": len(self.members), "maintenance": 0}

    def restart(self, known: Mapping[str, Known], alive_ms: int | None) -> list[Change]:
        """Take over what an earlier hub knew, last alive at `alive_ms`: all of it is unknown now."""
        changes = []
        for code, old in known.items():
            member = self.members[code]
            self._counts[member.state] -= 1
            member.known, flip = after_restart(old, old.since_ms if alive_ms is None else alive_ms)
            self._counts[member.state] += 1
            if flip is not None:
                changes.append(Change(code, flip))
        return changes

    def tell(self, code: str, events: Sequence[Event], at_ms: int) -> list[Change]:
        """Let one station know `events`; return its changes of state."""
        member = self.members[code]
        changes = []
        for event in events:
            was, shown = member.known, member.state
            member.known, flip = step(was, event, at_ms)
            if member.known is not was:
                self._touched.add(code)
            if flip is not None:
                self._counts[shown] -= 1
                self._counts[member.state] += 1
                changes.append(Change(code, flip))
        return changes

    def tell_all(self, event: Event, at_ms: int) -> list[Change]:
        """Let every station know `event`; return all changes of state."""
        return [change for code in self.members for change in self.tell(code, (event,), at_ms)]

    def maintain(self, code: str, since_ms: int | None, reason: str = PLANNED) -> None:
        """Note since when nothing is expected of a station, and why, or with None that it is."""
        member = self.members[code]
        if (member.maintenance_since_ms, member.maintenance_reason) != (since_ms, reason):
            self._counts[member.state] -= 1
            member.maintenance_since_ms, member.maintenance_reason = since_ms, reason
            self._counts[member.state] += 1
            self._touched.add(code)

    def commission(self, code: str, since_ms: int | None) -> None:
        """Note since when a station is in service, or with None that it is not."""
        member = self.members[code]
        if member.commissioned_ms != since_ms:
            member.commissioned_ms = since_ms
            self._touched.add(code)

    def born(self, code: str, birth: Birth) -> None:
        """Keep what a birth says, unless it is one from before the session that counts."""
        member = self.members[code]
        if (birth.epoch, birth.boot) == (member.known.epoch, member.known.boot):
            if member.birth is not None and member.birth.epoch != birth.epoch:
                member.stored_to = 0
            member.birth = birth
            self._touched.add(code)

    def beaten(self, code: str, beat: Beat) -> None:
        """Keep what a beat says, unless it is one from before the session that counts."""
        member = self.members[code]
        if beat.boot >= member.known.boot:
            member.beat = beat
            self._touched.add(code)

    def stored(self, code: str, epoch: str, stored_to: int) -> None:
        """Note how far the station's epoch is receipted."""
        member = self.members[code]
        if member.birth is None or member.birth.epoch == epoch:
            member.stored_to = stored_to
            self._touched.add(code)

    def visited(self, code: str) -> None:
        """Count one more visit of today."""
        self.members[code].visits_today += 1
        self._touched.add(code)

    def new_day(self, visits: Mapping[str, int]) -> None:
        """Begin the day with these counts."""
        for code, member in self.members.items():
            if member.visits_today != visits.get(code, 0):
                member.visits_today = visits.get(code, 0)
                self._touched.add(code)

    def take_touched(self) -> list[Member]:
        """Return the stations of which anything was told since the last call."""
        touched = [self.members[code] for code in sorted(self._touched)]
        self._touched.clear()
        return touched

    def note_video(self, health: StationHealth) -> None:
        """Keep the count of villages that can be seen."""
        (self._video_ok.add if health.video == "ok" else self._video_ok.discard)(health.station)

    def figures(self, at_ms: int) -> CountyHealth:
        """Return the county in one message."""
        return CountyHealth(
            county=self.code,
            at_ms=at_ms,
            stations=len(self.members),
            **self._counts,
            video_ok=len(self._video_ok),
            visits_today=sum(member.visits_today for member in self.members.values()),
            quarantined=self.quarantined,
        )
