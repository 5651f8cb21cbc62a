"""Tables. What was imported from, and exported to, other platforms."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from hub.store.tables import Id, Ms, metadata

# One run of an import or an export that stands: who, when, of what, and what came of it. `marks` of an export says up
# to where it went (JSON): the next one begins there. Rows stay.
exchange = Table(
    "exchange",
    metadata,
    Column("id", Id, primary_key=True),
    Column("way", String(3), nullable=False),
    Column("what", String(16), nullable=False),
    Column("platform", String(16), nullable=False),
    Column("at_ms", Ms, nullable=False),
    Column("who", String(64), nullable=False),
    # SHA-256 of the file: whether the very same one came before.
    Column("file", LargeBinary(32), nullable=False),
    Column("rows", Integer, nullable=False),
    Column("stored", Integer, nullable=False),
    Column("updated", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("marks", Text, nullable=False),
    Index("ix_exchange_what", "way", "what", "id"),
)

# A ticket of another platform, once, whatever comes again: (platform, external_id) names it. `state` are the words of
# visits (hub/visits/matters.py), as that platform or this county (`ticket_step`) said it last. Who it is of and what
# they said are sealed to the hub's own key `sealed_to`; `person_key` is the index of hub/visits/index.py; `digest` is
# keyed: nobody tries values on it.
ticket = Table(
    "ticket",
    metadata,
    Column("id", Id, primary_key=True),
    Column("platform", String(16), nullable=False),
    Column("external_id", String(64), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("at_ms", Ms, nullable=False),
    Column("town", String(64), nullable=False),
    Column("station_id", ForeignKey("station.id")),
    Column("service", String(40), nullable=False),
    Column("matter", String(40)),
    Column("state", String(40), nullable=False),
    Column("handled_by", String(64), nullable=False),
    Column("answered_ms", Ms),
    Column("rating", Integer),
    Column("changed_ms", Ms),
    Column("sealed_to", String(16), nullable=False),
    Column("identity", LargeBinary),
    Column("mask", LargeBinary),
    Column("words", LargeBinary),
    Column("person_key", LargeBinary(16)),
    Column("digest", LargeBinary(32), nullable=False),
    Column("stored_ms", Ms, nullable=False),
    Column("updated_ms", Ms, nullable=False),
    Column("exchange_id", ForeignKey("exchange.id"), nullable=False),
    UniqueConstraint("platform", "external_id", name="uq_ticket"),
    Index("ix_ticket_at", "at_ms"),
    Index("ix_ticket_person", "person_key"),
)

# What this county did about a ticket: `whom` with a step `assigned`. `note` is sealed. Rows stay.
ticket_step = Table(
    "ticket_step",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket_id", ForeignKey("ticket.id"), nullable=False),
    Column("at_ms", Ms, nullable=False),
    Column("who", String(64), nullable=False),
    Column("state", String(40), nullable=False),
    Column("whom", String(64)),
    Column("note", LargeBinary),
    Index("ix_ticket_step_of", "ticket_id", "id"),
)
