"""What was raised and what reached whom: the rows behind the figures of alarms."""

from typing import Final, NamedTuple

import msgspec
from sqlalchemy import Engine, and_, func, or_, select

from hub.incidents.alarm_figures import Notice
from hub.incidents.incident import MACHINE, Incident
from hub.reports.alarm_report import Taken
from hub.store.deliveries import REPORT
from hub.store.engine import reading
from hub.store.incident_tables import delivery, incident, incident_step

TAKEN: Final = ("acknowledged", "dispatched", "resolved", "closed")
"""Whoever does one of these has seen it: a person, for time resolves and closes too."""


class AlarmLog(NamedTuple):
    """What was raised, and what of it reached somebody."""

    raised: list[Notice]
    told: list[Notice]


def read_alarm_log(engine: Engine, since_ms: int) -> AlarmLog:
    """Return what was raised and told since.

    Raises StoreError when the database cannot be read.
    """
    d, i, s = delivery.c, incident.c, incident_step.c
    raised = (
        select(s.at_ms, i.body)
        .join(incident, i.id == s.incident_id)
        .where(s.at_ms >= since_ms, s.step.in_(("opened", "returned")))
    )
    told = (
        select(d.ended_ms, d.recipient, d.event, i.body)
        .outerjoin(incident, i.id == d.incident_id)
        .where(d.ended_ms >= since_ms, d.outcome == "sent", d.port == "mail", d.event != REPORT)
    )
    with reading(engine) as connection:
        shown = [(at_ms, _read(body)) for at_ms, body in connection.execute(raised)]
        letters = [(at_ms, who, event, body and _read(body)) for at_ms, who, event, body in connection.execute(told)]
    return AlarmLog(
        [Notice(at_ms, _source(one), priority=one.priority) for at_ms, one in shown],
        [Notice(at_ms, _source(one) if one else event, who) for at_ms, who, event, one in letters],
    )


def read_lasting(engine: Engine, until_ms: int) -> list[int]:
    """Return since when each incident lasted that lasted at this moment, as far as is known now.

    Raises StoreError when the database cannot be read.
    """
    i = incident.c
    there = and_(i.opened_ms < until_ms, or_(i.closed_ms.is_(None), i.closed_ms >= until_ms))
    with reading(engine) as connection:
        found = [_read(body) for (body,) in connection.execute(select(i.body).where(there))]
    return [one.since_ms for one in found if one.recovered_ms is None or one.recovered_ms >= until_ms]


def read_taken(engine: Engine, from_ms: int, until_ms: int) -> list[Taken]:
    """Return of each incident that was opened in a period when somebody first acknowledged it, and when it was over.

    Raises StoreError when the database cannot be read.
    """
    i, s = incident.c, incident_step.c
    opened = and_(i.opened_ms >= from_ms, i.opened_ms < until_ms)
    first = select(s.incident_id, func.min(s.at_ms)).join(incident, i.id == s.incident_id)
    first = first.where(opened, s.step.in_(TAKEN), s.who != MACHINE, s.withdrawn_ms.is_(None)).group_by(s.incident_id)
    with reading(engine) as connection:
        taken = {row[0]: row[1] for row in connection.execute(first)}
        rows = connection.execute(select(i.id, i.opened_ms, i.body).where(opened)).all()
    return [Taken(opened_ms, taken.get(key), _read(body).recovered_ms) for key, opened_ms, body in rows]


def _read(body: bytes) -> Incident:
    return msgspec.json.decode(body, type=Incident)


def _source(one: Incident) -> str:
    return f"{one.kind} {one.town} {one.name}".strip() if one.scope == "station" else f"{one.kind} {one.name}".strip()
