"""The hub at the broker: MQTT bytes in, publications out. The only file of the hub that knows paho.

Every connection is a client of its own, so that no acknowledgement and no publication of an old one, whose time is
past, reaches the next. A pulse goes through the broker and back several times a second: what it carries is until
when the hub could have heard everybody.
"""

import logging
import random
import socket
import ssl
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Final

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from hub.errors import HubError
from hub.ingest.clock import HubClock
from hub.ingest.handle import Arrived
from hub.ingest.items import Blind, Item, Pulse, Sees, Stepped
from hub.ingest.shares import Shares
from hub.settings import BrokerSettings
from wire.client_id import client_id
from wire.codec import MAX_PAYLOAD_BYTES, encode
from wire.life import HubState
from wire.topics import HUB_PULSE, HUB_STATE, every_up

logger = logging.getLogger(__name__)

PULSE_EVERY_S: Final = 0.25
WAITING_MAX: Final = 2_000
"""Messages waiting for the writer. One more is left unacknowledged: its station sends it again."""
UNSURE_WAITING_MAX: Final = 500
"""The same for QoS 0, which no window of the broker holds back."""
RECEIVE_MAXIMUM: Final = 1_000
MAX_TOPIC_BYTES: Final = 256
RETRY_FIRST_S, RETRY_MAX_S = 0.2, 5.0
SUBSCRIBED_WITHIN_S: Final = 5.0
PULSE_LOST_AFTER_S: Final = 5.0
"""A broker that returns no pulse for so long is as good as gone, though its connection stands."""


class Edge:
    """Keeps a connection to the broker and a queue of what it brought."""

    def __init__(self, settings: BrokerSettings, county: str, clock: HubClock) -> None:
        """Prepare; `start` connects."""
        self._settings = settings
        self._name = f"hub-{county}"
        self._clock = clock
        self._queue: SimpleQueue[Item] = SimpleQueue()
        self._shares = Shares()
        self._order = threading.Lock()
        self._client: mqtt.Client | None = None
        self._connection = 0
        self._sees = False
        self._stopping = threading.Event()
        self._since_ms = 0
        self._echo_ms = 0
        self._subscribe_mid: int | None = None
        self.not_taken = 0
        """Messages of a flood, or that came while the writer was behind."""
        self._ended = threading.Event()
        self._left_out = False
        self._thread = threading.Thread(target=self._run, name="edge", daemon=True)

    def start(self) -> None:
        """Begin to connect, and try again for ever.

        Raises HubError E-HUB-20 when the certificate files cannot be used: waiting would not help.
        """
        self._new_client()
        self._thread.start()

    def stop(self) -> None:
        """Tell the stations, disconnect in good order and wait for the thread."""
        self._stopping.set()
        client = self._client
        if client is not None and self._sees:
            self._publish_state(client, online=False).wait_for_publish(0.5)
            client.disconnect()
        self._ended.set()
        self._thread.join(2.0)

    def take(self, timeout_s: float) -> Item | None:
        """Return the next that arrived, or None."""
        try:
            item = self._queue.get(timeout=timeout_s) if timeout_s > 0 else self._queue.get_nowait()
        except Empty:
            return None
        if isinstance(item, Arrived):
            self._shares.give_back(item.topic)
        return item

    def renew(self) -> None:
        """Connect anew: what was never acknowledged fills the broker's window, and nothing more would come."""
        self._ended.set()

    def acknowledge(self, arrived: Arrived) -> None:
        """Send the PUBACK, if the connection that brought it is still the one."""
        client = self._client
        if client is not None and arrived.qos > 0 and arrived.connection == self._connection:
            client.ack(arrived.mid, arrived.qos)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False, expires_s: int | None = None) -> bool:
        """Publish with QoS 1 while connected; return whether it went out."""
        client = self._client
        if client is None or not self._sees:
            return False
        properties = None
        if expires_s is not None:
            properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
            properties.MessageExpiryInterval = expires_s
        return client.publish(topic, payload, 1, retain, properties).rc == MQTTErrorCode.MQTT_ERR_SUCCESS

    def _run(self) -> None:
        wait_s = RETRY_FIRST_S
        while not self._stopping.is_set():
            try:
                if self._connect_once():
                    wait_s = RETRY_FIRST_S
            except Exception:
                logger.exception("E-HUB-21 the broker's edge failed; connecting again")
            if self._stopping.wait(wait_s * random.uniform(0.5, 1.0)):
                return
            wait_s = min(wait_s * 2, RETRY_MAX_S)

    def _connect_once(self) -> bool:
        """Live through one connection; return whether it ever saw."""
        client = self._new_client()
        self._connection += 1
        self._client = client
        self._ended.clear()
        self._left_out = False
        settings = self._settings
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.ReceiveMaximum = RECEIVE_MAXIMUM
        properties.SessionExpiryInterval = 0
        properties.MaximumPacketSize = 2 * MAX_PAYLOAD_BYTES
        try:
            client.connect(settings.host, settings.port, settings.keepalive_s, clean_start=True, properties=properties)
        except OSError as error:
            logger.warning("E-HUB-22 no broker at %s:%s: %s 无法连接消息服务器", settings.host, settings.port, error)
            return False
        # Only with a loop thread of its own does paho keep other threads from writing to the socket.
        client.loop_start()
        began_ms = self._clock.now_ms()
        try:
            while not self._ended.wait(PULSE_EVERY_S):
                began_ms += self._follow_clock()
                self._pulse(client, began_ms)
        finally:
            _hang_up(client)
            saw, self._sees = self._sees, False
            if saw:
                # Since the last pulse that came back nobody could have been heard for certain.
                self._queue.put(Blind(self._echo_ms))
                if not self._stopping.is_set():
                    logger.warning("the broker is lost: every station is unknown until heard 各站点状态未知")
        return saw

    def _new_client(self) -> mqtt.Client:
        settings = self._settings
        try:
            client = mqtt.Client(
                CallbackAPIVersion.VERSION2,
                client_id=client_id(self._name, Path(settings.key_file).read_bytes()),
                protocol=mqtt.MQTTv5,
                manual_ack=True,
                reconnect_on_failure=False,
            )
            client.tls_set(settings.ca_file, settings.cert_file, settings.key_file, tls_version=ssl.PROTOCOL_TLS_CLIENT)
        except (OSError, ValueError) as error:
            raise HubError(
                "E-HUB-20", f"the hub's certificate cannot be used; lay it out again 县级中心证书无法使用: {error}"
            ) from None
        client.connect_timeout = 5.0
        client.max_inflight_messages_set(1_000)
        self._since_ms = self._clock.now_ms()
        client.will_set(HUB_STATE, encode(HubState(False, self._since_ms)), 1, retain=True)
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        client.on_disconnect = self._on_disconnect
        client.on_socket_open = _send_at_once
        return client

    def _on_connect(
        self, client: mqtt.Client, _data: object, _flags: object, reason: ReasonCode, _properties: object
    ) -> None:
        if reason.is_failure:
            logger.warning("E-HUB-23 the broker refuses the hub: %s 消息服务器拒绝连接", reason)
            client.disconnect()
            return
        _, self._subscribe_mid = client.subscribe(
            [(every_up(), SubscribeOptions(qos=1)), (HUB_PULSE, SubscribeOptions(qos=0))]
        )

    def _on_disconnect(
        self, _client: mqtt.Client, _data: object, _flags: object, reason: ReasonCode, _properties: object
    ) -> None:
        if not self._stopping.is_set():
            logger.warning("disconnected from the broker: %s 与消息服务器断开", reason)
        self._ended.set()

    def _on_subscribe(
        self, client: mqtt.Client, _data: object, mid: int, reasons: Sequence[ReasonCode], _properties: object
    ) -> None:
        if mid != self._subscribe_mid:
            return
        if any(reason.is_failure for reason in reasons):
            logger.error("E-HUB-24 the broker lets the hub read nothing; check its access list 访问控制有误")
            client.disconnect()
            return
        with self._order:
            self._echo_ms = self._clock.now_ms()
            self._queue.put(Sees(self._echo_ms))
        self._sees = True
        self._publish_state(client, online=True)
        logger.info("connected to the broker and subscribed 已连接消息服务器")

    def _on_message(self, client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        payload = bytes(message.payload)
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = "?"
        if topic == HUB_PULSE:
            self._echo_ms = int(payload)
            self._queue.put(Pulse(self._echo_ms))
            return
        if not self._shares.take(topic):
            self.not_taken += 1
            if message.qos:
                client.ack(message.mid, message.qos)  # no receipt: an honest station sends it again
            return
        room = WAITING_MAX if message.qos else UNSURE_WAITING_MAX
        if self._queue.qsize() >= room or len(topic) > MAX_TOPIC_BYTES:
            self.not_taken += 1
            self._left_out = self._left_out or message.qos > 0
            self._shares.give_back(topic)
            return
        with self._order:
            now_ms = self._clock.now_ms()
            self._queue.put(Arrived(topic, payload, message.retain, message.qos, message.mid, self._connection, now_ms))

    def _follow_clock(self) -> int:
        """Return by how much the machine's clock was set, and have everything measured from now on follow."""
        with self._order:
            by_ms = self._clock.follow()
            if by_ms:
                self._echo_ms += by_ms
                self._queue.put(Stepped(by_ms))
        return by_ms

    def _pulse(self, client: mqtt.Client, began_ms: int) -> None:
        """Send a pulse; end a connection that brings none back, or whose subscription never came."""
        now_ms = self._clock.now_ms()
        if not self._sees and now_ms - began_ms > SUBSCRIBED_WITHIN_S * 1000:
            logger.warning("E-HUB-25 the broker took the connection and does nothing; connecting again")
            self._ended.set()
        elif self._sees and now_ms - self._echo_ms > PULSE_LOST_AFTER_S * 1000:
            logger.warning("E-HUB-26 the broker has stopped answering; connecting again 消息服务器停止响应")
            self._ended.set()
        elif self._left_out and self._queue.qsize() < WAITING_MAX // 10:
            logger.warning("E-HUB-27 more came than could be written; connecting again to get what was left out")
            self._ended.set()
        elif self._sees:
            client.publish(HUB_PULSE, str(now_ms), 0)

    def _publish_state(self, client: mqtt.Client, *, online: bool) -> mqtt.MQTTMessageInfo:
        return client.publish(HUB_STATE, encode(HubState(online, self._since_ms)), 1, retain=True)


def _send_at_once(_client: mqtt.Client, _data: object, door: Any) -> None:
    # An acknowledgement and a receipt go out one after the other: Nagle's algorithm held the second back for 40 ms.
    door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _hang_up(client: mqtt.Client) -> None:
    """End a connection whatever state it is in, and its thread."""
    client.disconnect()
    door: Any = client.socket()
    if door is not None:
        with suppress(OSError):
            door.shutdown(socket.SHUT_RDWR)
    client.loop_stop()
