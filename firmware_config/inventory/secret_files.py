"""Secrets of the county: files below `<county>/secrets/`, for their owner alone, outside the inventory."""

import re
from collections.abc import Sequence
from pathlib import Path

from wire.durable import write_atomically


def keep(folder: Path, names: Sequence[str], secret: str) -> bool:
    """Keep a secret under these names; say whether it is another than before."""
    place, content = file_of(folder, names), f"{secret}\n".encode()
    made = folder
    for part in place.parent.relative_to(folder).parts:
        made /= part
        made.mkdir(mode=0o700, parents=True, exist_ok=True)
    if place.is_file() and place.read_bytes() == content:
        return False
    write_atomically(place, content, mode=0o600)
    return True


def kept(folder: Path, names: Sequence[str]) -> str | None:
    """Return the secret under these names, None where there is none that can be read."""
    try:
        return file_of(folder, names).read_text("utf-8").removesuffix("\n")
    except (OSError, UnicodeDecodeError):
        return None


def file_of(folder: Path, names: Sequence[str]) -> Path:
    """Return where a secret lies; whatever stands in a name, it is one part of the path."""
    return Path(folder, "secrets", *(re.sub(r"[^\w-]", _escaped, name) for name in names))


def _escaped(sign: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in sign[0].encode())
