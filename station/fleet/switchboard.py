"""Many MQTT connections in one thread over one selector. The only place of the fleet that knows paho."""

import selectors
import ssl
import time
from random import Random
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.reasoncodes import ReasonCode

from station.agent.backoff import Backoff
from station.agent.link import new_client, send_at_once, subscribe_to_all
from station.agent.messages import Connected, Disconnected, Event, Publish, Published, Received, Subscribed, read_down
from station.agent.own_address import own_address
from station.settings import BrokerSettings
from wire.errors import WireError
from wire.topics import up

CONNECT_TIMEOUT_S = 2.0
MISC_PER_KEEPALIVE = 4


class Switchboard:
    """Waits for all lines at once."""

    def __init__(self) -> None:
        """Begin without lines."""
        self.selector = selectors.DefaultSelector()

    def wait(self, timeout_s: float) -> None:
        """Serve every line that can read or write; their events are then there to take."""
        for key, mask in self.selector.select(timeout_s):
            key.data.serve(bool(mask & selectors.EVENT_READ), bool(mask & selectors.EVENT_WRITE))

    def close(self) -> None:
        """Close the selector."""
        self.selector.close()


class Line:
    """One station's connection."""

    def __init__(
        self,
        board: Switchboard,
        station: str,
        boot: int,
        settings: BrokerSettings,
        context: ssl.SSLContext,
        random: Random,
    ) -> None:
        """Take what proves the station to the broker; connecting is left to `connect`."""
        self.events: list[Event] = []
        self._selector = board.selector
        self._station = station
        self._settings = settings
        self._sent: dict[int, Publish] = {}
        self._backoff = Backoff(settings.reconnect_max_s, random)
        self._connect_at_s = 0.0
        self._misc_at_s = 0.0
        self._is_open = False
        self._registered = False
        self._socket: ssl.SSLSocket | None = None
        self._client = self._make_client(boot, context)

    @property
    def closed(self) -> bool:
        """Whether there is no connection, not even one being made."""
        return self._socket is None

    @property
    def unacknowledged(self) -> int:
        """How many messages the broker has not acknowledged."""
        return len(self._sent)

    def connect_is_due(self, now_s: float) -> bool:
        """Say whether `connect` should be called now."""
        return self._socket is None and now_s >= self._connect_at_s

    def connect(self) -> None:
        """Try once; takes as long as the handshake does."""
        try:
            self._client.reconnect()
        except OSError:
            self._connect_at_s = time.monotonic() + self._backoff.wait_s()

    def keep(self, now_s: float) -> None:
        """Send pings when they are due."""
        if now_s >= self._misc_at_s:
            self._misc_at_s = now_s + self._settings.keepalive_s / MISC_PER_KEEPALIVE
            self._client.loop_misc()

    def serve(self, readable: bool, writable: bool) -> None:
        """Read and write what can be read and written now."""
        if writable:
            self._client.loop_write()
        if readable:
            self._client.loop_read()
            # What TLS has already decrypted no selector tells of.
            while self._socket is not None and self._socket.pending():
                self._client.loop_read()

    def subscribe(self) -> None:
        """Ask for all that is meant for this station."""
        subscribe_to_all(self._client, self._station)

    def publish(self, message: Publish) -> None:
        """Send one message."""
        if self._is_open:
            topic = up(self._station, message.family)
            info = self._client.publish(topic, message.payload, message.qos, message.retain)
            if message.qos:
                self._sent[info.mid] = message

    def disconnect(self) -> None:
        """Say goodbye to the broker."""
        self._client.disconnect()

    def mute(self) -> None:
        """Neither listen nor speak any more, but leave the connection open: as a machine without power does."""
        if self._registered and self._socket is not None:
            self._registered = False
            self._selector.unregister(self._socket)

    def cut(self) -> None:
        """End the connection without a word."""
        if self._socket is not None:
            self.mute()
            self._socket.close()
            self._client.loop_read()

    def _make_client(self, boot: int, context: ssl.SSLContext) -> mqtt.Client:
        client = new_client(self._station, boot, self._settings, context, CONNECT_TIMEOUT_S)
        client.on_socket_open = self._on_socket_open
        client.on_socket_close = self._on_socket_close
        client.on_socket_register_write = self._on_want_write
        client.on_socket_unregister_write = self._on_wrote
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        client.on_publish = self._on_publish
        client.on_message = self._on_message
        return client

    def _on_socket_open(self, client: mqtt.Client, userdata: object, sock: Any) -> None:
        send_at_once(client, userdata, sock)
        self._socket = sock
        self._selector.register(sock, selectors.EVENT_READ, self)
        self._registered = True

    def _on_socket_close(self, _client: mqtt.Client, _userdata: object, _sock: object) -> None:
        self.mute()
        self._socket = None

    def _on_want_write(self, _client: mqtt.Client, _userdata: object, sock: Any) -> None:
        if self._registered:
            self._selector.modify(sock, selectors.EVENT_READ | selectors.EVENT_WRITE, self)

    def _on_wrote(self, _client: mqtt.Client, _userdata: object, sock: Any) -> None:
        if self._registered:
            self._selector.modify(sock, selectors.EVENT_READ, self)

    def _on_connect(
        self, _client: mqtt.Client, _userdata: object, _flags: object, reason: ReasonCode, _properties: object
    ) -> None:
        if not reason.is_failure:
            self._backoff.succeeded()
            self._is_open = True
            self.events.append(Connected(own_address(self._socket)))

    def _on_disconnect(
        self, _client: mqtt.Client, _userdata: object, _flags: object, _reason: ReasonCode, _properties: object
    ) -> None:
        self._is_open = False
        self._sent.clear()
        self._connect_at_s = time.monotonic() + self._backoff.wait_s()
        self.events.append(Disconnected())

    def _on_subscribe(self, *_: object) -> None:
        self.events.append(Subscribed())

    def _on_publish(
        self, _client: mqtt.Client, _userdata: object, mid: int, reason: ReasonCode, _properties: object
    ) -> None:
        if (message := self._sent.pop(mid, None)) is not None:
            self.events.append(Published(message.family, message.key, reason.value))

    def _on_message(self, _client: mqtt.Client, _userdata: object, message: mqtt.MQTTMessage) -> None:
        try:
            read = read_down(self._station, message.topic, bytes(message.payload))
        except WireError:
            return
        self.events.append(Received(read, retained=message.retain))
