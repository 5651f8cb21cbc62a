"""The county's inventory (`<county>/inventory.json`): the stations, what was changed when, and what undoes it."""

import contextlib
import datetime as dt
import secrets
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Self, TypeVar

import msgspec
from msgspec import Struct, field
from tinydb import TinyDB
from tinydb.table import Document

from firmware_config.clock import refuse_wrong
from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_VALIDATION
from firmware_config.identity.authority import county_of_root
from firmware_config.inventory.entry import PLANNED, Entry, Token, utc_ms
from firmware_config.inventory.spreadsheet import tidy_code
from firmware_config.inventory.storage import FILE, InventoryStorage, damaged, locked
from wire.certificates import read_chain
from wire.enrolment import TOKEN_BYTES, new_token, token_digest
from wire.errors import WireError
from wire.inventory import IssuedCertificate
from wire.scalars import Count, Line, StationId, UtcMs
from wire.topics import county_of

TOKEN_DAYS: Final = 90
T = TypeVar("T", bound=Struct)
KEPT_CHANGES: Final = 5000
"""Of the history; older ones go."""


class Change(Struct, frozen=True, forbid_unknown_fields=True):
    """One change: the command, and what it did to which station."""

    number: Count
    at_ms: UtcMs
    what: Line
    stations: dict[StationId, Line]


class Before(Struct, frozen=True, forbid_unknown_fields=True):
    """What undoes a change: each station as it was, None where it was not."""

    number: Count
    what: Line
    stations: dict[StationId, Entry | None] = field(default_factory=dict)


class Draft:
    """The inventory while one command changes it; what it holds at the block's end is what is stored."""

    def __init__(self, entries: dict[str, Entry], now_ms: int) -> None:
        """Begin with the entries as they are."""
        self.entries = entries
        self.now_ms = now_ms

    def get(self, code: str) -> Entry:
        """Return the entry of `code`, or raise ProvisionError E-INV-07."""
        return _entry_of(self.entries, code)

    def change(self, code: str, **changes: Any) -> Entry:
        """Replace fields of an entry; return it. Another plan counts the entry's `plan` up."""
        before = self.get(code)
        after = msgspec.structs.replace(before, **changes)
        if any(getattr(before, name) != getattr(after, name) for name in PLANNED):
            after = msgspec.structs.replace(after, plan=before.plan + 1)
        self.entries[code] = after
        return after

    def burn(self, code: str, digest: str, issued: IssuedCertificate) -> Entry:
        """Record the certificate that was issued for a token, and that nobody may use the token again.

        Raises ProvisionError E-INV-09 when it is not the station's live token: whoever asks first has it.
        """
        entry = self.get(code)
        token = entry.token
        if token is None or token.digest != digest or not token.is_live(issued.issued_ms):
            raise ProvisionError(
                "E-INV-09", f"{code}: this label's token is used, expired or revoked 标签已使用、过期或作废"
            )
        burnt = msgspec.structs.replace(token, burnt_ms=issued.issued_ms)
        return self.change(code, token=burnt, issued=[*entry.issued, issued])


class Inventory:
    """Reads what stands in the file at the moment of asking; changes are made under the folder's lock."""

    def __init__(self, folder: Path) -> None:
        """Take a county's folder; use `open`."""
        self.folder = folder
        self._seen: tuple[tuple[int, int, int], dict[str, Entry]] | None = None

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Return the inventory of the county in `folder`, empty when there is none yet.

        Raises ProvisionError E-INV-05 when its file is damaged.
        """
        inventory = cls(folder)
        inventory._entries()
        return inventory

    def get(self, code: str) -> Entry:
        """Return the entry of the station `code`, as people type it.

        Raises ProvisionError E-INV-07 when it is not in the inventory, E-INV-08 when no station is.
        """
        self.county()
        return _entry_of(self._entries(), tidy_code(code))

    def all(self) -> list[Entry]:
        """Return every entry, by code."""
        return sorted(self._entries().values(), key=lambda entry: entry.code)

    def county(self) -> str:
        """Return the county's six digits.

        Raises ProvisionError E-INV-08 while there is no station.
        """
        first = next(iter(self._entries()), None)
        if first is None:
            raise ProvisionError(
                "E-INV-08",
                f"{self.folder.resolve()}: no station in this folder; name the county's by --folder, or begin with "
                "'firmware-config station import' 此目录中没有站点，请用 --folder 指定县配置目录，或先 station import",
                EXIT_VALIDATION,
            )
        return county_of(first)

    def county_of_authority(self) -> str | None:
        """Return the county that the folder's authority is for, None where there is none yet."""
        try:
            return county_of_root(read_chain((self.folder / "ca.crt").read_bytes()).leaf) or None
        except (OSError, WireError):
            return None

    def history(self, code: str | None = None) -> list[Change]:
        """Return the changes, oldest first: all, or what they were for one station."""
        changes = _documents(TinyDB(self.folder, storage=InventoryStorage), "change", Change)
        if code is None:
            return changes
        told = ((one, one.stations[code]) for one in changes if code in one.stations)
        return [msgspec.structs.replace(one, stations={code: what}) for one, what in told]

    def change(self, code: str, what: str = "", **changes: Any) -> Entry:
        """Replace fields of one entry, durably; return it as it is then. `what` is for the history.

        Raises ProvisionError E-INV-05, E-INV-06, E-INV-07, E-INV-11 (a value that cannot be kept).
        """
        with self.changing(what or f"set {' '.join(changes)}"[:200]) as draft:
            return draft.change(code, **changes)

    def mint(self, code: str, now: dt.datetime, days: int = TOKEN_DAYS) -> str:
        """Draw a token for the station and keep its digest; return its 16 letters, which are kept nowhere.

        The labels' own way is `firmware_config.labels.minting`, where a digest counts only once its label is written.
        """
        token = new_token(secrets.token_bytes(TOKEN_BYTES))
        self.change(code, what="mint", token=fresh_token(token, utc_ms(now), days))
        return token

    def undo(self) -> Change:
        """Take the last change back when it was one of the plan; return what that did. Doing it twice undoes the undo.

        Raises ProvisionError E-INV-10 when there is nothing to undo, or something else came since.
        """
        before = self._before()
        if before is None:
            raise ProvisionError(
                "E-INV-10",
                "the last change was not one of the plan (a label, bundle or card was made since): nothing was undone "
                "最近一次不是清单修改，不能撤销",
                EXIT_VALIDATION,
            )
        with self.changing(f"undo: {before.what}"[:200], undoable=True) as draft:
            if self._before() != before:
                raise ProvisionError("E-INV-10", "another command came between; nothing was undone 已有新修改，未撤销")
            for code, entry in before.stations.items():
                if entry is None:
                    draft.entries.pop(code, None)
                else:
                    # The plan's number only counts up: a bundle of the undone plan must not seem current.
                    number = max(entry.plan, draft.entries[code].plan if code in draft.entries else 0) + 1
                    draft.entries[code] = msgspec.structs.replace(entry, plan=number)
        return self.history()[-1]

    @contextlib.contextmanager
    def changing(self, what: str, *, undoable: bool = False) -> Iterator[Draft]:
        """Change the inventory in one piece: stored, durably, when the block ends, and not at all when it raises.

        `what` is for the history; `undoable` says that this is a change of plan, which `undo` may take back.

        Raises ProvisionError E-INV-05 (damaged), E-INV-06 (another command is at it), E-PRO-11 (the clock is wrong).
        """
        now = dt.datetime.now(dt.UTC)
        refuse_wrong(self.folder, now)
        with locked(self.folder):
            storage = InventoryStorage(self.folder)
            database = TinyDB(storage=lambda: storage)
            entries = _checked_entries(database, self.folder)
            draft = Draft(dict(entries), utc_ms(now))
            yield draft
            did = {code: told for code in entries | draft.entries if (told := _told(entries, draft.entries, code))}
            if not did:
                return
            _check(draft.entries[code] for code in did if code in draft.entries)
            kept = _documents(database, "change", Change)[1 - KEPT_CHANGES :]
            number = kept[-1].number + 1 if kept else 1
            _store(database, "station", sorted(draft.entries.values(), key=lambda entry: entry.code))
            _store(database, "change", [*kept, Change(number, draft.now_ms, what, did)])
            undo = [Before(number, what, {code: entries.get(code) for code in did})] if undoable else []
            _store(database, "undo", undo)
            storage.commit()

    def _entries(self) -> Mapping[str, Entry]:
        """Return the entries as the file has them now; it is read again only when it is another."""
        try:
            stat = (self.folder / FILE).stat()
        except FileNotFoundError:
            return {}
        version = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
        if self._seen is None or self._seen[0] != version:
            self._seen = version, _checked_entries(TinyDB(self.folder, storage=InventoryStorage), self.folder)
        return self._seen[1]

    def _before(self) -> Before | None:
        kept = _documents(TinyDB(self.folder, storage=InventoryStorage), "undo", Before)
        return kept[-1] if kept else None


def fresh_token(token: str, now_ms: int, days: int) -> Token:
    """Return what the inventory keeps of a token that is drawn now and lasts `days`."""
    return Token(token_digest(token), now_ms, now_ms + days * 86_400_000)


def _check(entries: Iterable[Entry]) -> None:
    """Refuse what would not be read back, before it is written."""
    for entry in entries:
        try:
            msgspec.convert(msgspec.to_builtins(entry), Entry, strict=True)
        except msgspec.ValidationError as error:
            raise ProvisionError("E-INV-11", f"{entry.code[:20]}: {error} 取值有误", EXIT_VALIDATION) from None


def _entry_of(entries: Mapping[str, Entry], code: str) -> Entry:
    entry = entries.get(code)
    if entry is None:
        raise ProvisionError("E-INV-07", f"{code[:20]}: not in the inventory 站点清单中没有该站点", EXIT_VALIDATION)
    return entry


def _checked_entries(database: TinyDB, folder: Path) -> dict[str, Entry]:
    entries = {entry.code: entry for entry in _documents(database, "station", Entry)}
    if len({county_of(code) for code in entries}) > 1:
        raise damaged(folder / FILE, "two counties")
    return entries


def _documents(database: TinyDB, table: str, kind: type[T]) -> list[T]:
    """Return a table's documents in their order, or raise ProvisionError E-INV-05."""
    try:
        return [msgspec.convert(dict(document), kind, strict=True) for document in database.table(table).all()]
    except (msgspec.ValidationError, TypeError, ValueError) as error:
        folder = getattr(database.storage, "_path", Path(FILE))
        raise damaged(folder, str(error)[:200]) from None


def _store(database: TinyDB, table: str, documents: list[Any]) -> None:
    kept = database.table(table)
    kept.truncate()
    kept.insert_multiple(Document(msgspec.to_builtins(one), number) for number, one in enumerate(documents, start=1))


def _told(before: Mapping[str, Entry], after: Mapping[str, Entry], code: str) -> str:
    """Return what became of a station, "" when nothing did."""
    old, new = before.get(code), after.get(code)
    if old == new:
        return ""
    if old is None:
        return "added"
    if new is None:
        return "removed"
    names = (one.name for one in msgspec.structs.fields(Entry) if one.name != "plan")
    return " ".join(name for name in names if getattr(old, name) != getattr(new, name))[:200] or "plan"
