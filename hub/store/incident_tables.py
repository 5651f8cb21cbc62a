"""Tables of incidents: what is wrong where, whom it affects, what was done, who is on duty, and who was told."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from hub.store.tables import Id, Ms, metadata

# `open_key` names the trouble while the incident is open: of one there is never a second. `due_ms` is when time alone
# does something to it next (hub/incidents/escalation.py).
incident = Table(
    "incident",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("open_key", String(96)),
    Column("kind", String(16), nullable=False),
    Column("scope", String(8), nullable=False),
    Column("place", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("since_ms", Ms, nullable=False),
    Column("opened_ms", Ms, nullable=False),
    Column("closed_ms", Ms),
    Column("due_ms", Ms),
    # hub/incidents/incident.py Incident as JSON, without its stations.
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("open_key", name="uq_incident_open"),
    Index("ix_incident_opened", "opened_ms"),
    Index("ix_incident_state", "state"),
    Index("ix_incident_closed", "closed_ms"),
    Index("ix_incident_due", "due_ms"),
)

# From when until when a station was affected: more than one row where it came back and went again. Rows stay.
incident_station = Table(
    "incident_station",
    metadata,
    Column("id", Id, primary_key=True),
    Column("incident_id", ForeignKey("incident.id"), nullable=False),
    Column("station_id", ForeignKey("station.id"), nullable=False),
    Column("from_ms", Ms, nullable=False),
    Column("until_ms", Ms),
    Index("ix_incident_station_incident", "incident_id"),
    Index("ix_incident_station_station", "station_id"),
)

# Everything that happened to an incident, by whom; rows stay, one that was taken back is marked. Whoever follows them
# by `id` misses none: the next is given out by `incident_log`, and not before the one before it is committed.
incident_step = Table(
    "incident_step",
    metadata,
    Column("id", Id, primary_key=True),
    Column("incident_id", ForeignKey("incident.id"), nullable=False),
    Column("at_ms", Ms, nullable=False),
    Column("who", String(64), nullable=False),
    Column("step", String(16), nullable=False),
    Column("note", String(300), nullable=False),
    Column("withdrawn_ms", Ms),
    Index("ix_incident_step_incident", "incident_id", "id"),
)

# One row: the last step's id. Whoever changes incidents changes it first, and so does it alone until the commit.
incident_log = Table(
    "incident_log",
    metadata,
    Column("id", Id, primary_key=True),
    Column("last", Id, nullable=False),
)

# Who is on duty when, and who answers for an area (分片包挂). Rows stay; one that ended is of the past.
duty = Table(
    "duty",
    metadata,
    Column("id", Id, primary_key=True),
    Column("level", Integer, nullable=False),
    Column("scope", String(8), nullable=False),
    Column("place", String(64), nullable=False),
    Column("who", String(64), nullable=False),
    Column("mail", String(254)),
    Column("days", String(32), nullable=False),
    Column("from_minute", Integer, nullable=False),
    Column("until_minute", Integer, nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("made_ms", Ms, nullable=False),
    Column("ended_ms", Ms),
)

# What is told to whom by which port, and why, or why not. `key` is drawn from incident, step, port and recipient: never
# twice. A row without `due_ms` is not for sending: it waits for a digest, or until somebody may be told; `ended_ms` and
# `outcome` say what became of it. `thread` is the key of the first letter about the incident to this recipient.
delivery = Table(
    "delivery",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", String(64), nullable=False),
    Column("incident_id", ForeignKey("incident.id")),
    Column("step_id", ForeignKey("incident_step.id")),
    Column("event", String(16), nullable=False),
    Column("port", String(12), nullable=False),
    Column("recipient", String(254), nullable=False),
    Column("reason", String(24), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("body", Text, nullable=False),
    Column("thread", String(64)),
    Column("digest_id", ForeignKey("delivery.id")),
    Column("made_ms", Ms, nullable=False),
    Column("due_ms", Ms),
    Column("until_ms", Ms),
    Column("tries", Integer, nullable=False),
    Column("ended_ms", Ms),
    Column("outcome", String(12)),
    Column("trouble", String(200)),
    Column("retried_by", String(64)),
    UniqueConstraint("key", name="uq_delivery"),
    Index("ix_delivery_ended", "ended_ms", "due_ms"),
    Index("ix_delivery_incident", "incident_id"),
    Index("ix_delivery_made", "made_ms"),
)

# How far the steps of incidents were followed: moved in the transaction that queues what they bring.
followed = Table(
    "followed",
    metadata,
    Column("id", Id, primary_key=True),
    Column("step_id", Id, nullable=False),
)
