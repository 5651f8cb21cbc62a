"""Tables of who may do what at the centre: accounts, sessions, recovery codes, tokens, screens, the audit log."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from hub.store.tables import Id, Ms, metadata

# One that ended keeps its row: steps and logs name it. `towns` are joined by a line feed, empty is the whole county.
account = Table(
    "account",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(32), nullable=False, unique=True),
    Column("full_name", String(64), nullable=False, unique=True),
    Column("unit", String(64), nullable=False),
    Column("role", String(16), nullable=False),
    Column("towns", Text, nullable=False),
    # argon2id; `must_change` after somebody else chose it.
    Column("password", String(200), nullable=False),
    Column("must_change", Boolean, nullable=False),
    # Sealed to the hub's own key.
    Column("totp_secret", LargeBinary(120)),
    # The last time step a code was taken of: no code opens twice.
    Column("totp_step", BigInteger),
    Column("failures", Integer, nullable=False),
    Column("locked_until_ms", Ms),
    Column("language", String(2)),
    Column("made_by", String(64), nullable=False),
    Column("made_ms", Ms, nullable=False),
    Column("ended_ms", Ms),
)

# Secrets stand here as SHA-256 only: whoever reads the database gets into nothing.
session = Table(
    "session",
    metadata,
    Column("id", Id, primary_key=True),
    Column("digest", LargeBinary(32), nullable=False, unique=True),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("opened_ms", Ms, nullable=False),
    Column("seen_ms", Ms, nullable=False),
    Column("ended_ms", Ms),
    Column("address", String(64), nullable=False),
    Column("browser", String(200), nullable=False),
    Index("ix_session_account", "account_id"),
)

# What opens once where somebody's phone is lost; keyed by the hub's own key, so that nobody guesses them from here.
recovery = Table(
    "recovery",
    metadata,
    Column("id", Id, primary_key=True),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("digest", LargeBinary(32), nullable=False, unique=True),
    Column("used_ms", Ms),
    Index("ix_recovery_account", "account_id"),
)

token = Table(
    "token",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(64), nullable=False),
    Column("digest", LargeBinary(32), nullable=False, unique=True),
    Column("permissions", String(300), nullable=False),
    Column("towns", Text, nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("made_ms", Ms, nullable=False),
    Column("expires_ms", Ms, nullable=False),
    Column("ended_ms", Ms),
    Column("used_ms", Ms),
)

# A screen asks with a code that stands on it; somebody signed in confirms it. `code` goes once it is paired.
screen = Table(
    "screen",
    metadata,
    Column("id", Id, primary_key=True),
    Column("digest", LargeBinary(32), nullable=False, unique=True),
    Column("name", String(64), nullable=False),
    Column("code", String(12), unique=True),
    Column("asked_ms", Ms, nullable=False),
    # Where it asked from, and as what: whoever confirms can see that it is the one before them.
    Column("address", String(64)),
    Column("browser", String(200)),
    Column("paired_by", String(64)),
    Column("paired_ms", Ms),
    Column("ended_ms", Ms),
    Column("seen_ms", Ms),
)

# Never changed, never deleted: `link` chains each entry to the one before (`hub/access/chain.py`).
audit = Table(
    "audit",
    metadata,
    Column("number", Id, primary_key=True, autoincrement=False),
    Column("at_ms", Ms, nullable=False),
    Column("who", String(64), nullable=False),
    Column("unit", String(64), nullable=False),
    Column("role", String(16), nullable=False),
    Column("act", String(32), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("reason", String(200), nullable=False),
    Column("address", String(64), nullable=False),
    # By which digest it is chained: what was written before the setting changed holds by its own.
    Column("digest", String(8), nullable=False),
    Column("link", LargeBinary(32), nullable=False),
    Index("ix_audit_at", "at_ms"),
    Index("ix_audit_who", "who"),
)

# One row: whoever writes an entry holds it, so entries are numbered in the order of commits.
audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Id, primary_key=True),
    Column("last", Id, nullable=False),
    Column("link", LargeBinary(32), nullable=False),
)
