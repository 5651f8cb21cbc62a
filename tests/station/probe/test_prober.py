"""The probing thread on real sockets: the county in all weathers, orders from the county, and troubles of its own."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from station.probe import leg
from station.probe import pair as pair_module
from station.probe import prober as prober_module
from station.probe import reflecting as reflecting_module
from station.probe.leg import Burst
from station.probe.pair import PairOrder
from station.probe.prober import Prober
from station.probe.probes import MOST_PAIRS
from station.probe.reflecting import MOST_SESSIONS, ReflectOrder
from station.probe.trouble import Troubles
from tests.stamp.impairment import Impairment, Way
from tests.station.probe.reflectors import KEY, free_port, no_more_sockets, reflecting, session
from tests.waiting import wait_for
from wire.orders import Answer
from wire.records import LinkSummary


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leg, "WAIT_NS", 150_000_000)
    monkeypatch.setattr(pair_module, "WAIT_NS", 150_000_000)


class Probing(Prober):
    """A prober whose summaries and answers are kept."""

    def __init__(self, reflect_port: int = 0) -> None:
        self.troubles = Troubles()
        super().__init__("127.0.0.1", reflect_port, self.troubles, retry_s=0.05)
        self.told: list[LinkSummary] = []
        self.answered: dict[str, Answer] = {}

    def summary(self, leg: str = "county", *, received: bool | None = None) -> LinkSummary:
        """Wait for the next one of this leg."""

        def found() -> LinkSummary | None:
            self.told += self.summaries()
            fit = [one for one in self.told if one.leg == leg and (received is None or (one.received > 0) is received)]
            if fit:
                self.told.remove(fit[0])
            return fit[0] if fit else None

        one = wait_for(found, f"a summary of {leg}")
        assert isinstance(one, LinkSummary)
        return one

    def answer(self, command: str) -> Answer:
        def found() -> Answer | None:
            self.answered |= {one.id: one for one in self.answers()}
            return self.answered.get(command)

        one = wait_for(found, f"the answer to {command}")
        assert isinstance(one, Answer)
        return one


@contextmanager
def probing(reflect_port: int = 0) -> Iterator[Probing]:
    prober = Probing(reflect_port)
    prober.start()
    try:
        yield prober
    finally:
        prober.close()


def codes(troubles: Troubles) -> list[str]:
    return [event.code for event in troubles.events()]


def test_the_county_is_measured_from_its_first_session_on() -> None:
    with reflecting(7) as port, probing() as prober:
        assert prober.summaries() == []
        prober.take(session(port, host=None))
        summary = prober.summary()
        assert (summary.leg, summary.lasted_ms) == ("county", 200)
        assert summary.sent >= 5
        assert summary.sent == summary.reached == summary.received
        assert 0 < summary.measures["rtt_min_ms"] <= summary.measures["rtt_p50_ms"] < 100
        assert codes(prober.troubles) == []


def test_it_goes_on_while_nobody_answers_and_after_the_county_came_back_with_another_key() -> None:
    port = free_port()
    with probing() as prober:
        prober.take(session(port))
        lost = prober.summary()
        assert lost.sent >= 5
        assert (lost.reached, lost.received) == (0, 0)
        with reflecting(8) as back:
            prober.take(session(back, ssid=8))
            assert prober.summary(received=True).reached > 0


def test_what_was_measured_before_the_end_is_not_lost() -> None:
    with reflecting(7) as port, probing() as prober:
        prober.take(session(port, every_ms=600_000))
        wait_for(lambda: (one := prober._probes.leg) is not None and one._sender._next > 20, "packets old enough")
        prober.close()
        (last,) = prober.summaries()
        assert last.sent == last.received >= 1


def test_a_name_that_cannot_be_looked_up_holds_nothing_up_and_is_a_dead_line() -> None:
    with probing() as prober:
        prober.take(session(9, host="no-such-hub.invalid"))
        lost = prober.summary()
        assert lost.sent >= 5
        assert lost.received == 0


def test_a_name_is_looked_up_in_a_thread_of_its_own() -> None:
    with reflecting(7) as port, probing() as prober:
        prober.take(session(port, host="localhost"))
        assert prober.summary(received=True).received > 0


def test_a_burst_on_order_is_answered_with_its_figures_and_recorded() -> None:
    with reflecting(7) as port, probing() as prober:
        prober.order("early", Burst(40, 1))
        assert (prober.answer("early").outcome, prober.answer("early").note) == ("failed", "E-PROBE-04")
        prober.take(session(port))
        prober.order("one", Burst(40, 1))
        prober.order("two", Burst(40, 1))
        assert (prober.answer("two").outcome, prober.answer("two").note) == ("failed", "E-PROBE-05")
        done = prober.answer("one")
        assert done.outcome == "done"
        assert done.measures["packets_per_s"] == 40.0
        assert done.measures["lasted_ms"] == 1_000
        assert 35 <= done.measures["sent"] == done.measures["received"] <= 41
        recorded = wait_for(
            lambda: [one for one in (prober.told.extend(prober.summaries()) or prober.told) if one.sent >= 35],
            "its record",
        )
        assert recorded[0].measures["packets_per_s"] == 40.0


def pair(port: int, ssid: int = 9, count: int = 30) -> PairOrder:
    return PairOrder("999999101002", "127.0.0.1", port, ssid, KEY, count, 20)


def test_two_villages_test_their_line_and_the_port_is_shut_again() -> None:
    port = free_port()
    with probing(port) as there, probing() as here:
        there.order("open", ReflectOrder(9, KEY, 1))
        assert there.answer("open").outcome == "done"
        here.order("pair", pair(port, count=10))
        here.order("stranger", pair(port, ssid=10, count=10))
        seen, unseen = here.summary("pair/999999101002", received=True), here.summary("pair/999999101002")
        assert (seen.sent, seen.reached, seen.received) == (10, 10, 10)
        assert (unseen.sent, unseen.reached, unseen.received) == (10, 0, 0)
        assert here.answer("pair").outcome == here.answer("stranger").outcome == "done"
        assert here.answer("stranger").measures["received"] == 0
        wait_for(lambda: there._reflecting.socket is None, "the port is given back")
        here.order("late", pair(port, count=1))
        assert here.summary("pair/999999101002").received == 0


def test_what_a_bad_line_lost_is_told_each_way_and_so_is_its_delay() -> None:
    there, back = Way(loss=0.15, delay_ms=12, jitter_ms=1), Way(loss=0.05, delay_ms=8, jitter_ms=1)
    with reflecting(9) as port, Impairment(("127.0.0.1", port), there, back, seed=4) as line, probing() as prober:
        prober.order("pair", pair(line.port, count=150)._replace(interval_ms=5))
        seen = prober.summary("pair/999999101002")
        truth = sum(not one.lost for one in line.there), sum(not one.lost for one in line.back)
        assert seen.sent == 150
        assert abs(seen.reached - truth[0]) <= 1
        assert seen.received == truth[1] < truth[0] < 150
        assert seen.measures["rtt_min_ms"] >= 20.0


def test_orders_at_once_are_bounded() -> None:
    port = free_port()
    with probing(port) as prober:
        for at in range(MOST_PAIRS):
            prober.order(f"pair-{at}", pair(port, count=200))
        prober.order("too-many", pair(port))
        assert prober.answer("too-many").note == "E-PROBE-05"
        for ssid in range(1, MOST_SESSIONS + 1):
            prober.order(f"reflect-{ssid}", ReflectOrder(ssid, KEY, 60))
        prober.order("reflect-again", ReflectOrder(1, KEY, 60))
        prober.order("reflect-more", ReflectOrder(99, KEY, 60))
        assert prober.answer("reflect-more").note == "E-PROBE-05"
        assert prober.answer("reflect-again").outcome == "done"


def test_without_a_port_it_reflects_nothing() -> None:
    with probing(0) as prober:
        prober.order("open", ReflectOrder(9, KEY, 2))
        assert (prober.answer("open").outcome, prober.answer("open").note) == ("failed", "E-PROBE-06")


def test_a_port_that_is_taken_is_told_once_and_tried_with_each_order(monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    with probing(port) as prober:
        with monkeypatch.context() as patched:
            patched.setattr(reflecting_module, "StampSocket", no_more_sockets)
            for command in ("one", "two"):
                prober.order(command, ReflectOrder(9, KEY, 2))
                assert (prober.answer(command).outcome, prober.answer(command).note) == ("failed", "E-PROBE-03")
        assert codes(prober.troubles) == ["E-PROBE-03"]
        prober.order("three", ReflectOrder(9, KEY, 2))
        assert prober.answer("three").outcome == "done"


def test_without_a_socket_it_is_told_once_and_tried_until_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with reflecting(7) as port:
        with monkeypatch.context() as patched:
            patched.setattr(prober_module, "StampSocket", no_more_sockets)
            prober = Probing()
            prober.start()
            prober.take(session(port))
            told = wait_for(prober.troubles.events, "the trouble")
            assert [(event.device, event.code, event.note) for event in told] == [
                ("line", "E-PROBE-01", "Too many open files")
            ]
        try:
            assert prober.summary(received=True).received > 0
            assert codes(prober.troubles) == []
        finally:
            prober.close()


def test_an_error_of_its_own_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        def __iter__(self) -> Iterator[object]:
            raise ValueError("nobody thought of this")

    with reflecting(7) as port, probing() as prober:
        prober.take(session(port))
        prober.order("pair", pair(port, count=2_000))
        wait_for(lambda: prober._probes.pairs, "a test under way")
        prober._wanted.put(Broken())  # type: ignore[arg-type]
        assert (prober.answer("pair").outcome, prober.answer("pair").note) == ("failed", "E-PROBE-02")
        assert prober.summary(received=True).received > 0
        assert codes(prober.troubles) == ["E-PROBE-02"]
        assert "E-PROBE-02" in caplog.text


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_died_is_begun_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with reflecting(7) as port, probing() as prober:
        prober.take(session(port))
        assert prober.summary(received=True)
        prober.revive()
        with monkeypatch.context() as patched:
            patched.setattr(prober._probes, "step", lambda _: sys.exit())
            prober._thread.join(5)
        assert not prober._thread.is_alive()
        prober.revive()
        assert prober._thread.is_alive()
        prober.take(session(port))
        assert prober.summary(received=True)
        assert codes(prober.troubles) == ["E-PROBE-02"]


def test_it_ends_at_once_and_leaves_no_thread() -> None:
    with reflecting(7) as port, probing(free_port()) as prober:
        prober.take(session(port))
        prober.order("open", ReflectOrder(9, KEY, 600))
        assert prober.answer("open").outcome == "done"
    assert not [thread for thread in threading.enumerate() if thread.name == "prober"]
    assert prober._reflecting.socket is None
