"""The line to a real broker: what comes out of it, and what it says when there is none."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import msgspec
import pytest

from station.agent.link import Link
from station.agent.messages import Connected, Disconnected, Event, Publish, Published, Received, Subscribed
from station.agent.session import NO_SUBSCRIBER, NOT_AUTHORISED
from station.errors import StationError
from station.sealing import PICTURE_MAX_BYTES
from station.settings import BrokerSettings, Settings
from tests.county import County
from tests.station.small_hub import SmallHub
from tests.waiting import wait_for
from wire.codec import encode
from wire.life import Beat, Death, HubState, OutboxDepth
from wire.orders import Answer, SealedPicture

BOOT = 3


class Line:
    """A link with everything it told so far."""

    def __init__(self, settings: Settings, station: str | None = None) -> None:
        self.link = Link(station or settings.station, BOOT, settings.broker, Random(1))
        self.told: list[Event] = []

    def until(self, seen: Callable[[Event], bool], why: str) -> Event:
        def look() -> Event | None:
            self.told += self.link.events(0.01)
            return next((event for event in self.told if seen(event)), None)

        event = wait_for(look, why)
        assert event is not None
        return event  # type: ignore[no-any-return]

    def up(self) -> None:
        self.link.start()
        self.until(lambda event: isinstance(event, Connected), "connected")
        self.link.subscribe()
        self.until(lambda event: isinstance(event, Subscribed), "subscribed")


@pytest.fixture
def line(county: County) -> Iterator[Line]:
    line = Line(county.station_settings(reconnect_max_s=1.0))
    yield line
    line.link.close(2.0)


def beat() -> bytes:
    return encode(Beat(BOOT, 1, OutboxDepth(0, 0)))


def test_the_hub_s_state_arrives_and_says_that_it_was_retained(county: County, line: Line) -> None:
    with SmallHub(county):
        line.up()
        event = line.until(lambda event: isinstance(event, Received), "hub state")
        assert event == Received(HubState(True, 1), retained=True)


def test_an_acknowledgement_comes_with_what_it_is_for(county: County, line: Line) -> None:
    line.up()
    line.link.publish(Publish("answer", beat(), 1, False, 42))
    assert line.until(lambda event: isinstance(event, Published), "acknowledged") == Published(
        "answer", 42, NO_SUBSCRIBER
    )
    assert line.link.unacknowledged == 0


def test_the_largest_picture_an_answer_can_hold_crosses_the_broker(county: County, line: Line) -> None:
    box = bytes(PICTURE_MAX_BYTES + 48)
    picture = SealedPicture("a" * 16, box, "c" * 40, 3840, 2160, 253_402_300_799_999, "no_frames")
    answer = Answer("i" * 40, "o" * 40, "长" * 200, {f"m{number}": 0.1 for number in range(9)}, picture)
    with SmallHub(county) as hub:
        line.up()
        line.link.publish(Publish("answer", encode(answer), 1, False, 1))
        wait_for(lambda: hub.answers, "the answer")
        assert hub.answers[0][1] == answer


def test_a_certificate_of_another_station_may_not_write_here(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("station.agent.tls.common_name", lambda _pem: county.villages[0].code)  # not stopped before
    own, other = county.station_settings(0), county.station_settings(1)
    line = Line(msgspec.structs.replace(own, broker=other.broker))
    try:
        line.up()
        line.link.publish(Publish("records", b"{}", 1, False, 1))
        assert line.until(lambda event: isinstance(event, Published), "refused") == Published(
            "records", 1, NOT_AUTHORISED
        )
    finally:
        line.link.close(2.0)


def test_a_broken_line_comes_back_and_what_was_not_acknowledged_is_not_sent_twice(county: County, line: Line) -> None:
    line.up()
    county.stop_broker()
    line.until(lambda event: isinstance(event, Disconnected), "disconnected")
    line.link.publish(Publish("answer", beat(), 1, False, 1))
    line.told.clear()
    county.start_broker()
    line.until(lambda event: isinstance(event, Connected), "connected again")
    line.link.subscribe()
    line.until(lambda event: isinstance(event, Subscribed), "subscribed again")
    assert not [event for event in line.told if isinstance(event, Published)]


@pytest.mark.slow
def test_a_station_that_vanishes_leaves_its_will(county: County, line: Line) -> None:
    with SmallHub(county) as hub:
        line.up()
        line.link._client.socket().shutdown(2)  # type: ignore[union-attr]
        line.link._client.disconnect()
        wait_for(lambda: hub.deaths, "death")
        assert hub.deaths == [(line.link._station, Death(BOOT))]


def test_an_unreadable_message_is_told_and_forgotten(
    county: County, line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    with SmallHub(county) as hub:
        line.up()
        hub._send(f"v1/{line.link._station}/down/receipt", b"\xff not json")
        hub._send(f"v1/{line.link._station}/down/nonsense", b"{}")
        wait_for(lambda: "E-WIRE-01" in caplog.text and "E-WIRE-03" in caplog.text, "two complaints")


@pytest.mark.parametrize("missing", ["ca_file", "cert_file", "key_file"])
def test_without_its_certificates_a_station_does_not_start(tmp_path: Path, county: County, missing: str) -> None:
    settings = county.station_settings()
    broker = msgspec.structs.replace(settings.broker, **{missing: str(tmp_path / "no-such-file")})
    with pytest.raises(StationError, match="E-LINK-01"):
        Link(settings.station, BOOT, broker, Random(1))


def test_a_file_that_is_no_certificate_is_named(tmp_path: Path, county: County) -> None:
    settings = county.station_settings()
    (tmp_path / "torn.crt").write_text("-----BEGIN CERTIFICATE-----\nMII\n")
    broker = msgspec.structs.replace(settings.broker, cert_file=str(tmp_path / "torn.crt"))
    with pytest.raises(StationError, match=r"E-LINK-01.*torn\.crt"):
        Link(settings.station, BOOT, broker, Random(1))


# paho leaves the socket of a failed handshake to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
class TestTrouble:
    """One clear line for each change, not for each try."""

    def complaints(self, settings: BrokerSettings, station: str, caplog: pytest.LogCaptureFixture) -> list[str]:
        tries = []
        link = Link(station, BOOT, settings, Random(1))
        wait_longer = link._wait_longer

        def count(client: object) -> None:
            tries.append(1)
            wait_longer(client)  # type: ignore[arg-type]

        link._wait_longer = count  # type: ignore[method-assign]
        with caplog.at_level(logging.WARNING):
            link.start()
            wait_for(lambda: len(tries) >= 3, "three tries")
            link.close(2.0)
        return [record.getMessage() for record in caplog.records]

    def broker(self, county: County, **changes: object) -> BrokerSettings:
        settings = county.station_settings(reconnect_max_s=0.5).broker
        return msgspec.structs.replace(settings, **changes)

    def test_no_broker(self, county: County, caplog: pytest.LogCaptureFixture) -> None:
        county.stop_broker()
        (line,) = self.complaints(self.broker(county), county.villages[0].code, caplog)
        assert "E-LINK-10" in line
        assert "Connection refused" in line

    def test_no_such_host(self, county: County, caplog: pytest.LogCaptureFixture) -> None:
        (line,) = self.complaints(self.broker(county, host="broker.invalid"), county.villages[0].code, caplog)
        assert "Name or service not known" in line or "name resolution" in line

    def test_a_broker_of_another_county(self, tmp_path: Path, county: County, caplog: pytest.LogCaptureFixture) -> None:
        other = County(tmp_path / "other")
        ca_file = str(other.folder / "ca.crt")
        (line,) = self.complaints(self.broker(county, ca_file=ca_file), county.villages[0].code, caplog)
        assert "not trusted" in line

    def test_a_certificate_of_another_county(
        self, tmp_path: Path, county: County, caplog: pytest.LogCaptureFixture
    ) -> None:
        other = County(tmp_path / "other").station_settings().broker
        broker = self.broker(county, cert_file=other.cert_file, key_file=other.key_file)
        lines = self.complaints(broker, county.villages[0].code, caplog)
        assert len(set(lines)) == len(lines) <= 2, "the alert may be overtaken by the end of the connection"
        assert any(word in "".join(lines).lower() for word in ("alert", "eof", "reset"))


def test_another_stations_certificate_is_refused_at_the_start_and_both_are_named(county: County) -> None:
    mine, other = county.station_settings(0), county.station_settings(1)
    broker = msgspec.structs.replace(mine.broker, cert_file=other.broker.cert_file, key_file=other.broker.key_file)
    with pytest.raises(StationError, match=rf"E-LINK-02.*{other.station}.*{mine.station}"):
        Link(mine.station, BOOT, broker, Random(1))
