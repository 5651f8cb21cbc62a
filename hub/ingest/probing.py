"""The county's session-reflector, and a session of it for every station: sent in answer to each live birth.

The secret that keys are made of is drawn at each start of the hub, and a key is of one boot of one station: whatever
was recorded of an earlier session makes nobody look alive.
"""

import hashlib
import hmac
import logging
import secrets
from collections import Counter
from collections.abc import Mapping
from typing import Final

from hub.errors import HubError
from hub.health.county import Member
from hub.health.probes import Hearing
from hub.health.seen import Probes
from hub.ingest.outward import PACE, Publishes
from hub.settings import ProbeSettings
from stamp.reflector import Peer, SessionReflector
from stamp.udp import ReflectorThread, StampSocket
from wire.codec import encode
from wire.life import Birth
from wire.probe import ProbeSession
from wire.topics import down

logger = logging.getLogger(__name__)

LOOK_EVERY_MS: Final = 250
TELL_EVERY_MS: Final = 60_000
EXPIRES_S: Final = 60
"""A station that is back later says its birth again, and is answered again."""
MOST_SESSIONS: Final = 65_535
"""RFC 8972 numbers sessions in 16 bits, from 1."""
BUFFER_BYTES: Final = 4 * 1024 * 1024


def open_reflector(settings: ProbeSettings) -> ReflectorThread:
    """Return the county's session-reflector, its port taken, not yet answering.

    Raises HubError E-LINE-01 when the port cannot be had.
    """
    try:
        socket = StampSocket(settings.listen, settings.port, receive_buffer_bytes=BUFFER_BYTES)
    except OSError as error:
        raise HubError(
            "E-LINE-01",
            f"UDP {settings.listen}:{settings.port} cannot be used for probes; is another hub running? Set probe.port"
            f" 探测端口被占用或地址有误，请更改 probe.port: {error.strerror}",
        ) from None
    return ReflectorThread(SessionReflector(), socket)


class Probing:
    """A chore of the writer: sends sessions, and listens whose probes come."""

    def __init__(
        self, settings: ProbeSettings, edge: Publishes, members: Mapping[str, Member], reflector: ReflectorThread
    ) -> None:
        """Take how it is set up, what publishes, the county's stations, and what answers probes."""
        self._settings, self._edge, self._members, self._thread = settings, edge, members, reflector
        self._secret = secrets.token_bytes(32)
        self._ssids = dict(zip(sorted(members), range(1, MOST_SESSIONS + 1), strict=False))
        if len(self._ssids) < len(members):
            logger.error("E-LINE-02 only %d stations can be probed at one hub 超出可探测站点数", MOST_SESSIONS)
        self._births: dict[str, Birth] = {}
        self._sessions: dict[str, tuple[bytes, int]] = {}
        """Each station's key, and since when it has it."""
        self._waiting: dict[str, None] = {}
        self._hearing = Hearing(settings.interval_ms)
        self._looked_ms = self._told_ms = -TELL_EVERY_MS
        self._refused: Counter[str] = Counter()

    def round(self, now_ms: int, *, connected: bool) -> None:
        """Answer births with sessions, up to PACE of them, and take up what was heard."""
        if 0 <= now_ms - self._looked_ms < LOOK_EVERY_MS:
            return
        self._looked_ms = now_ms
        for code, member in self._members.items():
            if member.birth is not None and member.birth is not self._births.get(code):
                self._births[code] = member.birth
                self._waiting[code] = None
        if connected and self._waiting:
            self._send_some(now_ms)
        with self._thread.lock:
            marks = self._thread.reflector.heard_ns()
        self._hearing.hear(marks, now_ms)
        if not 0 <= now_ms - self._told_ms < TELL_EVERY_MS:
            self._told_ms = now_ms
            self._tell_refused()

    def probes(self, station: str, now_ms: int) -> Probes:
        """Return whether a village's probes come."""
        return self._hearing.probes(station)

    def heard_ms(self) -> Mapping[str, int]:
        """Return when the last probe of each village came (UTC ms)."""
        return self._hearing.heard_ms()

    def session_since_ms(self, station: str) -> int | None:
        """Return since when a station has its present session; None while it was given none."""
        session = self._sessions.get(station)
        return None if session is None else session[1]

    def _send_some(self, now_ms: int) -> None:
        room = PACE
        for code in list(self._waiting):
            # A birth that the broker had kept says nothing of now: its station is answered once it is there.
            if self._members[code].known.state != "online" or code not in self._ssids:
                continue
            if room == 0 or not self._send(code, self._births[code], now_ms):
                return
            del self._waiting[code]
            room -= 1

    def _send(self, code: str, birth: Birth, now_ms: int) -> bool:
        key = self._key(code, birth)
        if code not in self._sessions or self._sessions[code][0] != key:
            self._sessions[code] = key, now_ms
            with self._thread.lock:
                self._thread.reflector.admit(Peer(self._ssids[code], key, code))
            self._hearing.begin(code)
        settings = self._settings
        port = self._thread.socket.port
        session = ProbeSession(port, self._ssids[code], key, settings.host, settings.interval_ms)
        return self._edge.publish(down(code, "probe"), encode(session), expires_s=EXPIRES_S)

    def _tell_refused(self) -> None:
        """Log what was refused since the last time; never from where: an address is somebody's."""
        with self._thread.lock:
            counts = self._thread.reflector.counts
        refused = Counter({why: number for why, number in counts.items() if why != "answered"})
        more = refused - self._refused
        self._refused = refused
        if more:
            said = ", ".join(f"{why} {number}" for why, number in sorted(more.items()))
            logger.warning("E-LINE-03 probes refused 有探测包被拒绝: %s", said)

    def _key(self, code: str, birth: Birth) -> bytes:
        what = f"{code} {birth.epoch} {birth.boot}".encode()
        return hmac.new(self._secret, what, hashlib.sha256).digest()
