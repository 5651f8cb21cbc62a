"""Whoever only connects, or never ends what they begin, costs the hub little, and not for long."""

import contextlib
import socket
import time
from contextlib import ExitStack

import pytest

from hub import connections
from hub.connections import Connections
from tests.hub.web.serving import Served

HEAD = b"POST /signin HTTP/1.1\r\nHost: 127.0.0.1\r\n"


def ends(line: socket.socket, within_s: float = 3) -> bytes:
    """Return what came before the hub closed a connection; raises TimeoutError where it does not."""
    line.settimeout(within_s)
    seen = b""
    try:
        while more := line.recv(65536):
            seen += more
    except ConnectionResetError:
        pass
    return seen


def test_a_request_that_never_ends_is_closed(
    served: Served, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_connection(("127.0.0.1", served.port), 3) as unread:
        unread.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
        assert unread.recv(65536).startswith(b"HTTP/1.1 403")
        with contextlib.suppress(ConnectionError):
            unread.sendall((b"10000\r\n" + b"a" * 65536 + b"\r\n") * 32)
        ends(unread)
    monkeypatch.setattr(connections, "HEAD_S", 0.3)
    monkeypatch.setattr(connections, "BODY_S", 0.4)
    with ExitStack() as stack:
        silent, half, slow, endless = (
            stack.enter_context(socket.create_connection(("127.0.0.1", served.port), 3)) for _ in range(4)
        )
        begun_s = time.monotonic()
        half.sendall(HEAD)
        form = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 500\r\n\r\nname="
        slow.sendall(HEAD + b"Origin: http://127.0.0.1\r\n" + form)
        endless.sendall(HEAD + b"X-Long: " + b"a" * connections.MOST_HEAD)
        assert ends(endless).startswith(b"HTTP/1.1 431")
        assert [ends(line) for line in (silent, half, slow)] == [b""] * 3
        assert time.monotonic() - begun_s > 0.3
    assert "Traceback" not in caplog.text


def test_one_machine_does_not_take_every_connection(caplog: pytest.LogCaptureFixture) -> None:
    everybody = Connections()
    assert all(everybody.enter("192.0.2.7") for _ in range(connections.MOST_EACH))
    assert not everybody.enter("192.0.2.7")
    assert everybody.enter("192.0.2.8")
    everybody.leave("192.0.2.7")
    assert everybody.enter("192.0.2.7")
    rest = connections.MOST - connections.MOST_EACH - 1
    assert all(everybody.enter("127.0.0.1") for _ in range(rest)), "a proxy speaks for many"
    assert not everybody.enter("127.0.0.1")
    assert [line.getMessage()[:8] for line in caplog.records] == ["E-WEB-12"], "said once a minute"
