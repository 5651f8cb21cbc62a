"""What goes onto a station's card: its bundle, verified here as the station will, its boot files, seldom its token."""

import datetime as dt
import hashlib
import io
from pathlib import Path
from typing import Final, NamedTuple

from firmware_config.boot.model import BootModel, CardSettings, checked
from firmware_config.bundle.building import bundle_file
from firmware_config.bundle.looking import authority_of, verified
from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_TRUST, EXIT_VALIDATION
from firmware_config.inventory.entry import Entry, utc_ms
from wire.archive import open_archive, why_not_for
from wire.enrolment import read_label, read_token, token_digest
from wire.errors import WireError
from wire.settings import load_settings
from wire.topics import county_of

BUNDLE: Final = "cuncuntong/station.ccb"
TOKEN: Final = "cuncuntong/token"
SETTINGS_FILE: Final = "card.toml"


class Content(NamedTuple):
    """All that makes a card a station's."""

    entry: Entry
    model: BootModel
    bundle: bytes
    sha256: str
    token: str = ""
    """The label's 16 letters; "" leaves the token to the label alone, as it should be."""


def content_of(folder: Path, entry: Entry, now: dt.datetime, token: str = "") -> Content:
    """Return what a station's card must hold.

    Raises ProvisionError E-DISK-08 (no bundle, or not of the plan as it is), E-BOOT-01, the station's own code for a
    bundle that it would refuse (E-ARC-…, E-FIRST-…); SettingsError for `card.toml`.
    """
    file = bundle_file(folder, entry.code)
    if not file.exists():
        raise _no_bundle(entry, "not built yet 尚未制作")
    bundle = verified(file, authority_of(folder, None), now)
    refusal = why_not_for(
        bundle.head,
        kind="station",
        county=county_of(entry.code),
        subject=entry.code,
        floor=entry.bundle.sequence if entry.bundle is not None else 0,
    )
    if refusal is not None:
        raise ProvisionError(refusal.code, f"{file}: {refusal.what}", EXIT_TRUST)
    content = file.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if not entry.has_current_bundle or entry.bundle is None or {digest, bundle.sha256} != {entry.bundle.sha256}:
        raise _no_bundle(entry, "the plan changed since it was built 清单已更改")
    settings_file = folder / SETTINGS_FILE
    settings = load_settings(settings_file, CardSettings) if settings_file.exists() else CardSettings()
    model = BootModel(entry.code, entry.os, settings, entry.network, wifi=entry.wifi_ssid != "")
    return Content(entry, checked(model), content, digest, token)


def scanned(text: str, entry: Entry, now: dt.datetime) -> str:
    """Return the token of the station's label, scanned (the whole code) or typed (its 16 letters).

    Raises ProvisionError E-DISK-11 when it is another station's, or no longer lets anybody in; WireError E-ENR-01, -02.
    """
    if text.strip().upper().startswith("CCT1:"):
        label = read_label(text.strip().upper())
        if label.station != entry.code:
            raise ProvisionError(
                "E-DISK-11",
                f"the label is {label.station}'s, the card is for {entry.code} 标签属于其他站点",
                EXIT_VALIDATION,
            )
        token = label.token
    else:
        token = read_token(text)
    kept = entry.token
    if kept is None or kept.digest != token_digest(token) or not kept.is_live(utc_ms(now)):
        raise ProvisionError(
            "E-DISK-11",
            f"{entry.code}: not the token of its label, or used or expired 标签码不符、已使用或过期",
            EXIT_TRUST,
        )
    return token


def _no_bundle(entry: Entry, why: str) -> ProvisionError:
    return ProvisionError(
        "E-DISK-08",
        f"{entry.code}: no current bundle ({why}): firmware-config bundle build {entry.code} 请先制作配置包",
        EXIT_VALIDATION,
    )


def label_names(text: str, code: str) -> bool:
    """Say whether what was typed or scanned names the station `code`: its id, or its label."""
    try:
        return text.strip() == code or read_label(text.strip().upper()).station == code
    except WireError:
        return False


def holder_of(folder: Path, bundle: bytes) -> str:
    """Return whose bundle a card holds, `?` when it is not of this county or damaged."""
    try:
        authority = authority_of(folder, None)
        return open_archive(io.BytesIO(bundle), len(bundle), authority.leaf, at=None).head.subject
    except WireError:
        return "?"
