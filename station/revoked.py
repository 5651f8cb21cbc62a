"""The newest list this station has seen of what the county's root revoked: a stolen signer is then believed no more."""

from typing import Final

from station.layout import Layout
from wire.certificates import Chain
from wire.durable import write_atomically
from wire.revoked import MAX_LIST_BYTES, is_newer

LIST_FILE: Final = "ca.crl"
"""In `Layout.provision`: root's alone."""


def kept_list(layout: Layout) -> bytes:
    """Return it, PEM; empty before the first."""
    try:
        with (layout.provision / LIST_FILE).open("rb") as file:
            return file.read(MAX_LIST_BYTES)
    except OSError:
        return b""


def keep_list(layout: Layout, told: str, authority: Chain) -> None:
    """Keep the list that an archive of the county `authority` brought, where it is newer. Raises OSError."""
    if is_newer(told.encode(), kept_list(layout), authority.leaf):
        write_atomically(layout.provision / LIST_FILE, told.encode())
