"""The county's library as its pages work on it: desk, drafts, spots in addresses, and who may change what there."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec
from starlette.requests import Request

from hub.access.caller import Caller
from hub.library.desk import LibraryDesk
from hub.library.rules import Catalogue, Spot, Where
from hub.library.shapes import empty
from hub.store.shelves import DraftsReader
from hub.store.stations import Village
from hub.web.centre import Centre
from hub.web.door import forbidden
from hub.web.pages import Words
from hub.web.picture import short_name
from hub.web.problem import ProblemError
from hub.web.words.library import KIND
from wire.content import read_content
from wire.errors import WireError

EDITS: Final = "library"
"""The permission."""


class Town(NamedTuple):
    """A town and its villages, by short names."""

    name: str
    villages: Sequence[Village]


class Shelf:
    """Where pages of the library read and write."""

    def __init__(self, centre: Centre) -> None:
        """Take the county's centre."""
        self._centre = centre
        self.drafts = DraftsReader(centre.database.reader)
        self._read: dict[tuple[str, int], Mapping[str, Any]] = {}

    def villages(self) -> list[Village]:
        """Return the county's villages, by code."""
        return [Village(one.station, one.name, one.town) for one in self._centre.view.stations()]

    def desk(self) -> LibraryDesk:
        """Return the desk at which documents are written down."""
        return LibraryDesk(self._centre.settings, self._centre.database, self.villages())

    def towns(self, caller: Caller | None = None) -> list[Town]:
        """Return the towns with their villages; with a caller those whose documents they may change."""
        found: dict[str, list[Village]] = {}
        for one in self.villages():
            if caller is None or caller.may(EDITS, one.town):
                found.setdefault(one.town, []).append(one._replace(name=short_name(one.name, one.town)))
        return [Town(name, villages) for name, villages in found.items()]

    def away(self) -> dict[str, tuple[str, int]]:
        """Return state and since when of every station."""
        return {one.station: (one.state, one.since_ms) for one in self._centre.view.stations()}

    def county(self) -> Spot:
        """Return the spot of the whole county."""
        return Spot("county", self._centre.settings.county)

    def spot(self, written: str | None) -> Spot:
        """Return the spot an address or form names (`town:测试镇`), or without one the county.

        Raises ProblemError 404 when the county has no such town or station.
        """
        if not written:
            return self.county()
        scope, _, place = written.partition(":")
        villages = self.villages()
        if scope == "station" and any(one.code == place for one in villages):
            return Spot("station", place)
        if scope == "town" and any(one.town == place for one in villages):
            return Spot("town", place)
        if (scope, place) == self.county():
            return self.county()
        raise ProblemError(404, "E-API-04", "Not found", "the county has no such place 本县没有这个乡镇或站点")

    def before(self, name: str, spot: Spot) -> tuple[int, str]:
        """Return what a draft for a spot begins from: the version there (0 for none) and a text, of it or a wider one.

        Raises StoreError.
        """
        reader = self.desk().reader
        catalogue = Catalogue(reader.latest())
        here = catalogue.latest(name, spot)
        wider = [spot, Spot("town", self.town_of(spot)), self.county()]
        found = (catalogue.latest(name, one) for one in wider)
        source = next((one for one in found if one is not None and not one.withdrawn), None)
        text = None if source is None else reader.text(source.version)
        text = text if published_of(name, text) else None
        return 0 if here is None else here.version, text or as_json(empty(name))

    def read(self, name: str, versions: Iterable[int]) -> dict[int, Mapping[str, Any]]:
        """Return many published documents of one kind as `published_of` does. Raises StoreError.

        An edition never changes: those that were asked for last are remembered.
        """
        wanted = {(name, version) for version in versions}
        known = {key: value for key, value in self._read.items() if key in wanted}
        texts = self.desk().reader.texts(version for _, version in wanted - known.keys())
        known |= {(name, version): published_of(name, text) for version, text in texts.items()}
        self._read = known
        return {version: value for (_, version), value in known.items()}

    def due(self, name: str) -> list[tuple[Village, Mapping[str, Any]]]:
        """Return every village with the document of a kind that its kiosk should have; empty where there is none."""
        desk, county = self.desk(), self.county().place
        catalogue = Catalogue(one for one in desk.reader.latest() if one.name == name)
        found = []
        for village in desk.villages:
            source = next((one.source for one in catalogue.due(Where(county, village.town, village.code))), None)
            found.append((village, source))
        texts = self.read(name, {source.version for _, source in found if source is not None})
        return [(village, {} if source is None else texts[source.version]) for village, source in found]

    def town_of(self, spot: Spot) -> str:
        """Return the town a spot belongs to; "" of the county."""
        if spot.scope == "station":
            return next((one.town for one in self.villages() if one.code == spot.place), "")
        return spot.place if spot.scope == "town" else ""

    def may(self, caller: Caller, spot: Spot) -> bool:
        """Say whether somebody may change documents of a spot."""
        return caller.may(EDITS, self.town_of(spot))

    def check(self, caller: Caller, spot: Spot) -> None:
        """Raise ProblemError 403 unless they may."""
        if not self.may(caller, spot):
            raise forbidden(EDITS)

    def place_of(self, said: Words) -> Callable[[Spot], str]:
        """Return what says a spot in words."""
        names = {one.code: one.name for one in self.villages()}

        def place(spot: Spot) -> str:
            return said["library"]["county"] if spot.scope == "county" else names.get(spot.place, spot.place)

        return place


def written(spot: Spot) -> str:
    """Return a spot as addresses and forms have it."""
    return f"{spot.scope}:{spot.place}"


def kind_of(request: Request) -> str:
    """Return the kind of document an address names. Raises ProblemError 404."""
    name = str(request.path_params["name"])
    if name not in KIND:
        raise ProblemError(404, "E-API-04", "Not found", "no such kind of document 没有这种资料")
    return name


def content_of(text: str | None) -> dict[str, Any]:
    """Return a draft as a value; it may still lack what must be there. What is none is empty."""
    value = None if text is None else msgspec.json.decode(text)
    return value if isinstance(value, dict) else {}


def published_of(name: str, text: str | None) -> dict[str, Any]:
    """Return a published document as a value; one that was withdrawn, or is not of its kind, is empty."""
    try:
        return content_of(text) if text is not None and read_content(name, text) is not None else {}
    except WireError:
        return {}


def as_json(content: Mapping[str, Any]) -> str:
    """Return a document as text."""
    return msgspec.json.encode(content).decode()
