"""Tables of the county's shelf: drafts, what villages must make public by when, notices; and people's work lists."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from hub.store.tables import Id, Ms, metadata

# A document while it is written: one for each kind and spot. `revision` grows with each saving, so whoever began from
# an older one is told; `began_from` is the version published there when it was begun, 0 for none.
library_draft = Table(
    "library_draft",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(40), nullable=False),
    Column("scope", String(8), nullable=False),
    Column("place", String(64), nullable=False),
    Column("began_from", Ms, nullable=False),
    Column("text", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("made_ms", Ms, nullable=False),
    Column("saved_by", String(64), nullable=False),
    Column("saved_ms", Ms, nullable=False),
    UniqueConstraint("name", "scope", "place", name="uq_library_draft"),
)

# What villages must make public: `quarterly` so many days after each quarter's end, `event` so many days after it
# happened. Days are the county's, counted from 1970-01-01. Rows stay; one that ended owes nothing from then on.
disclosure_rule = Table(
    "disclosure_rule",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(12), nullable=False),
    Column("title_zh", String(100), nullable=False),
    Column("title_en", String(200), nullable=False),
    Column("days", Integer, nullable=False),
    Column("from_day", Integer, nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("made_ms", Ms, nullable=False),
    Column("ended_by", String(64)),
    Column("ended_ms", Ms),
)

# Something happened in a village that it must make public (随时公开). Rows stay.
disclosure_event = Table(
    "disclosure_event",
    metadata,
    Column("id", Id, primary_key=True),
    Column("station", String(15), nullable=False),
    Column("title", String(100), nullable=False),
    Column("happened_day", Integer, nullable=False),
    Column("due_day", Integer, nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("made_ms", Ms, nullable=False),
    Column("ended_by", String(64)),
    Column("ended_ms", Ms),
    Index("ix_disclosure_event_station", "station"),
)

# 限期整改通知书: what a village is to put right by when (`hub/library/notices.py` has its states). Rows stay.
rectification = Table(
    "rectification",
    metadata,
    Column("id", Id, primary_key=True),
    Column("station", String(15), nullable=False),
    Column("duty", String(40), nullable=False),
    Column("title", String(100), nullable=False),
    Column("demand", String(300), nullable=False),
    Column("state", String(12), nullable=False),
    Column("deadline_day", Integer, nullable=False),
    Column("times", Integer, nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("made_ms", Ms, nullable=False),
    Column("changed_ms", Ms, nullable=False),
    Index("ix_rectification_state", "state"),
)

rectification_step = Table(
    "rectification_step",
    metadata,
    Column("id", Id, primary_key=True),
    Column("rectification_id", ForeignKey("rectification.id"), nullable=False),
    Column("at_ms", Ms, nullable=False),
    Column("who", String(64), nullable=False),
    Column("step", String(12), nullable=False),
    Column("note", String(300), nullable=False),
    Index("ix_rectification_step_of", "rectification_id", "id"),
)

# One's own mark for one day on an item of the list (`hub/work/sources.py` names items). Rows stay; undone is dated.
work_mark = Table(
    "work_mark",
    metadata,
    Column("id", Id, primary_key=True),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("day", Integer, nullable=False),
    Column("item", String(96), nullable=False),
    Column("note", String(200), nullable=False),
    Column("at_ms", Ms, nullable=False),
    Column("undone_ms", Ms),
    Index("ix_work_mark_account", "account_id", "day"),
)

# What somebody wrote onto their own list by hand; it stays there until it is done.
work_own = Table(
    "work_own",
    metadata,
    Column("id", Id, primary_key=True),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("text", String(200), nullable=False),
    Column("due_day", Integer),
    Column("made_ms", Ms, nullable=False),
    Column("done_ms", Ms),
    Index("ix_work_own_account", "account_id", "id"),
)

# 每周微述职: one for each account and week (`monday` is its first day). Kept; once handed in it is not changed.
work_week = Table(
    "work_week",
    metadata,
    Column("id", Id, primary_key=True),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("monday", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("saved_ms", Ms, nullable=False),
    Column("handed", Boolean, nullable=False),
    Column("handed_ms", Ms),
    Column("seen_by", String(64)),
    Column("seen_ms", Ms),
    Column("remark", String(300), nullable=False),
    UniqueConstraint("account_id", "monday", name="uq_work_week"),
)
