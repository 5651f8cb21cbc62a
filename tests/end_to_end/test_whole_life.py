"""A station's whole life without a network: blank card, first boot, enrolment by stick, work, and the end.

Everything is what a technician or a station runs; the machine is a folder, and a second of an update's waiting shorter.
"""

import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from demo.processes import free_port, start, start_broker, stop, tool
from station.firstboot import label
from station.identity.keys import load_identity
from station.settings import Settings
from station.update.run import Updater
from tests.end_to_end.life import Machine, another, command, have_packages, on_label
from tests.few_words import give_few_words
from tests.hub_api import HubApi
from tests.waiting import wait_for
from wire.enrolment import read_label
from wire.settings import load_settings

STATION, OTHER = "999999101001", "999999101002"
SHEET = (
    "code,name,town,os,panel,reader,camera_1,camera_1_name\n"
    "{0},测试一村,测试镇,trixie,1024x600,{2},simulated:,hall\n"
    "{1},测试二村,测试镇,bookworm,800x480,/dev/ttyUSB0,/dev/video0,hall\n"
)


class Life:
    """The county, the van, the machine, and what runs."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.county, self.laptop = folder, folder / "county", folder / "laptop"
        self.stick, self.log = folder / "root" / "media" / "stick", folder / "log"
        self.machine = Machine(folder / "root", self.log / "station.log")
        self.mqtt, self.web, self.probe = free_port(), free_port(), free_port()
        self.parts: list[object] = []

    def found(self) -> None:
        """Make the county and start its centre."""
        villages = self.folder / "villages.csv"
        villages.write_text(f"code,name,town\n{STATION},测试一村,测试镇\n{OTHER},测试二村,测试镇\n", "utf-8")
        command(
            "firmware-config", "hub", "init", self.county, "--villages", villages, "--county-name", "测试县",
            "--host", "127.0.0.1", "--mqtt-port", self.mqtt, "--web-port", self.web, "--probe-port", self.probe,
        )  # fmt: skip
        conf = self.county / "broker" / "mosquitto.conf"
        if os.geteuid() == 0:  # the test's own folder is nobody else's
            conf.write_text(conf.read_text() + "user root\n")
        self.broker = start_broker(self.county, self.mqtt, self.log / "broker.log")
        self.hub = start([tool("hub"), "run", "--config", self.hub_config], self.log / "hub.log")
        self.api = HubApi(f"http://127.0.0.1:{self.web}", (self.county / "hub" / "api.token").read_text().strip())
        self.api.wait_healthy()

    @property
    def hub_config(self) -> Path:
        return self.county / "hub" / "hub.toml"

    def take_trust_to_the_broker(self) -> None:
        command("firmware-config", "hub", "apply-trust", self.county, "--pid", self.broker.pid)

    def end(self) -> None:
        self.machine.stop()
        for part in (getattr(self, "reader", None), getattr(self, "hub", None), getattr(self, "broker", None)):
            if part is not None:
                stop(part)


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    made = Life(tmp_path)
    yield made
    made.end()


@pytest.mark.slow
def test_from_a_blank_card_to_the_end(life: Life) -> None:
    life.found()
    token = labelled(life)
    carded(life)
    software = released(life)
    enrolled_by_stick(life, token)
    works(life)
    accepted(life)
    renewed(life)
    updated_and_rolled_back(life, software)
    revoked(life)


def labelled(life: Life) -> str:
    """Inventory, label, bundle; return the token as a camera reads it off the label."""
    reader = life.folder / "reader"
    simulate = [tool("station"), "reader", "simulate", "--link", reader, "--control", life.folder / "control"]
    life.reader = start(simulate, life.log / "reader.log")
    wait_for(reader.exists, "the reader")
    sheet = life.folder / "sheet.csv"
    sheet.write_text(SHEET.format(STATION, OTHER, reader.resolve()), "utf-8")
    command("firmware-config", "station", "import", sheet, "--folder", life.county)
    command("firmware-config", "label", "mint", STATION, OTHER, "--folder", life.county, "--form", "png")
    command("firmware-config", "bundle", "build", "--all", "--folder", life.county)
    (picture,) = life.county.glob(f"labels/*/{STATION}*.png")
    text = on_label(picture)
    assert read_label(text).station == STATION
    return text


def carded(life: Life) -> None:
    """A card is written, into a folder, and holds no secret."""
    card = life.machine.layout.card.parent
    (card / "config.txt").write_text("# as it came\ndtparam=audio=on\n")
    written = ["firmware-config", "card", "write", STATION, "--to", card, "--folder", life.county]
    command(*map(str, written), "--yes-it-is", STATION)
    assert "dtparam=audio=on" in (card / "config.txt").read_text()
    assert (life.machine.layout.card / "station.ccb").read_bytes()[:8] == b"CCTARCH1"


def released(life: Life) -> Path:
    """The image's software is a release of the county, laid out as the first slot."""
    command("firmware-config", "release", "build", "--folder", life.county, "--sequence", 1, "--version", "1.0")
    release = life.county / "releases" / "cuncuntong-1.0.ccr"
    layout = life.machine.layout
    layout.etc.mkdir(parents=True, exist_ok=True)
    (layout.etc / "ca.crt").write_bytes((life.county / "ca.crt").read_bytes())
    have_packages(layout, release, (life.county / "ca.crt").read_bytes())
    updater = Updater(life.machine.site(), "999999", None)
    updater.compiled = False
    with release.open("rb") as file:
        assert updater.bring(file) == "kept"
    return release


def enrolled_by_stick(life: Life, code: str) -> None:
    """Without a line to the hub: the request goes to a laptop and back on a stick."""
    stick, layout = life.stick, life.machine.layout
    stick.mkdir(parents=True)
    delegate = ["firmware-config", "ca", "delegate", "van1", STATION, OTHER, "--to", life.laptop]
    command(*map(str, delegate), "--folder", life.county)
    command("firmware-config", "stick", "prepare", stick, "--folder", life.laptop)
    answer = label.scanned(code)
    assert answer is not None
    label.give(layout, answer)
    stop(life.hub)  # no line
    boot = Thread(target=command, args=("station", "firstboot", "--root", layout.root, "--within", 60))
    boot.start()
    request = stick / "cuncuntong" / f"{STATION}.request.json"
    wait_for(request.exists, "the station's request on the stick", within_s=30)
    command("firmware-config", "stick", "sign", stick, "--folder", life.laptop)
    boot.join(60)
    assert load_identity(layout.station).station == STATION
    assert read_label(code).token not in "".join(
        file.read_text("utf-8", "replace")
        for file in layout.root.rglob("*")
        if file.is_file() and "deps" not in file.parts
    )
    life.hub = start([tool("hub"), "run", "--config", life.hub_config], life.log / "hub.log")
    life.api.wait_healthy()
    taken = life.folder / "inventory.json"
    command("firmware-config", "station", "export", "--folder", life.laptop, "--out", taken)
    command("hub", "enrolment", "import", taken, "--config", life.hub_config, "--by", "测试修")
    life.take_trust_to_the_broker()


def works(life: Life) -> None:
    give_few_words(load_settings(life.machine.config, Settings))
    life.machine.restart()
    life.api.wait_state(STATION, "online", 30)


def accepted(life: Life) -> None:
    """The doctor finds nothing bad, and the centre files its record."""
    config = life.machine.config
    told = command(
        "station", "doctor", "--config", config, "--root", life.machine.layout.root, "--json", "--line-seconds", 2,
        "--camera-seconds", 3, "--accept", "--by", "测试修", "--aimed", "--send", ends_with=1,
    )  # fmt: skip
    record = json.loads(told)
    bad = [one for one in record["findings"] if one["state"] == "bad"]
    assert (record["verdict"], bad) == ("conditional", []), "nobody laid a card on, and a folder has no clock"
    records = json.loads(command("hub", "acceptance", "list", "--config", life.hub_config, "--json"))
    assert [one["station"] for one in records] == [STATION]


def renewed(life: Life) -> None:
    before = load_identity(life.machine.layout.station)
    command("station", "identity", "renew", "--config", life.machine.config)
    assert load_identity(life.machine.layout.station) != before
    life.machine.restart()
    life.api.wait_state(STATION, "online", 30)


def updated_and_rolled_back(life: Life, release: Path) -> None:
    machine = life.machine
    wait_for(machine.online, "the station's own word", within_s=30)
    updater = Updater(machine.site(), "999999", None)
    updater.compiled = False
    assert updater.bring(io.BytesIO(another(release, life.county, "1.1", 2))) == "kept"
    wait_for(machine.online, "the new release", within_s=30)
    bad = another(release, life.county, "1.2", 3, broken=True)
    assert updater.bring(io.BytesIO(bad)) == "E-UPD-11"
    assert (machine.layout.software / "current").readlink().name == "1.1"
    wait_for(machine.online, "the release before", within_s=30)
    view = life.folder / "view.json"
    command("hub", "enrolment", "export", view, "--config", life.hub_config)
    command("firmware-config", "station", "import", "--from-hub", view, "--folder", life.county)
    shown = json.loads(command("firmware-config", "station", "show", STATION, "--json", "--folder", life.county))
    assert shown["station"]["hub"]["release"] == 2, "what the hub sees comes back to the technician"


def revoked(life: Life) -> None:
    command(
        "hub", "enrolment", "revoke", STATION, "--config", life.hub_config, "--by", "测试管", "--reason", "终端被盗"
    )
    life.take_trust_to_the_broker()
    life.machine.restart()
    log = life.log / "station.log"
    wait_for(lambda: "revoked" in log.read_text("utf-8").lower(), "the broker's refusal", within_s=30)
