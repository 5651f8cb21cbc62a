"""Knocking at the real broker, and talking there under a certificate."""

import socket
import ssl
from pathlib import Path

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from firmware_config.identity.issuing import Credential
from tests.county import County, client_of
from tests.waiting import wait_for

NOT_AUTHORISED = 0x87
NOBODY_HEARS = 0x10
WITHIN_S = 10.0
CONNECT = b"\x10\x14\x00\x04MQTT\x05\x02\x00\x3c\x00\x00\x07visitor"
LET_IN = "let in"


def knock(county: County, context: ssl.SSLContext | None) -> str:
    """Connect with TLS and say CONNECT; return LET_IN or how the broker refused."""
    try:
        with socket.create_connection(("127.0.0.1", county.ports.mqtt), timeout=WITHIN_S) as line:
            if context is None:
                line.sendall(CONNECT)
                return LET_IN if line.recv(1) == b"\x20" else "closed"
            with context.wrap_socket(line, server_hostname="localhost") as tls:
                tls.sendall(CONNECT)
                return LET_IN if tls.recv(1) == b"\x20" else "closed"
    except ssl.SSLEOFError:
        return "closed"
    except ssl.SSLError as error:
        return error.reason or str(error)
    except (ConnectionError, BrokenPipeError):
        return "closed"


def context_of(county: County, credential: Credential | None, folder: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(county.folder / "ca.crt"))
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    if credential is not None:
        credential.save(folder, "visitor")
        context.load_cert_chain(folder / "visitor.crt", folder / "visitor.key")
    return context


class Talker:
    """A real client that remembers what it was told."""

    def __init__(self, county: County, name: str, *, folder: Path | None = None, client_id: str | None = None) -> None:
        self.client = client_of(county.folder, name, client_id=client_id) if folder is None else client_in(folder)
        self.heard: list[tuple[str, bytes]] = []
        self.left: list[int] = []
        self._said: dict[int, int] = {}
        self._granted: dict[int, list[int]] = {}
        self.client.on_message = lambda _c, _u, m: self.heard.append((m.topic, m.payload))
        self.client.on_publish = self._on_publish
        self.client.on_subscribe = self._on_subscribe
        self.client.on_disconnect = self._on_disconnect
        self.port = county.ports.mqtt

    def _on_publish(self, _c: object, _u: object, mid: int, code: ReasonCode, _p: object) -> None:
        self._said[mid] = code.value

    def _on_subscribe(self, _c: object, _u: object, mid: int, codes: list[ReasonCode], _p: object) -> None:
        self._granted[mid] = [code.value for code in codes]

    def _on_disconnect(self, _c: object, _u: object, _f: object, code: ReasonCode, _p: object) -> None:
        self.left.append(code.value)

    def __enter__(self) -> "Talker":
        self.connect()
        return self

    def connect(self, **options: object) -> None:
        self.client.connect("localhost", self.port, **options)  # type: ignore[arg-type]
        self.client.loop_start()
        wait_for(self.client.is_connected, "connected")

    def __exit__(self, *_: object) -> None:
        self.client.disconnect()
        self.client.loop_stop()

    def say(self, topic: str, payload: bytes = b"{}", *, qos: int = 1, retain: bool = False) -> int:
        """Publish and return the broker's answer."""
        told = self.client.publish(topic, payload, qos, retain)
        wait_for(lambda: told.mid in self._said, f"an answer to a publish on {topic}")
        return self._said[told.mid]

    def listen(self, *topic_filters: str) -> list[int]:
        _, mid = self.client.subscribe([(topic, 1) for topic in topic_filters])  # type: ignore[arg-type]
        wait_for(lambda: mid in self._granted, "an answer to a subscribe")
        return self._granted[mid]

    def heard_up_to(self, topic: str, payload: bytes) -> list[tuple[str, bytes]]:
        """Return all that came before the message given, which is waited for, and forget it."""
        wait_for(lambda: (topic, payload) in self.heard, f"{topic} heard")
        end = self.heard.index((topic, payload))
        before, self.heard = self.heard[:end], self.heard[end + 1 :]
        return before


def visitor(county: County, credential: Credential, folder: Path) -> Path:
    """Lay out a certificate that no folder of the county holds."""
    credential.save(folder, "visitor")
    (folder / "ca.crt").write_bytes(county.ca.cert_pem)
    return folder


def client_in(folder: Path) -> mqtt.Client:
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="trust-visitor", protocol=mqtt.MQTTv5)
    client.tls_set(str(folder / "ca.crt"), str(folder / "visitor.crt"), str(folder / "visitor.key"))
    return client
