"""`hub run`, whole, as a process on a real broker."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import paho.mqtt.client as mqtt
import pytest
from sqlalchemy import create_engine, text

from demo.processes import start, stop, tool
from tests.county import County
from tests.hub_api import HubApi
from tests.waiting import wait_for
from wire.codec import decode, encode
from wire.health import StationHealth
from wire.life import Beat, Birth, HubState, OutboxDepth
from wire.orders import Receipt
from wire.records import Batch, Record, Visit
from wire.topics import HUB_STATE, down, every_down, health, up

EPOCH = "a" * 16


class Station:
    """A station of the wire: remembers receipts and the hub's states; says only what it is told to."""

    def __init__(self, county: County, index: int = 0, *, keepalive_s: int = 30) -> None:
        self.code = county.villages[index].code
        county.station(index)
        self.keepalive_s = keepalive_s
        self.receipts: list[Receipt] = []
        self.hub: list[HubState] = []
        self.client = county.client(self.code)
        self.client.will_set(up(self.code, "life"), b'{"life":"death","boot":1}', 1, retain=True)
        self.client.on_message = self._on_message
        self.client.on_connect = self._on_connect
        self.client.connect("127.0.0.1", county.ports.mqtt, 60)
        self.client.loop_start()

    def _on_connect(self, client: mqtt.Client, *_: object) -> None:
        client.subscribe([(every_down(self.code), 1), (HUB_STATE, 1)])

    def _on_message(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        if message.topic == down(self.code, "receipt"):
            self.receipts.append(decode(bytes(message.payload), Receipt))
        elif message.topic == HUB_STATE:
            self.hub.append(decode(bytes(message.payload), HubState))

    def hub_is(self, online: bool) -> bool:
        return bool(self.hub) and self.hub[-1].online is online

    def be_born(self, boot: int = 1) -> None:
        birth = Birth(boot, EPOCH, "test", self.keepalive_s, float(self.keepalive_s))
        self.client.publish(up(self.code, "life"), encode(birth), 1, retain=True)

    def beat(self) -> None:
        self.client.publish(up(self.code, "beat"), encode(Beat(1, 1, OutboxDepth(0, 0))), 0)

    def send(self, first: int, last: int, after: int = 0) -> None:
        visit = Visit("12-00001-1", "legal_advice", "anonymous", "zh")
        records = [msgspec.Raw(msgspec.json.encode(Record(seq, visit))) for seq in range(first, last + 1)]
        self.client.publish(up(self.code, "records"), encode(Batch(EPOCH, after, records)), 1)

    def receipted(self, seq: int) -> bool:
        return bool(self.receipts) and self.receipts[-1].seq >= seq

    def leave(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


class Monitor:
    """A monitoring device: the last word about every station."""

    def __init__(self, county: County) -> None:
        self.told: dict[str, list[StationHealth]] = {}
        self.client = county.client("monitor")
        self.client.on_connect = lambda client, *_: client.subscribe(health("+"), 1)
        self.client.on_message = self._on_message
        self.client.connect("127.0.0.1", county.ports.mqtt)
        self.client.loop_start()

    def _on_message(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        one = decode(bytes(message.payload), StationHealth)
        self.told.setdefault(one.station, []).append(one)

    def state(self, code: str) -> str | None:
        return self.told[code][-1].state if code in self.told else None


@contextmanager
def running_hub(county: County) -> Iterator[subprocess.Popen[bytes]]:
    process = start([tool("hub"), "run", "--config", county.hub_config], county.folder / "log" / "hub.log")
    try:
        yield process
    finally:
        stop(process)


@pytest.fixture
def people(county: County) -> Iterator[tuple[Station, Monitor]]:
    station, monitor = Station(county, keepalive_s=2), Monitor(county)
    yield station, monitor
    station.leave()
    monitor.client.disconnect()
    monitor.client.loop_stop()


def stored_seqs(county: County) -> list[int]:
    engine = create_engine(f"sqlite:///{county.folder / 'hub' / 'hub.sqlite3'}")
    with engine.connect() as connection:
        seqs = [row[0] for row in connection.execute(text("SELECT seq FROM record ORDER BY seq"))]
    engine.dispose()
    return seqs


@pytest.mark.slow
def test_a_station_reports_falls_silent_and_the_hub_stops_in_good_order(
    county: County, people: tuple[Station, Monitor]
):
    station, monitor = people
    with running_hub(county) as process:
        wait_for(lambda: station.hub_is(True), "the hub says it is there")
        station.be_born()
        wait_for(lambda: station.receipted(0), "the welcome")
        station.send(1, 3)
        wait_for(lambda: station.receipted(3), "the receipt")
        assert stored_seqs(county) == [1, 2, 3]
        station.beat()
        heard = time.monotonic()
        wait_for(lambda: monitor.state(station.code) == "online", "monitoring devices see it online")
        wait_for(lambda: monitor.state(station.code) == "offline", "silent, it is offline")
        assert 3.3 < time.monotonic() - heard < 1.75 * 2 + 1
        last = monitor.told[station.code][-1]
        assert last.reason == "silent"
        assert last.last_heard_ms is not None
        assert last.since_ms == last.last_heard_ms + 3_500

        stream = HubApi(f"http://127.0.0.1:{county.ports.web}", county.api_token).open("/live")
        began = time.monotonic()
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(5) == 0
        assert time.monotonic() - began < 2
        stream.close()
        wait_for(lambda: station.hub_is(False), "the hub says that it leaves")


@pytest.mark.slow
def test_a_hub_killed_at_any_instant_loses_nothing_it_receipted_and_takes_nothing_twice(
    county: County, people: tuple[Station, Monitor]
):
    station, _ = people
    receipted = 0
    for _ in range(3):
        receipted = _send_and_kill(county, station, receipted)
        stored = stored_seqs(county)
        assert stored[:receipted] == list(range(1, receipted + 1))
        assert len(stored) == len(set(stored))


def _send_and_kill(county: County, station: Station, receipted: int) -> int:
    """Send 100 records after `receipted`, kill the hub in the midst of it, and return what is receipted then."""
    with running_hub(county) as process:
        wait_for(lambda: station.hub_is(True), "the hub says it is there")
        for first in range(receipted + 1, receipted + 101, 5):
            station.send(first, first + 4)
        wait_for(lambda: station.receipted(receipted + 5), "a receipt in the midst of it")
        process.kill()
        process.wait()
    wait_for(lambda: station.hub_is(False), "the hub's will")
    return station.receipts[-1].seq


@pytest.mark.slow
def test_a_stopped_broker_makes_stations_unknown_and_none_offline(county: County, people: tuple[Station, Monitor]):
    station, monitor = people
    station.keepalive_s = 30
    with running_hub(county):
        wait_for(lambda: station.hub_is(True), "the hub says it is there")
        station.be_born()
        wait_for(lambda: monitor.state(station.code) == "online", "online")
        county.stop_broker()
        county.start_broker()
        wait_for(lambda: monitor.state(station.code) == "unknown", "unknown until it is heard again")

        def heard_again() -> bool:
            station.beat()  # at most once: one that comes before the hub listens again is gone
            time.sleep(0.1)
            return monitor.state(station.code) == "online"

        wait_for(heard_again, "heard again")
        assert "offline" not in {one.state for one in monitor.told[station.code]}


@pytest.mark.slow
def test_a_broker_that_hangs_makes_stations_unknown_though_they_seem_silent(
    county: County, people: tuple[Station, Monitor]
):
    station, monitor = people
    with running_hub(county):
        wait_for(lambda: station.hub_is(True), "the hub says it is there")
        station.be_born()
        wait_for(lambda: monitor.state(station.code) == "online", "online")
        assert county.broker is not None
        os.kill(county.broker.pid, signal.SIGSTOP)
        try:
            wait_for(lambda: "E-HUB-26" in (county.folder / "log" / "hub.log").read_text(), "the hub notices")
        finally:
            os.kill(county.broker.pid, signal.SIGCONT)
        wait_for(lambda: monitor.state(station.code) == "unknown", "unknown, not offline")
        assert monitor.told[station.code][-1].reason == "hub_blind"
        assert "offline" not in {one.state for one in monitor.told[station.code]}


@pytest.mark.slow
def test_a_will_counts_for_the_boot_last_born(county: County, people: tuple[Station, Monitor]):
    station, monitor = people
    with running_hub(county):
        wait_for(lambda: station.hub_is(True), "the hub says it is there")
        station.keepalive_s = 30
        station.be_born(boot=1)
        wait_for(lambda: monitor.state(station.code) == "online", "online")
        other = Station(county, 1)
        other.be_born(boot=2)  # its will speaks of boot 1
        wait_for(lambda: monitor.state(other.code) == "online", "online")
        for one in (station, other):
            one.client.socket().close()  # type: ignore[union-attr]
        wait_for(lambda: monitor.state(station.code) == "offline", "its will is its death")
        other.leave()
        assert monitor.told[station.code][-1].reason == "died"
        assert monitor.state(other.code) == "online"


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        pytest.param(lambda hub: (hub / "stations.csv").write_text("x"), "E-HUB-02", id="the list of villages"),
        pytest.param(lambda hub: (hub / "unseal.key").unlink(), "E-SEAL-02", id="the private key"),
        pytest.param(lambda hub: (hub / "hub.key").write_text("x"), "E-HUB-20", id="the certificate"),
        pytest.param(lambda hub: (hub / "hub.sqlite3").mkdir(), "E-STORE-02", id="the database"),
        pytest.param(lambda hub: (hub / "api.token").unlink(), "E-WEB-01", id="the token"),
    ],
)
def test_what_is_missing_is_said_in_one_line(county: County, spoil: object, code: str):
    spoil(county.folder / "hub")  # type: ignore[operator]
    done = subprocess.run(
        [tool("hub"), "run", "--config", county.hub_config], capture_output=True, text=True, timeout=20, check=False
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(code)
    assert "Traceback" not in done.stderr


def test_a_taken_port_is_said_at_once(county: County):
    import socket

    with socket.socket() as door:
        door.bind(("127.0.0.1", county.ports.web))
        door.listen()
        done = subprocess.run(
            [tool("hub"), "run", "--config", county.hub_config], capture_output=True, text=True, timeout=20, check=False
        )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("E-HUB-05")


def test_nothing_of_the_database_is_readable_by_others(county: County, people: tuple[Station, Monitor]):
    station, _ = people
    with running_hub(county):
        wait_for(lambda: station.hub_is(True), "the hub says it is there")
        for path in (Path(county.folder) / "hub").glob("hub.sqlite3*"):
            assert path.stat().st_mode & 0o077 == 0, path.name
