"""The acceptance record: made, signed, kept until the hub has said that it filed it, sent or put on a stick."""

import importlib.metadata
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from station.doctor import codes, trust
from station.doctor.codes import wrong
from station.doctor.devices import clock_of
from station.doctor.ground import Ground
from station.doctor.paper import pdf_of
from station.errors import StationError
from station.identity.hub_http import post
from station.identity.signing import signed_message
from wire.acceptance import (
    ACCEPTANCE_FILE,
    MOST_PICTURES,
    Acceptance,
    CameraPicture,
    FiledReply,
    Finding,
    digest_of,
    packed,
    read_filed,
    verdict_of,
)
from wire.codec import decode_trusted_size, decoded
from wire.durable import write_atomically
from wire.enrolment import ACCEPTANCE_PATH, SignedMessage
from wire.errors import WireError
from wire.owner import as_owner

FOLDER: Final = "acceptance"
WAITS, FILED, PAPER = ".waits.json", ".filed.json", ".pdf"
SEND_S: Final = 60.0
PURPOSE: Final = "acceptance"


class People(NamedTuple):
    """Who accepts, before whom, and what they add."""

    by: str
    witness: str = ""
    note: str = ""


class Kept(NamedTuple):
    """A record that lies here."""

    record: Acceptance
    digest: str
    message: bytes
    paper: bytes
    file: Path
    """Of the signed message; its paper lies beside."""


def confirmed(ground: Ground, pictures: Mapping[str, bytes]) -> tuple[list[CameraPicture], list[Finding]]:
    """Ask for each camera whether it is aimed well with nobody in the picture; only then is its picture kept.

    A picture that nobody confirmed, or in which somebody is, does not leave the station.
    """
    kept, findings = [], []
    for name, jpeg in list(pictures.items())[:MOST_PICTURES]:
        zh, en = (
            f"摄像机 {name}：对准了，且画面里没有人？",
            f"camera {name}: is it aimed well, with nobody in the picture?",
        )
        with tempfile.TemporaryDirectory(prefix="doctor-") as folder:
            if ground.interactive and not ground.aimed:
                whole = Path(folder) / f"{name}.jpg"
                whole.write_bytes(jpeg)
                ground.talk.show(jpeg)
                zh += f"（原图 {whole}）"
            answer = ground.aimed or ground.talk.ask(zh, en)
        if answer:
            kept.append(CameraPicture(name, jpeg, aim_confirmed=True))
        else:
            what = "摄像机的画面未经确认，未附画面", "its picture was not confirmed and is not in the record"
            findings.append(wrong("camera", "warn", codes.AIM_NOT_CONFIRMED, *what, subject=name))
    return kept, findings


def make(
    ground: Ground, findings: Sequence[Finding], pictures: Sequence[CameraPicture], people: People, took_s: float
) -> Kept:
    """Make the record, its paper and its signature, and keep them in the station's state.

    Raises TrustError E-IDENT-01 (no certificate to sign with), StationError E-SITE-42 (no Chinese font) or E-SITE-43
    (it cannot be kept).
    """
    settings, made_ms = ground.settings, clock_of(ground).now().at_ms
    record = Acceptance(
        station=settings.station,
        name=settings.name,
        town=settings.town,
        made_ms=made_ms,
        software=_software(ground),
        certificate=trust.certificate_seen(ground).serial,
        by=people.by,
        witness=people.witness,
        note=people.note,
        verdict=verdict_of(findings),
        findings=list(findings),
        pictures=list(pictures),
        took_s=round(took_s, 1),
    )
    encoded = msgspec.json.encode(record)
    digest = digest_of(encoded)
    paper = pdf_of(record, digest)
    message = msgspec.json.encode(
        signed_message(Path(settings.broker.cert_file).parent, PURPOSE, packed(encoded, paper), made_ms)
    )
    file = ground.state / FOLDER / f"{digest[:12]}{WAITS}"
    try:
        _keep(ground, file, message)
        _keep(ground, file.with_name(digest[:12] + PAPER), paper)
    except OSError as error:
        raise StationError(
            "E-SITE-43", f"{file.parent}：验收单无法保存，请检查磁盘 the record cannot be kept: {error.strerror}"
        ) from None
    return Kept(record, digest, message, paper, file)


def _software(ground: Ground) -> str:
    seen = trust.software_seen(ground)
    return f"cuncuntong {importlib.metadata.version('cuncuntong')}" + (f" ({seen.release})" if seen.release else "")


def _keep(ground: Ground, file: Path, content: bytes) -> None:
    with as_owner(ground.folder):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomically(file, content, mode=0o600)


def waiting(ground: Ground) -> Iterator[Kept]:
    """Yield the records that the hub has not filed yet; what is damaged is left out."""
    for file in sorted((ground.state / FOLDER).glob(f"*{WAITS}")):
        try:
            message = file.read_bytes()
            read = read_filed(decode_trusted_size(message, SignedMessage).payload)
        except (OSError, WireError):
            continue
        yield Kept(read.record, read.digest, message, read.paper, file)


def send(ground: Ground, kept: Kept) -> Path:
    """Send it to the hub and return its file: what the hub has filed waits no longer. Sent again it is filed once.

    Raises StationError E-SITE-44 (no hub in the settings), HubAwayError (E-IDENT-04, later it may do), HubRefusedError.
    """
    hub = ground.settings.hub
    if hub is None:
        raise StationError(
            "E-SITE-44",
            "设置中没有县中心地址 [hub] url，请用 --stick 写入 U 盘 no [hub] url in the settings: take a USB stick",
        )
    answer = post(hub.url, ACCEPTANCE_PATH, kept.message, Path(ground.settings.broker.ca_file), within_s=SEND_S)
    said = decoded(answer, FiledReply)
    if said is None or said.digest != kept.digest:
        raise StationError(
            "E-SITE-45", "县中心没有确认归档，稍后再发 the hub did not say that it filed it: send it again"
        )
    with as_owner(ground.folder):
        return kept.file.rename(kept.file.with_name(kept.digest[:12] + FILED))


def send_all(ground: Ground) -> tuple[int, StationError | None]:
    """Send what waits, the oldest first; return how many were filed, and what stopped it."""
    filed = 0
    for kept in waiting(ground):
        try:
            send(ground, kept)
        except StationError as error:
            return filed, error
        filed += 1
    return filed, None


def write_out(folder: Path, kept: Kept, *, stick: bool) -> list[Path]:
    """Write record and paper into a folder, on a stick where the hub's command looks for them; return the files.

    Raises StationError E-SITE-43.
    """
    named = ACCEPTANCE_FILE.format(station=kept.record.station, digest=kept.digest)
    message = folder / named if stick else folder / Path(named).name
    paper = message.with_suffix(PAPER)
    try:
        write_atomically(message, kept.message)
        write_atomically(paper, kept.paper)
    except OSError as error:
        raise StationError(
            "E-SITE-43", f"{folder}：无法写入，请换一个文件夹或 U 盘 cannot be written: {error.strerror}"
        ) from None
    return [message, paper]
