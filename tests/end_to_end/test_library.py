"""A document published at the county lies on the stations' shelves, once; a bad one leaves the old one there."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest

from demo.processes import stop, tool
from hub.library.desk import LibraryDesk, check
from hub.library.rules import Spot
from hub.library.standing import Standing, standings
from hub.store.documents import add_edition
from hub.store.engine import Database, writing
from station.store.library import look_at_shelf
from tests.county import County, running_county
from tests.end_to_end.small_county import Part
from tests.waiting import wait_for
from wire.codec import decode
from wire.orders import Library

pytestmark = pytest.mark.slow

FLEET = 8
PACE = {"keepalive_s": 5, "beat_every_s": 0.5, "reconnect_max_s": 0.5, "rebirth_spread_s": 0.2}


class Ear:
    """Counts what the hub publishes to whom; what the broker kept from before does not count."""

    def __init__(self, county: County) -> None:
        self.heard: list[tuple[str, str, int]] = []
        subscribed = threading.Event()
        self.client = county.client("hub")
        self.client.on_connect = lambda client, *_: client.subscribe("v1/+/down/library/#", 1)
        self.client.on_subscribe = lambda *_: subscribed.set()
        self.client.on_message = self._on_message
        self.client.connect("127.0.0.1", county.ports.mqtt)
        self.client.loop_start()
        assert subscribed.wait(10)

    def _on_message(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        if not message.retain:
            sent = decode(bytes(message.payload), Library)
            self.heard.append((message.topic.split("/")[1], sent.documents[0].name, sent.version))

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


class Town:
    """One real agent, a fleet beside it, a hub, and the desk at which documents are published."""

    def __init__(self, county: County) -> None:
        self.county = county
        self.ear = Ear(county)
        config = county.station(0, **PACE)
        for index in range(1, 1 + FLEET):
            county.station(index, **PACE)
        self.code = county.villages[0].code
        self.shelf = config.parent / "state" / "library.json"
        log = county.folder / "log"
        self.agent_log = log / "agent.log"
        self.agent = Part(self.agent_log, tool("station"), "agent", "--config", config)
        options = ("--county-dir", county.folder, "--except", self.code, "--stations", FLEET, "--visits-per-hour", 0)
        self.fleet = Part(log / "fleet.log", tool("station"), "fleet", *options)
        self.hub = Part(log / "hub.log", tool("hub"), "run", "--config", county.hub_config)
        settings = county.hub_settings()
        self.database = Database(settings.database)
        self.desk = LibraryDesk(settings, self.database)
        self.spot = Spot("county", settings.county)
        self.now_ms = 1_795_000_000_000

    def publish(self, name: str, content: object) -> int:
        draft = check(name, json.dumps(content, ensure_ascii=False))
        (change,) = self.desk.publish([draft], self.spot, "测试员", self.now_ms)
        assert change.version is not None
        return change.version

    def publish_unchecked(self, name: str, text: str) -> int:
        with writing(self.database) as connection:
            return add_edition(connection, name, self.spot, text, "测试员", self.now_ms)

    def on_shelf(self, name: str) -> object:
        """Return what the real station has, or None when it has none or it was withdrawn."""
        rows = look_at_shelf(self.shelf) or []
        return next((json.loads(row.text) for row in rows if row.name == name), None)

    def states(self, name: str) -> dict[str, str]:
        """Return how the document stands at each station that runs here."""
        mine = self.desk.villages[: 1 + FLEET]
        return {one.station.code: one.state for one in self.desk.holdings(mine) if one.due.name == name}

    def all_hold(self, name: str) -> bool:
        return set(self.states(name).values()) == {"held"}

    def copies(self, version: int) -> int:
        """Return how many times the version went to the station that got it most often."""
        stations = [station for station, _, sent in self.ear.heard if sent == version]
        return max(map(stations.count, stations), default=0)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with running_county(tmp_path / "county") as county:
        made = Town(county)
        parts = (made.hub, made.agent, made.fleet)
        try:
            for part in parts:
                part.up()
            yield made
        finally:
            for part in reversed(parts):
                if part.process is not None:
                    stop(part.process)
            made.ear.close()
            made.database.stop()


HOTLINE = {"number": "12348", "hours": {"zh": "全天"}}
ROSTER = {"people": [{"name": "测试甲", "role": "staff"}]}


def test_published_refused_withdrawn_and_never_sent_twice(town: Town) -> None:
    first = town.publish("roster", ROSTER)
    wait_for(lambda: town.on_shelf("roster") == ROSTER, "the station has it", 30)
    wait_for(lambda: town.all_hold("roster"), "all say they hold it", 30)
    counted = standings(town.desk.holdings(town.desk.villages[: 1 + FLEET]))
    assert counted[first] == Standing(1 + FLEET, 1 + FLEET), "as the library's page counts them"

    # What this hub lets through, an older or newer station may refuse.
    bad = town.publish_unchecked("roster", '{"people": "nobody"}')
    good = town.publish("hotline", HOTLINE)
    wait_for(lambda: town.states("roster")[town.code] == "refused", "the refusal is known", 30)
    (holding,) = [one for one in town.desk.holdings(town.desk.villages[:1]) if one.state == "refused"]
    assert (holding.code, holding.held, holding.due.version) == ("E-LIB-06", first, bad)
    wait_for(lambda: town.all_hold("hotline"), "the good one came all the same")
    assert town.on_shelf("roster") == ROSTER
    assert town.on_shelf("hotline") == HOTLINE

    # The station was born again when it had the hotline, and still lacks the roster.
    assert town.agent_log.read_text().count("E-LIB-06") == 1
    assert [town.copies(version) for version in (first, bad, good)] == [1, 1, 1]

    gone = town.desk.withdraw("roster", town.spot, "测试员", town.now_ms).version
    wait_for(lambda: town.on_shelf("roster") is None, "withdrawn at the station")
    wait_for(lambda: town.all_hold("roster"), "all know of it")

    town.ear.heard.clear()
    town.hub.down()
    town.hub.up()
    last = town.publish("hotline", {**HOTLINE, "video": True})
    wait_for(lambda: town.all_hold("hotline"), "the hub that was started again sends what is new", 30)
    assert {version for _, _, version in town.ear.heard} == {last}, "and nothing to those up to date"
    assert len(town.ear.heard) == 1 + FLEET
    assert gone is not None


def test_a_station_that_lost_its_shelf_is_given_everything_again(town: Town) -> None:
    town.publish("hotline", HOTLINE)
    town.publish("roster", ROSTER)
    wait_for(lambda: town.all_hold("hotline") and town.all_hold("roster"), "all hold both", 30)
    town.agent.down()
    town.shelf.write_bytes(b"{")
    town.agent.up()
    wait_for(lambda: town.on_shelf("hotline") == HOTLINE and town.on_shelf("roster") == ROSTER, "both again", 30)
    assert town.shelf.with_suffix(".broken").read_bytes() == b"{"
