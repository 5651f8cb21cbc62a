"""Tables of planned times (`hub/health/windows.py`), and of when a station was in service."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, String, Table, false

from hub.store.tables import Id, Ms, metadata

# Rows stay: who made it, when and why, and who ended it. A retroactive one was made after it began; one that was
# withdrawn holds nothing, also of what is past, and `ended_ms` says when that was said.
time_window = Table(
    "time_window",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("effect", String(16), nullable=False),
    Column("scope", String(8), nullable=False),
    Column("place", String(64), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("from_ms", Ms, nullable=False),
    Column("until_ms", Ms, nullable=False),
    Column("lasts_ms", Ms),
    Column("every", String(80)),
    Column("began_ms", Ms),
    Column("reason", String(200), nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("made_ms", Ms, nullable=False),
    Column("ended_by", String(64)),
    Column("ended_ms", Ms),
    Column("ended_reason", String(200)),
    Column("withdrawn", Boolean, nullable=False, server_default=false()),
    Index("ix_time_window_until", "until_ms"),
)

# Every time a station was put into service or taken out of it; rows stay. `how` is `born` (its first live birth),
# `person`, or `list` (it left the county's list). `station.commissioned_ms` is what they amount to now.
service_change = Table(
    "service_change",
    metadata,
    Column("id", Id, primary_key=True),
    Column("station_id", ForeignKey("station.id"), nullable=False),
    Column("at_ms", Ms, nullable=False),
    Column("starts", Boolean, nullable=False),
    Column("how", String(8), nullable=False),
    Column("who", String(64), nullable=False),
    Column("reason", String(200), nullable=False),
    Column("made_ms", Ms, nullable=False),
    Index("ix_service_change_station", "station_id", "id"),
)
