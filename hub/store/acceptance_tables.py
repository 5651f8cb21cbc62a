"""The table of acceptance records."""

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, String, Table

from hub.store.tables import Id, Ms, metadata

# What a technician's acceptance of a station said. `message` is the SignedMessage as it came, record, pictures and
# paper in it, so that whoever doubts it can verify its signature again. Rows stay.
acceptance = Table(
    "acceptance",
    metadata,
    Column("id", Id, primary_key=True),
    Column("station_id", ForeignKey("station.id"), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("made_ms", Ms),
    Column("filed_ms", Ms, nullable=False),
    # accepted | conditional | refused
    Column("verdict", String(12), nullable=False),
    # Who accepted; names, as the audit log has them.
    Column("accepted_by", String(64), nullable=False),
    Column("witness", String(64), nullable=False),
    Column("message", LargeBinary, nullable=False),
    Index("ix_acceptance_station", "station_id", "id"),
)
