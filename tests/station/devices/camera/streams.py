"""Cameras on the loopback for tests: MJPEG over HTTP, and RTSP with JPEG over RTP (RFC 2435), good and bad."""

import http.server
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

Then = Literal["go on", "stall", "close"]
LOGIN = "admin:secret-word"


class Behaviour:
    """What a camera does: `good` pictures at a rate, then something."""

    def __init__(self, picture: bytes, good: int = 10**9, then: Then = "go on", per_s: float = 25.0) -> None:
        self.picture, self.good, self.then, self.every_s = picture, good, then, 1 / per_s
        self.over = threading.Event()
        self.farewells = threading.Semaphore(0)

    def pictures(self) -> Iterator[bytes]:
        for _ in range(self.good):
            yield self.picture
            if self.over.wait(self.every_s):
                return
        if self.then == "stall":
            self.over.wait(30)


@contextmanager
def served(handler: type[socketserver.BaseRequestHandler], behaviour: Behaviour) -> Iterator[int]:
    serving = type("Serving", (handler,), {"behaviour": behaviour})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), serving) as server:
        server.daemon_threads = False
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            behaviour.over.set()
            server.shutdown()
            thread.join()


class Mjpeg(http.server.BaseHTTPRequestHandler):
    behaviour: Behaviour

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=b")
        self.end_headers()
        try:
            for picture in self.behaviour.pictures():
                head = b"--b\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(picture)
                self.wfile.write(head + picture + b"\r\n")
        except OSError:
            return

    def log_message(self, *_: object) -> None:
        return


class Whole(Mjpeg):
    """The picture is the bytes of a whole file."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.behaviour.picture)))
        self.end_headers()
        self.wfile.write(self.behaviour.picture)


class Broadcast(Mjpeg):
    """The picture is the bytes of a film, sent as they come, `per_s` pieces of PIECE bytes a second."""

    PIECE = 1880

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "video/mp2t")
        self.end_headers()
        film, at = self.behaviour.picture, 0
        try:
            for _ in self.behaviour.pictures():
                self.wfile.write(film[at : at + self.PIECE])
                at += self.PIECE
        except OSError:
            return


class Silent(socketserver.BaseRequestHandler):
    """Accepts and never answers."""

    behaviour: Behaviour

    def handle(self) -> None:
        self.behaviour.over.wait(30)


class Rtsp(socketserver.StreamRequestHandler):
    """Just enough of RTSP 1.0 for one JPEG track inside the TCP connection."""

    behaviour: Behaviour

    def handle(self) -> None:
        while (request := self._request()) is not None:
            method, sequence = request
            body, more = b"", ""
            match method:
                case "OPTIONS":
                    more = "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n"
                case "DESCRIBE":
                    body = b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=video 0 RTP/AVP 26\r\na=control:t\r\n"
                    more = f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n"
                case "SETUP":
                    more = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1\r\n"
                case "TEARDOWN":
                    self.behaviour.farewells.release()
            self._send(f"RTSP/1.0 200 OK\r\nCSeq: {sequence}\r\n{more}\r\n".encode() + body)
            if method == "PLAY":
                threading.Thread(target=self._play, daemon=True).start()

    def _request(self) -> tuple[str, str] | None:
        lines = []
        try:
            while (line := self.rfile.readline().strip()) or not lines:
                if line.startswith(b"$") or not line:  # receiver reports; the end
                    return None
                lines.append(line.decode("ascii"))
        except (OSError, UnicodeDecodeError):
            return None
        return lines[0].split()[0], next(line[6:] for line in lines if line.startswith("CSeq: "))

    def _send(self, data: bytes) -> None:
        self.request.sendall(data)

    def _play(self) -> None:
        sequence = 0
        try:
            for count, picture in enumerate(self.behaviour.pictures()):
                for packet, last in rtp_jpeg(picture):
                    head = struct.pack("!BBHII", 0x80, 26 | (last << 7), sequence & 0xFFFF, count * 3600, 7)
                    self._send(struct.pack("!cBH", b"$", 0, len(head + packet)) + head + packet)
                    sequence += 1
        except OSError:
            return


def rtp_jpeg(jpeg: bytes, size: int = 1300) -> list[tuple[bytes, bool]]:
    """Cut a baseline 4:2:0 JPEG into RTP payloads, its quantisation tables in the first."""
    tables, scan, width, height, at = b"", b"", 0, 0, 2
    while not scan:
        marker, length = jpeg[at + 1], int.from_bytes(jpeg[at + 2 : at + 4], "big")
        segment = jpeg[at + 4 : at + 2 + length]
        match marker:
            case 0xDB:
                tables += b"".join(segment[start + 1 : start + 65] for start in range(0, len(segment), 65))
            case 0xC0:
                height, width = struct.unpack("!HH", segment[1:5])
            case 0xDA:
                scan = jpeg[at + 2 + length : -2]
        at += 2 + length
    payloads = []
    for offset in range(0, len(scan), size):
        part = scan[offset : offset + size]
        head = struct.pack("!IBBBB", offset, 1, 255, width // 8, height // 8)
        first = struct.pack("!BBH", 0, 0, len(tables)) + tables if offset == 0 else b""
        payloads.append((head + first + part, offset + size >= len(scan)))
    return payloads
