"""Who is let in by the real broker, and what each may say and hear."""

import datetime as dt
import socket
import ssl
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from firmware_config.identity.authority import CountyCa
from firmware_config.identity.issuing import Credential, private_pem
from station.agent.link import Link
from station.agent.messages import Connected, Event, Publish, Published
from tests.county import VILLAGES, County, running_county
from tests.end_to_end.talking import LET_IN, NOBODY_HEARS, NOT_AUTHORISED, WITHIN_S, Talker, context_of, knock, visitor
from tests.waiting import wait_for
from wire import topics
from wire.certificates import CLIENT
from wire.codec import MAX_PAYLOAD_BYTES

A, B = VILLAGES[0].code, VILLAGES[1].code
PACKET_TOO_LARGE, UNSPECIFIED_ERROR = 0x95, 0x80


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    """One county for the whole module: no test here stops its broker."""
    with running_county(tmp_path_factory.mktemp("trust") / "county") as running:
        running.station(0)
        running.station(1)
        yield running


# --- who is let in ---

NOW = dt.datetime.now(dt.UTC)


def of_the_county(ca: CountyCa) -> Credential:
    return ca.issue_client(A, NOW)


def just_issued_to_a_station_whose_clock_is_23_hours_slow(ca: CountyCa) -> Credential:
    return ca.issue_client(A, NOW + dt.timedelta(hours=23))


def none_at_all(_ca: CountyCa) -> None:
    return None


def self_signed(_ca: CountyCa) -> Credential:
    own = CountyCa.create("999999", NOW)
    return Credential(private_pem(own.issuer._key), own.cert_pem)


def of_another_county_under_the_same_names(_ca: CountyCa) -> Credential:
    return CountyCa.create("999999", NOW).issue_client(A, NOW)


def expired(ca: CountyCa) -> Credential:
    return ca.issue_client(A, NOW - dt.timedelta(days=731))


def not_valid_yet(ca: CountyCa) -> Credential:
    return ca.issue_client(A, NOW + dt.timedelta(days=2))


def the_brokers_own(ca: CountyCa) -> Credential:
    return ca.issue_server(["localhost"], NOW)


@pytest.mark.parametrize("who", [of_the_county, just_issued_to_a_station_whose_clock_is_23_hours_slow])
def test_let_in_with_a_certificate(county: County, tmp_path: Path, who: Callable[[CountyCa], Credential]) -> None:
    assert knock(county, context_of(county, who(county.ca), tmp_path)) == LET_IN


@pytest.mark.parametrize(
    "who", [none_at_all, self_signed, of_another_county_under_the_same_names, expired, not_valid_yet, the_brokers_own]
)
def test_refused_with_a_certificate(
    county: County, tmp_path: Path, who: Callable[[CountyCa], Credential | None]
) -> None:
    refusal = knock(county, context_of(county, who(county.ca), tmp_path))
    assert "ALERT" in refusal or refusal == "closed", refusal


def test_a_client_without_tls_is_refused(county: County) -> None:
    assert knock(county, None) == "closed"


@pytest.mark.parametrize("version", ["TLSv1", "TLSv1_1"])
def test_old_tls_is_refused_by_the_broker(county: County, tmp_path: Path, version: str) -> None:
    context = context_of(county, of_the_county(county.ca), tmp_path)
    context.set_ciphers("ALL@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # naming the old versions is the point
        context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
    assert knock(county, context) == "TLSV1_ALERT_PROTOCOL_VERSION"


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_new_tls_is_spoken(county: County, tmp_path: Path, version: ssl.TLSVersion) -> None:
    context = context_of(county, of_the_county(county.ca), tmp_path)
    context.minimum_version = context.maximum_version = version
    assert knock(county, context) == LET_IN


def test_a_station_does_not_talk_to_a_station_that_poses_as_the_broker(county: County, tmp_path: Path) -> None:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    place = county.folder / "stations" / B
    server.load_cert_chain(place / "station.crt", place / "station.key")
    ours, theirs = socket.socketpair()

    def pose() -> None:
        with theirs:
            try:
                server.wrap_socket(theirs, server_side=True).close()
            except OSError:
                return

    impostor = threading.Thread(target=pose)
    impostor.start()
    context = context_of(county, None, tmp_path)
    context.check_hostname = False  # what is refused is the purpose, not the name
    with ours, pytest.raises(ssl.SSLCertVerificationError, match="purpose"):
        context.wrap_socket(ours)
    impostor.join(WITHIN_S)


def test_the_broker_starts_without_complaint_but_one(county: County) -> None:
    said = [line for line in county.broker_log.read_text().splitlines() if "Warning" in line or "Note" in line]
    unexpected = [
        line
        for line in said
        if "should not be run as root" not in line and "'v1/hub/state' does not contain" not in line
    ]
    assert not unexpected


# --- what each may say and hear ---


@pytest.fixture
def hub(county: County) -> Iterator[Talker]:
    with Talker(county, "hub") as talker:
        yield talker


@pytest.fixture
def station(county: County) -> Iterator[Talker]:
    with Talker(county, A) as talker:
        yield talker


@pytest.fixture
def monitor(county: County) -> Iterator[Talker]:
    with Talker(county, "monitor") as talker:
        yield talker


DONE = b"that was all"


def test_a_station_and_the_hub_hear_each_other(hub: Talker, station: Talker) -> None:
    hub.listen(topics.every_up())
    station.listen(topics.every_down(A), topics.HUB_STATE)
    for family in EVERY_UP:
        assert station.say(topics.up(A, family), b"up") == 0
        assert hub.heard_up_to(topics.up(A, family), b"up") == []
    for family in ("receipt", "command", "reply", "library"):
        assert hub.say(topics.down(A, family), b"down") == 0
        assert station.heard_up_to(topics.down(A, family), b"down") == []
    assert hub.say(topics.HUB_STATE, b"state") == 0
    assert station.heard_up_to(topics.HUB_STATE, b"state") == []


EVERY_UP = ("life", "beat", "records", "urgent", "ask", "answer")
FORBIDDEN_TO_A = [
    *(pytest.param(topics.up(B, family), id=f"B's {family}") for family in EVERY_UP),
    pytest.param(topics.down(A, "receipt"), id="a receipt to itself"),
    pytest.param(topics.down(B, "command"), id="a command to B"),
    pytest.param(topics.library(B, "roster"), id="a document to B"),
    pytest.param(topics.HUB_STATE, id="the hub's state"),
    pytest.param(topics.health(A), id="its own health"),
    pytest.param(topics.COUNTY_HEALTH, id="the county's health"),
    pytest.param(topics.incident("x"), id="an incident"),
    pytest.param(f"v1/{A}/side/records", id="a side door"),
    pytest.param(f"v1/{A}/up/heap", id="a topic of its own making"),
    pytest.param(f"v1/{A}/up/records/1", id="a topic below its own"),
    pytest.param(f"v2/{A}/up/records", id="another version"),
    pytest.param("anything", id="anything else"),
]


@pytest.mark.parametrize("topic", FORBIDDEN_TO_A)
def test_a_station_cannot_write(hub: Talker, station: Talker, topic: str) -> None:
    hub.listen("v1/#")
    assert station.say(topic, b"forged", retain=True) == NOT_AUTHORISED
    station.say(topic, b"forged, unacknowledged", qos=0)
    assert station.say(topics.up(A, "answer"), DONE) == 0
    heard = hub.heard_up_to(topics.up(A, "answer"), DONE)
    assert not [said for said in heard if said[1].startswith(b"forged")]


DEAF = [
    pytest.param(topics.every_down(B), id="what is meant for B"),
    pytest.param(topics.up(B, "records"), id="what B says"),
    pytest.param(topics.every_up(), id="what all say"),
    pytest.param("v1/+/down/#", id="what is meant for all"),
    pytest.param("v1/health/#", id="the monitors' topics"),
    pytest.param("v1/incident/#", id="the incidents"),
    pytest.param("#", id="everything"),
    pytest.param("+/+/+/+", id="everything, level by level"),
    pytest.param(f"$share/group/v1/{B}/down/#", id="what is meant for B, as a shared subscription"),
    pytest.param("$SYS/#", id="the broker's own figures"),
]


@pytest.mark.parametrize("topic_filter", DEAF)
def test_a_station_hears_nothing_of(county: County, hub: Talker, station: Talker, topic_filter: str) -> None:
    hub.listen(topics.every_up())
    station.listen(topic_filter, topics.down(A, "reply"))
    with Talker(county, B) as other:
        assert other.say(topics.up(B, "records"), b"B's secret") == 0
    others = (topics.down(B, "receipt"), topics.down(B, "command"), topics.health(B), topics.incident("x"))
    for topic in (*others, topics.COUNTY_HEALTH):
        assert hub.say(topic, b"not for A") in {0, NOBODY_HEARS}
    assert hub.say(topics.down(A, "reply"), DONE) == 0
    heard = station.heard_up_to(topics.down(A, "reply"), DONE)
    own = {topics.down(A, family) for family in ("receipt", "command", "reply", "library")} | {topics.HUB_STATE}
    assert {topic for topic, _ in heard} <= own


def test_a_monitor_hears_health_and_incidents_and_no_records(hub: Talker, station: Talker, monitor: Talker) -> None:
    monitor.listen("#", "v1/+/up/#", "v1/+/down/#", "v1/health/#", "v1/health", "v1/incident/#")
    station.say(topics.up(A, "records"), b"a record")
    hub.say(topics.down(A, "command"), b"a command")
    told = {(topics.health(A), b"health"), (topics.COUNTY_HEALTH, b"county"), (topics.incident("i"), b"incident")}
    for topic, payload in told:
        assert hub.say(topic, payload) == 0
    hub.say(topics.health(B), DONE)
    heard = monitor.heard_up_to(topics.health(B), DONE)
    assert told <= set(heard)
    assert not [topic for topic, _ in heard if "/up/" in topic or "/down/" in topic]


WRITES = [
    topics.up(A, "records"), topics.up(A, "life"), topics.down(A, "command"), topics.HUB_STATE, topics.health(A),
    topics.COUNTY_HEALTH, topics.incident("x"), "v1/monitor/up/records", "v1/monitor-9/up/records", "v1/x", "x",
]  # fmt: skip


@pytest.mark.parametrize("name", ["monitor", "monitor-9"])
def test_a_monitor_writes_nothing_not_even_under_its_own_name(
    county: County, hub: Talker, tmp_path: Path, name: str
) -> None:
    hub.listen("v1/#")
    place = visitor(county, county.ca.issue_client(name, NOW), tmp_path)
    with Talker(county, name, folder=place) as talker:
        for topic in WRITES:
            assert talker.say(topic, b"forged") == NOT_AUTHORISED, topic
    hub.say(topics.health(A), DONE)
    assert not [said for said in hub.heard_up_to(topics.health(A), DONE) if said[1] == b"forged"]


@pytest.mark.parametrize("name", ["+", "#", "monitor-10", "hub2", "Hub", f"{A}/up", f"{A}-1", "health", "incident"])
def test_even_a_badly_issued_name_cannot_write_for_a_station_or_the_hub(
    county: County, hub: Talker, tmp_path: Path, name: str
) -> None:
    """The authority refuses such names; the broker must not depend on it."""
    hub.listen("v1/#")
    key = ec.generate_private_key(ec.SECP256R1())
    badly = Credential(private_pem(key), county.ca.issuer.certify(key.public_key(), name, CLIENT, NOW).pem)
    with Talker(county, name, folder=visitor(county, badly, tmp_path)) as talker:
        talker.listen("v1/+/down/#", "v1/+/up/#")
        for topic in (topics.up(A, "records"), topics.down(A, "command"), topics.HUB_STATE, topics.health(A)):
            assert talker.say(topic, b"forged") == NOT_AUTHORISED, topic
        hub.say(topics.down(A, "command"), b"not for others")
        # The broker answers in order: what it had for this client comes before the answer to this.
        talker.listen("v1/nothing")
        assert talker.heard == []


def test_a_stations_will_cannot_speak_for_another(county: County, hub: Talker) -> None:
    hub.listen("v1/#")
    liar = Talker(county, A)
    liar.client.will_set(topics.up(B, "life"), b"B is dead", 1, retain=True)
    refused: list[int] = []
    liar.client.on_connect = lambda _c, _u, _f, code, _p: refused.append(code.value)
    liar.client.connect("localhost", county.ports.mqtt)
    liar.client.loop_start()
    wait_for(lambda: refused, "an answer to CONNECT")
    if refused[0] == 0:  # let in: then the will must not be announced
        liar.client.socket().shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]
    liar.client.disconnect()
    liar.client.loop_stop()
    with Talker(county, B) as other:
        other.say(topics.up(B, "answer"), DONE)
    assert (topics.up(B, "life"), b"B is dead") not in hub.heard_up_to(topics.up(B, "answer"), DONE)


def test_a_will_waits_as_long_as_it_was_told(county: County, hub: Talker) -> None:
    hub.listen(topics.up(A, "life"))
    leaving = Talker(county, A)
    delay, stay = Properties(PacketTypes.WILLMESSAGE), Properties(PacketTypes.CONNECT)
    delay.WillDelayInterval = 1
    stay.SessionExpiryInterval = 60
    leaving.client.will_set(topics.up(A, "life"), b"death", 1, retain=False, properties=delay)
    leaving.connect(clean_start=False, properties=stay)
    leaving.client.loop_stop()
    gone_at = time.monotonic()
    leaving.client.socket().close()  # type: ignore[union-attr]
    wait_for(lambda: hub.heard, "the will")
    assert hub.heard == [(topics.up(A, "life"), b"death")]
    assert 0.9 < time.monotonic() - gone_at < 3.5


def test_a_station_that_takes_anothers_client_id_gets_nothing_that_waits_for_it(county: County, hub: Talker) -> None:
    stay = Properties(PacketTypes.CONNECT)
    stay.SessionExpiryInterval = 60
    victim = Talker(county, B, client_id="shared-id")
    victim.connect(clean_start=False, properties=stay)
    victim.listen(topics.every_down(B))
    victim.client.disconnect(properties=kept_session())
    victim.client.loop_stop()
    assert hub.say(topics.down(B, "reply"), b"B's answer") == 0
    thief = Talker(county, A, client_id="shared-id")
    thief.connect(clean_start=False, properties=stay)
    thief.listen(topics.down(A, "reply"))
    hub.say(topics.down(B, "reply"), b"B's second answer")
    hub.say(topics.down(A, "reply"), DONE)
    assert thief.heard_up_to(topics.down(A, "reply"), DONE) == []
    thief.client.disconnect()
    thief.client.loop_stop()


def test_a_station_cannot_push_the_hub_or_another_station_off_without_knowing_its_id(county: County) -> None:
    settings = county.station_settings(1)
    link = Link(B, 1, settings.broker, Random(1))
    link.start()
    wait_for(lambda: any(isinstance(event, Connected) for event in link.events(0.01)), "B connected")
    for name in (B, "hub-999999"):
        with Talker(county, A, client_id=name) as thief:
            assert thief.say(topics.up(A, "answer"), DONE) in {0, NOBODY_HEARS}
    link.publish(Publish("answer", DONE, 1, False, 1))
    events: list[Event] = []
    wait_for(lambda: events.extend(link.events(0.01)) or events, "an answer to B")
    assert [type(event) for event in events] == [Published]
    link.close(2.0)


def kept_session() -> Properties:
    kept = Properties(PacketTypes.DISCONNECT)
    kept.SessionExpiryInterval = 60
    return kept


def test_the_largest_payload_of_the_contract_passes_and_a_larger_packet_ends_the_connection(
    hub: Talker, station: Talker
) -> None:
    hub.listen(topics.up(A, "records"))
    assert station.say(topics.up(A, "records"), b"x" * MAX_PAYLOAD_BYTES) == 0
    wait_for(lambda: hub.heard, "64 KiB at the hub")
    station.client.publish(topics.up(A, "records"), b"y" * (MAX_PAYLOAD_BYTES + 600), 1)
    wait_for(lambda: station.left, "the broker to close")
    assert station.left[0] in {PACKET_TOO_LARGE, UNSPECIFIED_ERROR}  # its last word may be overtaken by the reset
    station.client.disconnect()
    assert [len(payload) for _, payload in hub.heard] == [MAX_PAYLOAD_BYTES]


def test_a_publish_that_nobody_hears_is_told_as_such(station: Talker) -> None:
    assert station.say(topics.up(A, "ask")) == NOBODY_HEARS, "the hub is away: the outbox keeps what it holds"
