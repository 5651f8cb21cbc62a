"""Cameras on the loopback asked over RTSP: good ones, closed ones, and such that answer anything."""

import hashlib
import re
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from station.probe.rtsp import CODES, MEANINGS, MOST_BYTES, Probed, probe_camera
from station.probe.rtsp_words import Address, address_of
from tests.station.devices.camera.streams import LOGIN, Behaviour, Rtsp, Silent, served
from tests.waiting import wait_for

USER, PASSWORD = LOGIN.split(":")
STEP_S = 0.4


def at(port: int, login: str = "", path: str = "/stream") -> Address:
    address = address_of(f"rtsp://{login}127.0.0.1:{port}{path}")
    assert address is not None
    return address


def asked(port: int, login: str = "", *, whole: bool = True) -> Probed:
    return probe_camera(at(port, login), whole=whole, step_s=STEP_S)


class Locked(Rtsp):
    """Asks for a Digest that is new each time, as RFC 7616 allows."""

    nonce = "first"

    def _send(self, data: bytes) -> None:
        self.request.sendall(data)

    def handle(self) -> None:
        for method, headers in requests(self):
            if self._is_right(method, headers.get("authorization", "")):
                body = b"v=0\r\nm=video 0 RTP/AVP 26\r\na=control:t\r\n" if method == "DESCRIBE" else b""
                more = f"Session: 1;timeout=60\r\nContent-Length: {len(body)}\r\n"
                self._send(f"RTSP/1.0 200 OK\r\nCSeq: {headers['cseq']}\r\n{more}\r\n".encode() + body)
                if method == "PLAY":
                    self._send(b"$\x00\x00\x0c\x80\x60\x00\x01" + bytes(8))
            else:
                self.nonce = f"after-{method}"
                asks = f'Digest realm="cam", nonce="{self.nonce}", qop="auth"'
                self._send(f"RTSP/1.0 401 No\r\nCSeq: {headers['cseq']}\r\nWWW-Authenticate: {asks}\r\n\r\n".encode())

    def _is_right(self, method: str, said: str) -> bool:
        if method == "OPTIONS":
            return True
        got = dict(re.findall(r'(\w+)="?([^",]+)"?', said))

        def md5(*parts: str) -> str:
            return hashlib.md5(":".join(parts).encode()).hexdigest()

        who = md5(USER, "cam", PASSWORD)
        answer = md5(who, self.nonce, got.get("nc", ""), got.get("cnonce", ""), "auth", md5(method, got.get("uri", "")))
        return got.get("response") == answer and got.get("nonce") == self.nonce


def requests(handler: socketserver.StreamRequestHandler) -> Iterator[tuple[str, dict[str, str]]]:
    with suppress(OSError):
        while first := handler.rfile.readline().decode().strip():
            headers = {}
            while line := handler.rfile.readline().decode().strip():
                name, _, value = line.partition(": ")
                headers[name.lower()] = value
            yield first.split()[0], headers


class Scripted(Rtsp):
    """Answers each method with bytes of its own, `%s` being the number of the request."""

    says: dict[str, bytes]

    def handle(self) -> None:
        for method, headers in requests(self):
            self.request.sendall(self.says.get(method, OK).replace(b"%s", headers["cseq"].encode()))


OK = b"RTSP/1.0 200 OK\r\nCSeq: %s\r\nSession: 5\r\n\r\n"
VIDEO = b"v=0\r\nm=video 0 RTP/AVP 26\r\na=control:t\r\n"
DESCRIBED = b"RTSP/1.0 200 OK\r\nCSeq: %%s\r\nContent-Length: %d\r\n\r\n" % len(VIDEO) + VIDEO


@contextmanager
def scripted(**says: bytes) -> Iterator[int]:
    handler = type("Says", (Scripted,), {"says": {"DESCRIBE": DESCRIBED, **says}})
    with served(handler, Behaviour(b"")) as port:
        yield port


def test_a_good_camera_plays_and_gets_its_session_back(a_picture: bytes) -> None:
    behaviour = Behaviour(a_picture)
    with served(Rtsp, behaviour) as port:
        probed = asked(port)
        assert (probed.verdict, probed.code, probed.detail) == ("plays", None, "")
        assert list(probed.steps) == [
            "tcp_ms", "rtsp_options_ms", "rtsp_describe_ms", "rtsp_setup_ms", "rtsp_play_ms", "first_packet_ms",
        ]  # fmt: skip
        assert all(0 <= took_ms < STEP_S * 1000 for took_ms in probed.steps.values())
        assert probed.steps["first_packet_ms"] >= probed.steps["rtsp_play_ms"]
        assert behaviour.farewells.acquire(timeout=5)
        few = asked(port, whole=False)
        assert (few.verdict, list(few.steps)) == ("answers", ["tcp_ms", "rtsp_options_ms"])


def test_a_password_is_given_when_it_is_asked_for_and_never_shown() -> None:
    with served(Locked, Behaviour(b"")) as port:
        assert asked(port, f"{LOGIN}@").verdict == "plays"
        for login in ("", "admin:wrong@"):
            refused = asked(port, login)
            assert (refused.verdict, refused.code, refused.detail) == ("denied", "E-PROBE-13", "DESCRIBE 401")


def test_a_basic_password() -> None:
    refusal = b'RTSP/1.0 401 No\r\nCSeq: %s\r\nWWW-Authenticate: Basic realm="x"\r\n\r\n'
    with scripted(OPTIONS=refusal) as port:
        assert asked(port, f"{LOGIN}@").code == "E-PROBE-13"


def nobody_listens() -> int:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port: int = closed.getsockname()[1]
        return port


@contextmanager
def silent() -> Iterator[int]:
    with served(Silent, Behaviour(b"")) as port:
        yield port


def test_a_dead_camera_is_told_from_one_without_a_picture() -> None:
    gone = asked(nobody_listens())
    assert (gone.verdict, gone.code, gone.steps) == ("unreachable", "E-PROBE-11", {})
    assert gone.detail == "Connection refused"
    with silent() as port:
        mute = asked(port)
        assert (mute.verdict, mute.code, mute.detail) == ("silent", "E-PROBE-11", "OPTIONS: timed out")
    with scripted() as port:
        dark = asked(port)
        assert (dark.verdict, dark.code) == ("no_picture", "E-PROBE-12")
        assert "rtsp_play_ms" in dark.steps
    unknown = address_of("rtsp://no-such-camera.invalid/")
    assert unknown is not None
    assert probe_camera(unknown, step_s=STEP_S).verdict == "unreachable"


FLOOD = b"RTSP/1.0 200 OK\r\nCSeq: 0\r\nContent-Length: 100000\r\n\r\n" + bytes(100_000)


@pytest.mark.parametrize(
    ("says", "verdict"),
    [
        pytest.param({"DESCRIBE": b"RTSP/1.0 404 No\r\nCSeq: %s\r\n\r\n"}, "no_stream", id="no such stream"),
        pytest.param({"DESCRIBE": OK}, "no_stream", id="a description without a picture"),
        pytest.param({"SETUP": b"RTSP/1.0 453 Full\r\nCSeq: %s\r\n\r\n"}, "no_picture", id="all sessions taken"),
        pytest.param({"SETUP": b"RTSP/1.0 200 OK\r\nCSeq: %s\r\n\r\n"}, "garbled", id="a session without a name"),
        pytest.param({"OPTIONS": b"HTTP/1.1 400 Bad\r\n\r\n"}, "garbled", id="a web server"),
        pytest.param({"OPTIONS": b"RTSP/1.0 200 OK\r\nCSeq: 0\r\n\r\n"}, "silent", id="an answer to something else"),
        pytest.param({"OPTIONS": b"RTSP/1.0 200 OK\r\nCS"}, "silent", id="half an answer"),
        pytest.param({"OPTIONS": b"x" * 100_000}, "garbled", id="endless nothing"),
        pytest.param({"OPTIONS": FLOOD * (MOST_BYTES // 100_000 + 2)}, "garbled", id="endless answers"),
        pytest.param({"PLAY": OK + b"$\x01\x00\x08\x80\xc8" + bytes(6)}, "no_picture", id="RTCP is no picture"),
        pytest.param({"PLAY": OK + b"$\x00\x00\x0c\x80\x60" + bytes(10)}, "plays", id="answer and packet in one"),
        pytest.param({"PLAY": b"$\x00\x00\x0c\x80\x60" + bytes(10) + OK}, "plays", id="the packet first"),
    ],
)
def test_strange_cameras(says: dict[str, bytes], verdict: str) -> None:
    with scripted(**says) as port:
        assert asked(port).verdict == verdict


def test_one_that_sends_a_byte_now_and_then_is_not_waited_for_for_ever() -> None:
    class Dripping(Silent):
        def handle(self) -> None:
            for byte in b"RTSP/1.0 200 OK\r\n" * 20:
                try:
                    self.request.sendall(bytes([byte]))
                except OSError:
                    return
                if self.behaviour.over.wait(0.05):
                    return

    with served(Dripping, Behaviour(b"")) as port:
        begun_s = time.monotonic()
        assert asked(port).verdict == "silent"
        assert time.monotonic() - begun_s < 10 * STEP_S


def test_every_code_has_its_meaning() -> None:
    assert set(CODES.values()) == set(MEANINGS)


def test_many_probes_leave_no_connection_open(a_picture: bytes) -> None:
    with served(Rtsp, Behaviour(a_picture)) as port:
        before = threading.active_count()
        for _ in range(5):
            assert asked(port).verdict == "plays"
        wait_for(lambda: threading.active_count() <= before, "the camera's connections are closed")


@pytest.fixture
def a_picture(jpeg: Callable[[], bytes]) -> bytes:
    return jpeg()


@pytest.fixture
def jpeg() -> Callable[[], bytes]:
    import cv2
    import numpy as np

    def make() -> bytes:
        return bytes(cv2.imencode(".jpg", np.zeros((64, 64, 3), np.uint8))[1])

    return make
