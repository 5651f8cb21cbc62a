"""Minting labels: tokens are drawn, their labels written and on the disk, and only then do their digests count.

A mint goes into `labels/<when>.part/`, is counted in the inventory, and becomes `labels/<when>/`. A cut before the
count leaves labels that nobody has printed and no digest; a cut after it leaves a folder that only wants its name.
"""

import datetime as dt
import os
import secrets
import shutil
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
from msgspec import Struct

from firmware_config.clock import refuse_wrong
from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_VALIDATION
from firmware_config.inventory import wifi
from firmware_config.inventory.camera_secrets import password_of
from firmware_config.inventory.entry import Entry, SealedSecret, Token, utc_ms
from firmware_config.inventory.inventory import Inventory, fresh_token
from firmware_config.inventory.showing import needs_of
from firmware_config.inventory.storage import locked
from firmware_config.labels.drawing import Drawn, Form, Press, Printed, drawn
from station.firstboot.contents import WIFI_FILE, camera_file
from station.identity.token_box import seal_with_token
from wire.certificates import fingerprint, read_chain
from wire.codec import read_file
from wire.durable import sync_folder
from wire.enrolment import TOKEN_BYTES, Label, new_token
from wire.errors import WireError

PICTURES_AT_ONCE: Final = 25
WORKERS: Final = 2
FORMS: Final[tuple[Form, ...]] = ("a4", "roll")
_RECORD: Final = "minted.json"
_PART: Final = ".part"


class Minted(NamedTuple):
    """A mint: where its labels lie, and whose they are."""

    folder: Path | None
    """None: nobody needed one."""
    codes: list[str]
    kept: list[str]
    """Stations that have a label, or need none, and were left as they are."""


class _Record(Struct, frozen=True):
    """In the mint's folder until it counts: the digests of its tokens."""

    digests: dict[str, str]


def mint(
    inventory: Inventory,
    entries: Sequence[Entry],
    now: dt.datetime,
    *,
    days: int,
    again: bool = False,
    forms: Collection[str] = ("a4", "png"),
    tell: Callable[[str], None] = lambda _: None,
) -> Minted:
    """Draw a token for each of `entries` that has none that is live, write their labels, then count them.

    With `again` those that have one get another, and the label they have is worth nothing any more. `forms`: `a4`,
    `roll`, `png`. `tell` hears of each station whose picture is drawn, or of each at all when none are.

    Raises ProvisionError E-LAB-01 (no font), E-LAB-02 (no authority), E-WIFI-03, E-PASS-02 (a secret of a network or
    camera is not kept here), E-INV-06; then nothing was minted.
    """
    root = _fingerprint_of(inventory.folder)
    refuse_wrong(inventory.folder, now)
    place = inventory.folder / "labels"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(place):
        recover(inventory)
        # Asked again, now that nobody else mints.
        wanted = [inventory.get(entry.code) for entry in entries]
        chosen = [entry for entry in wanted if again or _needs_one(entry, utc_ms(now))]
        kept = sorted({entry.code for entry in wanted} - {entry.code for entry in chosen})
        if not chosen:
            return Minted(None, [], kept)
        tokens = {entry.code: new_token(secrets.token_bytes(TOKEN_BYTES)) for entry in chosen}
        counted = {entry.code: fresh_token(tokens[entry.code], utc_ms(now), days) for entry in chosen}
        boxes = {entry.code: _sealed(inventory.folder, entry, tokens[entry.code]) for entry in chosen}
        printed = [
            Printed(Label(entry.code, root, tokens[entry.code]), entry.name, entry.town, counted[entry.code].expires_ms)
            for entry in chosen
        ]
        part = place / f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}{_PART}"
        part.mkdir(mode=0o700)
        try:
            record = _Record({code: token.digest for code, token in counted.items()})
            _put(part / _RECORD, msgspec.json.encode(record))
            _write(part, printed, forms, tell)
            _settle(part)
            _count(inventory, counted, boxes)
        except Exception:
            shutil.rmtree(part, ignore_errors=True)
            raise
        return Minted(_finished(part), sorted(counted), kept)


def recover(inventory: Inventory) -> list[str]:
    """Go through with what a cut left of a mint: name what counts, take away what does not; return what was named."""
    named = list[str]()
    for part in sorted((inventory.folder / "labels").glob(f"*{_PART}")):
        record = read_file(part / _RECORD, _Record)
        counts = {entry.code: entry.token.digest for entry in inventory.all() if entry.token is not None}
        if record is not None and any(counts.get(code) == digest for code, digest in record.digests.items()):
            named.append(str(_finished(part)))
        else:
            shutil.rmtree(part)
    return named


def revoke(inventory: Inventory, codes: Sequence[str], now: dt.datetime) -> None:
    """Make the labels of these stations worthless: nobody enrols by them any more.

    Raises ProvisionError E-LAB-03 for a station without a label that could still enrol one; then none is revoked.
    """
    with inventory.changing(f"label revoke {' '.join(codes)}"[:200]) as draft:
        for code in codes:
            token = draft.get(code).token
            if token is None or not token.is_live(utc_ms(now)):
                raise ProvisionError(
                    "E-LAB-03",
                    f"{code}: has no label that is still valid; what it enrolled is revoked at the hub "
                    "没有有效的标签；已开通的站点请在中心吊销证书",
                    EXIT_VALIDATION,
                )
            draft.change(code, token=msgspec.structs.replace(token, revoked_ms=utc_ms(now)))


def _needs_one(entry: Entry, now_ms: int) -> bool:
    return "label" in needs_of(entry, now_ms)


def _sealed(folder: Path, entry: Entry, token: str) -> list[SealedSecret]:
    contents = {camera_file(one.name): partial(password_of, folder, entry, one) for one in entry.cameras}
    contents[WIFI_FILE] = partial(wifi.connection_of, folder, entry.code, entry.wifi_ssid)
    return [SealedSecret(path, of, seal_with_token(token, contents[path]())) for path, of in entry.secrets.items()]


def _write(part: Path, printed: Sequence[Printed], forms: Collection[str], tell: Callable[[str], None]) -> None:
    press = Press()
    labels = list[Drawn]()
    with ThreadPoolExecutor(WORKERS) as pool:  # Typst draws on other cores, while the next codes are made here
        pictures = list[tuple[list[Drawn], Future[list[bytes]] | None]]()
        for at in range(0, len(printed), PICTURES_AT_ONCE):
            several = [drawn(one) for one in printed[at : at + PICTURES_AT_ONCE]]
            labels += several
            pictures.append((several, pool.submit(press.pictures, several) if "png" in forms else None))
        pages = [(form, pool.submit(press.pdf, labels, form)) for form in FORMS if form in forms]
        for several, made in pictures:
            for label, picture in zip(several, made.result() if made is not None else (), strict=made is not None):
                _put(part / f"{label['code']}.png", picture)
            for label in several:
                tell(label["code"])
        for form, pdf in pages:
            _put(part / f"labels-{form}.pdf", pdf.result())


def _put(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)


def _settle(part: Path) -> None:
    """Have all files of a mint stand on the disk: together, for the disk takes a thousand at once in less time."""
    for path in sorted(part.iterdir()):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    sync_folder(part)
    sync_folder(part.parent)


def _count(inventory: Inventory, tokens: dict[str, Token], boxes: dict[str, list[SealedSecret]]) -> None:
    with inventory.changing(f"label mint {len(tokens)}") as draft:
        for code, token in tokens.items():
            entry = draft.get(code)
            # What is sealed goes into the bundle: the one there was is not current any more.
            plan = entry.plan if entry.sealed == boxes[code] else entry.plan + 1
            if draft.change(code, token=token, sealed=boxes[code], plan=plan).lacks_secrets:
                raise ProvisionError("E-INV-06", f"{code}: was changed meanwhile; mint again 站点刚被修改，请重试")


def _finished(part: Path) -> Path:
    folder = part.with_name(part.name.removesuffix(_PART))
    part.rename(folder)
    (folder / _RECORD).unlink()
    sync_folder(folder.parent)
    return folder


def _fingerprint_of(folder: Path) -> str:
    try:
        return fingerprint(read_chain((folder / "ca.crt").read_bytes()).leaf)
    except (OSError, WireError):
        raise ProvisionError(
            "E-LAB-02",
            f"{folder}: no ca.crt, whose fingerprint a label says; run 'hub init' first 缺少县级证书，请先建县",
            EXIT_VALIDATION,
        ) from None
