"""Table of planned times (`hub/health/windows.py`)."""

from sqlalchemy import Column, Index, String, Table

from hub.store.tables import Ms, metadata

# Rows stay: who made it, when and why, and who ended it. A retroactive one was made after it began.
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
    Index("ix_time_window_until", "until_ms"),
)
