"""The county is never told a lie: what is offline, what is unknown, and how fast it is known."""

import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.end_to_end.small_county import SmallCounty

pytestmark = pytest.mark.slow

KEEPALIVE_S = 2


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallCounty]:
    with ExitStack() as stack:
        small = SmallCounty(tmp_path_factory.mktemp("small") / "county", keepalive_s=KEEPALIVE_S)
        stack.callback(small.county.stop_broker)
        for part in (small.hub, *small.agents):
            stack.callback(part.down)
        small.up()
        yield small


def test_a_killed_station_is_offline_within_five_seconds_and_back_when_started(small: SmallCounty) -> None:
    killed = time.monotonic()
    small.agents[0].signal(signal.SIGKILL)
    answer = small.api.wait_state(small.codes[0], "offline")
    assert time.monotonic() - killed < 5.0
    assert answer["reason"] == "died"
    assert small.states()[1:] == ["online", "online"]
    small.agents[0].up()
    small.api.wait_state(small.codes[0], "online")


def test_a_silent_station_is_offline_within_its_keepalive_and_a_second(small: SmallCounty) -> None:
    silent = time.monotonic()
    small.agents[1].signal(signal.SIGSTOP)
    answer = small.api.wait_state(small.codes[1], "offline")
    took_s = time.monotonic() - silent
    small.agents[1].signal(signal.SIGCONT)
    assert took_s < 1.75 * KEEPALIVE_S + 1.0
    assert answer["state"] == "offline"
    small.api.wait_state(small.codes[1], "online")


def test_a_stopped_broker_makes_stations_unknown_never_offline(small: SmallCounty) -> None:
    small.county.stop_broker()
    seen: set[str] = set()
    deadline = time.monotonic() + 1.75 * KEEPALIVE_S + 2.0
    while time.monotonic() < deadline:
        seen |= set(small.states())
        time.sleep(0.1)
    assert set(small.states()) == {"unknown"}
    assert "offline" not in seen
    small.county.start_broker()
    small.all_online()


def test_a_hub_killed_and_restarted_raises_no_false_offline(small: SmallCounty) -> None:
    small.hub.signal(signal.SIGKILL)
    small.hub.up()
    small.api.wait_healthy()
    seen: set[str] = set()
    deadline = time.monotonic() + 1.75 * KEEPALIVE_S + 2.0
    while time.monotonic() < deadline:
        seen |= set(small.states())
        time.sleep(0.1)
    assert set(small.states()) == {"online"}
    assert "offline" not in seen
