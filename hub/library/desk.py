"""The county's library as its keeper uses it: files checked, published, withdrawn, and what each station holds."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, Literal, NamedTuple, TypeVar

import msgspec

from hub.access.chain import Deed
from hub.desks.auditing import change_by_command
from hub.desks.ordering import Desk as Orders
from hub.errors import HubError
from hub.library.rules import Catalogue, Due, Edition, Spot, Where, believed
from hub.settings import Settings
from hub.store.documents import DocumentsReader, Refusal, add_edition
from hub.store.engine import Database, Transaction
from hub.store.stations import Village, read_villages
from wire.codec import encode
from wire.content import KINDS, read_content
from wire.errors import WireError
from wire.orders import Document, Library

MAX_TEXT_BYTES: Final = 48 * 1024
LONGEST_VERSION: Final = 2**53 - 1
EXIT_CONTENT: Final = 3

Word = Literal["new", "changed", "unchanged", "withdrawn"]
State = Literal["held", "behind", "refused", "ahead", "unseen"]
"""`ahead`: it holds a later version than this county ever published; `unseen`: it never reported."""


class DocumentError(HubError):
    """A document or a place that cannot be published, said with the file it is about."""

    exit_code = EXIT_CONTENT


class Draft(NamedTuple):
    """A document that may be published: its text is JSON without a blank too many."""

    name: str
    text: str


class Change(NamedTuple):
    """What became of one document; `version` is None when nothing was, or should be, stored."""

    name: str
    what: Word
    version: int | None
    size_bytes: int
    stations: int
    """How many have this edition now; the others have one of a more specific scope."""


class Holding(NamedTuple):
    """One document at one station."""

    station: Village
    due: Due
    held: int | None
    state: State
    code: str | None
    """Why it was refused."""


def read_drafts(path: Path) -> list[Draft]:
    """Read a file, or every `*.json` of a folder; a file's name is the document's.

    Raises DocumentError E-DOC-01 (cannot be read, or none there) or E-DOC-02 (any of them is not as it must be: each
    is named with its reason, and what stands in it is not repeated).
    """
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    if not files:
        raise DocumentError("E-DOC-01", f"{path}: no *.json in this folder 文件夹中没有 JSON 文件")
    drafts, wrong = [], []
    for file in files:
        try:
            drafts.append(check(file.stem, file.read_text("utf-8-sig")))
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "not UTF-8"
            raise DocumentError("E-DOC-01", f"{file}: cannot be read 文件无法读取: {why}") from None
        except (DocumentError, WireError) as error:
            wrong.append(f"\n  {file.name}: {error}")
    if wrong:
        what = f"{len(wrong)} of {len(files)} cannot be published; nothing was 文件有误，均未下发:"
        raise DocumentError("E-DOC-02", what + "".join(wrong))
    return drafts


def check(name: str, text: str) -> Draft:
    """Return the document `name` as it will be sent.

    Raises WireError E-WIRE-04 (not of its kind), DocumentError E-DOC-03 (too large) or E-DOC-04 (it says `null`).
    """
    if name not in KINDS:
        raise WireError("E-WIRE-04", f"no kind of document has this name; one of 名称应为其中之一: {', '.join(KINDS)}")
    if read_content(name, text) is None:
        raise DocumentError("E-DOC-04", f"null withdraws; use 撤回请用 hub library withdraw {name}")
    small = msgspec.json.format(text, indent=-1)
    size_bytes = len(small.encode())
    if size_bytes > MAX_TEXT_BYTES:
        raise DocumentError("E-DOC-03", f"{size_bytes} bytes, at most 字节，上限 {MAX_TEXT_BYTES}")
    try:
        encode(Library(LONGEST_VERSION, [Document(name, LONGEST_VERSION, "0" * 64, small)]))
    except WireError as error:
        raise DocumentError("E-DOC-03", f"its message is too large 报文过大: {error}") from None
    return Draft(name, small)


Result = TypeVar("Result")


class LibraryDesk:
    """Where documents are written down; the running hub sends them."""

    def __init__(self, settings: Settings, database: Database, villages: Sequence[Village] | None = None) -> None:
        """Take the county's database and its villages: without them, its list, which need not have been enrolled yet.

        Raises HubError E-HUB-01 … 04 for a bad list.
        """
        self._settings, self._database = settings, database
        self._county = settings.county
        self._orders = Orders(database)
        listed = read_villages(Path(settings.stations_file), settings.county) if villages is None else villages
        self.villages = list(listed)
        self.reader = DocumentsReader(database.reader)

    def spot(self, town: str | None, station: str | None) -> Spot:
        """Return for whom something is meant: a town, a station, or with neither the county.

        Raises DocumentError E-DOC-05 when the county has no such town or station.
        """
        if station is not None:
            if all(village.code != station for village in self.villages):
                raise DocumentError("E-DOC-05", f"{station}: the county has no such station 本县没有这个站点")
            return Spot("station", station)
        if town is not None:
            if all(village.town != town for village in self.villages):
                raise DocumentError("E-DOC-05", f"{town}: the county has no such town 本县没有这个乡镇")
            return Spot("town", town)
        return Spot("county", self._county)

    def publish(
        self, drafts: Sequence[Draft], spot: Spot, by: str, now_ms: int, *, store: bool = True, again: bool = False
    ) -> list[Change]:
        """Publish in one transaction what differs from what the spot has, or with `again` everything.

        With `store` False only say what would become of them.
        """
        catalogue = Catalogue(self.reader.latest())
        words = {draft.name: self._compare(catalogue.latest(draft.name, spot), draft.text) for draft in drafts}
        versions: dict[str, int] = {}
        if store:
            above = self.most_held(now_ms)
            going = [draft for draft in drafts if again or words[draft.name] != "unchanged"]

            def work(tied: Transaction) -> dict[str, int]:
                return {name: add_edition(tied, name, spot, text, by, now_ms, above=above) for name, text in going}

            versions = self._change(by, work, "publish", [name for name, _ in going], spot)
        return [
            Change(name, words[name], versions.get(name), len(text.encode()), self.reach(catalogue, name, spot))
            for name, text in drafts
        ]

    def withdraw(self, name: str, spot: Spot, by: str, now_ms: int) -> Change:
        """Withdraw a document from a spot: a wider scope's counts again, or none.

        Raises DocumentError E-DOC-06 when the spot has none.
        """
        catalogue = Catalogue(self.reader.latest())
        latest = catalogue.latest(name, spot)
        if latest is None or latest.withdrawn:
            raise _nothing(name, spot)
        above = self.most_held(now_ms)
        version = self._change(
            by, lambda tied: add_edition(tied, name, spot, None, by, now_ms, above=above), "withdraw", [name], spot
        )
        return Change(name, "withdrawn", version, 0, self.reach(catalogue, name, spot))

    def undo(self, name: str, spot: Spot, by: str, now_ms: int) -> Change:
        """Publish again what the spot had before; a second undo takes the first back.

        Raises DocumentError E-DOC-06 when it had nothing before.
        """
        catalogue = Catalogue(self.reader.latest())
        texts = [self.reader.text(edition.version) for edition in self.reader.history(name, spot)]
        before = [text for text in texts if text != texts[0]]
        if not before:
            raise _nothing(name, spot)
        text = before[0]
        above = self.most_held(now_ms)
        version = self._change(
            by, lambda tied: add_edition(tied, name, spot, text, by, now_ms, above=above), "restore", [name], spot
        )
        reach = self.reach(catalogue, name, spot)
        return Change(name, "withdrawn" if text is None else "changed", version, len((text or "").encode()), reach)

    def _change(
        self, by: str, work: Callable[[Transaction], Result], act: str, names: Sequence[str], spot: Spot
    ) -> Result:
        deeds = [Deed(f"library.{act}", f"{name} {spot.scope}:{spot.place}") for name in names]
        return change_by_command(self._settings, self._database, by, work, *deeds)

    def holdings(self, stations: Sequence[Village]) -> list[Holding]:
        """Return every document of these stations, and how each stands there by the station's last birth."""
        catalogue = Catalogue(self.reader.latest())
        remembered = self._orders.remembered([village.code for village in stations])
        refused = {(one.station, one.name): one for one in self.reader.refusals()}
        found = []
        for village in stations:
            known = remembered.get(village.code)
            held = None if known is None or known.birth is None else known.birth.library
            for due in catalogue.due(Where(self._county, village.town, village.code)):
                found.append(_holding(village, due, held, refused))
        return found

    def hub_runs(self) -> bool:
        """Say whether a hub is there that sends what was published."""
        return self._orders.hub_runs()

    def most_held(self, now_ms: int) -> int:
        """Return the largest version any station holds: more than was published when this database is a younger one."""
        remembered = self._orders.remembered([village.code for village in self.villages]).values()
        births = [one.birth for one in remembered if one.birth is not None]
        return believed((version for birth in births for version in birth.library.values()), now_ms)

    def _compare(self, latest: Edition | None, text: str) -> Word:
        if latest is None or latest.withdrawn:
            return "new"
        return "unchanged" if self.reader.text(latest.version) == text else "changed"

    def reach(self, catalogue: Catalogue, name: str, spot: Spot) -> int:
        """Count the stations that the spot covers and no more specific edition takes out of it."""
        count = 0
        for village in self.villages:
            spots = Where(self._county, village.town, village.code).spots()
            if spot in spots:
                closer = [catalogue.latest(name, one) for one in spots[spots.index(spot) + 1 :]]
                count += all(one is None or one.withdrawn for one in closer)
        return count


def _holding(
    village: Village, due: Due, held: Mapping[str, int] | None, refused: Mapping[tuple[str, str], Refusal]
) -> Holding:
    if held is None:
        return Holding(village, due, None, "unseen", None)
    version = held.get(due.name)
    if version is not None and version >= due.version:
        return Holding(village, due, version, "held" if version == due.version else "ahead", None)
    said = [refused.get((village.code, name)) for name in (due.name, "library")]
    code = next((one.code for one in said if one is not None and one.version == due.version), None)
    return Holding(village, due, version, "behind" if code is None else "refused", code)


def _nothing(name: str, spot: Spot) -> DocumentError:
    what = f"{name}: nothing to take back there 该范围内没有可撤回或恢复的版本 ({spot.scope} {spot.place})"
    return DocumentError("E-DOC-06", what)
