"""Tables of calls for help: each with who took it and what came of it, every press at the kiosk, every step."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from hub.store.tables import Id, Ms, metadata

# hub/incidents/calls.py Call; `due_ms` is when time escalates it next. Rows stay.
help_call = Table(
    "help_call",
    metadata,
    Column("id", Id, primary_key=True),
    Column("station_id", ForeignKey("station.id"), nullable=False),
    Column("at_ms", Ms, nullable=False),
    Column("received_ms", Ms, nullable=False),
    Column("rung_ms", Ms, nullable=False),
    Column("state", String(16), nullable=False),
    Column("presses", Integer, nullable=False),
    Column("withdrawn_ms", Ms),
    Column("level", Integer, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("acknowledged_by", String(64)),
    Column("acknowledged_ms", Ms),
    Column("dispatched_to", String(64)),
    Column("outcome", String(16)),
    Column("matter", String(16)),
    Column("closed_by", String(64)),
    Column("closed_ms", Ms),
    Column("due_ms", Ms),
    Index("ix_help_call_state", "state", "id"),
    Index("ix_help_call_station", "station_id", "state"),
    Index("ix_help_call_received", "received_ms"),
    Index("ix_help_call_due", "due_ms"),
)

# Each press of the button (`emergency.call`), and which call it belongs to.
help_press = Table(
    "help_press",
    metadata,
    Column("id", Id, primary_key=True),
    Column("help_call_id", ForeignKey("help_call.id"), nullable=False),
    Column("station_id", ForeignKey("station.id"), nullable=False),
    Column("call", String(40), nullable=False),
    Column("at_ms", Ms, nullable=False),
    Column("withdrawn_ms", Ms),
    UniqueConstraint("station_id", "call", name="uq_help_press"),
    Index("ix_help_press_call", "help_call_id"),
)

help_step = Table(
    "help_step",
    metadata,
    Column("id", Id, primary_key=True),
    Column("help_call_id", ForeignKey("help_call.id"), nullable=False),
    Column("at_ms", Ms, nullable=False),
    Column("who", String(64), nullable=False),
    Column("step", String(16), nullable=False),
    Column("note", String(300), nullable=False),
    Index("ix_help_step_call", "help_call_id", "id"),
)

# One row: up to which emergency calls were taken up, and up to which step programs were told. Whoever changes calls
# changes it first, and so does it alone until the commit. Old emergencies are forgotten, and SQLite gives the number of
# the last row out again once it is gone: so when it arrived is kept too, and tells that apart.
help_log = Table(
    "help_log",
    metadata,
    Column("id", Id, primary_key=True),
    Column("emergency_id", Id, nullable=False),
    Column("emergency_ms", Ms, nullable=False),
    Column("told_step", Id, nullable=False),
)
