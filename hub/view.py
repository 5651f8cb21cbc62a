"""The county as it is now, in memory: written by the ingest side, read by wall, interface and metrics."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

from hub.incidents.incident import Incident
from wire.health import CountyHealth, StationHealth
from wire.life import OutboxDepth
from wire.video import FaultKind


class Cause(NamedTuple):
    """Why a village cannot be seen well: its worst camera, the first of those equally bad."""

    camera: str
    state: str
    code: str | None
    """`E-VQD-…` of a fault of the picture, `E-CAM-…` of the stream; None where the station says none."""
    kind: FaultKind | None
    since_ms: int | None
    """None where the station's clock was not trusted."""


class StationDetail(NamedTuple):
    """One station as its page shows it."""

    health: StationHealth
    software: str | None
    boot: int | None
    epoch: str | None
    outbox: OutboxDepth | None
    skew_ms: int | None
    keepalive_s: int | None
    visits_today: int
    stored_to: int
    """Highest seq of the epoch receipted."""
    cause: Cause | None = None
    """Why its picture is a fault."""
    in_service: bool = True


class Counters(NamedTuple):
    """What `/metrics` counts since the hub started."""

    messages: int
    records_stored: int
    records_repeated: int
    quarantined: int
    batches_committed: int
    commit_seconds: float
    receipts: int
    not_taken: int
    answers_unknown: int = 0
    emergencies: int = 0
    revoked_messages: int = 0


OUTCOMES: Final = ("found", "none", "expired", "unreadable", "unknown", "too_many", "busy")
"""What a question of a station may come to, as log and metrics have it (`hub/ingest/asking.py`)."""


class Alarm(NamedTuple):
    """Somebody in a village called: for help, or for staff. Nothing of who it was."""

    id: int
    station: str
    name: str
    town: str
    call: str
    """The number of a call for help, "0" while it could not be stored; a call for staff has its visit's here."""
    at_ms: int
    """When it was made, as far as its date can be believed."""
    received_ms: int
    withdrawn: bool = False
    level: int = 0
    """How often those on duty were told because nobody took it."""
    presses: int = 1


class Alarms(NamedTuple):
    """Who waits for somebody now, newest first."""

    emergencies: tuple[Alarm, ...] = ()
    staff: tuple[Alarm, ...] = ()


class View:
    """Thread-safe; every read returns values that never change afterwards."""

    def __init__(self, county: CountyHealth) -> None:
        """Begin with the county's figures; its stations come by `update`."""
        self._lock = threading.Lock()
        self._county = county
        self._details: dict[str, StationDetail] = {}
        self._changed_at: dict[str, int] = {}
        self._counters = Counters(0, 0, 0, 0, 0, 0.0, 0, 0)
        self._version = 0
        self._connected = False
        self._storage_trouble: str | None = None
        self._wakes: list[Callable[[], None]] = []
        self._alarms = Alarms()
        self._incidents: tuple[Incident, ...] = ()
        self._asks: Counter[str] = Counter()
        self._letters: Counter[tuple[str, str]] = Counter()
        self._queue: dict[str, int] = {}
        self._purged: Counter[str] = Counter()
        self._backed_up_ms: int | None = None

    def county(self) -> CountyHealth:
        """Return the county's figures."""
        with self._lock:
            return self._county

    def broker_connected(self) -> bool:
        """Say whether the hub itself can see: False makes every station unknown."""
        with self._lock:
            return self._connected

    def storage_trouble(self) -> str | None:
        """Return the code (E-STORE-…) of why nothing can be committed or receipted now, or None."""
        with self._lock:
            return self._storage_trouble

    def stations(self) -> list[StationHealth]:
        """Return every station, by code."""
        with self._lock:
            return [self._details[code].health for code in sorted(self._details)]

    def causes(self) -> dict[str, Cause]:
        """Return why the picture is a fault of every station whose picture is one."""
        with self._lock:
            return {code: detail.cause for code, detail in self._details.items() if detail.cause is not None}

    def out_of_service(self) -> frozenset[str]:
        """Return the stations that are not in service: nobody has to do anything about them."""
        with self._lock:
            return frozenset(code for code, detail in self._details.items() if not detail.in_service)

    def detail(self, station: str) -> StationDetail | None:
        """Return one station, or None when the county has no such code."""
        with self._lock:
            return self._details.get(station)

    def counters(self) -> Counters:
        """Return the counts."""
        with self._lock:
            return self._counters

    def alarms(self) -> Alarms:
        """Return who waits for somebody."""
        with self._lock:
            return self._alarms

    def alarm(self, alarms: Alarms) -> None:
        """Show these from now on, and wake the listeners when they are others."""
        with self._lock:
            changed = alarms != self._alarms
            self._alarms = alarms
            self._version += changed
        if changed:
            self._wake()

    def incidents(self) -> tuple[Incident, ...]:
        """Return every incident that is not closed, the most important and newest first."""
        with self._lock:
            return self._incidents

    def show_incidents(self, incidents: tuple[Incident, ...]) -> None:
        """Show these from now on, and wake the listeners when they are others; a station that one holds has changed."""
        with self._lock:
            changed = incidents != self._incidents
            held = _holdings(self._incidents) ^ _holdings(incidents) if changed else set()
            self._incidents = incidents
            self._version += changed
            self._changed_at.update((code, self._version) for code, _ in held if code in self._details)
        if changed:
            self._wake()

    def asks(self) -> dict[str, int]:
        """Return how many questions of stations had which outcome."""
        with self._lock:
            return dict(self._asks)

    def count_asks(self, outcome: str, times: int = 1) -> None:
        """Count questions with this outcome."""
        with self._lock:
            self._asks[outcome] += times

    def letters(self) -> tuple[dict[tuple[str, str], int], dict[str, int]]:
        """Return how many alerts had which end since the start, by port and end, and how many wait, by port."""
        with self._lock:
            return dict(self._letters), dict(self._queue)

    def count_letter(self, port: str, outcome: str) -> None:
        """Count an alert that was sent, refused or given up."""
        with self._lock:
            self._letters[port, outcome] += 1

    def show_queue(self, waiting: Mapping[str, int]) -> None:
        """Say how many alerts wait to be sent."""
        with self._lock:
            self._queue = dict(waiting)

    def purged(self) -> dict[str, int]:
        """Return of how many things what was personal was erased since the start because its time was up, by kind."""
        with self._lock:
            return dict(self._purged)

    def count_purged(self, erased: Mapping[str, int]) -> None:
        """Count what was erased, by kind."""
        with self._lock:
            self._purged.update(erased)

    def backed_up(self, at_ms: int) -> None:
        """Say when the last backup that was found good was made."""
        with self._lock:
            self._backed_up_ms = at_ms

    def backed_up_ms(self) -> int | None:
        """Return when that was; 0 for never, None where the county makes none."""
        with self._lock:
            return self._backed_up_ms

    def listen(self, wake: Callable[[], None]) -> Callable[[], None]:
        """Call `wake` (from any thread, so it must only hand over) after changes; return what stops it."""
        with self._lock:
            self._wakes.append(wake)

        def stop() -> None:
            with self._lock:
                if wake in self._wakes:
                    self._wakes.remove(wake)

        return stop

    def version(self) -> int:
        """Return a number that grows with every change of any station or county figure."""
        with self._lock:
            return self._version

    def changed_since(self, version: int) -> tuple[int, list[StationHealth]]:
        """Return the version now, and the stations that changed after `version`."""
        with self._lock:
            codes = sorted(code for code, at in self._changed_at.items() if at > version)
            return self._version, [self._details[code].health for code in codes]

    def update(
        self,
        *,
        county: CountyHealth,
        details: Iterable[tuple[StationDetail, bool]] = (),
        counters: Counters | None = None,
        connected: bool,
        storage_trouble: str | None,
    ) -> bool:
        """Take the ingest side's news at once; each detail says whether a viewer would see it as a change.

        Return whether the version grew; then, and only then, the listeners were woken.
        """
        with self._lock:
            changed = self._differs(county, connected, storage_trouble)
            self._county, self._connected, self._storage_trouble = county, connected, storage_trouble
            if counters is not None:
                self._counters = counters
            fresh = []
            for detail, visible in details:
                self._details[detail.health.station] = detail
                if visible:
                    fresh.append(detail.health.station)
            grown = changed or bool(fresh)
            self._version += grown
            self._changed_at.update(dict.fromkeys(fresh, self._version))
        if grown:
            self._wake()
        return grown

    def _wake(self) -> None:
        with self._lock:
            wakes = tuple(self._wakes)
        for wake in wakes:
            wake()

    def _differs(self, county: CountyHealth, connected: bool, storage_trouble: str | None) -> bool:
        """Say whether anything but the time differs from what is shown."""
        was, now = self._county, county
        figures = ("stations", "online", "offline", "unknown", "maintenance", "video_ok", "visits_today", "quarantined")
        return (
            connected != self._connected
            or storage_trouble != self._storage_trouble
            or any(getattr(was, name) != getattr(now, name) for name in figures)
        )


def _holdings(incidents: tuple[Incident, ...]) -> set[tuple[str, str]]:
    return {(station, incident.id) for incident in incidents for station in incident.stations}
