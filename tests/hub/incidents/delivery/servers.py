"""A mail server and a web server of the tests, real ones on loopback, that behave as badly as they are told to."""

import datetime as dt
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

from firmware_config.identity.authority import CountyCa

USER, PASSWORD = "cuncuntong", "dont-log-me-1"


class Pki:
    """An authority of the tests' own, and a server's certificate by it."""

    def __init__(self, folder: Path, host: str = "localhost") -> None:
        now = dt.datetime.now(dt.UTC)
        ca = CountyCa.create("999999", now)
        ca.save(folder)
        ca.issue_server([host], now).save(folder, "server")
        self.ca_file = str(folder / "ca.crt")
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(folder / "server.crt", folder / "server.key")


class Mailbox:
    """What an aiosmtpd server took, and what it answers instead of 250 where it is told to."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.answers: dict[str, str] = {}

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any
    ) -> str:
        answer = self.answers.get("rcpt", "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        answer = self.answers.get("data", "250 taken as 1")
        if answer.startswith("250"):
            self.taken.append(envelope)
        return answer


def _check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, login: Any) -> AuthResult:
    good = isinstance(login, LoginPassword) and (login.login, login.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=good, handled=False)


@contextmanager
def mail_server(box: Mailbox, pki: Pki | None, *, implicit: bool = False) -> Iterator[int]:
    """Serve mail on a port of loopback: with STARTTLS and a login, or TLS from the start, or neither."""
    how: dict[str, Any] = {}
    if pki is not None and not implicit:
        how = {"tls_context": pki.context, "require_starttls": True, "authenticator": _check, "auth_required": True}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    context = pki.context if pki is not None and implicit else None
    server = Controller(box, hostname="127.0.0.1", port=port, ssl_context=context, server_hostname="mail.test", **how)
    server.start()
    try:
        yield port
    finally:
        server.stop()


@contextmanager
def talking(script: Callable[[socket.socket], None]) -> Iterator[int]:
    """Serve each connection on loopback by a script, one after the other."""
    door = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def serve() -> None:
        while not ended.is_set():
            try:
                line, _ = door.accept()
            except OSError:
                return
            line.settimeout(5.0)
            with line, suppress(OSError):
                script(line)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield door.getsockname()[1]
    finally:
        ended.set()
        with suppress(OSError):
            door.shutdown(socket.SHUT_RDWR)
        door.close()
        thread.join(6.0)


class Post:
    """One request as it came."""

    def __init__(self, path: str, headers: dict[str, str], body: bytes) -> None:
        self.path, self.headers, self.body = path, headers, body


class Web:
    """What a web server got, and what it answers."""

    def __init__(self) -> None:
        self.posts: list[Post] = []
        self.status = 204
        self.headers: dict[str, str] = {}
        self.body: bytes | None = None


@contextmanager
def web_server(web: Web, pki: Pki | None = None) -> Iterator[int]:
    """Serve POSTs on a port of loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            web.posts.append(Post(self.path, {key.lower(): value for key, value in self.headers.items()}, body))
            with suppress(OSError):  # who asked need not read it all
                self.send_response(web.status)
                for name, value in web.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                if web.body is not None:
                    self.wfile.write(web.body)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    if pki is not None:
        server.socket = pki.context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
