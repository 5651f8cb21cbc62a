"""The real application on a real port, fed from memory; `python -m tests.hub.web.serving PORT` is one by itself."""

import socket
import ssl
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from demo.processes import free_port
from hub.serving import WebServer
from tests.hub.web.made_up import MadeUpCounty, large_county
from tests.waiting import wait_for


class Served:
    """A county's web that can be stopped and started again on its port, as a hub is."""

    def __init__(self, county: MadeUpCounty, folder: Path, county_name: str = "测试县") -> None:
        self.county, self.county_name = county, county_name
        self._folder = folder
        self.tls: ssl.SSLContext | None = None
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        self._server: WebServer | None = None
        self._threads: list[threading.Thread] = []
        self._stopping = threading.Event()
        self.watchers: list[Callable[[], None]] = []

    def start(self) -> None:
        door = socket.socket()
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(("127.0.0.1", self.port))
        self._stopping.clear()
        server = self._server = WebServer(self.county.app(self._folder, self.county_name), self.tls)
        self._threads = [
            threading.Thread(target=server.run, kwargs={"sockets": [door]}),
            threading.Thread(target=self._time_goes_on),
        ]
        for thread in self._threads:
            thread.start()
        wait_for(lambda: server.started, "the server")

    def end(self) -> None:
        """Stop once nobody looks any more: a page that is left alone with a dead hub says so, and that is no fault."""
        while self.watchers:
            self.watchers.pop()()
        self.stop()

    def stop(self) -> None:
        if self._server is not None:
            self._server.should_exit = True
            self._stopping.set()
            for thread in self._threads:
                thread.join(10)
                assert not thread.is_alive(), "the server did not stop"
            self._server = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.end()
        self.county.close()

    def _time_goes_on(self) -> None:
        while not self._stopping.wait(0.2):
            self.county.tell()


def main() -> None:
    """Serve a large county in this process, until a signal."""
    door = socket.socket()
    door.bind(("127.0.0.1", int(sys.argv[1])))
    with tempfile.TemporaryDirectory() as folder:
        WebServer(large_county(24).app(Path(folder))).run(sockets=[door])


if __name__ == "__main__":
    main()
