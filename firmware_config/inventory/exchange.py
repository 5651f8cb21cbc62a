"""What inventory and hub tell each other (pure): `wire/inventory.py` says the form."""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_VALIDATION
from firmware_config.inventory.entry import Entry, Token
from firmware_config.inventory.inventory import Draft
from wire.inventory import HubStation, HubView, InventoryExport, InventoryStation, InventoryToken


class Heard(NamedTuple):
    """What the hub's view did to the inventory."""

    changed: list[str]
    unknown: list[str]
    """Stations of the hub that the inventory has not."""
    missing: list[str]
    """Stations of the inventory that the hub has not."""
    renamed: list[str]
    """Stations whose name or town is another at the hub; the inventory's stays."""


def export_of(county: str, entries: Iterable[Entry], now_ms: int) -> InventoryExport:
    """Return what the hub imports: every station, each unused label, taken back ones too, and what sticks issued."""
    kept = list(entries)
    tokens = [(entry, entry.token) for entry in kept if entry.token is not None and entry.token.burnt_ms is None]
    return InventoryExport(
        county,
        now_ms,
        [InventoryStation(entry.code, entry.name, entry.town) for entry in kept],
        [
            InventoryToken(
                entry.code, token.digest, token.made_ms, token.expires_ms, token.revoked_ms or entry.revoked_ms
            )
            for entry, token in tokens
            if now_ms < token.expires_ms
        ],
        [one for entry in kept for one in entry.issued],
    )


def take_in(draft: Draft, view: HubView, county: str) -> Heard:
    """Keep what the hub says of each station.

    Raises ProvisionError E-INV-13 for another county's view.
    """
    if view.county != county:
        raise ProvisionError("E-INV-13", f"of county {view.county}, this is {county} 不是本县的文件", EXIT_VALIDATION)
    heard = Heard([], [], [], [])
    for station in view.stations:
        entry = draft.entries.get(station.code)
        if entry is None:
            heard.unknown.append(station.code)
            continue
        if (entry.name, entry.town) != (station.name, station.town):
            heard.renamed.append(station.code)
        after = draft.change(station.code, hub=station, token=_token(entry.token, station))
        if after != entry:
            heard.changed.append(station.code)
    heard.missing.extend(sorted(draft.entries.keys() - {station.code for station in view.stations}))
    return heard


def _token(token: Token | None, station: HubStation) -> Token | None:
    """Return the token as used, once the hub says that this one was; one that was taken back stays that."""
    if token is None or token.burnt_ms is not None or token.revoked_ms is not None or station.token != token.digest:
        return token
    return msgspec.structs.replace(token, burnt_ms=station.token_burnt_ms)
