"""True tests of pairs: B answers first, then A probes; what becomes of them tells whom to test again."""

import base64
from typing import NamedTuple

import msgspec
import pytest

from hub.ingest import pairing as pairing_module
from hub.ingest.items import Sees
from hub.ingest.pairing import ANSWER_WITHIN_MS, TAKES_MS, address_of
from hub.store.lines import LinksReader
from tests.hub.ingest.conftest import VILLAGES, Bench
from wire.codec import decode
from wire.life import Birth
from wire.orders import Answer, Command
from wire.probe import PROBE_PAIR, REFLECT
from wire.records import Batch, LinkSummary, Record

EPOCH = "a" * 16
A, B, C, D = (village.code for village in VILLAGES)
EVERY_MS = 5_000


class Ordered(NamedTuple):
    station: str
    command: Command


class Keeper:
    """A hub that tests twelve pairs a minute, stations that are born, and rounds at a time of our choosing."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.pairing = bench.pairing
        self.pairing._every_ms = EVERY_MS
        bench.writer._beside._chores = ()  # its rounds are ours, at our time
        self.at_ms = bench.clock.now_ms()
        self.seqs: dict[str, int] = {}
        bench.edge.items.append(Sees(self.at_ms))
        bench.round()

    def born(self, *stations: str, reflector: str | None = "192.0.2.{}:8620", boot: int = 1) -> None:
        for number, station in enumerate(stations, 1):
            where = None if reflector is None else reflector.format(number)
            birth = Birth(boot, EPOCH, "test", 30, 30.0, reflector=where)
            self.bench.edge.put("life", birth, station=station, at_ms=self.bench.clock.now_ms())
        self.bench.round()

    def round(self, *, connected: bool = True, after_ms: int = EVERY_MS) -> list[Ordered]:
        self.at_ms += after_ms
        self.bench.edge.published.clear()
        self.pairing.round(self.at_ms, connected=connected)
        return self.ordered()

    def ordered(self) -> list[Ordered]:
        found = [one for one in self.bench.edge.published if one.topic.endswith("/down/command")]
        return [Ordered(one.topic.split("/")[1], decode(one.payload, Command)) for one in found]

    def answers(self, ordered: Ordered, outcome: str = "done", *, station: str | None = None) -> list[Ordered]:
        """Have a station answer; return what the hub orders then."""
        self.bench.edge.published.clear()
        answer = Answer(ordered.command.id, outcome)
        self.bench.edge.put("answer", answer, station=station or ordered.station, at_ms=self.bench.clock.now_ms())
        self.bench.round()
        return self.ordered()

    def measured(self, a: str, b: str, received: int = 60) -> None:
        """Have what A saw arrive."""
        seq = self.seqs[a] = self.seqs.get(a, 0) + 1
        now_ms = self.bench.clock.now_ms()
        said = LinkSummary(f"pair/{b}", 6_000, 60, received, received, {"rtt_p50_ms": 40.0, "jitter_ms": 1.0})
        self.records(a, Record(seq, said, at_ms=now_ms))

    def well(self, *stations: str) -> None:
        """Have the lines of stations measured: nothing lost, 20 ms."""
        for station in stations:
            seq = self.seqs[station] = self.seqs.get(station, 0) + 1
            said = LinkSummary("county", 30_000, 300, 300, 300, {"rtt_p50_ms": 20.0, "jitter_ms": 1.0})
            self.records(station, Record(seq, said, at_ms=self.bench.clock.now_ms()))

    def records(self, station: str, record: Record) -> None:
        batch = Batch(EPOCH, record.seq - 1, [msgspec.Raw(msgspec.json.encode(record))])
        self.bench.edge.put("records", batch, station=station, at_ms=self.bench.clock.now_ms())
        self.bench.round()


@pytest.fixture
def keeper(bench: Bench) -> Keeper:
    return Keeper(bench)


def test_b_is_told_to_answer_and_then_a_to_probe_it(keeper: Keeper) -> None:
    keeper.born(A, B)
    (reflect,) = keeper.round()
    assert reflect.command.name == REFLECT
    b, a = reflect.station, {A, B}.difference({reflect.station}).pop()
    (probe,) = keeper.answers(reflect)
    assert (probe.station, probe.command.name) == (a, PROBE_PAIR)
    told, asked = probe.command.arguments, reflect.command.arguments
    assert (told["station"], told["port"]) == (b, 8620)
    assert told["host"] == {A: "192.0.2.1", B: "192.0.2.2"}[b]
    assert (told["ssid"], told["key"]) == (asked["ssid"], asked["key"])
    assert len(base64.b64decode(str(told["key"]))) == 32
    assert told["count"] * told["interval_ms"] == TAKES_MS < asked["seconds"] * 1000
    assert keeper.answers(probe) == []
    assert keeper.bench.view.counters().answers_unknown == 0
    keeper.measured(a, b)
    measured = keeper.bench.lines.measured_pair(a, b)
    assert (measured.sent, measured.received, measured.rtt_p50_ms) == (60, 60, 40.0)
    (stored,) = LinksReader(keeper.bench.database.reader).pairs_since(0)
    assert (stored.station, stored.said.leg, stored.said.received) == (a, f"pair/{b}", 60)


def test_keys_are_of_one_test_only(keeper: Keeper) -> None:
    keeper.born(A, B)
    keys = set()
    for _ in range(3):
        (reflect,) = keeper.round()
        keys.add(reflect.command.arguments["key"])
        (probe,) = keeper.answers(reflect)
        keeper.answers(probe)
    assert len(keys) == 3


def test_nobody_is_ordered_while_one_of_two_is_away_or_the_broker_is(keeper: Keeper) -> None:
    keeper.born(A)
    assert keeper.round() == []
    keeper.born(B)
    assert keeper.round(connected=False) == []
    assert len(keeper.round()) == 1
    assert keeper.round() == [], "both are at it"


def test_who_has_no_reflector_of_its_own_only_probes(keeper: Keeper) -> None:
    keeper.born(A, reflector=None)
    keeper.born(B)
    for _ in range(4):
        (reflect,) = keeper.round()
        assert reflect.station == B
        (probe,) = keeper.answers(reflect)
        assert probe.station == A
        keeper.answers(probe)
    keeper.born(B, reflector=None, boot=2)
    assert keeper.round() == []


def test_a_station_that_does_not_answer_is_given_up_and_tried_again(keeper: Keeper) -> None:
    keeper.born(A, B)
    (reflect,) = keeper.round()
    keeper.round(after_ms=ANSWER_WITHIN_MS - EVERY_MS)
    (again,) = keeper.round(after_ms=EVERY_MS)
    assert again.command.id != reflect.command.id
    assert keeper.answers(reflect) == [], "too late: its session may be over"


def test_a_station_that_cannot_is_asked_again_only_after_it_began_anew(keeper: Keeper) -> None:
    keeper.born(A, B, C)
    (reflect,) = keeper.round()
    assert keeper.answers(reflect, "unknown_command") == []
    old = reflect.station
    for _ in range(6):
        for ordered in keeper.round():
            assert ordered.station != old
            for probe in keeper.answers(ordered):
                assert probe.station != old
                keeper.answers(probe)
    keeper.born(old, boot=2)
    pairs = set()
    for _ in range(6):
        (reflect,) = keeper.round()
        (probe,) = keeper.answers(reflect)
        pairs.add(frozenset((reflect.station, probe.station)))
        keeper.answers(probe)
    assert any(old in pair for pair in pairs)


def test_a_station_that_is_busy_is_asked_again_after_some_minutes(keeper: Keeper) -> None:
    keeper.born(A, B)
    (reflect,) = keeper.round()
    keeper.answers(reflect, "failed")
    waited = 0
    while not (again := keeper.round()):
        waited += EVERY_MS
    assert 500_000 < waited <= 600_000
    assert {one.command.name for one in again} == {REFLECT}


def test_a_third_station_cannot_answer_for_another(keeper: Keeper) -> None:
    keeper.born(A, B, C)
    (reflect,) = keeper.round()
    thief = ({A, B, C} - {reflect.station}).pop()
    assert keeper.answers(reflect, station=thief) == []
    assert len(keeper.answers(reflect)) == 1


def test_a_pair_that_is_worse_than_its_legs_is_odd_until_it_is_not(keeper: Keeper) -> None:
    keeper.born(A, B, C, D)
    keeper.well(A, B)
    keeper.measured(A, B)
    assert list(keeper.pairing.odd) == []
    keeper.measured(A, B, received=40)
    assert list(keeper.pairing.odd) == [(A, B)]
    keeper.measured(A, C, received=40)
    assert list(keeper.pairing.odd) == [(A, B)], "of C's line nothing is known"
    keeper.measured(A, B)
    assert list(keeper.pairing.odd) == []


def test_one_station_that_finds_everybody_odd_draws_few_tests_to_itself(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pairing_module, "MOST_ODD", 2)
    keeper.born(A, B, C, D)
    keeper.well(A, B, C, D)
    keeper.measured(B, C, received=40)
    for other in (B, C, D):
        keeper.measured(A, other, received=40)
    assert list(keeper.pairing.odd) == [(B, C), (A, C), (A, D)], "its newest"
    keeper.round()  # the circle's turn
    keeper.pairing._busy.clear()
    (reflect,) = keeper.round()
    assert reflect.station == C
    assert list(keeper.pairing.odd) == [(A, C), (A, D), (B, C)], "whose turn it was waits behind the others"


def test_what_a_station_says_of_its_failure_is_a_code_or_nothing(
    keeper: Keeper, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    keeper.born(A, B)
    (reflect,) = keeper.round()
    answer = Answer(reflect.command.id, "failed", "\x1b[2J\nE-HUB-99 all is well")
    keeper.bench.edge.put("answer", answer, station=reflect.station, at_ms=keeper.bench.clock.now_ms())
    keeper.bench.round()
    told = [record.getMessage() for record in caplog.records if "pair test" in record.getMessage()]
    assert told
    assert "all is well" not in told[0]


def test_a_pair_of_nobody_and_one_of_old_times_change_nothing(keeper: Keeper) -> None:
    keeper.born(A, B)
    keeper.measured(A, "999999109999", received=0)
    keeper.records(A, Record(2, LinkSummary(f"pair/{B}", 6_000, 60, 0, 0), at_ms=None, undated=None))
    assert list(keeper.pairing.odd) == []
    assert keeper.bench.lines.measured_pair(A, B) is None, "without a date it is of before the station heard the hub"


def test_a_hub_that_is_to_test_none_orders_none(bench: Bench) -> None:
    keeper = Keeper(bench)
    keeper.pairing._every_ms = None
    keeper.born(A, B)
    assert [keeper.round() for _ in range(3)] == [[], [], []]


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("192.0.2.7:8620", ("192.0.2.7", 8620)),
        ("[2001:db8::7]:8620", ("2001:db8::7", 8620)),
        ("127.0.0.1:40000", ("127.0.0.1", 40000)),
        (":8620", None),
        ("192.0.2.7", None),
        ("192.0.2.7:0", None),
        ("192.0.2.7:53", None),
        ("192.0.2.7:99999", None),
        ("192.0.2.7:８６２０", None),
        ("224.0.0.1:8620", None),
        ("0.0.0.0:8620", None),
        ("169.254.1.1:8620", None),
        ("fe80::1%eth0:8620", None),
        ("2001:db8::7%1:8620", None),
        ("[::ffff:224.0.0.1]:8620", None),
        ("[::ffff:192.0.2.7]:8620", ("192.0.2.7", 8620)),
        ("255.255.255.255:8620", None),
        ("192.0.2.7:8620\n", None),
        ("\x1b[2J:8620", None),
        ("village.example:8620", None),
        ("", None),
    ],
)
def test_nobody_is_sent_to_what_is_no_stations_address(said: str, address: tuple[str, int] | None) -> None:
    assert address_of(said) == address
