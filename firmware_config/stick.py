"""A USB stick between stations without a line and a laptop that may sign: requests in, certificates out.

No token is used twice, wherever it is cut: what was issued stands in the laptop's inventory before any answer stands
on the stick, and whoever asks again with the same key gets the same certificate.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from firmware_config import journal
from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_DEVICE, EXIT_VALIDATION
from firmware_config.identity.enrolling import KeptToken, MayEnrol, key_digest, why_not_enrol
from firmware_config.identity.errors import IdentityError
from firmware_config.inventory.entry import Entry, utc_ms
from firmware_config.inventory.inventory import Draft
from firmware_config.laptop import Laptop
from wire.certificates import Chain, common_name, read_chain
from wire.codec import decoded
from wire.durable import write_atomically
from wire.enrolment import (
    INVITATION_FILE,
    MAX_REQUEST_BYTES,
    REPLY_FILE,
    REQUEST_FILE,
    EnrolReply,
    EnrolRequest,
    StationRefusal,
)
from wire.errors import WireError
from wire.inventory import IssuedCertificate
from wire.topics import county_of, is_station_id

MOST_REQUESTS: Final = 5000
_BEFORE, _AFTER = REQUEST_FILE.split("{station}")


class Answered(NamedTuple):
    """What became of one request."""

    station: str
    reply: EnrolReply | StationRefusal
    serial: str = ""
    until: dt.datetime | None = None
    again: bool = False
    """The token was used by this very station before: it gets the same certificate once more."""

    @property
    def refusal(self) -> StationRefusal | None:
        """Why there is no certificate, None when there is."""
        return self.reply if isinstance(self.reply, StationRefusal) else None


def prepare(stick: Path, laptop: Laptop) -> Path:
    """Write the laptop's invitation onto a stick; return its file.

    Raises ProvisionError E-STK-01 when there is no such folder, or it cannot be written.
    """
    path = _folder(stick) / INVITATION_FILE
    _write(path, msgspec.json.encode(laptop.invitation()))
    return path


def answers(stick: Path, laptop: Laptop, now: dt.datetime, tell: Callable[[str], None] | None = None) -> list[Answered]:
    """Answer every request on the stick, by station; `tell` hears of each answer that is written.

    Raises ProvisionError E-STK-01 (no stick, or it takes nothing: what was issued stands in the inventory, and the
    next run writes it), E-STK-02 (more requests than any stick carries), E-INV-05, E-INV-06.
    """
    paths = requests_on(stick)
    with laptop.inventory.changing("enrol by stick") as draft:
        decided = [_answer(path, laptop, draft, now) for path in paths]
        issued = [one for one in decided if one.until is not None and not one.again]
        about = [{"station": one.station, "serial": one.serial, "until": f"{one.until:%Y-%m-%d}"} for one in issued]
        journal.record(laptop.folder, "stick.issue", about, now)
    for one in decided:
        path = stick / REPLY_FILE.format(station=one.station)
        content = msgspec.json.encode(one.reply)
        if not _says(path, content):
            _write(path, content)
        if tell is not None:
            tell(one.station)
    return decided


def judged(stick: Path, laptop: Laptop, now: dt.datetime) -> list[Answered]:
    """Return what `answers` would answer, and change nothing."""
    draft = Draft({one.code: one for one in laptop.inventory.all()}, utc_ms(now))
    return [_answer(path, laptop, draft, now) for path in requests_on(stick)]


def requests_on(stick: Path) -> list[Path]:
    """Return every request on the stick whose name is a station's, by name.

    Raises ProvisionError E-STK-01, E-STK-02.
    """
    folder = (_folder(stick) / _BEFORE).resolve()
    found = sorted(folder.glob(f"*{_AFTER}")) if folder.is_dir() else []
    paths = [path for path in found if is_station_id(path.name.removesuffix(_AFTER)) and path.is_file()]
    if len(paths) > MOST_REQUESTS:
        raise ProvisionError("E-STK-02", f"{stick}: {len(paths)} requests 优盘上的申请过多", EXIT_VALIDATION)
    return paths


def _answer(path: Path, laptop: Laptop, draft: Draft, now: dt.datetime) -> Answered:
    station = path.name.removesuffix(_AFTER)
    request = _request(path)
    if request is None or request.station != station:
        return Answered(station, StationRefusal("E-ENR-17", "no readable request: ask again 申请无法识别，请重新申请"))
    entry = draft.entries.get(station)
    if entry is None or not laptop.issuer.may_issue_to(station):
        what = "this laptop was not made for this station 此笔记本未获授权签发本站"
        return Answered(station, StationRefusal("E-ENR-18", what))
    decided = why_not_enrol(
        request,
        county=county_of(next(iter(draft.entries))),
        tokens=_kept(entry),
        unseal=laptop.unseal.open,
        now_ms=utc_ms(now),
    )
    if isinstance(decided, StationRefusal):
        return Answered(station, decided)
    try:
        return _give(laptop, draft, entry, decided, now)
    except (IdentityError, WireError) as error:
        return Answered(station, StationRefusal(error.code, error.what[:200]))


def _give(laptop: Laptop, draft: Draft, entry: Entry, may: MayEnrol, now: dt.datetime) -> Answered:
    if may.again:
        kept = next(one for one in entry.issued if one.token == may.token)
        chain = read_chain(kept.certificate.encode())
    else:
        chain = laptop.issuer.issue(may.request, entry.code, now)
        by = f"{common_name(laptop.issuer.certificate)}, {journal.who()}"[:200]
        draft.burn(
            entry.code,
            may.token,
            IssuedCertificate(entry.code, chain.pem.decode(), utc_ms(now), by, may.token),
        )
    return _given(entry.code, chain, again=may.again)


def _given(station: str, chain: Chain, *, again: bool) -> Answered:
    leaf = chain.leaf
    reply = EnrolReply(station, chain.pem.decode())
    return Answered(station, reply, f"{leaf.serial_number:x}", leaf.not_valid_after_utc, again)


def _kept(entry: Entry) -> Sequence[KeptToken]:
    """Return the token of the label that counts; one that was used elsewhere was used for nobody's key here."""
    token = entry.token
    if token is None or token.revoked_ms is not None or entry.revoked_ms is not None:
        return ()
    issued = next((one for one in entry.issued if one.token == token.digest), None)
    if token.burnt_ms is None:
        key = None
    else:
        key = "" if issued is None else key_digest(read_chain(issued.certificate.encode()).leaf)
    return (KeptToken(entry.code, token.digest, token.expires_ms, key),)


def _request(path: Path) -> EnrolRequest | None:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_REQUEST_BYTES + 1)
    except OSError as error:
        raise ProvisionError(
            "E-STK-01", f"{path}: cannot be read 优盘无法读取: {error.strerror}", EXIT_DEVICE
        ) from None
    return None if len(content) > MAX_REQUEST_BYTES else decoded(content, EnrolRequest)


def _says(path: Path, content: bytes) -> bool:
    """Say whether a file has this content; what else a stranger's stick has under its name is not read."""
    return path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content


def _folder(stick: Path) -> Path:
    if not stick.is_dir():
        raise ProvisionError(
            "E-STK-01", f"{stick}: no such folder; is the stick in? 没有此目录，优盘插好了吗", EXIT_DEVICE
        )
    return stick


def _write(path: Path, content: bytes) -> None:
    try:
        write_atomically(path, content)
    except OSError as error:
        raise ProvisionError(
            "E-STK-01", f"{path}: cannot be written 优盘无法写入: {error.strerror}", EXIT_DEVICE
        ) from None
