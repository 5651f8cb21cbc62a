"""The agent as a process measures its line: also while the broker is away, and nothing of that is missing."""

import time

import pytest

from station.settings import CameraSettings
from tests.county import County
from tests.station.agent.processes import Make, Station
from tests.station.probe.reflectors import KEY, reflecting
from tests.station.probe.test_rtsp import nobody_listens
from tests.station.small_hub import SmallHub
from tests.waiting import wait_for
from wire.orders import Answer, Command
from wire.probe import ProbeSession
from wire.records import LinkSummary

FAR_MS = 2**42


def summaries(hub: SmallHub, station: Station) -> list[LinkSummary]:
    return [record.body for record in hub.records(station.id) if isinstance(record.body, LinkSummary)]


def answered(hub: SmallHub, station: Station, name: str, **arguments: str | int) -> Answer:
    hub.command(station.id, Command(name, name, FAR_MS, {**arguments}))
    (answer,) = wait_for(lambda: [one for _, one in hub.answers if one.id == name], f"an answer to {name}")
    assert isinstance(answer, Answer)
    return answer


@pytest.mark.slow
def test_the_line_is_measured_over_an_outage_without_a_hole_and_orders_are_done(county: County, stations: Make) -> None:
    station = stations()
    with reflecting(7) as port, SmallHub(county) as hub:
        station.start()
        wait_for(lambda: station.spool.note("hub") == "online", "welcomed")
        assert hub.births[0][1].reflector == "127.0.0.1:8620"
        begun_s = time.monotonic()
        hub.probe(station.id, ProbeSession(port, 7, KEY, interval_ms=100, every_ms=1_000))
        wait_for(lambda: summaries(hub, station), "a summary")
        county.stop_broker()
        wait_for(lambda: station.spool.depth().records >= 2, "summaries of the outage in the outbox")
        county.start_broker()
        wait_for(lambda: station.spool.note("hub") == "online" and station.drained(), "all at the hub")
        found = summaries(hub, station)
        assert len(found) >= 3
        assert {one.lasted_ms for one in found} == {1_000}, "one after the other, none missing"
        assert all(one.sent >= 8 for one in found)
        assert sum(one.sent for one in found) <= (time.monotonic() - begun_s) * 10 + 1
        assert all(one.received == one.reached == one.sent for one in found), "this broker is not the line"
        assert answered(hub, station, "pair", host="x").note == "E-CMD-05"


@pytest.mark.slow
def test_why_no_picture_comes_stands_in_the_beat(county: County, stations: Make) -> None:
    with SmallHub(county) as hub:
        station = stations(cameras=[CameraSettings("yard", f"rtsp://127.0.0.1:{nobody_listens()}/s")])
        station.start()

        def codes() -> set[str | None]:
            return {state.code for _, beat in hub.beats for state in beat.devices if state.device == "camera/yard"}

        wait_for(lambda: "E-PROBE-11" in codes(), "the camera does not answer at all", 30)
        assert codes() == {None, "E-CAM-02", "E-PROBE-11"}
