"""Opening what a bundle brings sealed, with the token of the label: the Wi-Fi's secret and cameras' passwords.

Of each box that was opened the digest is remembered, so that a later bundle with the same boxes needs no label.
"""

import hashlib
from typing import Final, NamedTuple

import msgspec

from station.errors import StationError
from station.firstboot.certificate import said_of
from station.firstboot.contents import SEALED, target_of
from station.firstboot.install import installed, make_folder, no_detour, place_of
from station.firstboot.status import Said
from station.identity.token_box import open_with_token
from station.layout import Layout
from wire.codec import read_file
from wire.durable import write_atomically

OPENED_FILE: Final = "opened.json"
NEEDS_LABEL: Final = Said(
    "E-FIRST-08", "the newer bundle's passwords need its label 新配置的无线或摄像机口令需要新标签才能启用"
)


class Outcome(NamedTuple):
    """What came of it."""

    opened: list[str]
    """Paths in the bundle, of those opened just now."""
    said: Said | None
    """Why another one stays shut: what was there before it stays."""


def open_sealed(layout: Layout, token: str | None) -> Outcome:
    """Open what the installed bundle brings sealed, and was not opened before.

    Raises OSError.
    """
    bundle, digests = installed(layout), read_file(layout.provision / OPENED_FILE, dict[str, str]) or {}
    opened, said = list[str](), None
    for path in [] if bundle is None else bundle.files:
        target = target_of(path, layout)
        if target is None or not path.startswith(SEALED):
            continue
        box = place_of(path, layout).read_bytes()
        digest = hashlib.sha256(box).hexdigest()
        if digests.get(path) == digest and target.exists():
            continue
        if token is None:
            said = said or NEEDS_LABEL
            continue
        try:
            content = open_with_token(token, box)
            no_detour(target, layout)
        except StationError as error:
            said = said or said_of(error)
            continue
        make_folder(target.parent, 0o700)
        write_atomically(target, content, mode=0o600)
        digests[path] = digest
        write_atomically(layout.provision / OPENED_FILE, msgspec.json.encode(digests), mode=0o600)
        opened.append(path)
    return Outcome(opened, said)
