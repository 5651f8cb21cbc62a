"""Before any door: by which name the hub may be asked (against DNS rebinding), and that browsers keep to TLS."""

import ipaddress
import socket
from collections.abc import Iterable
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.web.problem import ProblemError

KEEP_TO_TLS: Final = "max-age=31536000"
"""A year, of this host alone: others of its domain may be served otherwise."""


class Gate:
    """Refuses requests for another host, and has browsers keep to TLS where it is served by it."""

    def __init__(self, app: ASGIApp, names: Iterable[str] = ()) -> None:
        """Take the application, and the host names by which the county's browsers reach it."""
        self._app = app
        own = socket.gethostname().casefold()
        self._names = frozenset({"localhost", own, f"{own}.local", *(name.casefold().rstrip(".") for name in names)})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is asked of this host."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        hosts = Headers(scope=scope).getlist("host")
        if len(hosts) != 1 or not is_ours(hosts[0], self._names):
            what = "the hub is not reached by this host name; see [web] names 中心不使用此主机名，见设置 [web] names"
            refusal = ProblemError(421, "E-WEB-09", "Misdirected", what).response()
            await refusal(scope, receive, send)
            return

        async def send_kept(message: Message) -> None:
            if message["type"] == "http.response.start" and scope["scheme"] == "https":
                MutableHeaders(scope=message)["Strict-Transport-Security"] = KEEP_TO_TLS
            await send(message)

        await self._app(scope, receive, send_kept)


def is_ours(host: str, names: frozenset[str]) -> bool:
    """Say whether a Host header is one of the names, with a port or not, or an address: nobody rebinds an address."""
    if host.startswith("["):
        name, closed, port = host[1:].partition("]")
        port = port.removeprefix(":") if port.startswith(":") else ("" if closed and not port else "?")
    else:
        name, _, port = host.partition(":")
    if port and not (port.isascii() and port.isdigit()):
        return False
    if name.casefold().rstrip(".") in names and not host.startswith("["):
        return True
    try:
        return ipaddress.ip_address(name).version == (6 if host.startswith("[") else 4)
    except ValueError:
        return False
