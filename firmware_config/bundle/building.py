"""Building bundles: numbers are given out before files are written, so that a rerun mends what a cut left."""

import base64
import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from firmware_config.bundle.contents import Shipped, files_of
from firmware_config.bundle.looking import authority_of
from firmware_config.bundle.settings import load_addresses
from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_VALIDATION
from firmware_config.identity.signer import load_signer
from firmware_config.inventory.entry import BuiltBundle, Entry, utc_ms
from firmware_config.inventory.inventory import Inventory
from firmware_config.shipped import shipped_units
from wire.archive import Signer, open_archive, pack
from wire.certificates import Chain
from wire.durable import write_atomically
from wire.errors import WireError
from wire.settings import SettingsError
from wire.topics import county_of

DAY_MS: Final = 86_400_000


class Built(NamedTuple):
    """What became of a station's bundle."""

    code: str
    sequence: int
    fresh: bool
    """False: it is what it was, byte for byte."""


class Outcome(NamedTuple):
    """What became of a batch."""

    built: list[Built]
    refused: list[ProvisionError | SettingsError]
    overtaken: list[str]
    """Stations of which a bundle with a higher number lies here than the inventory knows: an older one was put back."""


class Kitchen(NamedTuple):
    """All that bundles of one county are made of, read once."""

    signer: Signer
    ca: bytes
    seal_key: bytes
    shipped: Shipped
    valid_days: int


def bundle_file(folder: Path, code: str) -> Path:
    """Return where the bundle of a station is kept."""
    return folder / "bundles" / f"{code}.ccb"


def build(
    inventory: Inventory,
    entries: Sequence[Entry],
    now: dt.datetime,
    *,
    at_least: int = 1,
    tell: Callable[[str], None] = lambda _: None,
) -> Outcome:
    """Build and keep the bundles of `entries`; one that cannot be built does not stop the others.

    A bundle whose content is what it was keeps its number, dates and bytes, until half of its life is over; another
    content counts the number up, to `at_least`, and past that of any bundle that lies in the folder: a station takes no
    lower one, and no number stands for two contents, though an older inventory was put back. `tell` hears of each
    station built, and again of each written.

    Raises SettingsError, ProvisionError E-BUN-01, E-BUN-02, IdentityError, OSError: then nothing was built.
    """
    folder = inventory.folder
    addresses = load_addresses(folder)
    signer = load_signer(folder)
    ca, seal_key = _county_file(folder, "ca.crt"), _county_file(folder, "seal.pub")
    if not _is_key(seal_key):
        raise ProvisionError("E-BUN-05", f"{folder / 'seal.pub'}: no public key 不是公钥", EXIT_VALIDATION)
    shipped = Shipped(shipped_units())
    kitchen = Kitchen(signer, ca, seal_key, shipped, addresses.valid_days)
    made: dict[str, tuple[BuiltBundle, bytes]] = {}
    authority = authority_of(folder, None)
    outcome = Outcome([], [], [])
    for entry in entries:
        try:
            files = files_of(entry, addresses, shipped, ca, seal_key)
        except (ProvisionError, SettingsError) as error:
            outcome.refused.append(error)
            continue
        lies = _number_of(bundle_file(folder, entry.code), entry, authority)
        if lies:
            outcome.overtaken.append(entry.code)
        made[entry.code] = _made(entry, files, kitchen, utc_ms(now), max(at_least, lies + 1))
        outcome.built.append(Built(entry.code, made[entry.code][0].sequence, made[entry.code][0] != entry.bundle))
        tell(entry.code)
    # The numbers first: a bundle that somebody may have copied must not share its number with another content.
    with inventory.changing(f"bundle build {len(made)}") as draft:
        was = {entry.code: entry.bundle for entry in entries}
        for code, (bundle, _) in made.items():
            if draft.get(code).bundle != was[code]:
                raise ProvisionError(
                    "E-BUN-07", f"{code}: another command built it meanwhile; run again 另一命令已打包，请重试"
                )
            draft.change(code, bundle=bundle)
    for code, (bundle, packed) in made.items():
        place = bundle_file(folder, code)
        if not _is_there(place, bundle.sha256):
            write_atomically(place, packed)
        tell(code)
    return outcome


def _made(
    entry: Entry, files: dict[str, bytes], kitchen: Kitchen, now_ms: int, at_least: int
) -> tuple[BuiltBundle, bytes]:
    """Return what is kept of the bundle of `files`, and its bytes."""
    about = {"name": entry.name, "town": entry.town, "os": entry.os, "panel": entry.panel}
    content = hashlib.sha256(kitchen.signer.chain.pem + kitchen.signer.revoked)
    for name, value in sorted([*files.items(), *((f"?{key}", text.encode()) for key, text in about.items())]):
        content.update(hashlib.sha256(name.encode()).digest() + hashlib.sha256(value).digest())
    before = entry.bundle
    if before is not None and before.content == content.hexdigest() and _is_young(before, now_ms, at_least):
        sequence, made_ms, not_after_ms = before.sequence, before.made_ms, before.not_after_ms
    else:
        sequence = max(at_least, before.sequence + 1 if before is not None else 1)
        made_ms, not_after_ms = now_ms, now_ms + kitchen.valid_days * DAY_MS
    packed = pack(
        kitchen.signer,
        files,
        kind="station",
        county=county_of(entry.code),
        subject=entry.code,
        sequence=sequence,
        made_ms=made_ms,
        not_after_ms=not_after_ms,
        about=about,
    )
    digest = hashlib.sha256(packed).hexdigest()
    return BuiltBundle(sequence, made_ms, not_after_ms, content.hexdigest(), digest, entry.plan), packed


def _is_young(bundle: BuiltBundle, now_ms: int, at_least: int) -> bool:
    return bundle.sequence >= at_least and now_ms <= (bundle.made_ms + bundle.not_after_ms) // 2


def _number_of(place: Path, entry: Entry, authority: Chain) -> int:
    """Return the number of the station's bundle that lies at `place` when the inventory does not know of it; else 0.

    One with a lower number than the inventory's is what a cut left: building again mends that.
    """
    known = entry.bundle
    try:
        with place.open("rb") as file:
            if known is not None and hashlib.file_digest(file, "sha256").hexdigest() == known.sha256:
                return 0
            file.seek(0)
            head = open_archive(file, place.stat().st_size, authority.leaf, at=None).head
    except (OSError, WireError):
        return 0  # none, or none that any station would take
    is_its = head.kind == "station" and head.subject == entry.code
    return head.sequence if is_its and head.sequence >= (known.sequence if known is not None else 0) else 0


def _is_there(place: Path, sha256: str) -> bool:
    try:
        return hashlib.sha256(place.read_bytes()).hexdigest() == sha256
    except FileNotFoundError:
        return False


def _is_key(text: bytes) -> bool:
    try:
        return len(base64.b64decode(text.strip(), validate=True)) == 32
    except ValueError:
        return False


def _county_file(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError:
        raise ProvisionError(
            "E-BUN-05",
            f"{folder / name}: missing; run 'firmware-config hub init' first 缺少该文件，请先建县",
            EXIT_VALIDATION,
        ) from None
