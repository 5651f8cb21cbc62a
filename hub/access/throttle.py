"""So much at once, and then so much a second: a bucket for each who asks, in bounded memory (pure)."""

import ipaddress
from typing import Final, NamedTuple

IPV6_SITE: Final = 64
"""Bits of an IPv6 address that a site has one of: the rest it chooses by itself."""


class Bucket(NamedTuple):
    """What somebody may still do, and as of when."""

    left: float
    at_ms: int


class Throttle:
    """Lets each who asks do `burst` things at once and `per_s` of them a second after that.

    Who asks is an address (counted as `site_of` says), or any other name that is no address. Times are ms of one clock.
    """

    def __init__(self, burst: int, per_s: float, most: int = 4096) -> None:
        """Take the limits, and how many it knows at once; the one unseen for longest is forgotten."""
        self._burst, self._per_ms, self._most = burst, per_s / 1000, most
        self._buckets: dict[str, Bucket] = {}

    def __len__(self) -> int:
        """Return how many are known."""
        return len(self._buckets)

    def take(self, who: str, now_ms: int) -> int:
        """Let somebody do one thing more and return 0; or return for how many ms it has to wait."""
        key = site_of(who)
        left = self._left(self._buckets.pop(key, None), now_ms)
        allowed = left >= 1
        self._buckets[key] = Bucket(left - 1 if allowed else left, now_ms)
        while len(self._buckets) > self._most:
            self._buckets.pop(next(iter(self._buckets)))
        return 0 if allowed else max(1, round((1 - left) / self._per_ms))

    def give_back(self, who: str, now_ms: int) -> None:
        """Let what was taken last not count: it was right."""
        key = site_of(who)
        known = self._buckets.pop(key, None)
        self._buckets[key] = Bucket(min(self._burst, self._left(known, now_ms) + 1), now_ms)

    def _left(self, known: Bucket | None, now_ms: int) -> float:
        if known is None:
            return self._burst
        return min(self._burst, known.left + max(0, now_ms - known.at_ms) * self._per_ms)


def site_of(address: str) -> str:
    """Return an address as it is counted: an IPv6 one as the network it is of; what is no address, as it stands."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv4Address):
        return str(known)
    if known.ipv4_mapped is not None:
        return str(known.ipv4_mapped)
    return str(ipaddress.ip_network((known, IPV6_SITE), strict=False))
