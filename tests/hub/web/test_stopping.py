"""Walls come, go, and stay open while the hub stops: none of it keeps the hub from stopping."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from demo.processes import free_port, stop
from tests.hub.web.made_up import TOKEN


class ServedElsewhere:
    """The application in a process of its own."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self.port = free_port()
        command = [sys.executable, "-m", "tests.hub.web.serving", str(self.port)]
        self.process = subprocess.Popen(command, start_new_session=True)
        stack.callback(stop, self.process)
        deadline = time.monotonic() + 15
        while True:
            try:
                self.line("/healthz").close()
                break
            except ConnectionRefusedError:
                assert self.process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.05)

    def line(self, path: str) -> socket.socket:
        line = self._stack.enter_context(socket.create_connection(("127.0.0.1", self.port), 10))
        head = f"GET {path} HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\n\r\n"
        line.sendall(head.encode())
        return line

    def open_stream(self) -> socket.socket:
        """Open a stream and read its first full frame."""
        line = self.line("/live")
        seen = b""
        while b'"full":true' not in seen:
            seen += line.recv(65536)
        assert b"text/event-stream" in seen
        return line

    def streams(self) -> float:
        text = read_to_end(self.line("/metrics")).decode()
        (figure,) = [row.split()[1] for row in text.splitlines() if row.startswith("cuncuntong_wall_streams ")]
        return float(figure)


def read_to_end(line: socket.socket) -> bytes:
    seen = b""
    while more := line.recv(65536):
        seen += more
    return seen


@pytest.fixture
def elsewhere() -> Iterator[ServedElsewhere]:
    with ExitStack() as stack:
        yield ServedElsewhere(stack)


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_open_streams_properly_and_then_the_process(
    elsewhere: ServedElsewhere, sign: signal.Signals
) -> None:
    walls = [elsewhere.open_stream() for _ in range(3)]
    begun = time.monotonic()
    elsewhere.process.send_signal(sign)
    for wall in walls:
        assert read_to_end(wall).endswith(b"0\r\n\r\n"), "the stream was ended, not cut"
    assert time.monotonic() - begun < 0.9, "not by its last resort, after a second"
    assert elsewhere.process.wait(10) == 0


def test_a_wall_that_vanished_frees_its_stream(elsewhere: ServedElsewhere) -> None:
    elsewhere.open_stream()
    gone = elsewhere.open_stream()
    assert elsewhere.streams() == 2
    gone.close()
    deadline = time.monotonic() + 5
    while elsewhere.streams() != 1:
        assert time.monotonic() < deadline
        time.sleep(0.05)
