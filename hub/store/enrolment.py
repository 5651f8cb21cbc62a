"""Tokens, certificates and whom to trust, written down: every change is one transaction of whoever decides it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal, NamedTuple

from sqlalchemy import Connection, Engine, func, insert, select, update

from firmware_config.identity.enrolling import KeptToken
from hub.store.engine import reading
from hub.store.enrolment_tables import certificate as c
from hub.store.enrolment_tables import enrolment_token as k
from hub.store.enrolment_tables import trust_step as p
from hub.store.tables import station as s
from hub.store.window_tables import service_change as v

How = Literal["online", "stick", "renewal", "shown"]
"""`shown`: the station came with it, issued where the hub did not hear of it."""
Ended = Literal["revoked", "replaced", "followed"]
Act = Literal["revoked", "restored", "replaced", "followed", "added"]
BY_REVOKING: Final = "revoked"


class Token(NamedTuple):
    """What is kept of a label's token."""

    station: str
    digest: str
    made_ms: int
    expires_ms: int
    burnt_ms: int | None = None
    burnt_why: str | None = None
    burnt_key: str | None = None

    @property
    def kept(self) -> KeptToken:
        """As whoever decides on a request wants it."""
        return KeptToken(self.station, self.digest, self.expires_ms, self.burnt_key)


class Certificate(NamedTuple):
    """A certificate that was issued to a station."""

    station: str
    serial: str
    """Hex."""
    issuer: str
    key: str
    from_ms: int
    until_ms: int
    issued_ms: int
    how: How
    issued_by: str
    token: str | None
    pem: str
    ended_ms: int | None = None
    ended_why: Ended | None = None
    id: int = 0


class Step(NamedTuple):
    """A change of whom to trust."""

    station: str
    at_ms: int
    act: Act
    who: str
    reason: str


class Standing(NamedTuple):
    """Whether a station is one of the county's in use."""

    listed: bool = False
    retired: bool = False
    """Somebody took it out of service."""
    revoked_ms: int | None = None


_TOKEN: Final = tuple(k.c[name] for name in Token._fields)
_CERTIFICATE: Final = tuple(c.c[name] for name in Certificate._fields)
_STEP: Final = tuple(p.c[name] for name in Step._fields)


def standing(connection: Connection, station: str) -> Standing:
    """Return how a station stands."""
    row = connection.execute(select(s.c.id, s.c.enrolled, s.c.commissioned_ms).where(s.c.code == station)).first()
    revoked_ms = revoked_stations(connection, station).get(station)
    if row is None or not row.enrolled:
        return Standing(revoked_ms=revoked_ms)
    last = select(v.c.how, v.c.starts).where(v.c.station_id == row.id).order_by(v.c.id.desc()).limit(1)
    said = connection.execute(last).first()
    retired = row.commissioned_ms is None and said is not None and said.how == "person" and not said.starts
    return Standing(True, retired, revoked_ms)


def tokens_of(connection: Connection, station: str | None = None) -> list[Token]:
    """Return the tokens of a station, or of all; the newest first."""
    query = select(*_TOKEN).order_by(k.c.made_ms.desc(), k.c.id.desc())
    rows = connection.execute(query if station is None else query.where(k.c.station == station))
    return [Token._make(row) for row in rows]


def add_tokens(connection: Connection, tokens: Iterable[Token]) -> None:
    """Keep new tokens."""
    rows = [token._asdict() for token in tokens]
    if rows:
        connection.execute(insert(k), rows)


def burn(connection: Connection, digest: str, why: str, now_ms: int, key: str | None = None) -> bool:
    """Burn a token that was not yet; return whether it was this that burnt it."""
    values = {"burnt_ms": now_ms, "burnt_why": why, "burnt_key": key}
    query = update(k).where(k.c.digest == digest, k.c.burnt_ms.is_(None)).values(values)
    return connection.execute(query).rowcount == 1


def burn_open(connection: Connection, station: str, why: str, now_ms: int, *, before_ms: int | None = None) -> int:
    """Burn what a station has of unused tokens (with `before_ms` those made before it); return how many."""
    query = update(k).where(k.c.station == station, k.c.burnt_ms.is_(None))
    if before_ms is not None:
        query = query.where(k.c.made_ms < before_ms)
    return connection.execute(query.values(burnt_ms=now_ms, burnt_why=why)).rowcount


def certificates_of(connection: Connection, station: str) -> list[Certificate]:
    """Return all that was issued to a station, the newest first."""
    rows = connection.execute(select(*_CERTIFICATE).where(c.c.station == station).order_by(c.c.id.desc()))
    return [Certificate._make(row) for row in rows]


def add_certificate(connection: Connection, new: Certificate) -> int:
    """Keep a certificate; return its row's key."""
    values = new._asdict()
    del values["id"]
    made = connection.execute(insert(c).values(values)).inserted_primary_key
    return int(made[0] if made else 0)


def end_certificates(
    connection: Connection,
    station: str,
    why: Ended,
    now_ms: int,
    *,
    below: int | None = None,
    also: Ended | None = None,
) -> int:
    """End those of a station that count (with `below` those of a lower row); return how many.

    Those that ended as `also` says are ended anew: what was revoked and then replaced is not to be restored.
    """
    query = update(c).where(c.c.station == station)
    query = query.where(c.c.ended_ms.is_(None) if also is None else (c.c.ended_ms.is_(None) | (c.c.ended_why == also)))
    if below is not None:
        query = query.where(c.c.id < below)
    return connection.execute(query.values(ended_ms=now_ms, ended_why=why)).rowcount


def end_certificate(connection: Connection, key: int, why: Ended, now_ms: int) -> None:
    """End one."""
    connection.execute(update(c).where(c.c.id == key).values(ended_ms=now_ms, ended_why=why))


def name_certificate(connection: Connection, key: int, known: Certificate) -> None:
    """Note how one came to be that its station had shown before."""
    values = {"how": known.how, "issued_by": known.issued_by, "issued_ms": known.issued_ms, "token": known.token}
    connection.execute(update(c).where(c.c.id == key).values(values))


def restore_certificates(connection: Connection, station: str) -> int:
    """Let those count again that were revoked; return how many. One past its end may then renew."""
    query = update(c).where(c.c.station == station, c.c.ended_why == BY_REVOKING)
    return connection.execute(query.values(ended_ms=None, ended_why=None)).rowcount


def add_step(connection: Connection, step: Step) -> None:
    """Write down a change of whom to trust: whoever writes the broker's lists follows it."""
    connection.execute(insert(p).values(step._asdict()))


def revoked_stations(connection: Connection, station: str | None = None) -> dict[str, int]:
    """Return which stations (with `station`, whether that one) are revoked, and since when."""
    acts = p.c.act.in_(("revoked", "restored", "replaced"))
    last = select(func.max(p.c.id)).where(acts).group_by(p.c.station)
    if station is not None:
        last = last.where(p.c.station == station)
    rows = connection.execute(select(p.c.station, p.c.at_ms).where(p.c.id.in_(last), p.c.act == BY_REVOKING))
    return {row.station: row.at_ms for row in rows}


def newest_step(connection: Connection) -> int:
    """Return the key of the last change of whom to trust: while it stays, nothing changed."""
    return int(connection.execute(select(func.max(p.c.id))).scalar() or 0)


def ended_certificates(connection: Connection, now_ms: int) -> list[Certificate]:
    """Return those that are not to be believed though their time is not over."""
    query = select(*_CERTIFICATE).where(c.c.ended_ms.is_not(None), c.c.until_ms > now_ms).order_by(c.c.id)
    return [Certificate._make(row) for row in connection.execute(query)]


class EnrolmentReader:
    """Reads on connections of its own; every method raises StoreError E-STORE-05 when the database gives nothing."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine for reading."""
        self._engine = engine

    def newest(self) -> int:
        """Return `newest_step`."""
        with reading(self._engine) as connection:
            return newest_step(connection)

    def revoked(self) -> tuple[int, dict[str, int]]:
        """Return `newest_step`, and which stations are revoked as of it."""
        with reading(self._engine) as connection:
            return newest_step(connection), revoked_stations(connection)

    def standing(self, station: str) -> Standing:
        """Return how a station stands."""
        with reading(self._engine) as connection:
            return standing(connection, station)

    def tokens(self) -> Mapping[str, Sequence[Token]]:
        """Return the tokens of every station, the newest first."""
        found: dict[str, list[Token]] = {}
        with reading(self._engine) as connection:
            for token in tokens_of(connection):
                found.setdefault(token.station, []).append(token)
        return found

    def newest_certificates(self) -> Mapping[str, Certificate]:
        """Return of every station the newest certificate that counts, else the newest."""
        newest = select(func.max(c.c.id)).group_by(c.c.station)
        found: dict[str, Certificate] = {}
        with reading(self._engine) as connection:
            for last in (newest, newest.where(c.c.ended_ms.is_(None))):
                rows = connection.execute(select(*_CERTIFICATE).where(c.c.id.in_(last)))
                found |= {row.station: Certificate._make(row) for row in rows}
        return found

    def of_station(self, station: str) -> tuple[list[Token], list[Certificate], list[Step]]:
        """Return all that was said of a station, the newest first."""
        with reading(self._engine) as connection:
            steps = connection.execute(select(*_STEP).where(p.c.station == station).order_by(p.c.id.desc()))
            return (
                tokens_of(connection, station),
                certificates_of(connection, station),
                [Step._make(row) for row in steps],
            )
