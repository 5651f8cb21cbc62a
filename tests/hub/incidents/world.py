"""A county that only exists in time: villages that are cut and come back, a broker, a hub, on a simulated clock.

The stations' states are those of the real `hub/health/station.py`, judged by the real `Watch`. What surrounds them is
simulated as it was measured: beats at a phase of their own, some lost; wills 3.0-3.1 s after a cut that breaks the
connections, 1.5 keep-alives after the last packet where only silence tells; probes that stop; retries up to 30 s.
"""

import heapq
import itertools
import random
from collections.abc import Callable, Iterable, Mapping
from typing import Final, Literal

import msgspec

from hub.health.seen import LegState, Probes, seen_of
from hub.health.station import Born, Died, Event, Heard, HubBlind, HubSees, Known, Tick, after_restart, never_seen, step
from hub.incidents.trouble import Absorbed, Began, Node, Told, Trouble
from hub.incidents.watch import Watch
from hub.view import Cause
from tests.hub.incidents.book import Book

EPOCH: Final = "e" * 16
KEEPALIVE_S: Final = 30
PULSE_MS: Final = 250
TICK_MS: Final = 500
RETRY_MS: Final = 30_000
PROBES_MISSED_MS: Final = 3_000
SUMMARY_MS: Final = 30_000

Break = Literal["announced", "timed_out", "silent"]
"""How the broker learns of a cut: the connections break; its own time-out; not at all."""


class Village:
    """One village as it truly is, and as the hub knows it."""

    def __init__(self, code: str, town: str, draw: random.Random, *, probes: bool) -> None:
        self.code = code
        self.town = town
        self.known = never_seen(0)
        self.phase_ms = draw.randrange(KEEPALIVE_S * 1000)
        self.sends_probes = probes
        self.probes: Probes = "none"
        self.cuts = 0
        self.session = 0
        self.connected = False
        self.heard_of_cut_ms = 0
        self.last_packet_ms = 0
        self.leg: tuple[LegState, int] = ("ok", 0) if probes else ("unmeasured", 0)
        self.leg_bad = False
        self.cause: Cause | None = None
        self.excused = False
        self.ever_down = False


class World:
    """Runs a county; what its watch tells is kept with when."""

    def __init__(
        self,
        towns: Mapping[str, str],
        seed: int,
        *,
        probes: float = 1.0,
        late_beats: float = 0.01,
        lost_beats: float = 0.0002,
    ) -> None:
        self.draw = random.Random(seed)
        self.now = 0
        self.late_beats, self.lost_beats = late_beats, lost_beats
        self.villages = {
            code: Village(code, town, self.draw, probes=self.draw.random() < probes) for code, town in towns.items()
        }
        self.towns = dict(towns)
        self.told: list[tuple[int, Told]] = []
        self.book = Book()
        self.broker_up = self.hub_up = True
        self._order = itertools.count()
        self._queue: list[tuple[int, int, Callable[[], None]]] = []
        self._changed: set[str] = set(towns)
        self._wills: set[str] = set()
        self._limits: list[tuple[int, str]] = []
        self._tick_phase_ms = self.draw.randrange(TICK_MS)
        self.watch = Watch(self.towns, 0)
        self._tell_all(HubSees())
        for village in self.villages.values():
            self._connect(village)
            self.at(village.phase_ms, lambda village=village: self._beat(village))
            if village.sends_probes:
                village.probes = "coming"
                self.at(self.draw.randrange(SUMMARY_MS), lambda village=village: self._summary(village))
        self.at(0, self._pulse)
        self.at(self._tick_phase_ms, self._tick)

    # --- time ---

    def at(self, at_ms: int, what: Callable[[], None]) -> None:
        """Have something happen."""
        heapq.heappush(self._queue, (at_ms, next(self._order), what))

    def after(self, ms: int, what: Callable[[], None]) -> None:
        self.at(self.now + ms, what)

    def run(self, until_ms: int) -> None:
        """Let time pass."""
        while self._queue and self._queue[0][0] <= until_ms:
            self.now, _, what = heapq.heappop(self._queue)
            what()
        self.now = until_ms

    # --- what befalls villages ---

    def cut(self, codes: Iterable[str], how: Break = "announced", spread_ms: int = 0) -> None:
        """Cut villages off now."""
        for code in codes:
            self.after(self.draw.randint(0, spread_ms), lambda code=code: self._cut(self.villages[code], how))

    def restore(self, codes: Iterable[str]) -> None:
        """End a cut; who was cut twice stays cut once."""
        for code in codes:
            village = self.villages[code]
            village.cuts -= 1
            if village.cuts == 0:
                self._retry(village)
                self._probes_again(village)

    def stop(self, code: str) -> None:
        """Shut a station down in good order."""
        village = self.villages[code]
        village.cuts += 1
        village.ever_down = True
        village.connected = False
        village.session += 1
        self._hear(village, Died(village.known.boot, orderly=True, retained=False))
        self._probes_stop(village)

    def eat_probes(self, codes: Iterable[str]) -> None:
        """Have a firewall drop probes of villages that are well."""
        for code in codes:
            village = self.villages[code]
            if village.probes == "coming":
                village.probes = "silent"
                self._changed.add(code)

    def spoil_leg(self, codes: Iterable[str], bad: bool) -> None:
        for code in codes:
            self.villages[code].leg_bad = bad

    def spoil_picture(self, code: str, cause: Cause | None) -> None:
        self.villages[code].cause = cause
        self._changed.add(code)

    def excuse(self, codes: Iterable[str], excused: bool) -> None:
        for code in codes:
            self.villages[code].excused = excused
            self._changed.add(code)

    def _cut(self, village: Village, how: Break) -> None:
        village.cuts += 1
        village.ever_down = True
        if village.cuts > 1:
            return
        was, village.connected = village.connected, False
        village.session += 1
        session = village.session
        self._probes_stop(village)
        if not was or how == "silent":
            return
        if how == "announced":
            will_ms = self.now + self.draw.randint(3_000, 3_100)
        else:
            will_ms = village.last_packet_ms + KEEPALIVE_S * 1_500 + self.draw.randint(3_000, 5_000)
        self.at(max(self.now, will_ms), lambda: self._will(village, session))

    def _will(self, village: Village, session: int) -> None:
        if village.session == session and self.broker_up:
            self._hear(village, Died(village.known.boot, orderly=False, retained=False))

    def _retry(self, village: Village) -> None:
        session = village.session
        self.after(self.draw.randint(500, RETRY_MS), lambda: self._connect(village, session))

    def _connect(self, village: Village, session: int | None = None) -> None:
        if village.cuts or village.connected or (session is not None and session != village.session):
            return
        if not self.broker_up:
            self._retry(village)
            return
        village.connected = True
        village.session += 1
        village.last_packet_ms = self.now
        born = Born(village.known.boot + 1, EPOCH, KEEPALIVE_S, KEEPALIVE_S, retained=False)
        self._hear(village, born)

    def _beat(self, village: Village) -> None:
        self.after(KEEPALIVE_S * 1000 + self.draw.randint(0, 300), lambda: self._beat(village))
        luck = self.draw.random()
        if luck < self.late_beats:
            self.after(self.draw.randint(1_000, 15_000), lambda: self._heard(village))
        elif luck < 1 - self.lost_beats:
            self._heard(village)

    def _heard(self, village: Village) -> None:
        if village.connected and self.broker_up:
            village.last_packet_ms = self.now
            self._hear(village, Heard())

    # --- probes and legs ---

    def _probes_stop(self, village: Village) -> None:
        self.after(PROBES_MISSED_MS + self.draw.randint(0, 1_000), lambda: self._probes_missed(village))

    def _probes_missed(self, village: Village) -> None:
        if village.cuts and village.probes == "coming":
            village.probes = "silent"
            self._changed.add(village.code)
            self._blame_nobody()

    def _probes_again(self, village: Village) -> None:
        def again() -> None:
            if village.cuts == 0 and village.sends_probes:
                village.probes = "coming"
                self._changed.add(village.code)

        self.after(self.draw.randint(0, 1_000), again)

    def _blame_nobody(self) -> None:
        """When no probe of the whole county comes any more, that is not a village's."""
        sending = [village for village in self.villages.values() if village.sends_probes]
        if all(village.probes == "silent" for village in sending):
            for village in sending:
                village.probes = "none"
                self._changed.add(village.code)

    def _summary(self, village: Village) -> None:
        self.after(SUMMARY_MS, lambda: self._summary(village))
        if not village.connected:
            return
        looks_bad = self.draw.random() < (0.9 if village.leg_bad else 0.0002)
        state: LegState = "degraded" if looks_bad else "ok"
        if state != village.leg[0]:
            village.leg = (state, self.now)
            self._changed.add(village.code)

    # --- broker and hub ---

    def stop_broker(self) -> None:
        self.broker_up = False
        for village in self.villages.values():
            village.connected = False
            village.session += 1
        self.after(300, self._hub_blind)

    def start_broker(self) -> None:
        self.broker_up = True
        for village in self.villages.values():
            if not village.cuts:
                self._retry(village)
        self.after(self.draw.randint(200, 2_000), self._hub_sees)

    def restart_hub(self, away_ms: int) -> None:
        """Kill the hub and start another, which takes over what the first had stored."""
        self.hub_up = False
        alive_ms = self.now

        def started() -> None:
            self.hub_up = True
            self.watch = Watch(self.towns, self.now)
            self.watch.resume(self.book.kept())
            for village in self.villages.values():
                village.known, _ = after_restart(village.known, alive_ms)
                village.probes = "none"
                if village.sends_probes and not village.cuts:
                    self._probes_again(village)
            self._wills.clear()
            self._changed |= set(self.villages)
            self.after(self.draw.randint(200, 1_500), self._seen_again)

        self.after(away_ms, started)

    def _seen_again(self) -> None:
        self._tell_all(HubSees())
        for village in self.villages.values():
            # Its hub's state makes a station say its birth again, with a random delay.
            if village.connected:
                self.after(self.draw.randint(100, 3_000), lambda village=village: self._say_birth(village))

    def _say_birth(self, village: Village) -> None:
        if village.connected:
            self._hear(village, Born(village.known.boot, EPOCH, KEEPALIVE_S, KEEPALIVE_S, retained=False))

    def _hub_blind(self) -> None:
        self.watch.blind("broker", self.now, self.now)
        self._tell_all(HubBlind())

    def _hub_sees(self) -> None:
        self.watch.blind("broker", None, self.now)
        self._tell_all(HubSees())

    # --- the hub's ear ---

    def _hear(self, village: Village, event: Event) -> None:
        if not self.hub_up:
            if isinstance(event, Born):
                village.known = msgspec.structs.replace(village.known, boot=event.boot, epoch=EPOCH)
            return
        village.known, _ = step(village.known, event, self.now)
        self._note(village)

    def _tell_all(self, event: Event) -> None:
        for village in self.villages.values():
            village.known, _ = step(village.known, event, self.now)
            self._note(village)

    def _note(self, village: Village) -> None:
        self._changed.add(village.code)
        if village.known.will_ms is not None:
            self._wills.add(village.code)
        limit_ms = _limit(village.known)
        if limit_ms is not None and village.heard_of_cut_ms < self.now:
            village.heard_of_cut_ms = limit_ms
            heapq.heappush(self._limits, (limit_ms, village.code))

    def _pulse(self) -> None:
        self.after(PULSE_MS, self._pulse)
        if not (self.hub_up and self.broker_up):
            return
        sent_ms = self.now - self.draw.randint(2, 20)
        due = set(self._wills)
        while self._limits and self._limits[0][0] <= sent_ms:
            due.add(heapq.heappop(self._limits)[1])
        for code in due:
            village = self.villages[code]
            village.known, flip = step(village.known, Tick(), sent_ms)
            if village.known.will_ms is None:
                self._wills.discard(code)
            if flip is not None:
                self._changed.add(code)
            elif (limit_ms := _limit(village.known)) is not None:
                village.heard_of_cut_ms = limit_ms
                heapq.heappush(self._limits, (limit_ms, code))

    def _tick(self) -> None:
        self.after(TICK_MS, self._tick)
        if not self.hub_up:
            return
        for code in sorted(self._changed):
            village = self.villages[code]
            cause = village.cause if village.known.state == "online" else None
            seen = seen_of(village.known, probes=village.probes, leg=village.leg, cause=cause, excused=village.excused)
            self.watch.see(code, seen, self.now)
        self._changed.clear()
        for told in self.watch.tick(self.now):
            self.told.append((self.now, told))
            self.book.keep(told)

    # --- what came of it ---

    def began(self) -> list[tuple[int, Began]]:
        return [(at_ms, told) for at_ms, told in self.told if isinstance(told, Began)]

    def absorbed(self) -> set[str]:
        return {told.trouble.key for _, told in self.told if isinstance(told, Absorbed)}

    def codes(self, town: str) -> list[str]:
        return [code for code, its in self.towns.items() if its == town]


def _limit(known: Known) -> int | None:
    """Return when silence will make it offline, if nothing is heard."""
    if known.sees_ms is None or known.state == "offline" or known.reason == "never_seen":
        return None
    if known.state == "online" and known.heard_ms is not None:
        return known.heard_ms + known.silent_after_ms
    return known.sees_ms + max(known.silent_after_ms, 45_000)


def station(kind: str, code: str) -> Trouble:
    return Trouble(kind, Node("station", code))  # type: ignore[arg-type]


def town(kind: str, name: str) -> Trouble:
    return Trouble(kind, Node("town", name))  # type: ignore[arg-type]
