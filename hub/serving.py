"""The web server: ends open streams before it waits for them, and leaves the signal that stopped it at that."""

import asyncio
import functools
import socket
import ssl
from collections.abc import Callable
from types import FrameType
from typing import cast

import uvicorn
from starlette.applications import Starlette

from hub.connections import BoundedProtocol, Connections
from hub.errors import HubError
from hub.proof_of_work import ProofOfWork
from hub.settings import WebSettings
from wire.notify import Notifier


def tls_of(settings: WebSettings) -> ssl.SSLContext | None:
    """Return what the web is served by, TLS 1.2 or later; None where no certificate is named.

    Raises HubError E-WEB-11 when certificate and key cannot be used, or only one of them is named.
    """
    if settings.cert_file is None and settings.key_file is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(settings.cert_file or "", settings.key_file or "")
    except (OSError, ValueError) as error:
        raise HubError(
            "E-WEB-11",
            f"{settings.cert_file}, {settings.key_file}: the web cannot be served by these; a certificate and its own"
            f" unencrypted key are needed, both in PEM 网页证书或私钥无法使用，须为一对 PEM 文件: {error}",
        ) from None
    return context


class WebServer(uvicorn.Server):
    """Serves `app`; when told to stop it first calls `app.state.end_streams`."""

    def __init__(self, app: Starlette, tls: ssl.SSLContext | None = None, proof: ProofOfWork | None = None) -> None:
        """Take the application, what to serve it by (`tls_of`), and whom to tell that its loop goes round.

        Without `tls` it is plain HTTP, perhaps behind a proxy here.
        """
        self._proof = proof or ProofOfWork(Notifier(None))
        self._end_streams: Callable[[], None] | None = getattr(app.state, "end_streams", None)
        super().__init__(
            uvicorn.Config(
                app,
                loop="uvloop",
                http=cast("type[asyncio.Protocol]", functools.partial(BoundedProtocol, Connections())),
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=1,
                # Whose address it is, and whether by TLS, a proxy on this machine says; with our own TLS there is none.
                proxy_headers=tls is None,
                ssl_context_factory=None if tls is None else lambda _config, _default: tls,
            )
        )

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take SIGTERM and SIGINT; uvicorn would raise them again once stopped, and the ingest would be cut off."""
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve, and say so."""
        await super().startup(sockets)
        if self.started:
            self._proof.ready()

    async def on_tick(self, counter: int) -> bool:
        """Hear from uvicorn, ten times a second, that its loop went round."""
        self._proof.came_round("web")
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, then everything else."""
        self._proof.stopping()
        if self._end_streams is not None:
            self._end_streams()
        await super().shutdown(sockets)
