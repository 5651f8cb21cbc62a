"""How every station stands with its certificate: for the list, the page and the technician's inventory."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from firmware_config.identity.enrolling import key_digest
from firmware_config.identity.errors import IdentityError
from firmware_config.identity.lists import revoked_by_root
from hub.desks.ordering import Desk
from hub.enrolment.rules import State, half_ms, state_of
from hub.health.windows import Calendar
from hub.settings import EnrolmentSettings
from hub.store.acceptances import AcceptancesReader
from hub.store.engine import Database
from hub.store.enrolment import Certificate, EnrolmentReader, Token
from hub.store.history import Remembered
from hub.store.service import ServiceReader
from hub.store.stations import Village
from hub.store.windows import WindowsReader
from wire.certificates import read_chain
from wire.errors import WireError
from wire.inventory import HubStation, HubView


class Row(NamedTuple):
    """One station."""

    code: str
    name: str
    town: str
    state: State
    certificate: Certificate | None
    """The newest."""
    token: Token | None
    """Of the newest label."""
    revoked_ms: int | None

    @property
    def half_ms(self) -> int | None:
        """When it is to be renewed."""
        return None if self.certificate is None else half_ms(self.certificate)

    def stands(self, now_ms: int) -> bool:
        """Say whether its certificate lets it in."""
        return (
            self.certificate is not None and self.certificate.ended_ms is None and now_ms <= self.certificate.until_ms
        )


def rows(database: Database, villages: Iterable[Village], now_ms: int) -> list[Row]:
    """Return every listed station, in the list's order. Raises StoreError."""
    reader = EnrolmentReader(database.reader)
    tokens, newest, (_, revoked) = reader.tokens(), reader.newest_certificates(), reader.revoked()
    return [
        _row(village, tokens.get(village.code, ()), newest.get(village.code), revoked, now_ms) for village in villages
    ]


def orphaned(found: Iterable[Row], settings: EnrolmentSettings | None, now_ms: int) -> frozenset[str]:
    """Return the stations whose certificate is of an authority that the county revoked: they need a new label.

    A folder of authorities that cannot be read is told where it is used; here it tells nothing.
    """
    keys = set[str]()
    with suppress(IdentityError, OSError):
        folder = Path("" if settings is None else settings.issuers_dir)
        gone = frozenset() if settings is None else revoked_by_root(folder)
        for file in sorted(folder.glob("*.crt")) if gone else ():
            with suppress(WireError):
                authority = read_chain(file.read_bytes()).leaf
                if authority.serial_number in gone:
                    keys.add(key_digest(authority))
    standing = ((one.code, one.certificate) for one in found if one.stands(now_ms))
    return frozenset(code for code, certificate in standing if certificate is not None and certificate.issuer in keys)


def hub_view(database: Database, county: str, villages: Iterable[Village], now_ms: int) -> HubView:
    """Return what `firmware-config station import --from-hub` takes back. Raises StoreError."""
    listed = list(villages)
    desk = Desk(database)
    known = desk.remembered([village.code for village in listed])
    running = desk.hub_runs()
    planned = Calendar(WindowsReader(database.reader).current(now_ms), {one.code: one.town for one in listed})
    retired = {one.station for one in ServiceReader(database.reader).all() if one.retired_since_ms is not None}
    filed = AcceptancesReader(database.reader).newest()
    accepted = {code: one.filed_ms for code, one in filed.items() if one.verdict != "refused"}
    stations = []
    for row in rows(database, listed, now_ms):
        out = row.code in retired or row.revoked_ms is not None
        excused = out or planned.maintenance_since_ms(row.code, now_ms) is not None
        state = "maintenance" if excused else "unknown"
        stations.append(_told(row, known, state if excused or not running else None, accepted))
    return HubView(county, now_ms, stations)


def _told(row: Row, known: Mapping[str, Remembered], state: str | None, accepted: Mapping[str, int]) -> HubStation:
    """Return one station; `state` None is what the hub last knew."""
    one = known.get(row.code)
    birth = None if one is None else one.birth
    return HubStation(
        code=row.code,
        name=row.name,
        town=row.town,
        state=state or ("unknown" if one is None else one.known.state),
        since_ms=None if one is None else one.known.since_ms,
        software=None if birth is None else birth.software,
        release=None if birth is None else birth.release,
        serial=None if row.certificate is None else row.certificate.serial,
        certificate_until_ms=None if row.certificate is None else row.certificate.until_ms,
        token=None if row.token is None else row.token.digest,
        token_burnt_ms=None if row.token is None else row.token.burnt_ms,
        revoked_ms=row.revoked_ms,
        accepted_ms=accepted.get(row.code),
    )


def _row(
    village: Village, tokens: Iterable[Token], newest: Certificate | None, revoked: Mapping[str, int], now_ms: int
) -> Row:
    kept, revoked_ms = list(tokens), revoked.get(village.code)
    state = state_of(kept, newest, revoked_ms, now_ms)
    return Row(*village, state, newest, kept[0] if kept else None, revoked_ms)
