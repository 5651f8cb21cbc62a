"""The fleet as a process on a real broker, with a hub one can see through."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from demo.processes import tool
from tests.county import County
from tests.station.probe.reflectors import KEY, reflecting
from tests.station.small_hub import SmallHub
from tests.waiting import wait_for
from wire.probe import ProbeSession
from wire.records import LinkSummary

STATIONS = 12
TIMING = {"keepalive_s": 2, "beat_every_s": 1.0, "reconnect_max_s": 1.0, "rebirth_spread_s": 0.2}


class Fleet:
    def __init__(self, county: County, process: "subprocess.Popen[bytes]", log: Path) -> None:
        self.county = county
        self.process = process
        self.log = log

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(10)


@contextmanager
def fleet(county: County, *options: object, stations: int = STATIONS) -> Iterator[Fleet]:
    for index in range(stations):
        county.station(index, **TIMING)
    log = county.folder / "fleet.log"
    with log.open("wb") as output:
        command = [tool("station"), "fleet", "--county-dir", str(county.folder), *(str(option) for option in options)]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=os.environ)
    running = Fleet(county, process, log)
    try:
        yield running
    finally:
        if process.poll() is None:
            running.end()


def born(hub: SmallHub) -> set[str]:
    return {station for station, _, _ in hub.births}


def lost(hub: SmallHub) -> set[str]:
    return {station for station, death in hub.deaths if not death.orderly}


def codes(county: County, count: int = STATIONS) -> list[str]:
    return [village.code for village in county.villages[:count]]


@pytest.mark.slow
def test_every_record_of_the_ledger_is_stored_once_at_the_hub(county: County, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.jsonl"
    with (
        SmallHub(county) as hub,
        fleet(county, "--visits-per-hour", 20000, "--ledger", ledger, "--processes", 2) as all_,
    ):
        wait_for(lambda: len(born(hub)) == STATIONS, "all born")
        wait_for(lambda: sum(map(len, hub.stored.values())) > 100, "a hundred records")
        wait_for(lambda: f"{STATIONS}/{STATIONS} stations welcomed" in all_.log.read_text(), "progress")
        assert all_.end() == 0
        made = [json.loads(line) for line in ledger.read_text().splitlines()]
        told = {(one["station"], one["epoch"], one["seq"]) for one in made}
        assert len(told) == len(made)
        stored = {(*key, seq) for key, records in hub.stored.items() for seq in records}
        assert stored <= told
        assert len(told) - len(stored) < 20
        kinds = {(one["station"], one["epoch"], one["seq"]): one["kind"] for one in made}
        for (station, epoch), records in hub.stored.items():
            for seq, record in records.items():
                assert record.body.__struct_config__.tag == kinds[station, epoch, seq]


def test_asked_to_stop_every_station_says_goodbye(county: County) -> None:
    with SmallHub(county) as hub, fleet(county) as all_:
        wait_for(lambda: len(born(hub)) == STATIONS, "all born")
        assert all_.end(signal.SIGINT) == 0
        wait_for(lambda: len(hub.deaths) == STATIONS, "farewells")
        assert all(death.orderly for _, death in hub.deaths)


@pytest.mark.slow
def test_stations_can_be_chosen_and_the_time_limited(county: County) -> None:
    first, second, third, *_ = codes(county)
    with SmallHub(county) as hub, fleet(county, "--stations", 2, "--except", first, "--for", 2) as all_:
        assert all_.process.wait(10) == 0
        assert born(hub) == {second, third}
        assert all(beat.devices[0].device == "camera/main" for _, beat in hub.beats)
        assert len(hub.beats) >= 4


@pytest.mark.slow
def test_faults_are_what_they_are_called(county: County) -> None:
    dead, silent, flapping = codes(county)[:3]
    town = county.villages[STATIONS - 1].town
    members = {village.code for village in county.villages[:STATIONS] if village.town == town}
    assert len(members) == 4
    script = f"dead:{dead}@1/silent:{silent}@1/flap:{flapping}@1+12/town:{town}@1+12"
    with SmallHub(county) as hub, fleet(county, "--faults", script, "--visits-per-hour", 1800):
        wait_for(lambda: len(born(hub)) == STATIONS, "all born")
        first = {station: birth for station, birth, _ in hub.births}
        wait_for(lambda: dead in lost(hub), "the dead one is missed", 6)
        assert silent not in lost(hub)
        wait_for(lambda: {silent, *members} <= lost(hub), "silent ones are missed after 1.5 keep-alives")
        wait_for(lambda: sum(one == flapping for one, _, _ in hub.births) >= 3, "the flapping one is born again")
        assert lost(hub) - {flapping} == {dead, silent, *members}
        again = {(one, first[one].boot + 1, first[one].epoch) for one in members}
        wait_for(
            lambda: again <= {(one, birth.boot, birth.epoch) for one, birth, _ in hub.births},
            "the town is back, started anew, with the outboxes it had",
        )


@pytest.mark.slow
def test_every_station_measures_its_line_and_a_bad_one_shows(county: County) -> None:
    bad, *others = codes(county)
    with (
        reflecting(*range(1, STATIONS + 1)) as port,
        SmallHub(county) as hub,
        fleet(county, "--faults", f"line:{bad}=up100@0", "--visits-per-hour", 0),
    ):
        wait_for(lambda: len(born(hub)) == STATIONS, "all born")
        for ssid, station in enumerate(codes(county), 1):
            hub.probe(station, ProbeSession(port, ssid, KEY, interval_ms=100, every_ms=1_000))
        wait_for(lambda: all(lines(hub, station) for station in codes(county)), "a summary of each")
        assert lines(hub, bad)[0].received == 0
        told = [lines(hub, station)[0] for station in others]
        assert sum(one.received for one in told) > 0.9 * sum(one.sent for one in told)
        assert all(one.measures["rtt_min_ms"] >= 5 for one in told)
        assert len({one.measures["rtt_min_ms"] for one in told}) == len(told)
        births = {station: birth.reflector for station, birth, _ in hub.births}
        assert all((at or "").startswith("127.0.0.1:") for at in births.values())


def lines(hub: SmallHub, station: str) -> list[LinkSummary]:
    return [record.body for record in hub.records(station) if isinstance(record.body, LinkSummary)]


@pytest.mark.slow
def test_after_a_restart_of_the_broker_all_are_back(county: County) -> None:
    with SmallHub(county) as hub, fleet(county):
        wait_for(lambda: len(born(hub)) == STATIONS, "all born")
        county.stop_broker()
        hub.births.clear()
        county.start_broker()
        wait_for(lambda: len(born(hub)) == STATIONS, "all born again")


def test_more_stations_than_laid_out_is_one_clear_line(county: County) -> None:
    with fleet(county, "--stations", 50, stations=2) as all_:
        assert all_.process.wait(10) == 1
        assert all_.log.read_text().startswith("E-FLEET-01")


def test_an_unreadable_fault_is_explained(county: County) -> None:
    with fleet(county, "--faults", "meteor@5", stations=2) as all_:
        assert all_.process.wait(10) == 1
        assert "town:NAME@T+D" in all_.log.read_text()
