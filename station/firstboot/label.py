"""The label's way from the setup screen, which is nobody's root, to first boot: one file, read once and gone."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from station.errors import TrustError
from station.layout import Layout
from wire.codec import decoded
from wire.durable import write_atomically
from wire.enrolment import Label, read_label, read_token
from wire.errors import WireError

ANSWERS: Final = "answers"
"""Folder below `Layout.run` that belongs to the screen's user: what root writes, the status, lies outside of it."""
_LABEL_FILE: Final = "label.json"
_MAX_BYTES: Final = 1024
_KEPT_FILE: Final = "token"


class Answer(Struct, frozen=True):
    """What was given at the screen: a whole label that was scanned, or the letters alone that were typed."""

    token: Annotated[str, Meta(max_length=32)]
    station: str = ""
    fingerprint: str = ""


def scanned(text: str) -> Answer | None:
    """Return the label in a code that a camera saw, None where it is something else."""
    try:
        label: Label = read_label(text)
    except WireError:
        return None
    return Answer(label.token, label.station, label.fingerprint)


def give(layout: Layout, answer: Answer) -> None:
    """Hand an answer to first boot. Raises OSError."""
    write_atomically(layout.run / ANSWERS / _LABEL_FILE, msgspec.json.encode(answer), mode=0o600)


def take(layout: Layout) -> Answer | None:
    """Return what was given since, once; None where there is nothing, or nothing that can be read."""
    path = layout.run / ANSWERS / _LABEL_FILE
    try:
        # An opener's descriptor is closed where what lies there turns out to be a folder.
        with open(path, "rb", opener=_no_link) as file:
            content = file.read(_MAX_BYTES)
        path.unlink()
    except OSError:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        return None
    return decoded(content, Answer)


def _no_link(path: str, _flags: int) -> int:
    return os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)


def token_of(answer: Answer, station: str, fingerprint: str) -> str:
    """Return the token of a label that is this station's.

    Raises TrustError E-FIRST-06 (of another county's authority), E-FIRST-07 (another station's label), E-ENR-01 (not
    the 16 letters of a label).
    """
    if answer.fingerprint and answer.fingerprint != fingerprint:
        raise TrustError(
            "E-FIRST-06",
            "label and card are of two county authorities: do not go on with this card "
            "标签与卡的县级指纹不一致，请勿使用此卡",
        )
    if answer.station and answer.station != station:
        raise TrustError(
            "E-FIRST-07", f"the label is of {answer.station}, the card of {station} 标签属于另一站点，请核对标签与卡"
        )
    try:
        return read_token(answer.token)
    except WireError as error:
        raise TrustError(error.code, error.what) from None


def keep(layout: Layout, token: str) -> None:
    """Keep the token, for root alone, until it has brought a certificate. Raises OSError."""
    write_atomically(kept_file(layout), token.encode("ascii"), mode=0o600)


def kept(layout: Layout) -> str | None:
    """Return the token that is kept, None where there is none."""
    try:
        return read_token(kept_file(layout).read_text("ascii"))
    except (OSError, WireError, UnicodeDecodeError):
        return None


def kept_file(layout: Layout) -> Path:
    """Return where the token lies meanwhile: not on the FAT partition, which any computer reads."""
    return layout.provision / _KEPT_FILE
