"""The agent as a process, on a real broker, with a hub one can see through."""

import datetime as dt
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from firmware_config.identity.issuing import Issuer, read_request
from station.clock import Clock
from station.identity.keys import install_certificate, pending_key, request_pem
from station.store.spool import Spool
from tests.county import County
from tests.station.agent.processes import Make, Station
from tests.station.small_hub import SmallHub
from tests.waiting import wait_for
from wire.life import Death
from wire.orders import Command
from wire.records import DeviceEvent, Emergency, Rating, Record


def renew(county: County, station: Station) -> None:
    """Put a new key with its certificate in the place of the station's, as the hub and `station identity` would."""
    folder, now = station.config.parent, dt.datetime.now(dt.UTC)
    request = read_request(request_pem(pending_key(folder), station.id))
    chain = Issuer.load(county.folder / "issuers", "hub").issue(request, station.id, now)
    install_certificate(folder, chain.pem, (folder / "ca.crt").read_bytes(), station.id, now)


def ratings(hub: SmallHub, station: Station) -> list[int]:
    """Return the seqs of the ratings the hub has, in the order of the outbox."""
    return [record.seq for record in hub.records(station.id) if isinstance(record.body, Rating)]


def test_it_is_born_beats_drains_and_keeps_nothing_the_hub_has(county: County, stations: Make) -> None:
    station = stations()
    station.record(120)
    with SmallHub(county) as hub:
        station.start()
        wait_for(station.drained, "drained")
        assert ratings(hub, station) == list(range(1, 121))
        (_, birth, _), *_ = hub.births
        assert birth.epoch == station.spool.epoch
        assert (birth.keepalive_s, birth.beat_every_s) == (5, 0.5)
        wait_for(lambda: len(hub.beats) >= 3, "beats")
        assert [beat.seq for _, beat in hub.beats[:3]] == [1, 2, 3]
        assert {state.device for state in hub.beats[-1][1].devices} == {"disk"}
        assert station.spool.note("hub") == "online"
        assert station.spool.trimmed_to() == 120


def test_a_record_is_at_the_hub_within_a_moment(county: County, stations: Make) -> None:
    station = stations()
    with SmallHub(county) as hub:
        station.start()
        wait_for(lambda: station.spool.note("hub") == "online", "welcomed")
        took_s = []
        for _ in range(10):
            begun_s = time.monotonic()
            station.record()
            wait_for(station.drained, "receipt")
            took_s.append(time.monotonic() - begun_s)
        assert sorted(took_s)[5] < 0.15
        assert len(ratings(hub, station)) == 10


@pytest.mark.slow
def test_killed_at_any_moment_it_loses_nothing_and_its_will_is_told(county: County, stations: Make) -> None:
    station = stations()
    with SmallHub(county) as hub:
        for round_number in range(3):
            station.start()
            wait_for(lambda expected=round_number + 1: len(hub.births) >= expected, "birth")
            station.record(30)
            time.sleep(0.02 * round_number)
            station.kill()
        wait_for(lambda: hub.deaths, "will")
        assert hub.deaths[0][1] in {Death(birth.boot) for _, birth, _ in hub.births}
        station.start()
        wait_for(station.drained, "drained")
        assert ratings(hub, station) == list(range(1, 91))
        boots = [birth.boot for _, birth, _ in hub.births]
        assert boots == sorted(set(boots))


def test_while_the_hub_is_away_the_outbox_holds_and_when_it_is_back_it_drains(county: County, stations: Make) -> None:
    station = stations()
    with SmallHub(county) as hub:
        station.start()
        wait_for(lambda: station.spool.note("hub") == "online", "welcomed")
        hub.stop()
        wait_for(lambda: station.spool.note("hub") == "offline", "hub away")
        station.record(5)
        assert not station.drained()
        hub.start()
        wait_for(station.drained, "drained")
        assert ratings(hub, station) == [1, 2, 3, 4, 5]


@pytest.mark.slow
def test_a_hub_that_is_there_but_stores_nothing_is_asked_again(county: County, stations: Make) -> None:
    station = stations()
    with SmallHub(county) as hub:
        station.start()
        wait_for(lambda: station.spool.note("hub") == "online", "welcomed")
        hub.storing = False
        station.record(3)
        wait_for(lambda: hub.unread, "a batch that nobody stored")
        hub.storing = True
        wait_for(station.drained, "drained")
        assert ratings(hub, station) == [1, 2, 3]


@pytest.mark.slow
def test_a_broker_that_restarts_without_its_memory_costs_nothing(county: County, stations: Make) -> None:
    station = stations()
    with SmallHub(county) as hub:
        station.start()
        wait_for(lambda: station.spool.note("hub") == "online", "welcomed")
        station.record(10)
        county.stop_broker()
        station.record(10)
        wait_for(lambda: station.spool.note("hub") == "offline", "offline")
        county.start_broker()
        wait_for(station.drained, "drained")
        assert ratings(hub, station) == list(range(1, 21))


def test_an_emergency_overtakes_and_is_stored_once(county: County, stations: Make) -> None:
    station = stations()
    station.record(400)
    seq = station.spool.append(lambda _seq: Emergency("c1"), Clock().now())
    with SmallHub(county) as hub:
        station.start()
        wait_for(station.drained, "drained")
        assert hub.urgent == [(station.id, seq)]
        assert len(hub.records(station.id)) == 401


@pytest.mark.slow
def test_without_rights_it_says_so_keeps_everything_and_goes_on(county: County, stations: Make) -> None:
    station = stations()
    acl = county.folder / "broker" / "acl"
    rights = acl.read_text()
    acl.write_text(rights.replace("pattern write v1/%u/up/records\n", ""))
    county.stop_broker()
    county.start_broker()
    station.record(2)
    with SmallHub(county) as hub:
        station.start()
        wait_for(lambda: "E-LINK-20" in station.log.read_text(), "a clear line")
        assert station.agent is not None
        assert station.agent.poll() is None
        wait_for(lambda: station.spool.depth().records == 3, "the event recorded, nothing trimmed")
        acl.write_text(rights)
        county.stop_broker()
        county.start_broker()
        wait_for(station.drained, "drained once the rights are right")
        (event,) = [record.body for record in hub.records(station.id) if isinstance(record.body, DeviceEvent)]
        assert (event.device, event.code) == ("link", "E-LINK-20")


class TestCommand:
    def order(self, name: str, command_id: str = "c1", in_s: float = 60.0) -> Command:
        return Command(command_id, name, int((time.time() + in_s) * 1000))

    def outcomes(self, hub: SmallHub, count: int) -> list[str]:
        wait_for(lambda: len(hub.answers) >= count, f"{count} answers")
        return [answer.outcome for _, answer in hub.answers]

    def test_ping_tells_figures_and_a_repeated_id_is_not_run_again(self, county: County, stations: Make) -> None:
        station = stations()
        with SmallHub(county) as hub:
            station.start()
            wait_for(lambda: hub.births, "birth")
            for _ in range(2):
                hub.command(station.id, self.order("ping"))
            assert self.outcomes(hub, 2) == ["done", "repeated"]
            assert hub.answers[0][1].measures["disk_free_bytes"] > 0

    def test_expired_and_unknown_ones_are_answered(self, county: County, stations: Make) -> None:
        station = stations()
        with SmallHub(county) as hub:
            station.start()
            wait_for(lambda: station.spool.note("hub") == "online", "welcomed")
            hub.command(station.id, self.order("ping", "old", -1))
            hub.command(station.id, self.order("dance", "odd"))
            assert self.outcomes(hub, 2) == ["expired", "unknown_command"]

    def test_restart_answers_says_goodbye_and_ends_well(self, county: County, stations: Make) -> None:
        station = stations()
        with SmallHub(county) as hub:
            station.start()
            wait_for(lambda: station.spool.note("hub") == "online", "welcomed")
            hub.command(station.id, self.order("restart"))
            assert self.outcomes(hub, 1) == ["done"]
            assert station.agent is not None
            assert station.agent.wait(5) == 0
            wait_for(lambda: hub.deaths, "farewell")
            assert hub.deaths[0][1].orderly
            station.start()
            hub.command(station.id, self.order("restart"))
            assert self.outcomes(hub, 2) == ["done", "repeated"]
            assert station.agent.poll() is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_stop_it_says_goodbye_within_three_seconds(
    county: County, stations: Make, number: signal.Signals
) -> None:
    station = stations()
    with SmallHub(county) as hub:
        station.start()
        wait_for(lambda: hub.births, "birth")
        assert station.agent is not None
        begun_s = time.monotonic()
        station.agent.send_signal(number)
        assert station.agent.wait(5) == 0
        assert time.monotonic() - begun_s < 3.0
        wait_for(lambda: hub.deaths, "farewell")
        assert hub.deaths == [(station.id, Death(hub.births[0][1].boot, orderly=True))]
        assert station.spool.note("hub") == "offline"


def test_it_stops_in_time_even_without_a_broker(county: County, stations: Make) -> None:
    station = stations()
    county.stop_broker()
    station.start()
    wait_for(lambda: "E-LINK-10" in station.log.read_text(), "complaint")
    begun_s = time.monotonic()
    assert station.stop() == 0
    assert time.monotonic() - begun_s < 3.0


def test_a_missing_certificate_is_one_clear_line_and_exit_6(county: County, stations: Make) -> None:
    station = stations()
    (station.config.parent / "station.key").unlink()
    station.start()
    assert station.agent is not None
    assert station.agent.wait(10) == 6
    assert station.log.read_text().startswith("E-LINK-01")
    assert "Traceback" not in station.log.read_text()


def test_systemd_hears_that_it_is_ready_alive_and_stopping(county: County, stations: Make, tmp_path: Path) -> None:
    station = stations()
    with notify_socket(tmp_path / "notify") as heard:
        station.start(NOTIFY_SOCKET=str(tmp_path / "notify"))
        assert heard() == "READY=1"
        assert heard() == "WATCHDOG=1"
        station.stop()
        words = [heard() for _ in range(1)]
        assert words[-1] in {"WATCHDOG=1", "STOPPING=1"}


@contextmanager
def notify_socket(path: Path) -> Iterator[Callable[[], str]]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(path))
        listener.settimeout(10)
        yield lambda: listener.recv(100).decode()


def test_a_torn_spool_is_set_aside_reported_and_a_new_epoch_begins(county: County, stations: Make) -> None:
    station = stations()
    station.record(3)
    epoch = station.spool.epoch
    station.spool.close()
    file = station.state / "spool.sqlite3"
    for name in (file.with_name(file.name + "-wal"), file.with_name(file.name + "-shm")):
        name.unlink(missing_ok=True)
    file.write_bytes(b"not a database, but what a power cut leaves" * 100)
    with SmallHub(county) as hub:
        station.start()
        wait_for(lambda: hub.records(station.id), "report")
        assert hub.births[0][1].epoch != epoch
        (event,) = [record.body for record in hub.records(station.id)]
        assert isinstance(event, DeviceEvent)
        assert event.device == "spool"
    station.spool = Spool.open(file)


def test_a_spool_set_aside_by_the_kiosk_is_followed(county: County, stations: Make) -> None:
    station = stations()
    with SmallHub(county) as hub:
        station.start()
        wait_for(lambda: hub.births, "birth")
        old = station.spool
        file = station.state / "spool.sqlite3"
        aside = station.state / "aside"
        aside.mkdir()
        for part in station.state.glob("spool.sqlite3*"):
            part.rename(aside / part.name)
        station.spool = Spool.open(file)
        assert station.spool.epoch != old.epoch
        old.close()
        station.record(2)
        wait_for(station.drained, "drained")
        assert hub.births[-1][1].epoch == station.spool.epoch
        assert ratings(hub, station) == [1, 2]


def dated(record: Record) -> bool:
    return record.at_ms is not None


def test_records_made_before_the_time_was_known_are_dated(county: County, stations: Make) -> None:
    station = stations()
    stamp = Clock().now()
    station.spool.append(lambda seq: Rating(seq, 5), stamp._replace(at_ms=None))
    with SmallHub(county) as hub:
        station.start()
        wait_for(station.drained, "drained")
        (record,) = hub.records(station.id)
        assert dated(record)
        assert record.at_ms is not None
        assert abs(record.at_ms - time.time_ns() // 1_000_000) < 30_000
        kernel, offset = (station.spool.note("clock") or "").split()
        assert kernel == stamp.kernel_boot
        assert abs(int(offset) + stamp.mono_ms - time.time_ns() // 1_000_000) < 30_000


def test_it_goes_on_with_a_new_certificate_and_loses_nothing(county: County, stations: Make) -> None:
    station = stations()
    with SmallHub(county) as hub:
        station.start()
        wait_for(lambda: station.spool.note("hub") == "online", "welcomed")
        station.record(3)
        wait_for(station.drained, "drained")
        renew(county, station)
        station.record(40)
        wait_for(lambda: len(hub.births) >= 2, "connected anew")
        wait_for(station.drained, "drained again")
        assert len(ratings(hub, station)) == 43
        told = [record.body for record in hub.records(station.id) if isinstance(record.body, DeviceEvent)]
        assert DeviceEvent("certificate", "renewed") in told
        assert hub.deaths == [], "nobody took it for gone"
