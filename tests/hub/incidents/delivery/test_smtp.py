"""Mail to a real server: sent whole and the same each time, over TLS only, and every refusal understood."""

import email
import socket
import threading
from contextlib import suppress
from email import policy
from pathlib import Path

import pytest

from hub.incidents.delivery import dial, smtp
from hub.incidents.delivery.letter import Later, Letter, Never, Taken
from hub.incidents.delivery.smtp import Mail, compose
from hub.settings import MailSettings
from tests.hub.incidents.delivery.servers import PASSWORD, USER, Mailbox, Pki, mail_server, talking

AT_MS = 1_795_000_000_000
LETTER = Letter(
    7,
    "c0ffee" * 5,
    "mail",
    "duty@county.test",
    "[村村通] 发现：测试镇 离线 17 村",
    "事件 What: 离线 offline\n" * 40,
    AT_MS,
)


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    return Pki(tmp_path_factory.mktemp("pki"))


def a_mail(port: int, pki: Pki, folder: Path, **other: object) -> Mail:
    (folder / "password").write_text(PASSWORD + "\n")
    told: dict[str, object] = {
        "host": "localhost", "sender": "hub@county.test", "port": port, "user": USER,
        "password_file": str(folder / "password"), "ca_file": pki.ca_file,
    }  # fmt: skip
    return Mail(MailSettings(**(told | other)))  # type: ignore[arg-type]


def plain(port: int, **other: object) -> Mail:
    return Mail(MailSettings(host="127.0.0.1", sender="hub@county.test", port=port, security="none", **other))  # type: ignore[arg-type]


def test_a_letter_arrives_over_starttls_logged_in_and_whole(pki: Pki, tmp_path: Path) -> None:
    box = Mailbox()
    with mail_server(box, pki) as port:
        outcome = a_mail(port, pki, tmp_path).send(LETTER, AT_MS)
        again = a_mail(port, pki, tmp_path).send(LETTER._replace(tries=3), AT_MS + 9_000_000)
    assert outcome == Taken("250 taken as 1") == again
    first, second = box.taken
    assert (first.mail_from, first.rcpt_tos) == ("hub@county.test", ["duty@county.test"])
    assert first.content == second.content, "a second try can be told from a second letter"
    assert isinstance(first.content, bytes)
    got = email.message_from_bytes(first.content, policy=policy.default)
    assert (got["Subject"], got["Message-ID"]) == (LETTER.subject, f"<{LETTER.key}@county.test>")
    assert got["Auto-Submitted"] == "auto-generated"
    assert got["Date"].datetime.timestamp() * 1000 == AT_MS
    assert got["In-Reply-To"] is None
    assert got.get_content().replace("\r\n", "\n") == LETTER.body


def test_a_later_letter_about_the_same_incident_answers_the_first() -> None:
    got = email.message_from_bytes(compose(LETTER._replace(key="later", thread=LETTER.key), "hub@county.test"))
    assert got["In-Reply-To"] == got["References"] == f"<{LETTER.key}@county.test>"
    own = email.message_from_bytes(compose(LETTER._replace(thread=LETTER.key), "hub@county.test"))
    assert own["In-Reply-To"] is None


def test_tls_from_the_start(pki: Pki, tmp_path: Path) -> None:
    box = Mailbox()
    with mail_server(box, pki, implicit=True) as port:
        mail = a_mail(port, pki, tmp_path, security="tls", user=None, password_file=None)
        assert isinstance(mail.send(LETTER, AT_MS), Taken)
    assert len(box.taken) == 1


def test_a_server_nobody_vouches_for_gets_neither_password_nor_letter(pki: Pki, tmp_path: Path) -> None:
    box = Mailbox()
    (tmp_path / "other").mkdir()
    with mail_server(box, pki) as port:
        stranger = a_mail(port, Pki(tmp_path / "other"), tmp_path).send(LETTER, AT_MS)
        wrong_name = a_mail(port, pki, tmp_path, host="127.0.0.1").send(LETTER, AT_MS)
    for outcome in (stranger, wrong_name):
        assert isinstance(outcome, Later)
        assert outcome.trouble.startswith("E-SEND-02")
        assert outcome.any_letter
    assert box.taken == []


def test_a_server_without_starttls_gets_nothing_in_the_open(pki: Pki, tmp_path: Path) -> None:
    box = Mailbox()
    with mail_server(box, None) as port:
        outcome = a_mail(port, pki, tmp_path).send(LETTER, AT_MS)
    assert isinstance(outcome, Later)
    assert outcome.trouble.startswith("E-SEND-02")
    assert box.taken == []


def test_a_wrong_password_is_tried_again_and_told_without_it(pki: Pki, tmp_path: Path) -> None:
    with mail_server(Mailbox(), pki) as port:
        mail = a_mail(port, pki, tmp_path)
        (tmp_path / "password").write_text("wrong-but-secret")
        outcome = mail.send(LETTER, AT_MS)
        (tmp_path / "password").write_text(PASSWORD)
        assert isinstance(mail.send(LETTER, AT_MS), Taken), "a corrected file needs no restart"
    assert isinstance(outcome, Later)
    assert outcome.trouble.startswith("E-SEND-03")
    assert "secret" not in outcome.trouble


def test_a_password_that_cannot_be_sent_is_not_quoted(pki: Pki, tmp_path: Path) -> None:
    with mail_server(Mailbox(), pki) as port:
        mail = a_mail(port, pki, tmp_path)
        (tmp_path / "password").write_text("口令secret")
        outcome = mail.send(LETTER, AT_MS)
    assert isinstance(outcome, Later)
    assert outcome.trouble.startswith("E-SEND-03")
    assert "secret" not in outcome.trouble


def test_a_password_that_cannot_be_read_is_trouble_of_the_port(pki: Pki, tmp_path: Path) -> None:
    outcome = a_mail(1, pki, tmp_path, password_file=str(tmp_path / "none")).send(LETTER, AT_MS)
    assert isinstance(outcome, Later)
    assert outcome.trouble.startswith("E-SEND-04")


@pytest.mark.parametrize(
    ("where", "answer", "kind", "code"),
    [
        pytest.param("rcpt", "550 nobody of that name", Never, "E-SEND-07", id="nobody of that name"),
        pytest.param("rcpt", "451 greylisted", Later, "E-SEND-06", id="greylisted"),
        pytest.param("data", "554 spam", Never, "E-SEND-07", id="refused after the text"),
        pytest.param("data", "452 disk full", Later, "E-SEND-06", id="disk full"),
    ],
)
def test_what_the_server_answers_decides(where: str, answer: str, kind: type, code: str) -> None:
    box = Mailbox()
    box.answers[where] = answer
    with mail_server(box, None) as port:
        outcome = plain(port).send(LETTER, AT_MS)
    assert isinstance(outcome, kind)
    assert isinstance(outcome, Later | Never)
    assert outcome.trouble.startswith(code)
    assert answer in outcome.trouble
    assert not getattr(outcome, "any_letter", False), "another letter may fare better"


@pytest.mark.parametrize(
    "recipient",
    ["", "nobody", "a@b.test\r\nBcc: c@d.test", "a@b.test, c@d.test", "村@县.test", "a@b.test <c@d.test>", "@", "a@"],
)
def test_what_is_no_address_is_refused_before_anything_is_sent(recipient: str) -> None:
    outcome = plain(1).send(LETTER._replace(recipient=recipient), AT_MS)
    assert isinstance(outcome, Never)
    assert outcome.trouble.startswith("E-SEND-05")


def test_no_server_at_all(pki: Pki) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        outcome = plain(free.getsockname()[1]).send(LETTER, AT_MS)
    assert isinstance(outcome, Later)
    assert outcome.trouble.startswith("E-SEND-01")
    assert outcome.any_letter


def a_talk(line: socket.socket, until: bytes) -> None:
    """Answer as a mail server up to where the other side says `until`."""
    line.sendall(b"220 here\r\n")
    got = b""
    while until not in got:
        got += (more := line.recv(4096))
        if not more:
            return
        if more.endswith(b"\r\n") and until not in got:
            line.sendall(b"354 go on\r\n" if b"data\r\n" in got.lower() else b"250 fine\r\n")


@pytest.mark.parametrize("until", [b"mail FROM", b"base64", b"\r\n.\r\n"], ids=["early", "in the text", "at the end"])
def test_a_server_that_dies_leaves_the_letter_to_be_sent_again(until: bytes) -> None:
    with talking(lambda line: a_talk(line, until)) as port:
        outcome = plain(port).send(LETTER, AT_MS)
    assert isinstance(outcome, Later)
    assert outcome.trouble.startswith("E-SEND-01")


def test_once_the_server_has_it_nothing_else_is_waited_for() -> None:
    held = threading.Event()

    def takes_and_falls_silent(line: socket.socket) -> None:
        a_talk(line, b"\r\n.\r\n")
        line.sendall(b"250 taken\r\n")
        held.wait(5.0)

    with talking(takes_and_falls_silent) as port:
        assert plain(port).send(LETTER, AT_MS) == Taken("250 taken")
        held.set()


def test_a_server_that_trickles_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "ALTOGETHER_S", 0.3)
    ended = threading.Event()

    def trickle(line: socket.socket) -> None:
        while not ended.wait(0.02):
            line.sendall(b"2")

    with talking(trickle) as port:
        outcome = plain(port).send(LETTER, AT_MS)
        ended.set()
    assert isinstance(outcome, Later)


@pytest.mark.parametrize("line_end", [b"\r\n", b""])
def test_an_answer_without_end_fills_no_memory(line_end: bytes) -> None:
    said = []

    def never_end(line: socket.socket) -> None:
        with suppress(OSError):
            while True:
                said.append(line.send(b"220-" + b"x" * 60 + line_end))

    with talking(never_end) as port:
        outcome = plain(port).send(LETTER, AT_MS)
    assert isinstance(outcome, Later)
    assert outcome.trouble.startswith("E-SEND-01")
    assert sum(said) < 16 * 1024 * 1024, "what the kernel holds, not what time allows"


def test_a_silent_server_is_given_up_for_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dial, "STEP_S", 0.1)
    ended = threading.Event()

    def say_nothing(_line: socket.socket) -> None:
        ended.wait(5.0)

    with talking(say_nothing) as port:
        outcome = plain(port).send(LETTER, AT_MS)
        ended.set()
    assert isinstance(outcome, Later)
    assert outcome.any_letter


def test_no_password_goes_over_an_open_line(pki: Pki, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "LOOPBACK", frozenset())
    heard: list[bytes] = []

    def listen(line: socket.socket) -> None:
        line.sendall(b"220 here\r\n")
        heard.append(line.recv(4096))
        line.sendall(b"250-here\r\n250 AUTH PLAIN LOGIN\r\n")
        heard.append(line.recv(4096))

    with talking(listen) as port:
        outcome = a_mail(port, pki, tmp_path, security="none").send(LETTER, AT_MS)
    assert isinstance(outcome, Later)
    assert outcome.trouble.startswith("E-SEND-03")
    assert b"AUTH" not in b"".join(heard).upper()


def test_what_was_read_ahead_of_the_cipher_counts_for_nothing(pki: Pki, tmp_path: Path) -> None:
    """A man in the middle who adds plain answers to the one before TLS (CVE-2011-0411 and its kind) gains nothing."""

    def inject(line: socket.socket) -> None:
        line.sendall(b"220 here\r\n")
        line.recv(4096)
        line.sendall(b"250-here\r\n250 STARTTLS\r\n")
        line.recv(4096)
        line.sendall(
            b"220 go on\r\n250-here\r\n250 AUTH PLAIN\r\n235 in\r\n250 ok\r\n250 ok\r\n354 go\r\n250 taken\r\n"
        )
        with pki.context.wrap_socket(line, server_side=True) as inside:
            inside.recv(4096)

    with talking(inject) as port:
        outcome = a_mail(port, pki, tmp_path).send(LETTER, AT_MS)
    assert isinstance(outcome, Later)
