"""Webhooks to a real server: signed as the standard has it, followed nowhere, and no answer can hold us up."""

import base64
import hashlib
import hmac
import json
import socket
import threading
from email.utils import formatdate
from pathlib import Path

import pytest

from hub.incidents.delivery import dial, webhook
from hub.incidents.delivery.letter import Later, Letter, Never, Outcome, Taken
from hub.incidents.delivery.webhook import Webhook, retry_after_s, secrets_in, sign, target
from hub.settings import WebhookSettings
from tests.hub.incidents.delivery.servers import Pki, Web, talking, web_server

AT_MS = 1_795_000_000_123
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
LETTER = Letter(
    7, "c0ffee" * 5, "webhook", "dispatch", "", '{"type":"incident.opened","data":{"where":"测试镇"}}', AT_MS
)


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    return Pki(tmp_path_factory.mktemp("pki"))


def a_hook(url: str, folder: Path, secret: str = SECRET, ca_file: str | None = None) -> Webhook:
    (folder / "secret").write_text(secret)
    return Webhook(WebhookSettings(name="dispatch", url=url, secret_file=str(folder / "secret"), ca_file=ca_file))


def mac_by_hand(key: bytes, message: bytes) -> bytes:
    """HMAC-SHA256 as RFC 2104 writes it: no code of ours, and not the hmac module."""
    block = key.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block) + message).digest()
    return hashlib.sha256(bytes(byte ^ 0x5C for byte in block) + inner).digest()


def test_a_program_gets_it_signed_over_https(pki: Pki, tmp_path: Path) -> None:
    web = Web()
    with web_server(web, pki) as port:
        outcome = a_hook(f"https://localhost:{port}/in?x=1", tmp_path, ca_file=pki.ca_file).send(LETTER, AT_MS)
    assert outcome == Taken("204 No Content")
    (post,) = web.posts
    assert (post.path, post.body) == ("/in?x=1", LETTER.body.encode())
    assert post.headers["webhook-id"] == LETTER.key
    assert post.headers["webhook-timestamp"] == "1795000000"
    signed = f"{LETTER.key}.1795000000.".encode() + post.body
    assert post.headers["webhook-signature"] == "v1," + base64.b64encode(mac_by_hand(bytes(range(32)), signed)).decode()
    assert json.loads(post.body)["type"] == "incident.opened"


def test_another_try_has_the_same_id_and_body_and_a_time_of_its_own(tmp_path: Path) -> None:
    web = Web()
    with web_server(web) as port:
        hook = a_hook(f"http://127.0.0.1:{port}/", tmp_path)
        hook.send(LETTER, AT_MS)
        hook.send(LETTER, AT_MS + 60_000)
    first, second = web.posts
    assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)
    assert int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"]) == 60
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]


def test_the_example_of_the_standard() -> None:
    """The vector its libraries carry (standard-webhooks, all languages)."""
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signature = sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_two_secrets_while_one_is_being_replaced(tmp_path: Path) -> None:
    web = Web()
    other = "whsec_" + base64.b64encode(b"another secret of 32 bytes here!").decode()
    with web_server(web) as port:
        a_hook(f"http://127.0.0.1:{port}/", tmp_path, f"{SECRET}\n{other}\n").send(LETTER, AT_MS)
    headers = web.posts[0].headers
    signed = f"{LETTER.key}.{headers['webhook-timestamp']}.{LETTER.body}".encode()
    wanted = [
        "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
        for key in (bytes(range(32)), b"another secret of 32 bytes here!")
    ]
    assert headers["webhook-signature"].split(" ") == wanted


@pytest.mark.parametrize(
    "text", ["", "whsec_", "secret", SECRET[6:], "whsec_!!!", "whsec_" + base64.b64encode(bytes(23)).decode()]
)
def test_what_is_no_secret_is_not_signed_with(text: str, tmp_path: Path) -> None:
    outcome = a_hook("https://localhost:1/", tmp_path, text).send(LETTER, AT_MS)
    assert isinstance(outcome, Later)
    assert outcome.trouble.startswith("E-SEND-04")
    assert "whsec" not in outcome.trouble
    with pytest.raises(ValueError, match="secret"):
        secrets_in(str(tmp_path / "secret"))


def answered(status: int, tmp_path: Path, headers: dict[str, str] | None = None, body: bytes | None = None) -> Outcome:
    web = Web()
    web.status, web.headers, web.body = status, headers or {}, body
    with web_server(web) as port:
        outcome = a_hook(f"http://127.0.0.1:{port}/", tmp_path).send(LETTER, AT_MS)
        assert len(web.posts) == 1, "a redirect would come back here"
    return outcome


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_taken(status: int, tmp_path: Path) -> None:
    assert isinstance(answered(status, tmp_path), Taken)


@pytest.mark.parametrize("status", [301, 302, 307, 308, 408, 425, 429, 500, 502, 503, 504])
def test_another_time(status: int, tmp_path: Path) -> None:
    outcome = answered(status, tmp_path, {"Location": "/elsewhere"})
    assert isinstance(outcome, Later)
    assert outcome.trouble.startswith("E-SEND-09")
    assert str(status) in outcome.trouble


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 413, 422])
def test_refused_for_good(status: int, tmp_path: Path) -> None:
    outcome = answered(status, tmp_path)
    assert isinstance(outcome, Never)
    assert outcome.trouble.startswith("E-SEND-10")


def test_who_asks_to_wait_is_left_alone_so_long(tmp_path: Path) -> None:
    for status in (429, 503):
        outcome = answered(status, tmp_path, {"Retry-After": "120"})
        assert isinstance(outcome, Later)
        assert outcome.after_s == 120.0


@pytest.mark.parametrize(
    ("text", "wait_s"),
    [
        (None, None), ("", None), ("soon", None), ("-5", None), ("0", 0.0), (" 30 ", 30.0), ("99999999", 86_400.0),
        ("9" * 400, None), (formatdate(AT_MS / 1000 + 90, usegmt=True), pytest.approx(89.877)),
        (formatdate(AT_MS / 1000 - 90, usegmt=True), 0.0), ("Wed, 99 Foo 2026 00:00:00 GMT", None),
    ],
)  # fmt: skip
def test_retry_after(text: str | None, wait_s: float | None) -> None:
    assert retry_after_s(text, AT_MS) == wait_s


def test_a_huge_answer_is_not_read(tmp_path: Path) -> None:
    assert isinstance(answered(200, tmp_path, body=b"x" * 50_000_000), Taken)


@pytest.mark.parametrize(
    "talk",
    [
        pytest.param(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500, id="no end of headers"),
        pytest.param(b"HTTP/1.1 200 " + b"x" * 100_000, id="an endless line"),
        pytest.param(b"\x00\xff\x16\x03", id="no HTTP"),
        pytest.param(b"HTTP/1.1 2OO OK\r\n\r\n", id="no number"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_an_answer_that_is_none(talk: bytes, tmp_path: Path) -> None:
    def say(line: socket.socket) -> None:
        line.recv(65_536)
        line.sendall(talk)

    with talking(say) as port:
        outcome = a_hook(f"http://127.0.0.1:{port}/", tmp_path).send(LETTER, AT_MS)
    assert isinstance(outcome, Later)
    assert outcome.trouble.startswith("E-SEND-08")


@pytest.mark.parametrize("word", [b"", b"x"], ids=["silent", "trickling"])
def test_a_slow_answer_is_cut_off(word: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "STEP_S", 0.3)
    monkeypatch.setattr(dial, "STEP_S", 5.0)
    ended = threading.Event()

    def slow(line: socket.socket) -> None:
        line.sendall(b"HTTP/1.1 200 ")
        while not ended.wait(0.02):
            line.sendall(word)

    with talking(slow) as port:
        outcome = a_hook(f"http://127.0.0.1:{port}/", tmp_path).send(LETTER, AT_MS)
        ended.set()
    assert isinstance(outcome, Later)
    assert outcome.any_letter


def test_bad_tls_gets_nothing(pki: Pki, tmp_path: Path) -> None:
    web = Web()
    (tmp_path / "other").mkdir()
    with web_server(web, pki) as port:
        unknown = a_hook(f"https://localhost:{port}/", tmp_path, ca_file=Pki(tmp_path / "other").ca_file)
        wrong_name = a_hook(f"https://127.0.0.1:{port}/", tmp_path, ca_file=pki.ca_file)
        machine = a_hook(f"https://localhost:{port}/", tmp_path)
        outcomes = [hook.send(LETTER, AT_MS) for hook in (unknown, wrong_name, machine)]
    assert [type(one) for one in outcomes] == [Later] * 3
    assert all(one.trouble.startswith("E-SEND-02") for one in outcomes if isinstance(one, Later))
    assert web.posts == []


def test_https_to_what_speaks_none(pki: Pki, tmp_path: Path) -> None:
    with web_server(Web()) as port:
        outcome = a_hook(f"https://localhost:{port}/", tmp_path, ca_file=pki.ca_file).send(LETTER, AT_MS)
    assert isinstance(outcome, Later)


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://dispatch.test/in", True), ("https://dispatch.test:8443", True), ("http://127.0.0.1:80/x", True),
        ("http://dispatch.test/in", False), ("ftp://dispatch.test/", False), ("https://", False),
        ("https://u:p@h/", False),
        ("https://h:0/", False), ("https://h:99999/", False), ("https://h/a b", False), ("https://h/\r\nX: y", False),
        ("https://县.test/", False), ("nothing", False), ("https://[::1", False),
    ],
)  # fmt: skip
def test_where_may_be_posted_to(url: str, good: bool, tmp_path: Path) -> None:
    assert (target(url) is not None) == good
    if not good:
        assert isinstance(a_hook(url, tmp_path).send(LETTER, AT_MS), Never)
