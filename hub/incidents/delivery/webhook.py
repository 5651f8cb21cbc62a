"""Letters to another program: an HTTP POST, signed as Standard Webhooks 1.0 has it.

`webhook-id` is the letter's key and the same in every try, `webhook-timestamp` is of this try, `webhook-signature` is
`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`, one for each line of the secret's file (so a secret can
be changed without a gap). A program whose answer was lost is asked again: by the id it can tell that it has it.
"""

import base64
import binascii
import email.utils
import hashlib
import hmac
import http.client
import ssl
from contextlib import closing
from typing import Final
from urllib.parse import SplitResult, urlsplit

from hub.incidents.delivery.dial import (
    LOOPBACK,
    STEP_S,
    Deadline,
    dial,
    line_trouble,
    secret_in,
    secure,
    tls_trouble,
    trust_of,
)
from hub.incidents.delivery.letter import Later, Letter, Never, Outcome, Taken, clean
from hub.settings import WebhookSettings

PREFIX: Final = "whsec_"
URL_RULE: Final = "its url must be https://host/path, or http on this machine 地址须为 https（http 仅限本机）"
SECRET_BYTES: Final = range(24, 65)
"""How long a secret is, by the standard."""
MOST_WAIT_S: Final = 86_400.0
WANTS_LATER: Final = frozenset({408, 425, 429})


class Webhook:
    """Tells one program."""

    def __init__(self, settings: WebhookSettings) -> None:
        """Take the program; its files are read at each letter."""
        self._settings = settings

    def send(self, letter: Letter, now_ms: int) -> Outcome:
        """Post one; no redirect is followed, and nothing of an answer but its head is read."""
        parts = target(self._settings.url)
        if parts is None or parts.hostname is None:
            return Never(f"E-SEND-11 {URL_RULE}")
        try:
            secrets, trust = self._files()
        except (OSError, ValueError) as error:
            return Later(_unread(error), any_letter=True)
        body = letter.body.encode()
        stamp = str(now_ms // 1000)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "cuncuntong",
            "Connection": "close",
            "webhook-id": letter.key,
            "webhook-timestamp": stamp,
            "webhook-signature": " ".join(sign(secret, letter.key, stamp, body) for secret in secrets),
        }
        with Deadline(STEP_S) as deadline:
            try:
                return _post(parts, parts.hostname, body, headers, trust, deadline, now_ms)
            except ssl.SSLError as error:
                what = clean(tls_trouble(error))
                return Later(f"E-SEND-02 no trusted line to the webhook 对方证书不受信任: {what}", any_letter=True)
            except (OSError, http.client.HTTPException, ValueError) as error:
                what = clean(line_trouble(error))
                return Later(f"E-SEND-08 no answer of the webhook 对方系统无应答: {what}", any_letter=True)

    def trouble(self) -> str | None:
        """Return why secret or authority cannot be used."""
        try:
            self._files()
        except (OSError, ValueError) as error:
            return _unread(error)
        return None

    def _files(self) -> tuple[list[bytes], ssl.SSLContext]:
        return secrets_in(self._settings.secret_file), trust_of(self._settings.ca_file)


def target(url: str) -> SplitResult | None:
    """Return the parts of a url that may be posted to, or None."""
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.port != 0 and url.isascii() and url.isprintable() and " " not in url
    except ValueError:
        return None
    plain_ok = parts.scheme == "http" and parts.hostname in LOOPBACK
    return parts if usable and parts.username is None and (parts.scheme == "https" or plain_ok) else None


def secrets_in(path: str) -> list[bytes]:
    """Return the secrets of a file, `whsec_` and base64 of 24 to 64 bytes, one in a line, at most four.

    Raises OSError when it cannot be read, ValueError when it holds anything else.
    """
    secrets = []
    for line in secret_in(path).split():
        try:
            secret = base64.b64decode(line.removeprefix(PREFIX), validate=True)
        except binascii.Error:
            secret = b""
        if not line.startswith(PREFIX) or len(secret) not in SECRET_BYTES:
            raise ValueError("not a secret")
        secrets.append(secret)
    if not 0 < len(secrets) <= 4:
        raise ValueError("no secret, or too many")
    return secrets


def sign(secret: bytes, key: str, stamp: str, body: bytes) -> str:
    """Return one signature of Standard Webhooks."""
    mac = hmac.new(secret, f"{key}.{stamp}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(mac.digest()).decode()


def retry_after_s(text: str | None, now_ms: int) -> float | None:
    """Return how long `Retry-After` (RFC 9110, 10.2.3) asks to wait, at most a day; None when it says nothing."""
    if text is None:
        return None
    if text.strip().isdecimal() and len(text) < 12:
        return min(float(text), MOST_WAIT_S)
    try:
        at_s = email.utils.parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(0.0, at_s - now_ms / 1000), MOST_WAIT_S)


def _unread(error: Exception) -> str:
    what = clean((error.strerror if isinstance(error, OSError) else None) or "not as they should be")
    return f"E-SEND-04 the webhook's secret or certificate cannot be used 密钥或证书文件有误: {what}"


def _post(
    parts: SplitResult,
    host: str,
    body: bytes,
    headers: dict[str, str],
    trust: ssl.SSLContext,
    deadline: Deadline,
    now_ms: int,
) -> Outcome:
    tls = parts.scheme == "https"
    port = parts.port or (443 if tls else 80)
    door = dial(host, port, deadline)
    kind = http.client.HTTPSConnection if tls else http.client.HTTPConnection
    connection = kind(host, port)
    connection.auto_open = 0
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    with closing(connection):
        connection.sock = secure(door, host, trust, deadline) if tls else door
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        deadline.check()
    said = clean(f"{answer.status} {answer.reason}")
    if 200 <= answer.status < 300:
        return Taken(said)
    if answer.status < 400 or answer.status >= 500 or answer.status in WANTS_LATER:
        wait_s = retry_after_s(answer.getheader("Retry-After"), now_ms)
        return Later(f"E-SEND-09 the webhook takes nothing now 对方系统暂不接收: {said}", wait_s)
    return Never(f"E-SEND-10 the webhook refuses it for good 对方系统拒收: {said}")
