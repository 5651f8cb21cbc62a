"""RTSP read and written: true to the RFCs' own examples, and harmless whatever a camera sends."""

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.probe.rtsp_words import (
    HEAD_MAX_BYTES,
    Address,
    GarbledError,
    Interleaved,
    Login,
    Reader,
    Response,
    address_of,
    authorization,
    request,
    session_of,
    video_track,
)

RTP = bytes([0x80, 96, 0, 1, *bytes(8)])
STREAM = (
    b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: OPTIONS\r\n\r\n"
    b"RTSP/1.0 401 Unauthorized\r\nCSeq: 2\r\nWWW-Authenticate: Basic realm=\"x\"\r\n"
    b"www-authenticate: Digest realm=\"x\", nonce=\"y\"\r\nContent-Length: 3\r\n\r\nabc"
    b"$\x00\x00\x0c" + RTP + b"$\x01\x00\x02\x80\xc8"
    b"RTSP/1.0 200\r\n\r\n"
)  # fmt: skip


def read(data: bytes, size: int) -> list[Response | Interleaved]:
    reader, found = Reader(), []
    for at in range(0, len(data), size):
        reader.feed(data[at : at + size])
        found += reader.events()
    return found


@pytest.mark.parametrize("size", [1, 3, 99, 10_000])
def test_answers_and_packets_come_whole_in_pieces_of_any_size(size: int) -> None:
    first, refused, picture, control, last = read(STREAM, size)
    assert isinstance(first, Response)
    assert (first.status, first.header("public"), first.body) == (200, "OPTIONS", b"")
    assert isinstance(refused, Response)
    assert (refused.status, refused.body) == (401, b"abc")
    assert refused.headers["www-authenticate"] == ['Basic realm="x"', 'Digest realm="x", nonce="y"']
    assert picture == Interleaved(0, RTP)
    assert isinstance(picture, Interleaved)
    assert picture.is_rtp
    assert isinstance(control, Interleaved)
    assert not control.is_rtp
    assert last == Response(200, {}, b"")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\n", id="a web server"),
        pytest.param(b"SSH-2.0-x\r\n", id="something that speaks first"),
        pytest.param(b"RTSP/1.0 999 OK\r\n\r\n", id="no status"),
        pytest.param(b"RTSP/1.0 200 OK\r\nContent-Length: 99999999\r\n\r\n", id="an endless body"),
        pytest.param(b"RTSP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n", id="a body that ends before it begins"),
        pytest.param(b"RTSP/1.0 200 OK\r\n" + b"x" * HEAD_MAX_BYTES, id="an endless head"),
        pytest.param(b"RTSP/1.0 200 OK\r\n" + b"a: b\r\n" * 200 + b"\r\n", id="endless headers"),
    ],
)
def test_what_is_no_answer_is_told(data: bytes) -> None:
    with pytest.raises(GarbledError):
        read(data, 100)


@given(st.binary(max_size=400), st.integers(1, 50))
def test_whatever_comes_is_read_or_garbled(data: bytes, size: int) -> None:
    for begin in (b"", b"RTSP/1.0 200 OK\r\n", b"RTSP/1.0 401 X\r\nWWW-Authenticate: "):
        try:
            for event in read(begin + data, size):
                if isinstance(event, Response):
                    track = video_track(event, "rtsp://camera/")
                    assert track is None or "\r" not in request("SETUP", track.picture, 1, {}).decode().split("\r\n")[0]
                    login = Login(tuple(event.headers.get("www-authenticate", ())), "u", "p")
                    said = authorization(login, "DESCRIBE", "rtsp://camera/", "c", 1)
                    assert said is None or not re.search(r"[\r\n]", said)
                    session_of(event)
        except GarbledError:
            pass


@pytest.mark.parametrize(
    ("text", "address"),
    [
        pytest.param("rtsp://cam", Address(False, "cam", 554, "rtsp://cam/", "", ""), id="the least"),
        pytest.param(
            "rtsp://admin:p%40ss@192.0.2.1:8554/h264/ch1?x=1&y@z",
            Address(False, "192.0.2.1", 8554, "rtsp://192.0.2.1:8554/h264/ch1?x=1&y@z", "admin", "p@ss"),
            id="with everything",
        ),
        pytest.param(
            "RTSPS://a:b@c@[2001:db8::1]/s", Address(True, "2001:db8::1", 322, "rtsps://[2001:db8::1]/s", "a", "b@c"),
            id="secure, IPv6, and a password with an @",
        ),
        pytest.param("http://cam/", None, id="another scheme"),
        pytest.param("rtsp://", None, id="no host"),
        pytest.param("rtsp://cam:70000/", None, id="no port"),
        pytest.param("rtsp://cam/a b", None, id="a space"),
        pytest.param("rtsp://cam/\r\nPLAY x", None, id="a line of its own"),
    ],
)  # fmt: skip
def test_addresses(text: str, address: Address | None) -> None:
    assert address_of(text) == address
    assert "p@ss" not in repr(address_of(text))


def test_digest_as_the_rfcs_compute_it() -> None:
    rfc2617 = (
        'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", '
        'opaque="5ccc069c403ebaf9f0171e9517f40e41"'
    )
    said = authorization(Login((rfc2617,), "Mufasa", "Circle Of Life"), "GET", "/dir/index.html", "0a4f113b", 1)
    assert said is not None
    assert 'response="6629fae49393a05397450978507c4ef1"' in said
    assert 'opaque="5ccc069c403ebaf9f0171e9517f40e41"' in said
    assert "nc=00000001" in said
    rfc7616 = (
        'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, '
        'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"'
    )
    nonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
    login = Login(("Basic realm=x", rfc7616), "Mufasa", "Circle of Life")
    said = authorization(login, "GET", "/dir/index.html", nonce, 1)
    assert said is not None
    assert 'response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"' in said
    old = authorization(Login(('Digest realm="r", nonce="n"',), 'a"b', "c"), "PLAY", "rtsp://x/", "", 9)
    assert old is not None
    assert r'username="a\"b"' in old
    assert "qop" not in old

    def md5(text: str) -> str:
        return hashlib.md5(text.encode()).hexdigest()

    assert f'response="{md5(":".join((md5("a" + chr(34) + "b:r:c"), "n", md5("PLAY:rtsp://x/"))))}"' in old


def test_what_cannot_be_answered_is_not() -> None:
    assert authorization(Login(("NTLM",), "a", "b"), "PLAY", "u", "c", 1) is None
    assert authorization(Login(("Digest realm=x",), "a", "b"), "PLAY", "u", "c", 1) is None
    assert authorization(Login(("Digest realm=x, nonce=y, algorithm=X",), "a", "b"), "PLAY", "u", "c", 1) is None
    assert authorization(Login(('Basic realm="x"',), "a", "b"), "PLAY", "u", "c", 1) == "Basic YTpi"


SDP = "v=0\r\na=control:*\r\nm=audio 0 RTP/AVP 8\r\na=control:track2\r\nm=video 0 RTP/AVP 96\r\n{}m=video 0 X 1\r\n"


@pytest.mark.parametrize(
    ("control", "headers", "picture"),
    [
        pytest.param("a=control:track1\r\n", {}, "rtsp://c/s/track1", id="beside the address"),
        pytest.param("a=control:track1\r\n", {"content-base": ["rtsp://c/b/"]}, "rtsp://c/b/track1", id="on a base"),
        pytest.param("a=control:rtsp://c/other/t=1\r\n", {}, "rtsp://c/other/t=1", id="its own"),
        pytest.param("", {}, "rtsp://c/s", id="none said"),
    ],
)
def test_the_track_of_the_picture(control: str, headers: dict[str, list[str]], picture: str) -> None:
    track = video_track(Response(200, headers, SDP.format(control).encode()), "rtsp://c/s")
    assert track is not None
    assert track.picture == picture


def test_a_camera_that_only_hears_has_no_picture_and_strange_addresses_are_not_asked_for() -> None:
    assert video_track(Response(200, {}, b"m=audio 0 RTP/AVP 8\r\na=control:x\r\n"), "rtsp://c/s") is None
    with pytest.raises(GarbledError):
        video_track(Response(200, {}, b"m=video 0 RTP/AVP 8\r\na=control:x y\r\n"), "rtsp://c/s")
    with pytest.raises(GarbledError):
        session_of(Response(200, {}, b""))
    assert session_of(Response(200, {"session": ["12ab;timeout=60"]}, b"")) == "12ab"
