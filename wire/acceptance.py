"""What a station's doctor found, and the acceptance record (验收单) that a technician makes of it for the county."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Annotated, Final, Literal, NamedTuple

import msgspec
from msgspec import Meta, Raw, Struct, field

from wire.codec import decode_trusted_size
from wire.errors import WireError
from wire.scalars import Code, Line, Name, Sha256, StationId, UtcMs

MAX_BYTES: Final = 4 * 1024 * 1024
"""A SignedMessage with record, pictures and paper; a hub reads no more."""
PICTURE_BYTES: Final = 80_000
MOST_PICTURES: Final = 6
"""With the paper, which shows them again, they fit MAX_BYTES after base64 twice."""

State = Literal["ok", "warn", "bad", "skipped"]
"""`skipped`: could not be looked at here and now, though it should have been."""
Verdict = Literal["accepted", "conditional", "refused"]
"""合格, 有条件合格, 不合格."""
Words = Annotated[str, Meta(max_length=400)]

CHECKS: Final = (
    "reader", "camera", "sound", "printer", "clock", "rtc", "watchdog", "disk", "card", "power", "temperature",
    "certificate", "files", "units", "software", "broker", "hub", "line",
)  # fmt: skip
"""What a whole examination looks at, in its order; a check may find several things, or one for each camera."""


class Finding(Struct, frozen=True, omit_defaults=True):
    """What one check found of one thing."""

    check: Code
    state: State
    zh: Words
    en: Words
    code: Code | None = None
    """E-SITE-…, of all that is not ok."""
    next_zh: Words = ""
    next_en: Words = ""
    subject: Annotated[str, Meta(max_length=64)] = ""
    """Which of several, e.g. a camera's name."""
    measures: Annotated[dict[Code, float], Meta(max_length=32)] = field(default_factory=dict)
    """Figures with their unit in the name."""


class CameraPicture(Struct, frozen=True):
    """What one camera sees, with nobody before it: the technician looked at it and says that it is aimed well."""

    camera: Code
    jpeg: Annotated[bytes, Meta(max_length=PICTURE_BYTES)]
    aim_confirmed: bool


class Acceptance(Struct, frozen=True):
    """An acceptance record. The technician's and the witness's names are the only personal data in it."""

    station: StationId
    name: Name
    town: Name
    made_ms: UtcMs | None
    """None while the station's clock is not trusted."""
    software: Line
    certificate: Annotated[str, Meta(pattern=r"^[0-9a-f]{0,40}\Z")]
    """Serial number of the station's certificate, hex digits."""
    by: Name
    witness: Annotated[str, Meta(max_length=64)]
    note: Words
    verdict: Verdict
    findings: Annotated[list[Finding], Meta(max_length=200)]
    pictures: Annotated[list[CameraPicture], Meta(max_length=MOST_PICTURES)]
    took_s: Annotated[float, Meta(ge=0)] = 0.0


class Filed(Struct, frozen=True):
    """Payload of a SignedMessage `acceptance`: the record, and the same as paper."""

    record: Raw
    """JSON of an Acceptance: its bytes, as they stand here, are what the digest is of."""
    paper: bytes
    """PDF; its QR code names the digest."""


class FiledReply(Struct, frozen=True):
    """The hub has it: said after its commit, and again for a record it had before."""

    station: StationId
    digest: Sha256


ACCEPTANCE_FILE: Final = "cuncuntong/{station}.{digest:.12}.acceptance.json"
"""On a USB stick: a SignedMessage as JSON, for `hub acceptance file`."""


class Read(NamedTuple):
    """A record that was read."""

    record: Acceptance
    digest: str
    paper: bytes


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """Return the verdict: anything bad refuses; a warning, or a check that was left out, makes it conditional."""
    known = list(findings)
    states = {one.state for one in known}
    if "bad" in states:
        return "refused"
    whole = {one.check for one in known} >= set(CHECKS)
    return "conditional" if states & {"warn", "skipped"} or not whole else "accepted"


def digest_of(record: bytes) -> str:
    """Return what names a record: SHA-256 of its JSON as it is sent, 64 hex digits."""
    return hashlib.sha256(record).hexdigest()


def qr_text(station: str, digest: str) -> str:
    """Return what the paper's QR code reads: letters of the code's alphanumeric mode only."""
    return f"CCTA1:{station}:{digest.upper()}"


def packed(record: bytes, paper: bytes) -> bytes:
    """Return the payload of a SignedMessage."""
    return msgspec.json.encode(Filed(Raw(record), paper))


def read_filed(payload: bytes) -> Read:
    """Read a payload, whose size was looked at before.

    Raises WireError E-ACC-01 when it is no acceptance record, or its verdict is not what its findings say.
    """
    try:
        filed = decode_trusted_size(payload, Filed)
        raw = bytes(filed.record)
        record = decode_trusted_size(raw, Acceptance)
    except WireError as error:
        raise WireError("E-ACC-01", f"not an acceptance record 不是验收单: {error}") from None
    if record.verdict != verdict_of(record.findings):
        raise WireError("E-ACC-01", "its verdict does not follow from its findings 结论与检查结果不符")
    if not filed.paper.startswith(b"%PDF-"):
        raise WireError("E-ACC-01", "without its paper 缺少 PDF")
    if any(not one.jpeg.startswith(b"\xff\xd8") for one in record.pictures):
        raise WireError("E-ACC-01", "a picture is no JPEG 画面不是 JPEG")
    return Read(record, digest_of(raw), filed.paper)


def worst(findings: Sequence[Finding]) -> State:
    """Return the state that counts for a check that found several things."""
    order: tuple[State, ...] = ("bad", "warn", "skipped", "ok")
    return next((state for state in order if any(one.state == state for one in findings)), "skipped")
