"""Simulated stations on real sockets: their made-up lines show in what they measure, also of each other."""

import time
from collections.abc import Iterator

import pytest

from station.fleet.crew import ROUND_S
from station.fleet.lines import LineFault, VillageLine
from station.fleet.probing import Sockets, StationProbing
from station.probe import leg
from station.probe import pair as pair_module
from station.probe.leg import Burst
from station.probe.pair import PairOrder
from station.probe.reflecting import ReflectOrder
from tests.station.probe.reflectors import KEY, reflecting, session
from tests.waiting import wait_for
from wire.orders import Answer
from wire.records import LinkSummary


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leg, "WAIT_NS", 600_000_000)
    monkeypatch.setattr(pair_module, "WAIT_NS", 200_000_000)


@pytest.fixture
def sockets() -> Iterator[Sockets]:
    opened = Sockets()
    yield opened
    opened.close()


class Village:
    """One simulated station at the end of a line that is told."""

    def __init__(self, sockets: Sockets, rtt_ms: float, loss_up: float = 0.0, loss_down: float = 0.0) -> None:
        self.line = VillageLine("x")
        self.line.rtt_ms, self.line.loss_up, self.line.loss_down = rtt_ms, loss_up, loss_down
        self.probing = StationProbing(sockets, self.line, "127.0.0.1")
        self.summaries: list[LinkSummary] = []
        self.answers: list[Answer] = []


def crew_until(sockets: Sockets, villages: list[Village], done: str, of: Village) -> list[object]:
    """Work as a crew does until `of` has some of `done`; return those."""

    def one_round() -> list[object]:
        time.sleep(ROUND_S)
        sockets.serve()
        for village in villages:
            told = village.probing.work()
            if told is not None:
                village.summaries += told.summaries
                village.answers += told.answers
        return list(getattr(of, done))

    found = wait_for(one_round, f"{done} of a village")
    assert isinstance(found, list)
    return found


def test_each_village_measures_its_own_line_though_all_share_a_socket(sockets: Sockets) -> None:
    near, far, cut = Village(sockets, 10.0), Village(sockets, 200.0), Village(sockets, 20.0, loss_up=1.0)
    with reflecting(1, 2, 3) as port:
        for ssid, village in enumerate((near, far, cut), 1):
            village.probing.take_session(session(port, ssid=ssid, host=None))
        for village in (near, far, cut):
            crew_until(sockets, [near, far, cut], "summaries", village)
    assert near.summaries[0].sent == near.summaries[0].reached == near.summaries[0].received >= 3
    assert 10.0 <= near.summaries[0].measures["rtt_min_ms"] < 60
    assert 200.0 <= far.summaries[0].measures["rtt_min_ms"] < 260
    assert far.summaries[0].received == far.summaries[0].sent
    assert (cut.summaries[0].reached, cut.summaries[0].received) == (0, 0)


def test_a_loss_on_the_way_down_is_one_on_the_way_down(sockets: Sockets) -> None:
    village = Village(sockets, 5.0)
    village.line.fault = LineFault(loss_down=0.3)
    with reflecting(1) as port:
        village.probing.take_session(session(port, ssid=1, every_ms=600))
        crew_until(sockets, [village], "summaries", village)
    (summary,) = village.summaries
    assert summary.reached >= summary.sent - 8, "losses at the end may look like losses on the way up"
    assert 0 < summary.received < summary.reached


def test_a_pair_s_line_is_both_lines_together(sockets: Sockets) -> None:
    one, other = Village(sockets, 30.0), Village(sockets, 50.0)
    assert other.probing.order("open", ReflectOrder(9, KEY, 60)) == Answer("open", "done")
    pair = PairOrder("999999101002", "127.0.0.1", sockets.reflect_port, 9, KEY, 20, 20)
    assert one.probing.order("pair", pair) is None
    crew_until(sockets, [one, other], "summaries", one)
    assert (one.summaries[0].sent, one.summaries[0].received) == (20, 20)
    assert 80.0 <= one.summaries[0].measures["rtt_min_ms"] < 87.0
    assert one.summaries[0].measures["rtt_p50_ms"] < 93.0, "what a round of the crew takes is nobody's line"
    assert [(answer.id, answer.outcome) for answer in one.answers] == [("pair", "done")]
    other.line.has_power = False
    assert one.probing.order("dark", pair._replace(packets=5)) is None
    one.summaries.clear()
    crew_until(sockets, [one, other], "summaries", one)
    assert (one.summaries[0].reached, one.summaries[0].received) == (0, 0)


def test_orders_are_refused_as_the_agent_refuses_them(sockets: Sockets) -> None:
    village = Village(sockets, 5.0)
    assert village.probing.order("early", Burst(20, 1)) == Answer("early", "failed", note="E-PROBE-04")
    without = StationProbing(None, village.line, "127.0.0.1")
    without.take_session(session(9))
    assert without.work() is None
    assert without.order("off", Burst(20, 1)) == Answer("off", "failed", note="E-PROBE-07")


def test_a_station_that_starts_anew_hears_nothing_of_before(sockets: Sockets) -> None:
    village = Village(sockets, 5.0)
    with reflecting(1) as port:
        village.probing.take_session(session(port, ssid=1))
        crew_until(sockets, [village], "summaries", village)
        village.probing.start_anew()
        assert village.probing.work() is None
        assert sockets._takers == {}
