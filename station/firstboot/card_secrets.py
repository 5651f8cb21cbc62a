"""Secrets on the card's FAT partition, which any computer reads: what first boot removes and the doctor looks for."""

import os
import re
from pathlib import Path
from typing import Final, NamedTuple

from station.layout import Layout
from wire.durable import sync_folder, write_atomically

TOKEN_FILE: Final = "token"
"""In the card's folder: a label's token, where a technician chose to write it there."""
_WHOLE: Final = ("userconf.txt", "userconf", "wpa_supplicant.conf", "firstrun.sh", "custom.toml")
"""Files of the maker's tools that exist only to bring a password; the system removes them, once it has read them."""
_SEEDS: Final = ("user-data", "network-config", "cmdline.txt")
_SECRET: Final = re.compile(
    r"(?<![\w-])(?P<key>[\"']?(?:passwd|hashed_passwd|plain_text_passwd|password|password_hash|psk|wpa-psk|wep-key\d?)"
    r"[\"']?[ \t]*[:=][ \t]*)(?P<value>\"[^\"\n]*\"|'[^'\n]*'|[^\s,}#]+)"
)
_NONE: Final = frozenset({"", "null", "~", "true", "false", "removed", "none", "*", "!"})
_MAX_SEED_BYTES: Final = 1024 * 1024


class Secret(NamedTuple):
    """One secret that was found: where, and what kind; never itself."""

    file: Path
    kind: str


def secrets_on_card(layout: Layout) -> list[Secret]:
    """Return what stands on the FAT partition that should not, in a fixed order; none of it is quoted.

    Raises OSError when the partition cannot be read.
    """
    found = []
    token = layout.card / TOKEN_FILE
    if token.exists():
        found.append(Secret(token, "token"))
    folder = layout.card.parent
    for name in _WHOLE:
        text = _text(folder / name)
        if text is not None and (name.startswith("userconf") or _kinds(text)):
            found.append(Secret(folder / name, "password"))
    for name in _SEEDS:
        found += [Secret(folder / name, kind) for kind in _kinds(_text(folder / name) or "")]
    return found


def holds_secret(text: str) -> bool:
    """Say whether a seed file's text has a secret in it."""
    return bool(_kinds(text))


def clean_card(layout: Layout) -> list[Secret]:
    """Remove what `secrets_on_card` finds and return what was there; done again it finds nothing.

    Raises OSError when the partition takes no change.
    """
    found = secrets_on_card(layout)
    for file in dict.fromkeys(secret.file for secret in found):
        if file.name in _SEEDS:
            text = _text(file) or ""
            write_atomically(file, _SECRET.sub(_without, text).encode("utf-8", "surrogateescape"))
        else:
            overwrite_and_remove(file)
    return found


def overwrite_and_remove(file: Path) -> None:
    """Overwrite a file, then remove it: on a card this hinders a reader, and no more than that.

    Raises OSError.
    """
    try:
        with file.open("r+b") as into:
            into.write(bytes(os.fstat(into.fileno()).st_size))
            into.flush()
            os.fsync(into.fileno())
    except FileNotFoundError:
        return
    file.unlink(missing_ok=True)
    sync_folder(file.parent)


def _kinds(text: str) -> list[str]:
    return [found["key"].strip("\"' :=\t") for found in _SECRET.finditer(text) if not _is_none(found["value"])]


def _without(found: re.Match[str]) -> str:
    return found[0] if _is_none(found["value"]) else f"{found['key']}removed"


def _is_none(value: str) -> bool:
    return value.strip("\"'").lower() in _NONE


def _text(path: Path) -> str | None:
    """Return a seed file's text, None where there is none; what is not UTF-8 keeps its bytes."""
    try:
        with path.open("rb") as file:
            return file.read(_MAX_SEED_BYTES).decode("utf-8", "surrogateescape")
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None
