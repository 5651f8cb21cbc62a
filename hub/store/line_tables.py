"""Tables of what lines and cameras did: the summaries of probes, and every change of a camera's state."""

from sqlalchemy import BigInteger, Column, Float, Index, String, literal_column

from hub.store.tables import shown

# What a station's probe of one leg saw over a while (wire/records.py LinkSummary). Kept for `probe.keep_days`.
link_summary = shown(
    "link_summary",
    Column("leg", String(40), nullable=False),
    Column("lasted_ms", BigInteger, nullable=False),
    Column("sent", BigInteger, nullable=False),
    Column("reached", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("rtt_min_ms", Float),
    Column("rtt_p50_ms", Float),
    Column("rtt_p95_ms", Float),
    Column("rtt_max_ms", Float),
    Column("jitter_ms", Float),
)
Index("ix_link_summary_station", link_summary.c.station_id, link_summary.c.shown_ms)
# True tests of pairs are one in a hundred of all.
OF_PAIRS = link_summary.c.leg != literal_column("'county'")
Index("ix_link_summary_pair", link_summary.c.shown_ms, sqlite_where=OF_PAIRS, postgresql_where=OF_PAIRS)

camera_change = shown(
    "camera_change",
    Column("camera", String(40), nullable=False),
    Column("was", String(40), nullable=False),
    Column("now", String(40), nullable=False),
)
Index("ix_camera_change_station", camera_change.c.station_id, camera_change.c.shown_ms)
