"""A town without power: one incident on wall, interface, broker and command line; it outlives the hub and ends."""

import json
import signal
import subprocess
from collections.abc import Iterator

import pytest

from demo.processes import tool
from tests.county import client_of
from tests.end_to_end.county_of_towns import CountyOfTowns
from tests.waiting import wait_for
from wire.codec import decode
from wire.health import Incident

pytestmark = pytest.mark.slow

TOWN = "测试2镇"


@pytest.fixture(scope="module")
def towns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CountyOfTowns]:
    county = CountyOfTowns(tmp_path_factory.mktemp("towns") / "county")
    try:
        county.up()
        yield county
    finally:
        county.down()


def incidents(towns: CountyOfTowns, path: str = "/api/v1/incidents") -> list[dict[str, object]]:
    return list(towns.api.get(path)["incidents"])


def hub(towns: CountyOfTowns, *words: str) -> str:
    command = [tool("hub"), "incident", *words, "--config", towns.county.hub_config]
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout


def test_a_towns_cut_is_one_incident_until_it_is_over(towns: CountyOfTowns) -> None:
    heard: dict[str, Incident] = {}
    monitor = client_of(towns.county.folder, "monitor")
    monitor.on_connect = lambda client, *_: client.subscribe("v1/incident/#", qos=1)
    monitor.on_message = lambda _client, _data, message: heard.update(
        {message.topic: decode(message.payload, Incident)} if message.payload else {}
    )
    monitor.connect("127.0.0.1", towns.county.ports.mqtt)
    monitor.loop_start()
    assert incidents(towns) == []

    towns.cut(TOWN)
    wait_for(lambda: incidents(towns), "the cut is an incident")
    (cut,) = incidents(towns)
    assert (cut["kind"], cut["scope"], cut["place"]) == ("down", "town", TOWN)
    assert cut["stations"] == towns.towns[TOWN]
    told = wait_for(lambda: heard.get(f"v1/incident/{cut['id']}"), "monitoring devices are told")
    assert (told.where, told.state, told.stations) == (TOWN, "new", towns.towns[TOWN])

    hub(towns, "ack", str(cut["id"]), "--by", "值班员", "--note", "已电话联系镇里")
    wait_for(lambda: heard[f"v1/incident/{cut['id']}"].state == "acknowledged", "the acknowledgement is told")

    towns.hub.signal(signal.SIGKILL)
    towns.hub.up()
    towns.api.wait_healthy()
    towns.wait_online(len(towns.county.villages) - len(towns.towns[TOWN]))
    (still,) = incidents(towns)
    assert (still["id"], still["state"], still["owner"]) == (cut["id"], "acknowledged", "值班员")

    towns.fleets[TOWN].up()
    towns.wait_online(len(towns.county.villages))
    wait_for(lambda: incidents(towns)[0]["recovered_ms"] is not None, "it is over", within_s=60)
    hub(towns, "close", str(cut["id"]), "--by", "值班员")
    whole = json.loads(hub(towns, "show", str(cut["id"]), "--json"))
    steps = [step["step"] for step in whole["steps"]]
    assert steps[0] == "opened"
    assert steps[-1] == "closed"
    assert "returned" not in steps
    assert len(json.loads(hub(towns, "list", "--all", "--json"))) == 1
    monitor.disconnect()
    monitor.loop_stop()
