"""Every live birth is answered with a session of the county's reflector, and only who has it is heard."""

import socket
from collections.abc import Iterator

import msgspec
import pytest

from hub.errors import HubError
from hub.ingest.items import Sees
from hub.ingest.outward import PACE
from hub.ingest.probing import EXPIRES_S, TELL_EVERY_MS, Probing, open_reflector
from hub.settings import ProbeSettings
from stamp.sender import SessionSender
from stamp.udp import StampSocket
from tests.hub.ingest.conftest import STATION, VILLAGES, Bench
from tests.waiting import wait_for
from wire.codec import decode
from wire.life import Birth
from wire.probe import ProbeSession

EPOCH = "a" * 16
OTHER = VILLAGES[1].code
SETTINGS = ProbeSettings(listen="127.0.0.1", port=0)


class Prober:
    """A station that is told its session and probes by it."""

    def __init__(self, session: ProbeSession) -> None:
        self.sender = SessionSender(ssid=session.ssid, key=session.key)
        self.socket = StampSocket("127.0.0.1")
        self.to = ("127.0.0.1", session.port)
        self.at_ns = 1_795_000_000_000_000_000
        self.sent: list[bytes] = []

    def probe(self) -> None:
        self.at_ns += 1_000_000_000
        self.sent.append(self.sender.packet(self.at_ns))
        self.send(self.sent[-1])

    def send(self, packet: bytes) -> None:
        assert self.socket.send(packet, self.to)

    def is_answered(self) -> bool:
        return any(self.sender.take(packet.payload, packet.at_ns) for packet in self.socket.packets())


class Keeper:
    """The chore on a hub without broker, with its reflector on a real port."""

    def __init__(self, bench: Bench, settings: ProbeSettings = SETTINGS) -> None:
        self.bench = bench
        self.thread = open_reflector(settings)
        self.thread.start()
        self.probing = Probing(settings, bench.edge, bench.recalled.county.members, self.thread)
        self.at_ms = bench.clock.now_ms()
        bench.edge.items.append(Sees(self.at_ms))
        bench.round()

    def born(self, station: str = STATION, *, boot: int = 1, retain: bool = False) -> None:
        birth = Birth(boot, EPOCH, "test", 30, 30.0)
        self.bench.edge.put("life", birth, station=station, at_ms=self.bench.clock.now_ms(), retain=retain)
        self.bench.round()

    def round(self, *, connected: bool = True, after_ms: int = 300) -> dict[str, ProbeSession]:
        """Return what was sent to whom in one round."""
        self.at_ms += after_ms
        self.bench.edge.published.clear()
        self.probing.round(self.at_ms, connected=connected)
        sent = {}
        for topic, payload, retain, expires_s in self.bench.edge.published:
            assert (topic.split("/")[2:], retain, expires_s) == (["down", "probe"], False, EXPIRES_S)
            sent[topic.split("/")[1]] = decode(payload, ProbeSession)
        return sent

    def refused(self, why: str) -> int:
        with self.thread.lock:
            return self.thread.reflector.counts[why]


@pytest.fixture
def keeper(bench: Bench) -> Iterator[Keeper]:
    made = Keeper(bench)
    yield made
    made.thread.stop()


def test_each_live_birth_is_answered_with_the_session_and_others_are_not(keeper: Keeper) -> None:
    assert keeper.round() == {}
    keeper.born(retain=True)
    assert keeper.round() == {}, "kept by the broker: nobody may be there"
    keeper.born()
    first = keeper.round()[STATION]
    assert (first.port, first.host, first.interval_ms) == (keeper.thread.socket.port, None, 1_000)
    assert keeper.round() == {}
    keeper.born()
    assert keeper.probing.session_since_ms(STATION) == keeper.at_ms - 300
    assert keeper.round() == {STATION: first}, "the same session of the same boot: its counts go on"
    assert keeper.probing.session_since_ms(STATION) == keeper.at_ms - 600
    keeper.born(boot=2)
    second = keeper.round()[STATION]
    assert (second.ssid, second.key != first.key) == (first.ssid, True)
    assert keeper.probing.session_since_ms(STATION) == keeper.at_ms
    assert keeper.probing.session_since_ms(OTHER) is None
    keeper.born(OTHER)
    assert keeper.round()[OTHER].ssid != first.ssid


def test_what_the_broker_does_not_take_is_sent_later(keeper: Keeper) -> None:
    keeper.born()
    assert keeper.round(connected=False) == {}
    keeper.bench.edge.connected = False
    assert keeper.round() == {}
    keeper.bench.edge.connected = True
    assert list(keeper.round()) == [STATION]


def test_a_county_is_answered_a_few_in_a_round(bench: Bench) -> None:
    member = bench.recalled.county.members[STATION]
    keeper = Keeper(bench)
    keeper.born()
    codes = [f"999999{number:06d}" for number in range(100_000, 100_000 + 2 * PACE + 7)]
    keeper.probing = Probing(SETTINGS, bench.edge, dict.fromkeys(codes, member), keeper.thread)
    rounds = [keeper.round() for _ in range(4)]
    assert [len(sent) for sent in rounds] == [PACE, PACE, 7, 0]
    assert len({session.ssid for sent in rounds for session in sent.values()}) == len(codes)
    keeper.thread.stop()


def test_whose_probes_come_is_heard_and_answered(keeper: Keeper) -> None:
    keeper.born()
    prober = Prober(keeper.round()[STATION])
    assert keeper.probing.probes(STATION, keeper.at_ms) == "none"
    prober.probe()
    wait_for(prober.is_answered, "the county's reflector answers")
    keeper.round()
    assert keeper.probing.probes(STATION, keeper.at_ms) == "coming"
    assert keeper.probing.heard_ms() == {STATION: keeper.at_ms}
    assert keeper.probing.probes(OTHER, keeper.at_ms) == "none"
    prober.socket.close()


def silence_and_others(keeper: Keeper, other: Prober) -> str:
    """Let ten seconds pass in which the other village probes; return what is said of the first."""
    for _ in range(10):
        other.probe()
        wait_for(other.is_answered, "the other village is answered")
        keeper.round(after_ms=1_000)
    return keeper.probing.probes(STATION, keeper.at_ms)


def test_a_village_does_not_look_alive_by_what_somebody_recorded_or_forged(keeper: Keeper) -> None:
    keeper.born()
    keeper.born(OTHER)
    sessions = keeper.round()
    old, other = Prober(sessions[STATION]), Prober(sessions[OTHER])
    for _ in range(3):
        old.probe()
        wait_for(old.is_answered, "answered")
    recorded, before_ms = list(old.sent), keeper.at_ms
    keeper.round()
    assert silence_and_others(keeper, other) == "silent"
    thief = Prober(sessions[STATION])
    forger = Prober(msgspec.structs.replace(sessions[STATION], key=bytes(32)))
    for packet in recorded:
        thief.send(packet)
    forger.probe()
    wait_for(lambda: keeper.refused("forged") == 1, "what is forged is refused")
    assert silence_and_others(keeper, other) == "silent", "recorded packets prove nothing"
    assert keeper.probing.heard_ms()[STATION] <= before_ms + 1_000

    keeper.born(boot=2)
    keeper.round()
    assert keeper.probing.probes(STATION, keeper.at_ms) == "none", "of the new session nothing was heard"
    old.probe()
    wait_for(lambda: keeper.refused("forged") == 2, "the old session is over")
    assert silence_and_others(keeper, other) == "none"
    for one in (old, other, thief, forger):
        one.socket.close()


def test_what_is_refused_is_told_once_a_minute_without_an_address(
    keeper: Keeper, caplog: pytest.LogCaptureFixture
) -> None:
    keeper.born()
    forger = Prober(msgspec.structs.replace(keeper.round()[STATION], key=bytes(32)))
    for _ in range(3):
        forger.probe()
    wait_for(lambda: keeper.refused("forged") == 3, "refused")
    caplog.clear()
    for _ in range(4):
        keeper.round(after_ms=TELL_EVERY_MS // 2)
    told = [record.getMessage() for record in caplog.records]
    assert [text for text in told if "E-LINE-03" in text] == ["E-LINE-03 probes refused 有探测包被拒绝: forged 3"]
    forger.socket.close()


def test_another_start_of_the_hub_has_other_keys(keeper: Keeper, bench: Bench) -> None:
    keeper.born()
    before = keeper.round()[STATION]
    keeper.probing = Probing(SETTINGS, bench.edge, bench.recalled.county.members, keeper.thread)
    assert keeper.round()[STATION].key != before.key


def test_where_the_reflector_is_reached_may_be_said(bench: Bench) -> None:
    keeper = Keeper(bench, ProbeSettings(host="probe.example", listen="127.0.0.1", port=0, interval_ms=500))
    keeper.born()
    session = keeper.round()[STATION]
    assert (session.host, session.interval_ms) == ("probe.example", 500)
    keeper.thread.stop()


def test_a_port_that_is_taken_is_said_at_the_start() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(HubError, match=r"E-LINE-01 .*probe\.port"):
            open_reflector(ProbeSettings(listen="127.0.0.1", port=taken.getsockname()[1]))
