"""A station's bundle, verified: whose it is, who signed it, and that this station can live with what is in it."""

import datetime as dt
import hashlib
import io
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from station.errors import StationError, TrustError
from station.firstboot.contents import CA_FILE, SETTINGS_FILE, target_of
from station.layout import Layout
from station.revoked import kept_list
from station.settings import Settings
from wire.archive import Head, Opened, check_contents, copy_next, open_archive, unverified
from wire.certificates import MAX_CHAIN_BYTES, Chain, fingerprint, read_chain
from wire.errors import WireError
from wire.settings import SettingsError, parse_settings
from wire.topics import county_of

MAX_SETTINGS_BYTES: Final = 256 * 1024


class Bundle(NamedTuple):
    """A bundle that may be installed, as far as it alone can tell."""

    opened: Opened
    sha256: str
    """Of the whole file: names it."""
    authority: Chain
    """The county's authority, to which its signer leads."""
    settings: Settings

    @property
    def head(self) -> Head:
        """What it is."""
        return self.opened.head

    @property
    def fingerprint(self) -> str:
        """What the label must say of the county's authority."""
        return fingerprint(self.authority.leaf)


def read_bundle(path: Path, layout: Layout, trusted: Chain | None, at: dt.datetime) -> Bundle:
    """Return the bundle in `path`, all of it verified; `trusted` is the county's authority where it is known.

    Without one it is the bundle's own, for the label to confirm. `at` is the earliest the time can be.

    Raises TrustError E-ARC-01 to -05 (of `wire.archive`), E-ARC-07 (not of this county), E-FIRST-03 (it brings what no
    bundle may, or its settings are not for this software), StationError E-FIRST-02 (cannot be read).
    """
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            authority = trusted or _its_own(file)
            file.seek(0)
            opened = open_archive(file, size, authority.leaf, at=at, revoked=kept_list(layout))
            settings = _examined(file, opened, authority, layout)
            return Bundle(opened, digest_of(path), authority, settings)
    except OSError as error:
        raise cannot_read(path, error) from None
    except WireError as error:
        raise as_trust_error(error) from None


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a whole bundle, which names it. Raises StationError E-FIRST-02."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise cannot_read(path, error) from None


def as_trust_error(error: WireError) -> TrustError:
    """Return a refusal of the wire as the station's."""
    return TrustError(error.code, error.what)


def cannot_read(path: Path, error: OSError) -> StationError:
    """Return what a bundle that cannot be read is told by."""
    return StationError(
        "E-FIRST-02",
        f"{path.name} cannot be read: card or stick is damaged 文件读取失败，卡或U盘可能损坏: {error.strerror}",
    )


def _its_own(file: BinaryIO) -> Chain:
    """Return the authority that a bundle brings itself; nothing is trusted by that."""
    opened = unverified(file)
    pem = _content(file, opened, CA_FILE, MAX_CHAIN_BYTES)
    if pem is None:
        raise _brings_not(CA_FILE)
    return Chain(read_chain(pem).leaf)


def _examined(file: BinaryIO, opened: Opened, authority: Chain, layout: Layout) -> Settings:
    """Return the settings of a bundle of which every file is as it was signed and goes where it may."""
    head = opened.head
    if head.kind != "station" or head.county != county_of(head.subject):
        raise WireError("E-ARC-07", f"'{head.kind}' for '{head.subject}' is no station's bundle 不是站点配置包")
    for one in head.files:
        if target_of(one.path, layout) is None:
            raise TrustError("E-FIRST-03", f"{one.path}: no bundle may bring this 配置包含有不允许的文件")
    ca, text = (
        _content(file, opened, CA_FILE, MAX_CHAIN_BYTES),
        _content(file, opened, SETTINGS_FILE, MAX_SETTINGS_BYTES),
    )
    if ca is None or read_chain(ca).leaf != authority.leaf:
        raise _brings_not(CA_FILE)
    if text is None:
        raise _brings_not(SETTINGS_FILE)
    try:
        settings = parse_settings(text.decode("utf-8-sig"), Settings, layout.station / "station.toml")
    except (SettingsError, UnicodeDecodeError) as error:
        raise TrustError("E-FIRST-03", f"its settings are not for this software 设置与本机软件不符: {error}") from None
    if settings.station != head.subject:
        raise TrustError("E-FIRST-03", f"its settings are of {settings.station} 设置属于另一站点")
    check_contents(file, opened)  # a card that lies is found before anything is written
    return settings


def _brings_not(path: str) -> TrustError:
    return TrustError("E-FIRST-03", f"it lacks {path}, or has a foreign one: make it anew 配置包缺少或不符，请重新制作")


def _content(file: BinaryIO, opened: Opened, path: str, max_bytes: int) -> bytes | None:
    one = next((one for one in opened.head.files if one.path == path), None)
    if one is None:
        return None
    if one.bytes > max_bytes:
        raise TrustError("E-FIRST-03", f"{path}: larger than it may be 文件过大")
    into = io.BytesIO()
    copy_next(file, opened, one, into)
    return into.getvalue()
