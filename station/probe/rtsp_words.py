"""RTSP 1.0 (RFC 2326) as far as asking a camera for a picture needs it: bytes in, values out. Pure.

Whatever a camera sends is bounded: what is too long, or is no RTSP, is a GarbledError and nothing else.
"""

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple
from urllib.parse import unquote

HEAD_MAX_BYTES: Final = 16 * 1024
BODY_MAX_BYTES: Final = 128 * 1024
HEADERS_MAX: Final = 100
TEXT_MAX: Final = 1024
DEFAULT_PORT: Final = {"rtsp": 554, "rtsps": 322}

_ADDRESS: Final = re.compile(
    r"(rtsps?)://(?:([^/?#]*)@)?(\[[0-9A-Fa-f:.]+\]|[^/?#@:\[\]]+)(?::([0-9]{1,5}))?(.*)", re.I
)
_STATUS: Final = re.compile(r"RTSP/1\.[0-9] ([1-5][0-9]{2})(?: .*)?")
_PARAMETER: Final = re.compile(r'([A-Za-z]+)\s*=\s*(?:"([^"]*)"|([^\s,"]+))')
_HASHES: Final = {"MD5": "md5", "SHA-256": "sha256"}


class GarbledError(Exception):
    """What came is no RTSP, or more of it than anybody needs."""


class Address(NamedTuple):
    """An RTSP address in its parts; `user` and `password` are never shown."""

    secure: bool
    host: str
    port: int
    url: str
    """What is asked for: without user and password."""
    user: str
    password: str

    def __repr__(self) -> str:
        return "Address(…)"


class Response(NamedTuple):
    """An answer; names of headers are in small letters."""

    status: int
    headers: Mapping[str, Sequence[str]]
    body: bytes

    def header(self, name: str) -> str:
        """Return the first header of this name, empty when there is none."""
        return next(iter(self.headers.get(name, ())), "")


class Interleaved(NamedTuple):
    """A packet inside the connection (RFC 2326 section 10.12)."""

    channel: int
    payload: bytes

    @property
    def is_rtp(self) -> bool:
        """Say whether it is RTP and not RTCP (RFC 5761 section 4)."""
        return len(self.payload) >= 12 and self.payload[0] >> 6 == 2 and not 64 <= self.payload[1] & 0x7F <= 95


def address_of(text: str) -> Address | None:
    """Return the parts of `rtsp://user:password@host:port/path`, None when it is no such address."""
    match = _ADDRESS.fullmatch(text.strip())
    if match is None or re.search(r"[\x00-\x20\x7f]", text.strip()):
        return None
    scheme, user_info, host, port, path = match[1].lower(), match[2] or "", match[3], match[4], match[5]
    user, password = (unquote(part) for part in user_info.partition(":")[::2])
    number = int(port) if port else DEFAULT_PORT[scheme]
    if not 1 <= number <= 65535:
        return None
    url = f"{scheme}://{host}{f':{port}' if port else ''}{path or '/'}"
    return Address(scheme == "rtsps", host.strip("[]"), number, url, user, password)


class Reader:
    """Puts together what comes in pieces of any size."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._held = bytearray()

    def feed(self, data: bytes) -> None:
        """Take more bytes."""
        self._held += data

    def events(self) -> Iterator[Response | Interleaved]:
        """Yield what is whole; call it after each `feed`.

        Raises GarbledError.
        """
        while (event := self._next()) is not None:
            yield event

    def _next(self) -> Response | Interleaved | None:
        held = self._held
        if held[:1] == b"$":
            size = 4 + int.from_bytes(held[2:4], "big")
            if len(held) < 4 or len(held) < size:
                return None
            packet = Interleaved(held[1], bytes(held[4:size]))
            del held[:size]
            return packet
        end = held.find(b"\r\n\r\n")
        if end < 0:
            if len(held) > HEAD_MAX_BYTES or not b"RTSP/1.".startswith(bytes(held[:7])):
                raise GarbledError
            return None
        status, headers = _head(bytes(held[:end]))
        length = (headers.get("content-length") or ["0"])[0]
        if not re.fullmatch(r"[0-9]{1,7}", length) or int(length) > BODY_MAX_BYTES:
            raise GarbledError
        whole = end + 4 + int(length)
        if len(held) < whole:
            return None
        body = bytes(held[end + 4 : whole])
        del held[:whole]
        return Response(status, headers, body)


def _head(head: bytes) -> tuple[int, dict[str, list[str]]]:
    lines = head.decode("utf-8", "replace").split("\r\n")
    status = _STATUS.fullmatch(lines[0])
    if status is None or len(head) > HEAD_MAX_BYTES or len(lines) > HEADERS_MAX:
        raise GarbledError
    headers: dict[str, list[str]] = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        headers.setdefault(name.strip().lower(), []).append(value.strip())
    return int(status[1]), headers


def request(method: str, url: str, sequence: int, more: Mapping[str, str]) -> bytes:
    """Return the bytes of a request."""
    headers = {"CSeq": str(sequence), "User-Agent": "cuncuntong", **more}
    lines = [f"{method} {url} RTSP/1.0", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("utf-8")


class Login(NamedTuple):
    """What a camera asked for, and what it is answered with."""

    challenges: tuple[str, ...]
    """Its WWW-Authenticate headers."""
    user: str
    password: str

    def __repr__(self) -> str:
        return "Login(…)"


def authorization(login: Login, method: str, url: str, nonce: str, count: int) -> str | None:
    """Return the Authorization header (RFC 2617, 7616), None when what is asked for cannot be given.

    Digest is preferred; `nonce` is our own, and `count` how often the camera's was used, for `qop=auth`.
    """
    challenges, user, password = login
    schemes = {challenge.partition(" ")[0].lower(): challenge.partition(" ")[2] for challenge in reversed(challenges)}
    if "digest" in schemes:
        return _digest(_parameters(schemes["digest"]), login, (method, url), (nonce, f"{count:08x}"))
    if "basic" in schemes:
        return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode("ascii")
    return None


def _digest(asked: Mapping[str, str], login: Login, what: tuple[str, str], ours: tuple[str, str]) -> str | None:
    name = _HASHES.get(asked.get("algorithm", "MD5").upper())
    if name is None or "realm" not in asked or "nonce" not in asked:
        return None

    def digest(*parts: str) -> str:
        return hashlib.new(name, ":".join(parts).encode(), usedforsecurity=False).hexdigest()

    who, asking, (nonce, count) = digest(login.user, asked["realm"], login.password), digest(*what), ours
    name_said = login.user.replace("\\", r"\\").replace('"', r"\"")
    said = {"username": name_said, "realm": asked["realm"], "nonce": asked["nonce"]}
    bare = {}
    if "auth" in re.split(r"\s*,\s*", asked.get("qop", "")):
        bare = {"qop": "auth", "nc": count}
        response = digest(who, asked["nonce"], count, nonce, "auth", asking)
        said["cnonce"] = nonce
    else:
        response = digest(who, asked["nonce"], asking)
    said |= {"uri": what[1], "response": response} | ({"opaque": asked["opaque"]} if "opaque" in asked else {})
    bare |= {"algorithm": asked["algorithm"]} if "algorithm" in asked else {}
    return "Digest " + ", ".join([*(f'{k}="{v}"' for k, v in said.items()), *(f"{k}={v}" for k, v in bare.items())])


def _parameters(text: str) -> dict[str, str]:
    return {name.lower(): quoted or bare for name, quoted, bare in _PARAMETER.findall(text[: 4 * TEXT_MAX])}


class Track(NamedTuple):
    """Where the stream and its picture are asked for."""

    whole: str
    picture: str


def video_track(answer: Response, url: str) -> Track | None:
    """Return where the first video track of a DESCRIBE answer (SDP, RFC 8866) is set up, None when it has none.

    Raises GarbledError for an address that is none.
    """
    base = answer.header("content-base") or answer.header("content-location") or url
    control, in_video = None, False
    for line in answer.body.decode("utf-8", "replace").splitlines():
        if line.startswith("m="):
            if in_video:
                break
            in_video = line.startswith("m=video ")
            control = "" if in_video else None
        elif in_video and line.startswith("a=control:"):
            control = line.removeprefix("a=control:").strip()
    if control is None:
        return None
    if re.match(r"rtsps?://", control, re.I):
        picture = control
    else:
        picture = base if control in {"", "*"} else f"{base.rstrip('/')}/{control.lstrip('/')}"
    if any(len(one) > TEXT_MAX or re.search(r"[\x00-\x20\x7f]", one) for one in (base, picture)):
        raise GarbledError
    return Track(base, picture)


def session_of(answer: Response) -> str:
    """Return the session's name of a SETUP answer.

    Raises GarbledError when it is none.
    """
    name = answer.header("session").partition(";")[0].strip()
    if not re.fullmatch(r"[\x21-\x7e]{1,256}", name):
        raise GarbledError
    return name
