"""Tables of villagers' matters at the centre: who works on each, call-backs, what must be kept, what was erased."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, LargeBinary, String, Table

from hub.store.tables import Id, Ms, metadata, rating, visit

# Visits that wait for somebody at the county, found without a walk over all there ever were.
_open = visit.c.ended_ms.is_(None) & visit.c.service.in_(("legal_advice", "mediation", "legal_aid"))
Index("ix_visit_open", visit.c.id, sqlite_where=_open, postgresql_where=_open)

# The ratings that ask for a call.
_bad = rating.c.grade <= 2
Index("ix_rating_bad", rating.c.received_ms, sqlite_where=_bad, postgresql_where=_bad)

# Who works on a visit: each belongs to a step `assigned` and stands or falls with it. `note` is sealed, for the centre.
visit_assignment = Table(
    "visit_assignment",
    metadata,
    Column("id", Id, primary_key=True),
    Column("step_id", ForeignKey("visit_step.id"), nullable=False, unique=True),
    Column("visit_id", ForeignKey("visit.id"), nullable=False),
    Column("whom", String(64), nullable=False),
    Column("role", String(16), nullable=False),
    Column("note", LargeBinary),
    Index("ix_visit_assignment_visit", "visit_id"),
)

# Somebody is to be called back (回访): after a bad rating, or because somebody of the centre wants it (no rating).
call_back = Table(
    "call_back",
    metadata,
    Column("id", Id, primary_key=True),
    Column("visit_id", ForeignKey("visit.id"), nullable=False),
    Column("rating_id", ForeignKey("rating.id")),
    Column("opened_ms", Ms, nullable=False),
    Column("opened_by", String(64), nullable=False),
    Column("fixed_ms", Ms),
    Column("fixed_by", String(64)),
    Column("note", LargeBinary),
    Index("ix_call_back_visit", "visit_id"),
)

call_made = Table(
    "call_made",
    metadata,
    Column("id", Id, primary_key=True),
    Column("call_back_id", ForeignKey("call_back.id"), nullable=False),
    Column("at_ms", Ms, nullable=False),
    Column("who", String(64), nullable=False),
    Column("result", String(16), nullable=False),
    Column("satisfied", Boolean),
    Column("note", LargeBinary),
    Index("ix_call_made_of", "call_back_id"),
)

# What must not be erased though its person asks or its time is up: a lawsuit, an inspection. Rows stay.
visit_hold = Table(
    "visit_hold",
    metadata,
    Column("id", Id, primary_key=True),
    Column("visit_id", ForeignKey("visit.id"), nullable=False),
    Column("at_ms", Ms, nullable=False),
    Column("who", String(64), nullable=False),
    Column("reason", String(200), nullable=False),
    Column("ended_ms", Ms),
    Column("ended_by", String(64)),
    Index("ix_visit_hold_visit", "visit_id"),
)

# Whose boxes are gone: the visit stays as a count. `why` is `person` (they asked) or `time` (it was up).
visit_erasure = Table(
    "visit_erasure",
    metadata,
    Column("visit_id", ForeignKey("visit.id"), primary_key=True),
    Column("at_ms", Ms, nullable=False),
    Column("who", String(64), nullable=False),
    Column("why", String(8), nullable=False),
)
Index("ix_visit_erasure_at", visit_erasure.c.at_ms)
