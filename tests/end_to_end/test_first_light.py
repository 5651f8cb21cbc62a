"""A card on the simulated reader becomes a visit at the county, and nobody on the way can read whose."""

import json
import socket
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import paho.mqtt.client as mqtt
import pytest

from demo.processes import tool
from tests.county import client_of
from tests.end_to_end.running import RunningDemo, have_the_broker_store
from tests.end_to_end.villager import Villager
from tests.signed_in import Console
from tests.terminal import Terminal
from tests.waiting import wait_for

pytestmark = pytest.mark.slow


def steer_reader(demo: RunningDemo, **order: str) -> None:
    with socket.socket(socket.AF_UNIX) as control:
        control.connect(demo.facts["reader_control"])
        control.sendall(json.dumps(order).encode() + b"\n")
        assert json.loads(control.makefile().readline())["ok"] is True


class Eavesdropper:
    """Sees every payload that crosses the broker, as its administrator could."""

    def __init__(self, demo: RunningDemo) -> None:
        self.payloads: list[bytes] = []
        self.subscribed = threading.Event()
        county = demo.state / "county"
        self.client: mqtt.Client = client_of(county, "hub", client_id="eavesdropper")
        self.client.on_message = lambda _c, _u, message: self.payloads.append(message.payload)
        self.client.on_connect = lambda client, *_: client.subscribe("v1/#", qos=1)
        self.client.on_subscribe = lambda *_: self.subscribed.set()
        self.client.connect("127.0.0.1", demo.facts["mqtt_port"])
        self.client.loop_start()
        assert self.subscribed.wait(10)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


def one_card(demo: RunningDemo) -> dict[str, str]:
    """Read the card that lies there with the technician's command; personal, so only compared, never printed."""
    command = [tool("station"), "reader", "read", "--port", demo.facts["reader_port"], "--json"]
    done = subprocess.run(command, capture_output=True, timeout=20, check=True)
    return dict(json.loads(done.stdout))


def test_whoever_tries_the_demo_signs_in_with_what_it_printed(demo: RunningDemo) -> None:
    url = demo.facts["web_url"].rstrip("/")
    printed = (demo.state.parent / "demo.log").read_text()
    assert demo.facts["password"] in printed
    with httpx.Client(base_url=url, headers={"Origin": url}) as browser:
        assert browser.get("/").headers["location"].startswith("/signin")
        for name in demo.facts["accounts"]:
            browser.cookies.clear()
            fields = {"name": name, "password": demo.facts["password"], "next": "/"}
            assert browser.post("/signin", data=fields).status_code == 303
            assert demo.station in browser.get("/").text, "the wall"


def test_a_card_becomes_a_visit_and_stays_sealed_all_the_way(demo: RunningDemo) -> None:
    steer_reader(demo, do="place", card="resident")
    card = one_card(demo)
    steer_reader(demo, do="lift")
    before = {visit["number"] for visit in demo.api.visits() if visit["station"] == demo.station}
    ear = Eavesdropper(demo)
    command = [tool("station"), "kiosk", "--config", demo.facts["station_config"]]
    with Terminal([*command, "--demo", "--demo-reader", demo.facts["reader_control"]]) as kiosk:
        number = Villager(kiosk).visit()
    answer = demo.api.wait_for(
        f"/api/v1/visits?station={demo.station}",
        lambda page: any(visit["number"] == number for visit in page["visits"]),
        within_s=10,
    )
    ear.close()
    (visit,) = [visit for visit in answer["visits"] if visit["number"] == number]
    assert number not in before
    assert visit["who"] == "card"
    masked = card["id_number"][:6] + "*" * 8 + card["id_number"][-4:]
    assert visit["identity"]["id_number"] == masked
    assert card["name"] not in json.dumps(visit, ensure_ascii=False)
    assert len(ear.payloads) > 0
    assert any(number.encode() in payload for payload in ear.payloads), "the eavesdropper heard the visit itself"
    stored = have_the_broker_store(demo)
    assert stored.stat().st_size > 0
    for what in personal(card):
        assert not any(what in payload for payload in ear.payloads), "personal data crossed the broker"
        for file in sorted(demo.state.rglob("*")):
            if file.is_file():
                assert what not in file.read_bytes(), f"personal data in {file.relative_to(demo.state)}"


def personal(card: dict[str, str]) -> list[bytes]:
    """Return what must be found nowhere: name and number as UTF-8, UTF-16 and escaped JSON."""
    texts = [card["name"], card["id_number"]]
    return [
        encoded
        for text in texts
        for encoded in (text.encode(), text.encode("utf-16-le"), json.dumps(text).strip('"').encode())
    ]


def test_a_second_demo_in_the_same_folder_is_refused_and_says_why(demo: RunningDemo) -> None:
    command = [sys.executable, "-m", "demo", "--no-kiosk", "--state", str(demo.state)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert "E-DEMO-03" in done.stderr
    assert demo.process.poll() is None


def test_every_station_is_online_and_no_visit_is_quarantined(demo: RunningDemo) -> None:
    summary = demo.api.get("/api/v1/summary")
    assert summary["stations"]["total"] == summary["stations"]["online"] == 8
    assert summary["quarantined"] == 0


def test_the_demo_folder_is_private(demo: RunningDemo) -> None:
    for secret in ("county/ca.key", "county/hub/unseal.key", "county/hub/api.token", "demo.json"):
        assert Path(demo.state / secret).stat().st_mode & 0o077 == 0, secret


def test_somebody_signs_in_gives_an_order_and_reads_the_answer(demo: RunningDemo) -> None:
    console = Console(demo.facts["web_url"], "operator", demo.facts["password"])
    try:
        page = f"/stations/{demo.station}"
        sent = console.send(f"{page}/orders", {"order": "ping", "reason": "看看它好不好"}, page=page)
        assert sent.headers["location"] == f"{page}?done=ordered"
        wait_for(lambda: "待上报（条） 0" in console.see(page), "the station's answer on its page")
        assert "演示值班员" in console.see(page)
    finally:
        console.close()
