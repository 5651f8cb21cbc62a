"""Signed archives: a station's bundle and a release of the software, verified before anything in them is read.

    "CCTARCH1" | length of the head (4 bytes, big-endian) | head (JSON, `Head`) | signature (64 bytes) | contents

The Ed25519 signature is over all before it; the head names size and SHA-256 of each file, whose contents follow in
its order without gap. So nothing is parsed that is not signed but the head itself, no file can stand twice or
outside, and one content signed by one key is the same bytes each time.
"""

import contextlib
import datetime as dt
import hashlib
import io
import pathlib
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, BinaryIO, Final, Literal, NamedTuple

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Meta, Struct, field

from wire.certificates import ARCHIVE_SIGNER, MAX_CHAIN_BYTES, Chain, read_chain, verify_chain
from wire.errors import WireError
from wire.revoked import MAX_LIST_BYTES, read_root_list
from wire.scalars import CountyCode, Sha256, UtcMs

MAGIC: Final = b"CCTARCH1"
SIGNATURE_BYTES: Final = 64
MAX_HEAD_BYTES: Final = 1024 * 1024
CHUNK_BYTES: Final = 1024 * 1024
Kind = Literal["station", "release"]

Path = Annotated[
    str, Meta(pattern=r"^(?!.*(?:^|/)\.{1,2}(?:/|\Z))[A-Za-z0-9_@+.-]{1,160}(?:/[A-Za-z0-9_@+.-]{1,160}){0,8}\Z")
]
"""Relative, with `/` between; never `.` or `..`."""


class File(Struct, frozen=True, forbid_unknown_fields=True):
    """One file of an archive."""

    path: Path
    bytes: Annotated[int, Meta(ge=0, le=2**40)]
    sha256: Sha256
    executable: bool = False


class Head(Struct, frozen=True):
    """What an archive is, and what is in it."""

    kind: Kind
    county: CountyCode
    subject: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.+-]{1,64}\Z")]
    """The station's id, or the release's name."""
    sequence: Annotated[int, Meta(ge=1, le=2**53 - 1)]
    """Counts up; a station takes none below the one it has."""
    made_ms: UtcMs
    not_after_ms: UtcMs
    signer: Annotated[str, Meta(max_length=MAX_CHAIN_BYTES)]
    """PEM: the signer's certificate, issued by the county's authority itself."""
    files: Annotated[list[File], Meta(max_length=4096)]
    about: dict[Annotated[str, Meta(max_length=64)], Annotated[str, Meta(max_length=1024)]] = field(
        default_factory=dict
    )
    """For whoever looks: never read by what installs."""
    revoked: Annotated[str, Meta(max_length=MAX_LIST_BYTES)] = ""
    """PEM: the root's list when this was made, empty while that names nobody; stations keep the newest they see."""


class Signer(NamedTuple):
    """Who signs archives for a county."""

    key: Ed25519PrivateKey
    chain: Chain
    revoked: bytes = b""
    """The root's list, PEM, to go into what is signed."""


class Opened(NamedTuple):
    """A verified archive: its head, and where its contents begin."""

    head: Head
    begins: int


def pack(
    signer: Signer,
    files: Mapping[str, bytes],
    *,
    kind: Kind,
    county: str,
    subject: str,
    sequence: int,
    made_ms: int,
    not_after_ms: int,
    about: Mapping[str, str] | None = None,
    executable: frozenset[str] = frozenset(),
) -> bytes:
    """Return a whole archive of `files` (contents by path), in the order of their paths.

    Raises WireError E-ARC-02 for what the reader would refuse: a path, a size, a name.
    """
    head = Head(kind, county, subject, sequence, made_ms, not_after_ms, "", [], dict(about or {}))
    whole = io.BytesIO()
    write_archive(whole, signer, head, files, executable=executable)
    return whole.getvalue()


def write_archive(
    into: BinaryIO,
    signer: Signer,
    head: Head,
    files: Mapping[str, bytes | pathlib.Path],
    *,
    executable: frozenset[str] = frozenset(),
    tell: Callable[[int], None] = lambda _: None,
) -> None:
    """Write the archive `pack` returns, piece by piece: files on the disk may be larger than memory.

    `head` as it shall be but for its signer, list and files; each file is read twice, `tell` hears of bytes written.
    Raises WireError E-ARC-02 as `pack`, E-ARC-08 when a file changed meanwhile, OSError of the disk.
    """
    listed = [_listed(path, files[path], path in executable) for path in sorted(files)]
    whole = {"signer": signer.chain.pem.decode(), "revoked": signer.revoked.decode(), "files": listed}
    encoded = msgspec.json.encode(msgspec.structs.replace(head, **whole))
    _read_head(encoded)  # what we would refuse we do not make
    signed = MAGIC + len(encoded).to_bytes(4, "big") + encoded
    into.write(signed)
    into.write(signer.key.sign(signed))
    for one in listed:
        digest, size = hashlib.sha256(), 0
        for piece in _pieces(files[one.path]):
            into.write(piece)
            digest.update(piece)
            size += len(piece)
            tell(len(piece))
        if (size, digest.hexdigest()) != (one.bytes, one.sha256):
            raise WireError("E-ARC-08", f"{one.path}: changed while it was packed; begin anew 打包时文件被改动，请重做")


def _listed(path: str, content: bytes | pathlib.Path, executable: bool) -> File:
    digest, size = hashlib.sha256(), 0
    for piece in _pieces(content):
        digest.update(piece)
        size += len(piece)
    return File(path, size, digest.hexdigest(), executable)


def _pieces(content: bytes | pathlib.Path) -> Iterator[bytes]:
    with contextlib.closing(io.BytesIO(content) if isinstance(content, bytes) else content.open("rb")) as source:
        while piece := source.read(CHUNK_BYTES):
            yield piece


def open_archive(
    file: BinaryIO, size_bytes: int, root: x509.Certificate, *, at: dt.datetime | None, revoked: bytes = b""
) -> Opened:
    """Return the head of the archive in `file`, once its signature leads to the county's authority `root`.

    `at` is the earliest the time can be (a Pi has no clock battery); None leaves out the dates, for whoever only looks.
    `revoked` is the newest of the root's lists (PEM) that whoever opens it has seen: it and the archive's own count.
    The contents are verified where they are read (`contents`).

    Raises WireError: E-ARC-01 (no archive, or cut short), E-ARC-02 (its head is not of this format), E-ARC-03 (altered
    after it was signed), E-ARC-04 (signed for another county, by nobody of ours, or by one who was revoked),
    E-ARC-05 (expired).
    """
    opened, signed, signature = _parts(file)
    head, begins = opened
    _verify_signer(head, signed, signature, root)
    _must_not_be_gone(head, root, revoked)
    if begins + sum(one.bytes for one in head.files) != size_bytes:
        raise WireError("E-ARC-01", "cut short, or something follows it: copy it again 文件不完整，请重新复制")
    if at is not None and int(at.timestamp() * 1000) > head.not_after_ms:
        until = dt.datetime.fromtimestamp(head.not_after_ms / 1000, dt.UTC)
        raise WireError("E-ARC-05", f"valid until {until:%Y-%m-%d} only: make a new one 已过有效期，请重新制作")
    return opened


def unverified(file: BinaryIO) -> Opened:
    """Return what an archive says of itself, signed or not: to choose one, or to find the authority that it brings.

    Raises WireError E-ARC-01, E-ARC-02 as `open_archive`.
    """
    return _parts(file)[0]


def _parts(file: BinaryIO) -> tuple[Opened, bytes, bytes]:
    """Return an archive's head, what is signed of it, and the signature, which is not looked at."""
    start = file.read(len(MAGIC) + 4)
    length = int.from_bytes(start[len(MAGIC) :], "big")
    if len(start) != len(MAGIC) + 4 or not start.startswith(MAGIC) or length > MAX_HEAD_BYTES:
        raise WireError("E-ARC-01", "not a signed archive of ours 不是村村通的签名文件")
    encoded, signature = file.read(length), file.read(SIGNATURE_BYTES)
    if len(encoded) != length or len(signature) != SIGNATURE_BYTES:
        raise WireError("E-ARC-01", "cut short: copy it again 文件不完整，请重新复制")
    return Opened(_read_head(encoded), len(start) + length + SIGNATURE_BYTES), start + encoded, signature


def contents(file: BinaryIO, opened: Opened) -> Iterator[tuple[File, bytes]]:
    """Yield each file with its content, verified; for archives that fit memory.

    Raises WireError E-ARC-03 at the first whose content is another than was signed.
    """
    for one in opened.head.files:
        into = io.BytesIO()
        copy_next(file, opened, one, into)
        yield one, into.getvalue()


def copy_next(
    file: BinaryIO, opened: Opened, one: File, into: BinaryIO | None, *, tell: Callable[[int], None] = lambda _: None
) -> None:
    """Write the content of `one` to `into` (None: only look at it); what is written counts only once this returns.

    Raises WireError E-ARC-03 when it is another than was signed.
    """
    begins = opened.begins
    for before in opened.head.files:
        if before == one:
            break
        begins += before.bytes
    file.seek(begins)
    digest, left = hashlib.sha256(), one.bytes
    while left and (piece := file.read(min(left, CHUNK_BYTES))):
        if into is not None:
            into.write(piece)
        digest.update(piece)
        left -= len(piece)
        tell(len(piece))
    if left or digest.hexdigest() != one.sha256:
        raise WireError("E-ARC-03", f"{one.path}: altered after it was signed 内容在签名后被改动")


def check_contents(file: BinaryIO, opened: Opened) -> None:
    """Return when every content is what was signed; for whoever hands an archive on without reading it.

    Raises WireError E-ARC-03.
    """
    for one in opened.head.files:
        copy_next(file, opened, one, None)


def why_not_for(head: Head, *, kind: Kind, county: str, subject: str | None, floor: int) -> WireError | None:
    """Return why a station of `county` may not take this archive, or None when it may.

    `subject` is its own id for a bundle, None for a release; `floor` is the sequence it has: an equal one may be taken
    again, a lower one (E-ARC-06) never. Any other mismatch is E-ARC-07.
    """
    if head.kind != kind:
        return WireError("E-ARC-07", f"a '{head.kind}' archive where a '{kind}' one is needed 文件种类不符")
    if head.county != county:
        return WireError("E-ARC-07", f"made for county {head.county}, this is {county} 不是本县的文件")
    if subject is not None and head.subject != subject:
        return WireError("E-ARC-07", f"made for {head.subject}, this is {subject} 不是本站的文件")
    if head.sequence < floor:
        return WireError("E-ARC-06", f"number {head.sequence} is older than {floor}, which is installed 比已安装的旧")
    return None


def _read_head(encoded: bytes) -> Head:
    try:
        head = msgspec.json.decode(encoded, type=Head, strict=True)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise WireError(
            "E-ARC-02", "its head is not of this format; newer software may be needed 文件头无法识别"
        ) from None
    paths = [one.path for one in head.files]
    if paths != sorted(set(paths)):
        raise WireError("E-ARC-02", "its files do not stand once and in order 文件清单有误")
    return head


def _verify_signer(head: Head, signed: bytes, signature: bytes, root: x509.Certificate) -> None:
    try:
        chain = read_chain(head.signer.encode())
        # By when it was signed: a signer's own end does not undo what it signed; the archive has an end of its own.
        verify_chain(chain, root, ARCHIVE_SIGNER, dt.datetime.fromtimestamp(head.made_ms / 1000, dt.UTC))
    except WireError as error:
        raise WireError("E-ARC-04", f"signed by nobody this county trusts 签名者不受本县信任: {error}") from None
    key = chain.leaf.public_key()
    if not isinstance(key, Ed25519PublicKey):
        raise WireError("E-ARC-04", "signed by nobody this county trusts: not Ed25519 签名者不受本县信任")
    try:
        key.verify(signature, signed)
    except InvalidSignature:
        raise WireError("E-ARC-03", "altered after it was signed 文件在签名后被改动") from None


def _must_not_be_gone(head: Head, root: x509.Certificate, revoked: bytes) -> None:
    """Whenever it was signed: a thief dates it back."""
    serial = read_chain(head.signer.encode()).leaf.serial_number
    for pem in (revoked, head.revoked.encode()):
        known = read_root_list(pem, root)
        if known is not None and serial in known.serials:
            raise WireError("E-ARC-04", "its signer was revoked: use a newer file 签名密钥已吊销，请用新签的文件")
