"""The towns an account or a token is for, as a command line names them."""

from pathlib import Path

from hub.access.caller import Area
from hub.errors import HubError
from hub.settings import Settings
from hub.store.stations import read_villages


def parts_of(text: str) -> list[str]:
    """Return what stands between commas, without spaces around it."""
    return [part for part in (one.strip() for one in text.split(",")) if part]


def area_named(settings: Settings, towns: str) -> Area:
    """Return the area of comma-separated towns; none is the whole county.

    Raises HubError E-AREA-01 for a town the county does not have.
    """
    wanted = frozenset(parts_of(towns))
    there = {village.town for village in read_villages(Path(settings.stations_file), settings.county)} if wanted else ()
    unknown = sorted(wanted.difference(there))
    if unknown:
        raise HubError("E-AREA-01", f"{', '.join(unknown)}: the county has no such town 本县没有这个乡镇，请核对")
    return Area(wanted)
