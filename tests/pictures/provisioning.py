"""Pictures of docs/technician.md: labels, a card being written, the doctor, its paper, and the centre's pages about it.

A county of its own with twelve fictional villages: seven enrol over the wire, one is a whole machine in a folder.
"""

import base64
import datetime as dt
import subprocess
import tempfile
from pathlib import Path
from typing import Final

import cv2
from playwright.sync_api import Browser

from demo.accounts import Accounts
from demo.processes import free_port, start, start_broker, stop, tool
from station.identity.enrol import enrol_online, enrol_request, take_reply
from tests.end_to_end.life import Machine, command, have_packages
from tests.firmware_config.card.cards import CARD_BYTES, system_image
from tests.hub_api import HubApi
from tests.pictures.console_page import picture_page
from tests.pictures.kiosk import SimulatedScreen
from tests.pictures.small_picture import make_small
from tests.waiting import wait_for
from wire.enrolment import Label, read_label

VILLAGES: Final = [
    (f"999999{town}{number:03}", f"{name}{count}村", f"{name}镇")
    for town, name in (("101", "清河"), ("102", "柳湾"))
    for number, count in enumerate("一二三四五六", start=1)
]
MACHINE: Final = VILLAGES[0][0]
WIDE_PX, HIGH_PX = (1212, 270), (1320, 930)
"""Terminals of 101 by 9 and of 110 by 31 cells."""
PAGES: Final = {"certificates": (1366, 520), "acceptances": (1366, 630), "rollouts": (1366, 440)}


class County:
    """A centre that runs, the technician's folder, and the machine of the first village."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.county, self.log = folder, folder / "county", folder / "log"
        self.mqtt, self.web = free_port(), free_port()
        self.machine = Machine(folder / "root", self.log / "station.log")
        self.url = f"http://127.0.0.1:{self.web}/"
        self._parts: list[subprocess.Popen[bytes]] = []
        reader = folder / "reader"
        self._parts.append(
            start([tool("station"), "reader", "simulate", "--link", reader, "--control", folder / "r"], self.log / "r")
        )
        wait_for(reader.exists, "the reader")
        self._lay_out(reader.resolve())
        self._parts.append(start_broker(self.county, self.mqtt, self.log / "broker.log"))
        self._parts.append(start([tool("hub"), "run", "--config", self.hub_config], self.log / "hub.log"))
        self.api = HubApi(self.url, (self.county / "hub" / "api.token").read_text().strip())
        self.api.wait_healthy()
        exported = folder / "stations.json"
        self.provision("station", "export", "--out", exported)
        self.centre("enrolment", "import", exported)
        self.accounts = Accounts(self.hub_config, lambda _: None)
        self.accounts.begin()
        self.accounts.wait()

    @property
    def hub_config(self) -> Path:
        return self.county / "hub" / "hub.toml"

    def provision(self, *arguments: object) -> str:
        """Run `firmware-config` in the technician's folder."""
        return command("firmware-config", *arguments, "--folder", self.county)

    def centre(self, *arguments: object, reason: str | None = None) -> str:
        """Run `hub` by name, as somebody of the centre."""
        why = [] if reason is None else ["--reason", reason]
        return command("hub", *arguments, "--config", self.hub_config, "--by", "测试修", *why)

    def label(self, code: str) -> Label:
        """Return what a camera reads off a station's label."""
        (picture,) = self.county.glob(f"labels/*/{code}.png")
        seen = cv2.imread(str(picture), cv2.IMREAD_GRAYSCALE)
        assert seen is not None
        return read_label(cv2.QRCodeDetector().detectAndDecode(cv2.GaussianBlur(seen, (0, 0), 0.8))[0])

    def enrol(self, code: str, folder: Path) -> None:
        """Let a station have its certificate, by its label."""
        folder.mkdir(parents=True, exist_ok=True)
        ca = self.county / "ca.crt"
        seal_key = base64.b64decode((self.county / "seal.pub").read_text("ascii"))
        request = enrol_request(folder, code, self.label(code).token, seal_key)
        take_reply(folder, enrol_online(self.url.rstrip("/"), request, ca), ca, code, dt.datetime.now(dt.UTC))

    def end(self) -> None:
        """Stop all of it."""
        self.machine.stop()
        for part in reversed(self._parts):
            stop(part)

    def _lay_out(self, reader: Path) -> None:
        sheet = self.folder / "stations.csv"
        rows = [f"{code},{name},{town},trixie,1024x600,{reader},simulated:,hall\n" for code, name, town in VILLAGES]
        sheet.write_text("code,name,town,os,panel,reader,camera_1,camera_1_name\n" + "".join(rows), "utf-8")
        villages = self.folder / "villages.csv"
        villages.write_text("code,name,town\n" + "".join(f"{','.join(one)}\n" for one in VILLAGES), "utf-8")
        command(
            "firmware-config", "hub", "init", self.county, "--villages", villages, "--county-name", "测试县",
            "--host", "127.0.0.1", "--mqtt-port", self.mqtt, "--web-port", self.web, "--probe-port", free_port(),
        )  # fmt: skip
        conf = self.county / "broker" / "mosquitto.conf"
        conf.write_text(conf.read_text("utf-8") + "user root\n", "utf-8")
        self.provision("station", "import", sheet)
        self.provision("label", "mint", "--all")
        self.provision("bundle", "build", "--all")


def picture_provisioning(browser: Browser, into: Path) -> None:
    """Write all pictures of the guide but those of the setup screen."""
    with tempfile.TemporaryDirectory() as folder:
        county = County(Path(folder))
        try:
            _labels(county, into)
            _card(county, browser, into)
            _station(county, browser, into)
            _centre(county, browser, into)
        finally:
            county.end()
    for name in ("labels", "card-write", "doctor", "acceptance", *PAGES):
        make_small(into / f"{name}.png")


def _labels(county: County, into: Path) -> None:
    (sheet,) = county.county.glob("labels/*/labels-a4.pdf")
    paper(sheet, into / "labels.png")


def _card(county: County, browser: Browser, into: Path) -> None:
    image, card = system_image(county.folder / "station.img"), county.folder / "card.img"
    with card.open("wb") as file:
        file.truncate(CARD_BYTES)
    words = ["card", "write", MACHINE, "--to", "card.img", "--image", "station.img", "--image-file"]
    words = [str(county.folder / word) if word.endswith(".img") else word for word in words]
    assert image.exists()
    with SimulatedScreen([tool("firmware-config"), *words, "--folder", str(county.county)], browser, WIDE_PX) as screen:
        screen.wait_for("station.ccb")
        screen.press(f"{MACHINE}\r")
        screen.wait_for("written and compared", within_s=30)
        screen.shot(into / "card-write.png")


def _station(county: County, browser: Browser, into: Path) -> None:
    layout = county.machine.layout
    county.provision("release", "build", "--version", "1.1.0", "--sequence", 1)
    release = county.county / "releases" / "cuncuntong-1.1.0.ccr"
    layout.etc.mkdir(parents=True, exist_ok=True)
    (layout.etc / "ca.crt").write_bytes((county.county / "ca.crt").read_bytes())
    have_packages(layout, release, (county.county / "ca.crt").read_bytes())
    command("station", "update", "apply", release, "--root", layout.root)
    (layout.card.parent / "config.txt").write_text("[all]\n", "utf-8")
    county.provision("card", "write", MACHINE, "--to", layout.card.parent, "--yes-it-is", MACHINE)
    (layout.card / "token").write_text(county.label(MACHINE).token, "utf-8")  # as `card write --with-token` leaves it
    command("station", "firstboot", "--root", layout.root, "--within", 60)
    county.machine.restart()
    county.api.wait_state(MACHINE, "online", 30)
    words = ["doctor", "--root", str(layout.root), "--line-seconds", "3"]
    with SimulatedScreen([tool("station"), *words], browser, HIGH_PX) as screen:
        screen.wait_for("声音测试", within_s=30)
        screen.press("y\r")
        screen.wait_for("结论", within_s=60)
        screen.shot(into / "doctor.png")
    out = county.folder / "out"
    people = ["--accept", "--by", "测试修", "--witness", "测试村干部", "--aimed", "--send", "--out", str(out)]
    subprocess.run([tool("station"), *words, *people], capture_output=True, check=False, timeout=90)
    (pdf,) = out.glob("*.pdf")
    paper(pdf, into / "acceptance.png")


def _centre(county: County, browser: Browser, into: Path) -> None:
    for code, _, _ in VILLAGES[1:8]:
        county.enrol(code, county.folder / "others" / code)
    county.centre("enrolment", "revoke", VILLAGES[5][0], reason="终端被盗")
    county.provision("release", "build", "--version", "1.2.0")
    county.centre("release", "add", county.county / "releases" / "cuncuntong-1.2.0.ccr")
    county.centre("rollout", "start", "1.2.0", reason="首批试点")
    for name, size in PAGES.items():
        who = "technician", county.accounts.password
        picture_page(browser, county.url, who, name, into / f"{name}.png", size=size)


def paper(pdf: Path, picture: Path) -> None:
    """Write a PDF's first page as a small picture."""
    words = ["pdftoppm", "-png", "-gray", "-r", "72", "-f", "1", "-singlefile", str(pdf), str(picture.with_suffix(""))]
    subprocess.run(words, check=True, timeout=60)
