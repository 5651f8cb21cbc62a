"""A hub small enough to see through, on the real broker: stores, receipts, welcomes, commands, answers questions."""

import threading
import time
from collections.abc import Callable
from typing import Any, Self

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from station.agent.link import send_at_once
from tests.county import County
from wire import topics
from wire.codec import decode, encode
from wire.life import Beat, Birth, Death, HubState, Life
from wire.orders import Answer, Ask, Command, Library, Receipt, Reply
from wire.probe import ProbeSession
from wire.records import Batch, RawRecord, Record, Urgent

PATIENCE_S = 15.0


class SmallHub:
    """Its memory (`stored`) outlives its connection, like a database; `stop` and `start` are a restart."""

    def __init__(self, county: County) -> None:
        self.county = county
        self.stored: dict[tuple[str, str], dict[int, Record]] = {}
        self.repeated = 0
        self.stored_to: dict[tuple[str, str], int] = {}
        self.urgent: list[tuple[str, int]] = []
        self.births: list[tuple[str, Birth, bool]] = []
        self.deaths: list[tuple[str, Death]] = []
        self.beats: list[tuple[str, Beat]] = []
        self.answers: list[tuple[str, Answer]] = []
        self.asks: list[tuple[str, Ask, int]] = []
        """Station, question, and how many seconds the broker would have kept it."""
        self.reply: Callable[[Ask], Reply | None] = lambda _: None
        """What it answers; None is no answer."""
        self.since_ms = 0
        self.storing = True
        self.unread = 0
        self._lock = threading.Lock()
        self._client: mqtt.Client | None = None
        self._ready = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        client = self.county.client("hub")
        self.since_ms += 1
        client.will_set(topics.HUB_STATE, encode(HubState(False, self.since_ms)), qos=1, retain=True)
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        client.on_socket_open = send_at_once
        client.reconnect_delay_set(1, 1)
        self._ready.clear()
        self._client = client
        client.connect("127.0.0.1", self.county.ports.mqtt)
        client.loop_start()
        assert self._ready.wait(PATIENCE_S)

    def stop(self) -> None:
        """Go without a word: the broker publishes the will."""
        if self._client is not None:
            self._client.disconnect(ReasonCode(PacketTypes.DISCONNECT, "Disconnect with will message"))
            self._client.loop_stop()
            self._client = None

    def records(self, station: str) -> list[Record]:
        """Return what is stored of a station, in order, over all epochs."""
        with self._lock:
            return [
                record
                for (owner, _), records in self.stored.items()
                if owner == station
                for _, record in sorted(records.items())
            ]

    def command(self, station: str, command: Command) -> None:
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        properties.MessageExpiryInterval = 60
        self._send(topics.down(station, "command"), encode(command), properties=properties)

    def probe(self, station: str, session: ProbeSession) -> None:
        self._send(topics.down(station, "probe"), encode(session))

    def library(self, station: str, library: Library) -> None:
        self._send(topics.library(station, library.documents[0].name), encode(library), retain=True)

    def _send(self, topic: str, payload: bytes, **options: Any) -> None:
        if self._client is not None:
            self._client.publish(topic, payload, qos=1, **options)

    def _on_connect(self, client: mqtt.Client, *_: object) -> None:
        client.subscribe(topics.every_up(), qos=1)

    def _on_subscribe(self, client: mqtt.Client, *_: object) -> None:
        client.publish(topics.HUB_STATE, encode(HubState(True, self.since_ms)), qos=1, retain=True)
        self._ready.set()

    def _on_message(self, _client: mqtt.Client, _userdata: object, message: mqtt.MQTTMessage) -> None:
        station, family = topics.parse_up(message.topic)
        payload = bytes(message.payload)
        with self._lock:
            receipt = self._take(station, family, payload, message.retain)
        if family == "ask":
            self._asked(station, decode(payload, Ask), message)
        if receipt is not None:
            self._send(topics.down(station, "receipt"), encode(receipt))

    def _asked(self, station: str, ask: Ask, message: mqtt.MQTTMessage) -> None:
        self.asks.append((station, ask, getattr(message.properties, "MessageExpiryInterval", 0)))
        reply = self.reply(ask)
        if reply is not None:
            self._send(topics.down(station, "reply"), encode(reply))

    def _take(self, station: str, family: str, payload: bytes, retained: bool) -> Receipt | None:
        match family:
            case "life":
                life: Life = decode(payload, Life)  # type: ignore[arg-type]
                if isinstance(life, Death):
                    self.deaths.append((station, life))
                    return None
                self.births.append((station, life, retained))
                return None if retained else self._receipt(station, life.epoch)
            case "beat":
                self.beats.append((station, decode(payload, Beat)))
            case "answer":
                self.answers.append((station, decode(payload, Answer)))
            case "urgent":
                urgent = decode(payload, Urgent)
                seq = self._store(station, urgent.epoch, bytes(urgent.record))
                self.urgent.append((station, seq))
                return self._receipt(station, urgent.epoch, [seq])
            case "records" if not self.storing:
                self.unread += 1
            case "records":
                batch = decode(payload, Batch)
                for raw in batch.records:
                    self._store(station, batch.epoch, bytes(raw))
                key = (station, batch.epoch)
                self.stored_to[key] = max(self.stored_to.get(key, 0), batch.after)
                while self.stored_to[key] + 1 in self.stored[key]:
                    self.stored_to[key] += 1
                return self._receipt(station, batch.epoch)
        return None

    def _store(self, station: str, epoch: str, raw: bytes) -> int:
        decode(raw, RawRecord)
        record = decode(raw, Record)
        records = self.stored.setdefault((station, epoch), {})
        self.repeated += record.seq in records
        records.setdefault(record.seq, record)
        return record.seq

    def _receipt(self, station: str, epoch: str, urgent: list[int] | None = None) -> Receipt:
        seq = self.stored_to.get((station, epoch), 0)
        return Receipt(epoch, seq, time.time_ns() // 1_000_000, urgent or [])
