"""The agent's line to the broker: MQTT 5 over TLS. The only place of the agent that knows paho."""

import logging
import queue
import socket
import ssl
import sys
import threading
import time
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from station.agent.backoff import Backoff
from station.agent.messages import Connected, Disconnected, Event, Publish, Published, Received, Subscribed, read_down
from station.agent.own_address import own_address
from station.agent.tls import hang_up, load_certificate, tls_context, why_no_connection
from station.settings import BrokerSettings
from wire.client_id import client_id
from wire.codec import encode
from wire.errors import WireError
from wire.life import Death
from wire.topics import HUB_STATE, every_down, up

SESSION_EXPIRY_S = 60
"""How long the broker keeps receipts and commands for a station that is away."""
WILL_DELAY_S = 2
"""Hides a quick return, and a new session taking over the old."""
CONNECT_TIMEOUT_S = 5.0

logger = logging.getLogger(__name__)


class _Ack(NamedTuple):
    mid: int
    code: int


class Link:
    """Connects for ever, with growing jittered delays; events come out of a queue, nothing blocks the caller."""

    def __init__(self, station: str, boot: int, settings: BrokerSettings, random: Random) -> None:
        """Read the certificates.

        Raises TrustError E-LINK-01 when one is missing or unusable, E-LINK-02 when it is another station's.
        """
        self._station = station
        self._settings = settings
        self._backoff = Backoff(settings.reconnect_max_s, random)
        self._queue: queue.SimpleQueue[Event | _Ack] = queue.SimpleQueue()
        self._sent: dict[int, Publish] = {}
        self._connected = False
        self._told: set[str] = set()
        self._detail = ""
        self._context = tls_context(settings, station)
        self._client = self._make_client(boot)

    def start(self) -> None:
        """Begin connecting; returns at once."""
        self._client.loop_start()

    def events(self, wait_s: float) -> list[Event]:
        """Return what happened, waiting up to `wait_s` for the first."""
        events: list[Event] = []
        deadline = time.monotonic() + wait_s
        while True:
            try:
                item = self._queue.get(timeout=0 if events else max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                return events
            if isinstance(item, Disconnected):
                self._sent.clear()
            if not isinstance(item, _Ack):
                events.append(item)
            elif (sent := self._sent.pop(item.mid, None)) is not None:
                events.append(Published(sent.family, sent.key, item.code))

    def is_alive(self) -> bool:
        """Say whether paho's thread still runs; should it ever end, only a restart helps."""
        return any(thread.name.startswith(f"paho-mqtt-client-{self._station}") for thread in threading.enumerate())

    @property
    def unacknowledged(self) -> int:
        """How many messages the broker has not acknowledged, as far as `events` was read."""
        return len(self._sent)

    @property
    def connected(self) -> bool:
        """Whether the broker has us."""
        return self._connected

    def take_certificate(self) -> None:
        """Connect anew, as the same client, with the certificate that is in the files now.

        Raises TrustError E-LINK-01, E-LINK-02; then the connection stays as it is.
        """
        load_certificate(self._context, self._settings, self._station)
        hang_up(self._client.socket())

    def subscribe(self) -> None:
        """Ask for all that is meant for this station."""
        subscribe_to_all(self._client, self._station)

    def publish(self, message: Publish) -> None:
        """Send one message; what is not acknowledged before the connection ends is forgotten here."""
        if not self._connected:
            return
        topic, expiry = up(self._station, message.family), expiry_of(message)
        info = self._client.publish(topic, message.payload, message.qos, message.retain, expiry)
        if message.qos:
            self._sent[info.mid] = message

    def close(self, within_s: float) -> None:
        """Say goodbye to the broker and stop, leaving behind a thread that hangs in a connect."""
        self._client.disconnect()
        stopper = threading.Thread(target=self._client.loop_stop, daemon=True, name="link-stop")
        stopper.start()
        stopper.join(within_s)

    def _make_client(self, boot: int) -> mqtt.Client:
        client = new_client(self._station, boot, self._settings, self._context, CONNECT_TIMEOUT_S)
        client.on_pre_connect = self._on_pre_connect
        client.on_connect = self._on_connect
        client.on_connect_fail = self._on_connect_fail
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        client.on_publish = self._on_publish
        client.on_message = self._on_message
        client.on_log = self._on_log
        return client

    # What follows runs in paho's thread: hand over and return.

    def _on_pre_connect(self, client: mqtt.Client, userdata: object) -> None:
        forget_unacknowledged(client, userdata)
        self._detail = ""

    def _on_connect(
        self,
        client: mqtt.Client,
        _userdata: object,
        _flags: mqtt.ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            self._detail = f"refused 被拒绝: {reason}"
            return
        self._backoff.succeeded()
        self._told.clear()
        self._connected = True
        logger.info("connected to the broker 已连接消息服务器 %s:%d", self._settings.host, self._settings.port)
        self._queue.put(Connected(own_address(client.socket())))

    def _on_connect_fail(self, client: mqtt.Client, _userdata: object) -> None:
        error = sys.exc_info()[1]
        self._complain(why_no_connection(error) if error is not None else "no connection 无法连接")
        self._wait_longer(client)

    def _on_disconnect(
        self,
        client: mqtt.Client,
        _userdata: object,
        flags: mqtt.DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        self._connected = False
        self._queue.put(Disconnected())
        if reason.is_failure or flags.is_disconnect_packet_from_server:
            self._complain(self._detail or str(reason))
        self._wait_longer(client)

    def _on_subscribe(
        self,
        _client: mqtt.Client,
        _userdata: object,
        _mid: int,
        reasons: list[ReasonCode],
        _properties: Properties | None,
    ) -> None:
        if any(reason.is_failure for reason in reasons):
            logger.error(
                "E-LINK-13 the broker refuses this station's subscription 订阅被拒绝，请检查本站证书与访问列表"
            )
        self._queue.put(Subscribed())

    def _on_publish(
        self, _client: mqtt.Client, _userdata: object, mid: int, reason: ReasonCode, _properties: Properties | None
    ) -> None:
        self._queue.put(_Ack(mid, reason.value))

    def _on_message(self, _client: mqtt.Client, _userdata: object, message: mqtt.MQTTMessage) -> None:
        try:
            read = read_down(self._station, message.topic, bytes(message.payload))
            self._queue.put(Received(read, retained=message.retain))
        except WireError as error:
            logger.warning("a message of the hub cannot be read 无法识别中心消息: %s", error)

    def _on_log(self, _client: mqtt.Client, _userdata: object, level: int, text: str) -> None:
        # paho says only here why a read failed, e.g. that the broker refused the certificate after the handshake.
        if level == mqtt.MQTT_LOG_ERR and "on socket" in text:
            self._detail = text.partition(": ")[2]

    def _complain(self, what: str) -> None:
        """Log each trouble once until the line is back: one refusal may be read in two ways by turns."""
        if what not in self._told:
            self._told.add(what)
            logger.warning(
                "E-LINK-10 no line to the broker %s:%d 与消息服务器断开，将自动重连: %s",
                self._settings.host,
                self._settings.port,
                what,
            )

    def _wait_longer(self, client: mqtt.Client) -> None:
        # paho's own delay doubles without jitter: give it one fixed delay for the next try.
        delay_s = self._backoff.wait_s()
        client.reconnect_delay_set(delay_s, delay_s)  # type: ignore[arg-type]


def new_client(
    station: str, boot: int, settings: BrokerSettings, context: ssl.SSLContext, connect_timeout_s: float
) -> mqtt.Client:
    """Return a client that speaks as `station` and leaves its death as the will; it does not connect yet."""
    own_id = client_id(station, Path(settings.key_file).read_bytes())
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=own_id, protocol=mqtt.MQTTv5)
    client.tls_set_context(context)
    will = Properties(PacketTypes.WILLMESSAGE)  # type: ignore[no-untyped-call]
    will.WillDelayInterval = WILL_DELAY_S
    client.will_set(up(station, "life"), encode(Death(boot)), qos=1, retain=True, properties=will)
    client.connect_timeout = connect_timeout_s
    client.on_pre_connect = forget_unacknowledged
    client.on_socket_open = send_at_once
    connect = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    connect.SessionExpiryInterval = SESSION_EXPIRY_S
    client.connect_async(
        settings.host, settings.port, keepalive=settings.keepalive_s, clean_start=False, properties=connect
    )
    return client


def subscribe_to_all(client: mqtt.Client, station: str) -> None:
    """Ask for all that is meant for `station`, and for whether the hub is there."""
    options = SubscribeOptions(qos=1)
    client.subscribe([(every_down(station), options), (HUB_STATE, options)])


def expiry_of(message: Publish) -> Properties | None:
    """Return what tells the broker how long the message is worth delivering; None for one that always is."""
    if message.expiry_s is None:
        return None
    expiry = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
    expiry.MessageExpiryInterval = message.expiry_s
    return expiry


def forget_unacknowledged(client: mqtt.Client, _userdata: object) -> None:
    """Drop what paho kept: the session sends again what it must, and a copy of paho's would double every batch."""
    client.drop_out_messages()


def send_at_once(_client: mqtt.Client, _userdata: object, sock: Any) -> None:
    """Switch off Nagle's algorithm: a batch after an acknowledgement would wait 40 ms for the broker's delayed ACK."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
