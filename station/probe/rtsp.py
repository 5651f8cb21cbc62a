"""Asks a camera for its picture over RTSP without decoding any: what answers, how soon, and what does not."""

import contextlib
import secrets
import socket
import ssl
import time
from typing import Final, Literal, NamedTuple

from station.probe.rtsp_words import (
    Address,
    GarbledError,
    Login,
    Reader,
    Response,
    authorization,
    request,
    session_of,
    video_track,
)

STEP_S: Final = 3.0
"""For each step; a camera that needs longer is as good as dead to who waits for its picture."""
MOST_BYTES: Final = 4_000_000
"""Read of one camera in one probe: more before the first picture's packet is no answer."""
CHUNK_BYTES: Final = 64 * 1024

Verdict = Literal["plays", "answers", "unreachable", "silent", "denied", "no_stream", "no_picture", "garbled"]
CODES: Final[dict[Verdict, str]] = {
    "unreachable": "E-PROBE-11",
    "silent": "E-PROBE-11",
    "no_picture": "E-PROBE-12",
    "denied": "E-PROBE-13",
    "no_stream": "E-PROBE-14",
    "garbled": "E-PROBE-15",
}
MEANINGS: Final[dict[str, str]] = {
    "E-PROBE-11": (
        "摄像机没有应答，请检查其电源、网线与地址 the camera does not answer: check power, cable and address"
    ),
    "E-PROBE-12": (
        "摄像机有应答但不送画面，请重启摄像机，检查其通道与连接数 "
        "the camera answers but sends no picture: restart it; check its channel and how many sessions it allows"
    ),
    "E-PROBE-13": "摄像机拒绝用户名或口令，请核对 the camera refuses user name or password: check both",
    "E-PROBE-14": "摄像机没有这路视频，请核对地址中的路径 the camera has no such stream: check the path of its address",
    "E-PROBE-15": "应答的不是 RTSP 摄像机，请核对地址与端口 what answers is no RTSP camera: check address and port",
}


class Probed(NamedTuple):
    """What came of it."""

    verdict: Verdict
    """`plays` when a packet of the picture came, `answers` when no more was asked than whether it answers."""
    steps: dict[str, float]
    """How long each step that succeeded took in ms: `tcp_ms`, `rtsp_options_ms`, `rtsp_describe_ms`, `rtsp_setup_ms`,
    `rtsp_play_ms`, and `first_packet_ms` from asking for PLAY to the first packet of the picture."""
    detail: str = ""
    """What went wrong where, never an address or password."""

    @property
    def code(self) -> str | None:
        """Return the stable code, None when nothing is wrong."""
        return CODES.get(self.verdict)


class _FailedError(Exception):
    def __init__(self, verdict: Verdict, detail: str) -> None:
        super().__init__(detail)
        self.verdict: Verdict = verdict
        self.detail = detail


def probe_camera(address: Address, *, whole: bool = True, step_s: float = STEP_S) -> Probed:
    """Ask for OPTIONS and, if `whole`, for the picture up to its first packet; takes up to seven times `step_s`."""
    steps: dict[str, float] = {}
    try:
        with contextlib.closing(_Dialogue(address, step_s, steps)) as dialogue:
            dialogue.ask("OPTIONS", address.url, name="rtsp_options_ms")
            if not whole:
                return Probed("answers", steps)
            _play(dialogue, address)
            return Probed("plays", steps)
    except _FailedError as error:
        return Probed(error.verdict, steps, error.detail)


def _play(dialogue: "_Dialogue", address: Address) -> None:
    described = dialogue.ask("DESCRIBE", address.url, {"Accept": "application/sdp"}, name="rtsp_describe_ms")
    try:
        track = video_track(described, address.url)
        if track is None:
            raise _FailedError("no_stream", "no video in its description")
        transport = {"Transport": "RTP/AVP/TCP;unicast;interleaved=0-1"}
        session = session_of(dialogue.ask("SETUP", track.picture, transport, name="rtsp_setup_ms"))
    except GarbledError:
        raise _FailedError("garbled", "an answer that is no RTSP") from None
    try:
        asked_s = time.monotonic()
        dialogue.ask("PLAY", track.whole, {"Session": session, "Range": "npt=0.000-"}, name="rtsp_play_ms")
        dialogue.wait_for_packet(asked_s)
    finally:
        dialogue.leave(track.whole, session)


class _Dialogue:
    """One connection; each `ask` waits for its answer."""

    def __init__(self, address: Address, step_s: float, steps: dict[str, float]) -> None:
        self._step_s = step_s
        self._steps = steps
        self._reader = Reader()
        self._answers: list[Response] = []
        self._pictured_s: float | None = None
        """When the first packet of the picture came."""
        self._bytes = 0
        self._sequence = 0
        self._login = Login((), address.user, address.password)
        self._login_used = 0
        begun_s = time.monotonic()
        try:
            self._socket = _connected(address, step_s)
        except (OSError, UnicodeError) as error:  # UnicodeError: a host name no resolver can be asked for
            raise _FailedError("unreachable", _why(error)) from None
        self._took("tcp_ms", begun_s)

    def close(self) -> None:
        self._socket.close()

    def ask(self, method: str, url: str, more: dict[str, str] | None = None, *, name: str) -> Response:
        """Ask, once more with the password if that is asked for, and note how long the answer took."""
        asked_s = time.monotonic()
        answer = self._answer(method, url, more or {})
        login = self._login._replace(challenges=tuple(answer.headers.get("www-authenticate", ())))
        if answer.status == 401 and login != self._login and (login.user or login.password):
            self._login, self._login_used = login, 0
            answer = self._answer(method, url, more or {})
        if answer.status in {401, 403}:
            raise _FailedError("denied", f"{method} {answer.status}")
        if answer.status in {404, 410, 454}:
            raise _FailedError("no_stream", f"{method} {answer.status}")
        if not 200 <= answer.status < 300:
            raise _FailedError("no_picture", f"{method} {answer.status}")
        self._took(name, asked_s)
        return answer

    def wait_for_packet(self, asked_s: float) -> None:
        """Wait for the first packet of the picture; `asked_s` is when it was asked for."""
        deadline_s = time.monotonic() + self._step_s
        while self._pictured_s is None:
            try:
                self._receive(deadline_s)
            except _FailedError as error:
                verdict: Verdict = "no_picture" if error.verdict == "silent" else error.verdict
                raise _FailedError(verdict, "PLAY was answered, no packet came") from None
        self._steps["first_packet_ms"] = _ms(self._pictured_s - asked_s)

    def leave(self, url: str, session: str) -> None:
        """Give the camera its session back; nobody waits for its answer."""
        with contextlib.suppress(OSError):
            self._socket.settimeout(self._step_s)
            self._socket.sendall(self._request("TEARDOWN", url, {"Session": session}))

    def _request(self, method: str, url: str, more: dict[str, str]) -> bytes:
        self._sequence += 1
        self._login_used += 1
        said = authorization(self._login, method, url, secrets.token_hex(8), self._login_used)
        return request(method, url, self._sequence, {**more, **({"Authorization": said} if said else {})})

    def _answer(self, method: str, url: str, more: dict[str, str]) -> Response:
        deadline_s = time.monotonic() + self._step_s
        try:
            self._socket.settimeout(self._step_s)
            self._socket.sendall(self._request(method, url, more))
        except OSError as error:
            raise _FailedError("silent", f"{method}: {_why(error)}") from None
        while True:
            while self._answers:
                answer = self._answers.pop(0)
                if answer.header("cseq") in {"", str(self._sequence)}:
                    return answer
            try:
                self._receive(deadline_s)
            except _FailedError as error:
                raise _FailedError(error.verdict, f"{method}: {error.detail}") from None

    def _receive(self, deadline_s: float) -> None:
        """Wait for more bytes, and take what is whole."""
        left_s = deadline_s - time.monotonic()
        if left_s <= 0:
            raise _FailedError("silent", "timed out")
        try:
            self._socket.settimeout(left_s)
            data = self._socket.recv(CHUNK_BYTES)
        except OSError as error:
            raise _FailedError("silent", _why(error)) from None
        if not data:
            raise _FailedError("silent", "closed")
        self._bytes += len(data)
        if self._bytes > MOST_BYTES:
            raise _FailedError("garbled", "endless answer")
        self._reader.feed(data)
        try:
            for event in self._reader.events():
                if isinstance(event, Response):
                    self._answers.append(event)
                elif event.is_rtp and self._pictured_s is None:
                    self._pictured_s = time.monotonic()
        except GarbledError:
            raise _FailedError("garbled", "an answer that is no RTSP") from None

    def _took(self, name: str, since_s: float) -> None:
        self._steps[name] = _ms(time.monotonic() - since_s)


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)


def _connected(address: Address, within_s: float) -> socket.socket:
    plain = socket.create_connection((address.host, address.port), within_s)
    if not address.secure:
        return plain
    try:
        return _unverified().wrap_socket(plain)
    except OSError:
        plain.close()
        raise


def _unverified() -> ssl.SSLContext:
    """Return TLS as cameras have it: with a certificate of their own that nobody can check."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _why(error: Exception) -> str:
    """Say why in a few words that hold no address."""
    if isinstance(error, TimeoutError):
        return "timed out"
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
