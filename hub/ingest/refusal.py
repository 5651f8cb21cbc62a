"""Finding which messages of a batch the database refuses, so that one cannot hold up the others."""

from collections.abc import Mapping, Sequence

from hub.ingest.handle import Arrived, Handled, set_aside
from hub.store.engine import Database, RefusedError, writing
from hub.store.intake import store


def set_refused_aside(
    database: Database, arrived: Sequence[Arrived], handled: Sequence[Handled], ids: Mapping[str, int]
) -> list[Handled] | None:
    """Return `handled` with each refused one turned into a quarantine of its whole payload, or None if none is.

    Raises StoreError when the database fails for another reason.
    """
    kept: list[Handled] = []
    for message, values in zip(arrived, handled, strict=True):
        reason = _refusal(database, values, ids)
        kept.append(values if reason is None else set_aside(message, Handled(message.received_ms), reason))
    return None if kept == list(handled) else kept


def _refusal(database: Database, values: Handled, ids: Mapping[str, int]) -> str | None:
    try:
        with writing(database, keep=False) as connection:
            store(connection, [values], ids)
    except RefusedError as error:
        return error.code
    return None
