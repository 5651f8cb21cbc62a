"""What a technician's inventory and the hub tell each other, by file (`wire/inventory.py`)."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct, field

from hub.enrolment.rules import Issued, certificate_of
from hub.errors import HubError
from hub.store.engine import Transaction
from hub.store.enrolment import (
    Certificate,
    Step,
    Token,
    add_certificate,
    add_step,
    add_tokens,
    burn,
    burn_open,
    certificates_of,
    end_certificate,
    end_certificates,
    name_certificate,
    standing,
    tokens_of,
)
from hub.store.enrolment_doubts import add_doubt
from hub.store.stations import Village
from wire.certificates import CLIENT, Chain, common_name, read_chain, verify_chain
from wire.errors import WireError
from wire.inventory import MAX_INVENTORY_BYTES, InventoryExport, InventoryToken, IssuedCertificate

BY_FILE: Final = "import"
TWICE: Final = "E-ENR-35"
"""A token was used at the hub and at a laptop."""
REVOKED_ISSUED: Final = "E-ENR-22"


class Imported(Struct):
    """What an import changed; done again it is nothing."""

    tokens: int = 0
    """New ones."""
    replaced: int = 0
    """Labels that can no longer be used: a newer one took their place, or the technician took them back."""
    certificates: int = 0
    """New ones, issued by laptops."""
    burnt: int = 0
    """Tokens that laptops had burnt."""
    ended: int = 0
    """Certificates whose place another one took."""
    twice: list[str] = field(default_factory=list)
    """Stations whose token was used at the hub and at a laptop: the later certificate is not believed."""
    revoked: list[str] = field(default_factory=list)
    """Revoked stations to which a laptop issued: not believed either."""
    refused: list[str] = field(default_factory=list)
    """`<station> <code>` of certificates that are none of this county's."""
    unlisted: list[Village] = field(default_factory=list)
    """In the inventory, and not in the hub's list."""
    renamed: list[Village] = field(default_factory=list)
    """As the inventory calls them."""
    missing: list[str] = field(default_factory=list)
    """In the hub's list, and not in the inventory."""

    @property
    def changes(self) -> int:
        """How many things it changed in the database."""
        return self.tokens + self.replaced + self.certificates + self.burnt + self.ended


def read_export(path: Path, county: str) -> InventoryExport:
    """Read what `firmware-config station export` wrote.

    Raises HubError E-ENR-41 (no such file, or none of these), E-ENR-42 (another county's).
    """
    try:
        if path.stat().st_size > MAX_INVENTORY_BYTES:
            raise HubError("E-ENR-41", f"{path}: too large for an inventory 文件过大，不是站点台账")
        export = msgspec.json.decode(path.read_bytes(), type=InventoryExport)
    except OSError as error:
        raise HubError("E-ENR-41", f"{path}: cannot be read 无法读取: {error.strerror}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise HubError(
            "E-ENR-41",
            f"{path}: not what 'firmware-config station export' writes 不是 firmware-config station export 导出的文件",
        ) from None
    if export.county != county:
        raise HubError("E-ENR-42", f"{path}: of county {export.county}, this is {county} 不是本县的台账")
    return export


def take_in(
    connection: Transaction, export: InventoryExport, listed: Iterable[Village], root: Chain, now_ms: int
) -> Imported:
    """Bring tokens and laptops' certificates into the database; return what that changed, and how the lists differ."""
    imported = _compared(export, {village.code: village for village in listed})
    known = {token.digest: token for token in tokens_of(connection)}
    for issued in sorted(export.issued, key=lambda one: one.issued_ms):
        _take_certificate(connection, issued, root, known, imported, now_ms)
    for token in sorted(export.tokens, key=lambda one: one.made_ms):
        if token.digest not in known:
            _take_token(connection, token, known, imported, now_ms)
        elif token.revoked_ms is not None and burn(connection, token.digest, "revoked", now_ms):
            imported.replaced += 1
    return imported


def _compared(export: InventoryExport, listed: Mapping[str, Village]) -> Imported:
    told = {one.code: Village(one.code, one.name, one.town) for one in export.stations}
    return Imported(
        unlisted=[one for code, one in told.items() if code not in listed],
        renamed=[one for code, one in told.items() if code in listed and listed[code] != one],
        missing=[code for code in listed if code not in told],
    )


def _take_token(
    connection: Transaction, token: InventoryToken, known: dict[str, Token], imported: Imported, now_ms: int
) -> None:
    new = Token(token.station, token.digest, token.made_ms, token.expires_ms)
    revoked_ms = standing(connection, token.station).revoked_ms
    if token.revoked_ms is not None or (revoked_ms is not None and token.made_ms <= revoked_ms):
        new = new._replace(burnt_ms=now_ms, burnt_why="revoked")
    elif any(one.made_ms > token.made_ms for one in known.values() if one.station == token.station):
        new = new._replace(burnt_ms=now_ms, burnt_why="replaced")
    else:
        imported.replaced += burn_open(connection, token.station, "replaced", now_ms, before_ms=token.made_ms)
    add_tokens(connection, [new])
    known[token.digest] = new
    imported.tokens += 1


def _take_certificate(
    connection: Transaction,
    issued: IssuedCertificate,
    root: Chain,
    known: dict[str, Token],
    imported: Imported,
    now_ms: int,
) -> None:
    chain = _chain(issued, root)
    if isinstance(chain, WireError):
        imported.refused.append(f"{issued.station} {chain.code}")
        return
    new = certificate_of(chain, root, Issued(issued.station, "stick", issued.by, issued.issued_ms, issued.token))
    others = certificates_of(connection, issued.station)
    same = next((one for one in others if (one.issuer, one.serial) == (new.issuer, new.serial)), None)
    if same is not None:
        if same.how == "shown":  # the station came with it before its laptop did
            name_certificate(connection, same.id, new)
            imported.certificates += 1
            _burn(connection, new, known, imported, now_ms)
        return
    key = add_certificate(connection, new)
    imported.certificates += 1
    first = _burn(connection, new, known, imported, now_ms)
    stands = standing(connection, new.station)
    later = [one for one in others if one.how in {"online", "stick"} and one.issued_ms > new.issued_ms]
    if not first:
        imported.twice.append(new.station)
        add_doubt(connection, new.station, TWICE, BY_FILE, now_ms, new.token or "")
        end_certificate(connection, key, "replaced", now_ms)
    elif stands.revoked_ms is not None:
        imported.revoked.append(new.station)
        add_doubt(connection, new.station, REVOKED_ISSUED, BY_FILE, now_ms, new.key)
        end_certificate(connection, key, "revoked", now_ms)
    elif later:
        end_certificate(connection, key, "replaced", now_ms)
    else:
        imported.ended += end_certificates(connection, new.station, "replaced", now_ms, below=key)
        if not any(one.ended_ms is None for one in others):
            return
    # Whoever writes the broker's lists is told.
    add_step(
        connection, Step(new.station, now_ms, "added" if stands.revoked_ms is not None else "replaced", BY_FILE, "")
    )


def _chain(issued: IssuedCertificate, root: Chain) -> Chain | WireError:
    """Return the certificate, or why it is none of this county's for that station."""
    try:
        chain = read_chain(issued.certificate.encode("ascii", "replace"))
        verify_chain(chain, root.leaf, CLIENT, None)
    except WireError as error:
        return error
    if common_name(chain.leaf) != issued.station:
        return WireError("E-ENR-36", "of another station 属于另一站点")
    return chain


def _burn(connection: Transaction, new: Certificate, known: dict[str, Token], imported: Imported, now_ms: int) -> bool:
    """Burn the token of a laptop's certificate; return False when it was burnt for another key."""
    if new.token is None:
        return True
    token = known.get(new.token)
    if token is None:
        token = Token(new.station, new.token, new.issued_ms, new.issued_ms, now_ms, "stick", new.key)
        add_tokens(connection, [token])
        known[new.token] = token
        imported.burnt += 1
        return True
    if token.burnt_why in {"online", "stick"}:
        return token.burnt_key == new.key
    if burn(connection, new.token, "stick", now_ms, new.key):
        imported.burnt += 1
    known[new.token] = token._replace(burnt_ms=now_ms, burnt_why="stick", burnt_key=new.key)
    return True
