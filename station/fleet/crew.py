"""Some simulated stations in one process."""

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from station.clock import Clock
from station.fleet.faults import Fault
from station.fleet.probing import Sockets
from station.fleet.simulated import Pace, SimulatedStation
from station.fleet.switchboard import Switchboard
from station.settings import Settings

ROUND_S = 0.02
CONNECTS_PER_ROUND = 8
"""A handshake takes milliseconds in which nobody else is served."""
FAREWELL_S = 1.0


class Counts(NamedTuple):
    """How a part of the fleet is."""

    stations: int
    welcomed: int
    made: int
    held: int

    @classmethod
    def total(cls, parts: Iterable["Counts"]) -> "Counts":
        """Add up the parts of a fleet."""
        return cls(*(sum(column) for column in zip(*parts, strict=True)))


class Crew:
    """Some stations in one process, over one selector."""

    def __init__(
        self,
        settings: Sequence[Settings],
        faults: Sequence[Fault],
        *,
        pace: Pace,
        seconds: float | None,
        ledger: Path | None,
    ) -> None:
        """Read every station's certificate.

        Raises StationError when one cannot be used, or when there is no socket to probe with.
        """
        self._seconds = seconds
        self._board = Switchboard()
        self._sockets = Sockets() if any(one.probe.enabled for one in settings) else None
        self._stop = False
        self._clock = Clock()
        self._ledger = None if ledger is None else ledger.open("a", encoding="ascii", buffering=1)
        self._stations: list[SimulatedStation] = []
        now_s = time.monotonic()
        for one in settings:
            own = [fault for fault in faults if fault.station == one.station]
            station = SimulatedStation(one, self._board, self._sockets, self._clock, pace, own, self._note, now_s)
            self._stations.append(station)

    def stop(self, *_: object) -> None:
        """End `run` soon; may be called from a signal handler."""
        self._stop = True

    def run(self, tell: Callable[[Counts], None]) -> None:
        """Work until stopped or until the time is over; `tell` is called about once a second."""
        started_s = time.monotonic()
        told_s = 0.0
        while not self._stop:
            now_s = time.monotonic()
            if self._seconds is not None and now_s - started_s >= self._seconds:
                break
            self._round(now_s)
            if now_s - told_s >= 1.0:
                told_s = now_s
                tell(self.counts())
        self._farewell()
        tell(self.counts())

    def counts(self) -> Counts:
        """Return how these stations are."""
        return Counts(
            len(self._stations),
            sum(station.welcomed for station in self._stations),
            sum(station.made for station in self._stations),
            sum(station.outbox.depth().records for station in self._stations),
        )

    def close(self) -> None:
        """Close the ledger, the selector and the sockets of the probes."""
        if self._ledger is not None:
            self._ledger.close()
        self._board.close()
        if self._sockets is not None:
            self._sockets.close()

    def _round(self, now_s: float) -> None:
        connects = 0
        if self._sockets is not None:
            self._sockets.serve()
        for station in self._stations:
            station.work(now_s)
            if connects < CONNECTS_PER_ROUND and station.wants_to_connect(now_s):
                connects += 1
                station.connect()
        self._board.wait(0 if connects else ROUND_S)

    def _farewell(self) -> None:
        """Say goodbye, and leave only when the broker has heard it: a closed socket would be a loss to it."""
        for station in self._stations:
            station.farewell()
        self._wait(lambda: all(station.heard for station in self._stations))
        for station in self._stations:
            station.leave()
        self._wait(lambda: all(station.gone for station in self._stations))

    def _wait(self, done: Callable[[], bool]) -> None:
        deadline_s = time.monotonic() + FAREWELL_S
        while not done() and time.monotonic() < deadline_s:
            self._board.wait(ROUND_S)

    def _note(self, station: str, epoch: str, seq: int, kind: str) -> None:
        if self._ledger is not None:
            self._ledger.write(f'{{"station":"{station}","epoch":"{epoch}","seq":{seq},"kind":"{kind}"}}\n')
