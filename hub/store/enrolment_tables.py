"""Tables of enrolment: tokens of labels, certificates of stations, who was revoked, and what looks wrong.

Stations stand here by their code: a label may be printed, and a certificate issued, before the list has the village.
"""

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from hub.store.tables import Id, Ms, metadata

# A label's token by its digest (wire/enrolment.py). Burnt for one key, by `online` or `stick`; or it may no longer be
# used: `replaced` by a newer label, `revoked` with its station.
enrolment_token = Table(
    "enrolment_token",
    metadata,
    Column("id", Id, primary_key=True),
    Column("station", String(15), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("made_ms", Ms, nullable=False),
    Column("expires_ms", Ms, nullable=False),
    Column("burnt_ms", Ms),
    Column("burnt_why", String(12)),
    Column("burnt_key", String(64)),
    Index("ix_enrolment_token_station", "station"),
)

# Serial in hex; `issuer` and `key` name public keys (SHA-256 of SubjectPublicKeyInfo). `ended_why`: `revoked` may be
# undone; `replaced` (the station was set up anew) and `followed` (its successor was used) may not.
certificate = Table(
    "certificate",
    metadata,
    Column("id", Id, primary_key=True),
    Column("station", String(15), nullable=False),
    Column("serial", String(40), nullable=False),
    Column("issuer", String(64), nullable=False),
    Column("key", String(64), nullable=False),
    Column("from_ms", Ms, nullable=False),
    Column("until_ms", Ms, nullable=False),
    Column("issued_ms", Ms, nullable=False),
    Column("how", String(12), nullable=False),
    Column("issued_by", String(200), nullable=False),
    Column("token", String(64)),
    Column("pem", Text, nullable=False),
    Column("ended_ms", Ms),
    Column("ended_why", String(12)),
    UniqueConstraint("issuer", "serial", name="uq_certificate"),
    Index("ix_certificate_station", "station", "id"),
)

# Every change of whom to trust, in its order; rows stay. Whoever writes the broker's lists follows the newest.
trust_step = Table(
    "trust_step",
    metadata,
    Column("id", Id, primary_key=True),
    Column("station", String(15), nullable=False),
    Column("at_ms", Ms, nullable=False),
    Column("act", String(12), nullable=False),
    Column("who", String(64), nullable=False),
    Column("reason", String(200), nullable=False),
    Index("ix_trust_step_station", "station", "id"),
)

# What somebody should look at: `hash` is of station, code and token, so that coming again only counts up.
enrolment_doubt = Table(
    "enrolment_doubt",
    metadata,
    Column("id", Id, primary_key=True),
    Column("hash", LargeBinary(32), nullable=False, unique=True),
    Column("station", String(15), nullable=False),
    Column("code", String(40), nullable=False),
    Column("address", String(64), nullable=False),
    Column("first_ms", Ms, nullable=False),
    Column("last_ms", Ms, nullable=False),
    Column("times", Integer, nullable=False),
    Column("seen_ms", Ms),
    Column("seen_by", String(64)),
    Index("ix_enrolment_doubt_last", "last_ms"),
)
