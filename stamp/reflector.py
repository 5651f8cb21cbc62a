"""A stateful session-reflector (RFC 8762): whom it answers, and with what. Pure: bytes and times only."""

from collections import Counter, OrderedDict
from hmac import compare_digest
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final, NamedTuple

from stamp.clock import to_ntp
from stamp.packet import (
    COVERED,
    ERROR_ESTIMATE,
    NO_TIME,
    OPEN_BYTES,
    OPEN_REPLY,
    OPEN_TEST,
    SIGNED_BYTES,
    SIGNED_GAP,
    SIGNED_REPLY,
    SIGNED_T2,
    SIGNED_TEST,
    is_open_reply,
    signer,
)
from stamp.track import Track, is_ahead

Source = tuple[str, int]
"""Address and port a packet came from."""

MOST_SENDERS: Final = 4
"""Of one session with a key: a station behind a new port or begun anew, and whoever tries the line by hand."""
IDLE_NS: Final = 10_000_000_000
"""A sender silent for so long gives way to another of its session."""
MOST_OPEN: Final = 1024
"""Senders without a key, and addresses of such: the one silent for longest gives way."""


class Peer(NamedTuple):
    """A session that is answered."""

    ssid: int
    key: bytes
    name: str
    """Of a station: never an address."""

    def __repr__(self) -> str:
        return f"Peer({self.ssid})"  # its key is in no log


class _Bucket:
    """A token bucket kept as one time (GCRA): when the next packet would be due if none came early."""

    __slots__ = ("due_ns",)

    def __init__(self) -> None:
        self.due_ns = 0


class _Session(_Bucket):
    __slots__ = ("heard_ns", "newest_seq", "newest_t1", "peer", "sign", "tracks")

    def __init__(self, peer: Peer) -> None:
        super().__init__()
        self.peer = peer
        self.sign = signer(peer.key)
        self.tracks: dict[Source, Track] = {}
        self.heard_ns: int | None = None
        self.newest_seq: int | None = None
        self.newest_t1 = -1

    def hear(self, seq: int, t1: int, t2_ns: int) -> None:
        """Note that it is there, by a packet newer than any of it: one recorded and sent again proves nothing.

        Newer is what goes on in its numbers, though its clock was set back, or in its clock, though it began anew.
        """
        ahead = self.newest_seq is None or is_ahead(seq, self.newest_seq)
        if ahead:
            self.newest_seq = seq
        if ahead or t1 > self.newest_t1:
            self.heard_ns = t2_ns
        self.newest_t1 = max(self.newest_t1, t1)

    def track(self, source: Source, seq: int, t2_ns: int) -> Track | None:
        """Return the sender at a source not heard before; None while there are too many."""
        tracks = self.tracks
        moved = next((place for place, each in tracks.items() if each.goes_on_at(seq)), None)
        if moved is not None:  # the same sender, behind another port since: its count goes on
            tracks[source] = tracks.pop(moved)
            return tracks[source]
        if len(tracks) >= MOST_SENDERS:
            idle = min(tracks, key=lambda place: tracks[place].used_ns)
            if abs(t2_ns - tracks[idle].used_ns) < IDLE_NS:
                return None
            del tracks[idle]
        return tracks.setdefault(source, Track(seq))


class SessionReflector:
    """Answers known sessions only, never with more bytes than it got, and no more often than allowed."""

    def __init__(self, *, packets_per_s: float = 50.0, burst: int = 200, open_to: tuple[str, ...] = ()) -> None:
        """Begin with no sessions; `open_to` are networks (CIDR) whose unauthenticated packets are answered too.

        `packets_per_s` and `burst` hold for each session and, without a key, for each address. Raises ValueError for
        what is no network.
        """
        self._every_ns = round(1_000_000_000 / packets_per_s)
        self._early_ns = self._every_ns * (burst - 1)
        self._networks = [ip_network(network) for network in open_to]
        self._sessions: dict[int, _Session] = {}
        self._open_tracks: OrderedDict[tuple[int, Source], Track] = OrderedDict()
        self._open_buckets: OrderedDict[str, _Bucket] = OrderedDict()
        self._counts = dict.fromkeys(("answered", "unknown", "forged", "malformed", "too_many", "stale"), 0)

    def admit(self, peer: Peer) -> None:
        """Answer this session from now on; one of the same ssid is replaced, its counts begin anew if the key did.

        Raises ValueError for an empty key, which would prove nothing.
        """
        if not peer.key:
            raise ValueError("a session without a key: name its network in open_to instead")
        old = self._sessions.get(peer.ssid)
        if old is not None and old.peer.key == peer.key:
            old.peer = peer
        else:
            self._sessions[peer.ssid] = _Session(peer)

    def dismiss(self, ssid: int) -> None:
        """Answer this session no more."""
        self._sessions.pop(ssid, None)

    def reply(self, payload: bytes, source: Source, t2_ns: int, ttl: int, now_ns: int) -> bytes | None:
        """Return what to send back at UTC `now_ns` to a packet that came at `t2_ns`; None for none.

        The answer has the size of a packet without extensions (RFC 8972), whatever follows in `payload`.
        """
        if len(payload) < OPEN_BYTES:
            self._counts["malformed"] += 1
            return None
        if len(payload) >= SIGNED_BYTES and payload[4:16] == SIGNED_GAP:
            return self._signed_reply(payload, source, t2_ns, ttl, now_ns)
        return self._open_reply(payload, source, t2_ns, ttl, now_ns)

    def _signed_reply(self, payload: bytes, source: Source, t2_ns: int, ttl: int, now_ns: int) -> bytes | None:
        seq, t1, error, ssid = SIGNED_TEST.unpack_from(payload)
        session = self._sessions.get(ssid)
        if session is None:
            self._counts["unknown"] += 1
            return None
        if payload[SIGNED_T2] != NO_TIME:  # else two reflectors, or one with itself, would answer each other for ever
            self._counts["malformed"] += 1
            return None
        if not compare_digest(session.sign(payload[:COVERED]), payload[COVERED:SIGNED_BYTES]):
            self._counts["forged"] += 1
            return None
        session.hear(seq, t1, t2_ns)
        track = session.tracks.get(source) or session.track(source, seq, t2_ns)
        arrival = self._arrival(track, session, seq, t1, t2_ns, now_ns)
        if arrival is None:
            return None
        number, t2 = arrival
        answer = SIGNED_REPLY.pack(number, to_ntp(now_ns), ERROR_ESTIMATE, ssid, t2, seq, t1, error, ttl & 0xFF)
        return answer + session.sign(answer)

    def _open_reply(self, payload: bytes, source: Source, t2_ns: int, ttl: int, now_ns: int) -> bytes | None:
        bucket = self._open_bucket(source[0])
        if bucket is None:
            self._counts["unknown"] += 1
            return None
        if is_open_reply(payload):
            self._counts["malformed"] += 1
            return None
        seq, t1, error, ssid = OPEN_TEST.unpack_from(payload)
        arrival = self._arrival(self._open_track((ssid, source), seq), bucket, seq, t1, t2_ns, now_ns)
        if arrival is None:
            return None
        number, t2 = arrival
        return OPEN_REPLY.pack(number, to_ntp(now_ns), ERROR_ESTIMATE, ssid, t2, seq, t1, error, ttl & 0xFF)

    def _arrival(
        self, track: Track | None, bucket: _Bucket, seq: int, t1: int, t2_ns: int, now_ns: int
    ) -> tuple[int, int] | None:
        """Return number and T2 of a packet; None when it gets no answer."""
        early_ns = bucket.due_ns - now_ns
        if early_ns > self._early_ns + self._every_ns:  # never by packets alone: the clock was set back
            early_ns = 0
        if track is None or early_ns > self._early_ns:
            # Not numbered either: to its sender it is lost on the way here.
            self._counts["too_many"] += 1
            return None
        bucket.due_ns = now_ns + self._every_ns + (early_ns if early_ns > 0 else 0)
        arrival = track.arrival(seq, t1, t2_ns)
        self._counts["stale" if arrival is None else "answered"] += 1
        return arrival

    def heard_ns(self) -> dict[str, int]:
        """Return when each named session was last heard (UTC of the last `t2_ns`), refused for its rate or not.

        A packet that comes again, or late, is not heard: somebody may have recorded it.
        """
        sessions = self._sessions.values()
        return {each.peer.name: each.heard_ns for each in sessions if each.heard_ns is not None}

    @property
    def counts(self) -> Counter[str]:
        """Return how many packets were `answered`, and refused.

        Refused as `unknown` (no such session, or no open network), `forged` (wrong HMAC), `malformed` (too short, or a
        reply come back), `too_many` (over the rate) and `stale` (an old one again, or far behind its session).
        """
        return Counter(self._counts)

    def _open_bucket(self, address: str) -> _Bucket | None:
        buckets = self._open_buckets
        bucket = buckets.get(address)
        if bucket is not None:
            buckets.move_to_end(address)
            return bucket
        if not self._networks or not self._is_open(address):
            return None
        if len(buckets) >= MOST_OPEN:
            buckets.popitem(last=False)
        return buckets.setdefault(address, _Bucket())

    def _is_open(self, address: str) -> bool:
        try:
            known = ip_address(address)
        except ValueError:
            return False
        known = (known.ipv4_mapped or known) if isinstance(known, IPv6Address) else known
        return any(known in network for network in self._networks)

    def _open_track(self, place: tuple[int, Source], seq: int) -> Track:
        tracks = self._open_tracks
        track = tracks.get(place)
        if track is not None:
            tracks.move_to_end(place)
            return track
        if len(tracks) >= MOST_OPEN:
            tracks.popitem(last=False)
        return tracks.setdefault(place, Track(seq))
