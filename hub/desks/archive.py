"""A backup as one file: a zip of the database, the list of villages, the settings, and, asked for, the keys.

`manifest.json` names every part with its SHA-256, the county, when it was made, and the database's revision. Written
whole or not at all, read again before it counts; put back beside what was there, never over it.
"""

import hashlib
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

import msgspec
from msgspec import Struct

from hub.desks.purge import Walk
from hub.errors import HubError
from hub.filing import whole_file
from hub.settings import Settings
from hub.store.backup import Copy, copy_database, file_of, look_at, make_ready, set_aside
from hub.store.carrying import Carried, carry_over, read_before
from hub.store.engine import Database, writing
from wire.durable import digest_of, sync_folder

MANIFEST: Final = "manifest.json"
DATABASE: Final = "hub.sqlite3"
STATIONS: Final = "stations.csv"
SETTINGS: Final = "hub.toml"
KEYS: Final = "keys/"
FORM: Final = 1
STEP: Final = 1024 * 1024
MOST_SMALL: Final = 4 * STEP
"""No part but the database is larger."""


class Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    """What a backup says of itself."""

    form: int
    county: str
    made_ms: int
    revision: str
    records: int
    parts: dict[str, str]
    """SHA-256 of each."""
    keys: bool = False


class PutBack(Struct, frozen=True):
    """What restoring did."""

    manifest: Manifest
    beside: Path | None
    """Where the database from before is now."""
    written: tuple[str, ...]
    """Files that were missing and are there now."""
    differing: tuple[str, ...]
    """Files that are there and differ from the backup's: left as they are."""
    tokens: int
    screens: int
    carried: Carried | None
    """What was erased or revoked since the backup, and is so again; None where the database before could not say."""


def back_up(settings: Settings, config: Path | None, to: Path, now_ms: int, *, keys: bool) -> Manifest:
    """Write a backup of a county, whose hub may run, to `to`, and return what it says of itself.

    Raises HubError E-FILE-…, E-BAK-01 (PostgreSQL), E-BAK-02 (no copy), E-BAK-03 (what was written is not sound).
    """
    database = file_of(settings.database)
    with _beside(to.parent) as folder:
        copy = folder / DATABASE
        copy_database(database, copy)
        looked = look_at(copy)
        parts = {DATABASE: copy, STATIONS: Path(settings.stations_file)}
        if config is not None:
            parts[SETTINGS] = config
        if keys:
            parts |= {KEYS + name: path for name, path in secrets_of(settings).items()}
        there = {name: path for name, path in parts.items() if path.is_file()}
        with whole_file(to) as file:
            manifest = _pack(file, there, settings.county, now_ms, looked, keys=keys)
            file.flush()
            file.seek(0)
            _unpack(file, folder / "again", to)
    return manifest


def secrets_of(settings: Settings) -> dict[str, Path]:
    """Return where a hub keeps its secrets, by the name of the setting."""
    files = {
        "unseal_key_file": settings.unseal_key_file,
        "web.api_token_file": settings.web.api_token_file,
        "broker.ca_file": settings.broker.ca_file,
        "broker.cert_file": settings.broker.cert_file,
        "broker.key_file": settings.broker.key_file,
    }
    if settings.alerts.mail is not None and settings.alerts.mail.password_file is not None:
        files["alerts.mail.password_file"] = settings.alerts.mail.password_file
    files |= {f"alerts.webhooks.{one.name}.secret_file": one.secret_file for one in settings.alerts.webhooks}
    return {name: Path(path) for name, path in files.items()}


def put_back(settings: Settings, source: Path, now_ms: int) -> PutBack:
    """Put a backup in the place of a county's database, which nobody may be using; the old one stays beside it.

    Who was erased since the backup stays so, what was revoked since too, and what is kept too long by now is erased.
    The list of villages and keys are written only where they are missing. Raises HubError E-BAK-03 (not sound),
    E-BAK-04 (in use), E-BAK-05 (another county's, or no backup), E-BAK-06 (cannot be read).
    """
    database = file_of(settings.database)
    with _beside(database.parent) as folder:
        try:
            with source.open("rb") as file:
                manifest = _unpack(file, folder / "parts", source)
        except OSError as error:
            raise HubError("E-BAK-06", f"{source}: cannot be read 备份无法读取: {error.strerror}") from None
        if manifest.county != settings.county:
            raise HubError(
                "E-BAK-05",
                f"{source}: of county {manifest.county}, not {settings.county} 备份属于另一个县",
            )
        look_at(folder / "parts" / DATABASE)
        before, carried = read_before(database), list[Carried]()

        def settle(copy: Database) -> None:
            if before is not None:
                with writing(copy) as connection:
                    carried.append(carry_over(connection, before, now_ms))
            walk = Walk(settings.keep)
            while not walk.is_over:
                walk.step(copy, now_ms)

        standing = make_ready(folder / "parts" / DATABASE, now_ms, settle)
        beside = set_aside(database)
        try:
            (folder / "parts" / DATABASE).rename(database)
        except OSError as error:
            if beside is not None:
                beside.rename(database)
            raise HubError("E-FILE-02", f"{database}: cannot be written 文件无法写入: {error.strerror}") from None
        sync_folder(database.parent)
        wanted = {STATIONS: Path(settings.stations_file)}
        wanted |= {KEYS + name: path for name, path in secrets_of(settings).items()}
        written, differing = _fill_in(folder / "parts", wanted, manifest)
    return PutBack(
        manifest, beside, written, differing, standing.tokens, standing.screens, carried[0] if carried else None
    )


def _fill_in(parts: Path, wanted: Mapping[str, Path], manifest: Manifest) -> tuple[tuple[str, ...], tuple[str, ...]]:
    written, differing = [], []
    for name, place in wanted.items():
        if name not in manifest.parts:
            continue
        if not place.exists():
            place.touch(mode=0o600)
            place.write_bytes((parts / name).read_bytes())
            written.append(str(place))
        elif digest_of(place) != manifest.parts[name]:
            differing.append(str(place))
    return tuple(written), tuple(differing)


def _pack(
    file: IO[bytes], parts: Mapping[str, Path], county: str, now_ms: int, looked: Copy, *, keys: bool
) -> Manifest:
    digests: dict[str, str] = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for name, path in parts.items():
            digest = hashlib.sha256()
            with path.open("rb") as source, packed.open(name, "w", force_zip64=True) as to:
                while some := source.read(STEP):
                    digest.update(some)
                    to.write(some)
            digests[name] = digest.hexdigest()
        manifest = Manifest(FORM, county, now_ms, looked.revision, looked.records, digests, keys)
        packed.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=2))
    return manifest


def _unpack(file: IO[bytes], folder: Path, source: Path) -> Manifest:
    """Write every part of a backup into a new folder, each against its SHA-256, and return what it says of itself."""
    try:
        with zipfile.ZipFile(file) as packed:
            manifest = msgspec.json.decode(_small(packed, MANIFEST), type=Manifest)
            if manifest.form != FORM or set(packed.namelist()) != {*manifest.parts, MANIFEST}:
                raise _no_backup(source)
            for name, expected in manifest.parts.items():
                place = (folder / name).resolve()
                if not place.is_relative_to(folder.resolve()):
                    raise _no_backup(source)
                place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                place.touch(mode=0o600, exist_ok=False)
                with packed.open(name) as part, place.open("r+b") as to:
                    shutil.copyfileobj(part, to, STEP)
                if digest_of(place) != expected:
                    raise HubError("E-BAK-03", f"{source}: {name} is damaged; take another backup 备份已损坏，请换一份")
    except (zipfile.BadZipFile, zlib.error, msgspec.DecodeError, ValueError, KeyError, EOFError, NotImplementedError):
        raise _no_backup(source) from None
    return manifest


def _small(packed: zipfile.ZipFile, name: str) -> bytes:
    with packed.open(name) as part:
        return part.read(MOST_SMALL)


def _no_backup(source: Path) -> HubError:
    return HubError("E-BAK-05", f"{source}: no backup of this software, or damaged 不是本系统的备份，或已损坏")


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """Give a private folder on the same disk, gone at the end."""
    try:
        made = Path(tempfile.mkdtemp(prefix=".backup-", dir=folder))
    except OSError as error:
        raise HubError("E-FILE-02", f"{folder}: cannot be written 无法写入: {error.strerror}") from None
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
