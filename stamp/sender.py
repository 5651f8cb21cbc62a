"""A session-sender (RFC 8762): packets out, replies in, figures over a while. Pure: bytes and times only."""

from stamp.figures import Figures


class SessionSender:
    """One session with one reflector, stateful on the other side."""

    def __init__(self, *, ssid: int = 0, key: bytes | None = None) -> None:
        """Begin at sequence number 0; with a `key` in authenticated mode. `ssid` is RFC 8972's, 0 for none."""
        raise NotImplementedError

    def packet(self, t1_ns: int) -> bytes:
        """Return the next packet, to be sent at once; `t1_ns` is UTC now."""
        raise NotImplementedError

    def take(self, payload: bytes, t4_ns: int) -> bool:
        """Take what arrived at UTC `t4_ns`; return whether it was a reply of this session (bad ones change nothing)."""
        raise NotImplementedError

    def close_window(self, now_ns: int, wait_ns: int) -> Figures:
        """Return the figures of all packets sent since the last call.

        Those of the last `wait_ns`, whose replies may still come, count in the next window.
        """
        raise NotImplementedError
