"""The way to the county: a real broker, a real session-reflector, a hub that answers or does not."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from station.agent.line_desk import PROBE_NOTE
from station.doctor import line
from station.doctor.ground import Ground, Reflector, Talk
from station.layout import Layout
from station.probe import by_hand
from station.store.presence import Presence
from station.store.spool import FILE_NAME, Spool
from tests.county import County
from tests.station.doctor.ground import Asked, Site, told
from tests.station.probe.reflectors import KEY, reflecting
from wire.codec import encode
from wire.probe import ProbeSession


@contextmanager
def running(ground: Ground) -> Iterator[Spool]:
    """Hold what an agent holds."""
    spool, agent = Spool.open(ground.state / FILE_NAME), Presence(ground.state)
    try:
        yield spool
    finally:
        agent.close()
        spool.close()


def test_the_broker_takes_the_stations_own_certificate_and_no_other(county: County, tmp_path: Path) -> None:
    settings = county.station_settings()
    ground = Ground(settings, Path(settings.broker.cert_file).parent, Layout(tmp_path), Talk())
    assert told(line.broker(ground)) == [("ok", None)]
    stranger = Site(tmp_path / "stranger").ground(port=county.ports.mqtt)
    Path(stranger.settings.broker.ca_file).write_bytes(Path(settings.broker.ca_file).read_bytes())
    (finding,) = line.broker(stranger)
    assert (finding.code, "拒绝" in finding.zh) == ("E-SITE-29", True)
    county.stop_broker()
    (finding,) = line.broker(ground)
    assert (finding.code, "连不上" in finding.zh) == ("E-SITE-29", True)


def test_a_connected_agents_word_is_enough(site: Site) -> None:
    ground = site.ground()
    with running(ground) as spool:
        assert told(line.broker(ground)) == [("bad", "E-SITE-29")]
        spool.put_note("hub", "online")
        assert told(line.broker(ground)) == [("ok", None)]


@contextmanager
def hub_that_answers(status: int) -> Iterator[str]:
    class Healthz(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/healthz" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Healthz)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(("status", "expected"), [(200, ("ok", None)), (503, ("warn", "E-SITE-30"))])
def test_the_hub_is_asked_whether_it_is_well(site: Site, status: int, expected: tuple[str, str | None]) -> None:
    with hub_that_answers(status) as url:
        assert told(line.hub(site.ground(hub=url))) == [expected, ("skipped", "E-SITE-31")]
    assert told(line.hub(site.ground(hub=url)))[0] == ("bad", "E-SITE-30")


def test_a_receipt_proves_the_round_trip(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "RECEIPT_S", 0.3)
    ground = site.ground()
    with running(ground) as spool:
        assert told(line.hub(ground)) == [("bad", "E-SITE-31")]
        monkeypatch.setattr(line, "RECEIPT_S", 10.0)
        stored = threading.Timer(0.1, lambda: spool.trim(2))  # as the agent does on the hub's receipt
        stored.start()
        (finding,) = line.hub(ground)
        stored.join()
    assert finding.state == "ok"
    assert 50 < finding.measures["receipt_ms"] < 5_000


def test_the_line_is_tried_in_the_agents_session(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "PACKETS_PER_S", 50)
    talk = Asked()
    with reflecting(5) as port:
        ground = site.ground(line_s=1.2, talk=talk)
        with running(ground) as spool:
            assert told(line.line(ground)) == [("skipped", "E-SITE-33")]
            spool.put_note(PROBE_NOTE, encode(ProbeSession(port, 5, KEY)).decode())
            (finding,) = line.line(ground)
    assert (finding.state, finding.measures["sent"], finding.measures["loss_there"]) == ("ok", 60.0, 0.0)
    assert "Ctrl-C" in talk.said[0]


def test_a_reflector_that_does_not_answer_is_a_bad_line(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(by_hand, "LAST_WAIT_S", 0.1)
    named = Reflector("127.0.0.1", 9, 0, None)
    assert told(line.line(site.ground(line_s=0.05, reflector=named))) == [("bad", "E-SITE-33")]
    assert told(line.line(site.ground(line_s=0.0, reflector=named))) == [("skipped", "E-SITE-33")]


@pytest.mark.parametrize(
    ("answer", "is_well"),
    [(b"\x20\x03\x00\x00\x00", True), (b"\x20\x03\x00\x87\x00", False), (b"", False), (b"HTTP/1.1 400", False)],
)
def test_only_a_connack_of_success_is_one(answer: bytes, is_well: bool) -> None:
    assert line.accepted(answer) is is_well
