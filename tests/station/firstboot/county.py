"""A made-up county for first boots: its authority, bundles, cards, and a hub that enrols by HTTP in a thread."""

import base64
import datetime as dt
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from nacl.public import PrivateKey, SealedBox

from firmware_config.identity.authority import CountyCa
from firmware_config.identity.enrolling import KeptToken, MayEnrol, why_not_enrol
from firmware_config.identity.issuing import Issuer
from station.firstboot.machine import Machine
from station.firstboot.run import FirstBoot
from station.identity.token_box import seal_with_token
from station.layout import Layout
from wire.archive import Signer, pack
from wire.certificates import ARCHIVE_SIGNER, fingerprint
from wire.enrolment import EnrolReply, EnrolRequest, Label, StationRefusal, new_token, token_digest

COUNTY, STATION, OTHER = "999999", "999999101001", "999999101002"
NAME, TOWN = "测试村", "测试镇"
NOW = dt.datetime.now(dt.UTC)
FOUNDED = NOW - dt.timedelta(days=30)
TOKEN = new_token(bytes(range(10)))
WIFI = b"[connection]\nid=cuncuntong\ntype=wifi\n[wifi-security]\npsk=not-a-real-one\n"


class County:
    """Whose stations these are."""

    def __init__(self, code: str = COUNTY) -> None:
        self.code = code
        self.ca = CountyCa.create(code, FOUNDED)
        key = Ed25519PrivateKey.generate()
        self.signer = Signer(key, self.ca.issuer.certify(key.public_key(), "signer", ARCHIVE_SIGNER, FOUNDED))
        self.hub: Issuer = self.ca.delegate("hub", NOW, dt.timedelta(days=365))
        self.seal_key = PrivateKey(bytes(32)[:-1] + b"\x07")

    @property
    def seal_pub(self) -> bytes:
        return base64.b64encode(bytes(self.seal_key.public_key)) + b"\n"

    def label(self, station: str = STATION, token: str = TOKEN) -> Label:
        return Label(station, fingerprint(self.ca.issuer.certificate), token)

    def bundle(
        self,
        url: str | None = None,
        *,
        station: str = STATION,
        sequence: int = 1,
        days: int = 365,
        wifi: bytes | None = WIFI,
        token: str = TOKEN,
        more: Mapping[str, bytes] | None = None,
        made: dt.datetime = NOW,
    ) -> bytes:
        files = {
            "station/station.toml": settings(station, url).encode(),
            "station/ca.crt": self.ca.cert_pem,
            "station/seal.pub": self.seal_pub,
            "station/foot.ini": b"font=Noto Sans Mono CJK SC\n",
            "etc/udev/rules.d/71-cuncuntong-site.rules": b"# rules of this site\n",
            "etc/systemd/timesyncd.conf.d/cuncuntong.conf": b"[Time]\nNTP=10.32.0.5\n",
            **(more or {}),
        }
        if wifi is not None:
            files["sealed/wifi.nmconnection"] = seal_with_token(token, wifi)
        return pack(
            self.signer,
            files,
            kind="station",
            county=self.code,
            subject=station,
            sequence=sequence,
            made_ms=int(made.timestamp() * 1000),
            not_after_ms=int((made + dt.timedelta(days=days)).timestamp() * 1000),
        )


def settings(station: str, url: str | None) -> str:
    hub = "" if url is None else f'[hub]\nurl = "{url}"\n'
    return f"""station = "{station}"
name = "{NAME}"
town = "{TOWN}"
state_dir = "state"
seal_key_file = "seal.pub"
{hub}[broker]
host = "10.32.0.5"
ca_file = "ca.crt"
cert_file = "station.crt"
key_file = "station.key"
"""


@cache
def county() -> County:
    """Return the county of these tests, made once."""
    return County()


class Hub:
    """Enrols by the decision of the real one, and counts the keys that a token was burnt for."""

    def __init__(self, of: County) -> None:
        self.county = of
        self.tokens = [KeptToken(STATION, token_digest(TOKEN), int((NOW + dt.timedelta(days=30)).timestamp() * 1000))]
        self.issued: dict[str, EnrolReply] = {}
        self.asked = 0
        self.silent = False
        self.url = ""
        self.on_ask = threading.Event()

    def answer(self, body: bytes) -> EnrolReply | StationRefusal:
        self.asked += 1
        self.on_ask.set()
        return self.decide(msgspec.json.decode(body, type=EnrolRequest), self.county.hub)

    def decide(self, request: EnrolRequest, issuer: Issuer) -> EnrolReply | StationRefusal:
        decided = why_not_enrol(
            request, county=self.county.code, tokens=self.tokens, unseal=self._unseal, now_ms=_ms(NOW)
        )
        if not isinstance(decided, MayEnrol):
            return decided
        if decided.key not in self.issued:
            chain = issuer.issue(decided.request, request.station, NOW)
            self.issued[decided.key] = EnrolReply(request.station, chain.pem.decode())
            self.tokens = [
                one._replace(burnt_key=decided.key) if one.digest == decided.token else one for one in self.tokens
            ]
        return self.issued[decided.key]

    def _unseal(self, _key: str, box: bytes) -> bytes | None:
        return SealedBox(self.county.seal_key).decrypt(box)


@contextmanager
def hub_of(of: County) -> Iterator[Hub]:
    """Run a hub of the county on a port of its own."""
    hub = Hub(of)

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if hub.silent:
                self.close_connection = True
                hub.on_ask.set()
                return
            answer = hub.answer(body)
            content = msgspec.json.encode(answer)
            self.send_response(200 if isinstance(answer, EnrolReply) else 403)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Door)
    hub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def written_card(root: Path, bundle: bytes | None, *, token: str | None = TOKEN) -> Layout:
    """Return a machine in the folder `root` with this on its card."""
    layout = Layout(root)
    layout.card.mkdir(parents=True)
    if bundle is not None:
        (layout.card / "station.ccb").write_bytes(bundle)
    if token is not None:
        (layout.card / "token").write_text(f"{token}\n", "ascii")
    (layout.card.parent / "user-data").write_text("#cloud-config\nhostname: kiosk\n", "utf-8")
    return layout


class Told:
    """A first boot, what it said, and rounds of it without waiting."""

    def __init__(self, layout: Layout, *, rounds: int = 1, clock: dt.datetime = NOW, **on_pause: object) -> None:
        self.layout = layout
        self.lines: list[str] = []
        self.mono_s = 0.0
        self.pauses = 0
        self._rounds = rounds
        self.between = on_pause.get("between")
        self.boot = FirstBoot(
            layout,
            Machine(),
            self.lines.append,
            clock=lambda: clock,
            pause=self._pause,
            mono_s=lambda: self.mono_s,
        )

    def run(self) -> bool:
        """Make so many rounds at most; say whether the station was handed over."""
        return self.boot.run(within_s=float(self._rounds - 1))

    def _pause(self, seconds: float) -> None:
        self.pauses += 1
        self.mono_s += seconds
        if callable(self.between):
            self.between(self.pauses)

    def state(self, step: str) -> tuple[str, str]:
        """Return how a step is and the code of what it says."""
        one = next(one for one in self.boot.status.steps if one.name == step)
        return one.state, "" if one.said is None else one.said.code


def _ms(at: dt.datetime) -> int:
    return int(at.timestamp() * 1000)
