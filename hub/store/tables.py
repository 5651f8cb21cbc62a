"""The tables of a county. Every time is UTC milliseconds; nothing here is SQL of one engine."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

metadata = MetaData()

# SQLite numbers rows by itself only in a column it calls INTEGER.
Id = BigInteger().with_variant(Integer(), "sqlite")
Ms = BigInteger()

station = Table(
    "station",
    metadata,
    Column("id", Id, primary_key=True),
    Column("code", String(15), nullable=False, unique=True),
    Column("name", String(64), nullable=False),
    Column("town", String(64), nullable=False),
    Column("enrolled", Boolean, nullable=False),
    # Since when it is in service; None while it is set up: its time does not count and nothing is opened for it.
    Column("commissioned_ms", Ms),
)

# One spool of one station. Everything up to `stored_to` is receipted.
epoch = Table(
    "epoch",
    metadata,
    Column("id", Id, primary_key=True),
    Column("station_id", ForeignKey("station.id"), nullable=False),
    Column("epoch", String(16), nullable=False),
    Column("stored_to", BigInteger, nullable=False),
    Column("first_ms", Ms, nullable=False),
    UniqueConstraint("station_id", "epoch", name="uq_epoch"),
)

# The ledger: everything a station ever sent, as it sent it. An unreadable one stands here without its body.
record = Table(
    "record",
    metadata,
    Column("id", Id, primary_key=True),
    Column("epoch_id", ForeignKey("epoch.id"), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("at_ms", Ms),
    Column("undated", LargeBinary),
    Column("received_ms", Ms, nullable=False),
    Column("body", LargeBinary),
    UniqueConstraint("epoch_id", "seq", name="uq_record"),
)
# Most of the ledger are summaries of lines, which go first: those that are left are found without a walk.
_link = record.c.kind == "link"
Index("ix_record_link", record.c.received_ms, sqlite_where=_link, postgresql_where=_link)


def shown(name: str, *columns: Column[Any]) -> Table:
    """Return a table of one kind of record: `shown_ms` is when it was made, or, without a date, when it arrived."""
    return Table(
        name,
        metadata,
        Column("id", Id, primary_key=True),
        Column("station_id", ForeignKey("station.id"), nullable=False),
        Column("epoch_id", ForeignKey("epoch.id"), nullable=False),
        Column("seq", BigInteger, nullable=False),
        Column("at_ms", Ms),
        Column("received_ms", Ms, nullable=False),
        Column("shown_ms", Ms, nullable=False),
        *columns,
        UniqueConstraint("epoch_id", "seq", name=f"uq_{name}"),
        Index(f"ix_{name}_shown", "shown_ms"),
    )


# Who came is only in the ledger's body, sealed: one place to purge.
visit = shown(
    "visit",
    Column("number", String(20), nullable=False),
    Column("service", String(24), nullable=False),
    Column("who", String(12), nullable=False),
    Column("language", String(4), nullable=False),
    Column("matter", String(40)),
    # Whose visit, as hub/visits/index.py names them: None is not looked at yet, empty is nobody that can be named.
    Column("person_key", LargeBinary(16)),
    # When the county was through with it (hub/visits/matters.py); None while somebody must still do something.
    Column("ended_ms", Ms),
)
Index("ix_visit_station", visit.c.station_id, visit.c.id)
Index("ix_visit_person", visit.c.person_key)
# The wall looks for these at every call, and a station that floods must cost it nothing.
_staff = visit.c.service == "call_staff"
Index("ix_visit_staff", visit.c.station_id, visit.c.id, sqlite_where=_staff, postgresql_where=_staff)

rating = shown(
    "rating",
    Column("visit_seq", BigInteger, nullable=False),
    Column("grade", Integer, nullable=False),
)
Index("ix_rating_visit", rating.c.epoch_id, rating.c.visit_seq)

# One row when it was called, perhaps another when it was withdrawn: `call` names both.
emergency = shown(
    "emergency",
    Column("call", String(40), nullable=False),
    Column("withdrawn", Boolean, nullable=False, server_default=false()),
)
Index("ix_emergency_station", emergency.c.station_id, emergency.c.id)
Index("ix_emergency_call", emergency.c.station_id, emergency.c.call)

# What could not be read, whole. `hash` is of what makes it one thing, so that coming again only counts up.
quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Id, primary_key=True),
    Column("hash", LargeBinary(32), nullable=False, unique=True),
    Column("topic", String(128), nullable=False),
    Column("reason", String(40), nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("first_ms", Ms, nullable=False),
    Column("last_ms", Ms, nullable=False),
    Column("times", BigInteger, nullable=False),
)

# What was last known of a station: what a restarted hub begins with.
station_state = Table(
    "station_state",
    metadata,
    Column("station_id", ForeignKey("station.id"), primary_key=True),
    Column("state", String(12), nullable=False),
    Column("since_ms", Ms, nullable=False),
    Column("reason", String(40), nullable=False),
    Column("heard_ms", Ms),
    Column("known", LargeBinary, nullable=False),
)

# Every change of state, dated when it happened and when it was noticed.
transition = Table(
    "transition",
    metadata,
    Column("id", Id, primary_key=True),
    Column("station_id", ForeignKey("station.id"), nullable=False),
    Column("at_ms", Ms, nullable=False),
    Column("noticed_ms", Ms, nullable=False),
    Column("state", String(12), nullable=False),
    Column("reason", String(40), nullable=False),
    Index("ix_transition_station", "station_id", "at_ms"),
)

# One row per run of the hub: between `alive_ms` of one and `started_ms` of the next nobody looked.
hub_life = Table(
    "hub_life",
    metadata,
    Column("id", Id, primary_key=True),
    Column("started_ms", Ms, nullable=False),
    Column("alive_ms", Ms, nullable=False),
    Column("orderly", Boolean, nullable=False),
)

# What a station said of its cameras' pictures: one row when a fault is raised, one when it is cleared.
camera_fault = shown(
    "camera_fault",
    Column("camera", String(40), nullable=False),
    Column("fault", String(40), nullable=False),
    Column("change", String(40), nullable=False),
    Column("severity", Float, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("began_ms", Ms, nullable=False),
)
Index("ix_camera_fault_station", camera_fault.c.station_id, camera_fault.c.id)

# Orders of the county to stations, and what became of each. The row stays; a picture's box goes after its time.
# `run_id` is the run of the hub that took it up; `sent_ms` is when it was handed to the broker.
command = Table(
    "command",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("station_id", ForeignKey("station.id"), nullable=False),
    Column("name", String(40), nullable=False),
    Column("arguments", LargeBinary, nullable=False),
    Column("reason", String(200), nullable=False),
    Column("asked_by", String(64), nullable=False),
    Column("asked_ms", Ms, nullable=False),
    Column("expires_ms", Ms, nullable=False),
    Column("run_id", ForeignKey("hub_life.id")),
    Column("sent_ms", Ms),
    Column("outcome", String(40)),
    Column("note", String(200)),
    Column("answered_ms", Ms),
    Column("measures", LargeBinary),
    Column("picture_key", String(16)),
    Column("picture_camera", String(40)),
    Column("picture_fault", String(40)),
    Column("picture_width_px", BigInteger),
    Column("picture_height_px", BigInteger),
    Column("picture_taken_ms", Ms),
    Column("picture_deleted_ms", Ms),
    Column("picture_box", LargeBinary),
    Index("ix_command_outcome", "outcome"),
    Index("ix_command_asked", "asked_ms"),
)

# Who opened which picture, and why (PIPL 51, 54): committed before the box is opened, never deleted.
viewing = Table(
    "viewing",
    metadata,
    Column("id", Id, primary_key=True),
    Column("command_id", ForeignKey("command.id"), nullable=False),
    Column("who", String(64), nullable=False),
    Column("reason", String(200), nullable=False),
    Column("at_ms", Ms, nullable=False),
    Index("ix_viewing_command", "command_id"),
)

# What the county did about a visit. `note` is sealed to the hub's own key; a step taken back stays, marked.
visit_step = Table(
    "visit_step",
    metadata,
    Column("id", Id, primary_key=True),
    Column("visit_id", ForeignKey("visit.id"), nullable=False),
    Column("at_ms", Ms, nullable=False),
    Column("who", String(64), nullable=False),
    Column("state", String(40), nullable=False),
    Column("note", LargeBinary),
    Column("withdrawn_ms", Ms),
    Index("ix_visit_step_visit", "visit_id"),
    Index("ix_visit_step_at", "at_ms"),
)

# Who opened which visit, and why (PIPL 51, 54): committed before its boxes are opened, never deleted.
visit_viewing = Table(
    "visit_viewing",
    metadata,
    Column("id", Id, primary_key=True),
    Column("visit_id", ForeignKey("visit.id"), nullable=False),
    Column("who", String(64), nullable=False),
    Column("reason", String(200), nullable=False),
    Column("at_ms", Ms, nullable=False),
    Index("ix_visit_viewing_visit", "visit_id"),
)

# Every question a station put, and what it was answered; `times` are those refused together for being too many.
asked = Table(
    "asked",
    metadata,
    Column("id", Id, primary_key=True),
    Column("station_id", ForeignKey("station.id"), nullable=False),
    Column("at_ms", Ms, nullable=False),
    Column("person_key", LargeBinary(16)),
    Column("outcome", String(16), nullable=False),
    Column("cases", Integer, nullable=False),
    Column("times", Integer, nullable=False),
    Index("ix_asked_station", "station_id", "at_ms"),
    Index("ix_asked_at", "at_ms"),
)

# The county's library: every publication (`text`) and every withdrawal (no text) of a document, by scope. Rows stay.
document = Table(
    "document",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(40), nullable=False),
    Column("scope", String(8), nullable=False),
    Column("place", String(64), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("text", Text),
    Column("published_by", String(64), nullable=False),
    Column("at_ms", Ms, nullable=False),
    UniqueConstraint("version", name="uq_document"),
    Index("ix_document_spot", "name", "scope", "place"),
)

# What a station refused last of each document: the one before it stays there.
document_refusal = Table(
    "document_refusal",
    metadata,
    Column("id", Id, primary_key=True),
    Column("station_id", ForeignKey("station.id"), nullable=False),
    Column("name", String(40), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("code", String(40), nullable=False),
    Column("at_ms", Ms, nullable=False),
    UniqueConstraint("station_id", "name", name="uq_document_refusal"),
)
