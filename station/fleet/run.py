"""A fleet: which stations, in how many processes, for how long, and what is told of it."""

import multiprocessing
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import NamedTuple

import msgspec

from station.errors import StationError
from station.fleet.crew import Counts, Crew
from station.fleet.faults import Fault, read_faults
from station.fleet.simulated import Pace
from station.settings import Settings
from wire.settings import load_settings

TELL_EVERY_S = 10.0


class Plan(NamedTuple):
    """What the command line asked for."""

    county_dir: Path
    stations: int | None
    without: frozenset[str]
    pace: Pace
    beat_every_s: float | None
    keepalive_s: int | None
    faults: str
    seconds: float | None
    processes: int
    ledger: Path | None


class Progress:
    """Says on stderr how the fleet is: when it is complete, when that changes, and now and then."""

    def __init__(self) -> None:
        """Begin counting time."""
        self._started_s = time.monotonic()
        self._told: tuple[int, int] | None = None
        self._told_s = 0.0

    def __call__(self, counts: Counts) -> None:
        """Say it, unless it was said just now."""
        now_s = time.monotonic()
        state = (counts.welcomed, counts.stations)
        complete = counts.welcomed == counts.stations
        news = state != self._told and (complete or self._told is None or now_s - self._told_s >= 1.0)
        if news or now_s - self._told_s >= TELL_EVERY_S:
            self._told, self._told_s = state, now_s
            line = (
                f"{now_s - self._started_s:7.1f} s  {counts.welcomed}/{counts.stations} stations welcomed 已接入, "
                f"{counts.made} records made 已产生, {counts.held} held 待确认"
            )
            print(line, file=sys.stderr, flush=True)  # noqa: T201 (progress is what this command is for)


def run_fleet(plan: Plan) -> None:
    """Run the fleet until SIGTERM, SIGINT or the end of its time.

    Raises StationError E-FLEET-01 (not so many stations laid out), E-FLEET-02 (faults), or one of a certificate.
    """
    settings = _settings(plan)
    towns: dict[str, list[str]] = {}
    for one in settings:
        towns.setdefault(one.town, []).append(one.station)
    faults = read_faults(plan.faults, towns)  # type: ignore[arg-type]
    progress = Progress()
    if plan.processes == 1:
        _work(plan, settings, faults, progress)
        return
    _share(plan, settings, faults, progress)


def _settings(plan: Plan) -> list[Settings]:
    files = sorted(plan.county_dir.glob("stations/*/station.toml"))
    files = [file for file in files if file.parent.name not in plan.without]
    wanted = len(files) if plan.stations is None else plan.stations
    if not files or wanted > len(files):
        raise StationError(
            "E-FLEET-01",
            f"{plan.county_dir}: {len(files)} stations are laid out, {wanted} were asked for "
            "已布设的站点数不足; the demo lays them out",
        )
    return [_paced(load_settings(file, Settings), plan) for file in files[:wanted]]


def _paced(settings: Settings, plan: Plan) -> Settings:
    changes: dict[str, object] = {}
    if plan.keepalive_s is not None:
        changes["keepalive_s"] = plan.keepalive_s
    if plan.beat_every_s is not None:
        changes["beat_every_s"] = plan.beat_every_s
    return msgspec.structs.replace(settings, broker=msgspec.structs.replace(settings.broker, **changes))


def _work(plan: Plan, settings: Sequence[Settings], faults: Sequence[Fault], tell: Callable[[Counts], None]) -> None:
    with ExitStack() as stack:
        crew = Crew(settings, faults, pace=plan.pace, seconds=plan.seconds, ledger=plan.ledger)
        stack.callback(crew.close)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, crew.stop)
        crew.run(tell)


def _work_apart(plan: Plan, settings: Sequence[Settings], faults: Sequence[Fault], teller: Connection) -> None:
    _work(plan, settings, faults, teller.send)


def _share(plan: Plan, settings: Sequence[Settings], faults: Sequence[Fault], tell: Callable[[Counts], None]) -> None:
    """Run one crew in each of `plan.processes` processes and add up what they tell.

    Raises StationError E-FLEET-03 when one of them ends with an error.
    """
    spawn = multiprocessing.get_context("spawn")
    crews = []
    ears: dict[Connection, Counts | None] = {}
    for index in range(plan.processes):
        ear, teller = spawn.Pipe(duplex=False)
        crew = spawn.Process(target=_work_apart, args=(plan, settings[index :: plan.processes], faults, teller))
        crew.start()
        teller.close()
        crews.append(crew)
        ears[ear] = None

    def stop(*_: object) -> None:
        for crew in crews:
            crew.terminate()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    _listen(ears, tell)
    for crew in crews:
        crew.join()
    if any(crew.exitcode for crew in crews):
        raise StationError("E-FLEET-03", "a part of the fleet ended with an error, see above 部分模拟站点异常退出")


def _listen(ears: dict[Connection, Counts | None], tell: Callable[[Counts], None]) -> None:
    """Tell the sum of what all crews say, until none speaks any more."""
    listening = set(ears)
    while listening:
        wait(list(listening), timeout=TELL_EVERY_S)
        for ear in [ear for ear in listening if ear.poll()]:
            try:
                ears[ear] = ear.recv()
            except EOFError:
                listening.discard(ear)
        parts = [counts for counts in ears.values() if counts is not None]
        if len(parts) == len(ears):
            tell(Counts.total(parts))
