"""TLS of a station: what proves it to the county and the county to it, and what is said when that fails."""

import socket
import ssl
from contextlib import suppress
from pathlib import Path
from typing import Any

from station.errors import TrustError
from station.settings import BrokerSettings
from wire.certificates import common_name, read_chain
from wire.errors import WireError


def tls_context(settings: BrokerSettings, station: str) -> ssl.SSLContext:
    """Return what proves this station to the broker and the broker to it.

    Raises TrustError E-LINK-01 when a file is missing or unusable, E-LINK-02 when the certificate is another's:
    with that it would only push the other off the line again and again.
    """
    try:
        context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=settings.ca_file)
    except (OSError, ssl.SSLError) as error:
        raise _unusable(settings, error) from None
    load_certificate(context, settings, station)
    return context


def load_certificate(context: ssl.SSLContext, settings: BrokerSettings, station: str) -> None:
    """Have every connection from now on prove this station by the certificate that is in the files now.

    Raises TrustError as `tls_context`.
    """
    try:
        name = common_name(read_chain(Path(settings.cert_file).read_bytes()).leaf)
    except (OSError, WireError) as error:
        raise _unusable(settings, error) from None
    if name != station:
        raise TrustError(
            "E-LINK-02",
            f"{settings.cert_file} is the certificate of {name}, not of {station} "
            "证书属于另一站点，请部署本站自己的证书",
        )
    try:
        context.load_cert_chain(settings.cert_file, settings.key_file)
    except (OSError, ssl.SSLError) as error:
        raise _unusable(settings, error) from None


def hang_up(connected: Any) -> None:
    """End a connection from under whoever reads it, as a broken line would; None is no connection."""
    if connected is not None:
        with suppress(OSError):
            # Of the plain socket: SSLSocket.shutdown would take the TLS away from the thread that reads.
            socket.socket.shutdown(connected, socket.SHUT_RDWR)


def why_no_connection(error: BaseException) -> str:
    """Say in one line, the same each time, why a connection could not be made."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the broker's certificate is not trusted 服务器证书不可信: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"TLS error 加密连接失败: {error.reason}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__


def _unusable(settings: BrokerSettings, error: OSError | WireError) -> TrustError:
    why = str(error) if isinstance(error, WireError) else error.strerror or error
    return TrustError(
        "E-LINK-01",
        f"certificate of this station is missing or unusable 本站证书缺失或无效，请重新部署: "
        f"{settings.ca_file}, {settings.cert_file}, {settings.key_file}: {why}",
    )
