"""A stateful session-reflector (RFC 8762): whom it answers, and with what. Pure: bytes and times only."""

from collections import Counter
from typing import NamedTuple

Source = tuple[str, int]
"""Address and port a packet came from."""


class Peer(NamedTuple):
    """A session that is answered."""

    ssid: int
    key: bytes
    name: str
    """Of a station: never an address."""


class SessionReflector:
    """Answers known sessions only, never with more bytes than it got, and no more often than allowed."""

    def __init__(self, *, packets_per_s: float = 50.0, burst: int = 200, open_to: tuple[str, ...] = ()) -> None:
        """Begin with no sessions; `open_to` are networks (CIDR) whose unauthenticated packets are answered too."""
        raise NotImplementedError

    def admit(self, peer: Peer) -> None:
        """Answer this session from now on; one of the same ssid is replaced, its counts begin anew if the key did."""
        raise NotImplementedError

    def dismiss(self, ssid: int) -> None:
        """Answer this session no more."""
        raise NotImplementedError

    def reply(self, payload: bytes, source: Source, t2_ns: int, ttl: int, now_ns: int) -> bytes | None:
        """Return what to send back at UTC `now_ns` to a packet that came at `t2_ns`; None for none."""
        raise NotImplementedError

    def heard_ns(self) -> dict[str, int]:
        """Return when each named session was last heard (UTC of the last `t2_ns`)."""
        raise NotImplementedError

    @property
    def counts(self) -> Counter[str]:
        """Return how many packets were `answered`, and refused as `unknown`, `forged`, `malformed`, `too_many`."""
        raise NotImplementedError
