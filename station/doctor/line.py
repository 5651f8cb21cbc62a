"""Measuring the way to the county: broker, hub, and the line for a while."""

import http.client
import os
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from stamp.figures import Figures
from station.agent.line_desk import PROBE_NOTE
from station.agent.tls import tls_context, why_no_connection
from station.clock import Clock
from station.doctor import line_rules as rules
from station.doctor.devices import spool_of
from station.doctor.ground import Ground, Reflector
from station.errors import StationError, StoreError, TrustError
from station.probe.by_hand import Probe, find, run
from station.store.presence import agent_runs
from station.store.spool import Spool
from wire.acceptance import Finding
from wire.codec import decode
from wire.errors import WireError
from wire.probe import ProbeSession
from wire.records import DeviceEvent

CONNECT_S: Final = 5.0
RECEIPT_S: Final = 20.0
PACKETS_PER_S: Final = 20
"""As a burst on suspicion (`link.md`); a reflector answers 50 a second of one session."""
LOOK_EVERY_S: Final = 0.05
DEVICE, EXAMINED = "doctor", "examined"
"""Of the record whose receipt proves the round trip."""


def broker(ground: Ground) -> list[Finding]:
    """Take the running agent's word, else connect with the station's own certificate."""
    if agent_runs(ground.state):
        with spool_of(ground) as spool:
            online = spool is not None and _note(spool, "hub") == "online"
        if online:
            return [rules.broker("connected", by_agent=True)]
    return [_connected(ground)]


def _connected(ground: Ground) -> Finding:
    settings = ground.settings
    began = time.monotonic()
    try:
        context = tls_context(settings.broker, settings.station)
    except TrustError as error:
        return rules.broker("refused", error.code)
    try:
        with (
            socket.create_connection((settings.broker.host, settings.broker.port), CONNECT_S) as plain,
            context.wrap_socket(plain, server_hostname=settings.broker.host) as line,
        ):
            line.sendall(hello(f"doctor-{os.urandom(8).hex()}"))
            answer = line.recv(256)
            if not accepted(answer):
                return rules.broker("refused", f"CONNACK {answer[:4].hex()}" if answer else "TLS")
            line.sendall(b"\xe0\x00")
    except ssl.SSLError as error:
        return rules.broker("refused", why_no_connection(error))
    except OSError as error:
        return rules.broker("unreachable", why_no_connection(error))
    return rules.broker("connected", connect_ms=(time.monotonic() - began) * 1000)


def hello(client_id: str) -> bytes:
    """Return MQTT 5's CONNECT (3.1) of a client that wants nothing kept: the agent's own session stays as it is."""
    name = client_id.encode("ascii")
    body = b"\x00\x04MQTT\x05\x02" + (10).to_bytes(2, "big") + b"\x00" + len(name).to_bytes(2, "big") + name
    assert len(body) < 128
    return bytes([0x10, len(body)]) + body


def accepted(answer: bytes) -> bool:
    """Say whether it is a CONNACK (3.2) with reason code 0."""
    return len(answer) >= 4 and answer[0] == 0x20 and answer[3] == 0


def hub(ground: Ground) -> list[Finding]:
    """Ask the hub whether it is well; then give the agent a record to send and wait until the hub has stored it."""
    url = None if ground.settings.hub is None else ground.settings.hub.url
    status, answer_ms = (None, None) if url is None else _healthz(url, Path(ground.settings.broker.ca_file))
    asked, receipt_ms = False, None
    if agent_runs(ground.state):
        with spool_of(ground) as spool:
            if spool is not None:
                asked, receipt_ms = True, _receipt(ground, spool)
    return rules.hub(rules.HubSeen(url, status, answer_ms, receipt_ms, asked))


def _healthz(url: str, ca_file: Path) -> tuple[int | None, float | None]:
    parts = urlsplit(url)
    began = time.monotonic()
    try:
        line: http.client.HTTPConnection = http.client.HTTPConnection(
            parts.hostname or "", parts.port, timeout=CONNECT_S
        )
        if parts.scheme == "https":
            context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=str(ca_file))
            line = http.client.HTTPSConnection(parts.hostname or "", parts.port, timeout=CONNECT_S, context=context)
        try:
            line.request("GET", "/healthz", headers={"Connection": "close"})
            with line.getresponse() as response:
                status = response.status
        finally:
            line.close()
    except (OSError, http.client.HTTPException, ValueError):
        return None, None
    return status, (time.monotonic() - began) * 1000


def _receipt(ground: Ground, spool: Spool) -> float | None:
    """Return after how many ms the hub had stored a record that is made now; None when it did not in time."""
    try:
        seq = spool.append(lambda _: DeviceEvent(DEVICE, EXAMINED), Clock().now())
        began = time.monotonic()
        while (left := began + RECEIPT_S - time.monotonic()) > 0:
            if spool.trimmed_to() >= seq:
                return (time.monotonic() - began) * 1000
            ground.talk.left(left)
            time.sleep(LOOK_EVERY_S)
    except StoreError:
        return None
    return None


def line(ground: Ground) -> list[Finding]:
    """Probe the county's reflector for a while, in the agent's own session or the one that was named."""
    if ground.line_s <= 0:
        return [rules.line(None, "按要求跳过", "left out as asked")]
    reflector = ground.reflector or _of_agent(ground)
    if reflector is None:
        return [rules.line(None, "没有探测会话", "no session to probe in")]
    ground.talk.tell("测试线路，按 Ctrl-C 提前结束", "trying the line; Ctrl-C ends it early")
    packets = max(1, round(ground.line_s * PACKETS_PER_S))
    probe = Probe(reflector.host, reflector.port, packets, 1 / PACKETS_PER_S, reflector.ssid, reflector.key)
    try:
        with _countdown(ground):
            figures = run(probe, find(probe), lambda _: None)  # Ctrl-C ends it early: what came till then counts
    except StationError:
        return [rules.line(Figures(lasted_ms=0, sent=packets, reached=0, received=0))]
    return [rules.line(figures, early=figures.sent < packets)]


def _of_agent(ground: Ground) -> Reflector | None:
    if not agent_runs(ground.state):
        return None
    with spool_of(ground) as spool:
        said = None if spool is None else _note(spool, PROBE_NOTE)
    if not said:
        return None
    try:
        session = decode(said.encode(), ProbeSession)
    except WireError:
        return None
    return Reflector(session.host or ground.settings.broker.host, session.port, session.ssid, session.key)


def _note(spool: Spool, name: str) -> str | None:
    try:
        return spool.note(name)
    except StoreError:
        return None


@contextmanager
def _countdown(ground: Ground) -> Iterator[None]:
    over, until = threading.Event(), time.monotonic() + ground.line_s

    def count() -> None:
        while not over.wait(1.0) and (left := until - time.monotonic()) > 0:
            ground.talk.left(left)

    counting = threading.Thread(target=count, name="countdown", daemon=True)
    counting.start()
    try:
        yield
    finally:
        over.set()
        counting.join()
