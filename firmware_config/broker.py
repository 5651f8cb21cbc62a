"""Mosquitto's configuration and access list for one county, rendered as text (pure)."""

import re
from collections.abc import Collection
from pathlib import Path

from wire.codec import MAX_PAYLOAD_BYTES
from wire.topics import STATION_ID, is_station_id

MAX_PACKET_BYTES = MAX_PAYLOAD_BYTES + 512
"""The largest payload with its topic and properties; `message_size_limit` is on its way out of mosquitto."""
MAX_QUEUED_BYTES = 128 * 1024 * 1024
"""For one client: a station that floods must not fill the broker's memory; what is lost was not receipted."""

ACL = """\
# Rendered; changes here are lost. A client's name is the common name of its certificate.
user hub
topic readwrite v1/#

# A station writes only its own `up` and reads only its own `down`; both are told whether the hub is there.
# Each topic by name: a retained message stays at the broker for every other one that could be thought of.
# The last names nobody, so mosquitto warns of it; it has no other form that holds for every station.
pattern write v1/%u/up/life
pattern write v1/%u/up/beat
pattern write v1/%u/up/records
pattern write v1/%u/up/urgent
pattern write v1/%u/up/ask
pattern write v1/%u/up/answer
pattern read v1/%u/down/#
pattern read v1/hub/state

# A monitoring device (certificates monitor, monitor-1 … monitor-9) reads health and incidents, and writes nothing.
"""

MONITORS = ("monitor", *(f"monitor-{number}" for number in range(1, 10)))
_DENIED = re.compile(rf"^user ({STATION_ID})\ntopic deny #$", re.MULTILINE)


def render_acl(denied: Collection[str] = ()) -> str:
    """Return the access list: the same for every county, but for the stations in `denied`, which get nothing at all.

    The list of revoked certificates keeps out whoever connects; this silences who is connected already.

    Raises ValueError for what is no station's id: a name with a line end would be a rule of its own.
    """
    monitors = "".join(
        f"user {name}\ntopic deny v1/{name}/#\ntopic read v1/health/#\ntopic read v1/health\ntopic read v1/incident/#\n"
        for name in MONITORS
    )
    if not all(is_station_id(station) for station in denied):
        raise ValueError("no station's id")
    silenced = "".join(f"user {station}\ntopic deny #\n" for station in sorted(denied))
    return ACL + monitors + ("\n# Revoked, and silent at once.\n" + silenced if silenced else "")


def denied_in(acl: str) -> frozenset[str]:
    """Return whom an access list of `render_acl` denies everything."""
    return frozenset(_DENIED.findall(acl))


def render_mosquitto(
    folder: Path,
    *,
    port: int,
    host: str | None,
    persistence: bool,
    user: str | None,
) -> str:
    """Return mosquitto.conf for a broker whose certificates, access list and data lie in `folder`.

    `host` None listens everywhere. Lists of revoked certificates (`crl.pem`) are read again on SIGHUP, as the access
    list is: one for each authority, or whoever an authority without one issued is refused.

    `user` is whom a broker started as root becomes: it must be able to read the key. Limits and why: a packet over
    64.5 KiB is no message of ours; the queue is large but explicit, since 0 (unlimited) would take the machine down
    with it; PUBACK is no promise, receipts are.
    """
    listener = f"listener {port}" + (f" {host}" if host else "")
    lines = [
        "# Rendered; changes here are lost.",
        "per_listener_settings false",
        listener,
        "protocol mqtt",
        f"cafile {folder / 'ca.crt'}",
        f"certfile {folder / 'broker.crt'}",
        f"keyfile {folder / 'broker.key'}",
        f"crlfile {folder / 'crl.pem'}",
        "tls_version tlsv1.2",
        "require_certificate true",
        "use_identity_as_username true",
        "allow_anonymous false",
        f"acl_file {folder / 'acl'}",
        "max_connections 2000",
        "max_keepalive 3600",
        f"max_packet_size {MAX_PACKET_BYTES}",
        "max_queued_messages 200000",
        f"max_queued_bytes {MAX_QUEUED_BYTES}",
        "max_inflight_messages 100",
        "persistent_client_expiration 1h",
        f"persistence {'true' if persistence else 'false'}",
        f"persistence_location {folder / 'data'}/",
        "autosave_interval 60",
        "log_dest stderr",
        "log_type error",
        "log_type warning",
        "log_type notice",
        "log_timestamp_format %Y-%m-%dT%H:%M:%S",
        "set_tcp_nodelay true",  # measured: a receipt in 9 ms instead of 44
        "connection_messages true",
    ]
    if user is not None:
        lines.append(f"user {user}")
    return "\n".join(lines) + "\n"
