"""Tables. Reports: drafts, approvals, what was distributed; warnings."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from hub.store.tables import Id, Ms, metadata

# One version of one report. From its approval on `sections` and `frozen` stay as they are and `hash` holds them; what
# is to be corrected becomes another version. `frozen` are the figures it was drafted from (zlib of JSON).
report = Table(
    "report",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(12), nullable=False),
    Column("period", String(10), nullable=False),
    Column("town", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(12), nullable=False),
    Column("title", String(120), nullable=False),
    Column("sections", Text, nullable=False),
    Column("frozen", LargeBinary, nullable=False),
    Column("author", String(64), nullable=False),
    Column("made_ms", Ms, nullable=False),
    Column("changed_ms", Ms, nullable=False),
    # Counts up at each change of the text: whoever saves over another's change is told.
    Column("edits", Integer, nullable=False),
    Column("approved_by", String(64)),
    Column("approved_ms", Ms),
    Column("hash", LargeBinary(32)),
    UniqueConstraint("kind", "period", "town", "version", name="uq_report"),
    Index("ix_report_made", "made_ms"),
)

# Everything that was done to a report, by whom. Rows stay.
report_step = Table(
    "report_step",
    metadata,
    Column("id", Id, primary_key=True),
    Column("report_id", ForeignKey("report.id"), nullable=False),
    Column("at_ms", Ms, nullable=False),
    Column("who", String(64), nullable=False),
    Column("step", String(12), nullable=False),
    Column("note", String(200), nullable=False),
    Index("ix_report_step_report", "report_id"),
)

# To whom a report was distributed, and how; by mail `letter` is the key of the letter in the queue.
report_copy = Table(
    "report_copy",
    metadata,
    Column("id", Id, primary_key=True),
    Column("report_id", ForeignKey("report.id"), nullable=False),
    Column("addressee", String(254), nullable=False),
    Column("port", String(12), nullable=False),
    Column("letter", String(64)),
    Column("at_ms", Ms, nullable=False),
    Index("ix_report_copy_report", "report_id"),
)

# Figures of periods that are long over: what later ones are compared with. May be emptied at any time.
kept_figures = Table(
    "kept_figures",
    metadata,
    Column("id", Id, primary_key=True),
    Column("period", String(10), nullable=False),
    Column("town", String(64), nullable=False),
    Column("made_ms", Ms, nullable=False),
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("period", "town", name="uq_kept_figures"),
)

# What the rules warn of. `open_key` names it while it stands: of one there is never a second. Rows stay.
warning = Table(
    "warning",
    metadata,
    Column("id", Id, primary_key=True),
    Column("open_key", String(120)),
    Column("rule", String(16), nullable=False),
    Column("town", String(64), nullable=False),
    Column("subject", String(40), nullable=False),
    Column("level", String(8), nullable=False),
    Column("figures", String(400), nullable=False),
    Column("began_ms", Ms, nullable=False),
    Column("seen_ms", Ms, nullable=False),
    Column("ended_ms", Ms),
    Column("acknowledged_by", String(64)),
    Column("acknowledged_ms", Ms),
    Column("note", String(200)),
    UniqueConstraint("open_key", name="uq_warning_open"),
    Index("ix_warning_began", "began_ms"),
)

# What the criteria of the scores are worth, as JSON: the newest row counts, the others say what counted before.
score_weights = Table(
    "score_weights",
    metadata,
    Column("id", Id, primary_key=True),
    Column("body", Text, nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("made_ms", Ms, nullable=False),
)
