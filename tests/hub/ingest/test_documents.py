"""The county's documents go out to the stations that lack them, a few a round, and none twice."""

import hashlib

import msgspec
import pytest

from hub.ingest.documents import Documents
from hub.ingest.outward import PACE
from hub.library.rules import Spot
from hub.store.documents import DocumentsReader, add_edition
from hub.store.engine import StoreError, writing
from tests.hub.ingest.conftest import STATION, VILLAGES, Bench
from wire.codec import decode
from wire.life import Birth
from wire.orders import Library
from wire.records import Batch, DeviceEvent, Record
from wire.topics import library

COUNTY, TOWN, HERE = Spot("county", "999999"), Spot("town", "测试镇"), Spot("station", STATION)
OTHER = VILLAGES[1].code
EPOCH = "a" * 16
TEXT = '{"people":[]}'


class Keeper:
    """Somebody who publishes, stations that are born, and the chore's rounds at a time of our choosing."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.at_ms = bench.clock.now_ms()
        self.members = bench.recalled.county.members
        self.documents = self.a_run()

    def a_run(self) -> Documents:
        return Documents(self.bench.database, self.bench.edge, self.members)

    def publish(self, text: str | None = TEXT, spot: Spot = COUNTY, name: str = "roster") -> int:
        with writing(self.bench.database) as connection:
            return add_edition(connection, name, spot, text, "测试员", self.at_ms)

    def born(self, station: str = STATION, *, boot: int = 1, **held: int) -> None:
        self.members[station].birth = Birth(boot, EPOCH, "test", 30, 30.0, library=held)

    def round(self, *, connected: bool = True, after_ms: int = 1_100) -> list[tuple[str, int, str]]:
        """Return what went out in one round: station, version and text."""
        self.at_ms += after_ms
        self.bench.edge.published.clear()
        self.documents.round(self.at_ms, connected=connected)
        sent = []
        for topic, payload, retain, expires_s in self.bench.edge.published:
            message = decode(payload, Library)
            (document,) = message.documents
            assert (retain, expires_s, topic) == (True, None, library(topic.split("/")[1], document.name))
            assert message.version == document.version
            assert document.sha256 == hashlib.sha256(document.text.encode()).hexdigest()
            sent.append((topic.split("/")[1], document.version, document.text))
        return sent


@pytest.fixture
def keeper(bench: Bench) -> Keeper:
    return Keeper(bench)


def test_a_station_that_was_never_born_is_sent_nothing_and_one_that_is_once(keeper: Keeper) -> None:
    version = keeper.publish()
    assert keeper.round() == []
    keeper.born()
    assert keeper.round() == [(STATION, version, TEXT)]
    keeper.born(roster=version)
    assert keeper.round() == []
    assert keeper.round() == []


def test_a_station_that_refuses_is_not_sent_it_at_every_birth(keeper: Keeper) -> None:
    version = keeper.publish()
    for _ in range(5):
        keeper.born()
        keeper.round()
    assert keeper.round() == []
    keeper.born(boot=2)
    assert keeper.round() == [(STATION, version, TEXT)], "another run of the station"
    better = keeper.publish()
    assert keeper.round() == [(STATION, better, TEXT)], "another version"


def test_a_restart_of_the_hub_sends_nothing_to_those_up_to_date(keeper: Keeper) -> None:
    version = keeper.publish()
    keeper.born(roster=version)
    keeper.born(OTHER)
    assert keeper.round() == [(OTHER, version, TEXT)]
    keeper.documents = keeper.a_run()
    assert keeper.round() == [(OTHER, version, TEXT)]


def test_a_broker_that_was_away_is_given_again_what_a_station_still_lacks(keeper: Keeper) -> None:
    version = keeper.publish()
    keeper.born()
    assert keeper.round(connected=False) == []
    keeper.bench.edge.connected = False
    assert keeper.round() == []
    keeper.bench.edge.connected = True
    assert keeper.round() == [(STATION, version, TEXT)]
    keeper.round(connected=False)
    assert keeper.round() == [(STATION, version, TEXT)]


def test_the_closest_scope_counts_and_a_withdrawal_brings_the_wider_back(keeper: Keeper) -> None:
    for_all, own = keeper.publish(), keeper.publish('{"people": [ ]}', HERE)
    keeper.born()
    keeper.born(OTHER)
    assert keeper.round() == [(STATION, own, '{"people": [ ]}'), (OTHER, for_all, TEXT)]
    back = keeper.publish(None, HERE)
    assert keeper.round() == [(STATION, back, TEXT)]
    gone = keeper.publish(None)
    assert keeper.round() == [(STATION, gone, "null"), (OTHER, gone, "null")]


def test_what_a_station_took_and_lost_is_sent_again_but_not_for_ever(keeper: Keeper) -> None:
    version = keeper.publish()
    sent = 0
    for _ in range(10):
        keeper.born()
        sent += len(keeper.round())
        keeper.born(roster=version)
        keeper.round()
    assert sent == 3


def test_a_county_is_served_a_few_documents_a_round(bench: Bench) -> None:
    keeper = Keeper(bench)
    kinds = ("roster", "notices", "papers", "hotline", "learning", "templates")
    member = keeper.members[STATION]
    stations = [f"999999{number:06d}" for number in range(100_000, 100_020)]
    keeper.members = dict.fromkeys(stations, member)  # one place and birth serve for all
    keeper.documents = keeper.a_run()
    for kind in kinds:
        keeper.publish(name=kind)
    member.birth = Birth(1, EPOCH, "test", 30, 30.0)
    rounds = [keeper.round(after_ms=after_ms) for after_ms in (1_100, 20, 100, 130, 250, 250)]
    assert [len(sent) for sent in rounds] == [PACE, 0, 0, PACE, 20, 0], "however many rounds a busy writer has"
    assert len({(station, version) for sent in rounds for station, version, _ in sent}) == len(stations) * len(kinds)


def test_a_database_that_gives_nothing_is_waited_for(keeper: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
    version = keeper.publish()
    keeper.born()
    with monkeypatch.context() as away:
        away.setattr("hub.store.documents.reading", broken)
        assert keeper.round() == []
    assert keeper.round() == [(STATION, version, TEXT)]


def broken(_engine: object) -> object:
    raise StoreError("E-STORE-05", "away")


def test_what_a_station_refused_is_kept_once_with_the_latest_version(bench: Bench) -> None:
    def report(seq: int, note: str, code: str = "E-LIB-06") -> None:
        raw = msgspec.Raw(msgspec.json.encode(Record(seq, DeviceEvent("library", code, note=note))))
        bench.edge.put("records", Batch(EPOCH, seq - 1, [raw]), at_ms=bench.clock.now_ms())
        bench.round()

    report(1, "roster 7")
    report(2, "papers 8")
    report(3, "roster 9", "E-LIB-01")
    report(4, "roster 5")
    report(5, "no number")
    report(6, "")
    refused = DocumentsReader(bench.database.reader).refusals()
    assert [(one.station, one.name, one.version, one.code) for one in refused] == [
        (STATION, "papers", 8, "E-LIB-06"),
        (STATION, "roster", 9, "E-LIB-01"),
    ]


def test_documents_that_a_station_thinks_up_leave_nothing_and_one_message_one_row_each(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    monkeypatch.setattr("hub.store.documents._note", lambda _connection, _station, name, _row: written.append(name))
    notes = [*(f"x{number} 7" for number in range(40)), "roster 7", "roster 9", "roster 8", "library 7"]
    events = [DeviceEvent("library", "E-LIB-06", note=note) for note in notes]
    raws = [msgspec.Raw(msgspec.json.encode(Record(seq, event))) for seq, event in enumerate(events, 1)]
    bench.edge.put("records", Batch(EPOCH, 0, raws), at_ms=bench.clock.now_ms())
    bench.round()
    assert written == ["roster", "library"]
