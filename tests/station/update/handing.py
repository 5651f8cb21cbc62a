"""A hub that hands out one release, over a line as bad as is wanted."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Hub(ThreadingHTTPServer):
    """Hands out one release; its line breaks after so many bytes of each reply."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handing)
        self.content = b""
        self.breaks_after: int | None = None
        self.asked: list[str | None] = []
        self.ranges = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handing(BaseHTTPRequestHandler):
    server: Hub

    def do_GET(self) -> None:
        hub = self.server
        asked = self.headers["Range"]
        hub.asked.append(asked)
        if self.path != f"/station/release/{hashlib.sha256(hub.content).hexdigest()}":
            self.send_error(404)
            return
        begin = int(asked.removeprefix("bytes=").rstrip("-")) if asked and hub.ranges else 0
        body = hub.content[begin:]
        self.send_response(206 if begin else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if hub.breaks_after is None else body[: hub.breaks_after])

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Iterator[Hub]:
    """Run a hub for the block."""
    hub = Hub()
    thread = threading.Thread(target=hub.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield hub
    finally:
        hub.shutdown()
        thread.join()
        hub.server_close()
