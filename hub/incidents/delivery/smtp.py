"""Letters by mail: SMTP with TLS, one connection for each letter.

What 'never twice' can mean: a server that took a letter and whose answer was lost cannot be told from one that did
not take it. The letter is then sent again, byte for byte the same, with the same Message-ID and Date, so that servers
and people can tell. RFC 5321 (4.5.3.2.6) asks for patience with the last answer for just this reason: it gets a
minute, everything else ten seconds. Once the server said that it has the letter nothing else is waited for.
"""

import smtplib
import ssl
from contextlib import closing, suppress
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import format_datetime
from typing import Final

from hub.incidents.delivery.dial import (
    LOOPBACK,
    Bounded,
    Deadline,
    dial,
    line_trouble,
    secret_in,
    secure,
    tls_trouble,
    trust_of,
)
from hub.incidents.delivery.letter import Later, Letter, Never, Outcome, Taken, clean, is_address
from hub.local_time import china
from hub.settings import MailSettings

LAST_ANSWER_S: Final = 60.0
ALTOGETHER_S: Final = 100.0


class _RefusedError(Exception):
    """What the server answered where it should have agreed."""

    def __init__(self, code: int, text: bytes) -> None:
        super().__init__(code)
        self.code, self.text = code, clean(text.decode("utf-8", "replace"))


class Mail:
    """Sends mail by one server."""

    def __init__(self, settings: MailSettings) -> None:
        """Take the server; its files are read at each letter, so that a new password needs no restart."""
        self._settings = settings

    def send(self, letter: Letter, now_ms: int) -> Outcome:
        """Send one; what it says of trouble holds no password, and no address but in a server's own words."""
        try:
            trust, password = self._files()
        except OSError as error:
            return Later(_unread(error), any_letter=True)
        if not is_address(letter.recipient):
            return Never("E-SEND-05 no mail can be made for this address 收件地址有误")
        message = compose(letter, self._settings.sender)
        server = smtplib.SMTP(local_hostname=self._settings.sender.rpartition("@")[2], timeout=LAST_ANSWER_S)
        with Deadline(ALTOGETHER_S) as deadline, closing(server):
            try:
                self._begin(server, trust, password, deadline)
            except (OSError, smtplib.SMTPException, ValueError, _RefusedError) as error:
                return _not_begun(error)
            outcome = _hand_over(server, self._settings.sender, letter.recipient, message)
            with suppress(OSError, smtplib.SMTPException):
                server.putcmd("quit")
        return outcome

    def trouble(self) -> str | None:
        """Return why the password or the authority cannot be used."""
        try:
            self._files()
        except OSError as error:
            return _unread(error)
        return None

    def _files(self) -> tuple[ssl.SSLContext, str | None]:
        settings = self._settings
        return trust_of(settings.ca_file), secret_in(settings.password_file) if settings.password_file else None

    def _begin(self, server: smtplib.SMTP, trust: ssl.SSLContext, password: str | None, deadline: Deadline) -> None:
        settings = self._settings
        door = dial(settings.host, settings.port, deadline)
        server.sock = secure(door, settings.host, trust, deadline) if settings.security == "tls" else door
        server.file = Bounded(server.sock)
        _expect(server.getreply(), 220)
        server.ehlo_or_helo_if_needed()
        if settings.security == "starttls":
            if not server.has_extn("starttls"):
                raise ssl.SSLError(0, "no STARTTLS")
            _expect(server.docmd("STARTTLS"), 220)
            server.sock = secure(door, settings.host, trust, deadline)
            # Nothing that came before the cipher counts: not even what was read ahead (RFC 3207, 4.2).
            server.file = Bounded(server.sock)
            server.ehlo_resp = server.helo_resp = None
            server.esmtp_features = {}
            server.does_esmtp = False
            server.ehlo_or_helo_if_needed()
        if settings.user is not None and password is not None:
            if settings.security == "none" and settings.host not in LOOPBACK:
                raise smtplib.SMTPNotSupportedError("no password without TLS")
            server.login(settings.user, password)


def compose(letter: Letter, sender: str) -> bytes:
    """Return the message, the same for the same letter: its Message-ID is the letter's key at the sender's domain."""
    domain = sender.rpartition("@")[2]
    message = EmailMessage(policy=WIRE)
    message["From"], message["To"], message["Subject"] = sender, letter.recipient, letter.subject
    message["Message-ID"] = f"<{letter.key}@{domain}>"
    if letter.thread is not None and letter.thread != letter.key:
        message["In-Reply-To"] = message["References"] = f"<{letter.thread}@{domain}>"
    message["Date"] = format_datetime(china(letter.made_ms))
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notice answers it
    message.set_content(letter.body, charset="utf-8", cte="base64")
    return message.as_bytes()


def _hand_over(server: smtplib.SMTP, sender: str, recipient: str, message: bytes) -> Outcome:
    try:
        _expect(server.mail(sender), 250)
        _expect(server.rcpt(recipient), 250, 251)
        if server.sock is not None:
            server.sock.settimeout(LAST_ANSWER_S)
        code, text = server.data(message)
        _expect((code, text), 250)
    except _RefusedError as error:
        return _refusal(error.code, error.text)
    except smtplib.SMTPDataError as error:
        said = error.smtp_error
        return _refusal(error.smtp_code, clean(said.decode("utf-8", "replace") if isinstance(said, bytes) else said))
    except (OSError, smtplib.SMTPException) as error:
        return _broken(error)
    return Taken(clean(f"{code} {text.decode('utf-8', 'replace')}"))


def _expect(answer: tuple[int, bytes], *codes: int) -> None:
    if answer[0] not in codes:
        raise _RefusedError(*answer)


def _refusal(code: int, text: str) -> Outcome:
    if code >= 500:
        return Never(f"E-SEND-07 the mail server refuses the letter for good 邮件服务器拒收: {code} {text}")
    return Later(f"E-SEND-06 the mail server wants no letter now 邮件服务器暂不接收: {code} {text}")


def _unread(error: OSError) -> str:
    what = clean(error.strerror or "no certificate or no text in it")
    return f"E-SEND-04 the mail server's files cannot be read 邮件口令或证书文件无法读取: {what}"


def _not_begun(error: Exception) -> Later:
    if isinstance(error, ssl.SSLError):
        what = clean(tls_trouble(error))
        return Later(
            f"E-SEND-02 no trusted line to the mail server 邮件服务器证书不受信任或不支持加密: {what}", None, True
        )
    if isinstance(error, smtplib.SMTPAuthenticationError | smtplib.SMTPNotSupportedError):
        what = str(getattr(error, "smtp_code", clean(str(error))))  # a server's text may repeat what it was given
        return Later(f"E-SEND-03 the mail server refuses the login 邮件服务器拒绝登录: {what}", None, True)
    if isinstance(error, UnicodeError):  # what it quotes is the password
        return Later("E-SEND-03 user or password cannot be sent 用户名或口令含非 ASCII 字符", None, True)
    if isinstance(error, _RefusedError):
        what = f"{error.code} {error.text}"
        return Later(f"E-SEND-06 the mail server wants no letter now 邮件服务器暂不接收: {what}", None, True)
    return _broken(error)


def _broken(error: Exception) -> Later:
    what = clean(line_trouble(error))
    return Later(f"E-SEND-01 no line to the mail server, or it broke 邮件服务器无法连接: {what}", any_letter=True)
