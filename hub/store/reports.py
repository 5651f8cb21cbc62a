"""Reports as rows: every version, what was done to each, to whom it went; what the scores' criteria are worth."""

import zlib
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import Connection, Engine, Row, func, insert, or_, select, update

from hub.access.caller import EVERYWHERE, Area
from hub.reports.figures import Figures
from hub.reports.lifecycle import WRITING, Part, State
from hub.reports.names import ReportKind
from hub.reports.scores import DEFAULT, Weights
from hub.reports.told import Frozen
from hub.store.engine import reading
from hub.store.reports_tables import kept_figures, report, report_copy, report_step, score_weights

_R, _K = report.c, kept_figures.c
_LISTED: Final = (
    *(_R.id, _R.kind, _R.period, _R.town, _R.version, _R.state, _R.title, _R.author, _R.made_ms, _R.changed_ms),
    *(_R.edits, _R.approved_by, _R.approved_ms, _R.hash),
)


class Head(NamedTuple):
    """One version of a report as it is listed."""

    id: int
    kind: ReportKind
    period: str
    town: str
    version: int
    state: State
    title: str
    author: str
    made_ms: int
    changed_ms: int
    edits: int
    approved_by: str | None
    approved_ms: int | None
    hash: bytes | None


class Report(NamedTuple):
    """One version, whole."""

    head: Head
    parts: list[Part]
    body: bytes
    """The figures it was drafted from, as they are stored and held by the hash."""

    @property
    def frozen(self) -> Frozen:
        """Return the figures it was drafted from."""
        return msgspec.json.decode(zlib.decompress(self.body), type=Frozen)


class New(NamedTuple):
    """A report to be written down."""

    kind: ReportKind
    period: str
    town: str
    title: str
    parts: list[Part]
    body: bytes


class StepRow(NamedTuple):
    """What was done to a report."""

    at_ms: int
    who: str
    step: str
    note: str


class CopyRow(NamedTuple):
    """To whom a report went."""

    addressee: str
    port: str
    """`mail`, or `hand`: it was downloaded and handed over."""
    letter: str | None
    at_ms: int


class WeightsRow(NamedTuple):
    """What counted how much since a time."""

    id: int
    weights: Weights
    made_by: str
    made_ms: int


def packed(frozen: Frozen) -> bytes:
    """Return figures as they are stored."""
    return zlib.compress(msgspec.json.encode(frozen), 6)


def add_report(connection: Connection, new: New, who: str, now_ms: int) -> int:
    """Write a draft down as the next version of its kind, period and place; return its id."""
    same = (_R.kind == new.kind, _R.period == new.period, _R.town == new.town)
    last = connection.execute(select(func.max(_R.version)).where(*same)).scalar() or 0
    values = {
        "kind": new.kind, "period": new.period, "town": new.town, "version": last + 1, "state": "draft",
        "title": new.title, "sections": _written(new.parts), "frozen": new.body, "author": who, "made_ms": now_ms,
        "changed_ms": now_ms, "edits": 0,
    }  # fmt: skip
    key = connection.execute(insert(report).values(**values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def find_report(connection: Connection, key: int) -> Report | None:
    """Return one version, or None."""
    row = connection.execute(select(*_LISTED, _R.sections, _R.frozen).where(_R.id == key)).first()
    return None if row is None else _report(row)


def change_report(connection: Connection, key: int, edits: int, **values: Any) -> bool:
    """Change a report if nobody has since it was read; `edits` counts changes."""
    if "parts" in values:
        values["sections"] = _written(values.pop("parts"))
    done = connection.execute(update(report).where(_R.id == key, _R.edits == edits).values(edits=edits + 1, **values))
    return done.rowcount == 1


def add_step(connection: Connection, key: int, step: StepRow) -> None:
    """Note what was done."""
    connection.execute(insert(report_step).values(report_id=key, **step._asdict()))


def writers(connection: Connection, key: int) -> set[str]:
    """Return who drafted a report or changed its text."""
    s = report_step.c
    query = select(s.who).where(s.report_id == key, s.step.in_(WRITING)).distinct()
    return {row[0] for row in connection.execute(query)}


def add_copies(connection: Connection, key: int, copies: Sequence[CopyRow]) -> None:
    """Note to whom it went."""
    if copies:
        connection.execute(insert(report_copy), [{"report_id": key, **one._asdict()} for one in copies])


def add_weights(connection: Connection, weights: Weights, who: str, now_ms: int) -> None:
    """Have other weights count from now on."""
    body = msgspec.json.encode(weights).decode()
    connection.execute(insert(score_weights).values(body=body, made_by=who, made_ms=now_ms))


def keep_figures(connection: Connection, figures: Figures) -> None:
    """Keep figures to compare later ones with, in place of those kept before."""
    same = (_K.period == figures.period, _K.town == figures.town)
    values = {"made_ms": figures.made_ms, "body": zlib.compress(msgspec.json.encode(figures), 6)}
    if connection.execute(update(kept_figures).where(*same).values(**values)).rowcount == 0:
        connection.execute(insert(kept_figures).values(period=figures.period, town=figures.town, **values))


class ReportsReader:
    """Reads on connections of its own; safe from any thread. Everything raises StoreError."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine for reading."""
        self._engine = engine

    def listed(self, limit: int, *, before: int | None = None, drafts: Area | None = EVERYWHERE) -> list[Head]:
        """Return versions, newest first: those that were approved, and the drafts of an area (None: no draft)."""
        query = select(*_LISTED).order_by(_R.id.desc()).limit(limit)
        if before is not None:
            query = query.where(_R.id < before)
        if drafts is None or drafts.towns:
            mine = () if drafts is None else drafts.towns
            query = query.where(or_(_R.state == "approved", _R.state == "distributed", _R.town.in_(mine)))
        with reading(self._engine) as connection:
            return [Head._make(row) for row in connection.execute(query)]

    def find(self, key: int) -> Report | None:
        """Return one version, or None."""
        with reading(self._engine) as connection:
            return find_report(connection, key)

    def versions(self, head: Head) -> list[Head]:
        """Return all versions of a report, newest first."""
        same = (_R.kind == head.kind, _R.period == head.period, _R.town == head.town)
        with reading(self._engine) as connection:
            rows = connection.execute(select(*_LISTED).where(*same).order_by(_R.version.desc()))
            return [Head._make(row) for row in rows]

    def steps(self, key: int) -> list[StepRow]:
        """Return what was done to one, oldest first."""
        s = report_step.c
        query = select(s.at_ms, s.who, s.step, s.note).where(s.report_id == key).order_by(s.id)
        with reading(self._engine) as connection:
            return [StepRow._make(row) for row in connection.execute(query)]

    def copies(self, key: int) -> list[CopyRow]:
        """Return to whom one went."""
        c = report_copy.c
        query = select(c.addressee, c.port, c.letter, c.at_ms).where(c.report_id == key).order_by(c.id)
        with reading(self._engine) as connection:
            return [CopyRow._make(row) for row in connection.execute(query)]

    def weights(self) -> Weights:
        """Return what counts how much now."""
        newest = self.weights_history(1)
        return newest[0].weights if newest else DEFAULT

    def weights_history(self, limit: int) -> list[WeightsRow]:
        """Return what counted how much, newest first."""
        w = score_weights.c
        query = select(w.id, w.body, w.made_by, w.made_ms).order_by(w.id.desc()).limit(limit)
        with reading(self._engine) as connection:
            return [
                WeightsRow(key, msgspec.json.decode(body, type=Weights), who, at_ms)
                for key, body, who, at_ms in connection.execute(query)
            ]

    def kept(self, period: str, town: str) -> Figures | None:
        """Return figures that were kept."""
        query = select(_K.body).where(_K.period == period, _K.town == town)
        with reading(self._engine) as connection:
            body = connection.execute(query).scalar()
        return None if body is None else msgspec.json.decode(zlib.decompress(body), type=Figures)


def _written(parts: Sequence[Part]) -> str:
    return msgspec.json.encode(parts).decode()


def _report(row: Row[Any]) -> Report:
    *head, sections, frozen = row
    return Report(Head._make(head), msgspec.json.decode(sections, type=list[Part]), frozen)
