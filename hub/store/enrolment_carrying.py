"""Whom the county trusts does not go back with a backup: what was burnt, issued and revoked since then stays so."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Table, delete, insert, select

from hub.store.enrolment_tables import certificate, enrolment_doubt, enrolment_token, trust_step

TABLES: Final[tuple[Table, ...]] = (enrolment_token, certificate, trust_step, enrolment_doubt)
Trust = Mapping[str, Sequence[Mapping[str, Any]]]
"""The rows of each of these tables."""


def read_trust(connection: Connection) -> Trust:
    """Return all that a database says of whom it trusts."""
    return {
        table.name: [dict(row._mapping) for row in connection.execute(select(table).order_by(table.c.id))]
        for table in TABLES
    }


def carry_trust(connection: Connection, trust: Trust) -> None:
    """Have a database that is older say the same."""
    for table in TABLES:
        connection.execute(delete(table))
        if rows := trust[table.name]:
            connection.execute(insert(table), list(rows))
