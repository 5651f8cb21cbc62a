"""The agent renews its certificate in time and after its end, and connects with whatever its files hold."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from station.agent.renewing import REFUSED_RETRY_MS, RETRY_FIRST_MS, UNDATED_AFTER_MS, Renewing
from station.clock import Stamp
from station.identity.keys import load_identity
from station.identity.renewal import half_life, renew
from station.settings import BrokerSettings, HubSettings, Settings
from tests.station.identity.ground import NOW, STATION, County, county, enrolled
from tests.wire.authorities import certificate
from wire.enrolment import EnrolReply, RenewRequest, SignedMessage, StationRefusal
from wire.records import DeviceEvent

DAY_MS = 86_400_000
NOW_MS = int(NOW.timestamp() * 1000)
Answering = Callable[[bytes], tuple[int, msgspec.Struct | bytes]]


class SigningHub:
    """Answers `POST` as a hub would, or as a test says."""

    def __init__(self, of: County) -> None:
        self.asked = 0
        self.answer: Answering = lambda body: (200, _renewed(of, body))
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                hub.asked += 1
                status, said = hub.answer(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(status)
                self.end_headers()
                self.wfile.write(said if isinstance(said, bytes) else msgspec.json.encode(said))

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def _renewed(of: County, body: bytes) -> EnrolReply:
    message = msgspec.json.decode(body, type=SignedMessage)
    request = msgspec.json.decode(message.payload, type=RenewRequest).request
    now = NOW if message.made_ms is None else dt.datetime.fromtimestamp(message.made_ms / 1000, dt.UTC)
    return EnrolReply(STATION, of.issue(request, now=now).decode())


@pytest.fixture(scope="module")
def of() -> County:
    return county()


@pytest.fixture
def hub(of: County) -> Iterator[SigningHub]:
    made = SigningHub(of)
    yield made
    made.close()


class Agent:
    """The desk on a station's folder, with a clock of the test."""

    def __init__(self, folder: Path, of: County, url: str | None, issued: dt.datetime = NOW) -> None:
        enrolled(folder, of, issued=issued)
        self.folder = folder
        broker = BrokerSettings(
            "x", str(folder / "ca.crt"), str(folder / "station.crt"), str(folder / "station.key"), keepalive_s=5
        )
        hub = None if url is None else HubSettings(url)
        self.settings = Settings(STATION, "一村", "测试镇", str(folder), "x", broker, hub)
        self.mono_ms = 1_000
        self.start()

    def start(self) -> None:
        self.desk = Renewing(self.settings, Random(7))

    def look(self, at_ms: int | None, *, connected: bool = True) -> tuple[bool, list[DeviceEvent]]:
        self.mono_ms += 1_000
        return self.desk.look(Stamp(at_ms, self.mono_ms, "0" * 16), connected=connected)

    def renews(self, at_ms: int | None, *, connected: bool = True) -> list[DeviceEvent]:
        """Look until the thread it began has ended, and return what it told."""
        assert self.look(at_ms, connected=connected) == (False, [])
        thread = self.desk._thread
        assert thread is not None, "begun"
        thread.join(10)
        another, events = self.look(at_ms, connected=connected)
        assert another == (events == [DeviceEvent("certificate", "renewed")])
        return events


def test_it_renews_from_half_its_life_on_and_not_before(tmp_path: Path, of: County, hub: SigningHub) -> None:
    agent = Agent(tmp_path, of, hub.url)
    before = load_identity(tmp_path)
    half_ms = int(half_life(before.chain).timestamp() * 1000)
    agent.look(half_ms - 1)
    assert hub.asked == 0
    assert [event.code for event in agent.renews(half_ms + 15 * DAY_MS)] == ["renewed"], "within the spread"
    assert load_identity(tmp_path).key.public_key() != before.key.public_key(), "a key of its own"
    agent.mono_ms += 7 * 3_600_000
    assert agent.look(half_ms + 15 * DAY_MS) == (False, [])
    assert hub.asked == 1


@pytest.mark.parametrize("at_ms", [NOW_MS + 60_000, None], ids=["with a time", "without"])
def test_what_a_laptop_issued_is_renewed_as_soon_as_the_hub_is_reached(
    tmp_path: Path, of: County, hub: SigningHub, at_ms: int | None
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    van = certificate("laptop", key.public_key(), "county", of.key, NOW, path_length=0, days=30)
    agent = Agent(tmp_path, of._replace(laptop_key=key, laptop=van), hub.url)
    good, hub.answer = hub.answer, lambda _: (503, StationRefusal("E-ENR-26", "later"))
    assert agent.renews(at_ms, connected=False) == [], "a village without a line is nobody's trouble yet"
    hub.answer = good
    agent.mono_ms += RETRY_FIRST_MS
    assert [event.code for event in agent.renews(at_ms, connected=False)] == ["renewed"]
    agent.mono_ms += 7 * 3_600_000
    assert agent.look(NOW_MS + 120_000) == (False, [])
    assert hub.asked == 2, "the hub's own is good for long"


def test_it_renews_after_its_end(tmp_path: Path, of: County, hub: SigningHub) -> None:
    agent = Agent(tmp_path, of, hub.url, NOW - dt.timedelta(days=700))
    assert [event.code for event in agent.renews(NOW_MS + 60 * DAY_MS, connected=False)] == ["renewed"]


def test_without_a_time_it_asks_once_the_broker_was_away_for_long(tmp_path: Path, of: County, hub: SigningHub) -> None:
    agent = Agent(tmp_path, of, hub.url)
    agent.look(None)
    agent.look(None, connected=False)
    agent.mono_ms += UNDATED_AFTER_MS - 10_000
    agent.look(None, connected=False)
    assert hub.asked == 0
    agent.mono_ms += 10_000
    assert [event.code for event in agent.renews(None, connected=False)] == ["renewed"]
    agent.mono_ms += 3_600_000
    agent.look(None, connected=False)
    assert hub.asked == 1, "not again for every hour that the broker stays away"


@pytest.mark.parametrize(
    ("answer", "code", "again_ms"),
    [
        pytest.param((403, StationRefusal("E-ENR-22", "revoked")), "E-ENR-22", REFUSED_RETRY_MS, id="refused for good"),
        pytest.param((503, StationRefusal("E-ENR-26", "later")), "E-IDENT-04", RETRY_FIRST_MS, id="busy"),
        pytest.param((200, b"<html>"), "E-IDENT-06", RETRY_FIRST_MS, id="no hub"),
        pytest.param((200, EnrolReply(STATION, "garbage")), "E-CERT-01", RETRY_FIRST_MS, id="no certificate"),
        pytest.param((200, b"x" * 100_000), "E-IDENT-06", RETRY_FIRST_MS, id="too large"),
    ],
)
def test_what_goes_wrong_is_told_once_and_tried_again(
    tmp_path: Path, of: County, hub: SigningHub, answer: tuple[int, object], code: str, again_ms: int
) -> None:
    agent = Agent(tmp_path, of, hub.url)
    before = (tmp_path / "station.crt").read_bytes()
    good, hub.answer = hub.answer, lambda _: answer  # type: ignore[assignment, return-value]
    late_ms = NOW_MS + 600 * DAY_MS
    assert [event.code for event in agent.renews(late_ms)] == [code]
    assert (tmp_path / "station.crt").read_bytes() == before
    agent.mono_ms += again_ms // 2 - 4_000
    agent.look(late_ms)
    assert hub.asked == 1, "not at once"
    agent.mono_ms += again_ms
    assert agent.renews(late_ms) == [], "said once"
    hub.answer = good
    agent.mono_ms += 2 * REFUSED_RETRY_MS
    assert [event.code for event in agent.renews(late_ms)] == ["renewed"]


def test_a_hub_that_is_not_there_and_settings_without_one(tmp_path: Path, of: County, hub: SigningHub) -> None:
    hub.close()
    agent = Agent(tmp_path / "a", of, hub.url)
    assert [event.code for event in agent.renews(NOW_MS + 600 * DAY_MS)] == ["E-IDENT-04"]
    agent = Agent(tmp_path / "b", of, None)
    late_ms = NOW_MS + 600 * DAY_MS
    assert [event.code for event in agent.look(late_ms)[1]] == ["E-IDENT-10"]
    agent.mono_ms += 7 * 3_600_000
    assert agent.look(late_ms) == (False, [])


def test_whoever_renews_the_agent_connects_with_it(tmp_path: Path, of: County, hub: SigningHub) -> None:
    agent = Agent(tmp_path, of, hub.url)
    assert agent.look(NOW_MS) == (False, [])
    renew(tmp_path, STATION, hub.url, tmp_path / "ca.crt", NOW_MS + 400 * DAY_MS)  # `station identity renew`
    assert agent.look(NOW_MS) == (True, [DeviceEvent("certificate", "renewed")])
    assert agent.look(NOW_MS) == (False, [])
