"""How a station is told whom to probe: a session of STAMP (RFC 8762), its key new with each run of the hub."""

import ipaddress
from typing import Annotated, Final

from msgspec import Meta, Struct

COUNTY_LEG: Final = "county"
"""`LinkSummary.leg` of a station's own line to the county."""
PAIR: Final = "pair/"
"""Before the other station's id in `LinkSummary.leg` of a true A→B test."""

Port = Annotated[int, Meta(ge=1, le=65535)]
Ssid = Annotated[int, Meta(ge=1, le=65535)]
"""RFC 8972 session identifier: by it a reflector finds the key."""
SessionKey = Annotated[bytes, Meta(min_length=32, max_length=32)]
"""HMAC-SHA-256 key of one session; base64 on the wire."""
Host = Annotated[str, Meta(min_length=1, max_length=255, pattern=r"^[A-Za-z0-9_.:-]+\Z")]


class ProbeSession(Struct, frozen=True, omit_defaults=True):
    """Sent on `down/probe` in answer to each birth: probe the county's session-reflector from now on."""

    port: Port
    ssid: Ssid
    key: SessionKey
    host: Host | None = None
    """None: where the broker is."""
    interval_ms: Annotated[int, Meta(ge=100, le=60_000)] = 1_000
    every_ms: Annotated[int, Meta(ge=1_000, le=600_000)] = 30_000
    """How much time one LinkSummary covers."""

    def __repr__(self) -> str:
        return f"ProbeSession({self.ssid})"  # its key is in no log


BURST: Final = "burst"
"""Command: probe faster for a while. Arguments `packets_per_s`, `seconds`; the answer carries LinkSummary's figures."""
REFLECT: Final = "reflect"
"""Command: answer probes of one session for a while. Arguments `ssid`, `key` (base64), `seconds`."""
PROBE_PAIR: Final = "pair"
"""Command: probe another station. Arguments `station`, `host`, `port`, `ssid`, `key` (base64), `count`,
`interval_ms`; what it saw is a LinkSummary of the leg `pair/<station>`, the answer says only that it ran."""

LOWEST_PORT: Final = 1_024
"""A station's own reflector has no rights to a lower one: nobody is sent to probe what is no station's."""
_BROADCAST: Final = ipaddress.IPv4Address("255.255.255.255")


def station_address(host: str) -> str | None:
    """Return the address at which a station may be probed; None for a name, or for what is not one machine's.

    Kept by whoever orders a test and again by who probes: a station is no tool to look up names, to reach many
    machines at once, or to probe a link of its own.
    """
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id is not None:
            return None
        address = address.ipv4_mapped or address
    if address.is_multicast or address.is_unspecified or address.is_link_local or address == _BROADCAST:
        return None
    return str(address)
