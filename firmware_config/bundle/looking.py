"""Looking at bundles: whether a station would take one, what is in it, and how two differ; nothing secret is shown."""

import datetime as dt
import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_TRUST
from station.errors import StationError
from station.firstboot.bundle import Bundle, read_bundle
from station.firstboot.contents import SEALED, target_of
from station.layout import Layout
from wire.archive import Head, contents, open_archive
from wire.certificates import Chain, common_name, read_chain

SCHEMA: Final = 1
SHOWN_BYTES: Final = 256 * 1024


def authority_of(folder: Path, file: Path | None) -> Chain:
    """Return the county's authority: of `file`, or the folder's `ca.crt`.

    Raises WireError E-CERT-01, ProvisionError E-BUN-06 when there is none.
    """
    path = file or folder / "ca.crt"
    try:
        return Chain(read_chain(path.read_bytes()).leaf)
    except OSError:
        raise ProvisionError(
            "E-BUN-06",
            f"{path}: no authority to verify by; name it by --ca 没有用于核对的县级证书，请用 --ca 指定",
            EXIT_TRUST,
        ) from None


def verified(path: Path, authority: Chain, at: dt.datetime) -> Bundle:
    """Return the bundle, when a station of this county would take it.

    Raises ProvisionError with the code and words that the station would show.
    """
    if not path.is_file():
        raise _cannot_read(path, "no such file")
    try:
        return read_bundle(path, Layout(), authority, at)
    except StationError as error:
        raise ProvisionError(error.code, error.what, EXIT_TRUST) from None


def read_files(path: Path, authority: Chain) -> tuple[Head, dict[str, bytes]]:
    """Return head and contents of a bundle, signed by this county but perhaps expired.

    Raises WireError E-ARC-01 to E-ARC-04, ProvisionError E-BUN-08 when it cannot be read.
    """
    try:
        with path.open("rb") as file:
            opened = open_archive(file, path.stat().st_size, authority.leaf, at=None)
            return opened.head, {one.path: content for one, content in contents(file, opened)}
    except OSError as error:
        raise _cannot_read(path, error.strerror or "") from None


def as_json(head: Head) -> dict[str, Any]:
    """Return what a bundle is, for programs."""
    shown = msgspec.to_builtins(head)
    shown["signer"] = _signers(head)
    shown["files"] = [
        {**msgspec.to_builtins(one), "target": str(target_of(one.path, Layout()) or "")} for one in head.files
    ]
    return {"schema": SCHEMA, **shown}


def as_lines(head: Head) -> list[str]:
    """Return what a bundle is, for people."""
    lines = [
        f"{head.subject} #{head.sequence} {head.about.get('name', '')} {head.about.get('town', '')}",
        f"  制作 made {day(head.made_ms)}，有效至 valid until {day(head.not_after_ms)}",
        f"  签名 signed by {' < '.join(_signers(head))}",
    ]
    return lines + [f"  {one.bytes:>7} B  {one.path} → {target_of(one.path, Layout()) or '✗'}" for one in head.files]


def differences(old: tuple[Head, dict[str, bytes]], new: tuple[Head, dict[str, bytes]]) -> Iterator[str]:
    """Yield the lines by which two bundles differ: of the heads, then of each file as a unified diff."""
    (before, was), (after, is_) = old, new
    for name in ("subject", "county", "sequence", "made_ms", "not_after_ms", "about"):
        one, other = getattr(before, name), getattr(after, name)
        if one != other:
            yield f"{name}: {one} → {other}"
    for path in sorted(was.keys() | is_.keys()):
        if was.get(path) != is_.get(path):
            yield from _changed(path, was.get(path), is_.get(path))


def _cannot_read(path: Path, why: str) -> ProvisionError:
    return ProvisionError("E-BUN-08", f"{path}: cannot be read 无法读取: {why}")


def _changed(path: str, was: bytes | None, is_: bytes | None) -> Iterator[str]:
    old, new = _text(was), _text(is_)
    if path.startswith(SEALED) or old is None or new is None:
        word = "added 新增" if was is None else "removed 移除" if is_ is None else "changed 更改"
        yield f"{path}: {word} ({len(was or b'')} B → {len(is_ or b'')} B)"
        return
    from_, to = "/dev/null" if was is None else f"a/{path}", "/dev/null" if is_ is None else f"b/{path}"
    yield from difflib.unified_diff(old.splitlines(), new.splitlines(), from_, to, lineterm="")


def _text(content: bytes | None) -> str | None:
    """Return a file as text that a terminal may be shown, None when it is none."""
    try:
        text = (content or b"")[: SHOWN_BYTES + 1].decode("utf-8")
    except UnicodeDecodeError:
        return None
    printable = all(sign.isprintable() or sign in "\n\t" for sign in text)
    return text if printable and len(text) <= SHOWN_BYTES else None


def _signers(head: Head) -> list[str]:
    chain = read_chain(head.signer.encode())
    return [common_name(one) for one in (chain.leaf, *chain.between)]


def day(at_ms: int) -> str:
    """Return a day, UTC."""
    return f"{dt.datetime.fromtimestamp(at_ms / 1000, dt.UTC):%Y-%m-%d}"
