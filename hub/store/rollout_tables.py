"""Tables of releases of the stations' software, and of their way through the fleet."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from hub.store.tables import Id, Ms, metadata

# The file lies in the releases' folder under its digest; a withdrawn one is handed out no more.
release = Table(
    "release",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("sequence", BigInteger, nullable=False, unique=True),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("size", BigInteger, nullable=False),
    Column("notes", Text, nullable=False),
    Column("added_by", String(64), nullable=False),
    Column("added_ms", Ms, nullable=False),
    Column("withdrawn_ms", Ms),
)

rollout = Table(
    "rollout",
    metadata,
    Column("id", Id, primary_key=True),
    Column("release_id", ForeignKey("release.id"), nullable=False),
    # Up to which station each wave goes, joined by commas.
    Column("ends", Text, nullable=False),
    Column("soak_ms", BigInteger, nullable=False),
    Column("most_failed", Integer, nullable=False),
    Column("state", String(12), nullable=False),
    # The wave that is under way, and up to which one people went on by hand.
    Column("wave", Integer, nullable=False),
    Column("ahead", Integer, nullable=False),
    Column("reason", String(200), nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("made_ms", Ms, nullable=False),
    Column("ended_ms", Ms),
    # 1 until it ends, then NULL. One at a time: two releases on their way would be judged by each other's failures.
    Column("the_open_one", Integer, unique=True),
)

rollout_station = Table(
    "rollout_station",
    metadata,
    Column("id", Id, primary_key=True),
    Column("rollout_id", ForeignKey("rollout.id"), nullable=False),
    Column("station_id", ForeignKey("station.id"), nullable=False),
    Column("place", Integer, nullable=False),
    Column("ordered_ms", Ms),
    Column("command_id", String(40)),
    Column("tries", Integer, nullable=False),
    Column("said", String(40)),
    Column("running_ms", Ms),
    Column("outcome", String(12)),
    Column("code", String(40), nullable=False),
    Column("ended_ms", Ms),
    UniqueConstraint("rollout_id", "station_id", name="uq_rollout_station"),
)

# What people did and what the rules did of themselves, in order.
rollout_step = Table(
    "rollout_step",
    metadata,
    Column("id", Id, primary_key=True),
    Column("rollout_id", ForeignKey("rollout.id"), nullable=False),
    Column("at_ms", Ms, nullable=False),
    Column("what", String(24), nullable=False),
    Column("who", String(64), nullable=False),
    Column("note", String(200), nullable=False),
)
Index("ix_rollout_step", rollout_step.c.rollout_id, rollout_step.c.id)
