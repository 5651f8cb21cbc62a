"""Questions and calls for help through a real broker and a real hub: answered and shown within a second."""

import base64
import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import paho.mqtt.client as mqtt
import pytest
from nacl.public import PrivateKey

from demo.processes import tool
from tests.county import County
from tests.hub.people import ANNA, Kiosk, batch
from tests.hub.test_run import EPOCH, running_hub
from tests.hub_api import HubApi
from tests.waiting import wait_for
from wire.codec import decode, encode
from wire.life import Birth
from wire.orders import Receipt, Reply
from wire.records import Emergency, Record, Urgent
from wire.topics import down, every_down, up

WITHIN_S = 1.0
"""What the issue allows, from the question or the second touch on."""


class Station:
    """A station of the wire with a kiosk of its own."""

    def __init__(self, county: County, index: int, kiosk: Kiosk) -> None:
        self.code = county.villages[index].code
        self.kiosk = kiosk
        county.station(index)
        self.receipts: list[Receipt] = []
        self.replies: list[tuple[float, Reply]] = []
        self.client = county.client(self.code)
        self.client.on_connect = lambda client, *_: client.subscribe(every_down(self.code), 1)
        self.client.on_message = self._on_message
        self.client.connect("127.0.0.1", county.ports.mqtt, 60)
        self.client.loop_start()

    def _on_message(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        if message.topic == down(self.code, "receipt"):
            self.receipts.append(decode(bytes(message.payload), Receipt))
        elif message.topic == down(self.code, "reply"):
            self.replies.append((time.monotonic(), decode(bytes(message.payload), Reply)))

    def say(self, family: str, message: msgspec.Struct) -> float:
        began = time.monotonic()
        self.client.publish(up(self.code, family), encode(message), 1)  # type: ignore[arg-type]
        return began

    def be_born(self) -> None:
        self.client.publish(up(self.code, "life"), encode(Birth(1, EPOCH, "test", 30, 30.0)), 1, retain=True)
        wait_for(lambda: self.receipts, "the welcome")

    def asks(self, number: int, *, in_s: int = 20) -> tuple[float, Reply]:
        """Return how long the answer took, in s, and the answer."""
        expires_ms = time.time_ns() // 1_000_000 + in_s * 1_000
        began = self.say("ask", self.kiosk.ask(ANNA, expires_ms, f"ask-{number}"))
        ended, reply = wait_for(lambda: self.replies and self.replies.pop(), "the reply")
        assert reply.id == f"ask-{number}"
        return ended - began, reply

    def leave(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def stations(county: County) -> Iterator[tuple[Station, Station]]:
    key_file = Path(county.hub_settings().unseal_key_file)
    kiosk = Kiosk(PrivateKey(base64.b64decode(key_file.read_text())).public_key)
    two = Station(county, 0, kiosk), Station(county, 1, kiosk)
    with running_hub(county):
        wait_for(lambda: b"subscribed" in (county.folder / "log" / "hub.log").read_bytes(), "the hub is there")
        for station in two:
            station.be_born()
        yield two
    for station in two:
        station.leave()


@pytest.mark.slow
def test_a_person_asks_at_the_kiosk_and_reads_what_the_centre_answered(
    county: County, stations: tuple[Station, Station]
):
    station, elsewhere = stations
    now_ms = time.time_ns() // 1_000_000
    station.say("records", batch(station.kiosk.visit("12-00001-1", ANNA), at_ms=now_ms - 60_000, epoch=EPOCH))
    wait_for(lambda: station.receipts[-1].seq == 1, "the receipt")
    answer = [tool("hub"), "visits", "answer", "--config", county.hub_config, "12-00001-1", "--station", station.code]
    said = ["--by", "测试员", "--state", "answered", "--stdin"]
    subprocess.run([*answer, *said], input="请周三上午来", text=True, check=True, capture_output=True, timeout=20)
    took = []
    for number in range(5):
        took_s, reply = station.asks(number)
        took.append(took_s)
        (case,) = station.kiosk.cases(reply).cases
        assert (case.number, case.steps[-1].state, case.steps[-1].note) == ("12-00001-1", "answered", "请周三上午来")
    assert max(took) < WITHIN_S, took
    assert elsewhere.asks(9)[1] == Reply("ask-9", "none")
    assert station.asks(10, in_s=-5)[1] == Reply("ask-10", "expired")
    log = (county.folder / "log" / "hub.log").read_text()
    assert ANNA.name not in log
    assert ANNA.id_number not in log


@pytest.mark.slow
def test_a_call_for_help_is_in_the_interface_and_on_the_wall_within_a_second(
    county: County, stations: tuple[Station, Station]
):
    station, _ = stations
    api = HubApi(f"http://127.0.0.1:{county.ports.web}", county.api_token)

    def told() -> list[dict[str, object]]:
        return list(api.get("/api/v1/emergencies")["emergencies"])

    with api.open("/live", within_s=10) as live:
        record = Record(1, Emergency("call-1"), at_ms=time.time_ns() // 1_000_000)
        began = station.say("urgent", Urgent(EPOCH, msgspec.Raw(msgspec.json.encode(record))))
        for line in live:
            frame = json.loads(line[6:]) if line.startswith(b"data: ") else {}
            if frame.get("alarms", {}).get("emergencies", {}).get("count"):
                break
        on_the_wall_s = time.monotonic() - began
    (emergency,) = told()
    assert (emergency["station"], emergency["call"], emergency["withdrawn"]) == (station.code, "call-1", False)
    assert on_the_wall_s < WITHIN_S
    withdrawn = Record(2, Emergency("call-1", withdrawn=True))
    station.say("urgent", Urgent(EPOCH, msgspec.Raw(msgspec.json.encode(withdrawn))))
    wait_for(lambda: told()[0]["withdrawn"], "taken back")
